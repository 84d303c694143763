// SPDX-License-Identifier: MIT
/* Percentiles as curves, for the pages of kplug latency and kplug compare. */
#include <math.h>

#include "page.h"

double latency_plot_y(const struct latency_plot *plot, double ns)
{
	double power = fmin(fmax(ns > 1 ? log10(ns) : 0, plot->from), plot->to);

	return plot->bottom -
	       (plot->bottom - plot->top) * (power - plot->from) / (plot->to - plot->from);
}

static double x_of(const struct latency_plot *plot, double nines)
{
	return plot->left + nines / 4 * (plot->right - plot->left);
}

void latency_plot_axes(FILE *out, const struct latency_plot *plot)
{
	static const char *const percent[] = { "0 %", "90 %", "99 %", "99.9 %", "99.99 %" };
	char text[32];
	int i;

	for (i = plot->from; i <= plot->to; i++) {
		double y = latency_plot_y(plot, pow(10, i));

		page_duration(text, sizeof(text), pow(10, i));
		fprintf(out,
			"<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"soft\" x=\"0\" y=\"%.1f\">%s</text>\n",
			plot->left, plot->end, y, y, y + 5, text);
	}
	for (i = 0; i <= 4; i++)
		fprintf(out,
			"<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
			x_of(plot, i), plot->bottom + 20, percent[i]);
}

void latency_plot_curve(FILE *out, const struct latency_plot *plot,
			const struct latency_histogram *h)
{
	double nines;

	/* Up to the percentile that the number of measurements supports. */
	for (nines = 0; nines <= 4 && pow(10, nines) <= (double)h->count * 2; nines += 0.05) {
		double ns = (double)latency_quantile(h, 1 - pow(10, -nines));

		fprintf(out, "%.1f,%.1f ", x_of(plot, nines), latency_plot_y(plot, ns));
	}
}
