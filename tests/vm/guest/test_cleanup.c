// SPDX-License-Identifier: MIT
// The writes that a program leaves for its end, for each way to end.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct kplug_transfer write_of(uint64_t offset, uint32_t value)
{
	return (struct kplug_transfer){
		.op = KPLUG_TRANSFER_WRITE,
		.region = EDU_REGION,
		.width = 4,
		.count = 1,
		.offset = offset,
		.value = value,
	};
}

static uint32_t liveness(struct kplug *edu)
{
	uint64_t value;

	OK(kplug_access_read(edu, EDU_REGION, EDU_LIVENESS, 4, &value));
	return ~(uint32_t)value;
}

static struct kplug *watcher(void)
{
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	OK(kplug_access_write(edu, EDU_REGION, EDU_LIVENESS, 4, 1));
	return edu;
}

/* The core makes the writes of its list, in order, although the program was killed. */
TEST(cleanup, killed, .smoke = true)
{
	const struct kplug_transfer list[] = { write_of(EDU_LIVENESS, 2),
					       write_of(EDU_LIVENESS, 3) };
	struct kplug *edu = watcher();
	int ready[2], status;
	char byte;
	pid_t pid;

	OK(pipe(ready));
	pid = fork();
	if (!pid) {
		struct kplug *child = device_open(EDU1);

		kplug_close(edu);
		kplug_attach(child, 0, edu_handler_of("recipe"));
		if (kplug_set_cleanup(child, list, ARRAY_SIZE(list)) ||
		    write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			edu_raise(child, 1);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_uint_eq(liveness(edu), 1);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert(WAIT_UNTIL(liveness(edu) == 3, 5000));
}

TEST(cleanup, closed, .smoke = true)
{
	const struct kplug_transfer list[] = { write_of(EDU_LIVENESS, 2) },
				    other[] = { write_of(EDU_LIVENESS, 4) };
	struct kplug *edu = watcher(), *k = device_open_ring(EDU1, 0);

	OK(kplug_set_cleanup(k, list, 1));
	ck_assert_uint_eq(liveness(edu), 1);
	kplug_close(k);
	ck_assert_uint_eq(liveness(edu), 2);

	/* The last list counts, also an empty one. */
	k = device_open_ring(EDU1, 0);
	OK(kplug_set_cleanup(k, list, 1));
	OK(kplug_set_cleanup(k, other, 1));
	kplug_close(k);
	ck_assert_uint_eq(liveness(edu), 4);
	k = device_open_ring(EDU1, 0);
	OK(kplug_set_cleanup(k, list, 1));
	OK(kplug_set_cleanup(k, NULL, 0));
	kplug_close(k);
	ck_assert_uint_eq(liveness(edu), 4);
}

/* The plugin's disarm, which acknowledges all, comes after it. */
TEST(cleanup, before_disarming, .smoke = true)
{
	const struct kplug_transfer list[] = { write_of(EDU_IRQ_RAISE, 8) };
	struct kplug *edu = watcher(), *k = edu_open(EDU1, "intx");
	uint64_t status;

	ck_assert_int_eq(kplug_attach(k, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_set_cleanup(k, list, 1));
	kplug_close(k);
	OK(kplug_access_read(edu, EDU_REGION, EDU_IRQ_STATUS, 4, &status));
	ck_assert_uint_eq(status, 0);
}

/* All forks of a program are one client; the last one ends it. */
TEST(cleanup, forked, .smoke = true)
{
	const struct kplug_transfer list[] = { write_of(EDU_LIVENESS, 2) };
	struct kplug *edu = watcher(), *k = device_open_ring(EDU1, 0);
	int status;
	pid_t pid;

	OK(kplug_set_cleanup(k, list, 1));
	pid = fork();
	if (!pid)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_uint_eq(liveness(edu), 1);
	kplug_close(k);
	ck_assert_uint_eq(liveness(edu), 2);
}

/* The core writes neither to a device that has gone, nor to its successor. */
TEST(cleanup, not_after_removal, .smoke = true)
{
	const struct kplug_transfer list[] = { write_of(EDU_LIVENESS, 2) };
	struct kplug *edu, *k;

	kplug_close(watcher());
	k = device_open_ring(EDU1, 0);
	OK(kplug_set_cleanup(k, list, 1));
	device_unbind(EDU1);
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	OK(kplug_access_write(edu, EDU_REGION, EDU_LIVENESS, 4, 9));
	kplug_close(k);
	ck_assert_uint_eq(liveness(edu), 9);
}

TEST(cleanup, refused)
{
	struct kplug_transfer list[KPLUG_MAX_CLEANUP + 1];
	struct kplug *edu = watcher(), *k = device_open_ring(EDU1, 0);
	uint32_t word = 5;

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		list[i] = write_of(EDU_LIVENESS, i);
	OK(kplug_set_cleanup(k, list, KPLUG_MAX_CLEANUP));
	ck_assert_int_eq(kplug_set_cleanup(k, list, KPLUG_MAX_CLEANUP + 1), -EINVAL);
	ck_assert_int_eq(kplug_set_cleanup(k, NULL, 1), -EFAULT);
	list[1].op = KPLUG_TRANSFER_READ;
	list[1].value = 0;
	ck_assert_int_eq(kplug_set_cleanup(k, list, 2), -EINVAL);
	list[1] = write_of(1 << 20, 0);
	ck_assert_int_eq(kplug_set_cleanup(k, list, 2), -EINVAL);
	list[1] = write_of(EDU_LIVENESS, 0);
	list[1].buffer = (uintptr_t)&word;
	ck_assert_int_eq(kplug_set_cleanup(k, list, 2), -EINVAL);
	/* A refused list does not replace the good one. */
	kplug_close(k);
	ck_assert_uint_eq(liveness(edu), KPLUG_MAX_CLEANUP - 1);
}
