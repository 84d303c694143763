// SPDX-License-Identifier: MIT
// A stream between two channels of a card: bytes, and where packets end.
#include "fifo.h"

size_t fifo_room(const struct fifo *fifo)
{
	return FIFO_BYTES - fifo->count;
}

size_t fifo_put(struct fifo *fifo, const uint8_t *bytes, size_t count, bool end)
{
	size_t taken = count < fifo_room(fifo) ? count : fifo_room(fifo);

	for (size_t i = 0; i < taken; i++) {
		size_t at = (fifo->first + fifo->count++) % FIFO_BYTES;

		fifo->bytes[at] = bytes[i];
		fifo->ends[at] = end && i == count - 1;
	}
	return taken;
}

size_t fifo_take(struct fifo *fifo, uint8_t *bytes, size_t count, bool *end)
{
	size_t taken = 0;

	*end = false;
	while (taken < count && fifo->count && !*end) {
		bytes[taken++] = fifo->bytes[fifo->first];
		*end = fifo->ends[fifo->first];
		fifo->first = (fifo->first + 1) % FIFO_BYTES;
		fifo->count--;
	}
	return taken;
}

void fifo_clear(struct fifo *fifo)
{
	fifo->count = 0;
}
