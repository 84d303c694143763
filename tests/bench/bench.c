// SPDX-License-Identifier: MIT
/* tests/bench, in the guest: measures one part and prints its rows, a JSON object a line. */
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bench.h"

void bench_row(const char *path, ...)
{
	const char *key;
	va_list args;

	printf("{\"path\": \"%s\"", path);
	va_start(args, path);
	while ((key = va_arg(args, const char *)))
		printf(", \"%s\": %lu", key, va_arg(args, uint64_t));
	va_end(args);
	puts("}");
}

void bench_check(const char *what, int result)
{
	if (result >= 0)
		return;
	fprintf(stderr, "bench: %s: %s\n", what, strerror(-result));
	exit(1);
}

/* So that nothing but interrupts comes between. */
static void be_realtime(void)
{
	struct sched_param p = { .sched_priority = 10 };

	sched_setscheduler(0, SCHED_FIFO, &p);
	mlockall(MCL_CURRENT | MCL_FUTURE);
}

static const struct {
	const char *name;
	void (*run)(const char *address);
} parts[] = {
	{ "kplug", bench_kplug },
	{ "by_latency", bench_by_latency },
	{ "by_slow", bench_by_slow },
	{ "by_trace", bench_by_trace },
	{ "by_nothing", bench_by_nothing },
	{ "sysfs", bench_sysfs },
	{ "vfio", bench_vfio },
	{ "registers", bench_registers },
	{ "flood", bench_flood },
	{ "disk_linux", bench_disk_linux },
	{ "disk_kplug", bench_disk_kplug },
	{ "disk_vfio", bench_disk_vfio },
	{ "map_kplug", bench_map_kplug },
	{ "map_vfio", bench_map_vfio },
};

int main(int argc, char **argv)
{
	size_t i;

	be_realtime();
	if (argc == 2 && !strcmp(argv[1], "bare")) {
		bench_bare();
		return 0;
	}
	for (i = 0; argc == 3 && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strcmp(argv[1], parts[i].name)) {
			parts[i].run(argv[2]);
			return 0;
		}
	return 2;
}
