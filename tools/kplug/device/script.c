// SPDX-License-Identifier: MIT
/* kplug script: makes the register accesses in a file, as to bring up a device. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/command.h"

static const char doc[] =
	"Makes the register accesses that a file lists, in order. FILE may be - for "
	"standard input. The whole file is parsed before the first access; the first "
	"line that fails ends the script. Needs root.\n\n"
	"A line is one of these; a comment begins with #:\n"
	"  read REGISTER\n"
	"  write REGISTER=VALUE\n"
	"  expect REGISTER=VALUE [MASK]      fail unless (register & mask) == value\n"
	"  wait REGISTER=VALUE [MASK [MS]]   poll for up to MS (1000 ms)\n"
	"  sleep MS\v"
	"Examples:\n"
	"  kplug script 0000:00:04.0 samples/factorial.script\n"
	"  echo 'read 0:0x24' | kplug script 0000:00:04.0 - --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE FILE",
	.doc = doc,
};

enum verb { VERB_READ, VERB_WRITE, VERB_EXPECT, VERB_WAIT, VERB_SLEEP };

static const char *const verbs[] = { "read", "write", "expect", "wait", "sleep" };

struct line {
	unsigned int number;
	enum verb verb;
	struct reg reg;
	uint64_t mask;
	uint64_t ms;
};

struct script {
	const char *name;
	struct line *lines;
	size_t count;
};

static int find_verb(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(word, verbs[i]))
			return (int)i;
	return -1;
}

/* @words ends with NULL. */
static bool parse_words(char *const words[5], struct line *line)
{
	int verb = find_verb(words[0]);

	*line = (struct line){ .verb = (enum verb)verb, .mask = ~0ull, .ms = 1000 };
	if (verb < 0 || !words[1] || words[4])
		return false;
	switch (line->verb) {
	case VERB_SLEEP:
		return number_parse(words[1], &line->ms) && !words[2];
	case VERB_READ:
		return reg_parse(words[1], &line->reg) && !words[2];
	case VERB_WRITE:
		return reg_parse_value(words[1], &line->reg) && !words[2];
	default:
		break;
	}
	if (!reg_parse_value(words[1], &line->reg) ||
	    (words[2] && !number_parse(words[2], &line->mask)))
		return false;
	return !words[3] || (line->verb == VERB_WAIT && number_parse(words[3], &line->ms));
}

static bool add_line(struct script *script, const struct line *line)
{
	struct line *lines = realloc(script->lines, (script->count + 1) * sizeof(*lines));

	if (!lines)
		return false;
	lines[script->count++] = *line;
	script->lines = lines;
	return true;
}

/* Returns COMMAND_*. */
static int parse_line(struct script *script, char *text, unsigned int number)
{
	char *words[5] = { NULL }, *rest = text, *word;
	struct line line;
	size_t n = 0;

	text[strcspn(text, "#\r\n")] = '\0';
	while (n < 5 && (word = strtok_r(rest, " \t", &rest)))
		words[n++] = word;
	if (!n)
		return COMMAND_OK;
	if (!parse_words(words, &line)) {
		fprintf(stderr, "%s: %s:%u: not understood; --help lists the commands\n",
			program_invocation_name, script->name, number);
		return COMMAND_USAGE;
	}
	line.number = number;
	return add_line(script, &line) ? COMMAND_OK :
					 fail_because(script->name, "read", strerror(ENOMEM));
}

static int parse_file(struct script *script)
{
	FILE *file = strcmp(script->name, "-") ? fopen(script->name, "r") : stdin;
	int result = COMMAND_OK;
	unsigned int number = 0;
	char *text = NULL;
	size_t room = 0;

	if (!file)
		return fail_because(script->name, "open", strerror(errno));
	while (result == COMMAND_OK && getline(&text, &room, file) >= 0)
		result = parse_line(script, text, ++number);
	if (result == COMMAND_OK && ferror(file))
		result = fail_because(script->name, "read", strerror(errno));
	free(text);
	if (file != stdin)
		fclose(file);
	return result;
}

static void pause_ms(uint64_t ms)
{
	const struct timespec pause = { (time_t)(ms / 1000), (long)(ms % 1000 * 1000000) };

	nanosleep(&pause, NULL);
}

/* Puts the value read into @line->reg. 0, -ETIME if the condition stayed false, or -errno. */
static int check(struct kplug *k, struct line *line)
{
	uint64_t wanted = line->reg.value & line->mask, waited = 0;
	int err;

	for (;;) {
		err = kplug_access_read(k, line->reg.region, line->reg.offset, line->reg.width,
					&line->reg.value);
		if (err || (line->reg.value & line->mask) == wanted)
			return err;
		if (line->verb == VERB_EXPECT || waited++ >= line->ms)
			return -ETIME;
		pause_ms(1);
	}
}

static int run_line(struct kplug *k, struct line *line)
{
	struct reg *reg = &line->reg;

	switch (line->verb) {
	case VERB_READ:
		return kplug_access_read(k, reg->region, reg->offset, reg->width, &reg->value);
	case VERB_WRITE:
		return kplug_access_write(k, reg->region, reg->offset, reg->width, reg->value);
	case VERB_SLEEP:
		pause_ms(line->ms);
		return 0;
	default:
		return check(k, line);
	}
}

static void show(const struct line *line, cJSON *array)
{
	cJSON *object;

	if (!array) {
		printf("%u:0x%llx = 0x%0*llx\n", line->reg.region,
		       (unsigned long long)line->reg.offset, (int)line->reg.width * 2,
		       (unsigned long long)line->reg.value);
		return;
	}
	object = cJSON_CreateObject();
	cJSON_AddNumberToObject(object, "line", line->number);
	cJSON_AddNumberToObject(object, "region", line->reg.region);
	cJSON_AddNumberToObject(object, "offset", (double)line->reg.offset);
	cJSON_AddNumberToObject(object, "width", line->reg.width);
	add_hex(object, "value", line->reg.width * 2, line->reg.value);
	cJSON_AddItemToArray(array, object);
}

static int fail_line(const char *device, const struct script *script, const struct line *line,
		     int err)
{
	char where[256], why[64];

	snprintf(where, sizeof(where), "%s:%u: %s %u:0x%llx", script->name, line->number,
		 verbs[line->verb], line->reg.region, (unsigned long long)line->reg.offset);
	if (err != -ETIME)
		return fail_access(device, where, err);
	snprintf(why, sizeof(why), "it is 0x%0*llx", (int)line->reg.width * 2,
		 (unsigned long long)line->reg.value);
	return fail_because(device, where, why);
}

static int run(struct kplug *k, const char *device, struct script *script, bool json)
{
	cJSON *array = json ? cJSON_CreateArray() : NULL;
	size_t i;
	int err = 0;

	for (i = 0; i < script->count && !err; i++) {
		err = run_line(k, &script->lines[i]);
		if (!err && script->lines[i].verb == VERB_READ)
			show(&script->lines[i], array);
	}
	if (json && !err)
		print_json(array);
	else
		cJSON_Delete(array);
	return err ? fail_line(device, script, &script->lines[i - 1], err) : COMMAND_OK;
}

int cmd_script(int argc, char **argv)
{
	struct arguments arguments = { .min = 2, .max = 2 };
	struct script script = { 0 };
	struct kplug *k;
	int result;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	script.name = arguments.words[1];
	result = parse_file(&script);
	if (result == COMMAND_OK &&
	    (choose_device(&arguments) || open_device(&k, arguments.words[0], KPLUG_OPEN_NO_RING)))
		result = COMMAND_FAILED;
	else if (result == COMMAND_OK) {
		result = run(k, arguments.words[0], &script, arguments.json);
		kplug_close(k);
	}
	free(script.lines);
	return result;
}
