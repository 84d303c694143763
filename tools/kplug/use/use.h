/* SPDX-License-Identifier: MIT */
/* What uses a device under its driver: disks, interfaces, consoles, programs. */
#ifndef KPLUG_USE_H
#define KPLUG_USE_H

#include <stdbool.h>
#include <stddef.h>

#define USE_MAX  32 /* uses of one device that are listed */
#define USE_SIZE 160 /* bytes of a text, with its NUL */

struct uses {
	unsigned int count;
	char text[USE_MAX][USE_SIZE]; /* "/dev/sda1 is mounted on /home" */
};

/*
 * Lists what uses the device @address. @root is put before each path: "", or the place of a copy
 * for a test. Root sees the programs of all users.
 */
void uses_find(struct uses *uses, const char *root, const char *address);

/* Adds the programs that have the device open on kplug. */
void use_of_clients(struct uses *uses, const char *device);

/* Names the uses and gives COMMAND_FAILED, or COMMAND_OK if there are none. */
int use_refuse(const struct uses *uses, const char *device, const char *advice);

/* For the files of this list. */
void use_add(struct uses *uses, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Is the link @path one to a part of @address, and of no device behind that? */
bool use_is_part(const char *path, const char *address);
/* Reads the first line; false: there is none. */
bool use_read(const char *path, char *line, size_t size);

void use_of_disks(struct uses *uses, const char *root, const char *address);
void use_of_interfaces(struct uses *uses, const char *root, const char *address);
void use_of_consoles(struct uses *uses, const char *root, const char *address);
void use_of_programs(struct uses *uses, const char *root, const char *address);

#endif /* KPLUG_USE_H */
