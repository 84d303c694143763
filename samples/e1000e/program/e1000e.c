// SPDX-License-Identifier: MIT
/* Shows the interrupts of e1000e. */
#include <kplug.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e1000e_device.h"
#include "e1000e_msg.h"

static int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "e1000e: %s: %s\n", what, strerror(-result));
		exit(EXIT_FAILURE);
	}
	return result;
}

/* With the plugin if there is one, else in this program. */
static void attach(struct kplug *k, unsigned int vector)
{
	const struct kplug_handler handler = { .plugin = "e1000e", .user = e1000e_handler };

	if (must(kplug_attach(k, vector, &handler), "attach") == KPLUG_HANDLER_PLUGIN)
		return;
	printf("vector %u: no plugin, so this program handles it\n", vector);
	e1000e_enable(kplug_io_user(k), vector);
}

static void show(struct kplug *k, unsigned long count)
{
	struct kplug_event event;

	while (count--) {
		must(kplug_wait(k, &event, 1, -1), "wait");
		printf("vector %u: status 0x%llx, %llu ns after the interrupt\n", event.vector,
		       (unsigned long long)event.data[0],
		       (unsigned long long)(event.t_handler_end - event.t_hard));
		e1000e_rearm(kplug_io_user(k), event.vector);
	}
}

int main(int argc, char **argv)
{
	struct kplug *k;
	int vector;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: e1000e DEVICE [COUNT]   (see `kplug list`)\n");
		return 2;
	}
	must(kplug_open(&k, argv[1], NULL), "open");
	must(kplug_map(k, KPLUG_ALL_REGIONS), "map");
	if (!e1000e_identify(kplug_io_user(k))) {
		fprintf(stderr, "e1000e: %s is another device\n", argv[1]);
		return EXIT_FAILURE;
	}
	must(kplug_irq_mode(k, E1000E_IRQ_MODE, 0), "interrupt mode");
	for (vector = 0; vector < E1000E_VECTORS; vector++)
		attach(k, vector);
	show(k, argc > 2 ? strtoul(argv[2], NULL, 0) : 10);
	for (vector = 0; vector < E1000E_VECTORS; vector++)
		e1000e_disable(kplug_io_user(k), vector);
	kplug_close(k);
	return 0;
}
