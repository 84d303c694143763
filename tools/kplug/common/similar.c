// SPDX-License-Identifier: MIT
/* Words that differ by a slip of the hand. */
#include "similar.h"

#include <string.h>

#define LONGEST 32

static unsigned int least_of(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's distance, in which two exchanged letters count once. */
unsigned int similar_distance(const char *one, const char *other)
{
	unsigned int d[LONGEST + 1][LONGEST + 1];
	size_t n = strlen(one), m = strlen(other), i, j;

	if (n > LONGEST || m > LONGEST)
		return n + m;
	for (i = 0; i <= n; i++)
		d[i][0] = i;
	for (j = 0; j <= m; j++)
		d[0][j] = j;
	for (i = 1; i <= n; i++)
		for (j = 1; j <= m; j++) {
			d[i][j] = least_of(d[i - 1][j] + 1, d[i][j - 1] + 1,
					   d[i - 1][j - 1] + (one[i - 1] != other[j - 1]));
			if (i > 1 && j > 1 && one[i - 1] == other[j - 2] &&
			    one[i - 2] == other[j - 1] && d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[n][m];
}

unsigned int similar_limit(const char *word)
{
	return strlen(word) < 5 ? 1 : 2;
}
