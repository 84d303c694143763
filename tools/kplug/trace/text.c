// SPDX-License-Identifier: MIT
/* kplug trace: records as lines to read. */
#include <inttypes.h>
#include <string.h>

#include "common/color.h"
#include "common/command.h"
#include "common/lines.h"
#include "common/minors.h"
#include "trace.h"

/* Of the device, with its vector. */
#define DEVICE_WIDTH 17
#define NAME_AT      12

static const char *const verdicts[] = { "handled", "defer", "notify" };

#define NUM_VERDICTS (sizeof(verdicts) / sizeof(*verdicts))

static const char *type_name(int64_t type)
{
	static const char *const names[] = {
		[KPLUG_EVENT_IRQ] = "interrupt", [KPLUG_EVENT_REMOVED] = "removed",
		[KPLUG_EVENT_STORM] = "storm",   [KPLUG_EVENT_RESET] = "reset",
		[KPLUG_EVENT_ERROR] = "error",   [KPLUG_EVENT_SUSPEND] = "suspend",
		[KPLUG_EVENT_RESUME] = "resume", [KPLUG_EVENT_DMA] = "dma",
	};

	return type > 0 && type < (int64_t)(sizeof(names) / sizeof(*names)) ? names[type] : NULL;
}

static void print_verdict(FILE *out, int64_t verdict)
{
	const char *comma = " ";
	unsigned int i;

	fputs(verdict ? "handler returned:" : "handler returned: not mine", out);
	for (i = 0; i < NUM_VERDICTS; i++)
		if (verdict & 1 << i) {
			fprintf(out, "%s%s", comma, verdicts[i]);
			comma = ", ";
		}
}

static void print_type(FILE *out, int64_t type)
{
	if (type_name(type))
		fprintf(out, "event posted: %s", type_name(type));
	else
		fprintf(out, "event posted: type 0x%" PRIx64, type);
}

/* Prints an errno as text, a length as a number. */
static void print_result(FILE *out, int64_t result)
{
	if (result < 0 && result > -4096)
		fputs(strerror((int)-result), out);
	else
		fprintf(out, "%" PRId64, result);
}

static void print_what(FILE *out, const struct trace_record *r)
{
	const int64_t first = r->args[0], second = r->args[1];

	switch (r->kind) {
	case TRACE_IRQ:
		fputs("interrupt", out);
		return;
	case TRACE_HANDLED:
		print_verdict(out, first);
		return;
	case TRACE_DEFERRED:
		fprintf(out, "deferred handler, for %" PRId64 " interrupt%s", first,
			first == 1 ? "" : "s");
		return;
	case TRACE_FINISHED:
		fputs("deferred handler returned", out);
		return;
	case TRACE_POSTED:
		print_type(out, first);
		return;
	case TRACE_READ:
		fprintf(out, "event %" PRId64 " read by %.16s/%u", first, r->program, r->thread);
		return;
	case TRACE_CALL:
		fprintf(out, "call %" PRId64 " with %" PRId64 " bytes by %.16s/%u", first, second,
			r->program, r->thread);
		return;
	case TRACE_ANSWERED:
		fprintf(out, "call %" PRId64 " answered: ", first);
		print_result(out, second);
		return;
	case TRACE_PROGRAM:
		fprintf(out, "transaction %u: chunk of %" PRId64 " bytes at %" PRId64,
			r->transaction, second, first);
		return;
	case TRACE_DONE:
		fprintf(out, "transaction %u: %" PRId64 " bytes done", r->transaction, first);
		if (second)
			fprintf(out, ", %s", strerror((int)-second));
		return;
	}
}

/* The last column. */
static void print_last(FILE *out, unsigned int column, const struct trace_record *r)
{
	char what[160] = "";
	FILE *text = fmemopen(what, sizeof(what), "w");

	if (text) {
		print_what(text, r);
		fclose(text);
	}
	line_end(out, column, what);
}

void trace_text_head(FILE *out)
{
	fprintf(out, "%s%12s %3s %10s %-*s %s%s\n", color_begin(out, COLOR_HEAD), "seconds", "cpu",
		"took, us", DEVICE_WIDTH, "device", "what", color_end(out));
}

void trace_text(FILE *out, const struct trace_record *r, uint64_t took, uint64_t start)
{
	char device[KPLUG_NAME_MAX + 16], length[24] = "";
	int at;

	if (r->vector == TRACE_NO_VECTOR)
		snprintf(device, sizeof(device), "%s", minor_name(r->device));
	else
		snprintf(device, sizeof(device), "%s[%u]", minor_name(r->device), r->vector);
	if (took != TRACE_UNKNOWN)
		snprintf(length, sizeof(length), "%.2f", (double)took / 1e3);
	at = fprintf(out, "%12.6f %3u %10s ", (double)(int64_t)(r->time - start) / 1e9, r->cpu,
		     length);
	at += DEVICE_WIDTH + 1;
	/* A name that is too long has a line of its own. */
	if (strlen(device) > DEVICE_WIDTH)
		fprintf(out, "\n%*s%s\n%*s", NAME_AT, "", device, at, "");
	else
		fprintf(out, "%-*s ", DEVICE_WIDTH, device);
	print_last(out, (unsigned int)at, r);
}
