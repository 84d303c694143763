/* SPDX-License-Identifier: MIT */
/*
 * Registers of the PCI bridges PLX 9054, 9056, 9656 and 9080, as their model sees them. Offsets and
 * bits are those of drivers/comedi/drivers/plx9080.h in Linux 6.12, by the names there. The 9080
 * does not have those with [9054], which come from the data book of that chip.
 */
#ifndef MODEL_PLX_REGS_H
#define MODEL_PLX_REGS_H

#define PLX_REGISTERS 0x100 /* bytes in BAR 0 and, as ports, in BAR 1 */

#define PLX_MARBR    0x08 /* the same register as DMAARB */
#define PLX_MAILBOX0 0x40
#define PLX_MAILBOX7 0x5c
#define PLX_P2L      0x60 /* doorbell to the card: writing ones sets */
#define PLX_L2P      0x64 /* doorbell to the host: writing ones clears */
#define PLX_INTCSR   0x68
#define PLX_CNTRL    0x6c
#define PLX_HARD_ID  0x70
#define PLX_REVISION 0x74
#define PLX_DMA(n)   (0x80 + 0x14 * (n)) /* five registers of a channel */
#define PLX_DMACSR   0xa8 /* a byte for each channel */
#define PLX_DMAARB   0xac
#define PLX_DMATHR   0xb0
#define PLX_DMADAC   0xb4 /* [9054] a register for each channel */
#define PLX_CHANNELS 2

/* INTCSR */
#define PLX_INT_PCI       (1u << 8) /* all that follow need it */
#define PLX_INT_DOORBELL  (1u << 9)
#define PLX_INT_ABORT     (1u << 10)
#define PLX_INT_LOCAL     (1u << 11)
#define PLX_IS_DOORBELL   (1u << 13) /* RO, as are the others that begin with IS */
#define PLX_IS_ABORT      (1u << 14)
#define PLX_IS_LOCAL      (1u << 15)
#define PLX_INT_DMA(n)    (1u << (18 + (n)))
#define PLX_IS_P2L        (1u << 20)
#define PLX_IS_DMA(n)     (1u << (21 + (n)))
#define PLX_NOT_MASTER(n) (1u << (25 + (n))) /* of an abort; 1 if there was none */
#define PLX_INTCSR_RO     0xff70e000u
#define PLX_INTCSR_RESET  0x0f010100u

/* CNTRL; the 9030, 9050 and 9052 have the same from 24 on */
#define PLX_CNTRL_EE_CLOCK  (1u << 24)
#define PLX_CNTRL_EE_SELECT (1u << 25)
#define PLX_CNTRL_EE_OUT    (1u << 26)
#define PLX_CNTRL_EE_IN     (1u << 27) /* RO */
#define PLX_CNTRL_RELOAD    (1u << 29) /* 0 to 1: of the registers, from the EEPROM */
#define PLX_CNTRL_RESET     (1u << 30) /* of the local side, while it is 1 */
#define PLX_CNTRL_INIT      (1u << 31) /* of the 9080; the others: EEDO input enable */
#define PLX_CNTRL_DEFAULT   0x1000767eu /* an EEPROM is there */

/* DMAMODE, the first of a channel's registers */
#define PLX_MODE        0x00
#define PLX_CHAIN       (1u << 9)
#define PLX_DONE_INT    (1u << 10)
#define PLX_FIXED_LOCAL (1u << 11)
#define PLX_DEMAND      (1u << 12)
#define PLX_CLEAR_COUNT (1u << 16)
#define PLX_TO_PCI      (1u << 17) /* interrupts go to the host */
#define PLX_LONG        (1u << 18) /* [9054] descriptors have a fifth word, for DMADAC */

/* DMAPADR, DMALADR, DMASIZ, DMADPR: what a descriptor consists of, in this order */
#define PLX_PCI_ADDRESS   0x04
#define PLX_LOCAL_ADDRESS 0x08
#define PLX_SIZE          0x0c
#define PLX_SIZE_BITS     0x007fffffu
#define PLX_NEXT          0x10
#define PLX_NEXT_IN_PCI   (1u << 0)
#define PLX_END           (1u << 1)
#define PLX_COUNT_INT     (1u << 2)
#define PLX_TO_HOST       (1u << 3)
#define PLX_NEXT_BITS     0xfffffff0u

/* DMACSR */
#define PLX_ENABLE 0x01
#define PLX_START  0x02
#define PLX_ABORT  0x04
#define PLX_CLEAR  0x08
#define PLX_DONE   0x10

/* INTCSR and CNTRL of the 9030, 9050 and 9052: drivers/comedi/drivers/plx9052.h in Linux 6.12 */
#define PLX_TARGET_INTCSR   0x4c
#define PLX_TARGET_CNTRL    0x50
#define PLX_TARGET_INT(n)   (1u << 3 * (n))
#define PLX_TARGET_IS(n)    (1u << (3 * (n) + 2))
#define PLX_TARGET_INT_PCI  (1u << 6)
#define PLX_TARGET_SOFTWARE (1u << 7)

/* The board of the model 'plx-target', in BAR 2: lines by their bits */
#define PLX_TARGET_RAISE 0x00
#define PLX_TARGET_LOWER 0x04

#endif
