// SPDX-License-Identifier: MIT
// Interrupts of a card whose registers are a table: status, enable, acknowledge, raise.
#include <stdlib.h>
#include <string.h>

#include "table_private.h"

static bool resolve(struct table_card *t, const char *name, struct table_place *place)
{
	*place = table_place_of(t, name);
	if (name && !place->what)
		complain(&t->card->complaints, "the table names %s, which it does not have", name);
	return !name || place->what;
}

static bool line_create(struct table_card *t, struct table_line *line)
{
	const struct table_interrupt *what = line->what;
	struct table_place global;
	bool good = resolve(t, what->status, &line->status) && resolve(t, what->raw, &line->raw) &&
		    resolve(t, what->enable, &line->enable) &&
		    resolve(t, what->enable_set, &line->enable_set) &&
		    resolve(t, what->enable_clear, &line->enable_clear) &&
		    resolve(t, what->ack_at ?: what->status, &line->ack) &&
		    resolve(t, what->raise_at, &line->raise) &&
		    resolve(t, what->global.at, &global);

	line->cleared_by = calloc(what->num_sources + 1, sizeof(*line->cleared_by));
	if (!good || !line->cleared_by)
		return false;
	for (size_t i = 0; i < what->num_sources; i++) {
		if (!resolve(t, what->sources[i].cleared_by, &line->cleared_by[i]))
			return false;
	}
	return true;
}

bool lines_create(struct table_card *t)
{
	t->lines = calloc(t->table->num_interrupts + 1, sizeof(*t->lines));
	if (!t->lines)
		return false;
	for (size_t i = 0; i < t->table->num_interrupts; i++) {
		t->lines[i].what = &t->table->interrupts[i];
		if (!line_create(t, &t->lines[i]))
			return false;
	}
	return true;
}

void lines_destroy(struct table_card *t)
{
	for (size_t i = 0; t->lines && i < t->table->num_interrupts; i++)
		free(t->lines[i].cleared_by);
	free(t->lines);
}

void lines_reset(struct table_card *t)
{
	for (size_t i = 0; i < t->table->num_interrupts; i++)
		t->lines[i].asserted = t->lines[i].active = t->lines[i].race = 0;
	card_line(t->card, false);
}

/* pending_of() - where the card keeps what has happened */
static struct table_place *pending_of(struct table_line *line)
{
	return line->raw.what ? &line->raw : &line->status;
}

static uint64_t enabled(struct table_line *line)
{
	struct table_place *place = line->enable.what ? &line->enable : &line->enable_set;

	if (!place->what)
		return ~0ull;
	return line->what->enable_zero ? ~*place->value : *place->value;
}

static bool state_holds(struct table_card *t, const struct table_state *state)
{
	struct table_place place = table_place_of(t, state->at);

	return !place.what || (*place.value & state->mask) == state->value;
}

/* line_update() - a message for each bit that begins to interrupt; true: the line is asserted */
static bool line_update(struct table_card *t, struct table_line *line)
{
	struct table_place *pending = pending_of(line);
	uint64_t active = 0;

	if (pending->what) {
		*pending->value |= line->asserted;
		active = *pending->value & enabled(line);
	}
	if (line->raw.what && line->status.what)
		*line->status.value = active;
	if (!state_holds(t, &line->what->global))
		active = 0;
	if (active & ~line->active && card_interrupts_by(t->card) != CARD_LINE)
		card_message(t->card, line->what->vector);
	line->active = active;
	return active;
}

void lines_update(struct table_card *t)
{
	bool any = false;

	for (size_t i = 0; i < t->table->num_interrupts; i++)
		any |= line_update(t, &t->lines[i]);
	card_line(t->card, any && card_interrupts_by(t->card) == CARD_LINE);
}

static bool same(const struct table_place *one, const struct table_place *other)
{
	return one->what && one->what == other->what && one->value == other->value;
}

/* serve() - an access to the register that ends a source */
static void serve(struct table_line *line, const struct table_place *place)
{
	struct table_place *pending = pending_of(line);

	for (size_t i = 0; i < line->what->num_sources; i++) {
		if (!same(place, &line->cleared_by[i]))
			continue;
		line->asserted &= ~line->what->sources[i].bits;
		if (pending->what)
			*pending->value &= ~line->what->sources[i].bits;
	}
}

static bool read_serves(const struct table_register *what)
{
	return what->read_clears || what->read_sets || what->read_acts;
}

void lines_read(struct table_card *t, const struct table_place *place)
{
	for (size_t i = 0; i < t->table->num_interrupts; i++) {
		struct table_line *line = &t->lines[i];

		if (line->what->ack == TABLE_ACK_READ && same(place, &line->status))
			*pending_of(line)->value = 0;
		if (line->race && same(place, &line->status)) {
			*pending_of(line)->value |= line->race;
			line->race = 0;
		}
		if (read_serves(place->what))
			serve(line, place);
	}
	lines_update(t);
}

/* acknowledge() - the table of the status has done it where it is that register */
static void acknowledge(struct table_line *line, uint64_t value)
{
	struct table_place *pending = pending_of(line);

	if (!pending->what || same(&line->ack, pending))
		return;
	switch (line->what->ack) {
	case TABLE_ACK_WRITE_BACK:
		*pending->value &= ~value;
		break;
	case TABLE_ACK_WRITE_INVERSE:
		*pending->value &= value;
		break;
	case TABLE_ACK_WRITE_ALL:
		*pending->value = 0;
		break;
	default:
		break;
	}
}

static void raise_bits(struct table_line *line, uint64_t value)
{
	struct table_place *pending = pending_of(line);

	if (!pending->what)
		return;
	if (!line->what->raise_toggles)
		*pending->value |= value;
	else if (!same(&line->raise, pending))
		*pending->value ^= value;
}

static void enable_bits(struct table_line *line, const struct table_place *place, uint64_t value)
{
	struct table_place *store = line->enable.what ? &line->enable : &line->enable_set;
	bool sets = same(place, &line->enable_set);
	bool clears = same(place, &line->enable_clear);

	if (!store->what || !(sets || clears))
		return;
	*store->value = sets ? *store->value | value : *store->value & ~value;
}

void lines_written(struct table_card *t, const struct table_place *place, uint64_t value)
{
	for (size_t i = 0; i < t->table->num_interrupts; i++) {
		struct table_line *line = &t->lines[i];

		enable_bits(line, place, value);
		if (same(place, &line->ack))
			acknowledge(line, value);
		if (same(place, &line->raise))
			raise_bits(line, value);
		if (!read_serves(place->what))
			serve(line, place);
	}
	lines_update(t);
}

static void source_raise(struct table_card *t, struct table_line *line,
			 const struct table_source *source)
{
	struct table_place *pending = pending_of(line);

	if (source->level)
		line->asserted |= source->bits;
	if (pending->what)
		*pending->value |= source->bits;
	else
		card_message(t->card, line->what->vector);
	lines_update(t);
}

static void source_drop(struct table_card *t, struct table_line *line,
			const struct table_source *source)
{
	struct table_place *pending = pending_of(line);

	line->asserted &= ~source->bits;
	if (pending->what)
		*pending->value &= ~source->bits;
	lines_update(t);
}

static const struct table_source *source_of(struct table_line *line, const char *name)
{
	size_t length = strlen(line->what->name);

	if (strncmp(name, line->what->name, length) || name[length] != '.')
		return NULL;
	for (size_t i = 0; i < line->what->num_sources; i++) {
		if (!strcmp(name + length + 1, line->what->sources[i].name))
			return &line->what->sources[i];
	}
	return NULL;
}

bool lines_source(struct table_card *t, const char *name, enum lines_how how)
{
	for (size_t i = 0; i < t->table->num_interrupts; i++) {
		const struct table_source *source = source_of(&t->lines[i], name);

		if (!source)
			continue;
		if (how == LINES_RAISE)
			source_raise(t, &t->lines[i], source);
		else if (how == LINES_DROP)
			source_drop(t, &t->lines[i], source);
		else
			t->lines[i].race = source->bits;
		return true;
	}
	return false;
}
