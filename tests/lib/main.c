// SPDX-License-Identifier: MIT
// Runs the registered tests one by one and reports each as one line.
#define _GNU_SOURCE
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "test.h"

#define DEFAULT_TIMEOUT 30

static struct test *first_test;
static struct test **last_test = &first_test;
struct test_notes *test_notes;

static struct {
	const char *report;
	char **filters;
	int list;
} options;

static FILE *report;
static int passed, failed, skipped;

void test_register(struct test *test)
{
	*last_test = test;
	last_test = &test->next;
}

void test_skip(const char *reason)
{
	snprintf(test_notes->skipped, sizeof(test_notes->skipped), "%s", reason);
	_exit(0);
}

__attribute__((weak)) void test_before(__attribute__((unused)) const char *label)
{
}

__attribute__((weak)) const char *test_after(void)
{
	return NULL;
}

/* A filter names a suite, a test of it, one variant of a test, or the tests of the smoke run. */
static int matches(const char *filter, const struct test *test, const char *label)
{
	size_t length = strlen(filter);

	if (!strcmp(filter, "@smoke"))
		return test->smoke;
	if (test->manual)
		return !strcmp(filter, label);
	return !strncmp(label, filter, length) && strchr(":/", label[length]) != NULL;
}

static int wanted(const struct test *test, const char *label)
{
	char **filter = options.filters;

	if (!filter || !*filter)
		return !test->manual;
	for (; *filter; filter++)
		if (matches(*filter, test, label))
			return 1;
	return 0;
}

static void say(const char *verdict, const char *label, const char *message)
{
	fprintf(report, "%s %s", verdict, label);
	if (message) {
		fputc(' ', report);
		for (; *message; message++)
			fputc(*message == '\n' ? ' ' : *message, report);
	}
	fputc('\n', report);
	fflush(report);
}

static const struct test *current_test;
static const char *current_variant;

const char *test_suite(void)
{
	return current_test->suite;
}

static void run_current(__attribute__((unused)) int i)
{
	current_test->run(current_variant);
}

/* failure_kind() - what tools/test tells failures apart by: it repeats the first two kinds */
static const char *failure_kind(TestResult *result)
{
	if (test_notes->left_over)
		return "left over";
	if (tr_rtype(result) == CK_FAILURE)
		return "assertion";
	return strstr(tr_msg(result), "timeout expired") ? "time limit" : "ended early";
}

/* run_forked() - the message of a failure, or NULL; the caller frees it */
static char *run_forked(const struct test *test, const char *label)
{
	const TTest body = { label, run_current, test->file, test->line };
	Suite *suite = suite_create(test->suite);
	TCase *tcase = tcase_create(label);
	SRunner *runner = srunner_create(suite);
	char *message = NULL;
	TestResult **results;

	tcase_set_timeout(tcase, test->timeout ? test->timeout : DEFAULT_TIMEOUT);
	tcase_add_test(tcase, &body);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_SILENT);
	if (srunner_ntests_failed(runner)) {
		results = srunner_results(runner);
		if (asprintf(&message, "%s: %s:%d: %s", failure_kind(results[0]),
			     tr_lfile(results[0]), tr_lno(results[0]), tr_msg(results[0])) < 0)
			abort();
		free(results);
	}
	srunner_free(runner);
	return message;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec * 1e-9;
}

static void run_one(const struct test *test, const char *label)
{
	const char *complaint;
	char *message;
	double began;
	char took[32];

	memset(test_notes, 0, sizeof(*test_notes));
	say("RUN", label, NULL);
	began = seconds_now();
	test_before(label);
	message = run_forked(test, label);
	complaint = test_after();
	snprintf(took, sizeof(took), "%.1f s", seconds_now() - began);

	if (complaint) {
		failed++;
		say("FAIL", label, complaint);
	} else if (test_notes->skipped[0]) {
		skipped++;
		say("SKIP", label, test_notes->skipped);
	} else if (message) {
		failed++;
		say("FAIL", label, message);
	} else {
		passed++;
		say("PASS", label, took);
	}
	free(message);
}

static void run_variants(const struct test *test)
{
	static const char *const none[] = { "", NULL };
	const char *const *variant = test->variants ? test->variants : none;
	char label[128];

	for (; *variant; variant++) {
		snprintf(label, sizeof(label), "%s:%s%s%s", test->suite, test->name,
			 **variant ? "/" : "", *variant);
		if (!wanted(test, label))
			continue;
		current_test = test;
		current_variant = *variant;
		if (options.list)
			puts(label);
		else
			run_one(test, label);
	}
}

/* run_all() - those that run last, or the others */
static void run_all(bool last)
{
	for (const struct test *test = first_test; test; test = test->next)
		if (test->last == last)
			run_variants(test);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'l':
		options.list = 1;
		return 0;
	case 'r':
		options.report = argument;
		return 0;
	case ARGP_KEY_ARGS:
		options.filters = state->argv + state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option option_table[] = {
	{ "list", 'l', NULL, 0, "name the tests instead of running them", 0 },
	{ "report", 'r', "FILE", 0,
	  "write the result lines there instead of to the standard output", 0 },
	{ 0 }
};

static const struct argp argp = {
	option_table,
	parse,
	"[SUITE[:TEST[/VARIANT]] | @smoke]...",
	"Runs all tests, or those named. Reports RUN, then PASS, FAIL or SKIP for each, and at the end "
	"DONE <passed> <failed> <skipped>.",
	NULL,
	NULL,
	NULL
};

int main(int argc, char **argv)
{
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	report = options.report ? fopen(options.report, "w") : stdout;
	if (!report) {
		perror(options.report);
		return 2;
	}
	test_notes = mmap(NULL, sizeof(*test_notes), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (test_notes == MAP_FAILED) {
		perror("mmap");
		return 2;
	}
	run_all(false);
	run_all(true);
	if (!options.list)
		fprintf(report, "DONE %d %d %d\n", passed, failed, skipped);
	return failed != 0;
}
