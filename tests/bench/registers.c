// SPDX-License-Identifier: MIT
/* tests/bench: what a register costs, one at a time and many in a call, here and at the peers. */
#include <errno.h>
#include <fcntl.h>
#include <kplug.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "vfio.h"

#define TIMES  9
#define WORDS  1024
#define LIST   1000
#define OFFSET 0x1000 /* in edu's region, where nothing is: it is the way there that counts */

static uint32_t words[WORDS];

/* The median of a few runs of @run, which makes @count accesses. */
static void row(const char *path, uint64_t count, void (*run)(void *arg), void *arg)
{
	uint64_t totals[TIMES];
	int i;

	run(arg); /* the first time there are page faults */
	for (i = 0; i < TIMES; i++) {
		uint64_t start = bench_now();

		run(arg);
		totals[i] = bench_now() - start;
	}
	bench_row(path, "words", count, "instructions", bench_median(totals, TIMES), NULL);
}

static void read_mapped(void *map)
{
	const volatile uint32_t *from = map;
	int i;

	for (i = 0; i < WORDS; i++)
		words[i] = from[i];
}

static void pread_words(void *arg)
{
	const int *fd = arg;
	int i;

	for (i = 0; i < WORDS; i++)
		bench_check("pread", pread(*fd, words, 4, 0) == 4 ? 0 : -EIO);
}

void bench_sysfs(const char *address)
{
	char path[128];
	void *map;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0", address);
	fd = open(path, O_RDWR);
	bench_check(path, fd < 0 ? -errno : 0);
	map = mmap(NULL, 2 * WORDS * 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	bench_check("mmap", map == MAP_FAILED ? -errno : 0);
	row("sysfs, mapped", WORDS, read_mapped, (char *)map + OFFSET);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", address);
	fd = open(path, O_RDONLY);
	bench_check(path, fd < 0 ? -errno : 0);
	row("sysfs, configuration space, a word a call", WORDS, pread_words, &fd);
}

struct window {
	int device;
	uint64_t offset;
};

static void pread_block(void *arg)
{
	const struct window *window = arg;

	bench_check("pread", pread(window->device, words, sizeof(words), (off_t)window->offset) ==
					     sizeof(words) ?
				     0 :
				     -EIO);
}

void bench_vfio(const char *address)
{
	struct window window;
	struct vfio vfio;

	vfio_open(&vfio, address);
	window.device = vfio.device;
	window.offset = vfio_region(&vfio, VFIO_PCI_BAR0_REGION_INDEX) + OFFSET;
	row("vfio, pread of 1,024 words", WORDS, pread_block, &window);
}

static void direct_block(void *k)
{
	bench_check("kplug_read_block",
		    kplug_read_block(kplug_io_user(k), 0, OFFSET, 4, words, WORDS, 0));
}

static void one_block(void *k)
{
	bench_check("kplug_transfer_read", kplug_transfer_read(k, 0, OFFSET, 4, words, WORDS, 0));
}

static void one_fifo(void *k)
{
	bench_check("kplug_transfer_read",
		    kplug_transfer_read(k, 0, OFFSET, 4, words, WORDS, KPLUG_TRANSFER_FIFO));
}

static void word_a_call(void *k)
{
	uint64_t value;
	int i;

	for (i = 0; i < LIST; i++)
		bench_check("kplug_access_read",
			    kplug_access_read(k, 0, OFFSET + 4 * i, 4, &value));
}

static void config_words(void *k)
{
	uint64_t value;
	int i;

	for (i = 0; i < WORDS; i++)
		bench_check("kplug_access_read",
			    kplug_access_read(k, KPLUG_CONFIG_REGION, 0, 4, &value));
}

static struct kplug_transfer transfers[LIST];

static void make_list(void)
{
	int i;

	for (i = 0; i < LIST; i++)
		transfers[i] = (struct kplug_transfer){
			.op = KPLUG_TRANSFER_READ,
			.width = 4,
			.count = 1,
			.offset = OFFSET + 4 * i,
		};
}

static void list(void *k)
{
	bench_check("kplug_transfer", kplug_transfer(k, transfers, LIST, NULL));
}

void bench_registers(const char *address)
{
	struct kplug_opts opts = { .flags = KPLUG_OPEN_NO_RING };
	struct kplug *k;

	bench_check("kplug_open", kplug_open(&k, address, &opts));
	bench_check("kplug_map", kplug_map(k, 0));
	row("kplug, mapped", WORDS, read_mapped, (char *)kplug_io_user(k)->region[0].base + OFFSET);
	row("kplug, kplug_read_block() on the map", WORDS, direct_block, k);
	row("kplug, block of 1,024 words in a call", WORDS, one_block, k);
	row("kplug, FIFO of 1,024 words in a call", WORDS, one_fifo, k);
	row("kplug, a word a call", LIST, word_a_call, k);
	make_list();
	row("kplug, list of 1,000 accesses in a call", LIST, list, k);
	row("kplug, configuration space, a word a call", WORDS, config_words, k);
	kplug_close(k);
}
