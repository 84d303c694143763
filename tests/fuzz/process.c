// SPDX-License-Identifier: MIT
// A process of the fuzzer.
#include "process.h"

#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "cover.h"
#include "memory.h"
#include "operation.h"
#include "random.h"
#include "state.h"

#define ALARM_US       70000 /* signals interrupt waits */
#define LOCKED_MEMORY  (24 << 20)
#define RESTRICTED_PCT 15
#define FIRST_CLIENTS  4 /* every fourth is open at first */
#define MAX_PROGRAMS   2000

struct client clients[NUM_CLIENTS];
int buffers[NUM_BUFFERS], eventfds[NUM_EVENTFDS], mail[2];
struct map maps[NUM_MAPS];

int client_fd(unsigned int slot)
{
	return clients[slot % NUM_CLIENTS].fd;
}

unsigned int client_device(unsigned int slot)
{
	unsigned int device = clients[slot % NUM_CLIENTS].device;

	return device < num_devices ? device : 0;
}

enum device_type client_type(unsigned int slot)
{
	return devices[client_device(slot)].type;
}

void client_keep(unsigned int slot, int fd, unsigned int device)
{
	struct client *client = &clients[slot % NUM_CLIENTS];
	int old = client->fd;

	client->fd = fd;
	client->device = device;
	if (old >= 0)
		close(old);
}

void descriptor_keep(int *table, unsigned int num, int fd)
{
	int *place = &table[below(num)];

	if (fd < 0)
		return;
	if (*place >= 0 && *place != fd)
		close(*place);
	*place = fd;
}

int descriptor_any(void)
{
	switch (below(8)) {
	case 0:
		return client_fd(any());
	case 1:
		return pick(eventfds);
	case 2:
		return odd_value();
	default:
		return pick(buffers);
	}
}

void map_keep(void *address, size_t length, bool may_write)
{
	struct map *map = &pick(maps), old = *map;

	if (address == MAP_FAILED)
		return;
	*map = (struct map){ address, length, may_write };
	if (old.address)
		munmap(old.address, old.length);
}

bool capability_set(int capability, bool on)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uint32_t *effective = &data[CAP_TO_INDEX(capability)].effective;
	uint32_t bit = CAP_TO_MASK(capability);
	bool before;

	syscall(SYS_capget, &header, data);
	before = *effective & bit;
	*effective = on ? *effective | bit : *effective & ~bit;
	syscall(SYS_capset, &header, data);
	return before;
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void set_signals(void)
{
	struct itimerval often = { { 0, ALARM_US }, { 0, ALARM_US } };
	struct sigaction alarm = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &alarm, NULL);
	signal(SIGIO, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	setitimer(ITIMER_REAL, &often, NULL);
}

void process_set_up(void)
{
	struct rlimit locked = { LOCKED_MEMORY, LOCKED_MEMORY };

	set_signals();
	setrlimit(RLIMIT_MEMLOCK, &locked);
	memory_set_up();
	for (unsigned int i = 0; i < NUM_BUFFERS; i++)
		buffers[i] = -1;
	for (unsigned int i = 0; i < NUM_EVENTFDS; i++)
		eventfds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	for (unsigned int i = 0; i < NUM_CLIENTS; i++) {
		clients[i].fd = -1;
		/* The others come with time: the start of a process is dear. */
		random_seed(i);
		if (i % FIRST_CLIENTS == 0)
			operation_run(operation_find("open"), i);
	}
	capability_set(CAP_IPC_LOCK, false);
}

struct worker {
	unsigned int number;
	uint64_t seed;
};

static void *work(void *argument)
{
	const struct worker *worker = argument;
	struct program program;

	thread_number = worker->number;
	random_seed(worker->seed);
	cover_open();
	/* An answer that went elsewhere leaves a descriptor open, until there are no more. */
	for (unsigned int i = 0; i < MAX_PROGRAMS && !state->stop; i++) {
		program_make(&program);
		program_run(&program);
	}
	return NULL;
}

void process_run(unsigned int number, uint64_t seed, unsigned int threads)
{
	struct worker workers[NUM_THREADS];
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	random_seed(seed);
	if (chance(RESTRICTED_PCT))
		capability_set(CAP_SYS_RAWIO, false);
	process_set_up();
	for (unsigned int i = 0; i < threads; i++) {
		workers[i] = (struct worker){ number * NUM_THREADS + i, seed + i };
		if (i)
			pthread_create(&thread, NULL, work, &workers[i]);
	}
	work(&workers[0]);
	_exit(0);
}
