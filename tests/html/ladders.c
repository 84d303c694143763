// SPDX-License-Identifier: MIT
/* Made-up results of kplug ladder. */
#include "ladder/ladder.h"

#include "pages.h"

/* The page compares these two. */
const struct ladder_kind ladder_user = { .name = "user", .title = "kplug rung 0, user" };
const struct ladder_kind ladder_plugin = { .name = "plugin", .title = "kplug rung 3, plugin" };
static const struct ladder_kind uio = { .name = "uio", .title = "UIO, INTx" };
static const struct ladder_kind odd = { .name = "odd", .title = LONG_NAME };

static struct ladder_spread spread(uint64_t p50)
{
	return (struct ladder_spread){ true, p50, p50 + p50 / 10, 3 * p50 };
}

static struct ladder_row row(const struct ladder_kind *kind, uint64_t entry, uint64_t acked,
			     uint64_t notified)
{
	return (struct ladder_row){ .kind = kind,
				    .entry = spread(entry),
				    .acked = spread(acked),
				    .user = spread(notified),
				    .per_interrupt = 2 * notified,
				    .burst = acked,
				    .raised = 2000,
				    .handled = 2000 };
}

static void write_page(const char *file, const struct ladder_row *rows, size_t num_rows)
{
	const struct ladder_device device = { .address = "0000:00:04.0" };
	const struct ladder_report report = { .device = &device,
					      .unit = "ns",
					      .kernel = "6.12-made-up",
					      .count = 2000,
					      .rows = rows,
					      .num_rows = num_rows };
	FILE *out = fopen(file, "w");

	ladder_html(out, &report);
	fclose(out);
}

void ladder_pages(void)
{
	const struct ladder_row usual[] = {
		row(&ladder_user, 3620, 3738, 3896),
		row(&ladder_plugin, 280, 374, 3567),
		/* Notified before it acknowledges. */
		row(&uio, 6871, 6960, 6871),
		{ .kind = &odd, .why = "the module " LONG_NAME " is not loaded" },
	};
	const struct ladder_row apart[] = { row(&ladder_user, 1, 2, 3),
					    row(&odd, 1000000, 2000000, 4000000000) };
	const struct ladder_row none[] = { { .kind = &ladder_user, .why = "it failed" } };

	write_page("ladder-usual.html", usual, 4);
	write_page("ladder-apart.html", apart, 2);
	write_page("ladder-none.html", none, 1);
}
