/* SPDX-License-Identifier: MIT */
/*
 * Registers and descriptors of Xilinx' DMA for PCI Express, as its model sees them. Sections refer
 * to AMD's product guide PG195 v4.1, "DMA/Bridge Subsystem for PCI Express"; chapter "Register
 * Space" where none is named. The model does not include the header of a driver, so that a wrong
 * number in one of them shows.
 */
#ifndef MODEL_XDMA_REGS_H
#define MODEL_XDMA_REGS_H

#include <stdint.h>

/* "PCIe to DMA Address Map": bits of the offset */
#define XDMA_TARGET(at)  (((at) >> 12) & 0xf)
#define XDMA_CHANNEL(at) (((at) >> 8) & 0xf)
#define XDMA_REG(at)     ((at)&0xff)
#define XDMA_CHANNELS    4 /* of each direction */

enum xdma_target {
	XDMA_H2C = 0,
	XDMA_C2H = 1,
	XDMA_IRQ = 2,
	XDMA_CONFIG = 3,
	XDMA_H2C_SGDMA = 4,
	XDMA_C2H_SGDMA = 5,
	XDMA_SGDMA_COMMON = 6,
	XDMA_MSIX = 8,
};

/* "H2C Channel Identifier (0x00)" and its equals: the version is that of 2017.1 and later */
#define XDMA_ID           0x00
#define XDMA_ID_OF(t)     (0x1fc00000 | (t) << 16 | 6)
#define XDMA_ID_STREAM    (1 << 15)
#define XDMA_ID_NUMBER(n) ((n) << 8)

/* "H2C Channel Control (0x04)" to "H2C Interrupt Enable Mask (0x98)"; those of C2H are alike */
#define XDMA_CONTROL      0x04
#define XDMA_CONTROL_W1S  0x08
#define XDMA_CONTROL_W1C  0x0c
#define XDMA_STATUS       0x40 /* RW1C */
#define XDMA_STATUS_CLEAR 0x44 /* reading clears */
#define XDMA_COMPLETED    0x48
#define XDMA_ALIGNMENTS   0x4c
#define XDMA_POLL_LOW     0x88
#define XDMA_POLL_HIGH    0x8c
#define XDMA_MASK         0x90
#define XDMA_MASK_W1S     0x94
#define XDMA_MASK_W1C     0x98
#define XDMA_PERFORMANCE  0xc0 /* and the counters behind it */
#define XDMA_PERF_LAST    0xd0

#define XDMA_RUN           (1u << 0) /* in the control register */
#define XDMA_FIXED_ADDRESS (1u << 25)
#define XDMA_POLL          (1u << 26)
#define XDMA_NO_RECORD     (1u << 27) /* C2H stream */
#define XDMA_CONTROL_BITS  0x0ffffe7f

/* The status register; a bit of the control register permits each of them. */
#define XDMA_BUSY             (1u << 0)
#define XDMA_DESC_STOPPED     (1u << 1)
#define XDMA_DESC_COMPLETED   (1u << 2)
#define XDMA_ALIGN_MISMATCH   (1u << 3)
#define XDMA_MAGIC_STOPPED    (1u << 4)
#define XDMA_INVALID_LENGTH   (1u << 5)
#define XDMA_IDLE_STOPPED     (1u << 6)
#define XDMA_READ_UNSUPPORTED (1u << 9) /* H2C: host memory */
#define XDMA_READ_DECODE      (1u << 9) /* C2H: the card */
#define XDMA_WRITE_DECODE     (1u << 14) /* H2C: the card */
#define XDMA_DESC_UNSUPPORTED (1u << 19)
#define XDMA_STATUS_ERRORS    0x00fffe38
#define XDMA_STATUS_BITS      0x00fffe7e

/* "H2C SGDMA Descriptor Low Address (0x80)" to "H2C SGDMA Descriptor Credits (0x8C)" */
#define XDMA_FIRST_LOW      0x80
#define XDMA_FIRST_HIGH     0x84
#define XDMA_FIRST_ADJACENT 0x88
#define XDMA_CREDITS        0x8c
#define XDMA_ADJACENT_BITS  0x3f

/* "SGDMA Common Registers" */
#define XDMA_HALT       0x10 /* RW, W1S, W1C, as are the others */
#define XDMA_CREDIT     0x20
#define XDMA_COMMON_H2C 0x0000000f
#define XDMA_COMMON_C2H 0x000f0000

/* "IRQ Block Registers" */
#define XDMA_USER_ENABLE     0x04
#define XDMA_CHANNEL_ENABLE  0x10
#define XDMA_USER_REQUEST    0x40
#define XDMA_CHANNEL_REQUEST 0x44
#define XDMA_USER_PENDING    0x48
#define XDMA_CHANNEL_PENDING 0x4c
#define XDMA_USER_VECTORS    0x80 /* four words of four fields */
#define XDMA_CHANNEL_VECTORS 0xa0 /* two */
#define XDMA_VECTOR_BITS     0x1f1f1f1f
#define XDMA_USER_LINES      16

/* "Config Block Registers" */
#define XDMA_FUNCTION     0x04
#define XDMA_MAX_PAYLOAD  0x08
#define XDMA_MAX_READ     0x0c
#define XDMA_SYSTEM_ID    0x10
#define XDMA_MESSAGES     0x14 /* 0: MSI is enabled; 1: MSI-X */
#define XDMA_DATA_WIDTH   0x18
#define XDMA_CONFIG_CTL   0x1c
#define XDMA_USER_PAYLOAD 0x40
#define XDMA_USER_READ    0x44
#define XDMA_FLUSH        0x60

/* "Descriptors", in chapter "Overview": 32 bytes in host memory */
struct xdma_descriptor {
	uint32_t control;
	uint32_t length;
	uint64_t source, destination, next;
};

#define XDMA_MAGIC         0xad4bu
#define XDMA_MAGIC_OF(c)   ((c) >> 16)
#define XDMA_ADJACENT(c)   (((c) >> 8) & XDMA_ADJACENT_BITS)
#define XDMA_EOP           (1u << 4)
#define XDMA_COMPLETED_BIT (1u << 1)
#define XDMA_STOP          (1u << 0)
#define XDMA_LENGTH_BITS   0x0fffffffu
#define XDMA_BLOCK         4096 /* no block of descriptors crosses a multiple of this */

/* "C2H Stream Writeback": at the source address of a descriptor */
struct xdma_record {
	uint32_t status; /* XDMA_RECORD_MAGIC << 16 | is it the end of a packet? */
	uint32_t length;
};

#define XDMA_RECORD_MAGIC 0x52b4u

#endif
