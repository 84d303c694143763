// SPDX-License-Identifier: MIT
// Interrupts of Intel's 82574, see "Interrupt Registers" (10.2.4) in its datasheet.
#include "nic.h"

#include "device.h"

#define CTRL 0x00
#define ICR  0xc0
#define ICS  0xc8
#define IMS  0xd0
#define IMC  0xd8
#define EIAC 0xdc
#define IVAR 0xe4

/* Not that of "other" causes: the link comes up some time after a reset, and is one of them. */
#define ICR_RX0       (1u << 20)
#define CTRL_RST      (1u << 26)
#define IVAR_RX0(v)   (v)
#define IVAR_RX0_USED (1u << 3)

const char *nic_address(void)
{
	static char address[PCI_ADDRESS_SIZE];

	ck_assert(pci_find(0x8086, 0x10d3, 0, address));
	return address;
}

/*
 * No cause may interrupt, and none is pending: other tests may have left that behind. A reset of
 * the card by itself also ends its throttling.
 */
static void quiet(const struct kplug_io *io)
{
	kplug_write32(io, 0, CTRL, CTRL_RST);
	kplug_write32(io, 0, IMC, ~0u);
	kplug_write32(io, 0, ICR, ~0u);
}

/*
 * QEMU 7.2 sends a message again when the throttling interval of 128 us ends, ever since it once
 * held one back.
 */
static void forget_repeats(struct kplug *nic, unsigned int vector)
{
	struct kplug_event event;

	while (kplug_wait(nic, &event, 1, 5 * MS) == 1)
		ck_assert(event.type == KPLUG_EVENT_IRQ && event.vector == vector);
}

void nic_scripts(void)
{
	/* Without the first script the card must be as it is after power-on. */
	OK(file_write("bus", "/sys/bus/pci/devices/%s/reset_method", nic_address()));
	OK(file_write("1", "/sys/bus/pci/devices/%s/reset", nic_address()));
	/* ICR: no cause of an earlier run; IVAR: the receive queue on vector 0; IMS enables. */
	OK(run("printf 'write 0:%%s\\n' 0xc0=0xffffffff 0xe4=8 0xd0=0x100000 > " NIC_SETUP));
	OK(run("echo write 0:0xd8=0xffffffff > " NIC_TEARDOWN));
}

struct kplug *nic_open(void)
{
	struct kplug *nic;

	device_bind(nic_address());
	OK(file_write("bus", "/sys/bus/pci/devices/%s/reset_method", nic_address()));
	nic = device_open(nic_address());
	OK(kplug_map(nic, 0));
	quiet(kplug_io_user(nic));
	return nic;
}

void nic_interrupt(struct kplug *nic, unsigned int vector)
{
	const struct kplug_io *io = kplug_io_user(nic);
	struct kplug_event event;

	/* Program everything each time: the card may have been reset. */
	quiet(io);
	kplug_write32(io, 0, IVAR, IVAR_RX0_USED | IVAR_RX0(vector));
	/* The cause ends with its message: the card repeats those of causes that stay. */
	kplug_write32(io, 0, EIAC, ICR_RX0);
	kplug_write32(io, 0, IMS, ICR_RX0);
	kplug_write32(io, 0, ICS, ICR_RX0);
	event = next_event(nic);
	ck_assert_int_eq(event.type, KPLUG_EVENT_IRQ);
	ck_assert_int_eq(event.vector, vector);
	quiet(io);
	forget_repeats(nic, vector);
}
