/* SPDX-License-Identifier: MIT */
/* Coherent memory in one piece, for a test that is the driver of a card itself. */
#ifndef KPLUG_TEST_AREA_H
#define KPLUG_TEST_AREA_H

#include <kplug.h>
#include <stdint.h>

struct area {
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	uint64_t bus;
	uint8_t *bytes;
};

/* area() - fails the test when there is none */
struct area area(struct kplug *k, size_t length);
void area_free(struct kplug *k, struct area *area);

#endif
