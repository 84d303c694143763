/* SPDX-License-Identifier: MIT */
/* What the pages of kplug latency and of kplug compare share. */
#ifndef KPLUG_PAGE_H
#define KPLUG_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include "histogram.h"

/* curve.c: a picture with logarithmic axes, in its own units */
struct latency_plot {
	int left, right; /* of the percentiles: 0, 90, 99, 99.9, 99.99 % at equal distances */
	int end; /* of the lines, which another picture with the same scale of time may share */
	int top, bottom;
	int from, to; /* upwards: powers of ten, ns */
};
double latency_plot_y(const struct latency_plot *plot, double ns);
void latency_plot_axes(FILE *out, const struct latency_plot *plot);
/* The points of a polyline. */
void latency_plot_curve(FILE *out, const struct latency_plot *plot,
			const struct latency_histogram *h);

/* page.c */
extern const char page_notes[]; /* what the stages are */
void page_duration(char *text, size_t size, double ns); /* three digits and a unit */
void page_cell(FILE *out, uint64_t ns); /* of a table */
/* The tooltip of one column of a histogram. */
void page_range(FILE *out, unsigned int column, uint64_t count);

/* compare_picture.c: before and after */
void compare_picture(FILE *out, const char *name, const struct latency_histogram *const sides[2]);
/* A line, 32 units long, in the style of a curve. */
void compare_sign(FILE *out, int side, int x, int y);

#endif /* KPLUG_PAGE_H */
