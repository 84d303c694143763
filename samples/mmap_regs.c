// SPDX-License-Identifier: MIT
/*
 * Access a device's registers without system calls, through a mapped region.
 *
 *	kplug bind 0000:00:04.0		(QEMU's edu device)
 *	mmap_regs 0000:00:04.0
 */
#include "sample.h"

#include <edu/edu_regs.h>

int main(int argc, char **argv)
{
	const struct kplug_io *io;
	struct kplug *k;
	uint64_t checked;
	uint32_t id, live;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	must(kplug_map(k, EDU_REGION), "map");
	io = kplug_io_user(k);

	id = kplug_read32(io, EDU_REGION, EDU_ID);
	printf("identification 0x%08x\n", id);
	expect((id & EDU_ID_MASK) == EDU_ID_VALUE, "this is an edu device");

	kplug_write32(io, EDU_REGION, EDU_LIVENESS, 0x12345678);
	live = kplug_read32(io, EDU_REGION, EDU_LIVENESS);
	printf("liveness 0x%08x\n", live);
	expect(live == ~0x12345678u, "it inverts the written value");

	/* The same register through the kernel: slower, but works for ports too. */
	must(kplug_access_read(k, EDU_REGION, EDU_LIVENESS, 4, &checked), "checked read");
	expect(checked == live, "both ways read the same");

	/* Outside of the region, nothing is accessed and reads return all ones. */
	expect(kplug_read32(io, EDU_REGION, io->region[EDU_REGION].length) == 0xffffffff,
	       "reads outside return all ones");
	kplug_close(k);
	return 0;
}
