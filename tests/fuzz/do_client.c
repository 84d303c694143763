// SPDX-License-Identifier: MIT
// Clients: opened with different rights, closed, inherited, passed on, and too many of them.
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "operation.h"
#include "process.h"
#include "random.h"

#define CROWD       300
#define CHILD_STEPS 4

static int open_device(unsigned int device, int flags)
{
	char path[NAME_SIZE + 16];
	int fd;

	snprintf(path, sizeof(path), "/dev/kplug/%s", devices[device].name);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* As another user, whom only a grant trusts. */
static int open_as_user(unsigned int device, int flags, unsigned int user)
{
	int fd;

	setfsuid(user);
	/* This takes the right to open the file away too. */
	capability_set(CAP_DAC_OVERRIDE, true);
	fd = open_device(device, flags);
	setfsuid(0);
	return fd;
}

static int open_restricted(unsigned int device, int flags, unsigned int user)
{
	bool trusted = capability_set(CAP_SYS_RAWIO, false);
	int fd = user ? open_as_user(device, flags, user) : open_device(device, flags);

	capability_set(CAP_SYS_RAWIO, trusted);
	return fd;
}

long do_open(unsigned int slot)
{
	unsigned int device = chance(50) ? slot % num_devices : below(num_devices);
	int flags = (chance(90) ? O_RDWR : below(3)) | (chance(85) ? O_NONBLOCK : 0);
	int fd = chance(70) ? open_device(device, flags) :
			      open_restricted(device, flags, chance(50) ? GRANTED_USER : below(3));

	if (fd < 0)
		return fd;
	client_keep(slot, fd, device);
	return 0;
}

int client_renew(unsigned int slot)
{
	unsigned int device = chance(50) ? client_device(slot) : below(num_devices);
	int fd = open_device(device, O_RDWR | O_NONBLOCK);

	if (fd >= 0)
		client_keep(slot, fd, device);
	return fd;
}

int client_renew_as(unsigned int slot, enum device_type type)
{
	unsigned int first = below(num_devices), device;
	int fd = -ENODEV;

	for (unsigned int i = 0; i < num_devices && fd < 0; i++) {
		device = (first + i) % num_devices;
		if (devices[device].type != type)
			continue;
		fd = open_device(device, O_RDWR | O_NONBLOCK);
		if (fd >= 0)
			client_keep(slot, fd, device);
	}
	return fd;
}

long do_close(unsigned int slot)
{
	struct client *client = &clients[slot % NUM_CLIENTS];
	int fd = client->fd;

	client->fd = -1;
	return close(fd) ? -errno : 0;
}

/* A child uses what it has inherited, and exits or is killed meanwhile. */
long do_fork(unsigned int slot)
{
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (unsigned int i = 0; i < CHILD_STEPS; i++)
			operation_run(below(operation_find("open")), slot);
		_exit(0);
	}
	usleep(below(20000));
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* More clients and listeners than the device admits. */
long do_crowd(unsigned int slot)
{
	struct kplug_ring ring = { .size = sizeof(ring), .entries = 2 };
	unsigned int num, device = client_device(slot);
	int fds[CROWD];
	long result = 0;

	for (num = 0; num < CROWD && result >= 0; num++) {
		fds[num] = open_restricted(device, O_RDWR, GRANTED_USER + num % 4);
		result = fds[num] < 0 ? fds[num] : command(fds[num], KPLUG_RING, &ring);
	}
	while (num--)
		if (fds[num] >= 0)
			close(fds[num]);
	return result;
}

struct letter {
	char is_client, device;
};

static void address_letter(struct msghdr *message, struct iovec *vector, struct letter *letter,
			   char *control, size_t size)
{
	*vector = (struct iovec){ letter, sizeof(*letter) };
	*message = (struct msghdr){
		.msg_iov = vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = size
	};
}

long do_send(unsigned int slot)
{
	struct letter letter = { .is_client = below(2), .device = client_device(slot) };
	int fd = letter.is_client ? client_fd(slot) : pick(buffers);
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct msghdr message;
	struct cmsghdr *header;
	struct iovec vector;

	address_letter(&message, &vector, &letter, control, sizeof(control));
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(mail[0], &message, MSG_DONTWAIT) < 0 ? -errno : 0;
}

long do_receive(unsigned int slot)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct letter letter = { 0 };
	struct msghdr message;
	struct cmsghdr *header;
	struct iovec vector;
	int fd;

	address_letter(&message, &vector, &letter, control, sizeof(control));
	if (recvmsg(mail[1], &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -ENOMSG;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	if (letter.is_client)
		client_keep(slot, fd, letter.device);
	else
		descriptor_keep(buffers, NUM_BUFFERS, fd);
	return 0;
}

long do_fdinfo(unsigned int slot)
{
	char text[PAGE];
	int fd = chance(70) ? client_fd(slot) : pick(buffers), length;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = read(fd, text, sizeof(text));
	close(fd);
	return length;
}

long do_bad_ioctl(unsigned int slot)
{
	static const uint32_t directions[] = { 0, 0, 0x40080000, 0x80040000 };
	union argument a = { .size = below(ARGUMENT_SIZE) };
	unsigned int number = chance(80) ? 0x38 + below(0x40) : odd_value() & 0xff;
	unsigned long request = _IO(KPLUG_IOCTL_TYPE, number) | pick(directions);

	if (chance(20))
		request = odd_value();
	return command(client_fd(slot), request,
		       chance(60) ? (void *)&a : (void *)(uintptr_t)odd_value());
}
