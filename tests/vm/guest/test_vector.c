// SPDX-License-Identifier: MIT
// What an administrator sees and sets of a vector: its CPUs, its name, its counters in sysfs.
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORDS (KPLUG_MAX_CPU_MASK / 8)

/* Its row in /proc/interrupts: how often it came on a CPU, -1 when there is no such row. */
static long interrupts_on(const char *name, unsigned int cpu)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char line[1024];
	long count = -1;

	while (fgets(line, sizeof(line), file)) {
		char *at = strchr(line, ':');
		/* The names of those that share a line stand behind each other. */
		char *found = strstr(line, name);

		if (!found || !at || !strchr(" ,\n", found[strlen(name)]))
			continue;
		for (unsigned int i = 0; i <= cpu; i++) {
			int end = 0;

			ck_assert_int_eq(sscanf(at + 1, "%ld%n", &count, &end), 1);
			at += end;
		}
	}
	fclose(file);
	return count;
}

static struct kplug *edu_armed(const char *mode)
{
	struct kplug *edu = edu_open(EDU1, mode);

	ck_assert_int_eq(kplug_attach(edu, 0, edu_handler_of("recipe")), KPLUG_HANDLER_RECIPE);
	return edu;
}

static void interrupt(struct kplug *edu, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		edu_raise(edu, 1);
		next_event(edu);
	}
}

/* The move takes an interrupt, after the kernel has tidied up after the move before. */
static bool interrupts_move_to(struct kplug *edu, const char *name, unsigned int cpu)
{
	long before = interrupts_on(name, cpu);

	interrupt(edu, 1);
	return interrupts_on(name, cpu) > before;
}

TEST(vector, affinity, .variants = VARIANTS("intx", "msi"))
{
	const char *name = "kplug:" EDU1 "[0]";
	uint64_t mask[WORDS], got[WORDS];
	struct kplug *edu;

	core_start();
	edu = edu_armed(variant);
	for (int i = 0; i < 6; i++) {
		unsigned int cpu = i % 2;
		long before;

		memset(mask, 0, sizeof(mask));
		mask[0] = 1u << cpu;
		OK(kplug_affinity_set(edu, 0, sizeof(mask), mask));
		memset(got, 0xff, sizeof(got));
		OK(kplug_affinity_get(edu, 0, sizeof(got), got));
		ck_assert_mem_eq(mask, got, sizeof(mask));
		ck_assert(WAIT_UNTIL(interrupts_move_to(edu, name, cpu), 5000));
		before = interrupts_on(name, cpu);
		interrupt(edu, 10);
		ck_assert_int_eq(interrupts_on(name, cpu), before + 10);
		OK(kplug_affinity_get(edu, 0, 8, got));
		ck_assert_int_eq(got[0], mask[0]);
	}

	/* CPUs that are not there do not matter as long as one is. */
	memset(mask, 0xff, sizeof(mask));
	OK(kplug_affinity_set(edu, 0, sizeof(mask), mask));
	OK(kplug_affinity_get(edu, 0, sizeof(got), got));
	ck_assert_int_eq(got[0] & 3, 3);
	ck_assert_int_eq(got[WORDS - 1], 0);
	interrupt(edu, 10);
}

/* The program reads the CPUs that an administrator chose in /proc. */
TEST(vector, affinity_of_the_administrator)
{
	struct kplug *edu;
	uint64_t got;

	core_start();
	edu = edu_armed("msi");
	for (int i = 1; i <= 3; i++) {
		OK(file_write(i == 1 ? "1" :
			      i == 2 ? "2" :
				       "3",
			      "/proc/irq/%u/smp_affinity", vector_info(edu, 0).out_irq));
		OK(kplug_affinity_get(edu, 0, sizeof(got), &got));
		ck_assert_int_eq(got, i);
	}
}

TEST(vector, affinity_refused)
{
	static const uint64_t one[WORDS + 1] = { 1 }, nowhere[WORDS] = { 0, 1 },
					  nothing[WORDS] = { 0 };
	static const size_t lengths[] = { 0,
					  1,
					  4,
					  7,
					  9,
					  12,
					  KPLUG_MAX_CPU_MASK + 8,
					  1u << 31,
					  sizeof(size_t) > 4 ? (size_t)((1ull << 32) + 8) : 9,
					  -8 };
	struct kplug *edu, *restricted, *null;
	uint64_t got[WORDS + 1] = { 0 };

	core_start();
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_affinity_set(edu, 0, 8, one), -ENOTCONN);
	ck_assert_int_eq(kplug_affinity_get(edu, 0, 8, got), -ENOTCONN);
	ck_assert_int_eq(kplug_attach(edu, 0, edu_handler_of("recipe")), KPLUG_HANDLER_RECIPE);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		ck_assert_int_eq(kplug_affinity_set(edu, 0, lengths[i], one), -EINVAL);
		ck_assert_int_eq(kplug_affinity_get(edu, 0, lengths[i], got), -EINVAL);
	}
	ck_assert_int_eq(kplug_affinity_set(edu, 0, sizeof(nowhere), nowhere), -EINVAL);
	ck_assert_int_eq(kplug_affinity_set(edu, 0, sizeof(nothing), nothing), -EINVAL);
	ck_assert_int_eq(kplug_affinity_set(edu, 1, 8, one), -ENOENT);
	ck_assert_int_eq(kplug_affinity_get(edu, ~0u, 8, got), -ENOENT);
	ck_assert_int_eq(kplug_affinity_set(edu, 0, 8, NULL), -EFAULT);
	ck_assert_int_eq(kplug_affinity_get(edu, 0, 8, (void *)one), -EFAULT);

	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(kplug_affinity_set(restricted, 0, 8, one), -EPERM);
	OK(kplug_affinity_get(restricted, 0, 8, got));

	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(kplug_affinity_set(edu, 0, 8, one), -ENOTCONN);
	null = null_open(0);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_affinity_set(null, 0, 8, one), -EOPNOTSUPP);
	device_unbind(EDU1);
	ck_assert_int_eq(kplug_affinity_set(edu, 0, 8, one), -ENODEV);
	ck_assert_int_eq(kplug_affinity_get(edu, 0, 8, got), -ENODEV);
}

TEST(vector, name_in_proc)
{
	struct kplug *edu, *ivshmem;

	core_start();
	edu = edu_armed("msi");
	device_bind(IVSHMEM);
	ivshmem = device_open(IVSHMEM);
	OK(kplug_attach(ivshmem, 0, &(struct kplug_handler){ 0 }));
	OK(kplug_attach(ivshmem, 3, &(struct kplug_handler){ 0 }));
	ck_assert_int_ge(interrupts_on("kplug:" EDU1 "[0]", 0), 0);
	ck_assert_int_ge(interrupts_on("kplug:" IVSHMEM "[0]", 0), 0);
	ck_assert_int_ge(interrupts_on("kplug:" IVSHMEM "[3]", 0), 0);
	ck_assert_int_eq(interrupts_on("kplug:" IVSHMEM "[1]", 0), -1);
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(interrupts_on("kplug:" EDU1 "[0]", 0), -1);
	kplug_close(ivshmem);
	ck_assert_int_eq(interrupts_on("kplug:" IVSHMEM "[3]", 0), -1);
}

static uint64_t counter(const char *device, unsigned int vector, const char *name)
{
	unsigned long long value;
	char text[32];

	OK(file_read(text, sizeof(text), "/sys/class/kplug/%s/vectors/%u/%s", device, vector,
		     name));
	ck_assert_int_eq(sscanf(text, "%llu", &value), 1);
	return value;
}

static void check_counters(struct kplug *k, const char *device, unsigned int vector)
{
	struct kplug_vector_info info = vector_info(k, vector);

	ck_assert_int_eq(counter(device, vector, "raised"), info.out_raised);
	ck_assert_int_eq(counter(device, vector, "handled"), info.out_handled);
	ck_assert_int_eq(counter(device, vector, "none"), info.out_none);
	ck_assert_int_eq(counter(device, vector, "deferred"), info.out_deferred);
	ck_assert_int_eq(counter(device, vector, "coalesced"), info.out_coalesced);
	ck_assert_int_eq(counter(device, vector, "posted"), info.out_posted);
	ck_assert_int_eq(counter(device, vector, "dropped"), info.out_dropped);
	ck_assert_int_eq(counter(device, vector, "storms"), info.out_storms);
}

TEST(vector, statistics)
{
	struct kplug *edu, *null;

	core_start();
	edu = edu_armed("msi");
	interrupt(edu, 7);
	ck_assert_int_eq(counter(EDU1, 0, "handled"), 7);
	check_counters(edu, EDU1, 0);

	/* Each counter differs from 0 on one of the vectors. */
	null = null_open(4);
	for (unsigned int i = 0; i < device_info(null).out_vectors; i++) {
		ck_assert_int_eq(kplug_attach(null, i, &null_plugin), KPLUG_HANDLER_PLUGIN);
		null_fire(null, i, 10 + i);
	}
	ck_assert_int_gt(counter(NULL0, 0, "dropped"), 0);
	for (unsigned int i = 0; i < device_info(null).out_vectors; i++)
		check_counters(null, NULL0, i);
	ck_assert(!file_exists("/sys/class/kplug/%s/vectors/%u", NULL0,
			       device_info(null).out_vectors));
	ck_assert_int_ne(file_write("0", "/sys/class/kplug/%s/vectors/0/raised", NULL0), 0);
}

static void *read_all_the_time(void *stop)
{
	while (!*(volatile bool *)stop)
		run("cat /sys/class/kplug/*/vectors/*/* > /dev/null 2>&1");
	return NULL;
}

/* The files go with the device, also while programs have them open or read them. */
TEST(vector, statistics_of_a_device_that_goes, .smoke = true, .timeout = 120)
{
	bool stop = false;
	pthread_t reader;
	char byte;

	core_start();
	OK(pthread_create(&reader, NULL, read_all_the_time, &stop));
	for (int i = 0; i < rounds(20); i++) {
		int fd;

		device_bind(IVSHMEM);
		fd = open("/sys/class/kplug/" IVSHMEM "/vectors/3/raised", O_RDONLY);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(pread(fd, &byte, 1, 0), 1);
		device_unbind(IVSHMEM);
		ck_assert(!file_exists("/sys/class/kplug/" IVSHMEM));
		ck_assert_int_eq(pread(fd, &byte, 1, 0), -1);
		ck_assert_int_eq(errno, ENODEV);
		close(fd);
	}
	stop = true;
	pthread_join(reader, NULL);
	ck_assert(WAIT_UNTIL(!objects_live("device"), 10000));
}
