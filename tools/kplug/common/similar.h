/* SPDX-License-Identifier: MIT */
/* Words that differ by a slip of the hand. */
#ifndef KPLUG_SIMILAR_H
#define KPLUG_SIMILAR_H

/* Letters to add, drop, replace or exchange with their neighbour, to make one of the other. */
unsigned int similar_distance(const char *one, const char *other);

/* The largest distance at which @word may be meant as another one. */
unsigned int similar_limit(const char *word);

#endif /* KPLUG_SIMILAR_H */
