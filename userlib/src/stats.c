// SPDX-License-Identifier: MIT
/* Statistics of the stages of events, from the times in their records. */
#include "private.h"

#include "histogram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The histograms of one vector. */
struct vector_stages {
	struct kplug_histogram stages[KPLUG_NUM_STAGES];
};

struct kplug_stats {
	struct kplug_event_counts counts;
	unsigned int num_vectors;
	struct vector_stages vectors[]; /* the last one is for all other events */
};

static size_t stats_size(unsigned int num_vectors)
{
	return sizeof(struct kplug_stats) + (num_vectors + 1) * sizeof(struct vector_stages);
}

int kplug_stats_new(unsigned int num_vectors, struct kplug_stats **stats)
{
	struct kplug_stats *s;

	if (num_vectors > KPLUG_MAX_VECTORS)
		return kplug_refuse(NULL, -EINVAL,
				    "a device has at most KPLUG_MAX_VECTORS vectors");
	s = calloc(1, stats_size(num_vectors));
	if (!s)
		return kplug_failed(NULL, 0, -ENOMEM);
	s->num_vectors = num_vectors;
	*stats = s;
	return 0;
}

void kplug_stats_free(struct kplug_stats *stats)
{
	free(stats);
}

void kplug_stats_reset(struct kplug_stats *stats)
{
	const unsigned int num_vectors = stats->num_vectors;

	memset(stats, 0, stats_size(num_vectors));
	stats->num_vectors = num_vectors;
}

/* The fast clock of the kernel may be slightly ahead of the program's clock. */
static uint64_t since(uint64_t start, uint64_t end)
{
	return end > start ? end - start : 0;
}

void kplug_stats_add(struct kplug_stats *stats, const struct kplug_event *event)
{
	const uint64_t now = kplug_sys_now();
	const unsigned int num = stats->num_vectors;
	struct kplug_histogram *stages =
		stats->vectors[event->vector < num ? event->vector : num].stages;

	stats->counts.events++;
	stats->counts.lost += event->lost;
	if (!event->t_post) {
		stats->counts.untimed++;
		return;
	}
	kplug_histogram_add(&stages[KPLUG_STAGE_TAKEN], since(event->t_post, now));
	/* No hard handler ran for an event posted from elsewhere. */
	if (event->t_hard == event->t_post)
		return;
	kplug_histogram_add(&stages[KPLUG_STAGE_HANDLER], since(event->t_hard, event->t_post));
	kplug_histogram_add(&stages[KPLUG_STAGE_WHOLE], since(event->t_hard, now));
}

static void merge_vector(struct vector_stages *into, const struct vector_stages *from)
{
	unsigned int i;

	for (i = 0; i < KPLUG_NUM_STAGES; i++)
		kplug_histogram_merge(&into->stages[i], &from->stages[i]);
}

int kplug_stats_merge(struct kplug_stats *into, const struct kplug_stats *from)
{
	unsigned int i;

	if (into->num_vectors != from->num_vectors)
		return kplug_refuse(NULL, -EINVAL, "the two have different numbers of vectors");
	into->counts.events += from->counts.events;
	into->counts.untimed += from->counts.untimed;
	into->counts.lost += from->counts.lost;
	for (i = 0; i <= into->num_vectors; i++)
		merge_vector(&into->vectors[i], &from->vectors[i]);
	return 0;
}

void kplug_stats_counts(const struct kplug_stats *stats, struct kplug_event_counts *counts)
{
	*counts = stats->counts;
}

static void summarize(const struct kplug_histogram *h, struct kplug_stage_times *times)
{
	*times = (struct kplug_stage_times){
		.count = h->count,
		.min = h->min,
		.mean = h->count ? h->sum / h->count : 0,
		.p50 = kplug_histogram_quantile(h, 500),
		.p90 = kplug_histogram_quantile(h, 900),
		.p99 = kplug_histogram_quantile(h, 990),
		.p999 = kplug_histogram_quantile(h, 999),
		.max = h->max,
	};
}

static void summarize_all(const struct kplug_stats *stats, enum kplug_stage stage,
			  struct kplug_stage_times *times)
{
	struct kplug_histogram all = { 0 };
	unsigned int i;

	for (i = 0; i <= stats->num_vectors; i++)
		kplug_histogram_merge(&all, &stats->vectors[i].stages[stage]);
	summarize(&all, times);
}

int kplug_stats_times(const struct kplug_stats *stats, unsigned int vector, enum kplug_stage stage,
		      struct kplug_stage_times *times)
{
	if ((unsigned int)stage >= KPLUG_NUM_STAGES)
		return kplug_refuse(NULL, -EINVAL, "there is no such stage");
	if (vector == KPLUG_ALL_VECTORS) {
		summarize_all(stats, stage, times);
		return 0;
	}
	if (vector == KPLUG_NO_VECTOR)
		vector = stats->num_vectors;
	else if (vector >= stats->num_vectors)
		return kplug_refuse(NULL, -EINVAL, "the statistics have no such vector");
	summarize(&stats->vectors[vector].stages[stage], times);
	return 0;
}
