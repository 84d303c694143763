// SPDX-License-Identifier: MIT
/*
 * Copy a block of a device's memory in one call, and then without a call.
 *
 *	kplug bind 0000:00:06.0		(QEMU's ivshmem device)
 *	block 0000:00:06.0
 */
#include "sample.h"

#include <string.h>

#include <ivshmem/ivshmem_regs.h>

#define WORDS 1024

int main(int argc, char **argv)
{
	uint32_t out[WORDS], in[WORDS], same[3];
	struct kplug *k;
	int i;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	for (i = 0; i < WORDS; i++)
		out[i] = 0x01010101u * (uint32_t)i;

	/* The kernel copies, and checks the range. Ports work in the same way. */
	must(kplug_transfer_write(k, IVSHMEM_MEMORY, 0, 4, out, WORDS, 0), "write a block");
	must(kplug_transfer_read(k, IVSHMEM_MEMORY, 0, 4, in, WORDS, 0), "read it");
	expect(!memcmp(in, out, sizeof(in)), "it is the same");

	/* A FIFO is one register that the kernel reads many times. */
	must(kplug_transfer_read(k, IVSHMEM_MEMORY, 20, 4, same, 3, KPLUG_TRANSFER_FIFO),
	     "read a FIFO");
	expect(same[0] == out[5] && same[2] == out[5], "the address stays the same");

	/* The program copies by itself. */
	must(kplug_map(k, IVSHMEM_MEMORY), "map");
	memset(in, 0, sizeof(in));
	must(kplug_read_block(kplug_io_user(k), IVSHMEM_MEMORY, 0, 4, in, WORDS, 0),
	     "read it without a call");
	expect(!memcmp(in, out, sizeof(in)), "it is the same");
	printf("%u words\n", WORDS);
	kplug_close(k);
	return 0;
}
