// SPDX-License-Identifier: MIT
// Chooses what happens to the machine, and does it.
#include "chaos.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fault.h"
#include "file.h"
#include "process.h"
#include "random.h"
#include "state.h"

#define LINE_SIZE  256
#define ANSWER_MS  40000
#define FAULT_PCT  40
#define LAST_FAULT 150 /* to bind a device takes more than a hundred */
#define BETWEEN_MS 400
#define SHARE_PCT  10
#define BEYOND_PCT 5

#define UPHEAVAL(name, weight, faults) void upheave_##name(void);
#include "upheavals.def"
#undef UPHEAVAL

static struct {
	const char *name;
	void (*run)(void);
	unsigned int weight;
	bool faults;
} upheavals[] = {
#define UPHEAVAL(name, weight, faults) { #name, upheave_##name, weight, faults },
#include "upheavals.def"
#undef UPHEAVAL
};

_Static_assert(ARRAY_SIZE(upheavals) <= MAX_UPHEAVALS, "MAX_UPHEAVALS is too low");

const char *chaos_name(unsigned int number)
{
	return number < ARRAY_SIZE(upheavals) ? upheavals[number].name : NULL;
}

bool chaos_without(const char *name)
{
	bool found = false;

	for (unsigned int i = 0; i < ARRAY_SIZE(upheavals); i++) {
		if (strcmp(upheavals[i].name, name) && strcmp(name, "chaos"))
			continue;
		upheavals[i].weight = 0;
		found = true;
	}
	return found;
}

void nap(unsigned int milliseconds)
{
	usleep(1000 * below(milliseconds));
}

static bool read_answer(int fd)
{
	struct pollfd wanted = { .fd = fd, .events = POLLIN };
	char line[LINE_SIZE] = "";
	size_t length = 0;

	while (length < sizeof(line) - 1 && poll(&wanted, 1, ANSWER_MS) == 1 &&
	       read(fd, line + length, 1) == 1 && line[length] != '\n')
		length++;
	return !strncmp(line, "ok", 2);
}

bool host_request(const char *format, ...)
{
	int fd = open("/dev/ttyS2", O_RDWR | O_NOCTTY | O_CLOEXEC);
	va_list arguments;
	bool ok;

	if (fd < 0)
		return false;
	va_start(arguments, format);
	vdprintf(fd, format, arguments);
	va_end(arguments);
	dprintf(fd, "\n");
	ok = read_answer(fd);
	close(fd);
	return ok;
}

static unsigned int total_weight(void)
{
	unsigned int total = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(upheavals); i++)
		total += upheavals[i].weight;
	return total;
}

static unsigned int weighted(void)
{
	unsigned int left = below(total_weight()), i;

	for (i = 0; left >= upheavals[i].weight; i++)
		left -= upheavals[i].weight;
	return i;
}

static bool is_greedy(unsigned int chosen)
{
	return state->upheaved_ms[chosen] * 100 > state->all_upheaved_ms * SHARE_PCT;
}

/* Each one once, and then by weight; of those that take long not more than their share. */
static unsigned int choose(uint64_t seed, uint64_t round)
{
	unsigned int chosen = (seed + round) % ARRAY_SIZE(upheavals);

	if (round < ARRAY_SIZE(upheavals) && upheavals[chosen].weight)
		return chosen;
	do
		chosen = weighted();
	while (is_greedy(chosen) && !chance(BEYOND_PCT));
	return chosen;
}

void chaos_prepare(void)
{
	if (total_weight())
		prepare_modules();
}

void chaos_run(uint64_t seed)
{
	unsigned int chosen;
	uint64_t start, spent;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	/* It is one process beside a dozen threads. */
	errno = 0;
	if (nice(-4) == -1 && errno)
		warn("nice");
	close(mail[0]);
	close(mail[1]);
	thread_number = CHAOS_THREAD;
	for (uint64_t round = 0; !state->stop && total_weight(); round++) {
		random_seed(seed + round);
		chosen = choose(seed, round);
		state->upheaval = chosen + 1;
		start = now_us();
		if (upheavals[chosen].faults)
			fault_set(fault_any(FAULT_PCT, LAST_FAULT));
		upheavals[chosen].run();
		fault_set(0);
		state->upheaval = 0;
		state->upheaved[chosen]++;
		spent = (now_us() - start) / 1000;
		state->upheaved_ms[chosen] += spent;
		state->all_upheaved_ms += spent;
		state->upheavals++;
		nap(BETWEEN_MS);
	}
	file_write("1", "/sys/devices/system/cpu/cpu1/online");
	_exit(0);
}
