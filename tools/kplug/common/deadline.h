/* SPDX-License-Identifier: MIT */
/* How long an instrument watches: for a duration, or until a signal ends it. */
#ifndef KPLUG_DEADLINE_H
#define KPLUG_DEADLINE_H

#include <stdbool.h>

struct deadline {
	double start; /* monotonic seconds */
	double end; /* infinite without a duration */
};

/* From now on SIGINT and SIGTERM end the wait. @seconds is 0 for no end. */
void deadline_begin(struct deadline *deadline, double seconds);
bool deadline_over(const struct deadline *deadline);
double deadline_elapsed(const struct deadline *deadline);

/* Sleep for @seconds at most: less if the deadline or a signal comes first. */
void deadline_rest(const struct deadline *deadline, double seconds);

#endif /* KPLUG_DEADLINE_H */
