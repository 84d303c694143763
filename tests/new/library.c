// SPDX-License-Identifier: MIT
/* The functions of libkplug that a generated test uses, in one process with the card. */
#include <kplug.h>
#include <stdlib.h>

#include "host.h"

int kplug_open(struct kplug **k, const char *name, const struct kplug_opts *opts)
{
	(void)name;
	(void)opts;
	*k = calloc(1, sizeof(**k));
	return *k ? host_open() : -ENOMEM;
}

int kplug_close(struct kplug *k)
{
	host_close();
	free(k);
	return 0;
}

int kplug_fd(const struct kplug *k)
{
	(void)k;
	return -1;
}

int kplug_map(struct kplug *k, unsigned int region)
{
	(void)k;
	(void)region;
	return 0;
}

int kplug_irq_mode(struct kplug *k, enum kplug_irq_mode mode, unsigned int count)
{
	(void)k;
	(void)mode;
	return count ? (int)count : 1;
}

int kplug_attach(struct kplug *k, unsigned int vector, const struct kplug_handler *handler)
{
	const struct host_handler one = { .plugin = handler->plugin,
					  .steps = handler->steps,
					  .num_steps = handler->num_steps,
					  .user = handler->user };

	(void)k;
	return host_attach(vector, &one);
}

int kplug_detach(struct kplug *k, unsigned int vector)
{
	(void)k;
	return host_detach(vector);
}

int kplug_wait(struct kplug *k, struct kplug_event *events, unsigned int count, int64_t timeout_ns)
{
	(void)k;
	(void)count;
	(void)timeout_ns;
	return host_wait(events);
}

int kplug_vector_info(struct kplug *k, unsigned int vector, struct kplug_vector_info *info)
{
	(void)k;
	return host_vector_info(vector, info);
}

int kplug_access_read(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
		      uint64_t *value)
{
	*value = kplug_io_read_rare(kplug_io_user(k), region, offset, width);
	return 0;
}

/* There is one buffer, one mapping and one transaction. */
static struct kplug_dma_transaction transaction;

int kplug_dma_buffer_alloc(struct kplug *k, size_t length, struct kplug_dma_buffer *buffer)
{
	(void)k;
	*buffer = (struct kplug_dma_buffer){ .addr = host_dma_memory(length), .length = length };
	return buffer->addr ? 0 : -ENOMEM;
}

void kplug_dma_buffer_free(struct kplug_dma_buffer *buffer)
{
	(void)buffer;
}

int kplug_dma_map(struct kplug *k, int fd, uint64_t offset, uint64_t length,
		  enum kplug_dma_direction direction, struct kplug_dma_mapping *mapping)
{
	(void)k;
	(void)fd;
	(void)offset;
	(void)length;
	(void)direction;
	*mapping = (struct kplug_dma_mapping){ .num_segments = 1 };
	return 0;
}

int kplug_dma_transaction_make(struct kplug *k, struct kplug_dma_transaction *t)
{
	(void)k;
	transaction = *t;
	return 0;
}

int kplug_dma_transaction_execute(struct kplug *k, const struct kplug_dma_execution *executions,
				  unsigned int num)
{
	(void)k;
	return host_dma_execute(transaction.direction, executions->length, transaction.max_chunk) ?:
		       (int)num;
}

int kplug_call(struct kplug *k, unsigned int cmd, const void *in, size_t in_len, void *out,
	       size_t out_len)
{
	(void)k;
	return host_call(cmd, in, in_len, out, out_len);
}
