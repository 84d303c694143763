/* SPDX-License-Identifier: MIT */
/* What the pages of kplug latency --dev ... and of kplug latency compare share. */
#ifndef KPLUG_STAGES_HTML_H
#define KPLUG_STAGES_HTML_H

#include "stages.h"

/* stages_curve.c: a picture whose axes are logarithmic, in its own units */
struct stages_plot {
	int left, right;	/* of the percentiles: 0, 90, 99, 99.9, 99.99 % at equal distances */
	int end;	/* of the lines, which other pictures of time may share */
	int top, bottom;
	int from, to;	/* upwards: powers of ten, ns */
};
double stages_plot_y(const struct stages_plot *plot, double ns);
void stages_plot_axes(FILE *out, const struct stages_plot *plot);
/* The points of a polyline. */
void stages_plot_curve(FILE *out, const struct stages_plot *plot, const struct stages_histogram *h);

/* stages_html.c */
extern const char stages_html_notes[];	/* what the stages are */
void stages_html_duration(char *text, size_t size, double ns);	/* three digits and a unit */
void stages_html_cell(FILE *out, uint64_t ns);	/* of a table */
void stages_html_range(FILE *out, unsigned int column, uint64_t count);	/* what a column of counts stands for */

/* stages_compare_picture.c: of before and after */
void stages_compare_picture(FILE *out, const char *name, const struct stages_histogram *const sides[2]);
void stages_compare_sign(FILE *out, int side, int x, int y);	/* a line as its curve is drawn, 32 long */

#endif /* KPLUG_STAGES_HTML_H */
