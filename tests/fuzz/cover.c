// SPDX-License-Identifier: MIT
// Coverage by KCOV. It sees the calls of a thread, but neither interrupts nor workers: for these
// there is gcov at the end.
#include "cover.h"

#include <fcntl.h>
#include <linux/kcov.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "corpus.h"
#include "file.h"
#include "state.h"

#define WORDS     (1 << 13)
#define MAX_TEXT  0x400000 /* more than kplug.ko has */
#define CMP_WORDS 4
#define LATELY    8192

static uint64_t text; /* where kplug.ko is loaded */
static __thread int kcov = -1;
static __thread uint64_t *trace;
static __thread bool running, comparing;

void cover_module(void)
{
	char address[64];

	if (!file_read(address, sizeof(address), "/sys/module/kplug/sections/.text"))
		text = strtoull(address, NULL, 16);
}

void cover_open(void)
{
	kcov = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (kcov < 0 || ioctl(kcov, KCOV_INIT_TRACE, WORDS)) {
		kcov = -1;
		return;
	}
	trace = mmap(NULL, WORDS * sizeof(*trace), PROT_READ | PROT_WRITE, MAP_SHARED, kcov, 0);
	if (trace == MAP_FAILED)
		kcov = -1;
}

void cover_start(bool comparisons)
{
	comparing = comparisons;
	running = kcov >= 0 &&
		  !ioctl(kcov, KCOV_ENABLE, comparisons ? KCOV_TRACE_CMP : KCOV_TRACE_PC);
}

void cover_reset(void)
{
	if (running)
		__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
}

/* Whether this thread has noted the place: spares the shared table most searches. */
static bool noted_lately(uint32_t place)
{
	static __thread uint32_t lately[LATELY];
	uint32_t *slot = &lately[place % LATELY];

	if (*slot == place)
		return true;
	*slot = place;
	return false;
}

/* insert() - false when the table has it */
static bool insert(uint32_t place)
{
	uint32_t old;

	for (uint32_t at = place * 2654435761u >> 15;; at = (at + 1) % COVER_SIZE) {
		old = state->cover[at];
		if (!old && atomic_compare_exchange_strong(&state->cover[at], &old, place))
			return true;
		if (old == place)
			return false;
	}
}

/* The offset in kplug.ko, which stays when it is loaded anew; else the address. */
static bool note(uint64_t pc)
{
	bool own = pc >= text && pc - text < MAX_TEXT;
	uint32_t place = own ? pc - text + 1 : (uint32_t)pc;

	if (noted_lately(place) || !insert(place))
		return false;
	if (own)
		state->num_own++;
	/* A full table would make the search endless. */
	if (++state->num_cover > COVER_SIZE / 2)
		exit(3);
	return true;
}

static void look_at_comparisons(uint64_t num)
{
	for (uint64_t i = 0; i < num && (i + 1) * CMP_WORDS < WORDS; i++) {
		const uint64_t *cmp = &trace[1 + i * CMP_WORDS];

		dictionary_add(cmp[0] & KCOV_CMP_CONST ? cmp[1] : cmp[2]);
	}
}

bool cover_look(void)
{
	bool found = false;
	uint64_t num;

	if (!running)
		return false;
	num = __atomic_load_n(&trace[0], __ATOMIC_RELAXED);
	if (comparing) {
		look_at_comparisons(num);
		return false;
	}
	for (uint64_t i = 0; i < num && i + 1 < WORDS; i++)
		found |= note(trace[i + 1]);
	return found;
}

void cover_stop(void)
{
	if (running)
		ioctl(kcov, KCOV_DISABLE, 0);
	running = false;
}
