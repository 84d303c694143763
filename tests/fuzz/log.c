// SPDX-License-Identifier: MIT
// The kernel log, watched for reports.
#include "log.h"

#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <kernel_log.h>
#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state.h"

#define MAX_SEEN 256

/*
 * What is no fault here. A report has a title beside its call trace. The fuzzer makes allocations
 * fail, of which the kernel's static branches warn too, raises interrupts that no device raised,
 * and lets devices write where nothing is mapped any more, as programs that drive an engine
 * themselves may. The kernel's own buffers (its heap and udmabuf) are mapped once for each device
 * and synced in any direction, which the debugging of the DMA API takes for a fault of its user;
 * each of its reports about kplug has a line of its own before the place.
 */
static const char expected[] = "^ *Call Trace|page allocation failure|VM_FAULT_OOM leaked|"
			       "kernel/jump_label[.]c|nobody cared|DMAR:|kernel/dma/debug[.]c|"
			       "cacheline tracking EEXIST|misc udmabuf|DMA-API: Mapped at";

/*
 * Memory that a device may still access is lost on purpose. Its mappings stay, of which the DMA API
 * warns each time a driver leaves the device.
 */
static const char loss[] = "which are lost until the machine restarts";
static const char after_loss[] = "pending DMA allocations|DMA-API: Mapped at|"
				 "dma_debug_device_change|check_unmap";

static int fd = -1;
static regex_t reports, no_reports, of_loss;

void log_open(void)
{
	if (regcomp(&reports, KERNEL_LOG_REPORTS, REG_EXTENDED | REG_NOSUB) ||
	    regcomp(&no_reports, expected, REG_EXTENDED | REG_NOSUB) ||
	    regcomp(&of_loss, after_loss, REG_EXTENDED | REG_NOSUB))
		errx(2, "a pattern for the log is bad");
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(fd, 0, SEEK_END);
}

/* Reports that differ in numbers alone are one. */
static bool seen_before(const char *text)
{
	static uint64_t seen[MAX_SEEN];
	static unsigned int num;
	uint64_t hash = 0;

	for (; *text && *text != '\n'; text++)
		if (!isxdigit((unsigned char)*text))
			hash = hash * 31 + (unsigned char)*text;
	for (unsigned int i = 0; i < num; i++)
		if (seen[i] == hash)
			return true;
	if (num < MAX_SEEN)
		seen[num++] = hash;
	return false;
}

static bool matches(const regex_t *pattern, const char *text)
{
	return !regexec(pattern, text, 0, NULL, 0);
}

static bool is_report(const char *text)
{
	if (state && strstr(text, loss))
		state->memory_lost = true;
	if (!matches(&reports, text) || matches(&no_reports, text))
		return false;
	return !(state && state->memory_lost && matches(&of_loss, text));
}

const char *log_next(void)
{
	static char record[8192];
	ssize_t length;
	char *text;

	/* EPIPE: the log was faster, and the next read goes on behind the gap. */
	while ((length = read(fd, record, sizeof(record) - 1)) > 0) {
		record[length] = '\0';
		text = strchr(record, ';');
		text = text ? text + 1 : record;
		text[strcspn(text, "\n")] = '\0';
		if (is_report(text) && !seen_before(text))
			return text;
	}
	return NULL;
}
