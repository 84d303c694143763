// SPDX-License-Identifier: MIT
// A card in a process of its own, for QEMU's device vfio-user-pci.
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "connection.h"

#define USAGE                                                                                    \
	"usage: kplug-model MODEL SOCKET\n\n"                                                    \
	"Listens on SOCKET, where QEMU connects, and on SOCKET.control, where tests ask:\n"      \
	"'complaints', 'count NAME' ... (control.h). Prints 'listening' once it does. It ends\n" \
	"when it is killed. Standard error has each complaint about the driver.\n"

#define SECONDS 20 /* for the rest of a message that has begun */

static int listen_on(const char *path, const char *suffix)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int socket_, length;

	length = snprintf(name.sun_path, sizeof(name.sun_path), "%s%s", path, suffix);
	if (length >= (int)sizeof(name.sun_path)) {
		fprintf(stderr, "kplug-model: %s is too long for a socket\n", path);
		exit(1);
	}
	unlink(name.sun_path);
	socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (socket_ < 0 || bind(socket_, (struct sockaddr *)&name, sizeof(name)) ||
	    listen(socket_, 4)) {
		perror(name.sun_path);
		exit(1);
	}
	return socket_;
}

static int accept_connection(int listener, struct connection *connection, struct card *card)
{
	const struct timeval limit = { .tv_sec = SECONDS };
	int socket_ = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (socket_ < 0)
		return -1;
	setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	connection_begin(connection, socket_, card);
	return socket_;
}

/* serve_connection() - the socket, or -1 when the connection has ended */
static int serve_connection(struct connection *connection)
{
	int result = connection_serve(connection);

	if (result == 1)
		return connection->socket;
	if (result < 0)
		fprintf(stderr, "kplug-model: the connection ends: %s\n", strerror(-result));
	connection_end(connection);
	return -1;
}

static void serve(int listener, int control, struct card *card)
{
	static struct connection connection;
	bool busy = false;
	int socket_ = -1;

	for (;;) {
		struct pollfd ready[] = {
			{ .fd = socket_ < 0 ? listener : socket_, .events = POLLIN },
			{ .fd = control, .events = POLLIN },
		};

		if (poll(ready, 2, busy ? 0 : fault_timeout(card)) < 0)
			continue;
		if (ready[0].revents && socket_ < 0)
			socket_ = accept_connection(listener, &connection, card);
		else if (ready[0].revents)
			socket_ = serve_connection(&connection);
		if (ready[1].revents)
			control_serve(control, card);
		busy = socket_ >= 0 && card_work(card);
	}
}

int main(int argc, char **argv)
{
	const struct model *model = argc == 3 ? model_find(argv[1]) : NULL;
	static struct card card;
	int listener, control, error;

	if (argc != 3) {
		fputs(USAGE, stderr);
		return 2;
	}
	if (!model) {
		fprintf(stderr, "kplug-model: there is no model %s (see models.c)\n", argv[1]);
		return 2;
	}
	error = card_init(&card, model);
	if (error) {
		fprintf(stderr, "kplug-model: %s\n", strerror(-error));
		return 1;
	}
	listener = listen_on(argv[2], "");
	control = listen_on(argv[2], ".control");
	puts("listening");
	fflush(stdout);
	serve(listener, control, &card);
}
