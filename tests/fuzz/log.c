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

#define MAX_SEEN 256

/*
 * What is no fault here. A report has a title beside its call trace. The fuzzer makes allocations
 * fail, of which the kernel's static branches warn too, raises interrupts that no device raised,
 * and lets devices write where nothing is mapped any more, as programs that drive an engine
 * themselves may.
 */
static const char expected[] = "^ *Call Trace|page allocation failure|VM_FAULT_OOM leaked|"
			       "kernel/jump_label[.]c|nobody cared|DMAR:";

static int fd = -1;
static regex_t reports, no_reports;

void log_open(void)
{
	if (regcomp(&reports, KERNEL_LOG_REPORTS, REG_EXTENDED | REG_NOSUB) ||
	    regcomp(&no_reports, expected, REG_EXTENDED | REG_NOSUB))
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
		if (regexec(&reports, text, 0, NULL, 0) || !regexec(&no_reports, text, 0, NULL, 0))
			continue;
		if (!seen_before(text))
			return text;
	}
	return NULL;
}
