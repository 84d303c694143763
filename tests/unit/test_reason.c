// SPDX-License-Identifier: MIT
/* Why a call failed, in words. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>

#include "fake.h"

#define NONE "no call of this thread has failed"

static int answer; /* of each ioctl */

static int on_ioctl(unsigned long cmd, void *arg)
{
	(void)arg;
	return cmd == KPLUG_DEVICE_INFO ? 0 : answer;
}

/* From then on each ioctl of a device fails. */
static struct kplug *opened(void)
{
	struct kplug *k = fake_open(0);

	fake.on_ioctl = on_ioctl;
	answer = -ENODEV;
	return k;
}

TEST(reason, none)
{
	struct kplug *k;

	ck_assert_str_eq(kplug_reason(NULL), NONE);
	k = fake_open(0);
	ck_assert_str_eq(kplug_reason(k), NONE);
	fake_close(k);
}

TEST(reason, by_command)
{
	struct kplug_vector_info info;
	uint64_t value;
	struct kplug *k = opened();

	ck_assert_int_eq(kplug_reset(k), -ENODEV);
	ck_assert_ptr_nonnull(strstr(kplug_reason(k), "the device is gone"));
	answer = -ENOENT;
	ck_assert_int_eq(kplug_vector_info(k, 7, &info), -ENOENT);
	ck_assert_ptr_nonnull(strstr(kplug_reason(k), "no such vector"));
	answer = -EOPNOTSUPP;
	ck_assert_int_eq(kplug_access_read(k, 0, 0, 1, &value), -EOPNOTSUPP);
	ck_assert_ptr_nonnull(strstr(kplug_reason(k), "kplug widths"));
	ck_assert_int_eq(kplug_reset(k), -EOPNOTSUPP);
	ck_assert_str_eq(kplug_reason(k), "the device cannot be reset alone");
	/* A plugin may return any number. */
	answer = -EXDEV;
	ck_assert_int_eq(kplug_call(k, 1, NULL, 0, NULL, 0), -EXDEV);
	ck_assert_str_eq(kplug_reason(k), strerror(EXDEV));
	fake_close(k);
}

TEST(reason, of_open)
{
	static const int errors[] = { -ENOENT, -EACCES, -EBUSY, -ENOSPC };
	struct kplug *k;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		fake_reset();
		fake.open_result = errors[i];
		ck_assert_int_eq(kplug_open(&k, "0000:00:04.0", NULL), errors[i]);
		ck_assert_str_ne(kplug_reason(NULL), NONE);
		ck_assert_str_ne(kplug_reason(NULL), strerror(-errors[i]));
	}
	fake_reset();
	ck_assert_int_eq(kplug_open(&k, "../null", NULL), -EINVAL);
	ck_assert_str_eq(kplug_reason(NULL), "this is not the name of a device");
	/* The kernel module answers, but with another version. */
	fake_reset();
	fake_device.out_abi++;
	fake_script((const struct fake_ioctl[]){ { KPLUG_DEVICE_INFO, 0, fake_info }, { 0 } });
	ck_assert_int_eq(kplug_open(&k, "0000:00:04.0", NULL), -EPROTO);
	ck_assert_ptr_nonnull(strstr(kplug_reason(NULL), "another version"));
	fake_script_done();
}

/* A failure belongs to one device, also after another device has its address. */
TEST(reason, of_one_device)
{
	struct kplug *k = opened();

	ck_assert_int_eq(kplug_reset(k), -ENODEV);
	ck_assert_str_eq(kplug_reason((struct kplug *)&answer), NONE);
	ck_assert_str_eq(kplug_reason(k), kplug_reason(NULL));
	fake_close(k);
	ck_assert_ptr_nonnull(strstr(kplug_reason(NULL), "the device is gone"));
	k = fake_open(0);
	ck_assert_str_eq(kplug_reason(k), NONE);
	fake_close(k);
}

static void *fail_elsewhere(void *k)
{
	ck_assert_str_eq(kplug_reason(k), NONE);
	ck_assert_int_eq(kplug_unlisten(k), -ENOTCONN);
	ck_assert_str_eq(kplug_reason(k), "this program does not listen");
	return NULL;
}

TEST(reason, of_one_thread)
{
	struct kplug *k = opened();
	pthread_t thread;

	ck_assert_int_eq(kplug_reset(k), -ENODEV);
	ck_assert_int_eq(pthread_create(&thread, NULL, fail_elsewhere, k), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_ptr_nonnull(strstr(kplug_reason(k), "the device is gone"));
	fake_close(k);
}

/* What the library refuses by itself also has its reason, not that of an earlier call. */
#define REFUSED(call, error, words)                                                              \
	do {                                                                                     \
		answer = -ENODEV;                                                                \
		ck_assert_int_eq(kplug_reset(k), -ENODEV);                                       \
		answer = 0;                                                                      \
		ck_assert_int_eq(call, error);                                                   \
		ck_assert_msg(strstr(kplug_reason(k), words), "%s: %s", #call, kplug_reason(k)); \
	} while (0)

TEST(reason, of_the_library)
{
	static const unsigned int far = KPLUG_MAX_VECTORS;
	const struct kplug_handler long_name = {
		.plugin = "a_name_of_thirty_two_characters__which_are_followed_by_as_many__"
	};
	const struct kplug_handler none = { 0 };
	struct kplug_dma_mapping mapping = { .num_segments = 1 };
	struct kplug_dma_splitter *splitter;
	struct kplug_event event;
	struct kplug_cap *caps;
	struct kplug *k = opened();

	REFUSED(kplug_call(k, 1, NULL, KPLUG_MAX_MESSAGE + 1, NULL, 0), -E2BIG, "longer");
	REFUSED(kplug_caps(k, &caps), -EINVAL, "no configuration space");
	REFUSED(kplug_attach(k, KPLUG_MAX_VECTORS, &none), -ENOENT, "no such vector");
	REFUSED(kplug_attach(k, KPLUG_NO_VECTOR, &none), -ENOENT, "only a plugin");
	REFUSED(kplug_attach(k, 0, &long_name), -EINVAL, "too long");
	REFUSED(kplug_detach(k, 0), -ENOTCONN, "not attached");
	REFUSED(kplug_detach(k, KPLUG_MAX_VECTORS), -ENOTCONN, "not attached");
	REFUSED(kplug_subscribe(k, &far, 1), -EINVAL, "no device has a vector");
	REFUSED(kplug_affinity_get(k, 0, KPLUG_MAX_CPU_MASK + 8, NULL), -EINVAL, "longer than");
	REFUSED(kplug_wait(k, &event, 1, 0), -ENOTCONN, "no event ring");
	REFUSED(kplug_wait(k, &event, 0, 0), -EINVAL, "no room");
	REFUSED(kplug_read(k, &event, 0), -EINVAL, "no room");
	REFUSED(kplug_listen(k, NULL, NULL), -ENOTCONN, "no event ring");
	REFUSED(kplug_unlisten(k), -ENOTCONN, "does not listen");
	REFUSED(kplug_map(k, KPLUG_MAX_REGIONS), -EINVAL, "no such region");
	REFUSED(kplug_map(k, 0), -EOPNOTSUPP, "cannot be mapped");
	REFUSED(kplug_map_range(k, 0, 0, 4096, NULL), -EOPNOTSUPP, "cannot be mapped");
	REFUSED(kplug_unmap(k, 0), -ENOTCONN, "not mapped");
	REFUSED(kplug_unmap_range(k, &event), -ENOTCONN, "no such map");
	REFUSED(kplug_transfer_read(k, 0, 0, 4, NULL, 1, 0), -EFAULT, "a pointer");
	REFUSED(kplug_transfer_read(k, 256, 0, 4, &event, 1, 0), -EINVAL, "not in its region");
	REFUSED(kplug_dma_splitter_new(k, &mapping, 12, 8, &splitter), -EINVAL, "power of two");
	fake_close(k);
}
