/* SPDX-License-Identifier: MIT */
/* What all processes of the fuzzer share; a file keeps it from one round to the next. */
#ifndef FUZZ_STATE_H
#define FUZZ_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "program.h"

#define MAX_PROCESSES 8
#define NUM_THREADS   6 /* of a process */
#define MAX_THREADS   (MAX_PROCESSES * NUM_THREADS)
#define CHAOS_THREAD  MAX_THREADS
#define COVER_SIZE    (1 << 17)
#define CORPUS_SIZE   4096
#define DICTIONARY    4096
#define HISTORY       32
#define MAX_OPS       128
#define MAX_UPHEAVALS 64
#define MAX_ERRNO     134

struct done {
	struct step step;
	int result;
};

/* The last steps of a thread, to explain a report. */
struct history {
	_Atomic uint32_t next;
	struct done done[HISTORY];
};

struct state {
	_Atomic uint64_t steps, calls, faults, kills, upheavals;
	_Atomic uint64_t tried[MAX_OPS], succeeded[MAX_OPS], spent_us[MAX_OPS], all_spent_us;
	_Atomic uint32_t errors[MAX_OPS][MAX_ERRNO];
	_Atomic uint64_t upheaved[MAX_UPHEAVALS], upheaved_ms[MAX_UPHEAVALS], all_upheaved_ms;
	atomic_bool stop, memory_lost, prepared;

	_Atomic uint32_t cover[COVER_SIZE]; /* a hash set of places */
	_Atomic uint32_t num_cover, num_own; /* all places, and those in kplug.ko */

	_Atomic uint32_t num_dictionary, num_corpus;
	uint64_t dictionary[DICTIONARY];
	struct program corpus[CORPUS_SIZE];

	struct history history[MAX_THREADS];
	_Atomic int upheaval; /* the number of the one that runs, plus 1 */
};

extern struct state *state;
extern __thread unsigned int thread_number;

uint64_t now_us(void);
/* thread_us() - how long this thread has had a processor */
uint64_t thread_us(void);

/* state_map() - the state in the file at @path, which is made if it is not there */
void state_map(const char *path);

#endif
