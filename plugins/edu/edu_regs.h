/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Registers of QEMU's edu device; section names refer to its docs/specs/edu.txt. */
#ifndef EDU_REGS_H
#define EDU_REGS_H

/* "PCI specs" */
#define EDU_VENDOR_ID 0x1234
#define EDU_DEVICE_ID 0x11e8
#define EDU_REGION    0 /* 1 MiB; 32-bit accesses only below 0x80 */

/* "MMIO area spec" */
#define EDU_ID          0x00 /* RO: version in the upper half, 0xed below */
#define EDU_ID_MASK     0x0000ffff
#define EDU_ID_VALUE    0x000000ed
#define EDU_LIVENESS    0x04 /* RW: reads as the inverse of what was written */
#define EDU_FACTORIAL   0x08 /* RW: write n, read n! when the device is not busy */
#define EDU_STATUS      0x20 /* RW */
#define EDU_STATUS_BUSY 0x01 /* RO: computing a factorial */
#define EDU_STATUS_IRQ  0x80 /* interrupt when the factorial is ready */
#define EDU_IRQ_STATUS  0x24 /* RO: reasons for the interrupt, 0 without one */
#define EDU_IRQ_RAISE   0x60 /* WO: bits to set in EDU_IRQ_STATUS */
#define EDU_IRQ_ACK     0x64 /* WO: bits to clear in EDU_IRQ_STATUS; with MSI too */

/* Bits of EDU_IRQ_STATUS that the device sets by itself. */
#define EDU_IRQ_FACTORIAL 0x001
#define EDU_IRQ_DMA       0x100

/* "DMA controller" */
#define EDU_DMA_SOURCE      0x80 /* RW, 64 bits */
#define EDU_DMA_DESTINATION 0x88 /* RW, 64 bits */
#define EDU_DMA_COUNT       0x90 /* RW, 64 bits */
#define EDU_DMA_COMMAND     0x98 /* RW, 64 bits */
#define EDU_DMA_START       0x01
#define EDU_DMA_FROM_DEVICE 0x02
#define EDU_DMA_IRQ         0x04
#define EDU_DMA_BUFFER      0x40000 /* address of the device's buffer */
#define EDU_DMA_BUFFER_SIZE 4096
#define EDU_DMA_MAX         4088 /* a transfer that reaches the end of the buffer kills QEMU */
#define EDU_DMA_BITS        28 /* width of an address, unless QEMU has dma_mask=... */

#endif /* EDU_REGS_H */
