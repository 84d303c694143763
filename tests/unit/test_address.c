// SPDX-License-Identifier: MIT
// Addresses of PCI functions become those of sysfs; other names stay.
#include "common/address.h"

#include "test.h"

static void expect(const char *name, const char *full)
{
	char text[ADDRESS_SIZE];

	address_complete(text, name);
	ck_assert_str_eq(text, full);
}

TEST(address, completed)
{
	expect("00:04.0", "0000:00:04.0");
	expect("0000:0A:1F.7", "0000:0a:1f.7");
	expect("0a:4.0", "0000:0a:04.0");
	expect("10000:e1:1f.7", "10000:e1:1f.7");
	expect("QEMU0002:00", "QEMU0002:00");
	expect("null0", "null0");
	expect("0a:1f.7x", "0a:1f.7x");
	expect("isa-2f8", "isa-2f8");
}
