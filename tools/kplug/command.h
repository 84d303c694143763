/* SPDX-License-Identifier: MIT */
/* What the subcommands of kplug share. */
#ifndef KPLUG_COMMAND_H
#define KPLUG_COMMAND_H

#include <argp.h>
#include <stdbool.h>

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
int cmd_caps(int argc, char **argv);
int cmd_cfg(int argc, char **argv);
int cmd_read(int argc, char **argv);
int cmd_write(int argc, char **argv);
int cmd_dump(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_script(int argc, char **argv);
int cmd_reset(int argc, char **argv);
int cmd_irq(int argc, char **argv);
int cmd_isa_add(int argc, char **argv);
int cmd_isa_del(int argc, char **argv);
int cmd_latency(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_slow(int argc, char **argv);
int cmd_trace(int argc, char **argv);

#define MAX_WORDS 64

/*
 * The words after the subcommand, and --json. A subcommand with options of its
 * own puts this first into its structure.
 */
struct arguments {
	int min, max;	/* words wanted */
	int count;
	char *words[MAX_WORDS];
	bool json;
};

/* Words and --json alone, and the same as a child of a larger parser. */
extern const struct argp_option arguments_options[];
extern const struct argp arguments_argp;
extern const struct argp_child arguments_children[];
error_t arguments_parse(int key, char *word, struct argp_state *state);

/* A register, "REGION:OFFSET[:WIDTH]", and "=VALUE" behind it. */
struct reg {
	unsigned int region;
	unsigned int width;
	uint64_t offset;
	uint64_t value;
};

#define REG_FORM       "REGION:OFFSET[:WIDTH], with a region below 8"
#define REG_VALUE_FORM "REGION:OFFSET[:WIDTH]=VALUE, with a region below 8"

bool reg_parse(const char *text, struct reg *reg);
bool reg_parse_value(const char *text, struct reg *reg);
/* One in configuration space, "OFFSET[:WIDTH]", and maybe "=VALUE" behind it. */
bool reg_parse_config(const char *text, struct reg *reg, bool *is_write);

/* A number alone, decimal or 0x... */
bool number_parse(const char *text, uint64_t *value);

/* A duration of at most some days, for an option. */
double seconds_parse(const char *text, struct argp_state *state);

/* "START+LENGTH" */
bool range_parse(const char *text, struct kplug_range *range);

/* Whether the kernel module is loaded. */
bool module_loaded(void);

/* Say what failed and what to do next; gives COMMAND_FAILED. */
int fail(const char *device, const char *action, int err);
int fail_because(const char *device, const char *action, const char *why);
int refuse(const char *what, const char *why);

/* Say that @word does not look like @form; gives COMMAND_USAGE. */
int usage(const char *word, const char *form);

/* Say that @action is done, in words or as JSON. */
int done(const struct arguments *arguments, const char *action);

/* kplug_match(), or, with wildcards, what pci.ids calls it. */
bool device_matches(const struct kplug_found *found, const char *pattern);

/*
 * The first word may be a pattern: puts the address of the only device that it
 * means in its place, or says why not; gives COMMAND_OK or COMMAND_FAILED.
 */
int choose_device(struct arguments *arguments);

/* Say that it means none; gives COMMAND_FAILED. */
int no_device(const char *pattern);

/* kplug_open() with a message. */
int open_device(struct kplug **k, const char *name, unsigned int flags);

/* A whole subcommand that opens one device, has @show print what it has to say, and fails as @action. */
int show_device(int argc, char **argv, const struct argp *argp, const char *action,
		int (*show)(struct kplug *k, bool json));

/* Print and free @json. */
void print_json(cJSON *json);
/* A number as "0x...", which JSON has no form for. */
void add_hex(cJSON *object, const char *name, unsigned int digits, uint64_t value);

#endif /* KPLUG_COMMAND_H */
