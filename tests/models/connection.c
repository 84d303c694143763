// SPDX-License-Identifier: MIT
// The connection to QEMU: answers its requests, and sends those of the card.
#include "connection.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "request.h"

static int answer(struct connection *connection, const struct message *request,
		  const struct reply *reply, int error)
{
	struct protocol_header header = {
		.id = request->header.id,
		.command = request->header.command,
		.flags = PROTOCOL_REPLY | (error ? PROTOCOL_ERROR : 0),
		.error = -error,
	};
	size_t size = error ? 0 : reply->size;

	if (request->header.flags & PROTOCOL_NO_REPLY)
		return 0;
	header.size = sizeof(header) + size;
	return message_send(connection->socket, &header, reply->body, size,
			    error ? -1 : reply->file);
}

static int serve_request(struct connection *connection)
{
	struct message *request = &connection->request;
	struct reply reply = { .body = request->body, .file = -1 };
	int error;

	if ((request->header.flags & PROTOCOL_TYPE) != PROTOCOL_REQUEST || request->too_many_files)
		error = -EINVAL;
	else
		error = request_serve(connection->card, request, &reply);
	message_close_files(request);
	return answer(connection, request, &reply, error);
}

/* is_answer() - is it the one that the card's own request waits for? */
static bool is_answer(const struct connection *connection)
{
	const struct protocol_header *header = &connection->request.header;

	return connection->waits && (header->flags & PROTOCOL_TYPE) == PROTOCOL_REPLY &&
	       header->id == connection->next_id;
}

int connection_serve(struct connection *connection)
{
	int result = message_receive(connection->socket, &connection->request);

	if (result != 1)
		return result;
	if (is_answer(connection)) {
		message_close_files(&connection->request);
		connection->answer = connection->request;
		connection->waits = false;
		return 1;
	}
	result = serve_request(connection);
	return result < 0 ? result : 1;
}

/* ask() - a request of the card's. QEMU may have some of its own before it answers. */
static int ask(struct connection *connection, uint16_t command, const void *body, size_t size)
{
	struct protocol_header header = {
		.id = ++connection->next_id,
		.command = command,
		.size = sizeof(header) + size,
	};
	int result = message_send(connection->socket, &header, body, size, -1);

	connection->waits = result == 0;
	while (connection->waits && result >= 0) {
		result = connection_serve(connection);
		if (!result)
			result = -ECONNRESET;
	}
	connection->waits = false;
	if (result < 0)
		return result;
	return connection->answer.header.flags & PROTOCOL_ERROR ? -EFAULT : 0;
}

static int ask_for_part(struct connection *connection, bool write, uint64_t address, uint8_t *data,
			size_t size)
{
	static uint8_t body[MESSAGE_BODY];
	struct protocol_dma dma = { address, size };
	int error;

	memcpy(body, &dma, sizeof(dma));
	if (write) {
		memcpy(body + sizeof(dma), data, size);
		return ask(connection, PROTOCOL_DMA_WRITE, body, sizeof(dma) + size);
	}
	error = ask(connection, PROTOCOL_DMA_READ, body, sizeof(dma));
	if (!error && connection->answer.size != sizeof(dma) + size)
		error = -EFAULT;
	if (!error)
		memcpy(data, connection->answer.body + sizeof(dma), size);
	return error;
}

static int dma_by_message(void *opaque, bool write, uint64_t address, void *data, size_t size)
{
	uint8_t *bytes = data;
	int error = 0;

	while (size && !error) {
		size_t part = size < MESSAGE_DATA ? size : MESSAGE_DATA;

		error = ask_for_part(opaque, write, address, bytes, part);
		address += part;
		bytes += part;
		size -= part;
	}
	return error;
}

void connection_begin(struct connection *connection, int socket, struct card *card)
{
	connection->socket = socket;
	connection->card = card;
	connection->next_id = 0;
	connection->waits = false;
	card->memory.message = dma_by_message;
	card->memory.opaque = connection;
}

void connection_end(struct connection *connection)
{
	card_detach(connection->card);
	close(connection->socket);
}
