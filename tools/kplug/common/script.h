/* SPDX-License-Identifier: MIT */
/* A script: register accesses that a file lists. */
#ifndef KPLUG_SCRIPT_H
#define KPLUG_SCRIPT_H

#include "command.h"

#define SCRIPT_FORM                                                                    \
	"A line is one of these; a comment begins with #:\n"                           \
	"  read REGISTER\n"                                                            \
	"  write REGISTER=VALUE\n"                                                     \
	"  expect REGISTER=VALUE [MASK]      fail unless (register & mask) == value\n" \
	"  wait REGISTER=VALUE [MASK [MS]]   poll for up to MS (1000 ms)\n"            \
	"  sleep MS"

enum script_verb { SCRIPT_READ, SCRIPT_WRITE, SCRIPT_EXPECT, SCRIPT_WAIT, SCRIPT_SLEEP };

struct script_line {
	unsigned int number;
	enum script_verb verb;
	struct reg reg;
	uint64_t mask;
	uint64_t ms;
};

struct script {
	const char *name;
	struct script_line *lines;
	size_t count;
};

/* Reads the file @name, or "-"; gives COMMAND_OK, or says what is wrong and gives COMMAND_*. */
int script_read(struct script *script, const char *name);
void script_free(struct script *script);

/* What a script works on. Accesses give 0 or -errno. */
struct script_target {
	void *device;
	int (*read)(void *device, struct reg *reg);
	int (*write)(void *device, const struct reg *reg);
	/* Takes each value that a line "read" found; may be NULL. */
	void (*found)(void *found_context, const struct script_line *line);
	void *found_context;
};

/* A device of kplug. */
struct script_target script_on_kplug(struct kplug *k);

/*
 * Runs the lines up to one that fails. 0; -ETIME if a condition stayed false; or -errno. @last
 * becomes the last line that ran, with the value of its register.
 */
int script_run(const struct script *script, const struct script_target *target,
	       struct script_line *last);

/* "FILE:LINE: expect 0:0x4", and for -ETIME what the register is */
void script_where(const struct script *script, const struct script_line *line, char *text,
		  size_t size);
void script_why(const struct script_line *line, int err, char *text, size_t size);

#endif /* KPLUG_SCRIPT_H */
