// SPDX-License-Identifier: MIT
/* kplug latency --dev ... --html: percentiles as curves. */
#include <math.h>

#include "stages_html.h"

double stages_plot_y(const struct stages_plot *plot, double ns)
{
	double power = fmin(fmax(ns > 1 ? log10(ns) : 0, plot->from), plot->to);

	return plot->bottom - (plot->bottom - plot->top) * (power - plot->from) / (plot->to - plot->from);
}

static double x_of(const struct stages_plot *plot, double nines)
{
	return plot->left + nines / 4 * (plot->right - plot->left);
}

void stages_plot_axes(FILE *out, const struct stages_plot *plot)
{
	static const char *const percent[] = { "0 %", "90 %", "99 %", "99.9 %", "99.99 %" };
	char text[32];
	int i;

	for (i = plot->from; i <= plot->to; i++) {
		double y = stages_plot_y(plot, pow(10, i));

		stages_html_duration(text, sizeof(text), pow(10, i));
		fprintf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"soft\" x=\"0\" y=\"%.1f\">%s</text>\n",
			plot->left, plot->end, y, y, y + 5, text);
	}
	for (i = 0; i <= 4; i++)
		fprintf(out, "<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x_of(plot, i),
			plot->bottom + 20, percent[i]);
}

void stages_plot_curve(FILE *out, const struct stages_plot *plot, const struct stages_histogram *h)
{
	double nines;

	/* No further than there are measurements to tell. */
	for (nines = 0; nines <= 4 && pow(10, nines) <= (double)h->count * 2; nines += 0.05) {
		double ns = (double)stages_quantile(h, 1 - pow(10, -nines));

		fprintf(out, "%.1f,%.1f ", x_of(plot, nines), stages_plot_y(plot, ns));
	}
}
