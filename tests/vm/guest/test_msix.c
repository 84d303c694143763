// SPDX-License-Identifier: MIT
// The message table of MSI-X and its pending bits: programs read them, and neither write nor map
// them.
#define _GNU_SOURCE
#include "command.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ull

/* A table of the device, according to its configuration space. */
struct table {
	unsigned int region;
	uint64_t start, end; /* bytes */
};

static uint64_t get(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width)
{
	uint64_t value = 0;

	OK(kplug_access_read(k, region, offset, width, &value));
	return value;
}

static struct table find(struct kplug *k, unsigned int where)
{
	int cap = kplug_find_cap(k, PCI_CAP_ID_MSIX);
	uint64_t place, num;

	ck_assert_int_gt(cap, 0);
	num = (get(k, KPLUG_CONFIG_REGION, cap + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_QSIZE) + 1;
	place = get(k, KPLUG_CONFIG_REGION, cap + where, 4);
	return (struct table){
		.region = place & PCI_MSIX_TABLE_BIR,
		.start = place & PCI_MSIX_TABLE_OFFSET,
		.end = (place & PCI_MSIX_TABLE_OFFSET) +
		       (where == PCI_MSIX_PBA ? (num + 63) / 64 * 8 : num * PCI_MSIX_ENTRY_SIZE),
	};
}

static struct kplug *opened(const char *address, struct table tables[2])
{
	struct kplug *k;

	core_start();
	device_bind(address);
	k = device_open_ring(address, 0);
	tables[0] = find(k, PCI_MSIX_TABLE);
	tables[1] = find(k, PCI_MSIX_PBA);
	return k;
}

static int block(struct kplug *k, const struct table *t, uint64_t offset, uint32_t count,
		 unsigned int flags)
{
	static const uint8_t zeros[8192];

	return kplug_transfer_write(k, t->region, offset, 4, zeros, count, flags);
}

static int leave(struct kplug *k, const struct table *t, uint64_t offset)
{
	struct kplug_transfer writes[2] = {
		{ .op = KPLUG_TRANSFER_WRITE,
		  .region = t->region,
		  .width = 4,
		  .count = 1,
		  .offset = offset },
		{ .op = KPLUG_TRANSFER_WRITE,
		  .region = t->region,
		  .width = 8,
		  .count = 1,
		  .offset = offset },
	};

	return kplug_set_cleanup(k, writes, 2);
}

static int arm(struct kplug *k, struct kplug_step step)
{
	const struct kplug_step steps[] = {
		{ .op = KPLUG_STEP_READ, .region = step.region, .width = 4, .offset = step.offset },
		step
	};
	struct kplug_arm cmd = {
		.size = sizeof(cmd),
		.handler = KPLUG_HANDLER_RECIPE,
		.num_steps = 2,
		.steps = (uintptr_t)steps,
		.stride = sizeof(steps[0]),
	};
	struct kplug_vector_cmd disarm = { .size = sizeof(disarm) };
	int err = command(k, KPLUG_ARM, &cmd);

	return err ? err : command(k, KPLUG_DISARM, &disarm);
}

static void check_writes(struct kplug *k, const struct table *t)
{
	const uint64_t last = t->end - 8;
	struct kplug_transfer list[2] = {
		{ .op = KPLUG_TRANSFER_READ,
		  .region = t->region,
		  .width = 4,
		  .count = 1,
		  .offset = t->start },
		{ .op = KPLUG_TRANSFER_WRITE,
		  .region = t->region,
		  .width = 4,
		  .count = 1,
		  .offset = t->start,
		  .value = ~0u },
	};
	unsigned int done;

	for (unsigned int width = 4; width <= 8; width *= 2) {
		get(k, t->region, t->start, width);
		ck_assert_int_eq(kplug_access_write(k, t->region, t->start, width, 0), -EPERM);
		ck_assert_int_eq(kplug_access_write(k, t->region, last, width, 0), -EPERM);
		ck_assert_int_eq(kplug_access_write(k, t->region, t->end - width, width, 0),
				 -EPERM);
	}
	ck_assert_int_eq(kplug_transfer(k, list, 2, &done), -EPERM);
	ck_assert_uint_eq(done, 1);
	ck_assert_int_eq(block(k, t, t->start, 1, 0), -EPERM);
	ck_assert_int_eq(block(k, t, last, 2, 0), -EPERM);
	ck_assert_int_eq(block(k, t, last, 2, KPLUG_TRANSFER_FIFO), -EPERM);
	/* Accesses that begin before the table, or end behind it. */
	if (t->start)
		ck_assert_int_eq(block(k, t, t->start - 8, 4, 0), -EPERM);
	ck_assert_int_eq(block(k, t, last, 4, 0), -EPERM);
	ck_assert_int_eq(leave(k, t, t->start), -EPERM);
	ck_assert_int_eq(arm(k, (struct kplug_step){ .op = KPLUG_STEP_WRITE,
						     .region = t->region,
						     .width = 4,
						     .offset = last }),
			 -EPERM);
	ck_assert_int_eq(arm(k, (struct kplug_step){ .op = KPLUG_STEP_WRITE_BACK,
						     .region = t->region,
						     .width = 4,
						     .offset = t->start,
						     .mask = ~0u }),
			 -EPERM);
}

TEST(msix, writes, .smoke = true, .variants = VARIANTS(NVME, IVSHMEM))
{
	struct table tables[2];
	struct kplug *k = opened(variant, tables);
	uint64_t words[64];

	for (unsigned int i = 0; i < 64; i++)
		words[i] = get(k, tables[0].region, tables[0].start + 8 * (i % 8), 8);
	check_writes(k, &tables[0]);
	check_writes(k, &tables[1]);
	for (unsigned int i = 0; i < 64; i++)
		ck_assert_uint_eq(words[i],
				  get(k, tables[0].region, tables[0].start + 8 * (i % 8), 8));
	/* Registers beside the tables belong to the program. */
	OK(kplug_access_write(k, tables[0].region, tables[0].end, 4, 0));
	OK(block(k, &tables[0], tables[0].end, 4, 0));
	OK(leave(k, &tables[1], tables[1].end));
	/* Right before the table there are doorbells; the capabilities at 0 ignore a write. */
	if (tables[0].start)
		OK(kplug_access_write(k, tables[0].region, 0, 4, 0));
	/* The kernel itself writes to the table now. */
	OK(arm(k, (struct kplug_step){ .op = KPLUG_STEP_READ,
				       .region = tables[0].region,
				       .width = 4,
				       .offset = tables[0].start }));
}

static bool page_owned(const struct table tables[2], unsigned int region, uint64_t page)
{
	for (int i = 0; i < 2; i++)
		if (tables[i].region == region && tables[i].start < (page + 1) * PAGE &&
		    tables[i].end > page * PAGE)
			return true;
	return false;
}

static int try_map(struct kplug *k, unsigned int region, uint64_t page, uint64_t pages)
{
	void *map = mmap(NULL, pages * PAGE, PROT_READ, MAP_SHARED, kplug_fd(k),
			 ((uint64_t)region << 40) + page * PAGE);

	return map == MAP_FAILED ? -errno : munmap(map, pages * PAGE);
}

static int try_buffer(struct kplug *k, unsigned int region, uint64_t page, uint64_t pages)
{
	int fd = kplug_dma_buffer_region(k, region, page * PAGE, pages * PAGE);

	return fd < 0 ? fd : close(fd);
}

/* Each page can be mapped or not, as the list of ranges says. */
static void check_pages(struct kplug *k, const struct table tables[2], unsigned int region)
{
	struct kplug_map_range ranges[KPLUG_MAX_RANGES];
	int num = kplug_region_ranges(k, region, ranges, KPLUG_MAX_RANGES);
	struct kplug_region_info info;
	uint64_t pages, mapped = 0, free = 0;

	ck_assert_int_ge(num, 0);
	OK(kplug_region_info(k, region, &info));
	pages = info.out_length / PAGE;
	ck_assert_int_eq(!!(info.out_flags & KPLUG_REGION_MMAP), num > 0);
	ck_assert_int_eq(try_map(k, region, 0, pages), -EPERM);
	ck_assert_int_lt(try_buffer(k, region, 0, pages), 0);
	for (uint64_t page = 0; page < pages; page++) {
		bool owned = page_owned(tables, region, page);

		free += !owned;
		ck_assert_int_eq(try_map(k, region, page, 1), owned ? -EPERM : 0);
		if (num)
			ck_assert_int_eq(try_buffer(k, region, page, 1), owned ? -EPERM : 0);
	}
	for (int i = 0; i < num; i++) {
		mapped += ranges[i].length / PAGE;
		OK(try_map(k, region, ranges[i].offset / PAGE, ranges[i].length / PAGE));
		if (ranges[i].offset)
			ck_assert_int_eq(try_map(k, region, ranges[i].offset / PAGE - 1, 2),
					 -EPERM);
	}
	ck_assert_uint_eq(mapped, free);
}

TEST(msix, maps, .smoke = true, .variants = VARIANTS(NVME, IVSHMEM))
{
	struct table tables[2];
	struct kplug *k = opened(variant, tables);

	check_pages(k, tables, tables[0].region);
	check_pages(k, tables, tables[1].region);
}

/* The list is cut to the program's room, and elements may be of another size. */
TEST(msix, list_of_ranges)
{
	struct table tables[2];
	struct kplug *k = opened(NVME, tables);
	struct {
		struct kplug_map_range range;
		uint64_t tail;
	} longer[4];
	struct kplug_map_range whole, none = { .offset = 1 };
	struct kplug_region_info info = {
		.size = sizeof(info),
		.ranges = (uintptr_t)longer,
		.num_ranges = 4,
		.stride = sizeof(longer[0]),
	};

	longer[0].tail = 1;
	longer[3].range.offset = 99;
	OK(command(k, KPLUG_REGION_INFO, &info));
	ck_assert_uint_eq(info.out_num_ranges, kplug_region_ranges(k, 0, &none, 0));
	ck_assert_uint_eq(none.offset, 1);
	ck_assert_int_ge(kplug_region_ranges(k, 0, &whole, 1), 1);
	ck_assert_uint_eq(longer[0].range.length, whole.length);
	ck_assert_uint_eq(longer[0].range.offset | longer[0].tail, 0);
	ck_assert_uint_eq(longer[3].range.offset, 99);
	info.stride = 8;
	ck_assert_int_eq(command(k, KPLUG_REGION_INFO, &info), -EINVAL);
	info.stride = sizeof(whole);
	info.num_ranges = KPLUG_MAX_RANGES + 1;
	ck_assert_int_eq(command(k, KPLUG_REGION_INFO, &info), -EINVAL);
	info.num_ranges = 1;
	info.ranges = 0;
	ck_assert_int_eq(command(k, KPLUG_REGION_INFO, &info), -EFAULT);
	ck_assert_int_eq(kplug_region_ranges(k, KPLUG_MAX_REGIONS, &whole, 1), -EINVAL);
	ck_assert_int_eq(kplug_region_ranges(k, KPLUG_CONFIG_REGION, &whole, 1), 0);
	device_unbind(NVME);
	ck_assert_int_eq(kplug_region_ranges(k, 0, &whole, 1), -ENODEV);
}

/* For a person and for a script. */
TEST(msix, shown)
{
	struct table tables[2];
	struct kplug_map_range first;
	struct kplug *k = opened(NVME, tables);
	int num = kplug_region_ranges(k, 0, &first, 1);
	char line[80];

	ck_assert_int_ge(num, 1);
	snprintf(line, sizeof(line), "mappable: 0x%llx bytes at 0x%llx",
		 (unsigned long long)first.length, (unsigned long long)first.offset);
	SAYS("region 0 memory.*, partly mappable", "kplug info " NVME);
	SAYS(line, "kplug info " NVME);
	snprintf(line, sizeof(line), "\"length\":.*%llu", (unsigned long long)first.length);
	SAYS(line, "kplug info --json " NVME);
	kplug_close(k);
}

/* The library maps what it can, and the accessors also reach the table. */
TEST(msix, accessors)
{
	struct table tables[2];
	struct kplug *k = opened(NVME, tables);
	const struct kplug_io *io = kplug_io_user(k);
	uint32_t before;

	ck_assert_uint_eq(kplug_read32(io, 0, tables[0].start + 12),
			  get(k, 0, tables[0].start + 12, 4));
	OK(kplug_map(k, KPLUG_ALL_REGIONS));
	ck_assert_uint_gt(io->region[0].length, 0);
	ck_assert_uint_eq(io->region[0].length, tables[0].start & ~(PAGE - 1));
	ck_assert_uint_eq(kplug_read32(io, 0, 8), get(k, 0, 8, 4));
	before = kplug_read32(io, 0, tables[0].start + 12);
	ck_assert_uint_eq(before, get(k, 0, tables[0].start + 12, 4));
	kplug_write32(io, 0, tables[0].start + 12, ~before);
	ck_assert_uint_eq(kplug_read32(io, 0, tables[0].start + 12), before);
	OK(kplug_unmap(k, 0));
}

/* A plugin opens the page of a table to restricted clients: they can only read it. */
TEST(msix, windows, .variants = VARIANTS(NVME, IVSHMEM))
{
	struct table tables[2];
	struct kplug *k = opened(variant, tables), *restricted;
	struct kplug_map_range range;
	const uint64_t page = tables[0].start / PAGE;
	uint64_t value;

	kplug_close(k);
	OK(run("modprobe kplug_odd windows=1 window_region=%u window_page=%u", tables[0].region,
	       (unsigned int)page));
	OK(kplug_attach_permanent(variant, "odd"));
	restricted = device_open_restricted(variant);
	OK(kplug_access_read(restricted, tables[0].region, page * PAGE, 4, &value));
	ck_assert_int_eq(kplug_access_read(restricted, tables[0].region, page * PAGE + 16, 4,
					   &value),
			 -EPERM);
	ck_assert_int_eq(kplug_access_write(restricted, tables[0].region, page * PAGE + 4, 4, 0),
			 -EPERM);
	ck_assert_int_eq(try_map(restricted, tables[0].region, page, 1), -EPERM);
	ck_assert_int_eq(kplug_region_ranges(restricted, tables[0].region, &range, 1), 0);
}
