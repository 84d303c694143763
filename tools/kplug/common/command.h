/* SPDX-License-Identifier: MIT */
/* What all commands share. */
#ifndef KPLUG_COMMAND_H
#define KPLUG_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include <cjson/cJSON.h>
#include <kplug.h>

/* Exit codes, also in kplug(1). */
enum { COMMAND_OK = 0, COMMAND_FAILED = 1, COMMAND_USAGE = 2 };

int cmd_list(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_bind(int argc, char **argv);
int cmd_unbind(int argc, char **argv);
int cmd_attach(int argc, char **argv);
int cmd_detach(int argc, char **argv);
int cmd_grant(int argc, char **argv);
int cmd_clients(int argc, char **argv);
int cmd_revoke(int argc, char **argv);
int cmd_caps(int argc, char **argv);
int cmd_cfg(int argc, char **argv);
int cmd_read(int argc, char **argv);
int cmd_write(int argc, char **argv);
int cmd_dump(int argc, char **argv);
int cmd_widths(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_script(int argc, char **argv);
int cmd_reset(int argc, char **argv);
int cmd_links(int argc, char **argv);
int cmd_schema(int argc, char **argv);
int cmd_dma(int argc, char **argv);
int cmd_irq(int argc, char **argv);
int cmd_isa_add(int argc, char **argv);
int cmd_isa_del(int argc, char **argv);
int cmd_ladder(int argc, char **argv);
int cmd_latency(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_slow(int argc, char **argv);
int cmd_new(int argc, char **argv);
int cmd_trace(int argc, char **argv);

#define MAX_WORDS 64

/*
 * The words after the command, and --json. A command with options of its own puts
 * this first in its structure.
 */
struct arguments {
	int min, max; /* number of words */
	int count;
	char *words[MAX_WORDS];
	bool json;
};

/* The parser of words and --json, also as a child of a larger one. */
extern const struct argp_option arguments_options[];
extern const struct argp arguments_argp;
extern const struct argp_child arguments_children[];
error_t arguments_parse(int key, char *word, struct argp_state *state);

/* A register, "REGION:OFFSET[:WIDTH]" or its name in a map, and "=VALUE" behind it. */
struct reg {
	unsigned int region;
	unsigned int width;
	uint64_t offset;
	uint64_t value;
};

#define REG_FORM       "REGION:OFFSET[:WIDTH], with a region below 8"
#define REG_VALUE_FORM "REGION:OFFSET[:WIDTH]=VALUE, with a region below 8"

/* A name means a register that one access reaches. */
bool reg_is_name(const char *text);
bool reg_parse(const char *text, struct reg *reg);
bool reg_parse_value(const char *text, struct reg *reg);
/* In configuration space: "OFFSET[:WIDTH]", or that and "=VALUE". */
bool reg_parse_config(const char *text, struct reg *reg, bool *is_write);

/* The whole text is a number, decimal or 0x... */
bool number_parse(const char *text, uint64_t *value);

/* A duration in seconds, for an option. */
double seconds_parse(const char *text, struct argp_state *state);

/* A number from @least to @most, for an option. */
uint64_t count_parse(const char *text, uint64_t least, uint64_t most, struct argp_state *state);

/* "START+LENGTH" */
bool range_parse(const char *text, struct kplug_range *range);

/* Say what failed and what to do next; gives COMMAND_FAILED. */
int fail(const char *device, const char *action, int err);
int fail_because(const char *device, const char *action, const char *why);
int refuse(const char *what, const char *why);
/* The same for a function of libkplug that failed just now, with its reason. */
int fail_call(const char *device, const char *action);
/* The same for an access to a register. */
int fail_access(const char *device, const char *action, int err);

/* Say that @word is not @form; gives COMMAND_USAGE. */
int usage(const char *word, const char *form);

/* Say that @action is done, as text or JSON. */
int done(const struct arguments *arguments, const char *action);

/* kplug_match(), or, with wildcards, the name in pci.ids. */
bool device_matches(const struct kplug_found *found, const char *pattern);

/*
 * The first word may be a pattern: replaces it with the address of the one device
 * that matches. Gives COMMAND_OK, or says why not and gives COMMAND_FAILED.
 */
int choose_device(struct arguments *arguments);

/* Bind the device whenever it appears, and end that; 0 or -errno. */
int persist(const char *address);
int persist_no_more(const char *address);

/* Say that no device matches; gives COMMAND_FAILED. */
int no_device(const char *pattern);

/* kplug_open() with a message. */
int open_device(struct kplug **k, const char *name, unsigned int flags);

/* A whole command: opens one device, calls @show, and names @action if that fails. */
int show_device(int argc, char **argv, const struct argp *argp, const char *action,
		int (*show)(struct kplug *k, bool json));

/*
 * KPLUG_WIDTH_* as "8, 16 and 32": with @comma between them, and @last before the last one. Gives
 * @text.
 */
#define WIDTHS_SIZE 32
const char *widths_text(uint32_t widths, const char *comma, const char *last,
			char text[WIDTHS_SIZE]);
void json_widths(cJSON *object, uint32_t widths);

/*
 * Print and free @json, an object or a list. @schema is the name of a file in schema/ without its
 * ending; `kplug schema` prints that.
 */
void print_json(const char *schema, cJSON *json);
/* The same on one line, for output without end. */
void print_json_line(FILE *out, const char *schema, cJSON *json);
/* Adds a number as the text "0x...": JSON has no hexadecimal numbers. */
void add_hex(cJSON *object, const char *name, unsigned int digits, uint64_t value);

#endif /* KPLUG_COMMAND_H */
