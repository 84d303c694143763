/* SPDX-License-Identifier: MIT */
/* What QEMU may ask of a card. */
#ifndef MODEL_REQUEST_H
#define MODEL_REQUEST_H

#include "card.h"
#include "message.h"

struct reply {
	void *body; /* at first that of the request, which has room for any reply */
	size_t size;
	int file; /* that goes along and stays the card's; -1: none */
};

/* request_serve() - 0 or -errno, which QEMU then gets; leaves files that it does not keep */
int request_serve(struct card *card, struct message *request, struct reply *reply);

#endif
