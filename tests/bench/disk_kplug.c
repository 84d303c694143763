// SPDX-License-Identifier: MIT
/* tests/bench: reads through the nvme plugin, and what a chunk of a transaction costs. */
#include <errno.h>
#include <kplug.h>
#include <nvme/nvme_msg.h>
#include <sys/mman.h>
#include <unistd.h>

#include "disk.h"

#define NAMESPACE 1
#define CHUNKS    256
#define TIMES     9

#define PLACES      65536ull
#define PLACE_TURNS 99

static struct kplug *k;
static uint32_t ids[DISK_DEPTH];
static uint32_t per_read; /* blocks of the disk */

static uint32_t map(void *memory, uint64_t length)
{
	struct kplug_dma_mapping mapping;
	uint64_t offset;
	int fd = kplug_dma_buffer_pin(k, memory, length, 0, &offset);

	bench_check("kplug_dma_buffer_pin", fd);
	bench_check("kplug_dma_map",
		    kplug_dma_map(k, fd, offset, length, KPLUG_DMA_FROM_DEVICE, &mapping));
	close(fd);
	return mapping.id;
}

static uint32_t make(uint32_t mapping, uint64_t offset, uint64_t length)
{
	struct kplug_dma_transaction t = {
		.mapping = mapping,
		.offset = offset,
		.length = length,
		.max_chunk = DISK_BYTES,
	};

	bench_check("kplug_dma_transaction_make", kplug_dma_transaction_make(k, &t));
	return t.out_id;
}

static struct kplug_dma_execution reading(uint32_t id, uint64_t block, uint64_t cookie)
{
	return (struct kplug_dma_execution){
		.id = id,
		.cookie = cookie,
		.args = { NVME_READ, block * per_read, NAMESPACE },
	};
}

static void submit(const unsigned int *slots, const uint64_t *blocks, unsigned int n)
{
	struct kplug_dma_execution list[DISK_DEPTH];
	unsigned int i;

	for (i = 0; i < n; i++)
		list[i] = reading(ids[slots[i]], blocks[i], slots[i]);
	bench_check("kplug_dma_transaction_execute",
		    kplug_dma_transaction_execute(k, list, n) == (int)n ? 0 : -EIO);
}

/* data of KPLUG_EVENT_DMA: the transaction, its cookie, bytes, status */
static unsigned int wait(unsigned int *slots)
{
	struct kplug_event events[DISK_DEPTH];
	int n = kplug_wait(k, events, DISK_DEPTH, -1), i;

	bench_check("kplug_wait", n);
	for (i = 0; i < n; i++) {
		bench_check("the transaction",
			    events[i].type == KPLUG_EVENT_DMA ? (int)events[i].data[3] : -EPROTO);
		slots[i] = (unsigned int)events[i].data[1];
	}
	return (unsigned int)n;
}

static void reads(void)
{
	struct disk disk = { .submit = submit, .wait = wait };
	uint8_t *memory = disk_memory();
	uint32_t mapping = map(memory, DISK_DEPTH * DISK_BYTES);
	unsigned int i;

	disk.memory = memory;
	for (i = 0; i < DISK_DEPTH; i++)
		ids[i] = make(mapping, i * DISK_BYTES, DISK_BYTES);
	disk_row("kplug, nvme plugin", &disk, 1);
	disk_row("kplug, nvme plugin, 32 at a time", &disk, DISK_DEPTH);
}

static void run(struct kplug_dma_execution execution)
{
	unsigned int slot;

	bench_check("kplug_dma_transaction_execute",
		    kplug_dma_transaction_execute(k, &execution, 1));
	wait(&slot);
}

/* The core starts the next chunk. */
static uint64_t chained(uint32_t all)
{
	uint64_t before = bench_busy();

	run(reading(all, 0, 0));
	return (bench_busy() - before) / CHUNKS;
}

/* The program does: the transaction has one chunk each time. */
static uint64_t one_by_one(uint32_t all)
{
	struct kplug_dma_execution execution;
	uint64_t before = bench_busy(), i;

	for (i = 0; i < CHUNKS; i++) {
		execution = reading(all, i, 0);
		execution.offset = i * DISK_BYTES;
		execution.length = DISK_BYTES;
		run(execution);
	}
	return (bench_busy() - before) / CHUNKS;
}

static void chunks_row(const char *path, uint64_t (*turn)(uint32_t all), uint32_t all)
{
	uint64_t means[TIMES];
	int i;

	turn(all);
	for (i = 0; i < TIMES; i++)
		means[i] = turn(all);
	bench_row(path, "per_chunk", bench_median(means, TIMES), NULL);
}

static void chunks(void)
{
	static uint8_t memory[CHUNKS * DISK_BYTES] __attribute__((aligned(4096)));
	uint32_t all = make(map(memory, sizeof(memory)), 0, sizeof(memory));

	chunks_row("kplug, chained by the core", chained, all);
	chunks_row("kplug, the program starts each chunk", one_by_one, all);
}

/* A mapping of PLACES segments, each of a single page: a file whose neighbours do not touch. */
static uint8_t *many_pages(void)
{
	static const uint8_t page[DISK_BYTES];
	uint8_t *all =
		mmap(NULL, PLACES * DISK_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = memfd_create("pages", 0), start;
	uint64_t i;

	bench_check("memfd_create", fd < 0 || all == MAP_FAILED ? -errno : 0);
	for (start = 0; start < 2; start++)
		for (i = (uint64_t)start; i < CHUNKS; i += 2)
			bench_check("pwrite",
				    (int)pwrite(fd, page, DISK_BYTES, (off_t)(i * DISK_BYTES)));
	for (i = 0; i < PLACES; i += CHUNKS)
		if (mmap(all + i * DISK_BYTES, CHUNKS * DISK_BYTES, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
			bench_check("mmap", -errno);
	close(fd);
	return all;
}

/* A read to @offset, after one to the other end. */
static uint64_t read_at(uint32_t all, uint64_t offset)
{
	const uint64_t other = (PLACES - 1) * DISK_BYTES - offset;
	struct kplug_dma_execution execution = reading(all, 0, 0);
	uint64_t before;

	execution.length = DISK_BYTES;
	execution.offset = other;
	run(execution);
	before = bench_busy();
	execution.offset = offset;
	run(execution);
	return bench_busy() - before;
}

static void place_row(const char *path, uint32_t all, uint64_t offset)
{
	uint64_t turns[PLACE_TURNS];
	int i;

	for (i = 0; i < PLACE_TURNS; i++)
		turns[i] = read_at(all, offset);
	bench_row(path, "segments", (uint64_t)PLACES, "per_place", bench_median(turns, PLACE_TURNS),
		  NULL);
}

static void places(void)
{
	uint32_t all = make(map(many_pages(), PLACES * DISK_BYTES), 0, PLACES * DISK_BYTES);

	place_row("kplug, at the beginning of a mapping", all, 0);
	place_row("kplug, at its end", all, (PLACES - 1) * DISK_BYTES);
}

void bench_disk_kplug(const char *address)
{
	struct kplug_handler handler = { .plugin = "nvme" };
	struct nvme_info info;

	bench_check("kplug_open", kplug_open(&k, address, NULL));
	bench_check("kplug_attach", kplug_attach(k, KPLUG_NO_VECTOR, &handler));
	bench_check("NVME_CALL_IDENTIFY",
		    (int)kplug_call(k, NVME_CALL_IDENTIFY, NULL, 0, &info, sizeof(info)));
	per_read = DISK_BYTES / info.namespaces[0].block_size;
	bench_busy_start();
	reads();
	chunks();
	places();
	kplug_close(k);
}
