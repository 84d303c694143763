// SPDX-License-Identifier: MIT
/* A process for work that a driver may never finish. */
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "driver.h"

#define PATIENCE_S 1

/* It ends with the command, as soon as the kernel lets it. */
static void be_worker(int (*work)(const char *device), const char *device)
{
	int err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	err = work(device);
	_exit(err < -255 ? EIO : -err);
}

static void complain(const char *device, const char *driver)
{
	fprintf(stderr,
		"%s: %s: the driver %s does not let go of it, perhaps because a program uses it; "
		"Ctrl-C ends the wait, and the device is without a driver when it has let go\n",
		program_invocation_name, device, *driver ? driver : "of the device");
}

static int status_of(pid_t worker)
{
	int status;

	while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

int worker_run(int (*work)(const char *device), const char *device)
{
	const struct timespec patience = { .tv_sec = PATIENCE_S };
	char driver[DRIVER_SIZE];
	sigset_t child, before;
	pid_t worker;
	int err;

	driver_of(device, driver);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	fflush(NULL);
	worker = fork();
	if (!worker)
		be_worker(work, device);
	if (worker > 0 && sigtimedwait(&child, NULL, &patience) < 0 && errno == EAGAIN)
		complain(device, driver);
	err = worker < 0 ? -errno : status_of(worker);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}
