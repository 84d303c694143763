// SPDX-License-Identifier: MIT
// Configuration space: every width, what a program may not change, the lists of capabilities.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIG KPLUG_CONFIG_REGION
#define SPACE  4096

struct function {
	struct kplug *k;
	const char *address;
	unsigned int size;
};

/* The same from the kernel's own file, independently of kplug. */
static unsigned int read_file(const char *address, uint8_t space[SPACE])
{
	char path[64];
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", address);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	size = read(fd, space, SPACE);
	ck_assert(size == 256 || size == SPACE);
	close(fd);
	return size;
}

static uint64_t at(const uint8_t *space, unsigned int offset, unsigned int width)
{
	uint64_t value = 0;

	memcpy(&value, &space[offset], width);
	return value;
}

static struct function opened(const char *address)
{
	struct function f = { .address = address };
	uint8_t space[SPACE];

	core_start();
	device_bind(address);
	f.k = device_open_ring(address, 0);
	f.size = read_file(address, space);
	return f;
}

static void closed(struct function *f)
{
	kplug_close(f->k);
	device_unbind(f->address);
}

static uint64_t get(const struct function *f, unsigned int offset, unsigned int width)
{
	uint64_t value = 0xa5a5a5a5a5a5a5a5;

	OK(kplug_access_read(f->k, CONFIG, offset, width, &value));
	return value;
}

static void put(const struct function *f, unsigned int offset, unsigned int width, uint64_t value)
{
	OK(kplug_access_write(f->k, CONFIG, offset, width, value));
	ck_assert_uint_eq(get(f, offset, width), value);
}

static void refused(const struct function *f, unsigned int offset, unsigned int width,
		    uint64_t value)
{
	ck_assert_msg(kplug_access_write(f->k, CONFIG, offset, width, value) == -EPERM,
		      "%s: 0x%x:%u = 0x%llx", f->address, offset, width, (unsigned long long)value);
}

/* After the refused writes, the whole space is unchanged. */
static void unchanged(const struct function *f, const uint8_t before[SPACE])
{
	uint8_t after[SPACE];

	read_file(f->address, after);
	ck_assert(!memcmp(before, after, f->size));
}

/* Each write of each width that touches one of these bytes, with any value. */
static void refused_range(const struct function *f, unsigned int first, unsigned int length)
{
	uint8_t before[SPACE];

	read_file(f->address, before);
	for (unsigned int width = 1; width <= 8; width *= 2)
		for (unsigned int offset = first & -width; offset < first + length;
		     offset += width) {
			const uint64_t now = at(before, offset, width);

			refused(f, offset, width, now);
			refused(f, offset, width, ~now & ~0ull >> (64 - 8 * width));
		}
	unchanged(f, before);
}

/* Each of the bits, alone and in wider writes. As it is the register may be written. */
static void refused_bits(const struct function *f, unsigned int offset, unsigned int width,
			 uint64_t bits)
{
	uint8_t before[SPACE];

	read_file(f->address, before);
	for (uint64_t bit = 1; bit && bit <= bits; bit <<= 1)
		for (unsigned int wide = 8; bits & bit && wide >= width; wide /= 2) {
			const unsigned int base = offset & -wide;

			refused(f, base, wide, at(before, base, wide) ^ bit << 8 * (offset - base));
		}
	OK(kplug_access_write(f->k, CONFIG, offset, width, at(before, offset, width)));
	unchanged(f, before);
}

static int cap(const struct function *f, unsigned int id)
{
	int offset = kplug_find_cap(f->k, id);

	ck_assert_int_ge(offset, 0x40);
	return offset;
}

TEST(config, region, .variants = VARIANTS(EDU1, TESTDEV, IVSHMEM, NVME))
{
	struct function f = opened(variant);
	struct kplug_region_info info;

	OK(kplug_region_info(f.k, CONFIG, &info));
	ck_assert_uint_eq(info.out_flags, KPLUG_REGION_CONFIG);
	ck_assert_uint_eq(info.out_length, f.size);
	ck_assert_uint_eq(f.size, !strcmp(variant, NVME) ? SPACE : 256);
	ck_assert_uint_eq(info.out_mmap_offset, 0);
	ck_assert_int_eq(kplug_map(f.k, CONFIG), -EOPNOTSUPP);
	closed(&f);
}

/* Ordinary space and, where there is one, the extended one. */
TEST(config, widths, .variants = VARIANTS(EDU1, TESTDEV, IVSHMEM, NVME))
{
	struct function f = opened(variant);
	uint8_t space[SPACE];
	uint64_t value;

	read_file(variant, space);
	for (unsigned int width = 1; width <= 8; width *= 2) {
		for (unsigned int offset = 0; offset < f.size; offset += width)
			ck_assert_uint_eq(get(&f, offset, width), at(space, offset, width));
		ck_assert_int_eq(kplug_access_read(f.k, CONFIG, f.size, width, &value), -EINVAL);
		ck_assert_int_eq(kplug_access_write(f.k, CONFIG, f.size, width, 0), -EINVAL);
		ck_assert_int_eq(kplug_access_read(f.k, CONFIG, -width, width, &value), -EINVAL);
		if (width > 1)
			ck_assert_int_eq(kplug_access_read(f.k, CONFIG, 1, width, &value), -EINVAL);
	}
	for (unsigned int width = 0; width < 20; width++)
		if (width != 1 && width != 2 && width != 4 && width != 8)
			ck_assert_int_eq(kplug_access_read(f.k, CONFIG, 0, width, &value), -EINVAL);
	closed(&f);
}

/* A write to bytes that no row of the policy names succeeds, in every width. */
TEST(config, writes)
{
	struct function f = opened(NVME);
	const int control = cap(&f, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL2, prefix_blocking = 1 << 15;
	const uint64_t command = get(&f, PCI_COMMAND, 2);

	put(&f, PCI_CACHE_LINE_SIZE, 1, 0x5a);
	put(&f, PCI_INTERRUPT_LINE, 1, 0x77);
	put(&f, PCI_COMMAND, 2, command ^ PCI_COMMAND_SERR);
	put(&f, PCI_COMMAND + 1, 1, command >> 8);
	put(&f, PCI_COMMAND, 4, get(&f, PCI_COMMAND, 4) ^ PCI_COMMAND_SERR);
	put(&f, PCI_COMMAND, 2, command);
	put(&f, control, 2, get(&f, control, 2) ^ prefix_blocking);
	put(&f, control, 8, get(&f, control, 8) ^ prefix_blocking);
	/* A write to a read-only register succeeds and changes nothing. */
	OK(kplug_access_write(f.k, CONFIG, PCI_VENDOR_ID, 2, 0));
	ck_assert_uint_eq(get(&f, PCI_VENDOR_ID, 2), 0x1b36);
	OK(kplug_access_write(f.k, CONFIG, 0x800, 8, ~0ull));
	closed(&f);
}

/* Eight bytes at once, the severity of the card's errors in the upper four. */
TEST(config, writes_in_extended_space)
{
	char nic[PCI_ADDRESS_SIZE];
	struct function f;
	uint64_t before;
	int aer;

	ck_assert(pci_find(0x8086, 0x10d3, 0, nic));
	f = opened(nic);
	aer = kplug_find_ext_cap(f.k, PCI_EXT_CAP_ID_ERR);
	before = get(&f, aer + PCI_ERR_UNCOR_MASK, 8);
	ck_assert_int_eq(aer, 0x100);
	put(&f, aer + PCI_ERR_UNCOR_MASK, 8, before ^ (uint64_t)PCI_ERR_UNC_UNSUP << 32);
	ck_assert_uint_eq(get(&f, aer + PCI_ERR_UNCOR_SEVER, 4), before >> 32 ^ PCI_ERR_UNC_UNSUP);
	put(&f, aer + PCI_ERR_UNCOR_SEVER, 4, before >> 32);
	put(&f, aer + PCI_ERR_UNCOR_SEVER + 2, 2, before >> 48 ^ PCI_ERR_UNC_UNSUP >> 16);
	put(&f, aer + PCI_ERR_UNCOR_SEVER + 2, 1, before >> 48 & 0xff);
	ck_assert_uint_eq(get(&f, aer + PCI_ERR_UNCOR_MASK, 8), before);
	closed(&f);
}

TEST(config, owned_by_linux, .variants = VARIANTS(EDU1, TESTDEV, IVSHMEM, NVME))
{
	struct function f = opened(variant);

	refused_range(&f, PCI_BASE_ADDRESS_0, 24);
	refused_range(&f, PCI_ROM_ADDRESS, 4);
	refused_bits(&f, PCI_COMMAND, 2,
		     PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
			     PCI_COMMAND_INTX_DISABLE);
	refused_bits(&f, PCI_COMMAND, 1, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	refused_bits(&f, PCI_COMMAND + 1, 1, PCI_COMMAND_INTX_DISABLE >> 8);
	refused_bits(&f, PCI_BIST, 1, PCI_BIST_START);
	closed(&f);
}

TEST(config, owned_capabilities)
{
	struct function nvme = opened(NVME), edu;
	const int sriov = kplug_find_ext_cap(nvme.k, PCI_EXT_CAP_ID_SRIOV);

	ck_assert_int_gt(sriov, 0xff);
	refused_range(&nvme, sriov + PCI_SRIOV_CTRL, PCI_EXT_CAP_SRIOV_SIZEOF - PCI_SRIOV_CTRL);
	refused_range(&nvme, cap(&nvme, PCI_CAP_ID_MSIX), PCI_CAP_MSIX_SIZEOF);
	refused_bits(&nvme, cap(&nvme, PCI_CAP_ID_PM) + PCI_PM_CTRL, 2, PCI_PM_CTRL_STATE_MASK);
	refused_bits(&nvme, cap(&nvme, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR);
	closed(&nvme);

	edu = opened(EDU1);
	/* With 64-bit addresses and without masks: 14 bytes, and none behind them. */
	refused_range(&edu, cap(&edu, PCI_CAP_ID_MSI), 14);
	OK(kplug_access_write(edu.k, CONFIG, cap(&edu, PCI_CAP_ID_MSI) + 14, 2, 0));
	closed(&edu);
}

TEST(config, restricted_client)
{
	struct kplug *restricted;
	uint64_t value;

	core_start();
	device_bind(EDU1);
	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(kplug_access_read(restricted, CONFIG, 0, 4, &value), -EPERM);
	ck_assert_int_eq(kplug_access_write(restricted, CONFIG, PCI_CACHE_LINE_SIZE, 1, 0), -EPERM);
	ck_assert_int_eq(kplug_find_cap(restricted, PCI_CAP_ID_MSI), -EPERM);
}

TEST(config, none_without_hardware)
{
	struct kplug_region_info info;
	struct kplug *null;
	uint64_t value;

	core_start();
	null = null_open(0);
	OK(kplug_region_info(null, CONFIG, &info));
	ck_assert_uint_eq(info.out_flags | info.out_length, 0);
	ck_assert_int_eq(kplug_access_read(null, CONFIG, 0, 4, &value), -EINVAL);
	ck_assert_int_eq(kplug_find_cap(null, PCI_CAP_ID_MSI), -EINVAL);
}

/* Recipes and handlers reach registers by their address, and this region has none. */
TEST(config, not_in_a_recipe)
{
	const struct kplug_step read_id = KPLUG_READ32(CONFIG, 0);
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0,
				      &(struct kplug_handler){ .steps = &read_id, .num_steps = 1 }),
			 -EINVAL);
}

/* The same policy for a plugin. */
TEST(config, from_a_plugin)
{
	struct kplug_transfer list[2] = {
		{ .op = KPLUG_TRANSFER_READ, .region = CONFIG, .width = 8, .count = 1 },
		{ .op = KPLUG_TRANSFER_WRITE,
		  .region = CONFIG,
		  .width = 1,
		  .count = 1,
		  .offset = PCI_CACHE_LINE_SIZE,
		  .value = 0x40 },
	}, out[2];
	struct function f = opened(EDU1);

	OK(module_load("kplug_odd"));
	ck_assert_int_eq(kplug_attach(f.k, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_call(f.k, ODD_CALL_TRANSFER, list, sizeof(list), out, sizeof(out)),
			 sizeof(out));
	ck_assert_uint_eq(out[0].out_value, get(&f, 0, 8));
	ck_assert_uint_eq(get(&f, PCI_CACHE_LINE_SIZE, 1), 0x40);
	list[1].offset = PCI_BASE_ADDRESS_0;
	ck_assert_int_eq(kplug_call(f.k, ODD_CALL_TRANSFER, list, sizeof(list), out, sizeof(out)),
			 -EPERM);
	OK(kplug_detach(f.k, KPLUG_NO_VECTOR));
}

TEST(config, after_removal, .smoke = true)
{
	struct function f = opened(EDU0);
	uint64_t value;

	ck_assert_uint_eq(get(&f, 0, 4), 0x11e81234);
	pci_unplug("edu0", EDU0);
	ck_assert_int_eq(kplug_access_read(f.k, CONFIG, 0, 4, &value), -ENODEV);
	ck_assert_int_eq(kplug_access_write(f.k, CONFIG, PCI_CACHE_LINE_SIZE, 1, 0), -ENODEV);
	ck_assert_int_eq(kplug_find_cap(f.k, PCI_CAP_ID_MSI), -ENODEV);
	kplug_close(f.k);
	ck_assert(hostcall("device_add edu edu0 rp0"));
	pci_wait_added(EDU0);
}

/* The lists as they are in the kernel's file. */
TEST(config, capabilities, .variants = VARIANTS(EDU1, TESTDEV, IVSHMEM, NVME))
{
	struct function f = opened(variant);
	unsigned int offset, header;
	struct kplug_cap *caps;
	uint8_t space[SPACE];
	int i = 0, count;

	read_file(variant, space);
	count = kplug_caps(f.k, &caps);
	ck_assert_int_ge(count, 0);
	offset = at(space, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST ? space[PCI_CAPABILITY_LIST] : 0;
	for (; offset; offset = space[offset + 1], i++) {
		ck_assert_int_lt(i, count);
		ck_assert_uint_eq(caps[i].offset, offset);
		ck_assert_uint_eq(caps[i].id, space[offset]);
		ck_assert_uint_eq(caps[i].extended, 0);
	}
	offset = f.size > 256 && at(space, 256, 4) ? 256 : 0;
	for (; offset; offset = PCI_EXT_CAP_NEXT(header), i++) {
		header = at(space, offset, 4);
		ck_assert_int_lt(i, count);
		ck_assert_uint_eq(caps[i].offset, offset);
		ck_assert_uint_eq(caps[i].id, PCI_EXT_CAP_ID(header));
		ck_assert_uint_eq(caps[i].version, PCI_EXT_CAP_VER(header));
		ck_assert_uint_eq(caps[i].extended, 1);
		ck_assert_str_ne(kplug_cap_name(&caps[i]), "unknown");
	}
	ck_assert_int_eq(i, count);
	free(caps);
	closed(&f);
}

static bool stop;

static void *write_commands(void *arg)
{
	const struct function *f = arg;
	unsigned long written = 0;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		uint64_t now = get(f, PCI_COMMAND, 2);
		int err = kplug_access_write(f->k, CONFIG, PCI_COMMAND, 2, now ^ PCI_COMMAND_SERR);

		/* The core masked or unmasked the line in between. */
		ck_assert(err == 0 || err == -EPERM);
		written += !err;
	}
	return (void *)written;
}

/*
 * The line is masked and unmasked in the command register at each interrupt: a
 * program that writes the register with what it read a moment ago takes
 * nothing of that back, or the next interrupt would not come.
 */
TEST(config, command_register_beside_interrupts, .timeout = 60)
{
	struct function f = { .address = EDU1 };
	pthread_t thread;
	void *written;

	core_start();
	f.k = edu_open(EDU1, "intx");
	ck_assert_int_eq(kplug_attach(f.k, 0, edu_handler_of("user")), KPLUG_HANDLER_USER);
	stop = false;
	OK(pthread_create(&thread, NULL, write_commands, &f));
	for (uint32_t i = 1; i <= 500; i++) {
		edu_raise(f.k, i);
		ck_assert_int_eq(next_event(f.k).data[0], i);
	}
	stop = true;
	OK(pthread_join(thread, &written));
	ck_assert_ptr_nonnull(written);
	no_event(f.k);
}

static void *reset_function(void *unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++)
		OK(file_write("1", "/sys/bus/pci/devices/" NVME "/reset"));
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	return NULL;
}

/* An access waits during a reset; it never reads from a function that does not answer. */
TEST(config, waits_for_a_reset, .timeout = 60)
{
	struct function f = opened(NVME);
	const uint64_t former = get(&f, PCI_INTERRUPT_LINE, 1);
	uint64_t line = former;
	pthread_t thread;

	stop = false;
	OK(pthread_create(&thread, NULL, reset_function, NULL));
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		ck_assert_uint_eq(get(&f, 0, 4), 0x00101b36);
		/* A write during a reset would be lost when the old state is restored. */
		ck_assert_uint_eq(get(&f, PCI_INTERRUPT_LINE, 1), line);
		line = line % 200 + 1;
		put(&f, PCI_INTERRUPT_LINE, 1, line);
	}
	OK(pthread_join(thread, NULL));
	ck_assert_uint_eq(get(&f, PCI_INTERRUPT_LINE, 1), line);
	put(&f, PCI_INTERRUPT_LINE, 1, former);
	closed(&f);
}

static void *access_until_gone(void *arg)
{
	struct kplug *k = arg;
	unsigned long accesses = 0;
	uint64_t value;
	int err = 0;

	while (!err) {
		err = kplug_access_read(k, CONFIG, 0, 4, &value);
		if (!err)
			err = kplug_access_write(k, CONFIG, PCI_CACHE_LINE_SIZE, 1,
						 ++accesses & 0xff);
	}
	ck_assert_int_eq(err, -ENODEV);
	return (void *)accesses;
}

/* Two programs access it all the time; none hangs, and each gets ENODEV at the end. */
TEST(config, removal_under_fire, .smoke = true, .timeout = 60)
{
	struct kplug *k[2];
	pthread_t threads[2];
	void *accesses;

	core_start();
	for (int round = 0; round < 20; round++) {
		device_bind(EDU2);
		for (int i = 0; i < 2; i++) {
			k[i] = device_open_ring(EDU2, 0);
			OK(pthread_create(&threads[i], NULL, access_until_gone, k[i]));
		}
		sleep_ms(round);
		device_unbind(EDU2);
		for (int i = 0; i < 2; i++) {
			OK(pthread_join(threads[i], &accesses));
			kplug_close(k[i]);
		}
	}
	objects_settle();
}
