/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Registers and descriptors of Xilinx' DMA for PCI Express; sections refer to AMD's product guide
 * PG195 v4.1, "DMA/Bridge Subsystem for PCI Express".
 */
#ifndef XDMA_REGS_H
#define XDMA_REGS_H

#include <linux/types.h>

/* "PCIe to DMA Address Map": a block for each channel and for other purposes */
#define XDMA_H2C_BLOCK(n)  (0x0000 + (n)*0x100)
#define XDMA_C2H_BLOCK(n)  (0x1000 + (n)*0x100)
#define XDMA_IRQ_BLOCK     0x2000
#define XDMA_CONFIG_BLOCK  0x3000
#define XDMA_SGDMA(block)  ((block) + 0x4000) /* the descriptor registers of a channel */
#define XDMA_REGISTERS_END 0x8000
#define XDMA_MAX_CHANNELS  4 /* of each direction */

/* "H2C Channel Identifier (0x00)" and its equals: what the block is, in the upper half */
#define XDMA_ID(id)       ((id) >> 16)
#define XDMA_ID_H2C       0x1fc0
#define XDMA_ID_C2H       0x1fc1
#define XDMA_ID_IRQ       0x1fc2
#define XDMA_ID_CONFIG    0x1fc3
#define XDMA_ID_STREAM    0x8000
#define XDMA_ID_NUMBER(i) (((i) >> 8) & 0xf)

/* "H2C Channel Control (0x04)" and what follows, in the block of a channel */
#define XDMA_CONTROL       0x04
#define XDMA_CONTROL_CLEAR 0x0c /* W1C */
#define XDMA_RUN           0x00000001 /* other bits permit those of the status */
#define XDMA_RUN_TAG       0x00000040 /* permits "idle stopped", which the plugin ignores */
#define XDMA_FIXED_ADDRESS 0x02000000 /* all data go to or come from one address of the card */
#define XDMA_WIDEST        64 /* bytes there at most: a data path of 512 bits */
#define XDMA_WRITE_BACK    0x04000000 /* the count goes to memory, see XDMA_WORD_LOW */
#define XDMA_STATUS        0x40
#define XDMA_STATUS_TAKE   0x44 /* reading clears all but busy */
#define XDMA_BUSY          0x00000001
#define XDMA_STOPPED       0x00000002 /* a descriptor with XDMA_STOP is done */
#define XDMA_FINISHED      0x00000004 /* a descriptor with XDMA_COMPLETED_BIT is done */
#define XDMA_ERRORS        0x00fffe38 /* alignment, magic, length, read, write, descriptor */
#define XDMA_READ_ERRORS   0x00003e00
#define XDMA_WRITE_ERRORS  0x0007c000
#define XDMA_COMPLETED     0x48 /* descriptors of this run */
#define XDMA_ALIGNMENTS    0x4c
#define XDMA_WORD_LOW      0x88 /* "Poll Mode Write Back": where the engine writes its count */
#define XDMA_WORD_HIGH     0x8c
#define XDMA_INTERRUPTS    0x90 /* bits of the status that interrupt */

/* "H2C SGDMA Descriptor Low Address (0x80)" and what follows */
#define XDMA_FIRST_LOW      0x80
#define XDMA_FIRST_HIGH     0x84
#define XDMA_FIRST_ADJACENT 0x88

/* "IRQ Block Registers": channels of H2C have the first bits, those of C2H follow */
#define XDMA_USER_ENABLE      0x08 /* W1S */
#define XDMA_USER_DISABLE     0x0c /* W1C */
#define XDMA_USER_REQUESTS    0x40
#define XDMA_USER_VECTORS     0x80 /* four words of four fields */
#define XDMA_LINES            16
#define XDMA_CHANNELS_ENABLE  0x14 /* W1S */
#define XDMA_CHANNELS_DISABLE 0x18 /* W1C */
#define XDMA_CHANNEL_REQUESTS 0x44
#define XDMA_CHANNEL_VECTORS  0xa0 /* two words of four fields */

/* "Descriptors" */
struct xdma_descriptor {
	__le32 control;
	__le32 length;
	__le64 source;
	__le64 destination;
	__le64 next;
};

#define XDMA_MAGIC         0xad4b0000u
#define XDMA_STOP          0x00000001u
#define XDMA_COMPLETED_BIT 0x00000002u
#define XDMA_EOP           0x00000010u /* the end of a packet */
#define XDMA_NEXT(n)       ((n) << 8) /* extra descriptors that lie behind the next one */
#define XDMA_MAX_LENGTH    0x0ffff000u /* of a descriptor, in whole pages */
#define XDMA_BLOCK         64 /* descriptors that are fetched together: 2 KiB */

/* "C2H Stream Writeback": at the source address of a descriptor */
struct xdma_record {
	__le32 status;
	__le32 length;
};

#endif /* XDMA_REGS_H */
