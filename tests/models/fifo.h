/* SPDX-License-Identifier: MIT */
/* A stream between two channels of a card: bytes, and where packets end. */
#ifndef MODEL_FIFO_H
#define MODEL_FIFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIFO_BYTES 65536

struct fifo {
	uint8_t bytes[FIFO_BYTES];
	bool ends[FIFO_BYTES]; /* a packet ends with this byte */
	size_t first, count;
};

/* fifo_put() - how many bytes found room; @end: a packet ends with the last one */
size_t fifo_put(struct fifo *fifo, const uint8_t *bytes, size_t count, bool end);
/* fifo_take() - up to @count, or to the end of the packet, which @end tells */
size_t fifo_take(struct fifo *fifo, uint8_t *bytes, size_t count, bool *end);
size_t fifo_room(const struct fifo *fifo);
void fifo_clear(struct fifo *fifo);

#endif
