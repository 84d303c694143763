// SPDX-License-Identifier: MIT
// The words of JSON Schema that the schemas of kplug use. Others fail, so that none goes unchecked.
#include "schema.h"

#include <cjson/cJSON.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

struct place {
	const char *command;
	const cJSON *root; /* of the schema */
	char path[256];
};

static void check(const cJSON *schema, const cJSON *value, const struct place *place);

static bool has_type(const cJSON *value, const char *type)
{
	return (!strcmp(type, "object") && cJSON_IsObject(value)) ||
	       (!strcmp(type, "array") && cJSON_IsArray(value)) ||
	       (!strcmp(type, "string") && cJSON_IsString(value)) ||
	       (!strcmp(type, "number") && cJSON_IsNumber(value)) ||
	       (!strcmp(type, "boolean") && cJSON_IsBool(value)) ||
	       (!strcmp(type, "null") && cJSON_IsNull(value));
}

/* One type, or a list of which one is enough. */
static bool is_type(const cJSON *types, const cJSON *value)
{
	const cJSON *type;

	if (cJSON_IsString(types))
		return has_type(value, types->valuestring);
	cJSON_ArrayForEach(type, types)
		if (has_type(value, type->valuestring))
			return true;
	return false;
}

static bool is_one_of(const cJSON *list, const cJSON *value)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, list)
		if (cJSON_Compare(one, value, true))
			return true;
	return false;
}

static bool matches(const char *pattern, const char *text)
{
	regex_t regex;
	bool found;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	found = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return found;
}

static bool has_all(const cJSON *names, const cJSON *value)
{
	const cJSON *name;

	cJSON_ArrayForEach(name, names)
		if (!cJSON_GetObjectItemCaseSensitive(value, name->valuestring))
			return false;
	return true;
}

static struct place below(const struct place *place, const char *name)
{
	struct place inner = *place;

	strncat(inner.path, "/", sizeof(inner.path) - strlen(inner.path) - 1);
	strncat(inner.path, name, sizeof(inner.path) - strlen(inner.path) - 1);
	return inner;
}

static void check_members(const cJSON *schema, const cJSON *value, const struct place *place)
{
	const cJSON *properties = cJSON_GetObjectItem(schema, "properties");
	const bool closed = cJSON_IsFalse(cJSON_GetObjectItem(schema, "additionalProperties"));
	const cJSON *member, *inner;

	cJSON_ArrayForEach(member, value) {
		const struct place at = below(place, member->string);

		inner = cJSON_GetObjectItemCaseSensitive(properties, member->string);
		ck_assert_msg(inner || !closed, "%s: %s is not in the schema", place->command,
			      at.path);
		if (inner)
			check(inner, member, &at);
	}
}

static void check_items(const cJSON *items, const cJSON *value, const struct place *place)
{
	const struct place at = below(place, "[]");
	const cJSON *item;

	cJSON_ArrayForEach(item, value)
		check(items, item, &at);
}

static void check_word(const cJSON *word, const cJSON *schema, const cJSON *value,
		       const struct place *place)
{
	static const char *const no_checks[] = { "$schema", "title", "$defs",
						 "additionalProperties" };
	const char *name = word->string;
	bool good = false;

	for (size_t i = 0; i < sizeof(no_checks) / sizeof(*no_checks); i++)
		good |= !strcmp(name, no_checks[i]);
	if (!strcmp(name, "type"))
		good = is_type(word, value);
	else if (!strcmp(name, "const"))
		good = cJSON_Compare(word, value, true);
	else if (!strcmp(name, "enum"))
		good = is_one_of(word, value);
	else if (!strcmp(name, "pattern"))
		good = cJSON_IsString(value) && matches(word->valuestring, value->valuestring);
	else if (!strcmp(name, "required"))
		good = !cJSON_IsObject(value) || has_all(word, value);
	else if (!strcmp(name, "properties"))
		good = true, check_members(schema, cJSON_IsObject(value) ? value : NULL, place);
	else if (!strcmp(name, "items"))
		good = true, check_items(word, cJSON_IsArray(value) ? value : NULL, place);
	ck_assert_msg(good, "%s: %s is against %s", place->command, place->path, name);
}

/* "#/$defs/name" */
static const cJSON *referred(const char *reference, const struct place *place)
{
	ck_assert(!strncmp(reference, "#/$defs/", 8));
	return cJSON_GetObjectItem(cJSON_GetObjectItem(place->root, "$defs"), reference + 8);
}

static void check(const cJSON *schema, const cJSON *value, const struct place *place)
{
	const cJSON *reference = cJSON_GetObjectItem(schema, "$ref"), *word;

	if (reference)
		schema = referred(reference->valuestring, place);
	cJSON_ArrayForEach(word, schema)
		check_word(word, schema, value, place);
}

static cJSON *schema_of(const cJSON *json, const char *command)
{
	const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(json, "schema"));
	static char text[65536];
	cJSON *schema;

	ck_assert_msg(name != NULL, "%s has no schema", command);
	ck_assert_int_eq(run("kplug schema %s > /tmp/schema", name), 0);
	ck_assert_int_eq(file_read(text, sizeof(text), "/tmp/schema"), 0);
	schema = cJSON_Parse(text);
	ck_assert_msg(schema != NULL, "the schema %s is no JSON", name);
	return schema;
}

void schema_check(const char *text, const char *command)
{
	cJSON *json = cJSON_ParseWithOpts(text, NULL, true), *schema;
	struct place place = { .command = command };

	ck_assert_msg(json != NULL, "%s: %s", command, text);
	schema = schema_of(json, command);
	place.root = schema;
	check(schema, json, &place);
	cJSON_Delete(schema);
	cJSON_Delete(json);
}

void schema_check_lines(char *text, const char *command)
{
	char *line;

	while ((line = strtok_r(text, "\n", &text)))
		schema_check(line, command);
}
