// SPDX-License-Identifier: MIT
// Processes of other users.
#define _GNU_SOURCE
#include "child.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"

enum { CHILD_SKIPS = 77, CHILD_FAILS = 100 };

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return done;
}

/* Root inside is the user outside: what containers without privileges do. */
static void enter_namespace(const struct child *child)
{
	char map[32];

	if (unshare(CLONE_NEWUSER))
		_exit(CHILD_SKIPS);
	snprintf(map, sizeof(map), "0 %u 1", child->user);
	if (!write_text("/proc/self/setgroups", "deny") || !write_text("/proc/self/uid_map", map))
		_exit(CHILD_FAILS);
	snprintf(map, sizeof(map), "0 %u 1", child->group);
	if (!write_text("/proc/self/gid_map", map) || setgid(0) || setuid(0))
		_exit(CHILD_FAILS);
}

pid_t child_start(const struct child *child, int (*function)(void))
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (setgroups(child->supplementary ? 1 : 0, &child->supplementary) ||
	    setgid(child->group) || setuid(child->user))
		_exit(CHILD_FAILS);
	/* After setuid(), root owns the files of /proc. */
	prctl(PR_SET_DUMPABLE, 1);
	if (child->root_in_namespace)
		enter_namespace(child);
	_exit(function());
}

int child_end(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_SKIPS)
		test_skip("there are no user namespaces");
	return WEXITSTATUS(status);
}

int child_run(const struct child *child, int (*function)(void))
{
	return child_end(child_start(child, function));
}

static struct msghdr message(struct iovec *byte, void *control, size_t length)
{
	return (struct msghdr){
		.msg_iov = byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = length
	};
}

void descriptor_send(int socket, int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec byte = { .iov_base = "d", .iov_len = 1 };
	struct msghdr m = message(&byte, control, sizeof(control));
	struct cmsghdr *header = CMSG_FIRSTHDR(&m);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	ck_assert_int_eq(sendmsg(socket, &m, 0), 1);
}

int descriptor_receive(int socket)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	char data;
	struct iovec byte = { .iov_base = &data, .iov_len = 1 };
	struct msghdr m = message(&byte, control, sizeof(control));
	int fd = -1;

	if (recvmsg(socket, &m, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}
