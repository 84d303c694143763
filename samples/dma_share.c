// SPDX-License-Identifier: MIT
/*
 * One process has the device, another one has the data. The first sends the buffer to the
 * second through a socket, as a file descriptor.
 *
 *	kplug bind 0000:00:04.0		(QEMU's edu device)
 *	dma_share 0000:00:04.0
 */
#include "sample.h"

#include <edu/edu_msg.h>
#include <edu/edu_regs.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH 4096
#define TEXT   "written by a process that has no device"

union control {
	struct cmsghdr header; /* aligns the rest */
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void send_fd(int socket, int fd)
{
	union control control = { 0 };
	struct iovec one = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = { .msg_iov = &one,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	expect(sendmsg(socket, &message, 0) == 1, "sent");
}

static int receive_fd(int socket)
{
	union control control;
	char byte;
	struct iovec one = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &one,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int fd;

	expect(recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message),
	       "received");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* The process that has no device. */
static int writer(int socket)
{
	int fd = receive_fd(socket);
	char *memory = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	expect(memory != MAP_FAILED, "the buffer can be mapped");
	strcpy(memory, TEXT);
	return 0;
}

static void transfer(struct kplug *k, const struct kplug_dma_mapping *mapping,
		     enum kplug_dma_direction direction, uint64_t offset)
{
	struct kplug_dma_transaction t = { .mapping = mapping->id, .direction = direction };
	struct kplug_dma_execution execution = { .offset = offset,
						 .length = sizeof(TEXT),
						 .poll_us = KPLUG_POLL_ALWAYS };

	must(kplug_dma_transaction_make(k, &t), "transaction");
	execution.id = t.out_id;
	must(kplug_dma_transaction_execute(k, &execution, 1), "execute");
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "edu" };
	const char *name = device_argument(argc, argv);
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	int sockets[2], status;
	struct kplug *k;
	pid_t child;

	expect(!socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), "sockets");
	child = fork();
	if (!child)
		return writer(sockets[1]);

	must(kplug_open(&k, name, NULL), "open");
	expect(must(kplug_attach(k, KPLUG_NO_VECTOR, &handler), "attach") == KPLUG_HANDLER_PLUGIN,
	       "the plugin is there");
	must(kplug_dma_buffer_alloc(k, LENGTH, &buffer), "buffer");
	send_fd(sockets[0], buffer.fd);
	expect(waitpid(child, &status, 0) == child && !status, "the other process did its part");

	/* Copy through the device to another place in the buffer. */
	must(kplug_dma_map(k, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping), "dma map");
	transfer(k, &mapping, KPLUG_DMA_TO_DEVICE, 0);
	transfer(k, &mapping, KPLUG_DMA_FROM_DEVICE, LENGTH / 2);
	printf("%s\n", (char *)buffer.addr + LENGTH / 2);
	expect(!strcmp((char *)buffer.addr + LENGTH / 2, TEXT),
	       "the device has read the data of the other process");
	kplug_dma_buffer_free(&buffer);
	kplug_close(k);
	return 0;
}
