// SPDX-License-Identifier: MIT
/*
 * Run many register accesses in one call, and leave a write for the end of the program.
 *
 *	kplug bind 0000:00:04.0		(QEMU's edu device)
 *	regs_script 0000:00:04.0
 */
#include "sample.h"

#include <errno.h>

#include <edu/edu_regs.h>

#define READ(at)                                                                \
	{                                                                       \
		.op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .offset = at \
	}
#define WRITE(at, what)                                                                         \
	{                                                                                       \
		.op = KPLUG_TRANSFER_WRITE, .width = 4, .count = 1, .offset = at, .value = what \
	}

int main(int argc, char **argv)
{
	const struct kplug_transfer at_the_end[] = { WRITE(EDU_LIVENESS, 0) };
	struct kplug_transfer list[] = {
		READ(EDU_ID),
		WRITE(EDU_LIVENESS, 0x12345678),
		READ(EDU_LIVENESS),
		WRITE(EDU_IRQ_ACK, 0xffffffff),
	};
	unsigned int done, count = sizeof(list) / sizeof(list[0]);
	struct kplug *k;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");

	/* The kernel performs it however the program ends: normally, by a crash or by kill -9. */
	must(kplug_set_cleanup(k, at_the_end, 1), "leave a write");

	must(kplug_transfer(k, list, count, &done), "run the list");
	expect(done == count, "the whole list was run");
	printf("identification 0x%08llx, liveness 0x%08llx\n",
	       (unsigned long long)list[0].out_value, (unsigned long long)list[2].out_value);
	expect(list[2].out_value == 0xedcba987, "it inverts the written value");

	/* If one access is wrong, the kernel runs none. */
	list[1].value = 0;
	list[3].offset = 2;
	expect(kplug_transfer(k, list, count, &done) == -EINVAL && done == 3,
	       "the fourth is not aligned");
	list[3].offset = EDU_IRQ_ACK;
	list[1] = list[2];
	must(kplug_transfer(k, list, count, NULL), "run the list again");
	expect(list[1].out_value == 0xedcba987, "the register has its previous value");
	kplug_close(k);
	return 0;
}
