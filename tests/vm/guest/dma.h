/* SPDX-License-Identifier: MIT */
/* What tests of DMA share: patterns that differ at each place. */
#ifndef KPLUG_TEST_DMA_H
#define KPLUG_TEST_DMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* dma_byte() - the pattern at this place */
uint8_t dma_byte(uint64_t place);
/*
 * dma_fill() - bytes that differ from their neighbours, wherever they stand; `seed`: place of the
 * first one
 */
void dma_fill(void *to, size_t length, uint64_t seed);
/* dma_check() - fails unless exactly these bytes are there */
void dma_check(const void *from, size_t length, uint64_t seed);
/* dma_check_all() - fails unless each of these bytes is @value */
void dma_check_all(const volatile void *from, size_t length, uint8_t value);
/*
 * dma_copies() - whether devices see copies of all memory (swiotlb=force), which are as high as
 * edu2 alone reaches
 */
bool dma_copies(void);
/* dma_udmabuf() - a dma-buf of another driver's, or the test is skipped */
int dma_udmabuf(size_t length);

#endif
