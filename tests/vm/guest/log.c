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
#include "kernel_log.h"
#include "model.h"

static const char reports[] = KERNEL_LOG_REPORTS;

/*
 * The kernel has data races of its own. One is ours when the innermost frame of either access is in
 * our modules: it is printed below a line such as "write to 0xff... of 8 bytes by task 7 on cpu
 * 1:".
 */
static const char race_title[] = "BUG: KCSAN: data-race";
static const char race_access[] = "^(race at unknown origin, with )?(read|write)[^:]* (to|at) 0x";

static int log_fd = -1; /* at the first record of the running test */
static char complaint[1024];

static regex_t compiled(const char *pattern)
{
	regex_t regex;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
		ck_abort_msg("bad pattern '%s'", pattern);
	return regex;
}

/*
 * next_text() - the text of the next record, NULL at the end; `lost` when the log overran meanwhile
 */
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

/* our_race() - whether this line of the log shows a data race to be ours */
static bool our_race(const char *text, const regex_t *access)
{
	static bool below_access;
	bool ours = below_access && strstr(text, "[kplug");

	below_access = !regexec(access, text, 0, NULL, 0);
	return ours;
}

void test_before(const char *label)
{
	char marker[128];

	if (log_fd >= 0)
		close(log_fd);
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(log_fd, 0, SEEK_END);
	snprintf(marker, sizeof(marker), "test %s\n", label);
	file_write(marker, "/dev/kmsg");
}

/*
 * complain() - add a record to the complaint, which has `used` characters; returns how many it has
 * now
 */
static size_t complain(size_t used, const char *kind, const char *text)
{
	size_t room = sizeof(complaint) - used;
	int length = snprintf(complaint + used, room, "%s%s%.*s",
			      used ? " | " : "kernel log: ", kind, (int)strcspn(text, "\n"), text);

	return used + ((size_t)length < room ? (size_t)length : room - 1);
}

/* after_model() - NULL, or what the model of a card says about its driver */
static const char *after_model(void)
{
	const char *text = model_complaints();

	if (!*text)
		return NULL;
	snprintf(complaint, sizeof(complaint), "model: %s", text);
	return complaint;
}

const char *test_after(void)
{
	const char *allowed = test_notes->allowed[0] ? test_notes->allowed : "^$a";
	regex_t report = compiled(reports), expected = compiled(allowed),
		access = compiled(race_access);
	const char *text, *answer = NULL;
	size_t used = 0;
	bool lost = false;

	while ((text = next_text(log_fd, &lost))) {
		bool race = our_race(text, &access);

		if (!race && (!strncmp(text, race_title, strlen(race_title)) ||
			      regexec(&report, text, 0, NULL, 0)))
			continue;
		if (!regexec(&expected, text, 0, NULL, 0))
			continue;
		used = complain(used, race ? "data race in " : "", text);
		answer = complaint;
	}
	if (!answer && lost)
		answer = "kernel log: it overran, and may have held a report";
	if (!answer)
		answer = after_model();
	regfree(&report);
	regfree(&expected);
	regfree(&access);
	return answer;
}

void log_allow(const char *pattern)
{
	size_t used = strlen(test_notes->allowed);

	snprintf(test_notes->allowed + used, sizeof(test_notes->allowed) - used, "%s%s",
		 used ? "|" : "", pattern);
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
