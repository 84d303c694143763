// SPDX-License-Identifier: MIT
// One allocation or copy that fails: Documentation/fault-injection of the kernel.
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define CONSOLE "/proc/sys/kernel/printk"
#define PANIC   "/proc/sys/kernel/panic_on_warn"

static char console[64], panic[64];
static int nth_fd = -1, log_fd = -1;

void fault_prepare(void)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };

	if (!file_exists("/proc/thread-self/fail-nth") ||
	    !file_exists("/sys/kernel/debug/fail_usercopy"))
		test_skip("this kernel cannot make allocations and copies fail");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		/* One line for each, which says what failed. */
		file_write("1", "/sys/kernel/debug/%s/verbose", kinds[i]);
		file_write("0", "/sys/kernel/debug/%s/verbose_ratelimit_interval_ms", kinds[i]);
		/* Include allocations that may wait, and pages for programs. */
		file_write("N", "/sys/kernel/debug/%s/ignore-gfp-wait", kinds[i]);
		file_write("N", "/sys/kernel/debug/%s/ignore-gfp-highmem", kinds[i]);
		file_write("0", "/sys/kernel/debug/%s/min-order", kinds[i]);
	}
	/* These lines need not reach the console, which is slow. */
	file_read(console, sizeof(console), CONSOLE);
	file_write("4", CONSOLE);
	/*
	 * A failed allocation logs where it failed. The kernel warns when it removes the files of
	 * an interrupt that it had no memory to make.
	 */
	file_read(panic, sizeof(panic), PANIC);
	file_write("0", PANIC);
	log_allow("page allocation failure|Call Trace|SLUB: Unable to allocate|"
		  "VM_FAULT_OOM leaked|WARNING: .* remove_proc_entry[+]");
}

void fault_finish(void)
{
	file_write(console, CONSOLE);
	file_write(panic, PANIC);
}

static ssize_t nth_write(unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);
	ssize_t done = pwrite(nth_fd, text, length, 0);

	/* What was asked for before may fail here. */
	return done < 0 && errno == EFAULT ? pwrite(nth_fd, text, length, 0) : done;
}

void fault_begin(unsigned int n)
{
	/* The file is that of the thread which opens it. */
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ck_assert_int_ge(nth_fd, 0);
	lseek(log_fd, 0, SEEK_END);
	ck_assert_int_gt(nth_write(n), 0);
}

/* Reads the kernel's line about the fault. */
static enum fault fault_kind(void)
{
	static const char *const names[FAULTS] = { [FAULT_SLAB] = "name failslab",
						   [FAULT_PAGE] = "name fail_page_alloc",
						   [FAULT_COPY] = "name fail_usercopy" };
	char record[8192];
	ssize_t length;

	while ((length = read(log_fd, record, sizeof(record) - 1)) > 0 ||
	       (length < 0 && errno == EPIPE)) {
		record[length > 0 ? length : 0] = '\0';
		for (int i = 0; i < FAULTS; i++)
			if (names[i] && strstr(record, names[i]))
				return i;
	}
	return FAULT_QUIET;
}

enum fault fault_end(void)
{
	char text[16] = "";
	/* A fault that has not come yet may come in this read. */
	bool came = pread(nth_fd, text, sizeof(text) - 1, 0) > 0 && text[0] == '0';
	enum fault fault;

	ck_assert_int_gt(nth_write(0), 0);
	fault = came ? fault_kind() : FAULT_NONE;
	close(nth_fd);
	close(log_fd);
	return fault;
}
