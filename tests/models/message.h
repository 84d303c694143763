/* SPDX-License-Identifier: MIT */
/* One message of vfio-user on a socket, with the files that come along. */
#ifndef MODEL_MESSAGE_H
#define MODEL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol.h"

#define MESSAGE_DATA  (1u << 20) /* most bytes of a transfer */
#define MESSAGE_BODY  (MESSAGE_DATA + 256)
#define MESSAGE_FILES 16

struct message {
	struct protocol_header header;
	size_t size; /* of the body */
	int files[MESSAGE_FILES];
	unsigned int num_files;
	bool too_many_files; /* some were lost */
	uint8_t body[MESSAGE_BODY] __attribute__((aligned(8)));
};

/*
 * message_receive() - waits for one: 1; 0 when the other side has closed; -errno when nothing that
 * follows can be understood. The files belong to the caller.
 */
int message_receive(int socket, struct message *message);

/* message_send() - 0 or -errno; file: -1 for none */
int message_send(int socket, const struct protocol_header *header, const void *body, size_t size,
		 int file);

/* message_take_file() - the first file, which is the caller's then; -1: there is none */
int message_take_file(struct message *message);
void message_close_files(struct message *message);

#endif
