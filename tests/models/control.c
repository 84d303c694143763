// SPDX-License-Identifier: MIT
// What a test asks about a card: a request a line, and an answer a line.
#define _GNU_SOURCE
#include "control.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* NAME COUNT [BEFORE] */
static bool set_fault(struct card *card, const char *words)
{
	unsigned long long count, before = 0;
	char name[32];

	return sscanf(words, "%31s %llu %llu", name, &count, &before) >= 2 &&
	       fault_set(card, name, count, before);
}

static void answer(FILE *client, const char *request, struct card *card)
{
	char text[256];

	if (!strcmp(request, "complaints")) {
		fprintf(client, "%llu %s\n", (unsigned long long)card->complaints.count,
			card->complaints.text);
		complaints_clear(&card->complaints);
	} else if (!strncmp(request, "count ", 6)) {
		fprintf(client, "%llu\n", (unsigned long long)card_counted(card, request + 6));
	} else if (!strncmp(request, "fault ", 6) && set_fault(card, request + 6)) {
		fprintf(client, "done\n");
	} else if (card->model->answer) {
		card->model->answer(card->state, request, text, sizeof(text));
		fprintf(client, "%s\n", text);
	} else {
		fprintf(client, "error: unknown request, see control.h\n");
	}
}

void control_serve(int listener, struct card *card)
{
	int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	char request[512] = "";
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
