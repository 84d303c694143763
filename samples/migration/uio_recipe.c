// SPDX-License-Identifier: MIT
/*
 * The program of docs/from-uio.md with the handler in the kernel: a recipe acknowledges each
 * interrupt of QEMU's edu device at once, and the event has what it read.
 *
 *	uio_recipe 0000:00:04.0
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <edu/edu_regs.h>
#include <kplug.h>

#define ROUNDS 10
#define ALL    0xffffffff

struct edu {
	struct kplug *kplug;
};

static const struct kplug_step steps[] = {
	KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS),
	KPLUG_NOT_MINE(ALL, 0),
	KPLUG_WRITE_BACK32(EDU_REGION, EDU_IRQ_ACK, ALL, 0),
	KPLUG_CAPTURE(ALL),
};

static int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "%s: %s\n", what, kplug_reason(NULL));
		exit(EXIT_FAILURE);
	}
	return result;
}

static void edu_open(struct edu *edu, const char *name)
{
	const struct kplug_handler recipe = { .steps = steps, .num_steps = 4 };

	must(kplug_open(&edu->kplug, name, NULL), name);
	must(kplug_map(edu->kplug, EDU_REGION), "map");
	must(kplug_attach(edu->kplug, 0, &recipe), "attach");
}

static void edu_write(struct edu *edu, unsigned int offset, uint32_t value)
{
	kplug_write32(kplug_io_user(edu->kplug), EDU_REGION, offset, value);
}

static uint32_t edu_serve(struct edu *edu)
{
	struct kplug_event event;
	uint32_t status;

	must(kplug_wait(edu->kplug, &event, 1, -1), "wait");
	status = (uint32_t)event.data[0];
	printf("interrupt %llu: status 0x%x\n", event.seq + 1, status);
	return status;
}

int main(int argc, char **argv)
{
	struct edu edu;
	uint32_t i;

	if (argc != 2)
		return 2;
	edu_open(&edu, argv[1]);
	for (i = 1; i <= ROUNDS; i++) {
		edu_write(&edu, EDU_IRQ_RAISE, i); /* the device interrupts */
		if (edu_serve(&edu) != i)
			return 1;
	}
	kplug_close(edu.kplug);
	return 0;
}
