/* SPDX-License-Identifier: MIT */
/* Registers of a command line by name: by --map FILE, or by the map installed for the device. */
#ifndef KPLUG_NAMED_H
#define KPLUG_NAMED_H

#include "common/command.h"
#include "map/map.h"

/*
 * named_begin() - takes "--map FILE" out of the words of a command, and remembers the others: one
 * of them names the device, whose map is installed as VENDOR:DEVICE.json. Gives COMMAND_OK, or says
 * why not and gives COMMAND_USAGE.
 */
int named_begin(int *argc, char **argv);

/* named_map() - NULL: there is none; named_why() says so */
const struct map *named_map(void);

/*
 * named_find() - @length characters of text. Gives false, and named_why() has the reason, where the
 * map has no such place.
 */
bool named_find(const char *text, size_t length, struct map_place *place);

/* named_parse() - a register as reg_parse(), or any place of the map */
bool named_parse(const char *text, struct map_place *place);

/* named_parse_value() - with =VALUE behind it */
bool named_parse_value(const char *text, struct map_place *place, uint64_t *value);

/* named_refuse() - a place of the map that does not fit the use, and why */
void named_refuse(const char *why);

/* named_why() - why the last name was none; NULL where no name was looked for */
const char *named_why(void);

/* named_read(), named_write() - all words of a register, or one field; 0 or -errno */
int named_read(struct kplug *k, const struct map_place *place, uint64_t *value);
/* -EXDEV: the field shares its register with others that a write would change */
int named_write(struct kplug *k, const struct map_place *place, uint64_t value);

#endif /* KPLUG_NAMED_H */
