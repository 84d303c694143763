/* SPDX-License-Identifier: MIT */
/*
 * How a guest asks tools/doorbell.py, outside of it, to ring the doorbell of an ivshmem device: a structure in the
 * memory that both see, DOORBELL_BEFORE_END bytes before its end. All numbers are little-endian.
 */
#ifndef DOORBELL_H
#define DOORBELL_H

#include <stdint.h>

#define DOORBELL_REGION     2	/* the shared memory */
#define DOORBELL_BEFORE_END 4096
#define DOORBELL_MAGIC      0x6c6c6562676c706bull	/* "kplgbell" */

struct doorbell {
	uint64_t magic;	/* the guest's, before its first request */
	uint32_t request;	/* its number, written last: ring from now on */
	uint32_t done;	/* of the last one that ended, written by who rings */
	uint64_t interval_ns;
	uint64_t count;
	uint64_t raised;	/* by who rings; those of this request */
	uint64_t ns;	/* that this took */
	uint32_t vector;
	uint32_t random;	/* 1: intervals between 0 and twice as long */
	uint32_t alive;	/* changes all the time while somebody is there */
	uint32_t zero;
};

#endif /* DOORBELL_H */
