// SPDX-License-Identifier: MIT
/* Made-up results of kplug latency and kplug compare. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "latency/compare.h"
#include "latency/latency.h"
#include "pages.h"

#define STEPS 200

static struct latency_history history;
static struct latency_row rows[NUM_STAGES];
static struct latency_comparison comparison;
static char name[64]; /* of each source */

static void add(struct latency_histogram *h, uint64_t ns, uint64_t count)
{
	unsigned int bucket = 0;

	while (bucket < LATENCY_BUCKETS - 1 && latency_value(bucket + 1) <= ns)
		bucket++;
	h->buckets[bucket] += count;
	h->count += count;
	h->max = ns > h->max ? ns : h->max;
}

static void begin(const char *source)
{
	memset(&history, 0, sizeof(history));
	memset(rows, 0, sizeof(rows));
	snprintf(name, sizeof(name), "%s", source);
}

/* The rows until now are one more step. */
static void step(double seconds, unsigned int num_rows)
{
	const struct latency_report report = { .rows = rows,
					       .num_rows = num_rows,
					       .seconds = seconds };

	latency_history_add(&history, &report);
}

static void write_page(const char *file, unsigned int num_rows, double seconds)
{
	struct target_source source = { .id = 0 };
	const struct targets targets = { .irqs = { &source, 1 }, .devices = { &source, 1 } };
	const struct latency_report report = { .targets = &targets,
					       .rows = rows,
					       .num_rows = num_rows,
					       .num_cpus = 1,
					       .seconds = seconds };

	memcpy(source.name, name, sizeof(source.name));
	latency_html(file, &report, &history);
}

static void one(void)
{
	begin("irq 20 uio_pci_generic");
	add(&rows[0].all, 506, 1);
	step(0.05, 1);
	write_page("latency-one.html", 1, 0.05);
}

/* All stages, from a nanosecond to a minute, with random tails. */
static void wide(void)
{
	unsigned int i, stage;

	begin(LONG_NAME);
	srand(1);
	for (i = 0; i < STEPS; i++) {
		for (stage = 0; stage < NUM_STAGES; stage++) {
			const uint64_t usual = 1ull << (3 * stage);

			rows[stage].key.stage = stage;
			add(&rows[stage].all, usual, 500);
			add(&rows[stage].all, usual + (uint64_t)rand() % usual, 20);
			if (i % 10 == 0)
				add(&rows[stage].all, (uint64_t)rand() << (i % 6), 1);
			if (i == 0)
				add(&rows[stage].all, 60000000000, 1);
		}
		step((i + 1) * 300.0, NUM_STAGES);
	}
	write_page("latency-wide.html", NUM_STAGES, STEPS * 300.0);
}

/* All curves end at one place. */
static void alike(void)
{
	unsigned int stage;

	begin("irq 20 nvme0q1");
	for (stage = 0; stage < NUM_STAGES; stage++) {
		rows[stage].key.stage = stage;
		add(&rows[stage].all, 4544, 3000);
	}
	step(1.5, NUM_STAGES);
	write_page("latency-alike.html", NUM_STAGES, 1.5);
}

static void begin_compare(const char *before)
{
	memset(&comparison, 0, sizeof(comparison));
	comparison.files[0] = before;
	comparison.files[1] = "after.json";
	snprintf(comparison.results[0].kernel, sizeof(comparison.results[0].kernel), "6.1-made-up");
	snprintf(comparison.results[1].kernel, sizeof(comparison.results[1].kernel),
		 "6.12-made-up");
	comparison.results[0].seconds = comparison.results[1].seconds = 1.5;
}

static void compare_usual(void)
{
	struct latency_result *results = comparison.results;
	unsigned int i;

	begin_compare(LONG_NAME);
	snprintf(comparison.remarks[comparison.num_remarks++], sizeof(comparison.remarks[0]),
		 "The kernels differ: 6.1-made-up before, 6.12-made-up after.");
	srand(2);
	for (i = 0; i < 3000; i++) {
		add(&results[0].stages[STAGE_HANDLER], 500 + (uint64_t)rand() % 100, 1);
		add(&results[1].stages[STAGE_HANDLER], 2200 + (uint64_t)rand() % 300, 1);
		add(&results[0].stages[STAGE_THREAD], 3600 + (uint64_t)rand() % 100, 1);
		add(&results[0].stages[STAGE_WOKEN], 12000 + (uint64_t)rand() % 4000, 1);
		add(&results[1].stages[STAGE_WOKEN], 5000 + (uint64_t)rand() % 9000, 1);
		add(&results[1].stages[STAGE_TAKEN], 6400, 1);
	}
	add(&results[0].stages[STAGE_WOKEN], 472227, 1);
	compare_html("compare-usual.html", &comparison);
}

static void compare_apart(void)
{
	struct latency_result *results = comparison.results;

	begin_compare("before.json");
	add(&results[0].stages[STAGE_CALL], 1, 1);
	add(&results[1].stages[STAGE_CALL], 60000000000, 1000000);
	add(&results[0].stages[STAGE_CHUNK], 506, 1);
	add(&results[1].stages[STAGE_CHUNK], 506, 1);
	compare_html("compare-apart.html", &comparison);
}

void stage_pages(void)
{
	one();
	wide();
	alike();
	begin("");
	write_page("latency-empty.html", 0, 1);
	compare_usual();
	compare_apart();
	begin_compare("before.json");
	compare_html("compare-empty.html", &comparison);
}
