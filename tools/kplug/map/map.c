// SPDX-License-Identifier: MIT
/* Register maps: reads their JSON, and finds registers and fields by name. */
#include "map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#define MAX_BYTES (64u << 20)
#define MAX_BITS  1024
#define MAX_COUNT 65536

struct map {
	cJSON *json;
};

/* Where the search is: an item, with what those around it say. */
struct here {
	const cJSON *item;
	const cJSON *region;
	uint64_t at; /* in the region */
	bool unsaid; /* the map is silent about effects */
};

static const char *word_of(const cJSON *object, const char *key, const char *otherwise)
{
	const char *word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

	return word ? word : otherwise;
}

/* number_of() - of a JSON number, or of a string such as "0x1f" */
static uint64_t number_of(const cJSON *object, const char *key, uint64_t otherwise)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

	if (cJSON_IsNumber(value) && value->valuedouble >= 0)
		return (uint64_t)value->valuedouble;
	return cJSON_IsString(value) ? strtoull(value->valuestring, NULL, 0) : otherwise;
}

static uint64_t count_of(const cJSON *item)
{
	uint64_t count = number_of(item, "count", 1);

	return count < MAX_COUNT ? count : MAX_COUNT;
}

static bool is_register(const cJSON *item)
{
	return cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(item, "bits"));
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	long size;

	if (!file)
		return NULL;
	if (!fseek(file, 0, SEEK_END) && (size = ftell(file)) >= 0 && size <= (long)MAX_BYTES) {
		rewind(file);
		text = calloc(1, (size_t)size + 1);
		if (text && fread(text, 1, (size_t)size, file) != (size_t)size) {
			free(text);
			text = NULL;
		}
	} else {
		errno = EFBIG;
	}
	fclose(file);
	return text;
}

struct map *map_open(const char *path, char *why, size_t size)
{
	char *text = read_file(path);
	struct map *map = text ? calloc(1, sizeof(*map)) : NULL;

	if (!map) {
		snprintf(why, size, "%s", strerror(errno));
		free(text);
		return NULL;
	}
	map->json = cJSON_Parse(text);
	free(text);
	if (number_of(map->json, "kplug_map", 0) == 1 &&
	    cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(map->json, "regions")))
		return map;
	snprintf(why, size, "it is no register map; `kplug-map import` makes one");
	map_close(map);
	return NULL;
}

void map_close(struct map *map)
{
	if (!map)
		return;
	cJSON_Delete(map->json);
	free(map);
}

static bool unsaid_in(const cJSON *item, bool outside)
{
	const char *effects = word_of(item, "effects", NULL);

	return effects ? !strcmp(effects, "unsaid") : outside;
}

static const cJSON *child(const cJSON *item, const char *key, const char *name, size_t length)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(item, key)) {
		const char *its = word_of(one, "name", "");

		if (strlen(its) == length && !strncmp(its, name, length))
			return one;
	}
	return NULL;
}

/* fitting_width() - bits of one access: what the register says, or what the region takes */
static unsigned int fitting_width(const cJSON *region, const cJSON *item)
{
	const cJSON *widths = cJSON_GetObjectItemCaseSensitive(region, "widths"), *one;
	unsigned int bits = (unsigned int)number_of(item, "bits", 32), most = 0, best = 0;

	if (cJSON_HasObjectItem(item, "word"))
		return (unsigned int)number_of(item, "word", 32);
	if (!cJSON_GetArraySize(widths)) {
		for (best = 8; best < bits && best < 64; best *= 2)
			;
		return best;
	}
	cJSON_ArrayForEach(one, widths) {
		unsigned int width = (unsigned int)one->valueint;

		most = width > most ? width : most;
		if (width >= bits && (!best || width < best))
			best = width;
	}
	return best ? best : most;
}

/* acts() - whether an effect of the field, or else of the register, is more than plain */
static bool acts(const cJSON *item, const cJSON *field, const char *key)
{
	const char *word = word_of(field, key, word_of(item, key, "plain"));

	return strcmp(word, "plain") != 0;
}

static bool any_acts(const cJSON *item, const char *key)
{
	const cJSON *field;

	cJSON_ArrayForEach(field, cJSON_GetObjectItemCaseSensitive(item, "fields")) {
		if (acts(item, field, key))
			return true;
	}
	return acts(item, NULL, key);
}

/* allows() - whether the register, or one of its fields, can be read ('r') or written ('w') */
static bool allows(const cJSON *item, const cJSON *only, char what)
{
	const cJSON *field;
	const char *access;

	if (only || !cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(item, "fields"))) {
		access = word_of(only, "access", word_of(item, "access", "rw"));
		return strchr(access, what) && strcmp(access, "none") != 0;
	}
	cJSON_ArrayForEach(field, cJSON_GetObjectItemCaseSensitive(item, "fields")) {
		if (allows(item, field, what))
			return true;
	}
	return false;
}

/* set_place() - of a register, or of a field; false: its form is wrong */
static bool set_place(const struct here *here, const cJSON *field, struct map_place *place)
{
	unsigned int width = fitting_width(here->region, here->item), high, low;
	unsigned int bits = (unsigned int)number_of(here->item, "bits", 0);

	if (!width || !bits || bits > MAX_BITS)
		return false;
	*place = (struct map_place){
		.region = (unsigned int)number_of(here->region, "bar", 0),
		.width = width / 8,
		.words = (bits + width - 1) / width,
		.offset = here->at,
		.step = number_of(here->item, "word_stride", width / 8),
		.high_first = !strcmp(word_of(here->item, "words", ""), "high_first"),
		.bits = bits,
		.is_field = field != NULL,
		.can_read = allows(here->item, field, 'r'),
		.can_write = allows(here->item, field, 'w'),
		.read_acts = any_acts(here->item, "on_read"),
		.write_acts = any_acts(here->item, "on_write") || here->unsaid,
	};
	if (!field)
		return true;
	switch (sscanf(word_of(field, "bits", ""), "%u:%u", &high, &low)) {
	case 1:
		low = high;
		break;
	case 2:
		break;
	default:
		return false;
	}
	place->shift = low;
	place->bits = high - low + 1;
	return high >= low && high < bits;
}

/* take_index() - "[2]" at *name; false: it is wrong, or missing where there is an array */
static bool take_index(const char **name, const cJSON *item, uint64_t *index)
{
	uint64_t count = count_of(item);
	char *end;

	*index = 0;
	if (**name != '[')
		return count == 1;
	*index = strtoull(*name + 1, &end, 0);
	if (*end != ']' || *index >= count)
		return false;
	*name = end + 1;
	return true;
}

/* find_in() - the rest of a name below an item; NULL or why not */
static const char *find_in(struct here here, const char *name, struct map_place *place)
{
	while (*name) {
		size_t length = strcspn(name, ".[");
		const cJSON *next = child(here.item, "items", name, length);
		uint64_t index;

		if (!next) {
			next = child(here.item, "fields", name, length);
			if (!next || name[length])
				return "the map has no such register or field";
			return set_place(&here, next, place) ? NULL : "the map is wrong there";
		}
		name += length;
		if (!take_index(&name, next, &index))
			return "the map has an array there: which element, as in NAME[0]?";
		here.at += number_of(next, "at", 0) + index * number_of(next, "stride", 0);
		here.unsaid = unsaid_in(next, here.unsaid);
		here.item = next;
		if (*name == '.')
			name++;
		else if (*name)
			return "a name has the form BLOCK[2].REGISTER.FIELD";
	}
	if (!is_register(here.item))
		return "that is no register";
	return set_place(&here, NULL, place) ? NULL : "the map is wrong there";
}

const char *map_find(const struct map *map, const char *name, struct map_place *place)
{
	const cJSON *regions = cJSON_GetObjectItemCaseSensitive(map->json, "regions"), *region;
	const char *why = "the map has no such register or field";
	size_t length = strcspn(name, ".[");
	struct map_place other;
	unsigned int found = 0;

	cJSON_ArrayForEach(region, regions) {
		struct here here = { region, region, 0, unsaid_in(region, false) };
		const char *its = word_of(region, "name", ""), *result;

		if (name[length] == '.' && strlen(its) == length && !strncmp(its, name, length))
			return find_in(here, name + length + 1, place);
		result = find_in(here, name, found ? &other : place);
		if (!result)
			found++;
		else if (child(region, "items", name, length))
			why = result;
	}
	if (found > 1)
		return "several regions have it: begin with the name of the region";
	return found ? NULL : why;
}

struct each {
	void (*show)(const char *name, const struct map_place *place, void *ctx);
	void *ctx;
};

static void each_in(struct here here, const char *name, struct each *each);

/* element_name() - to be freed; NULL: no memory */
static char *element_name(const char *outside, const cJSON *item, uint64_t index)
{
	const char *dot = *outside ? "." : "", *own = word_of(item, "name", "?");
	char *name = NULL;
	int length;

	if (count_of(item) > 1)
		length = asprintf(&name, "%s%s%s[%llu]", outside, dot, own,
				  (unsigned long long)index);
	else
		length = asprintf(&name, "%s%s%s", outside, dot, own);
	return length < 0 ? NULL : name;
}

/* each_element() - of one item that may be an array */
static void each_element(const struct here *outside, const cJSON *item, const char *prefix,
			 struct each *each)
{
	uint64_t count = count_of(item);

	for (uint64_t i = 0; i < count; i++) {
		struct here here = {
			.item = item,
			.region = outside->region,
			.at = outside->at + number_of(item, "at", 0) +
			      i * number_of(item, "stride", 0),
			.unsaid = unsaid_in(item, outside->unsaid),
		};
		char *name = element_name(prefix, item, i);

		if (name)
			each_in(here, name, each);
		free(name);
	}
}

static void each_in(struct here here, const char *name, struct each *each)
{
	struct map_place place;
	const cJSON *item;

	if (is_register(here.item) && set_place(&here, NULL, &place))
		each->show(name, &place, each->ctx);
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(here.item, "items"))
		each_element(&here, item, name, each);
}

void map_each(const struct map *map, const char *region_name,
	      void (*show)(const char *name, const struct map_place *place, void *ctx), void *ctx)
{
	const cJSON *regions = cJSON_GetObjectItemCaseSensitive(map->json, "regions"), *region;
	struct each each = { .show = show, .ctx = ctx };

	cJSON_ArrayForEach(region, regions) {
		struct here here = { region, region, 0, unsaid_in(region, false) };

		if (!region_name || !strcmp(region_name, word_of(region, "name", "")))
			each_in(here,
				cJSON_GetArraySize(regions) > 1 ? word_of(region, "name", "?") : "",
				&each);
	}
}
