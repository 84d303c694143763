/* SPDX-License-Identifier: GPL-2.0 */
/* kplug as an importer of buffers, which their exporters may withdraw. */
#ifndef KPLUG_DMA_IMPORTER_H
#define KPLUG_DMA_IMPORTER_H

#include <linux/dma-buf.h>
#include <linux/types.h>

struct dma_buf_attach_ops;
struct dma_buf_attachment;

extern const struct dma_buf_attach_ops kplug_dma_importer_ops;
bool kplug_dma_importer_is(const struct dma_buf_attachment *attachment);

#endif /* KPLUG_DMA_IMPORTER_H */
