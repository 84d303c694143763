// SPDX-License-Identifier: MIT
// Operations of failnth: functions of libkplug, which are several system calls each.
#include "operation.h"

#include <errno.h>
#include <sys/eventfd.h>

static struct kplug *k;

static int open_null(void)
{
	int err = kplug_open(&k, NULL0, NULL);

	if (!err)
		kplug_close(k);
	return err;
}

static int open_edu(void)
{
	int err = kplug_open(&k, EDU1, NULL);

	if (!err)
		kplug_close(k);
	return err;
}

static void null_opened(void)
{
	OK(kplug_open(&k, NULL0, NULL));
}

static void edu_opened(void)
{
	OK(kplug_open(&k, EDU1, NULL));
}

static const struct kplug_handler user_handler = { .user = edu_handler },
				  recipe_handler = { .steps = edu_recipe,
						     .num_steps = ARRAY_SIZE(edu_recipe) },
				  plugin_handler = { .plugin = "edu" };

static int attach(const struct kplug_handler *handler)
{
	int kind = kplug_attach(k, 0, handler);

	return kind < 0 ? kind : 0;
}

static int attach_user(void)
{
	return attach(&user_handler);
}

static int attach_recipe(void)
{
	return attach(&recipe_handler);
}

static int attach_plugin(void)
{
	return attach(&plugin_handler);
}

static void recipe_attached(void)
{
	edu_opened();
	OK(attach_recipe());
}

static void plugin_attached(void)
{
	edu_opened();
	OK(attach_plugin());
}

static int detach(void)
{
	return kplug_detach(k, 0);
}

static int map_and_unmap(void)
{
	int err = kplug_map(k, 0);

	return err ? err : kplug_unmap(k, 0);
}

static void ignore(struct kplug *device, const struct kplug_event *event, void *ctx)
{
	(void)device;
	(void)event;
	(void)ctx;
}

static int listen_and_stop(void)
{
	int err = kplug_listen(k, ignore, NULL);

	return err ? err : kplug_unlisten(k);
}

static int eventfd_set(void)
{
	return kplug_eventfd(k, 0, subject.fd);
}

static void eventfd_made(void)
{
	edu_opened();
	subject.fd = eventfd(0, EFD_CLOEXEC);
}

static int shm_alloc(void)
{
	struct kplug_shm shm;
	int err = kplug_shm_alloc(k, 3 * 4096, &shm);

	return err ? err : kplug_shm_free(k, &shm);
}

static int call(void)
{
	static uint8_t in[4096], out[4096];
	int length = kplug_call(k, NULL_CALL_ECHO, in, sizeof(in), out, sizeof(out));

	return length < 0 ? length : 0;
}

/* The C library says so when the kernel has no memory for a thread. */
#define NO_THREAD .also = -EAGAIN, .because = "documented for a thread that cannot begin"

const struct operation library_operations[] = {
	{ "kplug_open null", .run = open_null, .sparse = 7 },
	{ "kplug_open edu", .run = open_edu, .sparse = 7 },
	{ "kplug_attach user", .set_up = edu_opened, .run = attach_user },
	{ "kplug_attach recipe", .set_up = edu_opened, .run = attach_recipe },
	{ "kplug_attach edu", .set_up = edu_opened, .run = attach_plugin },
	{ "kplug_detach recipe", .set_up = recipe_attached, .run = detach },
	{ "kplug_detach edu", .set_up = plugin_attached, .run = detach },
	{ "kplug_map", .set_up = edu_opened, .run = map_and_unmap },
	{ "kplug_listen", .set_up = edu_opened, .run = listen_and_stop, NO_THREAD },
	{ "kplug_eventfd", .set_up = eventfd_made, .run = eventfd_set },
	{ "kplug_shm_alloc", .set_up = null_opened, .run = shm_alloc },
	{ "kplug_call", .set_up = null_opened, .run = call },
	{ .name = NULL },
};
