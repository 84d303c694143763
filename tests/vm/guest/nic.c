// SPDX-License-Identifier: MIT
// Interrupts of Intel's 82574, see "Interrupt Registers" (10.2.4) in its datasheet.
#include "nic.h"

#include "device.h"

#define ICR  0xc0
#define ICS  0xc8
#define IMS  0xd0
#define IVAR 0xe4

#define ICR_OTHER       (1u << 24)
#define IVAR_OTHER(v)   ((v) << 16)
#define IVAR_OTHER_USED (1u << 19)

static const char *nic_address(void)
{
	static char address[PCI_ADDRESS_SIZE];

	ck_assert(pci_find(0x8086, 0x10d3, 0, address));
	return address;
}

struct kplug *nic_open(void)
{
	struct kplug *nic;

	device_bind(nic_address());
	OK(file_write("bus", "/sys/bus/pci/devices/%s/reset_method", nic_address()));
	nic = device_open(nic_address());
	OK(kplug_map(nic, 0));
	return nic;
}

void nic_interrupt(struct kplug *nic, unsigned int vector)
{
	const struct kplug_io *io = kplug_io_user(nic);
	struct kplug_event event;

	/* Program everything each time: the card may have been reset. */
	kplug_write32(io, 0, IVAR, IVAR_OTHER_USED | IVAR_OTHER(vector));
	kplug_write32(io, 0, IMS, ICR_OTHER);
	kplug_write32(io, 0, ICS, ICR_OTHER);
	event = next_event(nic);
	ck_assert_int_eq(event.type, KPLUG_EVENT_IRQ);
	ck_assert_int_eq(event.vector, vector);
	kplug_write32(io, 0, ICR, ~0u);
}
