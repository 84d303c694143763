// SPDX-License-Identifier: MIT
// kplug cfg and kplug caps.
#include "command.h"

#include <linux/pci_regs.h>
#include <stdio.h>

/* The command register of EDU1, in each form. What firmware enables differs between machines. */
static void cfg_shows_the_command(void)
{
	const unsigned int command = pci_command_register(EDU1), low = command & 0xff,
			   high = command >> 8;
	const unsigned int maybe = PCI_COMMAND_IO | PCI_COMMAND_SERR;
	char text[128];

	ck_assert_uint_eq(command & ~maybe, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
	snprintf(text, sizeof(text), "^command +0x%04x%s memory%s intx-disable$", command,
		 command & PCI_COMMAND_IO ? " io" : "", command & PCI_COMMAND_SERR ? " serr" : "");
	SAYS(text, "kplug cfg %s", EDU1);
	snprintf(text, sizeof(text), "^000: 34 12 e8 11 %02x %02x 10 00 ", low, high);
	SAYS(text, "kplug cfg %s", EDU1);
	snprintf(text, sizeof(text), "\"bytes\":.*\"3412e811%02x%02x1000[0-9a-f]{496}\"", low,
		 high);
	SAYS(text, "kplug cfg %s --json", EDU1);
	snprintf(text, sizeof(text), "^0:8 = 0x0010%04x11e81234$", command);
	SAYS(text, "kplug cfg %s 0:8", EDU1);
}

TEST(command, cfg)
{
	core_start();
	device_bind(EDU1);
	SAYS("^vendor id +0x1234$", "kplug cfg %s", EDU1);
	SAYS("^class +0x00ff00$", "kplug cfg %s", EDU1);
	cfg_shows_the_command();
	SAYS("^header type +device$", "kplug cfg %s", EDU1);
	SAYS("^0f0:( 00){16}$|^[*]$", "kplug cfg %s", EDU1);
	SAYS("\"subdevice_id\":.*\"0x1100\"", "kplug cfg %s --json", EDU1);

	SAYS("^2:2 = 0x11e8$", "kplug cfg %s 2:2", EDU1);
	SAYS("^0xc:1 = 0x20$", "kplug cfg %s 0xc:1=0x20 0xc:1", EDU1);
	SAYS("^7:0xc:1 = 0x20$", "kplug read %s 7:0xc:1", EDU1);
	SAYS("\"written\":.*true", "kplug cfg %s 0xc:1=0 --json", EDU1);
	REFUSES(1, "0x10=0: .*belongs to Linux", "kplug cfg %s 0x10=0", EDU1);
	REFUSES(1, "4:2=0: .*belongs to Linux", "kplug cfg %s 4:2=0", EDU1);
	REFUSES(1, "kplug info", "kplug cfg %s 0x100", EDU1);
	REFUSES(1, "kplug info", "kplug cfg %s 1:2", EDU1);
	SAYS("^0xc:1 = 0x00$", "kplug cfg %s 0xc:1", EDU1);
}

TEST(command, caps)
{
	core_start();
	device_bind(EDU1);
	device_bind(NVME);
	SAYS("^040 MSI +id 0x05: enabled no, vectors 1, allocated 1, 64 bit yes, maskable no$",
	     "kplug caps %s", EDU1);
	SAYS("^040 MSI-X +id 0x11: enabled no, masked no, vectors [0-9]+, table region 0, table offset 0x2000,",
	     "kplug caps %s", NVME);
	SAYS("^080 PCIe +id 0x10: version 2, type integrated endpoint, function reset yes, ",
	     "kplug caps %s", NVME);
	SAYS("^060 PM +id 0x01: version 3, state D0,", "kplug caps %s", NVME);
	SAYS("^120 SR-IOV +id 0x0010 version 1: enabled no, functions 0, functions offered 2,",
	     "kplug caps %s", NVME);
	SAYS("\"state\":.*\"D0\"", "kplug caps %s --json", NVME);
	SAYS("\"functions_offered\":.*2", "kplug caps %s --json", NVME);
	device_unbind(NVME);
	REFUSES(1, "kplug bind", "kplug caps %s", NVME);
}

/* The errors of a card behind a port. */
TEST(command, caps_of_a_card)
{
	char nic[PCI_ADDRESS_SIZE];

	core_start();
	ck_assert(pci_find(0x8086, 0x10d3, 0, nic));
	device_bind(nic);
	SAYS("^header type +device$", "kplug cfg %s", nic);
	SAYS("^100 AER +id 0x0001 version 2: uncorrectable 0x00000000,", "kplug caps %s", nic);
	SAYS(" PCIe .*type endpoint", "kplug caps %s", nic);
	device_unbind(nic);
}

/* kplug does not take a bridge. */
TEST(command, bind_of_a_bridge)
{
	core_start();
	REFUSES(1, "bridge", "kplug bind %s", RP0);
	ck_assert_str_eq(pci_driver(RP0), "pcieport");
	/* It had the bridge all the time: it says when it gets one. */
	ck_assert(!log_contains("pcieport " RP0));
}

TEST(command, cfg_without_hardware)
{
	core_start();
	OK(module_load("kplug_null"));
	REFUSES(1, "kplug info", "kplug cfg " NULL0);
	REFUSES(1, "kplug info", "kplug caps " NULL0);
}
