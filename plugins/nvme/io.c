// SPDX-License-Identifier: GPL-2.0
/* Transactions that read or write blocks, and their commands. */
#include <linux/log2.h>
#include <linux/moduleparam.h>

#include "nvme.h"

static bool restricted_write;
module_param(restricted_write, bool, 0644);
MODULE_PARM_DESC(restricted_write, "clients without CAP_SYS_RAWIO may write (default: read only)");

/*
 * kplug_dma.priv holds the namespace's index in the table and its epoch, as they were when
 * the transaction was checked, and the queue of the last command. A transaction is valid
 * only for the block size that it was checked with.
 */
#define QUEUE_BITS 8
#define INDEX_BITS 8

static unsigned long note(unsigned int index, u16 epoch)
{
	return (unsigned long)epoch << (QUEUE_BITS + INDEX_BITS) | index << QUEUE_BITS;
}

struct nvme_queue *nvme_io_queue(const struct kplug_dma *dma)
{
	struct nvme *nvme = kplug_priv(dma->device);
	unsigned int id = (unsigned long)READ_ONCE(dma->priv) & GENMASK(QUEUE_BITS - 1, 0);

	return id ? &nvme->queues[id] : NULL;
}

void nvme_io_set_queue(struct kplug_dma *dma, const struct nvme_queue *q)
{
	unsigned long priv = (unsigned long)dma->priv & ~GENMASK(QUEUE_BITS - 1, 0);

	WRITE_ONCE(dma->priv, (void *)(priv | q->id));
}

static int check_write(const struct kplug_dma *dma, const struct nvme_namespace *ns)
{
	if (dma->direction == KPLUG_DMA_FROM_DEVICE)
		return -EINVAL;
	if (!kplug_client_trusted(dma->client) && !READ_ONCE(restricted_write))
		return -EPERM;
	return ns->flags & NVME_NAMESPACE_READ_ONLY ? -EROFS : 0;
}

static int check(const struct kplug_dma *dma, const struct nvme_namespace *ns)
{
	u64 first = dma->args[1], num;

	if (dma->args[3] & ~(u64)NVME_FUA || dma->length % ns->block_size)
		return -EINVAL;
	num = dma->length / ns->block_size;
	if (first > ns->num_blocks || num > ns->num_blocks - first)
		return -EINVAL;
	switch (dma->args[0]) {
	case NVME_READ:
		return dma->direction == KPLUG_DMA_TO_DEVICE ? -EINVAL : 0;
	case NVME_WRITE:
		return check_write(dma, ns);
	default:
		return -EINVAL;
	}
}

int nvme_io_check(struct kplug_dma *dma)
{
	struct nvme *nvme = kplug_priv(dma->device);
	const struct nvme_table *table;
	int i, err = -EINVAL;

	rcu_read_lock();
	table = rcu_dereference(nvme->table);
	i = nvme_namespaces_find(table, dma->args[2]);
	if (i >= 0) {
		err = check(dma, &table->namespaces[i]);
		dma->priv = (void *)note(i, table->epochs[i]);
	}
	rcu_read_unlock();
	return err;
}

/* The namespace that the transaction was checked with, or NULL if it has changed. Under RCU. */
static const struct nvme_namespace *noted_namespace(const struct nvme *nvme,
						    const struct kplug_dma *dma)
{
	const struct nvme_table *table = rcu_dereference(nvme->table);
	unsigned long priv = (unsigned long)dma->priv;
	unsigned int i = priv >> QUEUE_BITS & GENMASK(INDEX_BITS - 1, 0);

	if (i >= table->num || table->epochs[i] != (u16)(priv >> (QUEUE_BITS + INDEX_BITS)))
		return NULL;
	return &table->namespaces[i];
}

/* 6.9 "Read command", 6.15 "Write command" */
static __always_inline int fill_command(struct nvme *nvme, const struct kplug_dma *dma,
					struct nvme_command *command)
{
	const struct nvme_namespace *ns;
	unsigned int shift;
	int err = -ESTALE;
	u64 first;
	u32 num;

	rcu_read_lock();
	ns = noted_namespace(nvme, dma);
	if (likely(ns)) {
		shift = ilog2(ns->block_size);
		first = dma->args[1] + (dma->chunk.offset >> shift);
		num = dma->chunk.length >> shift;
		err = dma->chunk.length & (ns->block_size - 1) ? -EINVAL : 0;
		*command = (struct nvme_command){
			.opcode = dma->args[0],
			.nsid = cpu_to_le32(ns->id),
			.cdw10 = cpu_to_le32(lower_32_bits(first)),
			.cdw11 = cpu_to_le32(upper_32_bits(first)),
			.cdw12 = cpu_to_le32((num - 1) |
					     (dma->args[3] & NVME_FUA ? NVME_RW_FUA : 0)),
		};
	}
	rcu_read_unlock();
	return err;
}

/**
 * nvme_io_command() - make the command for a transaction's chunk
 * @nvme: the controller
 * @dma: the transaction
 * @command: filled, except for the description of its memory
 *
 * Context: any.
 * Return: 0; -ESTALE when the namespace has changed since @dma was checked; -EINVAL when
 * the chunk does not consist of whole blocks, which a program's max_chunk can cause.
 */
int nvme_io_command(struct nvme *nvme, const struct kplug_dma *dma, struct nvme_command *command)
{
	return fill_command(nvme, dma, command);
}

/* Tries the queues after this CPU's. There are never more transactions than slots. */
static noinline int submit_elsewhere(struct nvme *nvme, unsigned int cpu,
				     struct nvme_command *command, struct kplug_dma *dma)
{
	unsigned int n = nvme->num_irq_queues, i;
	int err = -EBUSY;

	for (i = 1; err == -EBUSY && i < n; i++)
		err = nvme_queue_program(&nvme->queues[nvme_io_cpu_queue(nvme, cpu + i)], command,
					 dma);
	return err;
}

static int submit(struct nvme *nvme, struct nvme_command *command, struct kplug_dma *dma)
{
	unsigned int cpu = raw_smp_processor_id();
	int err = -EBUSY;

	if (dma->polled && nvme->num_polled_queues)
		err = nvme_queue_program(&nvme->queues[1 + nvme->num_irq_queues], command, dma);
	if (err == -EBUSY)
		err = nvme_queue_program(&nvme->queues[nvme_io_cpu_queue(nvme, cpu)], command, dma);
	return likely(err != -EBUSY) ? err : submit_elsewhere(nvme, cpu, command, dma);
}

int nvme_io_program(struct kplug_dma *dma)
{
	struct nvme *nvme = kplug_priv(dma->device);
	struct nvme_command command nvme_uninitialized;
	int err = fill_command(nvme, dma, &command);

	if (err)
		return err;
	if (!nvme_pages_fit(nvme, &dma->chunk))
		return -EINVAL;
	return submit(nvme, &command, dma);
}
