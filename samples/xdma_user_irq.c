// SPDX-License-Identifier: MIT
/*
 * Wait for a user interrupt of a card with Xilinx' XDMA. The card's own logic raises it, so the
 * program names the register that takes it down: here bit LINE of a register that clears the bits
 * which are written as ones.
 *
 *	kplug bind 0000:01:00.0
 *	xdma_user_irq 0000:01:00.0 LINE OFFSET COUNT	(OFFSET in the region of the user logic)
 */
#include "sample.h"

#include <xdma/xdma_msg.h>

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "xdma" };
	const char *device = device_argument(argc, argv);
	struct xdma_user user = { .flags = XDMA_USER_ACKNOWLEDGE };
	unsigned long count = argc > 4 ? strtoul(argv[4], NULL, 0) : 1;
	struct xdma_info info;
	struct kplug *k;

	expect(argc > 3, "usage: xdma_user_irq DEVICE LINE OFFSET [COUNT]");
	user.line = strtoul(argv[2], NULL, 0);
	user.offset = strtoul(argv[3], NULL, 0);
	expect(user.line < 16, "the lines are 0 to 15");
	user.value = 1u << user.line;

	must(kplug_open(&k, device, NULL), "open");
	must(kplug_irq_mode(k, KPLUG_IRQ_MSIX, 17), "one vector for the channels and 16 for lines");
	expect(must(kplug_attach(k, XDMA_VECTOR_OF_LINE(user.line), &handler), "attach") ==
		       KPLUG_HANDLER_PLUGIN,
	       "the plugin is there");
	must(kplug_call(k, XDMA_CALL_INFO, NULL, 0, &info, sizeof(info)), "info");
	expect(info.user != XDMA_NO_REGION, "the card has user logic");
	user.region = info.user;
	must(kplug_call(k, XDMA_CALL_USER, &user, sizeof(user), NULL, 0), "acknowledge");
	printf("waiting for line %u\n", user.line);
	fflush(stdout);
	for (unsigned long i = 0; i < count; i++) {
		struct kplug_event event;

		must(kplug_wait(k, &event, 1, -1), "wait");
		printf("%llu ns: line %u, %lu of %lu\n", (unsigned long long)event.t_hard,
		       user.line, i + 1, count);
	}
	kplug_close(k);
	return 0;
}
