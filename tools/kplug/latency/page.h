/* SPDX-License-Identifier: MIT */
/* What the pages of kplug latency and of kplug compare share. */
#ifndef KPLUG_PAGE_H
#define KPLUG_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "histogram.h"

extern const char page_notes[]; /* what the stages are */
void page_duration(char *text, size_t size, double ns); /* three digits and a unit */
void page_cell(FILE *out, const char *heading, uint64_t ns); /* of a table */
/* For stages.js. */
void page_histogram(cJSON *object, const struct latency_histogram *h);
/* Pairs of the middle of a bucket and its count, without empty buckets. */
void page_buckets(cJSON *object, const struct latency_histogram *h);

#endif /* KPLUG_PAGE_H */
