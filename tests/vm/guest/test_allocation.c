// SPDX-License-Identifier: MIT
// Every allocation of the core fails once: an errno, no leak, and the next try works.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kplug.h>

#include "device.h"
#include "harness.h"
#include "objects.h"

/* More allocations than any one of the steps below makes. */
#define MAX_ALLOCATIONS 200

static int fail_nth_fd = -1;

/* The nth allocation of this thread from now on fails; 0 for none. */
static void fail_nth(int n)
{
	char text[16];
	ssize_t done;

	snprintf(text, sizeof(text), "%d", n);
	done = pwrite(fail_nth_fd, text, strlen(text), 0);
	/* An earlier request for a failure may hit this write. */
	if (done < 0 && errno == EFAULT)
		done = pwrite(fail_nth_fd, text, strlen(text), 0);
	ck_assert_int_gt(done, 0);
}

/* Whether the failure came. If not, it hits this read. */
static bool failure_came(void)
{
	char text[16] = "";

	return pread(fail_nth_fd, text, sizeof(text) - 1, 0) > 0 && text[0] == '0';
}

static void prepare(void)
{
	fail_nth_fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_nth_fd < 0)
		test_skip("this kernel cannot make allocations fail");
	/* Include allocations that may wait, and do not log each. */
	file_write("N", "/sys/kernel/debug/failslab/ignore-gfp-wait");
	file_write("N", "/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait");
	file_write("0", "/sys/kernel/debug/fail_page_alloc/min-order");
	file_write("0", "/sys/kernel/debug/failslab/verbose");
	file_write("0", "/sys/kernel/debug/fail_page_alloc/verbose");
	/* A failed allocation logs a stack: this test expects that. */
	log_allow("FAULT_INJECTION|page allocation failure|Call Trace|SLUB: Unable to allocate");
	ck_assert_int_eq(module_load("kplug_null"), 0);
}

/* The steps of a program; each returns 0 or -errno. */
struct program {
	struct kplug *k;
	struct kplug_shm shm;
	int efd;
};

static int step_open(struct program *p)
{
	return kplug_open(&p->k, "null0", NULL);
}

static int step_attach(struct program *p)
{
	static const struct kplug_handler handler = { .plugin = "null" };
	int ret = kplug_attach(p->k, 0, &handler);

	return ret < 0 ? ret : 0;
}

static int step_eventfd(struct program *p)
{
	return kplug_eventfd(p->k, 0, p->efd);
}

static int step_shm(struct program *p)
{
	return kplug_shm_alloc(p->k, 3 * 4096, &p->shm);
}

static int step_call(struct program *p)
{
	static char in[4096], out[4096];
	int ret = kplug_call(p->k, 1, in, sizeof(in), out, sizeof(out));

	return ret < 0 ? ret : 0;
}

static int (*const steps[])(struct program *p) = {
	step_open, step_attach, step_eventfd, step_shm, step_call,
};

static void program_end(struct program *p)
{
	if (p->shm.addr)
		kplug_shm_free(p->k, &p->shm);
	kplug_close(p->k);
	p->k = NULL;
}

/* Try one step with its nth allocation failing. Returns false when it has no nth one. */
static bool try_step(int (*step)(struct program *p), struct program *p, int n)
{
	bool came;
	int err;

	fail_nth(n);
	err = step(p);
	came = failure_came();
	fail_nth(0);
	if (err) {
		ck_assert_msg(came, "failed with %d without a reason", err);
		/* EFAULT: the kernel also pretends that the program's memory fails. */
		ck_assert_msg(err == -ENOMEM || err == -EAGAIN || err == -ENFILE || err == -EFAULT,
			      "allocation %d: error %d", n, err);
		return true;
	}
	return came;
}

TEST(allocation, each_fails_once, .timeout = 240)
{
	struct program p = { .efd = eventfd(0, 0) };

	prepare();
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int n;

		for (n = 1; n < MAX_ALLOCATIONS; n++) {
			for (size_t before = 0; before < i; before++)
				ck_assert_int_eq(steps[before](&p), 0);
			if (!try_step(steps[i], &p, n))
				break;
			program_end(&p);
			objects_settle();
		}
		ck_assert_int_lt(n, MAX_ALLOCATIONS);
		program_end(&p);
	}
	objects_settle();
}

/* No memory for vectors is ENOMEM: the device has the mode. */
TEST(allocation, vectors, .timeout = 240, .variants = VARIANTS("msi", "msix"))
{
	const bool msix = !strcmp(variant, "msix");
	const char *address = msix ? NVME : EDU1;
	struct kplug *k;
	int n, count = 0, err = -1;

	core_start();
	prepare();
	device_bind(address);
	for (n = 1; n < MAX_ALLOCATIONS && count != 1; n++) {
		bool came;

		k = device_open_ring(address, 0);
		fail_nth(n);
		err = kplug_irq_mode(k, msix ? KPLUG_IRQ_MSIX : KPLUG_IRQ_MSI, 1);
		came = failure_came();
		fail_nth(0);
		if (!came)
			count = err;
		else
			ck_assert_msg(err == 1 || err == -ENOMEM || err == -ENOSPC ||
					      err == -EFAULT,
				      "allocation %d: error %d", n, err);
		kplug_close(k);
		device_unbind(address);
		device_bind(address);
	}
	ck_assert_int_eq(count, 1);
	device_unbind(address);
}

static int open_null_module(void)
{
	char path[256], release[128];
	int fd;

	ck_assert_int_eq(file_read(release, sizeof(release), "/proc/sys/kernel/osrelease"), 0);
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/kplug_null.ko", release);
	fd = open(path, O_RDONLY);
	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

/*
 * Creates a device in this process. It is a virtual one, because the kernel asks ACPI about every
 * PCI function, and ACPI does not survive failed allocations.
 */
TEST(allocation, device_fails, .timeout = 240)
{
	int n, module;

	core_start();
	prepare();
	module = open_null_module();
	/* All of the first ones, then a sample: the module loader has many of its own. */
	for (n = 1; n < 10 * MAX_ALLOCATIONS; n += n < 40 ? 1 : 7) {
		bool came;
		int err;

		ck_assert_int_eq(module_unload("kplug_null"), 0);
		fail_nth(n);
		err = syscall(SYS_finit_module, module, "", 0);
		came = failure_came();
		fail_nth(0);
		ck_assert_int_eq(file_exists("/sys/class/kplug/null0"), !err);
		if (err) {
			ck_assert_int_eq(module_load("kplug_null"), 0);
		} else if (!came) {
			break;
		}
	}
	ck_assert_int_lt(n, 10 * MAX_ALLOCATIONS);
	ck_assert_int_eq(module_unload("kplug_null"), 0);
	ck_assert(WAIT_UNTIL(objects_live("device") == 0, 20000));
	ck_assert(WAIT_UNTIL(objects_live("plugin") == 0, 20000));
	objects_settle();
}
