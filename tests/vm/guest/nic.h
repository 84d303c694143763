/* SPDX-License-Identifier: MIT */
/* A network card, QEMU's e1000e: a message table, and interrupts without DMA. */
#ifndef KPLUG_TEST_NIC_H
#define KPLUG_TEST_NIC_H

#include <kplug.h>

#define NIC_VECTORS 5

/*
 * nic_open() - binds it and opens it; a reset of it is one of its bus, which clears the message
 * table
 */
struct kplug *nic_open(void);

/*
 * nic_interrupt() - has the card interrupt with a vector of its message table, which is armed: its
 * event must come
 */
void nic_interrupt(struct kplug *nic, unsigned int vector);

#endif
