/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Registers of Xilinx' bus master design. "Appendix A" and "Chapter" refer to the application note
 * XAPP1052 v3.3, file names to the sources of the design that come with it.
 */
#ifndef BMD_REGS_H
#define BMD_REGS_H

/* Appendix A, "Memory Map": 32-bit registers at the start of BAR 0 */
#define BMD_REGION        0
#define BMD_REGISTERS_END 0x80

/* Appendix A, "Device Control Status Register" */
#define BMD_DCSR            0x00
#define BMD_DCSR_RESET      (1u << 0) /* the initiator is held in reset */
#define BMD_DCSR_VERSION(r) (((r) >> 8) & 0xff)
#define BMD_DCSR_WIDTH(r)   (((r) >> 16) & 0xf) /* of the core: 1, 2, 3 for 32, 64, 128 bits */
#define BMD_DCSR_FAMILY(r)  ((r) >> 24) /* of the FPGA: 0x11 to 0x38 */

/*
 * Appendix A, "Device DMA Control Status Register". Start stays 1 and done stays until a reset of
 * the initiator (BMD_EP_MEM.v), so each transfer needs one.
 */
#define BMD_DDMACR        0x04
#define BMD_WRITE_START   (1u << 0) /* "write": from the card to the host */
#define BMD_WRITE_QUIET   (1u << 7) /* no interrupt when done */
#define BMD_WRITE_DONE    (1u << 8) /* RO */
#define BMD_READ_START    (1u << 16)
#define BMD_READ_QUIET    (1u << 23)
#define BMD_READ_DONE     (1u << 24) /* RO */
#define BMD_READ_MISMATCH (1u << 31) /* RO: data were not the expected pattern */

/* Appendix A, "Write DMA TLP Address" and what follows; a reset of the initiator keeps them */
#define BMD_WRITE_ADDRESS 0x08
#define BMD_WRITE_SIZE    0x0c
#define BMD_WRITE_COUNT   0x10
#define BMD_WRITE_PATTERN 0x14
#define BMD_READ_PATTERN  0x18
#define BMD_READ_ADDRESS  0x1c
#define BMD_READ_SIZE     0x20
#define BMD_READ_COUNT    0x24

/* "Write DMA TLP Size": a packet in words of 32 bits, and bits 39 to 32 of the address */
#define BMD_SIZE(words, high) ((words) | BMD_SIZE_LONG | (high) << 24)
#define BMD_SIZE_LONG         (1u << 19)
#define BMD_ADDRESS_BITS      40
#define BMD_MAX_COUNT         0xffffu /* of packets */

/* Appendix A, "Write DMA Performance": clocks from start to done, RO */
#define BMD_WRITE_CLOCKS 0x28
#define BMD_READ_CLOCKS  0x2c

/* Appendix A, "Read DMA Status": completions with the status "unsupported request", RO */
#define BMD_READ_STATUS     0x30
#define BMD_READ_REFUSED(r) ((r)&0xff)
#define BMD_READ_MALFORMED  (1u << 16)

/* Appendix A, "DLWSTAT" and "DLTRSSTAT"; sizes are 128 << n bytes */
#define BMD_LINK_WIDTH         0x3c
#define BMD_LINK_LANES(r)      (((r) >> 8) & 0x3f) /* negotiated */
#define BMD_LINK_SIZES         0x40
#define BMD_PAYLOAD_CAPABLE(r) (128u << ((r)&7))
#define BMD_PAYLOAD(r)         (128u << (((r) >> 8) & 7)) /* programmed */
#define BMD_READ_REQUEST(r)    (128u << (((r) >> 16) & 7))

/* BMD_INTR_CTRL.v: INTx stays asserted until this bit rises, or the initiator is reset */
#define BMD_INTERRUPT  0x48
#define BMD_LINE_CLEAR (1u << 8)

#endif /* BMD_REGS_H */
