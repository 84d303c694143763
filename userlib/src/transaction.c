// SPDX-License-Identifier: MIT
/* Transactions that the plugin's engine runs. */
#include "private.h"

int kplug_dma_transaction_make(struct kplug *k, struct kplug_dma_transaction *t)
{
	t->size = sizeof(*t);
	return kplug_ioctl(k, KPLUG_DMA_TRANSACTION, t);
}

int kplug_dma_transaction_execute(struct kplug *k, const struct kplug_dma_execution *list,
				  uint32_t num)
{
	struct kplug_dma_execute cmd = {
		.size = sizeof(cmd),
		.executions = (uintptr_t)list,
		.num_executions = num,
		.stride = sizeof(*list),
	};
	int err = kplug_ioctl(k, KPLUG_DMA_EXECUTE, &cmd);

	return cmd.out_started ? (int)cmd.out_started : err;
}

int kplug_dma_transaction_wait(struct kplug *k, uint32_t id, uint32_t timeout_ms,
			       struct kplug_dma_transaction_info *info)
{
	*info = (struct kplug_dma_transaction_info){
		.size = sizeof(*info),
		.id = id,
		.timeout_ms = timeout_ms,
	};
	return kplug_ioctl(k, KPLUG_DMA_TRANSACTION_INFO, info);
}

static int command(struct kplug *k, unsigned int number, uint32_t id)
{
	struct kplug_dma_transaction_cmd cmd = { .size = sizeof(cmd), .id = id };

	return kplug_ioctl(k, number, &cmd);
}

int kplug_dma_transaction_abort(struct kplug *k, uint32_t id)
{
	return command(k, KPLUG_DMA_ABORT, id);
}

int kplug_dma_transaction_release(struct kplug *k, uint32_t id)
{
	return command(k, KPLUG_DMA_RELEASE, id);
}
