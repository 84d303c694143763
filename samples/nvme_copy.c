// SPDX-License-Identifier: MIT
/*
 * Copy a part of an NVMe disk to another place on the disk, and compare the two.
 *
 *	kplug bind 0000:00:0a.0		(an NVMe controller; the data at TO is overwritten)
 *	nvme_copy 0000:00:0a.0 FROM TO LENGTH
 *
 * FROM, TO and LENGTH are in MiB. The pieces have random lengths and go to random places in
 * memory, several at a time.
 */
#include "sample.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nvme/nvme_msg.h>

#define MIB     (1024ull * 1024)
#define PIECES  8 /* at a time */
#define LONGEST (2 * MIB)

struct piece {
	uint8_t *memory;
	uint32_t mapping;
	uint32_t id;
	uint64_t offset; /* in memory: any multiple of 4 */
	uint64_t place; /* on the disk, relative to the start of the part */
	uint64_t length;
};

static uint32_t block_size;

static struct piece new_piece(struct kplug *k)
{
	struct kplug_dma_mapping mapping;
	struct piece p = { 0 };
	uint64_t offset;
	int fd;

	p.memory = mmap(NULL, LONGEST + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	expect(p.memory != MAP_FAILED, "there is memory");
	fd = must(kplug_dma_buffer_pin(k, p.memory, LONGEST + 4096, 0, &offset), "pin memory");
	must(kplug_dma_map(k, fd, offset, LONGEST + 4096, KPLUG_DMA_BOTH, &mapping), "map it");
	close(fd);
	p.mapping = mapping.id;
	return p;
}

static void start(struct kplug *k, struct piece *p, uint64_t operation, uint64_t base)
{
	struct kplug_dma_transaction t = {
		.mapping = p->mapping,
		.offset = p->offset,
		.length = p->length,
	};
	struct kplug_dma_execution e = { .args = { operation, (base + p->place) / block_size, 1 } };

	must(kplug_dma_transaction_make(k, &t), "prepare a transaction");
	e.id = p->id = t.out_id;
	must(kplug_dma_transaction_execute(k, &e, 1), "start it");
}

static void finish(struct kplug *k, const struct piece *p)
{
	struct kplug_dma_transaction_info info;

	must(kplug_dma_transaction_wait(k, p->id, KPLUG_TIMEOUT_NONE, &info), "wait for it");
	must_end_well(info.out_status, "transaction");
	expect(info.out_bytes == p->length, "all bytes were transferred");
	must(kplug_dma_transaction_release(k, p->id), "release it");
}

static void transfer(struct kplug *k, struct piece *pieces, int num, uint64_t operation,
		     uint64_t base)
{
	for (int i = 0; i < num; i++)
		start(k, &pieces[i], operation, base);
	for (int i = 0; i < num; i++)
		finish(k, &pieces[i]);
}

static uint64_t copy(struct kplug *k, struct piece *pieces, uint64_t from, uint64_t to,
		     uint64_t length)
{
	uint64_t place = 0, transfers = 0;

	while (place < length) {
		int num = 0;

		for (; num < PIECES && place < length; num++) {
			struct piece *p = &pieces[num];

			p->offset = (uint64_t)(rand() % 1024) * 4;
			p->place = place;
			p->length = (1 + (uint64_t)rand() % (LONGEST / block_size)) * block_size;
			if (p->length > length - place)
				p->length = length - place;
			place += p->length;
		}
		transfer(k, pieces, num, NVME_READ, from);
		transfer(k, pieces, num, NVME_WRITE, to);
		transfers += num;
	}
	return transfers;
}

static void compare(struct kplug *k, struct piece *pieces, uint64_t from, uint64_t to,
		    uint64_t length)
{
	struct piece *a = &pieces[0], *b = &pieces[1];

	for (uint64_t place = 0; place < length; place += a->length) {
		a->place = b->place = place;
		a->length = b->length = length - place < LONGEST ? length - place : LONGEST;
		start(k, a, NVME_READ, from);
		start(k, b, NVME_READ, to);
		finish(k, a);
		finish(k, b);
		expect(!memcmp(a->memory + a->offset, b->memory + b->offset, a->length),
		       "both are the same");
	}
}

int main(int argc, char **argv)
{
	/* The program waits for each transaction, and unread events would fill a ring. */
	const struct kplug_opts no_events = { .flags = KPLUG_OPEN_NO_RING };
	const struct kplug_handler plugin = { .plugin = "nvme" };
	const char *name = device_argument(argc, argv);
	struct piece pieces[PIECES];
	uint64_t from, to, length;
	struct nvme_info info;
	struct kplug *k;
	uint32_t disk = 1;

	expect(argc == 5, "there are four arguments");
	from = strtoull(argv[2], NULL, 0) * MIB;
	to = strtoull(argv[3], NULL, 0) * MIB;
	length = strtoull(argv[4], NULL, 0) * MIB;
	must(kplug_open(&k, name, &no_events), "open");
	must(kplug_attach(k, KPLUG_NO_VECTOR, &plugin), "attach the plugin");
	must(kplug_call(k, NVME_CALL_IDENTIFY, NULL, 0, &info, sizeof(info)), "identify");
	expect(info.num_namespaces && info.namespaces[0].id == disk, "there is a disk");
	block_size = info.namespaces[0].block_size;
	for (int i = 0; i < PIECES; i++)
		pieces[i] = new_piece(k);
	printf("%llu transfers\n", (unsigned long long)copy(k, pieces, from, to, length));
	must(kplug_call(k, NVME_CALL_FLUSH, &disk, sizeof(disk), NULL, 0), "flush");
	compare(k, pieces, from, to, length);
	printf("%llu MiB are the same\n", (unsigned long long)(length / MIB));
	kplug_close(k);
	return 0;
}
