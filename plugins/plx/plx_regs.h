/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Registers of the PCI bridges PLX 9030, 9050, 9052, 9054, 9056, 9080 and 9656. Unless a comment
 * says otherwise, offsets and bits are those of drivers/comedi/drivers/plx9080.h in Linux 6.12,
 * whose name for the register the comment gives. [9054] marks what the 9080 does not have: see the
 * PCI 9054 Data Book, "DMA PCI Dual Address Cycle" and the registers that the comment names.
 */
#ifndef PLX_REGS_H
#define PLX_REGS_H

#include <linux/bits.h>
#include <linux/types.h>

/* The registers are memory in BAR 0, and the same are ports in BAR 1. */
#define PLX_REGION_MEMORY 0
#define PLX_REGION_PORTS  1
#define PLX_REGISTERS_END 0x100
#define PLX_TARGET_END    0x54 /* of the 9030, 9050 and 9052 */

#define PLX_MAILBOX(n) (0x40 + 4 * (n)) /* PLX_REG_MBOX */
#define PLX_P2L        0x60 /* PLX_REG_P2LDBELL: ones ring at the card */
#define PLX_L2P        0x64 /* PLX_REG_L2PDBELL: ones clear what the card rang */

/* PLX_REG_INTCSR. An enable bit and its cause interrupt if PLX_INT_PCI is 1, too. */
#define PLX_INTCSR        0x68
#define PLX_INT_PCI       BIT(8)
#define PLX_INT_DOORBELL  BIT(9)
#define PLX_INT_ABORT     BIT(10)
#define PLX_INT_LOCAL     BIT(11)
#define PLX_IS_DOORBELL   BIT(13)
#define PLX_IS_ABORT      BIT(14)
#define PLX_IS_LOCAL      BIT(15)
#define PLX_INT_DMA(n)    BIT(18 + (n))
#define PLX_IS_DMA(n)     BIT(21 + (n))
#define PLX_NOT_MASTER(n) BIT(25 + (n)) /* that DMA channel was not the master of the abort */
#define PLX_INT_ALL                                                                        \
	(PLX_INT_PCI | PLX_INT_DOORBELL | PLX_INT_ABORT | PLX_INT_LOCAL | PLX_INT_DMA(0) | \
	 PLX_INT_DMA(1))

/* PLX_REG_CNTRL; the 9030, 9050 and 9052 have the same bits from 24 on at PLX_TARGET_CNTRL */
#define PLX_CNTRL            0x6c
#define PLX_CNTRL_EE_CLOCK   BIT(24)
#define PLX_CNTRL_EE_SELECT  BIT(25)
#define PLX_CNTRL_EE_OUT     BIT(26) /* to the EEPROM */
#define PLX_CNTRL_EE_IN      BIT(27)
#define PLX_CNTRL_EE_PRESENT BIT(28)
#define PLX_CNTRL_RELOAD     BIT(29) /* 0 to 1: from the EEPROM */
#define PLX_CNTRL_RESET      BIT(30) /* of the local side, while it is 1 */
#define PLX_CNTRL_EE_INPUT   BIT(31) /* "EEDO input enable", 9054 to 9656: PLX SDK 4.10 */

#define PLX_HARD_ID 0x70 /* PLX_REG_PCIHIDR: chip in the upper half, PLX_VENDOR below */
#define PLX_VENDOR  0x10b5

/* PLX_REG_DMAMODE and the four registers that follow, of a channel */
#define PLX_MODE(n)          (0x80 + 0x14 * (n))
#define PLX_MODE_CHAIN       BIT(9)
#define PLX_MODE_DONE_INT    BIT(10)
#define PLX_MODE_TO_PCI      BIT(17) /* interrupts go to the host */
#define PLX_MODE_LONG        BIT(18) /* [9054] DMAMODE0: descriptors have five words */
#define PLX_PCI_ADDRESS(n)   (0x84 + 0x14 * (n))
#define PLX_LOCAL_ADDRESS(n) (0x88 + 0x14 * (n))
#define PLX_SIZE(n)          (0x8c + 0x14 * (n))
#define PLX_NEXT(n)          (0x90 + 0x14 * (n))
#define PLX_NEXT_IN_PCI      BIT(0)
#define PLX_NEXT_END         BIT(1)
#define PLX_NEXT_TO_HOST     BIT(3)
#define PLX_NEXT_ADDRESS     GENMASK(31, 4)
#define PLX_DAC(n)           (0xb4 + 4 * (n)) /* [9054] DMADAC0: upper half of the PCI address */
#define PLX_MAX_SIZE         0x7ff000 /* PLX_REG_DMASIZ has 23 bits; in whole pages */

/* PLX_REG_DMACSR: bytes */
#define PLX_DMACSR(n)     (0xa8 + (n))
#define PLX_DMACSR_ENABLE BIT(0)
#define PLX_DMACSR_START  BIT(1)
#define PLX_DMACSR_ABORT  BIT(2)
#define PLX_DMACSR_CLEAR  BIT(3) /* the interrupt */
#define PLX_DMACSR_DONE   BIT(4)

/* PCI 9080 Data Book 3.7.2 "Chaining Mode DMA"; [9054] the fifth word, at multiples of 32 */
struct plx_descriptor {
	__le32 pci, local, size, next, upper;
	__le32 unused[3];
};

/* INTCSR and CNTRL of the 9030, 9050 and 9052: drivers/comedi/drivers/plx9052.h */
#define PLX_TARGET_INTCSR   0x4c
#define PLX_TARGET_CNTRL    0x50
#define PLX_TARGET_INT(n)   BIT(3 * (n)) /* enables LINTi1, LINTi2 */
#define PLX_TARGET_IS(n)    BIT(3 * (n) + 2)
#define PLX_TARGET_INT_PCI  BIT(6)
#define PLX_TARGET_CLEAR(n) BIT(10 + (n)) /* of an edge */

#endif /* PLX_REGS_H */
