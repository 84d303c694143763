// SPDX-License-Identifier: MIT
/* Opening, regions, vectors, calls and shared memory. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "fake.h"

static const struct fake_ioctl just_info[] = { { KPLUG_DEVICE_INFO, 0, fake_info }, { 0 } };

static const struct kplug_opts no_ring = { .flags = KPLUG_OPEN_NO_RING };

static void expect_path(const char *name, const char *path)
{
	struct kplug *k;

	fake_reset();
	fake_script(just_info);
	ck_assert_int_eq(kplug_open(&k, name, &no_ring), 0);
	ck_assert_str_eq(fake.opened, path);
	fake_close(k);
}

TEST(device, names)
{
	expect_path("0000:00:04.0", "/dev/kplug/0000:00:04.0");
	expect_path("00:04.0", "/dev/kplug/0000:00:04.0");
	expect_path("10000:e1:1f.7", "/dev/kplug/10000:e1:1f.7");
	/* In the spelling of Linux. */
	expect_path("0000:0A:1F.7", "/dev/kplug/0000:0a:1f.7");
	expect_path("0A:4.0", "/dev/kplug/0000:0a:04.0");
	expect_path("QEMU0002:00", "/dev/kplug/QEMU0002:00");
	expect_path("0a:1f.7x", "/dev/kplug/0a:1f.7x");
	expect_path("null0", "/dev/kplug/null0");
	expect_path("00_04", "/dev/kplug/00_04");
	expect_path("/dev/kplug/x", "/dev/kplug/x");
}

TEST(device, bad_names)
{
	static const char *const names[] = {
		"",    ".",
		"..",  "../null",
		"a/b", "a_name_of_thirty_two_characters__which_are_followed_by_as_many__",
	};
	struct kplug *k;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fake_reset();
		ck_assert_int_eq(kplug_open(&k, names[i], NULL), -EINVAL);
		ck_assert_str_eq(fake.opened, "");
	}
}

TEST(device, bad_options)
{
	static const struct kplug_opts bad[] = {
		{ .ring_entries = 1 },
		{ .ring_entries = 6 },
		{ .ring_entries = 2 * KPLUG_MAX_RING },
		{ .flags = 8 },
	};
	struct kplug *k;
	size_t i;

	fake_reset();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(kplug_open(&k, "null0", &bad[i]), -EINVAL);
}

static uint64_t features;

static void say_features(void *arg)
{
	((struct kplug_features *)arg)->out_features = features;
}

static int open_exclusive(int result)
{
	static const struct kplug_opts opts = { .flags =
							KPLUG_OPEN_NO_RING | KPLUG_OPEN_EXCLUSIVE };
	const struct fake_ioctl script[] = { { KPLUG_DEVICE_INFO, 0, fake_info },
					     { KPLUG_FEATURES, result, say_features },
					     { 0 } };
	struct kplug *k;
	int err;

	fake_reset();
	fake_script(script);
	err = kplug_open(&k, "null0", &opts);
	ck_assert(fake.open_flags & O_EXCL);
	if (!err)
		fake_close(k);
	return err;
}

/* A kernel module that does not know O_EXCL would share the device. */
TEST(device, exclusive)
{
	features = KPLUG_FEATURE_EXCLUSIVE;
	ck_assert_int_eq(open_exclusive(0), 0);
	features = ~KPLUG_FEATURE_EXCLUSIVE;
	ck_assert_int_eq(open_exclusive(0), -EOPNOTSUPP);
	ck_assert_int_eq(open_exclusive(-ENOTTY), -EOPNOTSUPP);
	expect_path("null0", "/dev/kplug/null0");
	ck_assert(!(fake.open_flags & O_EXCL));
}

static void see_default(void *arg)
{
	ck_assert_uint_eq(((struct kplug_ring *)arg)->entries, KPLUG_RING_DEFAULT);
	fake_ring(arg);
}

TEST(device, default_options)
{
	static const struct fake_ioctl script[] = { { KPLUG_DEVICE_INFO, 0, fake_info },
						    { KPLUG_RING, 0, see_default },
						    { 0 } };
	struct kplug *k;

	fake_reset();
	fake_script(script);
	ck_assert_int_eq(kplug_open(&k, "null0", NULL), 0);
	ck_assert_int_eq(kplug_fd(k), 4242);
	fake_close(k);
}

TEST(device, open_fails)
{
	struct kplug *k;

	fake_reset();
	fake.open_result = -EACCES;
	ck_assert_int_eq(kplug_open(&k, "null0", NULL), -EACCES);
}

/* kplug_open() fails with @result of the first ioctl or of the ring's. */
static void expect_open(int expected, const struct fake_ioctl *script, uint32_t abi)
{
	struct kplug *k = NULL;

	fake_reset();
	fake_device.out_abi = abi;
	fake_script(script);
	ck_assert_int_eq(kplug_open(&k, "null0", NULL), expected);
	ck_assert_ptr_null(k);
	fake_script_done();
	ck_assert_int_eq(fake.maps, 0);
}

TEST(device, other_kernel_module)
{
	static const struct fake_ioctl unknown[] = { { KPLUG_DEVICE_INFO, -ENOTTY, NULL }, { 0 } };
	static const struct fake_ioctl gone[] = { { KPLUG_DEVICE_INFO, -ENODEV, NULL }, { 0 } };

	expect_open(-EPROTO, just_info, KPLUG_ABI_VERSION + 1);
	expect_open(-EPROTO, unknown, KPLUG_ABI_VERSION);
	expect_open(-ENODEV, gone, KPLUG_ABI_VERSION);
}

TEST(device, ring_fails)
{
	static const struct fake_ioctl no_memory[] = { { KPLUG_DEVICE_INFO, 0, fake_info },
						       { KPLUG_RING, -ENOMEM, NULL },
						       { 0 } };
	static const struct fake_ioctl no_map[] = { { KPLUG_DEVICE_INFO, 0, fake_info },
						    { KPLUG_RING, 0, fake_ring },
						    { 0 } };
	struct kplug *k;

	expect_open(-ENOMEM, no_memory, KPLUG_ABI_VERSION);
	fake_reset();
	fake.mmap_result = -EAGAIN;
	fake_script(no_map);
	ck_assert_int_eq(kplug_open(&k, "null0", NULL), -EAGAIN);
	fake_script_done();
}

TEST(device, close_nothing)
{
	kplug_close(NULL);
}

static void map_me(void *arg)
{
	struct kplug_region_info *info = arg;

	ck_assert_uint_eq(info->size, sizeof(*info));
	ck_assert_uint_eq(info->flags, 0);
	fake_region(info, 4096, 4096);
}

/* Its third page has a message table, and more pages follow than precede it. */
static void map_two_pages(void *arg)
{
	struct kplug_region_info *info = arg;
	struct kplug_map_range *ranges = (void *)(uintptr_t)info->ranges;

	fake_region(info, 24576, 8192);
	info->out_num_ranges = 2;
	if (info->num_ranges > 1)
		ranges[1] = (struct kplug_map_range){ .offset = 12288, .length = 12288 };
}

static void see_third_page(void *arg)
{
	struct kplug_access *access = arg;

	ck_assert_uint_eq(access->offset, 8192);
	ck_assert_uint_eq(access->width, 4);
	access->out_value = 0x12345678;
}

static void ports(void *arg)
{
	struct kplug_region_info *info = arg;

	info->out_flags = KPLUG_REGION_PORT;
	info->out_length = 256;
}

TEST(region, map_and_unmap)
{
	static const struct fake_ioctl script[] = {
		{ KPLUG_ACCESS, -ENODEV, NULL }, /* not mapped */
		{ KPLUG_REGION_INFO, 0, map_me }, { KPLUG_ACCESS, -EINVAL, NULL }, /* outside */
		{ KPLUG_ACCESS, -EINVAL, NULL },  { KPLUG_ACCESS, -EINVAL, NULL },
		{ KPLUG_REGION_INFO, 0, ports },  { KPLUG_REGION_INFO, 0, NULL },
		{ KPLUG_ACCESS, -ENODEV, NULL },  { 0 }
	};
	struct kplug *k = fake_open(0);
	const struct kplug_io *io = kplug_io_user(k);

	fake_script(script);
	ck_assert_uint_eq(kplug_read32(io, 2, 0), 0xffffffff);
	ck_assert_int_eq(kplug_map(k, 2), 0);
	ck_assert_int_eq(kplug_map(k, 2), 0); /* once is enough */
	ck_assert_int_eq(fake.maps, 1);
	kplug_write32(io, 2, 4092, 0x11223344);
	ck_assert_uint_eq(kplug_read32(io, 2, 4092), 0x11223344);
	ck_assert_uint_eq(kplug_read16(io, 2, 4094), 0x1122);
	ck_assert_uint_eq(kplug_read8(io, 2, 4095), 0x11);
	/* The accessors touch nothing outside; valgrind checks. */
	ck_assert_uint_eq(kplug_read32(io, 2, 4093), 0xffffffff);
	ck_assert_uint_eq(kplug_read64(io, 2, ~0ull), ~0ull);
	kplug_write64(io, 2, 4092, 0);
	ck_assert_uint_eq(kplug_read32(io, 2, 4092), 0x11223344);

	ck_assert_int_eq(kplug_map(k, 0), -EOPNOTSUPP); /* ports */
	ck_assert_int_eq(kplug_map(k, 1), -EOPNOTSUPP); /* empty */
	ck_assert_int_eq(kplug_map(k, KPLUG_MAX_REGIONS), -EINVAL);
	ck_assert_int_eq(kplug_unmap(k, 0), -ENOTCONN);
	ck_assert_int_eq(kplug_unmap(k, KPLUG_MAX_REGIONS), -ENOTCONN);
	ck_assert_int_eq(kplug_unmap(k, 2), 0);
	ck_assert_uint_eq(kplug_read32(io, 2, 0), 0xffffffff);
	ck_assert_int_eq(kplug_unmap(k, 2), -ENOTCONN);
	fake_close(k);
}

/* The accessors reach through the kernel what cannot be mapped. */
TEST(region, map_to_the_first_hole)
{
	static const struct fake_ioctl script[] = {
		{ KPLUG_REGION_INFO, 0, map_two_pages }, { KPLUG_ACCESS, 0, see_third_page },
		{ KPLUG_ACCESS, 0, see_third_page },     { KPLUG_REGION_INFO, 0, map_two_pages },
		{ KPLUG_REGION_INFO, 0, map_two_pages }, { 0 }
	};
	struct kplug *k = fake_open(0);
	const struct kplug_io *io = kplug_io_user(k);
	struct kplug_map_range range;

	fake_script(script);
	ck_assert_int_eq(kplug_map(k, 0), 0);
	ck_assert_uint_eq(io->region[0].length, 8192);
	kplug_write32(io, 0, 8188, 7);
	ck_assert_uint_eq(kplug_read32(io, 0, 8188), 7);
	ck_assert_uint_eq(kplug_read32(io, 0, 8192), 0x12345678);
	kplug_write32(io, 0, 8192, 8);
	ck_assert_int_eq(kplug_region_ranges(k, 0, &range, 1), 2);
	ck_assert_uint_eq(range.length, 8192);
	ck_assert_int_eq(kplug_region_ranges(k, 0, NULL, 0), 2);
	fake_close(k);
}

TEST(region, map_all)
{
	static const struct fake_ioctl script[] = {
		{ KPLUG_DEVICE_INFO, 0, fake_info }, { KPLUG_REGION_INFO, 0, map_me },
		{ KPLUG_REGION_INFO, 0, NULL },      { KPLUG_REGION_INFO, 0, ports },
		{ KPLUG_REGION_INFO, 0, map_me },    { KPLUG_REGION_INFO, 0, NULL },
		{ KPLUG_REGION_INFO, 0, NULL },      { 0 }
	};
	struct kplug *k = fake_open(0);

	fake_script(script);
	ck_assert_int_eq(kplug_map(k, KPLUG_ALL_REGIONS), 0);
	ck_assert_int_eq(fake.maps, 2);
	ck_assert_int_eq(kplug_unmap(k, KPLUG_ALL_REGIONS), 0);
	ck_assert_int_eq(fake.maps, 0);
	fake_close(k);
}

/* A kernel that claims more regions than there is room for. */
TEST(region, too_many)
{
	static const struct fake_ioctl script[] = {
		{ KPLUG_DEVICE_INFO, 0, fake_info }, { KPLUG_REGION_INFO, 0, NULL },
		{ KPLUG_REGION_INFO, 0, NULL },      { KPLUG_REGION_INFO, 0, NULL },
		{ KPLUG_REGION_INFO, 0, NULL },      { KPLUG_REGION_INFO, 0, NULL },
		{ KPLUG_REGION_INFO, 0, NULL },      { KPLUG_REGION_INFO, 0, NULL },
		{ KPLUG_REGION_INFO, 0, NULL },      { 0 }
	};
	struct kplug *k = fake_open(0);

	fake_device.out_regions = 1000;
	fake_script(script);
	ck_assert_int_eq(kplug_map(k, KPLUG_ALL_REGIONS), 0);
	fake_close(k);
}

TEST(region, map_fails)
{
	static const struct fake_ioctl script[] = { { KPLUG_REGION_INFO, 0, map_me },
						    { KPLUG_REGION_INFO, -ENODEV, NULL },
						    { 0 } };
	struct kplug *k = fake_open(0);

	fake_script(script);
	fake.mmap_result = -EPERM;
	ck_assert_int_eq(kplug_map(k, 0), -EPERM);
	ck_assert_int_eq(kplug_map(k, 0), -ENODEV);
	ck_assert_uint_eq(kplug_io_user(k)->region[0].length, 0);
	fake_close(k);
}

static void see_read(void *arg)
{
	struct kplug_access *access = arg;

	ck_assert_uint_eq(access->size, sizeof(*access));
	ck_assert_uint_eq(access->flags, 0);
	ck_assert_uint_eq(access->region, 1);
	ck_assert_uint_eq(access->offset, 0x24);
	ck_assert_uint_eq(access->width, 2);
	ck_assert_uint_eq(access->value, 0);
	access->out_value = 0x1234;
}

static void see_write(void *arg)
{
	const struct kplug_access *access = arg;

	ck_assert_uint_eq(access->flags, KPLUG_ACCESS_WRITE);
	ck_assert_uint_eq(access->width, 8);
	ck_assert_uint_eq(access->value, ~5ull);
}

TEST(region, access)
{
	static const struct fake_ioctl script[] = { { KPLUG_ACCESS, 0, see_read },
						    { KPLUG_ACCESS, -EINVAL, NULL },
						    { KPLUG_ACCESS, 0, see_write },
						    { KPLUG_ACCESS, -EPERM, NULL },
						    { 0 } };
	struct kplug *k = fake_open(0);
	uint64_t value = 99;

	fake_script(script);
	ck_assert_int_eq(kplug_access_read(k, 1, 0x24, 2, &value), 0);
	ck_assert_uint_eq(value, 0x1234);
	ck_assert_int_eq(kplug_access_read(k, 1, 0x25, 2, &value), -EINVAL);
	ck_assert_uint_eq(value, 0x1234);
	ck_assert_int_eq(kplug_access_write(k, 0, 0, 8, ~5ull), 0);
	ck_assert_int_eq(kplug_access_write(k, 0, 0, 8, 0), -EPERM);
	fake_close(k);
}

static void see_mode(void *arg)
{
	struct kplug_irq_mode_set *set = arg;

	ck_assert_uint_eq(set->size, sizeof(*set));
	ck_assert_uint_eq(set->mode, KPLUG_IRQ_MSIX);
	ck_assert_uint_eq(set->count, 0);
	set->out_count = 4;
}

static void see_vector(void *arg)
{
	struct kplug_vector_info *info = arg;

	ck_assert_uint_eq(info->size, sizeof(*info));
	ck_assert_uint_eq(info->index, 3);
	info->out_raised = 12;
}

static void see_two_vectors(void *arg)
{
	const struct kplug_subscribe *cmd = arg;

	ck_assert_uint_eq(cmd->size, sizeof(*cmd));
	ck_assert_uint_eq(cmd->vectors[0], 2);
	ck_assert_uint_eq(cmd->vectors[1], 0);
	ck_assert_uint_eq(cmd->vectors[2], 0);
	ck_assert_uint_eq(cmd->vectors[3], 1ull << 63);
}

static void see_all_vectors(void *arg)
{
	const struct kplug_subscribe *cmd = arg;

	ck_assert_uint_eq(cmd->vectors[0] & cmd->vectors[1] & cmd->vectors[2] & cmd->vectors[3],
			  ~0ull);
}

TEST(device, subscribe)
{
	static const struct fake_ioctl script[] = { { KPLUG_SUBSCRIBE, 0, see_two_vectors },
						    { KPLUG_SUBSCRIBE, 0, see_all_vectors },
						    { KPLUG_SUBSCRIBE, -ENOTTY, NULL },
						    { 0 } };
	const unsigned int vectors[] = { 1, 255, 256 };
	struct kplug *k = fake_open(0);

	fake_script(script);
	ck_assert_int_eq(kplug_subscribe(k, vectors, 3), -EINVAL);
	ck_assert_int_eq(kplug_subscribe(k, vectors, 2), 0);
	ck_assert_int_eq(kplug_subscribe(k, NULL, 0), 0);
	ck_assert_int_eq(kplug_subscribe(k, vectors, 0), -ENOTTY);
	fake_close(k);
}

TEST(device, restrict)
{
	static const struct fake_ioctl script[] = { { KPLUG_RESTRICT, 0, NULL },
						    { KPLUG_RESTRICT, -ENOTTY, NULL },
						    { 0 } };
	struct kplug *k = fake_open(0);

	fake_script(script);
	ck_assert_int_eq(kplug_restrict(k), 0);
	ck_assert_int_eq(kplug_restrict(k), -ENOTTY);
	fake_close(k);
}

static void see_eventfd(void *arg)
{
	const struct kplug_eventfd *cmd = arg;

	ck_assert_uint_eq(cmd->size, sizeof(*cmd));
	ck_assert_uint_eq(cmd->vector, 2);
	ck_assert_int_eq(cmd->fd, -1);
}

TEST(vector, commands)
{
	static const struct fake_ioctl script[] = {
		{ KPLUG_IRQ_MODE, 0, see_mode },      { KPLUG_IRQ_MODE, -EBUSY, NULL },
		{ KPLUG_VECTOR_INFO, 0, see_vector }, { KPLUG_EVENTFD, -ENOENT, see_eventfd },
		{ KPLUG_UNMASK, -ENOTCONN, NULL },    { 0 }
	};
	struct kplug_vector_info info;
	struct kplug *k = fake_open(0);

	fake_script(script);
	ck_assert_int_eq(kplug_irq_mode(k, KPLUG_IRQ_MSIX, 0), 4);
	ck_assert_int_eq(kplug_irq_mode(k, KPLUG_IRQ_MSI, 1), -EBUSY);
	ck_assert_int_eq(kplug_vector_info(k, 3, &info), 0);
	ck_assert_uint_eq(info.out_raised, 12);
	ck_assert_int_eq(kplug_eventfd(k, 2, -1), -ENOENT);
	ck_assert_int_eq(kplug_unmask(k, 1), -ENOTCONN);
	fake_close(k);
}

static void see_call(void *arg)
{
	const struct kplug_call *call = arg;

	ck_assert_uint_eq(call->size, sizeof(*call));
	ck_assert_uint_eq(call->cmd, 7);
	ck_assert_uint_eq(call->in_len, 5);
	ck_assert_uint_eq(call->out_len, 8);
	ck_assert_str_eq((const char *)(uintptr_t)call->in, "four");
	memcpy((void *)(uintptr_t)call->out, "abc", 3);
}

TEST(call, message_and_answer)
{
	static const struct fake_ioctl script[] = { { KPLUG_CALL, 3, see_call },
						    { KPLUG_CALL, -ENOTCONN, NULL },
						    { 0 } };
	struct kplug *k = fake_open(0);
	char out[8] = { 0 };

	fake_script(script);
	ck_assert_int_eq(kplug_call(k, 7, "four", 5, out, sizeof(out)), 3);
	ck_assert_str_eq(out, "abc");
	ck_assert_int_eq(kplug_call(k, 7, NULL, 0, NULL, 0), -ENOTCONN);
	fake_close(k);
}

/* A length beyond 32 bits is not truncated. */
TEST(call, too_long)
{
	struct kplug *k = fake_open(0);

	ck_assert_int_eq(kplug_call(k, 0, "", 1ull << 32, NULL, 0), -E2BIG);
	ck_assert_int_eq(kplug_call(k, 0, NULL, 0, NULL, 1ull << 32), -E2BIG);
	ck_assert_int_eq(kplug_call(k, 0, "", KPLUG_MAX_MESSAGE + 1, NULL, 0), -E2BIG);
	fake_close(k);
}

static void give_shm(void *arg)
{
	struct kplug_shm_alloc *cmd = arg;

	ck_assert_uint_eq(cmd->size, sizeof(*cmd));
	ck_assert_uint_eq(cmd->length, 5000);
	cmd->out_id = 42;
}

static void see_free(void *arg)
{
	const struct kplug_shm_free *cmd = arg;

	ck_assert_uint_eq(cmd->size, sizeof(*cmd));
	ck_assert_uint_eq(cmd->id, 42);
}

TEST(shm, alloc_and_free)
{
	static const struct fake_ioctl script[] = { { KPLUG_SHM_ALLOC, 0, give_shm },
						    { KPLUG_SHM_FREE, -ENOENT, see_free },
						    { KPLUG_SHM_FREE, 0, see_free },
						    { 0 } };
	struct kplug *k = fake_open(0);
	struct kplug_shm shm;

	fake_script(script);
	ck_assert_int_eq(kplug_shm_alloc(k, 5000, &shm), 0);
	ck_assert_uint_eq(shm.id, 42);
	ck_assert_uint_eq(shm.length, 8192);
	memset(shm.addr, 1, shm.length);
	ck_assert_int_eq(kplug_shm_free(k, &shm), -ENOENT);
	ck_assert_int_eq(fake.maps, 1);
	ck_assert_int_eq(kplug_shm_free(k, &shm), 0);
	ck_assert_int_eq(fake.maps, 0);
	ck_assert_ptr_null(shm.addr);
	fake_close(k);
}

TEST(shm, failures_leave_nothing)
{
	static const struct fake_ioctl script[] = { { KPLUG_SHM_ALLOC, -ENOSPC, NULL },
						    { KPLUG_SHM_ALLOC, 0, give_shm },
						    { KPLUG_SHM_FREE, 0, see_free },
						    { 0 } };
	struct kplug *k = fake_open(0);
	struct kplug_shm shm;

	fake_script(script);
	ck_assert_int_eq(kplug_shm_alloc(k, 5000, &shm), -ENOSPC);
	fake.mmap_result = -ENOMEM;
	ck_assert_int_eq(kplug_shm_alloc(k, 5000, &shm), -ENOMEM);
	fake_close(k);
}

/* The kernel has dropped it already, so the map goes too. */
TEST(shm, free_after_removal)
{
	static const struct fake_ioctl script[] = { { KPLUG_SHM_ALLOC, 0, give_shm },
						    { KPLUG_SHM_FREE, -ENODEV, NULL },
						    { 0 } };
	struct kplug *k = fake_open(0);
	struct kplug_shm shm;

	fake_script(script);
	ck_assert_int_eq(kplug_shm_alloc(k, 5000, &shm), 0);
	ck_assert_int_eq(kplug_shm_free(k, &shm), 0);
	ck_assert_int_eq(fake.maps, 0);
	fake_close(k);
}
