// SPDX-License-Identifier: MIT
// One message of vfio-user on a socket, with the files that come along.
#include "message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union ancillary {
	char bytes[CMSG_SPACE(MESSAGE_FILES * sizeof(int))];
	struct cmsghdr align;
};

static void take_files(struct msghdr *from, struct message *message)
{
	struct cmsghdr *c;
	size_t bytes;

	message->too_many_files = from->msg_flags & MSG_CTRUNC;
	for (c = CMSG_FIRSTHDR(from); c; c = CMSG_NXTHDR(from, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		bytes = c->cmsg_len - CMSG_LEN(0);
		memcpy(message->files, CMSG_DATA(c), bytes);
		message->num_files = bytes / sizeof(int);
	}
}

/* Files come with the first byte. */
static ssize_t receive_first(int socket, struct message *message)
{
	struct iovec part = { &message->header, sizeof(message->header) };
	union ancillary files;
	struct msghdr from = { .msg_iov = &part,
			       .msg_iovlen = 1,
			       .msg_control = files.bytes,
			       .msg_controllen = sizeof(files.bytes) };
	ssize_t got = recvmsg(socket, &from, MSG_CMSG_CLOEXEC);

	if (got > 0)
		take_files(&from, message);
	return got < 0 ? -errno : got;
}

/* receive_rest() - 1, 0 when the other side has closed, -errno */
static int receive_rest(int socket, void *to, size_t size)
{
	ssize_t got;

	if (!size)
		return 1;
	got = recv(socket, to, size, MSG_WAITALL);
	if (got < 0)
		return -errno;
	return (size_t)got == size;
}

int message_receive(int socket, struct message *message)
{
	const size_t whole = sizeof(message->header);
	ssize_t got;
	int result;

	message->size = message->num_files = 0;
	message->too_many_files = false;
	got = receive_first(socket, message);
	if (got <= 0)
		return got;
	result = receive_rest(socket, (char *)&message->header + got, whole - got);
	if (result == 1 &&
	    (message->header.size < whole || message->header.size > whole + sizeof(message->body)))
		result = -EMSGSIZE;
	if (result == 1) {
		message->size = message->header.size - whole;
		result = receive_rest(socket, message->body, message->size);
	}
	if (result != 1)
		message_close_files(message);
	return result;
}

static int send_all(int socket, struct msghdr *to, size_t left)
{
	ssize_t sent;

	while (left) {
		sent = sendmsg(socket, to, MSG_NOSIGNAL);
		if (sent < 0)
			return -errno;
		left -= sent;
		to->msg_controllen = 0;
		for (; to->msg_iovlen && (size_t)sent >= to->msg_iov->iov_len; to->msg_iovlen--)
			sent -= to->msg_iov++->iov_len;
		if (to->msg_iovlen) {
			to->msg_iov->iov_base = (char *)to->msg_iov->iov_base + sent;
			to->msg_iov->iov_len -= sent;
		}
	}
	return 0;
}

int message_send(int socket, const struct protocol_header *header, const void *body, size_t size,
		 int file)
{
	struct iovec parts[] = { { (void *)header, sizeof(*header) }, { (void *)body, size } };
	struct msghdr to = { .msg_iov = parts, .msg_iovlen = size ? 2 : 1 };
	union ancillary files = { 0 };
	struct cmsghdr *c;

	if (file >= 0) {
		to.msg_control = files.bytes;
		to.msg_controllen = CMSG_SPACE(sizeof(int));
		c = CMSG_FIRSTHDR(&to);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &file, sizeof(int));
	}
	return send_all(socket, &to, sizeof(*header) + size);
}

int message_take_file(struct message *message)
{
	int file = message->num_files ? message->files[0] : -1;

	if (file >= 0)
		message->files[0] = message->files[--message->num_files];
	return file;
}

void message_close_files(struct message *message)
{
	while (message->num_files)
		close(message->files[--message->num_files]);
}
