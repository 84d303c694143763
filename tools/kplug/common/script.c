// SPDX-License-Identifier: MIT
/* A script: register accesses that a file lists. */
#include "script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_LINE_WORDS 4

static const char *const verbs[] = { "read", "write", "expect", "wait", "sleep" };

static int find_verb(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(word, verbs[i]))
			return (int)i;
	return -1;
}

/* @words ends with NULL. */
static bool parse_words(char *const words[MAX_LINE_WORDS + 1], struct script_line *line)
{
	int verb = find_verb(words[0]);

	*line = (struct script_line){ .verb = (enum script_verb)verb, .mask = ~0ull, .ms = 1000 };
	if (verb < 0 || !words[1] || words[MAX_LINE_WORDS])
		return false;
	switch (line->verb) {
	case SCRIPT_SLEEP:
		return number_parse(words[1], &line->ms) && !words[2];
	case SCRIPT_READ:
		return reg_parse(words[1], &line->reg) && !words[2];
	case SCRIPT_WRITE:
		return reg_parse_value(words[1], &line->reg) && !words[2];
	default:
		break;
	}
	if (!reg_parse_value(words[1], &line->reg) ||
	    (words[2] && !number_parse(words[2], &line->mask)))
		return false;
	return !words[3] || (line->verb == SCRIPT_WAIT && number_parse(words[3], &line->ms));
}

static bool add_line(struct script *script, const struct script_line *line)
{
	struct script_line *lines = realloc(script->lines, (script->count + 1) * sizeof(*lines));

	if (!lines)
		return false;
	lines[script->count++] = *line;
	script->lines = lines;
	return true;
}

/* Returns COMMAND_*. */
static int parse_line(struct script *script, char *text, unsigned int number)
{
	char *words[MAX_LINE_WORDS + 1] = { NULL }, *rest = text, *word;
	struct script_line line;
	size_t n = 0;

	text[strcspn(text, "#\r\n")] = '\0';
	while (n <= MAX_LINE_WORDS && (word = strtok_r(rest, " \t", &rest)))
		words[n++] = word;
	if (!n)
		return COMMAND_OK;
	if (!parse_words(words, &line)) {
		fprintf(stderr,
			"%s: %s:%u: not understood; `kplug script --help` lists the lines\n",
			program_invocation_name, script->name, number);
		return COMMAND_USAGE;
	}
	line.number = number;
	return add_line(script, &line) ? COMMAND_OK :
					 fail_because(script->name, "read", strerror(ENOMEM));
}

int script_read(struct script *script, const char *name)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	int result = COMMAND_OK;
	unsigned int number = 0;
	char *text = NULL;
	size_t room = 0;

	*script = (struct script){ .name = name };
	if (!file)
		return fail_because(name, "open", strerror(errno));
	while (result == COMMAND_OK && getline(&text, &room, file) >= 0)
		result = parse_line(script, text, ++number);
	if (result == COMMAND_OK && ferror(file))
		result = fail_because(name, "read", strerror(errno));
	free(text);
	if (file != stdin)
		fclose(file);
	return result;
}

void script_free(struct script *script)
{
	free(script->lines);
	*script = (struct script){ 0 };
}

static void pause_ms(uint64_t ms)
{
	const struct timespec pause = { (time_t)(ms / 1000), (long)(ms % 1000 * 1000000) };

	nanosleep(&pause, NULL);
}

/* Puts the value into @line. 0, -ETIME if the condition stayed false, or -errno. */
static int check(const struct script_target *target, struct script_line *line)
{
	uint64_t wanted = line->reg.value & line->mask, waited = 0;
	int err;

	for (;;) {
		err = target->read(target->device, &line->reg);
		if (err || (line->reg.value & line->mask) == wanted)
			return err;
		if (line->verb == SCRIPT_EXPECT || waited++ >= line->ms)
			return -ETIME;
		pause_ms(1);
	}
}

static int run_line(const struct script_target *target, struct script_line *line)
{
	int err = 0;

	switch (line->verb) {
	case SCRIPT_READ:
		err = target->read(target->device, &line->reg);
		if (!err && target->found)
			target->found(target->found_context, line);
		return err;
	case SCRIPT_WRITE:
		return target->write(target->device, &line->reg);
	case SCRIPT_SLEEP:
		pause_ms(line->ms);
		return 0;
	default:
		return check(target, line);
	}
}

int script_run(const struct script *script, const struct script_target *target,
	       struct script_line *last)
{
	size_t i;
	int err = 0;

	for (i = 0; i < script->count && !err; i++) {
		*last = script->lines[i];
		err = run_line(target, last);
	}
	return err;
}

void script_where(const struct script *script, const struct script_line *line, char *text,
		  size_t size)
{
	snprintf(text, size, "%s:%u: %s %u:0x%llx", script->name, line->number, verbs[line->verb],
		 line->reg.region, (unsigned long long)line->reg.offset);
}

void script_why(const struct script_line *line, int err, char *text, size_t size)
{
	if (err == -ETIME)
		snprintf(text, size, "it is 0x%0*llx", (int)line->reg.width * 2,
			 (unsigned long long)line->reg.value);
	else
		snprintf(text, size, "%s", strerror(-err));
}
