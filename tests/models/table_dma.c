// SPDX-License-Identifier: MIT
// Engines of a card whose registers are a table: one block each time, between a pattern and memory.
#include <stdlib.h>
#include <string.h>

#include "table_private.h"

#define STEP 4096 /* bytes that it moves at once */

bool engines_create(struct table_card *t)
{
	t->engines = calloc(t->table->num_engines + 1, sizeof(*t->engines));
	return t->engines;
}

void engines_destroy(struct table_card *t)
{
	free(t->engines);
}

void engines_reset(struct table_card *t)
{
	for (size_t i = 0; i < t->table->num_engines; i++)
		t->engines[i] = (struct table_transfer){ 0 };
}

static uint64_t value_of(struct table_card *t, const char *name)
{
	struct table_place place = table_place_of(t, name);

	return place.what ? *place.value : 0;
}

static void set_state(struct table_card *t, const struct table_state *state, bool holds)
{
	struct table_place place = table_place_of(t, state->at);

	if (place.what)
		*place.value = (*place.value & ~state->mask) |
			       (holds ? state->value : ~state->value & state->mask);
}

static bool holds(struct table_card *t, const struct table_state *state)
{
	return (value_of(t, state->at) & state->mask) == state->value;
}

static void check(struct table_card *t, const struct table_engine *engine,
		  const struct table_transfer *transfer)
{
	struct complaints *complaints = &t->card->complaints;

	if (transfer->busy)
		complain(complaints, "start of %s, which is busy", engine->name);
	if (!transfer->length || (engine->max && transfer->length > engine->max))
		complain(complaints, "start of %s with %llu bytes", engine->name,
			 (unsigned long long)transfer->length);
	if (engine->align && transfer->address % engine->align)
		complain(complaints, "start of %s at 0x%llx, which is not aligned", engine->name,
			 (unsigned long long)transfer->address);
}

static void begin(struct table_card *t, const struct table_engine *engine,
		  struct table_transfer *transfer)
{
	transfer->address = value_of(t, engine->host) |
			    (engine->host_high ? value_of(t, engine->host_high) << 32 : 0);
	transfer->length = (value_of(t, engine->length) + engine->minus_one) * engine->unit;
	transfer->to_host =
		engine->to_host_when.at ? holds(t, &engine->to_host_when) : engine->to_host;
	check(t, engine, transfer);
	transfer->moved = transfer->sum = 0;
	transfer->busy = true;
	set_state(t, &engine->idle, false);
	set_state(t, &engine->error, false);
}

void engines_written(struct table_card *t, const struct table_place *place, uint64_t value)
{
	for (size_t i = 0; i < t->table->num_engines; i++) {
		const struct table_engine *engine = &t->table->engines[i];

		if (table_place_of(t, engine->start.at).value == place->value &&
		    (value & engine->start.mask) == engine->start.value)
			begin(t, engine, &t->engines[i]);
	}
}

static void end(struct table_card *t, const struct table_engine *engine,
		struct table_transfer *transfer)
{
	transfer->busy = false;
	set_state(t, &engine->idle, true);
	card_count(t->card, "transfers", 1);
	if (engine->done)
		lines_source(t, engine->done, LINES_RAISE);
}

/* move() - one step: false when it failed, which is the end */
static bool move(struct table_card *t, struct table_transfer *transfer)
{
	uint64_t left = transfer->length - transfer->moved;
	size_t count = left < STEP ? left : STEP;
	uint8_t bytes[STEP];

	for (size_t i = 0; transfer->to_host && i < count; i++)
		bytes[i] = table_pattern(transfer->moved + i);
	if (card_dma(t->card, transfer->to_host, transfer->address + transfer->moved, bytes, count))
		return false;
	for (size_t i = 0; !transfer->to_host && i < count; i++)
		transfer->sum += bytes[i];
	transfer->moved += count;
	return true;
}

bool engines_work(struct table_card *t)
{
	bool more = false;

	for (size_t i = 0; i < t->table->num_engines; i++) {
		const struct table_engine *engine = &t->table->engines[i];
		struct table_transfer *transfer = &t->engines[i];

		if (!transfer->busy)
			continue;
		more = true;
		if (!move(t, transfer)) {
			set_state(t, &engine->error, true);
			end(t, engine, transfer);
		} else if (transfer->moved == transfer->length) {
			end(t, engine, transfer);
		}
	}
	return more;
}

bool engines_sum(struct table_card *t, const char *name, uint64_t *sum)
{
	for (size_t i = 0; i < t->table->num_engines; i++) {
		if (strcmp(t->table->engines[i].name, name))
			continue;
		*sum = t->engines[i].sum;
		return true;
	}
	return false;
}
