// SPDX-License-Identifier: MIT
/* tests/bench: the floors, on a driver that does nothing more. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "bench.h"

static int fd;

static void *map(off_t offset)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	bench_check("mmap /dev/bare_edu", at == MAP_FAILED ? -errno : 0);
	return at;
}

static void set_mode(unsigned long mode)
{
	bench_check("BARE_EDU_MODE", ioctl(fd, BARE_EDU_MODE, mode) ? -errno : 0);
}

static void empty(void *unused)
{
	(void)unused;
	ioctl(fd, BARE_EDU_EMPTY);
}

static void echo(void *message)
{
	ioctl(fd, BARE_EDU_ECHO, message);
}

void bench_bare(void)
{
	struct bench_source source = { 0 };
	uint8_t message[BARE_EDU_ECHO_BYTES] = { 1 };
	struct bench_latency latency;
	uint64_t mean;

	fd = open("/dev/bare_edu", O_RDWR);
	bench_check("open /dev/bare_edu", fd < 0 ? -errno : 0);
	source.stamps = map(BARE_EDU_STAMPS);
	source.raise = (uint32_t *)((char *)map(BARE_EDU_BAR) + EDU_RAISE);

	mean = bench_per_interrupt(&source);
	set_mode(BARE_EDU_TSC);
	latency = bench_measure(&source);
	bench_row("bare, no listener", "entry", latency.entry, "acked", latency.acked,
		  "per_interrupt", mean, BENCH_MMIO, NULL);
	set_mode(BARE_EDU_TSC | BARE_EDU_DEFER);
	source.deferred = true;
	latency = bench_measure(&source);
	bench_row("bare, tasklet", "entry", latency.entry, "acked", latency.acked, "deferred",
		  latency.deferred, "per_interrupt", bench_per_interrupt(&source), BENCH_MMIO,
		  NULL);
	bench_row("bare, empty ioctl", "per_call", bench_per_call(empty, NULL), NULL);
	bench_row("bare, 64 bytes in and out", "per_call", bench_per_call(echo, message), NULL);
}
