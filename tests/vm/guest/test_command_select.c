// SPDX-License-Identifier: MIT
// Finding devices on the command line: the tree, names of pci.ids, patterns.
#include "command.h"

#define NAMES "/usr/share/misc/pci.ids"
/* The last function there, as the tree shows it. */
#define LAST_OF_BUS_0 "ls /sys/bus/pci/devices | sed -n 's/^0000:00:/`- &/p' | tail -n 1"

TEST(command, list_tree)
{
	core_start();
	OK(module_load("kplug_null"));
	device_bind(EDU1);
	SAYS("^pci0000:00$", "kplug list --tree");
	SAYS("^[|]- " EDU1 " 1234:11e8.*, driver kplug", "kplug list --tree");
	SAYS("^[|]- " RP0 " 1b36:000c.*, driver pcieport", "kplug list --tree");
	SAYS("^[|]  `- " EDU0 " 1234:11e8", "kplug list --tree");
	OK(run("kplug list --tree | grep -q \"^$(" LAST_OF_BUS_0 ") \""));
	SAYS("^" NULL0 ", plugin null$", "kplug list --tree");
	if (leg_is("iommu"))
		SAYS(EDU1 ".* IOMMU group [0-9]+", "kplug list --tree");
	/* A function is listed with the bridges above it, and nothing else. */
	SAYS("^`- " RP0, "kplug list --tree 01:*");
	SAYS("^   `- " EDU0, "kplug list --tree 01:*");
	ck_assert_int_ne(run("kplug list --tree 01:* | grep " EDU1), 0);
	SAYS("\"parent\":.*\"" RP0 "\"", "kplug list --json");
}

TEST(command, names)
{
	core_start();
	if (!file_exists(NAMES))
		test_skip("no pci.ids on the host");
	SAYS(NVME " 1b36:0010 Non-Volatile memory controller: Red Hat.*QEMU NVM Express",
	     "kplug list --tree");
	SAYS("\"vendor_name\":.*\"Red Hat, Inc.\"", "kplug list --json");
	SAYS("^" NVME, "kplug list *nvm?express*");
	SAYS("^ +Non-Volatile memory controller: Red Hat.*QEMU NVM Express", "kplug list " NVME);
	/* All other commands work without them. */
	OK(run("mv " NAMES " /tmp/"));
	SAYS("^[|]- " NVME " 1b36:0010(, IOMMU group [0-9]+)?$", "kplug list --tree");
	SAYS("\"vendor_name\":.*\"\"", "kplug list --json");
	REFUSES(1, "no device matches", "kplug list *nvm?express*");
	SAYS("^" NVME, "kplug list 1b36:0010");
	OK(run("mv /tmp/pci.ids " NAMES));
}

TEST(command, patterns)
{
	core_start();
	OK(module_load("kplug_null"));
	SAYS("on kplug", "kplug bind 1b36:0010");
	ck_assert_str_eq(pci_driver(NVME), "kplug");
	SAYS("^device +" NVME, "kplug info *:0010");
	SAYS("^0:2 = 0x1b36$", "kplug cfg 00:0a.? 0:2");
	SAYS("\"device\":.*\"" NULL0 "\"", "kplug info null* --json");
	SAYS("\"device\":.*\"" NVME "\"", "kplug unbind 1b36:0010 --json");
	ck_assert_str_eq(pci_driver(NVME), "");

	REFUSES(1, "matches [34] devices", "kplug bind 1234:11e8");
	REFUSES(1, "^  " EDU1 " 1234:11e8", "kplug bind 1234:11e8");
	ck_assert_str_eq(pci_driver(EDU1), "");
	REFUSES(1, "no device matches.*kplug list", "kplug info abcd:*");
	REFUSES(1, "no device matches.*kplug list", "kplug list abcd:*");
	OK(run("kplug list 1234:11e8 null0 > /tmp/said; grep " EDU0 " /tmp/said && grep " NULL0
	       " /tmp/said"));
	ck_assert_int_ne(run("grep " NVME " /tmp/said"), 0);
}
