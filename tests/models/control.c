// SPDX-License-Identifier: MIT
// What a test asks about a card: a request a line, and an answer a line.
#define _GNU_SOURCE
#include "control.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void answer(FILE *client, const char *request, struct card *card)
{
	if (!strcmp(request, "complaints")) {
		fprintf(client, "%llu %s\n", (unsigned long long)card->complaints.count,
			card->complaints.text);
		complaints_clear(&card->complaints);
	} else if (!strncmp(request, "count ", 6)) {
		fprintf(client, "%llu\n", (unsigned long long)card_counted(card, request + 6));
	} else {
		fprintf(client, "error: unknown request, say complaints or count NAME\n");
	}
}

void control_serve(int listener, struct card *card)
{
	int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	char request[128] = "";
	FILE *client;

	if (socket < 0)
		return;
	client = fdopen(socket, "r+");
	if (!client) {
		close(socket);
		return;
	}
	if (fgets(request, sizeof(request), client)) {
		request[strcspn(request, "\n")] = 0;
		fflush(client);
		answer(client, request, card);
	}
	fclose(client);
}
