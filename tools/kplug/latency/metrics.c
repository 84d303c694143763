// SPDX-License-Identifier: MIT
/* kplug latency --metrics: OpenMetrics text, as node_exporter's textfile collector reads it. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/output.h"
#include "latency.h"

#define NAME "kplug_stage_seconds"

/* A quote, a backslash and a line end in a label are escaped. */
static void label(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\"\\\n", *text))
			fputc('\\', out);
		fputc(*text == '\n' ? 'n' : *text, out);
	}
}

static void labels(FILE *out, const struct latency_report *report, const struct latency_row *row)
{
	char name[80];

	latency_source_name(report, &row->key, name, sizeof(name));
	fprintf(out, "{stage=\"%s\",of=\"", stage_names[row->key.stage]);
	label(out, name);
	fputc('"', out);
}

static void histogram(FILE *out, const struct latency_report *report, const struct latency_row *row)
{
	uint64_t columns[LATENCY_COLUMNS], below = 0;
	unsigned int i;

	latency_columns(&row->all, columns);
	for (i = 0; i < LATENCY_COLUMNS - 1; i++) {
		below += columns[i];
		fputs(NAME "_bucket", out);
		labels(out, report, row);
		fprintf(out, ",le=\"%.9g\"} %" PRIu64 "\n", (double)latency_column_end(i) / 1e9,
			below);
	}
	fputs(NAME "_bucket", out);
	labels(out, report, row);
	fprintf(out, ",le=\"+Inf\"} %llu\n", (unsigned long long)row->all.count);
	fputs(NAME "_sum", out);
	labels(out, report, row);
	fprintf(out, "} %.9f\n", (double)row->all.sum / 1e9);
	fputs(NAME "_count", out);
	labels(out, report, row);
	fprintf(out, "} %llu\n", (unsigned long long)row->all.count);
}

static void print(FILE *out, const struct latency_report *report)
{
	unsigned int i;

	fputs("# HELP " NAME " Duration of the stages of interrupts.\n# TYPE " NAME " histogram\n"
	      "# UNIT " NAME " seconds\n",
	      out);
	for (i = 0; i < report->num_rows; i++)
		histogram(out, report, &report->rows[i]);
	fprintf(out,
		"# HELP kplug_stage_lost Measurements lost because a map was full.\n# TYPE kplug_stage_lost counter\n"
		"kplug_stage_lost_total %" PRIu64 "\n# EOF\n",
		report->lost);
}

static int name_temporary(const char *file, char temporary[PATH_MAX])
{
	if (snprintf(temporary, PATH_MAX, "%s.new", file) >= PATH_MAX)
		return refuse(file, strerror(ENAMETOOLONG));
	return COMMAND_OK;
}

int latency_metrics_check(const char *file)
{
	char temporary[PATH_MAX];

	return name_temporary(file, temporary) ?: output_check_file(temporary);
}

/* The rename makes sure that a reader never sees a part of the file. */
int latency_metrics(const char *file, const struct latency_report *report)
{
	char temporary[PATH_MAX];
	int result = name_temporary(file, temporary);
	FILE *out;

	if (result)
		return result;
	out = fopen(temporary, "w");
	if (out)
		print(out, report);
	result = output_close(out, temporary);
	if (!result && rename(temporary, file))
		result = refuse(file, strerror(errno));
	return result;
}
