// SPDX-License-Identifier: MIT
/* Attaching handlers, and handlers that run in the program. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "fake.h"

static struct kplug_event event;

/* The arguments of the last ioctls. */
static struct kplug_arm armed;
static char plugin[KPLUG_NAME_MAX];

static void see_attach(void *arg)
{
	const struct kplug_attach *attach = arg;

	ck_assert_uint_eq(attach->size, sizeof(*attach));
	memcpy(plugin, attach->name, sizeof(plugin));
}

static void see_arm(void *arg)
{
	armed = *(struct kplug_arm *)arg;
	ck_assert_uint_eq(armed.size, sizeof(armed));
	ck_assert_uint_eq(armed.flags, 0);
}

static void see_vector_3(void *arg)
{
	const struct kplug_vector_cmd *cmd = arg;

	ck_assert_uint_eq(cmd->size, sizeof(*cmd));
	ck_assert_uint_eq(cmd->vector, 3);
}

static void region(void *arg)
{
	struct kplug_region_info *info = arg;

	if (info->index == 0)
		fake_region(info, 4096, 4096);
}

static unsigned int take_odd(struct kplug_irq *irq)
{
	uint32_t value = kplug_read32(irq->io, 0, 0x20);

	ck_assert_ptr_eq(irq->ctx, &event);
	ck_assert_uint_eq(irq->captured, 0);
	ck_assert_uint_eq(irq->vector, 3);
	if (value % 2 == 0)
		return KPLUG_NONE;
	kplug_capture(irq, value);
	kplug_capture(irq, 77);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

static const struct kplug_step steps[2];

#define MAP_ALL                                                                     \
	{ KPLUG_DEVICE_INFO, 0, fake_info }, { KPLUG_REGION_INFO, 0, region },      \
		{ KPLUG_REGION_INFO, 0, region }, { KPLUG_REGION_INFO, 0, region }, \
		{ KPLUG_REGION_INFO, 0, region }, { KPLUG_REGION_INFO, 0, region }, \
	{                                                                           \
		KPLUG_REGION_INFO, 0, region                                        \
	}

TEST(attach, plugin)
{
	static const struct fake_ioctl script[] = { { KPLUG_ATTACH, 0, see_attach },
						    { KPLUG_ARM, 0, see_arm },
						    { KPLUG_DETACH, 0, NULL },
						    { 0 } };
	const struct kplug_handler handler = {
		.plugin = "edu",
		.user = take_odd,
		.steps = steps,
		.num_steps = 2,
		.event_type = 0x123,
	};
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 3, &handler), KPLUG_HANDLER_PLUGIN);
	ck_assert_str_eq(plugin, "edu");
	ck_assert_uint_eq(armed.vector, 3);
	ck_assert_uint_eq(armed.handler, KPLUG_HANDLER_PLUGIN);
	ck_assert_uint_eq(armed.event_type, 0x123);
	ck_assert_uint_eq(armed.num_steps, 0);
	ck_assert_uint_eq(armed.steps, 0);
	ck_assert_int_eq(kplug_detach(k, 3), 0);
	ck_assert_int_eq(kplug_detach(k, 3), -ENOTCONN);
	fake_close(k);
}

TEST(attach, falls_back_to_recipe)
{
	static const struct fake_ioctl script[] = { { KPLUG_ATTACH, -ENOENT, NULL },
						    { KPLUG_ARM, 0, see_arm },
						    { KPLUG_DISARM, 0, NULL },
						    { 0 } };
	const struct kplug_handler handler = {
		.plugin = "missing",
		.user = take_odd,
		.steps = steps,
		.num_steps = 2,
	};
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 3, &handler), KPLUG_HANDLER_RECIPE);
	ck_assert_uint_eq(armed.handler, KPLUG_HANDLER_RECIPE);
	ck_assert_uint_eq(armed.num_steps, 2);
	ck_assert_uint_eq(armed.steps, (uint64_t)(uintptr_t)steps);
	ck_assert_int_eq(kplug_detach(k, 3), 0);
	fake_close(k);
}

TEST(attach, falls_back_to_user)
{
	static const struct fake_ioctl script[] = { { KPLUG_ATTACH, -ENOENT, NULL },
						    MAP_ALL,
						    { KPLUG_ARM, 0, see_arm },
						    { KPLUG_DEVICE_INFO, 0, fake_info },
						    { 0 } };
	const struct kplug_handler handler = {
		.plugin = "missing",
		.user = take_odd,
		.ctx = &event,
	};
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 3, &handler), KPLUG_HANDLER_USER);
	ck_assert_uint_eq(armed.handler, KPLUG_HANDLER_USER);
	ck_assert_uint_eq(fake.maps, 2); /* the ring and a region */
	fake_close(k);
}

TEST(attach, nothing_to_fall_back_to)
{
	static const struct fake_ioctl script[] = { { KPLUG_ATTACH, -ENOENT, NULL }, { 0 } };
	const struct kplug_handler handler = { .plugin = "missing" };
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 3, &handler), -ENOENT);
	fake_close(k);
}

/* When a plugin refuses, the library does not fall back. */
TEST(attach, refusal_is_no_fallback)
{
	static const int errors[] = { -EBUSY, -EPERM, -ENOEXEC, -ENODEV };
	const struct kplug_handler handler = {
		.plugin = "edu",
		.user = take_odd,
		.steps = steps,
		.num_steps = 2,
	};
	struct kplug *k = fake_open(8);
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		const struct fake_ioctl script[] = { { KPLUG_ATTACH, errors[i], NULL }, { 0 } };

		fake_script(script);
		ck_assert_int_eq(kplug_attach(k, 3, &handler), errors[i]);
		fake_script_done();
	}
	fake_close(k);
}

TEST(attach, failed_arm_leaves_the_plugin)
{
	static const struct fake_ioctl script[] = { { KPLUG_ATTACH, 0, NULL },
						    { KPLUG_ARM, -EBUSY, NULL },
						    { KPLUG_DETACH, 0, NULL },
						    { 0 } };
	const struct kplug_handler handler = {
		.plugin = "edu",
		.user = take_odd,
	};
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 3, &handler), -EBUSY);
	ck_assert_int_eq(kplug_detach(k, 3), -ENOTCONN);
	fake_close(k);
}

/* The library detaches from the plugin with the last vector, which that disarms. */
TEST(attach, plugin_on_two_vectors)
{
	static const struct fake_ioctl script[] = { { KPLUG_ATTACH, 0, NULL },
						    { KPLUG_ARM, 0, NULL },
						    { KPLUG_ATTACH, -EALREADY, NULL },
						    { KPLUG_ARM, 0, NULL },
						    { KPLUG_DISARM, 0, see_vector_3 },
						    { KPLUG_DETACH, 0, NULL },
						    { 0 } };
	const struct kplug_handler handler = { .plugin = "edu" };
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 3, &handler), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_attach(k, 3, &handler), -EALREADY);
	ck_assert_int_eq(kplug_attach(k, 1, &handler), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_detach(k, 3), 0);
	ck_assert_int_eq(kplug_detach(k, 1), 0);
	fake_close(k);
}

TEST(attach, plugin_alone)
{
	static const struct fake_ioctl script[] = { { KPLUG_ATTACH, 0, NULL },
						    { KPLUG_DETACH, 0, NULL },
						    { 0 } };
	const struct kplug_handler handler = { .plugin = "null" };
	const struct kplug_handler none = { 0 };
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, KPLUG_NO_VECTOR, &none), -ENOENT);
	ck_assert_int_eq(kplug_attach(k, KPLUG_NO_VECTOR, &handler), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_detach(k, KPLUG_NO_VECTOR), 0);
	ck_assert_int_eq(kplug_detach(k, KPLUG_NO_VECTOR), -ENOTCONN);
	fake_close(k);
}

TEST(attach, bad_arguments)
{
	static const char name[] =
		"a_name_of_thirty_two_characters__which_are_followed_by_as_many__";
	const struct kplug_handler longest = { .plugin = name };
	const struct kplug_handler none = { 0 };
	struct kplug *k = fake_open(8);

	ck_assert_int_eq(kplug_attach(k, 0, &longest), -EINVAL);
	ck_assert_int_eq(kplug_attach(k, KPLUG_MAX_VECTORS, &none), -ENOENT);
	ck_assert_int_eq(kplug_detach(k, KPLUG_MAX_VECTORS), -ENOTCONN);
	ck_assert_int_eq(kplug_detach(k, 0), -ENOTCONN);
	fake_close(k);
}

TEST(attach, failed_detach_changes_nothing)
{
	static const struct fake_ioctl script[] = { { KPLUG_ARM, 0, NULL },
						    { KPLUG_DISARM, -EFAULT, NULL },
						    { KPLUG_DISARM, 0, NULL },
						    { 0 } };
	const struct kplug_handler none = { 0 };
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 0, &none), KPLUG_HANDLER_USER);
	ck_assert_int_eq(kplug_detach(k, 0), -EFAULT);
	ck_assert_int_eq(kplug_attach(k, 0, &none), -EALREADY);
	ck_assert_int_eq(kplug_detach(k, 0), 0);
	fake_close(k);
}

TEST(attach, failed_detach_keeps_the_plugin)
{
	static const struct fake_ioctl script[] = { { KPLUG_ATTACH, 0, NULL },
						    { KPLUG_ARM, 0, NULL },
						    { KPLUG_ATTACH, -EALREADY, NULL },
						    { KPLUG_ARM, 0, NULL },
						    { KPLUG_DISARM, -EFAULT, NULL },
						    { KPLUG_DISARM, 0, NULL },
						    { KPLUG_DETACH, -EFAULT, NULL },
						    { KPLUG_DETACH, 0, NULL },
						    { 0 } };
	const struct kplug_handler handler = { .plugin = "edu" };
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 0, &handler), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_attach(k, 1, &handler), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_detach(k, 0), -EFAULT);
	ck_assert_int_eq(kplug_detach(k, 0), 0);
	ck_assert_int_eq(kplug_detach(k, 1), -EFAULT);
	ck_assert_int_eq(kplug_attach(k, 1, &handler), -EALREADY);
	ck_assert_int_eq(kplug_detach(k, 1), 0);
	fake_close(k);
}

/* A program may free what its function uses, although the kernel knows the vector no more. */
TEST(attach, lost_device_ends_the_handler)
{
	static const struct fake_ioctl script[] = { { KPLUG_ARM, 0, NULL },
						    { KPLUG_DISARM, -ENODEV, NULL },
						    { 0 } };
	const struct kplug_handler none = { 0 };
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 0, &none), KPLUG_HANDLER_USER);
	ck_assert_int_eq(kplug_detach(k, 0), -ENODEV);
	ck_assert_int_eq(kplug_detach(k, 0), -ENOTCONN);
	fake_close(k);
}

/* A restricted client gets its ring when it attaches to the plugin. */
TEST(attach, late_ring)
{
	static const struct fake_ioctl at_open[] = { { KPLUG_DEVICE_INFO, 0, fake_info },
						     { KPLUG_RING, -EPERM, NULL },
						     { 0 } };
	static const struct fake_ioctl at_attach[] = { { KPLUG_ATTACH, 0, NULL },
						       { KPLUG_RING, 0, fake_ring },
						       { 0 } };
	const struct kplug_handler handler = { .plugin = "null" };
	struct kplug *k;

	fake_reset();
	fake_script(at_open);
	ck_assert_int_eq(kplug_open(&k, "null0", NULL), 0);
	ck_assert_int_eq(kplug_wait(k, &event, 1, 0), -ENOTCONN);
	fake_script(at_attach);
	ck_assert_int_eq(kplug_attach(k, KPLUG_NO_VECTOR, &handler), KPLUG_HANDLER_PLUGIN);
	fake_post(KPLUG_NO_VECTOR, KPLUG_EVENT_CUSTOM, 3);
	ck_assert_int_eq(kplug_wait(k, &event, 1, 0), 1);
	fake_close(k);
}

/* A device with take_odd() on vector 3. */
static struct kplug *open_user(uint32_t mode)
{
	static const struct fake_ioctl script[] = {
		MAP_ALL, { KPLUG_ARM, 0, NULL }, { KPLUG_DEVICE_INFO, 0, fake_info }, { 0 }
	};
	const struct kplug_handler handler = { .user = take_odd, .ctx = &event };
	struct kplug *k = fake_open(8);

	fake_device.out_irq_mode = mode;
	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 3, &handler), KPLUG_HANDLER_USER);
	fake_script_done();
	return k;
}

static void interrupt(struct kplug *k, uint32_t value)
{
	kplug_write32(kplug_io_user(k), 0, 0x20, value);
	fake_post(3, KPLUG_EVENT_IRQ, 0xdead);
}

TEST(user, captures_fill_the_event)
{
	struct kplug *k = open_user(KPLUG_IRQ_MSI);

	interrupt(k, 5);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.words, 2);
	ck_assert_uint_eq(event.data[0], 5);
	ck_assert_uint_eq(event.data[1], 77);
	ck_assert_uint_eq(event.data[2], 0);
	fake_close(k);
}

TEST(user, verdict_none_withholds_without_a_gap)
{
	struct kplug *k = open_user(KPLUG_IRQ_MSI);

	interrupt(k, 1);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.seq, 0);
	interrupt(k, 2);
	interrupt(k, 2);
	ck_assert_int_eq(kplug_next(k, &event), 0);
	interrupt(k, 3);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.seq, 1);
	ck_assert_uint_eq(event.lost, 0);
	fake_close(k);
}

TEST(user, losses_of_withheld_events_are_kept)
{
	struct kplug *k = open_user(KPLUG_IRQ_MSI);
	int i;

	for (i = 0; i < 10; i++) /* the ring holds 7 */
		interrupt(k, 2);
	ck_assert_int_eq(kplug_next(k, &event), 0);
	interrupt(k, 2); /* says that 3 were lost, and is kept back */
	ck_assert_int_eq(kplug_next(k, &event), 0);
	interrupt(k, 1);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.lost, 3);
	ck_assert_uint_eq(event.seq, 3); /* a gap of 3 */
	interrupt(k, 1);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.lost, 0);
	fake_close(k);
}

TEST(user, other_events_pass)
{
	struct kplug *k = open_user(KPLUG_IRQ_MSI);

	kplug_write32(kplug_io_user(k), 0, 0x20, 2);
	fake_post(2, KPLUG_EVENT_IRQ, 10);
	fake_post(3, KPLUG_EVENT_STORM, 11);
	fake_post(KPLUG_NO_VECTOR, KPLUG_EVENT_REMOVED, 12);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.data[0], 10);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.data[0], 11);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.data[0], 12);
	fake_close(k);
}

TEST(user, every_way_to_wait_runs_it)
{
	struct kplug *k = open_user(KPLUG_IRQ_MSI);
	struct kplug_event events[4];

	interrupt(k, 2);
	interrupt(k, 1);
	ck_assert_int_eq(kplug_wait(k, events, 4, 0), 2);
	ck_assert_uint_eq(events[0].data[0], 1);
	kplug_write32(kplug_io_user(k), 0, 0x20, 9);
	interrupt(k, 9);
	ck_assert_int_eq(kplug_read(k, events, 4), 1);
	ck_assert_uint_eq(events[0].data[0], 9);
	ck_assert_uint_eq(events[0].seq, 2);
	fake_close(k);
}

static const struct kplug_io *user_io;

static int raise_none_then_one(void)
{
	kplug_write32(user_io, 0, 0x20, fake.reads == 1 ? 2 : 3);
	fake_post(3, KPLUG_EVENT_IRQ, 0);
	return 0;
}

/* An event that is kept back does not end a wait. */
TEST(user, read_sleeps_on)
{
	struct kplug *k = open_user(KPLUG_IRQ_MSI);

	user_io = kplug_io_user(k);
	fake.on_read = raise_none_then_one;
	ck_assert_int_eq(kplug_wait(k, &event, 1, -1), 1);
	ck_assert_uint_eq(fake.reads, 2);
	ck_assert_uint_eq(event.data[0], 3);
	ck_assert_uint_eq(event.seq, 0);
	fake_close(k);
}

TEST(user, intx_is_unmasked_after_each_run)
{
	static const struct fake_ioctl script[] = { { KPLUG_UNMASK, 0, see_vector_3 },
						    { KPLUG_UNMASK, 0, see_vector_3 },
						    { 0 } };
	struct kplug *k = open_user(KPLUG_IRQ_INTX);

	fake_script(script);
	interrupt(k, 2); /* also when it was another device on the line */
	ck_assert_int_eq(kplug_next(k, &event), 0);
	interrupt(k, 1);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	fake_close(k);
}

TEST(user, detached_events_come_raw)
{
	static const struct fake_ioctl script[] = { { KPLUG_DISARM, 0, see_vector_3 }, { 0 } };
	struct kplug *k = open_user(KPLUG_IRQ_MSI);

	interrupt(k, 2);
	ck_assert_int_eq(kplug_next(k, &event), 0);
	interrupt(k, 2);
	fake_script(script);
	ck_assert_int_eq(kplug_detach(k, 3), 0);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.data[0], 0xdead);
	ck_assert_uint_eq(event.seq, 0); /* the numbering goes on */
	fake_close(k);
}

TEST(user, map_stays_while_attached)
{
	static const struct fake_ioctl script[] = { { KPLUG_DISARM, 0, NULL }, { 0 } };
	struct kplug *k = open_user(KPLUG_IRQ_MSI);

	ck_assert_int_eq(kplug_unmap(k, 0), -EBUSY);
	ck_assert_int_eq(kplug_unmap(k, KPLUG_ALL_REGIONS), -EBUSY);
	fake_script(script);
	ck_assert_int_eq(kplug_detach(k, 3), 0);
	ck_assert_int_eq(kplug_unmap(k, 0), 0);
	fake_close(k);
}

static unsigned int six_and_more(struct kplug_irq *irq)
{
	int i;

	for (i = 0; i < KPLUG_EVENT_WORDS + 5; i++)
		kplug_capture(irq, i);
	return KPLUG_HANDLED | KPLUG_NOTIFY | KPLUG_DEFER;
}

TEST(user, captures_beyond_the_event_are_ignored)
{
	static const struct fake_ioctl script[] = {
		MAP_ALL, { KPLUG_ARM, 0, see_arm }, { KPLUG_DEVICE_INFO, 0, fake_info }, { 0 }
	};
	const struct kplug_handler handler = {
		.user = six_and_more,
		.event_type = KPLUG_EVENT_CUSTOM + 2,
	};
	struct kplug *k = fake_open(8);

	fake_script(script);
	ck_assert_int_eq(kplug_attach(k, 1, &handler), KPLUG_HANDLER_USER);
	ck_assert_uint_eq(armed.event_type, KPLUG_EVENT_CUSTOM + 2);
	fake_post(1, KPLUG_EVENT_CUSTOM + 2, 9);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.words, KPLUG_EVENT_WORDS);
	ck_assert_uint_eq(event.data[5], 5);
	fake_close(k);
}
