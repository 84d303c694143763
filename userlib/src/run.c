// SPDX-License-Identifier: MIT
/* Tracks the functions of the program that a thread is in, so that none waits for itself. */
#include "private.h"

/*
 * The innermost function. Functions nest: a handler of one device may wait for events of
 * another. The TLS model saves several calls to find the variable in each run of a handler.
 */
static _Thread_local struct kplug_run *innermost __attribute__((tls_model("initial-exec")));

void kplug_run_enter(struct kplug_run *run, struct kplug *k, const struct kplug_slot *slot)
{
	*run = (struct kplug_run){
		.outer = innermost,
		.device = k,
		.slot = slot,
	};
	innermost = run;
}

void kplug_run_leave(const struct kplug_run *run)
{
	innermost = run->outer;
}

int kplug_run_inside(const struct kplug *k)
{
	const struct kplug_run *run = innermost;

	while (run && run->device != k)
		run = run->outer;
	return run != NULL;
}

int kplug_run_handler(const struct kplug *k)
{
	const struct kplug_run *run = innermost;

	while (run && !(run->device == k && run->slot))
		run = run->outer;
	return run != NULL;
}

int kplug_run_listener(const struct kplug *k)
{
	const struct kplug_run *run = innermost;

	while (run && !(run->device == k && !run->slot))
		run = run->outer;
	return run != NULL;
}
