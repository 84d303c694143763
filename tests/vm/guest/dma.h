/* SPDX-License-Identifier: MIT */
/* What tests of DMA share: contents that are right in one place only. */
#ifndef KPLUG_TEST_DMA_H
#define KPLUG_TEST_DMA_H

#include <stddef.h>
#include <stdint.h>

/* dma_byte() - what stands there */
uint8_t dma_byte(uint64_t place);
/* dma_fill() - bytes that differ from their neighbours, wherever they stand; `seed`: place of the first one */
void dma_fill(void *to, size_t length, uint64_t seed);
/* dma_check() - these bytes and no others must be there */
void dma_check(const void *from, size_t length, uint64_t seed);

#endif
