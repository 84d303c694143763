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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state.h"

#define MAX_SEEN  256
#define LINE_SIZE 400

/*
 * What is no fault here. A report has a title beside its call trace. The fuzzer makes allocations
 * fail, of which the kernel's static branches warn too, raises interrupts that no device raised,
 * and lets devices write where nothing is mapped any more, as programs that drive an engine
 * themselves may. A report about DMA has a line of its own before the place.
 */
static const char expected[] = "^ *Call Trace|page allocation failure|VM_FAULT_OOM leaked|"
			       "kernel/jump_label[.]c|nobody cared|DMAR:|kernel/dma/debug[.]c|"
			       "DMA-API: Mapped at";

/*
 * The kernel's own buffers are mapped once for each device, and synced in any direction. That is
 * their maker's fault, who stands in the call trace.
 */
static const char dma_report[] = "DMA-API: [^ ]+ [^ ]+: ";
static const char makers[] = "system_heap_|udmabuf";

/*
 * Memory that a device may still access is lost on purpose. Its mappings stay, of which the DMA API
 * warns each time a driver leaves the device.
 */
static const char loss[] = "which are lost until the machine restarts";
static const char after_loss[] = "pending DMA allocations|DMA-API: Mapped at|"
				 "dma_debug_device_change|check_unmap";

static int fd = -1;
static regex_t reports, no_reports, of_loss, of_dma, of_maker;

void log_open(void)
{
	if (regcomp(&reports, KERNEL_LOG_REPORTS, REG_EXTENDED | REG_NOSUB) ||
	    regcomp(&no_reports, expected, REG_EXTENDED | REG_NOSUB) ||
	    regcomp(&of_loss, after_loss, REG_EXTENDED | REG_NOSUB) ||
	    regcomp(&of_dma, dma_report, REG_EXTENDED | REG_NOSUB) ||
	    regcomp(&of_maker, makers, REG_EXTENDED | REG_NOSUB))
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

/* Keeps a report about DMA up to the end of its trace, and returns it then. */
static const char *blame(const char *text)
{
	static char kept[LINE_SIZE];
	static enum { NO_REPORT, OURS, OF_MAKER } blamed;

	if (is_report(text)) {
		snprintf(kept, sizeof(kept), "%.*s", (int)sizeof(kept) - 1, text);
		blamed = OURS;
	}
	if (blamed == OURS && matches(&of_maker, text))
		blamed = OF_MAKER;
	if (blamed == NO_REPORT || !strstr(text, "end trace"))
		return NULL;
	text = blamed == OURS ? kept : NULL;
	blamed = NO_REPORT;
	return text;
}

static const char *look_at(const char *text)
{
	const char *report = text;

	if (matches(&of_dma, text) || !is_report(text))
		report = blame(text);
	return report && !seen_before(report) ? report : NULL;
}

const char *log_next(void)
{
	static char record[8192];
	const char *report;
	ssize_t length;
	char *text;

	/* EPIPE: the log was faster, and the next read goes on behind the gap. */
	while ((length = read(fd, record, sizeof(record) - 1)) > 0) {
		record[length] = '\0';
		text = strchr(record, ';');
		text = text ? text + 1 : record;
		text[strcspn(text, "\n")] = '\0';
		report = look_at(text);
		if (report)
			return report;
	}
	return NULL;
}
