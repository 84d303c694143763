// SPDX-License-Identifier: MIT
/* kplug compare --html: the picture of one stage with both results. */
#include <math.h>

#include "compare.h"
#include "page.h"

/*
 * Left: the percentiles. Right: the distributions, before to the left of the middle
 * and after to its right. Both have the same time axis.
 */
static const struct latency_plot geometry = { .left = 60,
					      .right = 510,
					      .end = 940,
					      .top = 10,
					      .bottom = 310 };
enum { MIDDLE = 770, HALF = 160, ABOVE = 26 };

void compare_sign(FILE *out, int side, int x, int y)
{
	fprintf(out, "<path class=\"%s\" d=\"M%d %dh32\"/>", compare_sides[side], x, y);
}

/* An axis of powers of ten for both sides. */
static struct latency_plot plot_of(const struct latency_histogram *const sides[2])
{
	struct latency_plot plot = geometry;
	double least = INFINITY, most = 1;
	int i;

	for (i = 0; i < 2; i++) {
		if (!sides[i]->count)
			continue;
		least = fmin(least, (double)latency_quantile(sides[i], 0));
		most = fmax(most, (double)sides[i]->max);
	}
	plot.from = (int)floor(log10(fmax(least, 1)));
	plot.to = (int)fmax(ceil(log10(most)), plot.from + 1);
	return plot;
}

static double share_of_most(const uint64_t columns[LATENCY_COLUMNS],
			    const struct latency_histogram *h)
{
	double most = 0;
	unsigned int i;

	for (i = 0; i < LATENCY_COLUMNS; i++)
		if (columns[i])
			most = fmax(most, (double)columns[i] / (double)h->count);
	return most;
}

/* To the left of the middle, or to the right of it. */
static void half(FILE *out, const struct latency_plot *plot, int side,
		 const struct latency_histogram *h, double most)
{
	uint64_t columns[LATENCY_COLUMNS];
	unsigned int i;

	latency_columns(h, columns);
	for (i = 0; i < LATENCY_COLUMNS && h->count; i++) {
		double top = latency_plot_y(plot, (double)latency_column_end(i));
		double bottom = latency_plot_y(plot, i ? (double)latency_column_end(i - 1) : 0);
		double width = fmax(HALF * (double)columns[i] / (double)h->count / most, 1.5);

		if (!columns[i])
			continue;
		fprintf(out,
			"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
			compare_sides[side], side ? MIDDLE + 1.0 : MIDDLE - 1 - width, top, width,
			fmax(bottom - top - 1, 1));
		page_range(out, i, columns[i]);
		fputs("</rect>\n", out);
	}
}

static void distributions(FILE *out, const struct latency_plot *plot,
			  const struct latency_histogram *const sides[2])
{
	uint64_t columns[2][LATENCY_COLUMNS];
	double most = 0;
	int i;

	for (i = 0; i < 2; i++) {
		latency_columns(sides[i], columns[i]);
		most = fmax(most, share_of_most(columns[i], sides[i]));
	}
	for (i = 0; i < 2; i++)
		half(out, plot, i, sides[i], most);
	for (i = -1; i <= 1; i++)
		fprintf(out,
			"<text class=\"soft\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%.3g %%</text>\n",
			MIDDLE + i * HALF, plot->bottom + 20, i ? 100 * most : 0);
}

static void legend(FILE *out)
{
	int side;

	for (side = 0; side < 2; side++) {
		compare_sign(out, side, geometry.left + 100 * side, -14);
		fprintf(out, "<text x=\"%d\" y=\"-9\">%s</text>\n", geometry.left + 100 * side + 38,
			compare_sides[side]);
	}
	fprintf(out,
		"<text x=\"%d\" y=\"-9\" text-anchor=\"end\">before</text><text x=\"%d\" y=\"-9\">after</text>\n",
		MIDDLE - 8, MIDDLE + 8);
}

/* For a picture with one curve only. */
static const char *sides_of(const struct latency_histogram *const sides[2])
{
	if (!sides[0]->count)
		return ", only after";
	return sides[1]->count ? "" : ", only before";
}

void compare_picture(FILE *out, const char *name, const struct latency_histogram *const sides[2])
{
	const struct latency_plot plot = plot_of(sides);
	int side;

	fprintf(out,
		"<h3>%s%s</h3>\n<svg class=\"both\" viewBox=\"0 %d 960 %d\" role=\"img\" aria-label=\"Percentiles and "
		"distributions of %s, before and after\">\n",
		name, sides_of(sides), -ABOVE, plot.bottom + 30 + ABOVE, name);
	legend(out);
	latency_plot_axes(out, &plot);
	/* The dashed curve is on top, so that both show where they coincide. */
	for (side = 1; side >= 0; side--) {
		if (!sides[side]->count)
			continue;
		fprintf(out, "<polyline class=\"curve %s\" points=\"", compare_sides[side]);
		latency_plot_curve(out, &plot, sides[side]);
		fprintf(out, "\"><title>%s</title></polyline>\n", compare_sides[side]);
	}
	distributions(out, &plot, sides);
	fputs("</svg>\n", out);
}
