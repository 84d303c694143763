// SPDX-License-Identifier: MIT
/* kplug ladder: gives a PCI function back to its driver, however the command ends. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ladder.h"

static pid_t worker;

static void pass_on(int signal)
{
	kill(worker, signal);
}

static int status_of(pid_t process)
{
	int status;

	while (waitpid(process, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void ignore_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), fd;

	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
}

/* The other two processes have the pipe open as long as they live. */
static void keep(const char *address, const struct ladder_binding *before, const int alive[2])
{
	char none;

	ignore_terminal();
	close(alive[1]);
	while (read(alive[0], &none, 1) < 0 && errno == EINTR)
		;
	ladder_pci_restore(address, before);
	_exit(0);
}

/* A shell makes background jobs ignore SIGINT, but the guard forwards it. */
static void be_worker(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_DFL);
	if (getppid() != parent)
		raise(SIGKILL);
}

static void wait_and_exit(const char *address, const struct ladder_binding *before, pid_t keeper,
			  int alive)
{
	const struct sigaction action = { .sa_handler = pass_on };
	int status;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	status = status_of(worker);
	close(alive);
	if (status_of(keeper))
		ladder_pci_restore(address, before);
	_exit(status);
}

/* If a fork fails, the command runs without a guard. */
void ladder_pci_guard(const char *address)
{
	const pid_t parent = getpid();
	struct ladder_binding before;
	int alive[2];
	pid_t keeper;

	ladder_pci_save(address, &before);
	fflush(NULL);
	if (pipe2(alive, O_CLOEXEC))
		return;
	keeper = fork();
	if (keeper < 0)
		return;
	if (!keeper)
		keep(address, &before, alive);
	close(alive[0]);
	worker = fork();
	if (!worker)
		be_worker(parent);
	else if (worker > 0)
		wait_and_exit(address, &before, keeper, alive[1]);
}
