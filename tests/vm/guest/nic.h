/* SPDX-License-Identifier: MIT */
/* A network card, QEMU's e1000e: a message table, and interrupts without DMA. */
#ifndef KPLUG_TEST_NIC_H
#define KPLUG_TEST_NIC_H

#include <kplug.h>

#define NIC_VECTORS 5

/*
 * What kplug ladder and kplug bench have to know of it. It interrupts only after the script
 * NIC_SETUP, which nic_scripts() writes; NIC_TEARDOWN ends that.
 */
#define NIC_REGISTERS "--raise 0:0xc8=0x100000 --status 0:0xc0 --ack 0:0xc0"
#define NIC_SETUP     "/tmp/nic-setup.script"
#define NIC_TEARDOWN  "/tmp/nic-teardown.script"
void nic_scripts(void);

/* nic_address() - its address, in constant memory */
const char *nic_address(void);

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
