/* SPDX-License-Identifier: MIT */
/* Functions in processes of other users. */
#ifndef KPLUG_TEST_CHILD_H
#define KPLUG_TEST_CHILD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* In such a function: it says where it fails, and returns. */
#define NEED(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			fflush(stdout);                                        \
			return 1;                                              \
		}                                                              \
	} while (0)

struct child {
	uid_t user;
	gid_t group;
	gid_t supplementary; /* 0: none */
	bool root_in_namespace; /* in a user namespace of its own, where it is root */
};

/*
 * child_start() - runs it in a new process without privileges; child_end() - waits for it: what the
 * function returned
 */
pid_t child_start(const struct child *child, int (*function)(void));
int child_end(pid_t pid);
int child_run(const struct child *child, int (*function)(void));

/* descriptor_send(), descriptor_receive() - by SCM_RIGHTS */
void descriptor_send(int socket, int fd);
int descriptor_receive(int socket);

#endif
