// SPDX-License-Identifier: MIT
// The kernel log around each test: a marker before it, a scan for reports after it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

/* What a kernel says when something is wrong, in its own words. */
static const char reports[] =
	"WARNING:|BUG:|Oops|Call Trace|general protection|NULL pointer|Unable to handle|"
	"possible (circular|recursive|irq lock)|inconsistent lock|suspicious RCU|sleeping function|scheduling while atomic|"
	"KASAN|KCSAN|UBSAN|DMA-API:|refcount_t:|(list|slab).* corruption|ODEBUG|"
	"unreferenced object|leak|blocked for more than|soft lockup|hard LOCKUP|rcu.*(stall|detected)|"
	"nobody cared|DMAR:.*(fault|Fault)|page allocation failure";

static int log_fd = -1;    /* at the first record of the running test */
static char complaint[1024];

static regex_t compiled(const char *pattern)
{
	regex_t regex;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
		ck_abort_msg("bad pattern '%s'", pattern);
	return regex;
}

/* next_text() - the text of the next record, NULL at the end; `lost` when the log overran meanwhile */
static const char *next_text(int fd, bool *lost)
{
	static char record[8192];
	ssize_t length;
	char *text;

	while ((length = read(fd, record, sizeof(record) - 1)) < 0) {
		if (errno != EPIPE)
			return NULL;
		*lost = true;
	}
	record[length] = '\0';
	text = strchr(record, ';');
	return text ? text + 1 : record;
}

void test_before(const char *label)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (log_fd >= 0)
		close(log_fd);
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(log_fd, 0, SEEK_END);
	if (fd >= 0) {
		dprintf(fd, "test %s\n", label);
		close(fd);
	}
}

const char *test_after(void)
{
	const char *allowed = test_notes->allowed[0] ? test_notes->allowed : "^$a";
	regex_t report = compiled(reports), expected = compiled(allowed);
	const char *text, *answer = NULL;
	bool lost = false;

	while ((text = next_text(log_fd, &lost))) {
		if (regexec(&report, text, 0, NULL, 0) || !regexec(&expected, text, 0, NULL, 0))
			continue;
		snprintf(complaint, sizeof(complaint), "kernel log: %s", text);
		answer = complaint;
		break;
	}
	if (!answer && lost)
		answer = "the kernel log overran: it may have held a report";
	regfree(&report);
	regfree(&expected);
	return answer;
}

void log_allow(const char *pattern)
{
	size_t used = strlen(test_notes->allowed);

	snprintf(test_notes->allowed + used, sizeof(test_notes->allowed) - used, "%s%s", used ? "|" : "", pattern);
}

bool log_contains(const char *pattern)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	regex_t wanted = compiled(pattern);
	bool found = false, lost;
	const char *text;

	/* From the marker on: what an earlier test left in the log does not count. */
	while ((text = next_text(fd, &lost))) {
		if (!strncmp(text, "test ", 5))
			found = false;
		else if (!regexec(&wanted, text, 0, NULL, 0))
			found = true;
	}
	regfree(&wanted);
	close(fd);
	return found;
}
