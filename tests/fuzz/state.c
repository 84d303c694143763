// SPDX-License-Identifier: MIT
// The state that all processes share.
#include "state.h"

#include <err.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct state *state;
__thread unsigned int thread_number;

static uint64_t read_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

uint64_t now_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

uint64_t thread_us(void)
{
	return read_us(CLOCK_THREAD_CPUTIME_ID);
}

void state_map(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, sizeof(*state)))
		err(2, "%s", path);
	state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (state == MAP_FAILED)
		err(2, "%s", path);
	close(fd);
	state->stop = false;
}
