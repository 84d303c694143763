/* SPDX-License-Identifier: MIT */
/* The connection to QEMU: answers its requests, and sends those of the card. */
#ifndef MODEL_CONNECTION_H
#define MODEL_CONNECTION_H

#include "card.h"
#include "message.h"

struct connection {
	int socket;
	struct card *card;
	uint16_t next_id; /* of a request of the card's */
	struct message request;
	struct message answer; /* to the card's request */
	bool waits; /* for that answer */
};

/* It uses the card's memory by messages until it ends, which also closes the socket. */
void connection_begin(struct connection *connection, int socket, struct card *card);
void connection_end(struct connection *connection);

/* connection_serve() - receives one message and answers it: 1; 0 when QEMU has gone, or -errno */
int connection_serve(struct connection *connection);

#endif
