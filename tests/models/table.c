// SPDX-License-Identifier: MIT
// A card whose registers are a table: storage, and what reads and writes do.
#include "table_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL(bits) ((bits) >= 64 ? ~0ull : (1ull << (bits)) - 1)

size_t table_elements(const struct table_array *arrays)
{
	size_t total = 1;

	for (unsigned int i = 0; i < TABLE_ARRAYS && arrays[i].count; i++)
		total *= arrays[i].count;
	return total;
}

unsigned int table_words(const struct table_register *what)
{
	return (what->bits + what->word - 1) / what->word;
}

/* Registers of up to 64 bits have one value; others one for each word. */
static size_t values_of(const struct table_register *what)
{
	return what->bits > 64 ? table_words(what) : 1;
}

bool table_index(const struct table_array *arrays, uint64_t *distance, size_t *index)
{
	*index = 0;
	for (unsigned int i = 0; i < TABLE_ARRAYS && arrays[i].count; i++) {
		uint64_t at = arrays[i].stride ? *distance / arrays[i].stride : 0;

		if (at >= arrays[i].count)
			return false;
		*distance -= at * arrays[i].stride;
		*index = *index * arrays[i].count + at;
	}
	return true;
}

static struct table_place place(struct table_card *t, size_t number, size_t index)
{
	const struct table_register *what = &t->table->registers[number];

	return (struct table_place){
		.what = what,
		.value = &t->values[number][index * values_of(what)],
		.next_word = &t->next_word[number][index],
	};
}

/* take_indexes() - CH[2].LEVEL becomes CH[].LEVEL, and 2 */
static size_t take_indexes(const char *name, char *plain, size_t size,
			   unsigned long indexes[TABLE_ARRAYS])
{
	size_t count = 0, length = 0;

	while (*name && length + 1 < size) {
		plain[length++] = *name;
		if (*name++ != '[')
			continue;
		if (count < TABLE_ARRAYS)
			indexes[count++] = strtoul(name, NULL, 0);
		name = strchr(name, ']') ?: "";
	}
	plain[length] = 0;
	return count;
}

/* is_named() - the region may be left out */
static bool is_named(const struct table_register *what, const char *name)
{
	const char *rest = strchr(what->name, '.');

	return !strcmp(what->name, name) || (rest && !strcmp(rest + 1, name));
}

struct table_place table_place_of(struct table_card *t, const char *name)
{
	unsigned long indexes[TABLE_ARRAYS];
	size_t count, index = 0;
	char plain[1024];

	if (!name)
		return (struct table_place){ 0 };
	count = take_indexes(name, plain, sizeof(plain), indexes);
	for (size_t i = 0; i < t->table->num_registers; i++) {
		const struct table_register *what = &t->table->registers[i];

		if (!is_named(what, plain))
			continue;
		for (size_t j = 0; j < count; j++) {
			if (indexes[j] >= what->arrays[j].count)
				return (struct table_place){ 0 };
			index = index * what->arrays[j].count + indexes[j];
		}
		return place(t, i, index);
	}
	return (struct table_place){ 0 };
}

void table_reset(void *state)
{
	struct table_card *t = state;

	for (size_t i = 0; i < t->table->num_registers; i++) {
		const struct table_register *what = &t->table->registers[i];
		size_t elements = table_elements(what->arrays);

		for (size_t j = 0; j < elements * values_of(what); j++)
			t->values[i][j] = what->bits > 64 ? 0 : what->reset;
		memset(t->next_word[i], 0, elements * sizeof(size_t));
	}
	lines_reset(t);
	engines_reset(t);
}

void table_destroy(void *state)
{
	struct table_card *t = state;

	for (size_t i = 0; t->values && i < t->table->num_registers; i++)
		free(t->values[i]);
	for (size_t i = 0; t->next_word && i < t->table->num_registers; i++)
		free(t->next_word[i]);
	for (size_t i = 0; t->memories && i < t->table->num_memories; i++)
		free(t->memories[i]);
	lines_destroy(t);
	engines_destroy(t);
	free(t->values);
	free(t->next_word);
	free(t->memories);
	free(t);
}

static bool allocate(struct table_card *t)
{
	const struct table *table = t->table;

	t->values = calloc(table->num_registers + 1, sizeof(*t->values));
	t->next_word = calloc(table->num_registers + 1, sizeof(*t->next_word));
	t->memories = calloc(table->num_memories + 1, sizeof(*t->memories));
	if (!t->values || !t->next_word || !t->memories)
		return false;
	for (size_t i = 0; i < table->num_registers; i++) {
		size_t elements = table_elements(table->registers[i].arrays);

		t->values[i] = calloc(elements * values_of(&table->registers[i]), sizeof(uint64_t));
		t->next_word[i] = calloc(elements, sizeof(size_t));
		if (!t->values[i] || !t->next_word[i])
			return false;
	}
	for (size_t i = 0; i < table->num_memories; i++) {
		const struct table_memory *m = &table->memories[i];

		t->memories[i] = calloc(table_elements(m->arrays), m->bytes);
		if (!t->memories[i])
			return false;
	}
	return lines_create(t) && engines_create(t);
}

void *table_create(struct card *card)
{
	struct table_card *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->card = card;
	t->table = card->model->table;
	if (!allocate(t)) {
		table_destroy(t);
		return NULL;
	}
	table_reset(t);
	return t;
}

/* memory_at() - or NULL */
static uint8_t *memory_at(struct table_card *t, unsigned int bar, uint64_t at, unsigned int width)
{
	for (size_t i = 0; i < t->table->num_memories; i++) {
		const struct table_memory *m = &t->table->memories[i];
		uint64_t distance = at - m->at;
		size_t index;

		if (m->bar == bar && at >= m->at && table_index(m->arrays, &distance, &index) &&
		    distance + width <= m->bytes)
			return t->memories[i] + index * m->bytes + distance;
	}
	return NULL;
}

/* fits() - is it a register for that access? Two may have one place, one for each direction. */
static bool fits(const struct table_register *what, bool write)
{
	uint64_t writable = what->stored | what->one_clears | what->one_sets | what->one_toggles |
			    what->zero_clears | what->zero_sets | what->zero_toggles |
			    what->write_clears | what->write_sets | what->once;

	return write ? writable || what->acts : what->readable != 0;
}

/* find() - the register and its word; one of the other direction if there is no better one */
static struct table_place find(struct table_card *t, unsigned int bar, uint64_t at,
			       unsigned int width, bool write, unsigned int *word)
{
	struct table_place found = { 0 };

	for (size_t i = 0; i < t->table->num_registers; i++) {
		const struct table_register *what = &t->table->registers[i];
		uint64_t distance = at - what->at;
		size_t index;

		if (what->bar != bar || at < what->at || what->word != width * 8 ||
		    !table_index(what->arrays, &distance, &index) || distance % what->step ||
		    distance / what->step >= table_words(what))
			continue;
		if (found.what && !fits(what, write))
			continue;
		*word = distance / what->step;
		found = place(t, i, index);
	}
	return found;
}

/* in_order() - words of one register are to follow each other by rising address */
static void in_order(struct table_card *t, const struct table_place *p, unsigned int word)
{
	if (table_words(p->what) < 2)
		return;
	if (word && *p->next_word != word)
		complain(&t->card->complaints, "words of %s out of order", p->what->name);
	*p->next_word = word + 1;
}

/* shift_of() - where a word is in the value */
static unsigned int shift_of(const struct table_register *what, unsigned int word)
{
	unsigned int number = what->high_first ? table_words(what) - 1 - word : word;

	return what->bits > 64 ? 0 : number * what->word;
}

static uint64_t *value_of(const struct table_place *p, unsigned int word)
{
	return p->what->bits > 64 ? p->value + word : p->value;
}

bool table_read(void *state, unsigned int bar, uint64_t at, unsigned int width, uint64_t *value)
{
	struct table_card *t = state;
	uint8_t *memory = memory_at(t, bar, at, width);
	unsigned int word, shift;
	struct table_place p;
	uint64_t *stored, window;

	if (memory) {
		*value = 0;
		memcpy(value, memory, width);
		return true;
	}
	p = find(t, bar, at, width, false, &word);
	if (!p.what)
		return false;
	if (!p.what->readable)
		complain(&t->card->complaints, "read of %s, which cannot be read", p.what->name);
	in_order(t, &p, word);
	shift = shift_of(p.what, word);
	stored = value_of(&p, word);
	window = ALL(p.what->word) << shift;
	*value = (*stored & p.what->readable & window) >> shift;
	*stored = (*stored & ~(p.what->read_clears & window)) | (p.what->read_sets & window);
	lines_read(t, &p);
	return true;
}

static uint64_t after_write(const struct table_register *what, uint64_t old, uint64_t value,
			    uint64_t window)
{
	uint64_t result = (old & ~what->stored) | (value & what->stored);

	result &= ~(value & what->one_clears) & ~(~value & what->zero_clears);
	result |= (value & what->one_sets) | (~value & what->zero_sets);
	result ^= (value & what->one_toggles) | (~value & what->zero_toggles);
	result = (result & ~what->write_clears) | what->write_sets;
	return (old & ~window) | (result & window);
}

static bool resets(const struct table_card *t, const struct table_place *p, uint64_t value)
{
	const struct table_state *reset = &t->table->reset;

	return reset->at && !strcmp(reset->at, p->what->name) &&
	       (value & reset->mask) == reset->value;
}

/* write_once() - the bits that were written keep their value until the reset */
static uint64_t write_once(const struct table_register *what, uint64_t old, uint64_t value)
{
	return old == what->reset ? (old & ~what->once) | (value & what->once) : old;
}

bool table_write(void *state, unsigned int bar, uint64_t at, unsigned int width, uint64_t value)
{
	struct table_card *t = state;
	uint8_t *memory = memory_at(t, bar, at, width);
	unsigned int word, shift;
	struct table_place p;
	uint64_t *stored;

	if (memory) {
		memcpy(memory, &value, width);
		return true;
	}
	p = find(t, bar, at, width, true, &word);
	if (!p.what)
		return false;
	if (!fits(p.what, true))
		complain(&t->card->complaints, "write of %s, which is read only", p.what->name);
	in_order(t, &p, word);
	shift = shift_of(p.what, word);
	stored = value_of(&p, word);
	if (p.what->once)
		*stored = write_once(p.what, *stored, value << shift);
	*stored = after_write(p.what, *stored, value << shift, ALL(p.what->word) << shift);
	if (resets(t, &p, value << shift)) {
		table_reset(t);
		return true;
	}
	lines_written(t, &p, value << shift);
	engines_written(t, &p, value << shift);
	if (t->table->written)
		t->table->written(t->card, p.what->name, value << shift);
	return true;
}

bool table_work(void *state)
{
	return engines_work(state);
}

bool table_get(struct card *card, const char *name, uint64_t *value)
{
	struct table_place p = table_place_of(card->state, name);

	if (p.what)
		*value = *p.value;
	return p.what;
}

bool table_set(struct card *card, const char *name, uint64_t value)
{
	struct table_place p = table_place_of(card->state, name);

	if (!p.what)
		return false;
	*p.value = value;
	lines_update(card->state);
	return true;
}

bool table_raise(struct card *card, const char *source)
{
	return lines_source(card->state, source, LINES_RAISE);
}

/* do_source() - raise, drop or race; false: it is no such request */
static bool do_source(struct table_card *t, const char *request)
{
	static const char *const words[] = { "raise ", "drop ", "race " };

	for (enum lines_how how = LINES_RAISE; how <= LINES_RACE; how++) {
		size_t length = strlen(words[how]);

		if (!strncmp(request, words[how], length))
			return lines_source(t, request + length, how);
	}
	return false;
}

static bool do_card(struct table_card *t, const char *request)
{
	unsigned int vector;

	if (!strcmp(request, "reset")) {
		table_reset(t);
		return true;
	}
	if (sscanf(request, "spurious %u", &vector) != 1)
		return false;
	card_message(t->card, vector);
	return true;
}

void table_answer(void *state, const char *request, char *answer, size_t size)
{
	struct table_card *t = state;
	long long number;
	char name[512];
	uint64_t value;

	if (sscanf(request, "get %511s", name) == 1 && table_get(t->card, name, &value))
		snprintf(answer, size, "0x%llx", (unsigned long long)value);
	else if ((sscanf(request, "set %511s 0x%llx", name, (unsigned long long *)&number) == 2 ||
		  sscanf(request, "set %511s %lld", name, &number) == 2) &&
		 table_set(t->card, name, number))
		snprintf(answer, size, "done");
	else if (sscanf(request, "sum %511s", name) == 1 && engines_sum(t, name, &value))
		snprintf(answer, size, "%llu", (unsigned long long)value);
	else if (do_source(t, request) || do_card(t, request))
		snprintf(answer, size, "done");
	else
		snprintf(answer, size, "error: no such request, register or source: %s", request);
}
