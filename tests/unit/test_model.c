// SPDX-License-Identifier: MIT
// The library of the models against a QEMU that is wrong, or hostile.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"
#include "test.h"

#define PAGE      4096
#define OK(call)  ck_assert_int_eq(call, 0)
#define COUNT(of) (sizeof(of) / sizeof((of)[0]))

/* A card with one register, some memory and all kinds of interrupts. */
#define REGISTER 8

static uint64_t last_write;

static void *create(struct card *card)
{
	return card;
}

static void nothing(void *state)
{
	(void)state;
}

static bool read_register(void *state, unsigned int bar, uint64_t at, unsigned int width,
			  uint64_t *value)
{
	(void)state;
	(void)width;
	*value = 0x12345678;
	return bar == 0 && at == REGISTER;
}

static bool write_register(void *state, unsigned int bar, uint64_t at, unsigned int width,
			   uint64_t value)
{
	(void)state;
	(void)width;
	last_write = value;
	return bar == 0 && at == REGISTER;
}

static const struct model model = {
	.name = "test",
	.express = true,
	.ids = { .vendor = 0x1234, .device = 0x5678 },
	.bars = { { .size = PAGE, .widths = 4 }, { .size = 16 * PAGE, .memory = true } },
	.msi = 4,
	.msix = { .vectors = 8, .bar = 0, .table = 0x800, .pending = 0xc00 },
	.create = create,
	.destroy = nothing,
	.reset = nothing,
	.read = read_register,
	.write = write_register,
};

static struct card card;
static struct connection connection;
static int qemu; /* its end of the socket */

static void begin(void)
{
	int sockets[2];

	OK(card_init(&card, &model));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	qemu = sockets[0];
	connection_begin(&connection, sockets[1], &card);
}

static void end(void)
{
	close(qemu);
	ck_assert_int_le(connection_serve(&connection), 0);
	connection_end(&connection);
	card_end(&card);
}

/* Of an answer. */
static struct {
	struct protocol_header header;
	uint8_t body[2 * PAGE];
} reply;
static int reply_file;

/* send_files() - @count copies of one file with the message; -1: none */
static void send_files(const void *bytes, size_t size, int file, unsigned int count)
{
	struct iovec part = { (void *)bytes, size };
	char control[CMSG_SPACE(64 * sizeof(int))] = "";
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (file >= 0) {
		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		for (unsigned int i = 0; i < count; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &file, sizeof(int));
	}
	ck_assert_int_eq(sendmsg(qemu, &message, 0), size);
}

static void take_reply(void)
{
	struct iovec part = { &reply, sizeof(reply) };
	char control[CMSG_SPACE(sizeof(int))];
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	ssize_t got = recvmsg(qemu, &message, MSG_DONTWAIT);
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);

	ck_assert_int_eq(got, reply.header.size);
	reply_file = -1;
	if (c)
		memcpy(&reply_file, CMSG_DATA(c), sizeof(int));
}

/* ask_with() - the error that a request is answered with, or 0 */
static int ask_with(unsigned int command, const void *body, size_t size, int file,
		    unsigned int count)
{
	uint8_t bytes[sizeof(struct protocol_header) + 2 * PAGE];
	struct protocol_header header = { .id = 7,
					  .command = command,
					  .size = sizeof(header) + size };

	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), body, size);
	send_files(bytes, header.size, file, count);
	ck_assert_int_eq(connection_serve(&connection), 1);
	take_reply();
	ck_assert_uint_eq(reply.header.id, 7);
	ck_assert_uint_eq(reply.header.command, command);
	ck_assert_uint_eq(reply.header.flags & PROTOCOL_TYPE, PROTOCOL_REPLY);
	return reply.header.flags & PROTOCOL_ERROR ? (int)reply.header.error : 0;
}

static int ask(unsigned int command, const void *body, size_t size)
{
	return ask_with(command, body, size, -1, 0);
}

static int open_files(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* A request that is shorter than it has to be, or unknown, is refused, and the next one works. */
TEST(model, short_requests)
{
	const struct protocol_version version = { 0, 1 };
	uint8_t zeros[64] = { 0 };

	begin();
	for (unsigned int command = 0; command < 40; command++) {
		int error = ask(command, zeros, command == PROTOCOL_RESET ? 0 : 1);

		if (command == PROTOCOL_RESET)
			ck_assert_int_eq(error, 0);
		else
			ck_assert(error == EINVAL || error == ENOSYS);
	}
	OK(ask(PROTOCOL_VERSION, &version, sizeof(version)));
	ck_assert_ptr_nonnull(strstr((char *)reply.body + sizeof(version), "\"max_msg_fds\":16"));
	end();
}

TEST(model, versions)
{
	begin();
	ck_assert_int_eq(ask(PROTOCOL_VERSION, &(struct protocol_version){ 1, 0 }, 4), ENOTSUP);
	OK(ask(PROTOCOL_VERSION, &(struct protocol_version){ 0, 9 }, 4));
	ck_assert_uint_eq(((struct protocol_version *)reply.body)->minor, 0);
	end();
}

/* After a size that cannot be, nothing on the socket can be understood. */
TEST(model, wrong_sizes)
{
	const uint32_t sizes[] = { 0, 1, 15, MESSAGE_BODY + 17, ~0u };

	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct protocol_header header = { .command = PROTOCOL_GET_INFO, .size = sizes[i] };

		begin();
		send_files(&header, sizeof(header), -1, 0);
		ck_assert_int_eq(connection_serve(&connection), -EMSGSIZE);
		end();
	}
}

/* The other side ends in the middle of a message. */
TEST(model, broken_off)
{
	struct protocol_header header = { .command = PROTOCOL_GET_INFO, .size = 32 };

	for (size_t bytes = 0; bytes <= sizeof(header); bytes += 4) {
		begin();
		if (bytes)
			send_files(&header, bytes, -1, 0);
		shutdown(qemu, SHUT_WR);
		ck_assert_int_eq(connection_serve(&connection), 0);
		end();
	}
}

/* A reply that was not waited for gets none itself, but an error; NO_REPLY gets nothing. */
TEST(model, kinds_of_messages)
{
	struct protocol_header header = { .command = PROTOCOL_RESET,
					  .size = sizeof(header),
					  .flags = PROTOCOL_REPLY };

	begin();
	send_files(&header, sizeof(header), -1, 0);
	ck_assert_int_eq(connection_serve(&connection), 1);
	take_reply();
	ck_assert_uint_eq(reply.header.error, EINVAL);
	header.flags = PROTOCOL_NO_REPLY;
	send_files(&header, sizeof(header), -1, 0);
	ck_assert_int_eq(connection_serve(&connection), 1);
	ck_assert_int_eq(recv(qemu, &header, 1, MSG_DONTWAIT), -1);
	end();
}

/* Files that no request wants, or too many of them, are closed. */
TEST(model, files)
{
	const struct protocol_map map = { .flags = VFIO_DMA_MAP_FLAG_READ, .size = PAGE };
	int file = memfd_create("guest", 0), before;

	OK(ftruncate(file, PAGE));
	begin();
	before = open_files();
	ck_assert_int_eq(ask_with(PROTOCOL_RESET, "", 0, file, 1), EINVAL);
	ck_assert_int_eq(ask_with(PROTOCOL_DMA_MAP, &map, sizeof(map), file, 2), EINVAL);
	ck_assert_int_eq(ask_with(PROTOCOL_DMA_MAP, &map, sizeof(map), file, 60), EINVAL);
	ck_assert_int_eq(ask_with(99, "", 0, file, 16), ENOSYS);
	ck_assert_int_eq(open_files(), before);
	OK(ask_with(PROTOCOL_DMA_MAP, &map, sizeof(map), file, 1));
	ck_assert_int_eq(open_files(), before);
	end();
	close(file);
}

/* map_it() - maps a part of the guest's memory: the error, or 0 */
static int map_it(uint64_t address, uint64_t size, uint64_t offset, uint32_t flags, int file)
{
	const struct protocol_map map = {
		.flags = flags, .offset = offset, .address = address, .size = size
	};

	return ask_with(PROTOCOL_DMA_MAP, &map, sizeof(map), file, 1);
}

static int unmap_it(uint64_t address, uint64_t size)
{
	const struct protocol_unmap unmap = { .address = address, .size = size };

	return ask(PROTOCOL_DMA_UNMAP, &unmap, sizeof(unmap));
}

#define READ  VFIO_DMA_MAP_FLAG_READ
#define WRITE (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)

TEST(model, maps_that_cannot_be)
{
	int file = memfd_create("guest", 0);

	OK(ftruncate(file, 4 * PAGE));
	begin();
	ck_assert_int_eq(map_it(0, 0, 0, READ, file), EINVAL);
	ck_assert_int_eq(map_it(0, 5 * PAGE, 0, READ, file), EINVAL);
	ck_assert_int_eq(map_it(0, PAGE, 4 * PAGE, READ, file), EINVAL);
	ck_assert_int_eq(map_it(0, PAGE, ~0ull, READ, file), EINVAL);
	ck_assert_int_eq(map_it(0, PAGE, 1, READ, file), EINVAL);
	ck_assert_int_eq(map_it(-PAGE, 2 * PAGE, 0, READ, file), EINVAL);
	ck_assert_int_eq(map_it(0, PAGE, 0, 1u << 9, file), EINVAL);
	OK(map_it(2 * PAGE, 2 * PAGE, 0, READ, file));
	for (uint64_t page = 1; page < 4; page++)
		ck_assert_int_eq(map_it(page * PAGE, 2 * PAGE, 0, READ, file), EEXIST);
	OK(map_it(-PAGE, PAGE, 0, READ, file));
	ck_assert_int_eq(unmap_it(2 * PAGE, PAGE), EINVAL);
	ck_assert_int_eq(unmap_it(0, PAGE), ENOENT);
	ck_assert_int_eq(unmap_it(PAGE, 0), EINVAL);
	ck_assert_int_eq(unmap_it(-PAGE, 2 * PAGE), EINVAL);
	OK(unmap_it(0, 8 * PAGE));
	ck_assert_uint_eq(card.memory.num_mappings, 1);
	end();
	close(file);
}

static void set_command(uint16_t value)
{
	struct {
		struct protocol_access access;
		uint16_t value;
	} __attribute__((packed))
	write = { { PCI_COMMAND, VFIO_PCI_CONFIG_REGION_INDEX, 2 }, value };

	OK(ask(PROTOCOL_REGION_WRITE, &write, sizeof(write)));
}

/* DMA crosses mappings, ends where there are none, and needs bus mastery. */
TEST(model, dma)
{
	int file = memfd_create("guest", 0);
	uint8_t *guest, bytes[3 * PAGE];

	OK(ftruncate(file, 4 * PAGE));
	guest = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	begin();
	OK(map_it(PAGE, PAGE, 3 * PAGE, WRITE, file));
	OK(map_it(2 * PAGE, PAGE, 0, WRITE, file));
	OK(map_it(3 * PAGE, PAGE, PAGE, READ, file));
	memset(bytes, 5, sizeof(bytes));
	ck_assert_int_eq(card_dma(&card, true, PAGE, bytes, PAGE), -EFAULT);
	ck_assert_uint_eq(guest[3 * PAGE], 0);
	ck_assert_ptr_nonnull(strstr(card.complaints.text, "without bus mastery"));
	set_command(PCI_COMMAND_MASTER);
	OK(card_dma(&card, true, PAGE + 1, bytes, 2 * PAGE - 1));
	ck_assert_uint_eq(guest[3 * PAGE], 0);
	ck_assert_uint_eq(guest[3 * PAGE + 1], 5);
	ck_assert_uint_eq(guest[PAGE - 1], 5);
	ck_assert_uint_eq(guest[PAGE], 0);
	guest[PAGE] = 9;
	OK(card_dma(&card, false, PAGE, bytes, 3 * PAGE));
	ck_assert_uint_eq(bytes[2 * PAGE], 9);
	ck_assert_int_eq(card_dma(&card, true, 3 * PAGE, bytes, 1), -EFAULT);
	ck_assert_int_eq(card_dma(&card, false, 4 * PAGE - 1, bytes, 2), -EFAULT);
	ck_assert_int_eq(card_dma(&card, false, PAGE - 1, bytes, 1), -EFAULT);
	ck_assert_int_eq(card_dma(&card, false, ~0ull, bytes, 2), -EFAULT);
	ck_assert_uint_eq(card.complaints.count, 5);
	munmap(guest, 4 * PAGE);
	end();
	close(file);
}

/* Memory without a file: by messages, between which QEMU asks something itself. */
TEST(model, dma_by_messages)
{
	struct {
		struct protocol_header header;
		struct protocol_dma dma;
		uint8_t data[4];
	} __attribute__((packed))
	answer = { { .id = 1, .command = PROTOCOL_DMA_READ, .size = 36, .flags = PROTOCOL_REPLY },
		   { PAGE, 4 },
		   { 1, 2, 3, 4 } };
	struct protocol_header reset = { .id = 9, .command = PROTOCOL_RESET, .size = 16 };
	uint8_t bytes[4] = { 0 };

	begin();
	OK(map_it(PAGE, PAGE, 0, WRITE, -1));
	set_command(PCI_COMMAND_MASTER);
	send_files(&reset, sizeof(reset), -1, 0);
	send_files(&answer, sizeof(answer), -1, 0);
	OK(card_dma(&card, false, PAGE, bytes, 4));
	ck_assert_mem_eq(bytes, answer.data, 4);
	ck_assert_int_eq(recv(qemu, &reply, 32, 0), 32);
	ck_assert_uint_eq(reply.header.command, PROTOCOL_DMA_READ);
	ck_assert_int_eq(recv(qemu, &reply, 16, 0), 16);
	ck_assert_uint_eq(reply.header.command, PROTOCOL_RESET);
	end();
}

/* A short answer to the card's own request is no data. */
TEST(model, short_answer)
{
	struct protocol_header answer = {
		.id = 1, .command = PROTOCOL_DMA_READ, .size = 16, .flags = PROTOCOL_REPLY
	};
	uint8_t bytes[4];

	begin();
	OK(map_it(PAGE, PAGE, 0, WRITE, -1));
	set_command(PCI_COMMAND_MASTER);
	send_files(&answer, sizeof(answer), -1, 0);
	ck_assert_int_eq(card_dma(&card, false, PAGE, bytes, 4), -EFAULT);
	close(qemu);
	ck_assert_int_eq(card_dma(&card, false, PAGE, bytes, 4), -EFAULT);
	qemu = -1;
	end();
}

static int read_at(uint32_t region, uint64_t at, uint32_t count)
{
	const struct protocol_access access = { at, region, count };

	return ask(PROTOCOL_REGION_READ, &access, sizeof(access));
}

/* Accesses outside of a region are refused; those that the card forbids are complaints. */
TEST(model, accesses)
{
	const struct protocol_access one = { REGISTER, 0, 1 };
	uint8_t two[sizeof(one) + 2] = { 0 };

	begin();
	OK(read_at(0, REGISTER, 4));
	ck_assert_mem_eq(reply.body + 16, "\x78\x56\x34\x12", 4);
	ck_assert_uint_eq(card.complaints.count, 0);
	OK(read_at(0, REGISTER, 2));
	OK(read_at(0, REGISTER + 2, 4));
	OK(read_at(0, REGISTER + 4, 4));
	OK(read_at(0, 0, PAGE));
	ck_assert_uint_eq(card.complaints.count, 4);
	OK(read_at(0, 0x800, 16));
	OK(read_at(1, 0, PAGE));
	OK(read_at(VFIO_PCI_CONFIG_REGION_INDEX, 0, PAGE));
	ck_assert_uint_eq(card.complaints.count, 4);

	ck_assert_int_eq(read_at(0, PAGE, 1), EINVAL);
	ck_assert_int_eq(read_at(0, PAGE - 2, 4), EINVAL);
	ck_assert_int_eq(read_at(0, ~0ull, 4), EINVAL);
	ck_assert_int_eq(read_at(0, 0, 0), EINVAL);
	ck_assert_int_eq(read_at(0, 0, ~0u), EINVAL);
	ck_assert_int_eq(read_at(1, 0, MESSAGE_DATA + 1), EINVAL);
	ck_assert_int_eq(read_at(2, 0, 4), EINVAL);
	ck_assert_int_eq(read_at(VFIO_PCI_CONFIG_REGION_INDEX, PAGE, 1), EINVAL);
	ck_assert_int_eq(read_at(~0u, 0, 4), EINVAL);
	memcpy(two, &one, sizeof(one));
	ck_assert_int_eq(ask(PROTOCOL_REGION_WRITE, two, sizeof(two)), EINVAL);
	ck_assert_int_eq(ask(PROTOCOL_REGION_WRITE, two, sizeof(one)), EINVAL);
	end();
}

TEST(model, regions)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = 1 }, *answer;

	begin();
	answer = (void *)reply.body;
	OK(ask(PROTOCOL_GET_REGION_INFO, &info, sizeof(info)));
	ck_assert_uint_eq(answer->size, 16 * PAGE);
	ck_assert(answer->flags & VFIO_REGION_INFO_FLAG_MMAP);
	ck_assert_int_ge(reply_file, 0);
	close(reply_file);
	info.index = VFIO_PCI_NUM_REGIONS;
	ck_assert_int_eq(ask(PROTOCOL_GET_REGION_INFO, &info, sizeof(info)), EINVAL);
	end();
}

static int set_irqs(uint32_t index, uint32_t flags, uint32_t start, uint32_t count, int file)
{
	const struct vfio_irq_set set = {
		.argsz = sizeof(set), .flags = flags, .index = index, .start = start, .count = count
	};

	return ask_with(PROTOCOL_SET_IRQS, &set, sizeof(set), file, count < 16 ? count : 16);
}

#define TRIGGER (VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)
#define MSIX    VFIO_PCI_MSIX_IRQ_INDEX

TEST(model, interrupts_that_cannot_be)
{
	int eventfd_ = eventfd(0, EFD_NONBLOCK), before;

	begin();
	before = open_files();
	ck_assert_int_eq(set_irqs(VFIO_PCI_NUM_IRQS, TRIGGER, 0, 1, eventfd_), EINVAL);
	ck_assert_int_eq(set_irqs(VFIO_PCI_REQ_IRQ_INDEX, TRIGGER, 0, 1, eventfd_), EINVAL);
	ck_assert_int_eq(set_irqs(MSIX, TRIGGER, 0, 9, eventfd_), EINVAL);
	ck_assert_int_eq(set_irqs(MSIX, TRIGGER, 8, 1, eventfd_), EINVAL);
	ck_assert_int_eq(set_irqs(MSIX, TRIGGER, ~0u, 2, eventfd_), EINVAL);
	ck_assert_int_eq(set_irqs(MSIX, 0, 0, 1, eventfd_), EINVAL);
	ck_assert_int_eq(set_irqs(MSIX, TRIGGER | 1u << 20, 0, 1, eventfd_), EINVAL);
	ck_assert_int_eq(open_files(), before);
	OK(set_irqs(MSIX, TRIGGER, 7, 1, eventfd_));
	OK(set_irqs(MSIX, TRIGGER, 7, 1, eventfd_)); /* the earlier one goes */
	ck_assert_int_eq(open_files(), before + 1);
	end();
	close(eventfd_);
}

/* A message needs bus mastery; the line stays high until the card takes it down. */
TEST(model, interrupts)
{
	int message = eventfd(0, EFD_NONBLOCK), line = eventfd(0, EFD_NONBLOCK);
	const uint32_t unmask = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK;
	eventfd_t count;

	begin();
	OK(set_irqs(VFIO_PCI_INTX_IRQ_INDEX, TRIGGER, 0, 1, line));
	card_line(&card, true);
	OK(eventfd_read(line, &count));
	card_line(&card, true);
	ck_assert_int_eq(eventfd_read(line, &count), -1);
	OK(set_irqs(VFIO_PCI_INTX_IRQ_INDEX, unmask, 0, 1, -1));
	OK(eventfd_read(line, &count));
	set_command(PCI_COMMAND_INTX_DISABLE);
	OK(set_irqs(VFIO_PCI_INTX_IRQ_INDEX, unmask, 0, 1, -1));
	ck_assert_int_eq(eventfd_read(line, &count), -1);
	card_line(&card, false);

	OK(set_irqs(MSIX, TRIGGER, 2, 1, message));
	card_message(&card, 2);
	ck_assert_int_eq(eventfd_read(message, &count), -1);
	set_command(PCI_COMMAND_MASTER);
	card_message(&card, 2);
	OK(eventfd_read(message, &count));
	card_message(&card, 1);
	card_message(&card, 4000);
	ck_assert_int_eq(eventfd_read(message, &count), -1);
	ck_assert_uint_eq(card_counted(&card, "messages"), 1);
	ck_assert_uint_eq(card_counted(&card, "messages lost"), 3);
	end();
	close(message);
	close(line);
}
