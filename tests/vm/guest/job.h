/* SPDX-License-Identifier: MIT */
/* Memory of a program that a card moves both ways, by transactions of a plugin. */
#ifndef KPLUG_TEST_JOB_H
#define KPLUG_TEST_JOB_H

#include <kplug.h>
#include <stddef.h>
#include <stdint.h>

enum job_way { TO_CARD, FROM_CARD };

struct job {
	union {
		uint8_t *memory;
		uint32_t *words;
	};
	size_t length;
	int fd;
	struct kplug_dma_buffer buffer; /* of a job in one piece */
	struct kplug_dma_mapping mapping;
	uint32_t id[2]; /* transactions over all of it, by enum job_way */
};

/* job_pinned() - page by page somewhere else, filled with 0; whole pages begin at one */
struct job job_pinned(struct kplug *k, size_t length);
/* job_in_one_piece() - coherent memory of kplug */
struct job job_in_one_piece(struct kplug *k, size_t length);
/* job_free() - the program's memory, after kplug_close() */
void job_free(struct job *job);

/* job_execution() - of all of it, with 20 seconds of time */
struct kplug_dma_execution job_execution(const struct job *job, enum job_way way);
void job_start(struct kplug *k, const struct kplug_dma_execution *e);
/* job_end() - waits for the end of a transaction */
struct kplug_dma_transaction_info job_end(struct kplug *k, uint32_t id);
/* job_run() - starts it, and waits for its end */
struct kplug_dma_transaction_info job_run(struct kplug *k, const struct kplug_dma_execution *e);

#endif
