/* SPDX-License-Identifier: MIT */
/*
 * Registers of Xilinx' bus master design, as its model sees them. Sections refer to the application
 * note XAPP1052 v3.3; the names are those of the design's own register file (BMD_EP_MEM).
 */
#ifndef MODEL_BMD_REGS_H
#define MODEL_BMD_REGS_H

/* Appendix A, "Design Descriptor Registers" */
#define BMD_DCSR       0x00
#define BMD_RESET      (1u << 0) /* of the initiator: it is held there while this is 1 */
#define BMD_DCSR_VALUE 0x14021600 /* Virtex-6, 64 bits, version 0x16 */

#define BMD_DDMACR        0x04
#define BMD_WRITE_START   (1u << 0)
#define BMD_WRITE_QUIET   (1u << 7) /* no interrupt when it is done */
#define BMD_WRITE_DONE    (1u << 8) /* RO, until the initiator is reset */
#define BMD_READ_START    (1u << 16)
#define BMD_READ_QUIET    (1u << 23)
#define BMD_READ_DONE     (1u << 24)
#define BMD_READ_MISMATCH (1u << 31) /* data were not the expected pattern */
#define BMD_DDMACR_BITS   0x00e100e1u

/* Of writes to the host, and, behind the two patterns, the same of reads from it. */
#define BMD_WRITE_ADDRESS 0x08
#define BMD_WRITE_SIZE    0x0c
#define BMD_WRITE_COUNT   0x10 /* of packets */
#define BMD_WRITE_PATTERN 0x14
#define BMD_READ_PATTERN  0x18
#define BMD_READ_ADDRESS  0x1c
#define BMD_READ_SIZE     0x20
#define BMD_READ_COUNT    0x24

#define BMD_SIZE_WORDS(size) ((size)&0x1fff) /* of 32 bits in a packet */
#define BMD_SIZE_LONG        (1u << 19) /* the address has 40 bits */
#define BMD_SIZE_HIGH(size)  ((size) >> 24)
#define BMD_COUNT_BITS       0xffffu

#define BMD_WRITE_CLOCKS 0x28 /* RO */
#define BMD_READ_CLOCKS  0x2c
#define BMD_READ_STATUS  0x30 /* RO: completions that ended in "unsupported request" */
#define BMD_COMPLETIONS  0x34 /* RO */
#define BMD_WORDS        0x38 /* RO: received */
#define BMD_LINK_WIDTH   0x3c /* RO */
#define BMD_LINK_SIZES   0x40 /* RO: largest payload and read request, as 128 << n bytes */
#define BMD_MISC         0x44
#define BMD_MISC_DEFAULT 0x08080001u
#define BMD_INTERRUPT    0x48
#define BMD_LINE_CLEAR   (1u << 8)

#endif
