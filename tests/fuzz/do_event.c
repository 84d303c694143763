// SPDX-License-Identifier: MIT
// Everything that waits for events or reads them.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <uapi/kplug_abi.h>
#include <unistd.h>

#include "command.h"
#include "memory.h"
#include "process.h"
#include "random.h"

#define COMPAT_READ 3
#define COMPAT_POLL 168
#define COMPAT_MMAP 192
#define LONGEST_MS  3

long do_read(unsigned int slot)
{
	size_t length = chance(80) ? sizeof(struct kplug_event) * (1 + below(40)) : below(PAGE);
	uint64_t place = memory_place(client_type(slot), NULL, PAGE);
	int fd = client_fd(slot);
	ssize_t done;

	if (chance(90))
		done = read(fd, (void *)(uintptr_t)place, length);
	else
		done = pread(fd, (void *)(uintptr_t)place, length, odd_value());
	return done < 0 ? -errno : done;
}

long do_splice(unsigned int slot)
{
	int ends[2];
	ssize_t done;

	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC))
		return -errno;
	done = splice(client_fd(slot), NULL, ends[1], NULL, PAGE, SPLICE_F_NONBLOCK);
	if (done < 0)
		done = -errno;
	close(ends[0]);
	close(ends[1]);
	return done;
}

long do_poll(unsigned int slot)
{
	struct pollfd wanted[] = {
		{ .fd = client_fd(slot), .events = POLLIN },
		{ .fd = pick(eventfds), .events = POLLIN },
		{ .fd = client_fd(any()), .events = POLLIN | POLLOUT },
		{ .fd = pick(buffers), .events = POLLIN | POLLOUT },
	};
	int result = poll(wanted, ARRAY_SIZE(wanted), below(LONGEST_MS));

	return result < 0 ? -errno : result;
}

long do_epoll(unsigned int slot)
{
	struct epoll_event event = { .events = EPOLLIN | (chance(30) ? EPOLLET : 0) |
					       (chance(10) ? EPOLLEXCLUSIVE : 0) };
	int epoll = epoll_create1(EPOLL_CLOEXEC), result;

	epoll_ctl(epoll, EPOLL_CTL_ADD, client_fd(slot), &event);
	epoll_ctl(epoll, EPOLL_CTL_ADD, eventfds[0], &event);
	result = epoll_wait(epoll, &event, 1, below(LONGEST_MS));
	close(epoll);
	return result < 0 ? -errno : result;
}

long do_fcntl(unsigned int slot)
{
	int fd = client_fd(slot), result;

	if (chance(50))
		result = fcntl(fd, F_SETFL, chance(80) ? O_NONBLOCK : below(2) * O_ASYNC);
	else
		result = fcntl(fd, F_SETOWN, getpid());
	return result < 0 ? -errno : result;
}

/* The same from a 32-bit program; run_compat() has the commands. */
long do_compat(unsigned int slot)
{
	char *place = arena_page(client_type(slot));
	struct pollfd wanted = { .fd = client_fd(slot), .events = POLLIN };
	int fd = client_fd(slot);

	switch (below(3)) {
	case 0:
		return compat_call(COMPAT_READ, fd, (uintptr_t)place, PAGE, 0, 0);
	case 1:
		if (!memory_copy(place, &wanted, sizeof(wanted)))
			return -EFAULT;
		return compat_call(COMPAT_POLL, (uintptr_t)place, 1, below(LONGEST_MS), 0, 0);
	default:
		/* The sixth argument, the offset in pages, is whatever the register holds. */
		return compat_call(COMPAT_MMAP, 0, PAGE, 1, 1, fd);
	}
}

long do_eventfd(unsigned int slot)
{
	uint64_t count;
	int fd;

	(void)slot;
	if (chance(70))
		return read(pick(eventfds), &count, sizeof(count)) < 0 ? -errno : 0;
	fd = eventfd(chance(80) ? 0 : -1u,
		     EFD_NONBLOCK | EFD_CLOEXEC | (chance(20) ? EFD_SEMAPHORE : 0));
	if (fd < 0)
		return -errno;
	descriptor_keep(eventfds, NUM_EVENTFDS, fd);
	return 0;
}
