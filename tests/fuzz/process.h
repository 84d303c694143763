/* SPDX-License-Identifier: MIT */
/* A process of the fuzzer: what its threads share, on purpose without locks. */
#ifndef FUZZ_PROCESS_H
#define FUZZ_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"

#define NUM_CLIENTS  12
#define NUM_BUFFERS  12
#define NUM_EVENTFDS 4
#define NUM_MAPS     16
#define GRANTED_USER 1000 /* whom the administrator grants devices */

struct client {
	int fd;
	unsigned int device; /* index */
};

struct map {
	char *address;
	size_t length;
	bool may_write;
};

extern struct client clients[NUM_CLIENTS];
extern int buffers[NUM_BUFFERS]; /* dma-bufs */
extern int eventfds[NUM_EVENTFDS];
extern struct map maps[NUM_MAPS];
extern int mail[2]; /* a socket pair that all processes share */

/* process_set_up() - descriptors, memory, signals, limits and rights of this process */
void process_set_up(void);
/* process_run() - threads run programs until the fuzzer stops; does not return */
_Noreturn void process_run(unsigned int number, uint64_t seed, unsigned int threads);

/* The descriptor of a slot, its device, and the type of that. */
int client_fd(unsigned int slot);
unsigned int client_device(unsigned int slot);
enum device_type client_type(unsigned int slot);
void client_keep(unsigned int slot, int fd, unsigned int device);
/* client_renew() - a new trusted client for the slot: its descriptor, or -errno */
int client_renew(unsigned int slot);
/* client_renew_as() - the same on any device of a type; -ENODEV when there is none */
int client_renew_as(unsigned int slot, enum device_type type);

/* descriptor_keep() - into any place of a table; what was there is closed */
void descriptor_keep(int *table, unsigned int num, int fd);
/* descriptor_any() - of a buffer mostly, or of anything else, or none */
int descriptor_any(void);

void map_keep(void *address, size_t length, bool may_write);

/* capability_set() - switches a capability (CAP_*) of this thread; returns whether it was on */
bool capability_set(int capability, bool on);

#endif
