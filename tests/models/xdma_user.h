/* SPDX-License-Identifier: MIT */
/*
 * The user logic of the model of XDMA, in its first BAR: registers of our own, by which a test
 * raises the card's user interrupts.
 */
#ifndef MODEL_XDMA_USER_H
#define MODEL_XDMA_USER_H

#define XDMA_USER_ID_VALUE 0x6b504c47

#define XDMA_USER_ID      0x00 /* RO */
#define XDMA_USER_LEVEL   0x04 /* RO: the lines that are high */
#define XDMA_USER_RAISE   0x08 /* W1S */
#define XDMA_USER_ACK     0x0c /* W1C: what the program does about the cause */
#define XDMA_USER_SCRATCH 0x10 /* RW */
#define XDMA_USER_RAISED  0x14 /* RO: how often a line went up */
#define XDMA_USER_STALL   0x18 /* RW: the channels, as in the interrupt block, wait for the card */

#define XDMA_CARD_MEMORY (16 << 20) /* also the last BAR */
#define XDMA_DATA_PATH   32u /* bytes */

#endif
