// SPDX-License-Identifier: MIT
// Memory of a program that a card moves both ways, by transactions of a plugin.
#include "job.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"

#define PAGE    4096u
#define TIME_MS 20000

static void make_transactions(struct kplug *k, struct job *job)
{
	for (unsigned int way = 0; way < 2; way++) {
		struct kplug_dma_transaction t = { .mapping = job->mapping.id,
						   .direction = way == FROM_CARD ?
									KPLUG_DMA_FROM_DEVICE :
									KPLUG_DMA_TO_DEVICE };

		OK(kplug_dma_transaction_make(k, &t));
		job->id[way] = t.out_id;
	}
}

struct job job_pinned(struct kplug *k, size_t length)
{
	struct job job = { .length = length };
	uint64_t offset;

	job.memory = length % PAGE ? malloc(length) : aligned_alloc(PAGE, length);
	memset(job.memory, 0, length);
	job.fd = kplug_dma_buffer_pin(k, job.memory, length, 0, &offset);
	ck_assert_int_ge(job.fd, 0);
	OK(kplug_dma_map(k, job.fd, offset, length, KPLUG_DMA_BOTH, &job.mapping));
	make_transactions(k, &job);
	return job;
}

struct job job_in_one_piece(struct kplug *k, size_t length)
{
	struct job job = { .length = length, .fd = -1 };

	OK(kplug_dma_buffer_alloc_coherent(k, length, &job.buffer));
	job.memory = job.buffer.addr;
	OK(kplug_dma_map(k, job.buffer.fd, 0, length, KPLUG_DMA_BOTH, &job.mapping));
	make_transactions(k, &job);
	return job;
}

void job_free(struct job *job)
{
	if (job->fd < 0) {
		kplug_dma_buffer_free(&job->buffer);
		return;
	}
	close(job->fd);
	free(job->memory);
}

struct kplug_dma_execution job_execution(const struct job *job, enum job_way way)
{
	return (struct kplug_dma_execution){ .id = job->id[way],
					     .length = job->length,
					     .timeout_ms = TIME_MS };
}

void job_start(struct kplug *k, const struct kplug_dma_execution *e)
{
	ck_assert_int_eq(kplug_dma_transaction_execute(k, e, 1), 1);
}

struct kplug_dma_transaction_info job_end(struct kplug *k, uint32_t id)
{
	struct kplug_dma_transaction_info info;

	OK(kplug_dma_transaction_wait(k, id, KPLUG_TIMEOUT_NONE, &info));
	return info;
}

struct kplug_dma_transaction_info job_run(struct kplug *k, const struct kplug_dma_execution *e)
{
	job_start(k, e);
	return job_end(k, e->id);
}
