// SPDX-License-Identifier: MIT
/* kplug ladder: the rungs of kplug, with one device and three places for the handler. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kplug.h>

#include "common/command.h"
#include "common/module.h"
#include "ladder.h"

#define MAX_STEPS 4

struct rung {
	struct kplug *k;
	uint64_t notified;
	uint64_t entry; /* of the user handler, for the interrupt at hand */
	uint64_t acked;
};

/* The smallest ring for the burst; the kernel keeps the last record of a ring free. */
static unsigned int ring_entries(unsigned int burst)
{
	unsigned int entries = 2;

	while (entries <= burst)
		entries *= 2;
	return entries;
}

static int open_taken(struct ladder_path *path)
{
	struct kplug_opts opts = { .ring_entries = ring_entries(path->burst) };
	struct rung *rung = calloc(1, sizeof(*rung));
	char why[MODULE_REASON_SIZE];
	int err;

	path->state = rung;
	if (!rung)
		return ladder_unavailable(path, "no memory");
	err = module_load("kplug");
	if (err)
		return ladder_unavailable(path, "%s", module_reason("kplug", err, why));
	if (!path->device->virtual && ladder_pci_bind(path, "kplug"))
		return -1;
	err = kplug_open(&rung->k, path->device->address, &opts);
	if (err)
		return ladder_unavailable(path, "kplug_open: %s", kplug_reason(NULL));
	if (path->device->no_status)
		return 0;
	err = kplug_map(rung->k, path->device->region);
	if (err)
		return ladder_unavailable(path, "kplug_map: %s", kplug_reason(NULL));
	ladder_map_registers(path, kplug_io_user(rung->k)->region[path->device->region].base);
	return 0;
}

static int attach(struct ladder_path *path, const struct kplug_handler *handler)
{
	struct rung *rung = path->state;
	int err = kplug_attach(rung->k, 0, handler);

	return err < 0 ? ladder_unavailable(path, "kplug_attach: %s", kplug_reason(NULL)) : 0;
}

/* The handler of rung 0 does what the recipe and the plugin do. */
static unsigned int user_handler(struct kplug_irq *irq)
{
	struct ladder_path *path = irq->ctx;
	const struct ladder_device *device = path->device;
	struct rung *rung = path->state;
	uint32_t status;

	rung->entry = ladder_now();
	rung->notified++;
	if (device->no_status)
		return KPLUG_HANDLED | KPLUG_NOTIFY;
	status = kplug_read32(irq->io, device->region, device->status);
	if (!status)
		return KPLUG_NONE;
	kplug_write32(irq->io, device->region, device->ack, status);
	rung->acked = ladder_now();
	kplug_capture(irq, status);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

static int user_open(struct ladder_path *path)
{
	struct kplug_handler handler = { .user = user_handler, .ctx = path };

	return open_taken(path) ? -1 : attach(path, &handler);
}

/* The whole recipe, or only its read and capture if there is nothing to acknowledge. */
static unsigned int fill_steps(struct kplug_step *steps, const struct ladder_device *device)
{
	unsigned int n = 0;

	steps[n++] = (struct kplug_step){ .op = KPLUG_STEP_READ,
					  .region = device->region,
					  .width = 4,
					  .offset = device->status };
	if (!device->no_status) {
		steps[n++] = (struct kplug_step){ .op = KPLUG_STEP_NOT_MINE,
						  .mask = UINT32_MAX,
						  .value = 0 };
		steps[n++] = (struct kplug_step){ .op = KPLUG_STEP_WRITE_BACK,
						  .region = device->region,
						  .width = 4,
						  .offset = device->ack,
						  .mask = UINT32_MAX };
	}
	steps[n++] = (struct kplug_step){ .op = KPLUG_STEP_CAPTURE, .mask = UINT32_MAX };
	return n;
}

static int recipe_open(struct ladder_path *path)
{
	struct kplug_step steps[MAX_STEPS];
	struct kplug_handler handler = { .steps = steps };

	if (path->device->virtual)
		return ladder_unavailable(path,
					  "a recipe needs registers, and this device has none");
	handler.num_steps = fill_steps(steps, path->device);
	return open_taken(path) ? -1 : attach(path, &handler);
}

static int plugin_open(struct ladder_path *path)
{
	struct kplug_handler handler = { .plugin = path->device->plugin };

	if (!handler.plugin)
		return ladder_unavailable(path,
					  "no plugin is known for this device (see --plugin)");
	return open_taken(path) ? -1 : attach(path, &handler);
}

/* With a handler in the kernel, the event has the times. */
static int kernel_wait(struct ladder_path *path, struct ladder_stamps *stamps)
{
	struct rung *rung = path->state;
	struct kplug_event event;
	int n = kplug_read(rung->k, &event, 1);

	if (n < 1)
		return n ? n : -EIO;
	stamps->user = ladder_now();
	stamps->entry = event.t_hard;
	stamps->acked = event.t_handler_end;
	stamps->came = event.t_hard;
	stamps->notified = ++rung->notified;
	return 0;
}

/* With a handler in the program, kplug_read() has run it. */
static int user_wait(struct ladder_path *path, struct ladder_stamps *stamps)
{
	struct rung *rung = path->state;
	struct kplug_event event;
	int n = kplug_read(rung->k, &event, 1);

	if (n < 1)
		return n ? n : -EIO;
	stamps->user = ladder_now();
	stamps->entry = rung->entry;
	stamps->acked = rung->acked;
	stamps->came = event.t_hard;
	stamps->notified = rung->notified;
	return 0;
}

static volatile void *map_part(struct ladder_path *path, unsigned int region, uint64_t offset,
			       size_t length)
{
	struct rung *rung = path->state;
	volatile void *at;
	int err = kplug_map_range(rung->k, region, offset, length, &at);

	if (!err)
		return at;
	ladder_unavailable(path, "kplug_map_range: %s", kplug_reason(NULL));
	return NULL;
}

static int access_register(struct ladder_path *path, struct reg *reg, bool is_write)
{
	struct rung *rung = path->state;

	return is_write ? kplug_access_write(rung->k, reg->region, reg->offset, reg->width,
					     reg->value) :
			  kplug_access_read(rung->k, reg->region, reg->offset, reg->width,
					    &reg->value);
}

static int take_counts(struct rung *rung, struct ladder_fate *fate)
{
	struct kplug_vector_info info;
	int err = kplug_vector_info(rung->k, 0, &info);

	if (err)
		return err;
	fate->handled = info.out_handled;
	fate->notified = rung->notified;
	return 0;
}

static int kernel_fate(struct ladder_path *path, struct ladder_fate *fate)
{
	struct rung *rung = path->state;
	struct kplug_event event;

	while (kplug_next(rung->k, &event))
		rung->notified++;
	return take_counts(rung, fate);
}

/* The handler counts: after the first event of a burst it finds the device quiet. */
static int user_fate(struct ladder_path *path, struct ladder_fate *fate)
{
	struct rung *rung = path->state;
	struct kplug_event event;

	while (kplug_next(rung->k, &event))
		;
	return take_counts(rung, fate);
}

static void rung_close(struct ladder_path *path)
{
	struct rung *rung = path->state;

	if (rung)
		kplug_close(rung->k);
	free(rung);
}

const struct ladder_kind ladder_user = {
	.name = "user",
	.title = "kplug rung 0, user",
	.mmio_reads = 1,
	.mmio_writes = 1,
	.open = user_open,
	.wait = user_wait,
	.map = map_part,
	.access = access_register,
	.fate = user_fate,
	.close = rung_close,
};

const struct ladder_kind ladder_recipe = {
	.name = "recipe",
	.title = "kplug rung 1, recipe",
	.mmio_reads = 1,
	.mmio_writes = 1,
	.open = recipe_open,
	.wait = kernel_wait,
	.map = map_part,
	.access = access_register,
	.fate = kernel_fate,
	.close = rung_close,
};

const struct ladder_kind ladder_plugin = {
	.name = "plugin",
	.title = "kplug rung 3, plugin",
	.mmio_reads = 1,
	.mmio_writes = 1,
	.open = plugin_open,
	.wait = kernel_wait,
	.map = map_part,
	.access = access_register,
	.fate = kernel_fate,
	.close = rung_close,
};
