/* SPDX-License-Identifier: MIT */
/*
 * A guest asks tools/doorbell.py on its host to ring the doorbell of an ivshmem
 * device. The request is in the memory they share, DOORBELL_BEFORE_END bytes
 * before its end. All numbers are little-endian.
 */
#ifndef KPLUG_DOORBELL_H
#define KPLUG_DOORBELL_H

#include <stdint.h>

#define DOORBELL_REGION     2 /* the shared memory */
#define DOORBELL_BEFORE_END 4096
#define DOORBELL_MAGIC      0x6c6c6562676c706bull /* "kplgbell" */

struct doorbell {
	uint64_t magic; /* the guest sets it before its first request */
	uint32_t request; /* number of the request; the guest writes it last */
	uint32_t done; /* number of the last finished request; the host writes it */
	uint64_t interval_ns;
	uint64_t count;
	uint64_t raised; /* by the host, for this request */
	uint64_t ns; /* the time the host took */
	uint32_t vector;
	uint32_t random; /* 1: intervals between 0 and twice the mean */
	uint32_t alive; /* changes while tools/doorbell.py runs */
	uint32_t zero;
};

#endif /* KPLUG_DOORBELL_H */
