/* SPDX-License-Identifier: GPL-2.0 */
/* Does a task that leaves its processor sleep? Without BPF, so that the host can test it. */
#ifndef KPLUG_ASLEEP_H
#define KPLUG_ASLEEP_H

#include <stdbool.h>

/* The task waits for a lock of PREEMPT_RT; its own state is kept for later. */
#define ASLEEP_RTLOCK_WAIT 0x1000u

/*
 * @preempted and @state are those of the tracepoint sched_switch. A task sets its
 * state before it checks for the last time whether it has to sleep. A task that is
 * preempted in between has a state but does not sleep.
 */
static inline bool falls_asleep(bool preempted, unsigned int state)
{
	return !preempted && state && state != ASLEEP_RTLOCK_WAIT;
}

#endif /* KPLUG_ASLEEP_H */
