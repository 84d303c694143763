// SPDX-License-Identifier: MIT
/* Made-up results of kplug bench irq. */
#include "bench/bench.h"

#include <stdio.h>

#include "pages.h"

#define PATHS 8
static const struct ladder_kind kinds[PATHS] = {
	{ .name = "user", .title = "kplug rung 0, user" },
	{ .name = "recipe", .title = "kplug rung 1, recipe" },
	{ .name = "plugin", .title = "kplug rung 3, plugin" },
	{ .name = "bare", .title = "bare request_irq" },
	{ .name = "uio", .title = "UIO, INTx" },
	{ .name = "vfio", .title = "VFIO, MSI" },
	{ .name = "seventh", .title = "one more" },
	{ .name = "eighth", .title = "and another" },
};
static const struct ladder_kind odd = { .name = "odd", .title = LONG_NAME };
static const struct bench_source_kind source = { .name = "a register" };
static struct bench_row rows[PATHS];

static void add_run(struct bench_row *row, double rate, uint64_t lost, uint64_t p50)
{
	struct bench_run *run = &row->runs[row->num_runs++];

	*run = (struct bench_run){ .rate = rate,
				   .reached = rate * 0.99,
				   .raised = (uint64_t)rate,
				   .handled = (uint64_t)rate,
				   .notified = (uint64_t)rate - lost,
				   .lost = lost,
				   .from_raise = true,
				   .latency = { !lost, p50, 2 * p50, 10 * p50 } };
	if (lost || run->reached < row->highest)
		return;
	row->highest = run->reached;
	row->highest_rate = rate;
}

/* A search in the order of its runs, which loses from @limit on. */
static void add_search(struct bench_row *row, double limit, uint64_t p50)
{
	static const double rates[] = { 1000, 4000, 16000, 64000, 64000, 32000, 45300, 38100 };
	size_t i;

	for (i = 0; i < sizeof(rates) / sizeof(*rates); i++)
		add_run(row, rates[i], rates[i] > limit ? (uint64_t)(rates[i] - limit) / 2 : 0,
			p50 + (uint64_t)rates[i] / 10);
}

static void write_page(const char *file, bool search, size_t num_rows)
{
	const struct ladder_device device = { .address = "0000:00:04.0" };
	const struct bench_report report = { .device = &device,
					     .source = &source,
					     .kernel = "6.12-made-up",
					     .search = search,
					     .seconds = 1,
					     .rows = rows,
					     .num_rows = num_rows };

	bench_html(file, &report);
}

static void begin(size_t num_rows)
{
	size_t i;

	for (i = 0; i < num_rows; i++)
		rows[i] = (struct bench_row){ .kind = &kinds[i] };
}

static void all_paths(bool alike)
{
	size_t i;

	begin(PATHS);
	for (i = 0; i < PATHS; i++)
		add_search(&rows[i], alike ? 50000 : 5000.0 * (double)(i + 1),
			   alike ? 5000 : 3000 * (i + 1));
	write_page(alike ? "bench-alike.html" : "bench-8-paths.html", true, PATHS);
}

static void one_rate(void)
{
	begin(2);
	add_run(&rows[0], 2000, 0, 7640);
	rows[1].kind = &odd;
	snprintf(rows[1].why, sizeof(rows[1].why), "the module " LONG_NAME " is not loaded");
	write_page("bench-one-rate.html", false, 2);
}

static void apart(void)
{
	begin(3);
	rows[2].kind = &odd;
	add_run(&rows[0], 10, 0, 1);
	add_run(&rows[0], 1000000, 0, 2);
	add_run(&rows[1], 10, 0, 1000000000);
	add_run(&rows[1], 1000, 999, 0);
	add_run(&rows[2], 100000, 1, 0);
	write_page("bench-apart.html", true, 3);
}

static void nothing(void)
{
	begin(2);
	add_run(&rows[0], 1000, 1000, 0);
	rows[0].silent = true;
	snprintf(rows[1].why, sizeof(rows[1].why), "it failed");
	write_page("bench-all-lost.html", true, 2);
	begin(1);
	snprintf(rows[0].why, sizeof(rows[0].why), "it failed");
	write_page("bench-nothing.html", true, 1);
}

void rate_pages(void)
{
	all_paths(false);
	all_paths(true);
	one_rate();
	apart();
	nothing();
}
