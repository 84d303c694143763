// SPDX-License-Identifier: MIT
// Programs: made, varied, run, and run again.
#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "corpus.h"
#include "cover.h"
#include "fault.h"
#include "operation.h"
#include "process.h"
#include "random.h"
#include "state.h"

#define FAULT_PCT   8
#define LAST_FAULT  16 /* the allocation or copy of a call that fails is up to this one */
#define BEYOND_PCT  2
#define WAIT_SHARE  16 /* what a microsecond of waiting costs, of those of work */
#define REOPEN_PCT  60
#define NOT_DONE    (-9999)
#define NAME_LENGTH "31"

static void append_part(struct program *program, const struct program *other)
{
	unsigned int at = below(program->num);

	for (unsigned int i = 0; i < other->num && at < MAX_STEPS; i++, at++)
		program->steps[at] = other->steps[i];
	if (at > program->num)
		program->num = at;
}

static void vary(struct program *program)
{
	struct step *step = &program->steps[below(program->num)];
	struct program other;

	switch (below(5)) {
	case 0:
		step->seed = any();
		break;
	case 1:
		*step = step_make();
		break;
	case 2:
		if (program->num < MAX_STEPS)
			program->steps[program->num++] = step_make();
		break;
	case 3:
		step->slot = below(NUM_CLIENTS);
		break;
	default:
		if (corpus_pick(&other))
			append_part(program, &other);
	}
}

void program_make(struct program *program)
{
	unsigned int slot = below(NUM_CLIENTS);

	if (chance(70) && corpus_pick(program)) {
		for (unsigned int i = 1 + below(3); i; i--)
			vary(program);
		if (chance(30))
			for (unsigned int i = 0; i < program->num; i++)
				program->steps[i].slot = slot;
		return;
	}
	program->num = 1 + below(MAX_STEPS);
	for (unsigned int i = 0; i < program->num; i++) {
		program->steps[i] = step_make();
		if (chance(70))
			program->steps[i].slot = slot;
	}
}

/* A few dear operations would have most of the time: each has its share, and little beyond. */
static bool is_greedy(unsigned int op)
{
	return state->spent_us[op] * 100 > state->all_spent_us * operation_share(op) &&
	       !chance(BEYOND_PCT);
}

static struct done *history_next(const struct step *step)
{
	struct history *history = &state->history[thread_number];
	struct done *done = &history->done[history->next++ % HISTORY];

	*done = (struct done){ *step, NOT_DONE };
	return done;
}

/* Others run while a thread waits, which costs little. */
static uint64_t cost_us(uint64_t start, uint64_t worked)
{
	return thread_us() - worked + (now_us() - start) / WAIT_SHARE;
}

/* Without a device most steps do nothing. What follows depends on the seed alone. */
static void prepare(const struct step *step)
{
	random_seed(~(uint64_t)step->seed);
	if (client_fd(step->slot) < 0 && chance(REOPEN_PCT))
		client_renew(step->slot);
	random_seed(step->seed);
}

static void run_step(const struct step *step, unsigned int fault)
{
	struct done *done = history_next(step);
	uint64_t start = now_us(), worked = thread_us(), spent;
	long result;

	prepare(step);
	if (fault)
		fault_set(fault);
	cover_reset();
	result = operation_run(step->op, step->slot);
	if (fault) {
		fault_set(0);
		state->faults++;
	}
	done->result = result;
	state->steps++;
	state->tried[step->op]++;
	spent = cost_us(start, worked);
	state->spent_us[step->op] += spent;
	state->all_spent_us += spent;
	if (result >= 0)
		state->succeeded[step->op]++;
	else if (-result < MAX_ERRNO)
		state->errors[step->op][-result]++;
}

void program_run(const struct program *program)
{
	uint64_t seed = any();
	unsigned int fault;

	cover_start(below(4) == 3);
	for (unsigned int i = 0; i < program->num && !state->stop; i++) {
		random_seed(seed + i);
		if (is_greedy(program->steps[i].op))
			continue;
		fault = fault_any(FAULT_PCT, chance(80) ? LAST_FAULT : 6 * LAST_FAULT);
		run_step(&program->steps[i], fault);
		if (cover_look())
			corpus_keep(program, i + 1);
	}
	cover_stop();
	random_seed(~seed);
}

static bool parse(const char *text, struct step *step)
{
	char name[32];
	unsigned int slot, seed;
	int end = 0;

	if (sscanf(text, "%" NAME_LENGTH "[^:]:%u:%u%n", name, &slot, &seed, &end) != 3 ||
	    text[end])
		return false;
	*step = (struct step){ operation_find(name), slot, seed };
	return step->op < operation_count();
}

int program_replay(char **steps)
{
	struct step step;
	long result;

	for (; *steps; steps++) {
		if (!parse(*steps, &step)) {
			fprintf(stderr, "'%s' is no OP:SLOT:SEED\n", *steps);
			return 1;
		}
		prepare(&step);
		result = operation_run(step.op, step.slot);
		printf("%s = %ld%s%s\n", *steps, result, result < 0 ? " " : "",
		       result < 0 ? strerrorname_np(-result) ?: "" : "");
		fflush(stdout);
	}
	return 0;
}
