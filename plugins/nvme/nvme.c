// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin for NVMe controllers: programs read and write blocks by transactions.
 *
 * It takes no disk by itself: bind the function to kplug and attach by name.
 * Whoever may open the device may read all of its namespaces. Restricted
 * openers may write only with the parameter restricted_write.
 */
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "nvme.h"

/* How long a command may go on that is to be aborted: by itself, and when it was told to. */
#define GRACE   (HZ / 10)
#define ABORTED (2 * HZ)

static bool restricted_write;
module_param(restricted_write, bool, 0644);
MODULE_PARM_DESC(restricted_write, "openers without CAP_SYS_RAWIO may write (default: read only)");

/* Vector 0 is the admin queue's, and of all queues if there is no other. */
static unsigned int nvme_hard(struct kplug_irq *irq)
{
	struct nvme_queue *q = irq->ctx;
	struct nvme *nvme = q->nvme;
	unsigned int n = nvme_queue_reap(q);

	if (!nvme->separate)
		n += nvme_queue_reap(&nvme->queues[1]);
	return n ? KPLUG_HANDLED : KPLUG_NONE;
}

static int nvme_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	struct nvme *nvme = kplug_priv(dev);

	if (irq->vector > NVME_IO_QUEUES)
		return -EINVAL;
	irq->ctx = &nvme->queues[irq->vector];
	return 0;
}

/* As many vectors as there are, up to one for each queue; how many queues they serve. */
static int arm_vectors(struct nvme *nvme, unsigned int want)
{
	unsigned int i;
	int err = kplug_irq_arm(nvme->dev, 0);

	for (i = 1; !err && i <= want; i++)
		err = kplug_irq_arm(nvme->dev, i);
	if (err && (err != -ENOENT || i == 1))
		return err;
	/* After a failure the last one that is armed is two back. */
	nvme->separate = !err || i > 2;
	return err ? max(i - 2, 1u) : want;
}

/* One queue for each processor, and one more that does not interrupt. */
static int make_queues(struct nvme *nvme)
{
	unsigned int i;
	int got, err;

	got = nvme_controller_num_queues(nvme, min_t(unsigned int, num_online_cpus(), NVME_IO_QUEUES) + 1);
	if (got < 0)
		return got;
	err = arm_vectors(nvme, max(got - 1, 1));
	if (err < 0)
		return err;
	nvme->num_irq_queues = err;
	nvme->num_polled_queues = got > nvme->num_irq_queues;
	err = 0;
	for (i = 1; !err && i <= nvme_num_io_queues(nvme); i++)
		err = nvme_queue_alloc(nvme, i);
	return err ?: nvme_controller_create_queues(nvme);
}

/* More segments than pages need never be, so that blocks are not cut. */
static int set_engine(struct nvme *nvme)
{
	struct kplug_dma_engine engine = {
		.depth = nvme->num_irq_queues * (nvme->queues[1].entries - 1) - NVME_FLUSHES,
		.max_chunk = nvme->info.max_chunk,
		.max_segments = nvme->list_entries + 1,
		.alignment = 4,
	};

	nvme->info.num_queues = nvme->num_irq_queues;
	nvme->info.num_polled_queues = nvme->num_polled_queues;
	nvme->info.depth = engine.depth;
	return kplug_dma_set_engine(nvme->dev, &engine);
}

static int start(struct nvme *nvme)
{
	int err = nvme_queue_alloc(nvme, 0);

	if (err)
		return err;
	nvme->identity = kplug_dma_alloc(nvme->dev, NVME_IDENTIFY_SIZE, &nvme->identity_address);
	if (!nvme->identity)
		return -ENOMEM;
	mutex_lock(&nvme->lock);
	err = nvme_controller_enable(nvme);
	if (!err)
		err = nvme_controller_identify(nvme);
	if (!err)
		err = make_queues(nvme);
	mutex_unlock(&nvme->lock);
	return err ?: set_engine(nvme);
}

static struct nvme *make(struct kplug_device *dev)
{
	struct nvme *nvme = kvzalloc(sizeof(*nvme), GFP_KERNEL);
	unsigned int i;

	if (!nvme)
		return NULL;
	nvme->dev = dev;
	nvme->io = kplug_io(dev);
	nvme->cap = kplug_read64(nvme->io, NVME_REGION, NVME_CAP);
	mutex_init(&nvme->lock);
	sema_init(&nvme->flushes, NVME_FLUSHES);
	for (i = 0; i < ARRAY_SIZE(nvme->queues); i++) {
		raw_spin_lock_init(&nvme->queues[i].lock);
		spin_lock_init(&nvme->queues[i].poll_lock);
		nvme->queues[i].nvme = nvme;
	}
	kplug_set_priv(dev, nvme);
	return nvme;
}

/* Also of what attach has left unfinished. */
static void nvme_detach(struct kplug_device *dev)
{
	struct nvme *nvme = kplug_priv(dev);
	unsigned int i;

	mutex_lock(&nvme->lock);
	nvme_controller_stop(nvme);
	mutex_unlock(&nvme->lock);
	for (i = 0; i <= NVME_IO_QUEUES; i++)
		kplug_irq_disarm(dev, i);
	for (i = 0; i < ARRAY_SIZE(nvme->queues); i++)
		nvme_queue_free(&nvme->queues[i]);
	kplug_dma_free(dev, NVME_IDENTIFY_SIZE, nvme->identity, nvme->identity_address);
	mutex_destroy(&nvme->lock);
	kvfree(nvme);
	kplug_set_priv(dev, NULL);
}

static int nvme_attach(struct kplug_device *dev)
{
	const struct kplug_dma_limits limits = { .address_bits = 64 };
	struct pci_dev *pdev = kplug_pci(dev);
	struct nvme *nvme;
	int err;

	if (!pdev || pdev->class != PCI_CLASS_STORAGE_EXPRESS)
		return -ENODEV;
	err = kplug_dma_set_limits(dev, &limits);
	if (err)
		return err;
	nvme = make(dev);
	if (!nvme)
		return -ENOMEM;
	if (nvme->cap == U64_MAX || !(nvme->cap & NVME_CAP_NVM) || NVME_CAP_MPSMIN(nvme->cap) ||
	    NVME_CAP_MQES(nvme->cap) < NVME_FLUSHES + 1)
		err = -ENODEV;
	else
		err = start(nvme);
	if (err)
		nvme_detach(dev);
	return err;
}

static const struct nvme_namespace *find_namespace(const struct nvme *nvme, u64 id)
{
	const struct nvme_info *info = &nvme->info;
	unsigned int i;

	for (i = 0; i < info->num_namespaces; i++)
		if (info->namespaces[i].id == id)
			return &info->namespaces[i];
	return NULL;
}

static int check_write(const struct kplug_dma *dma, const struct nvme_namespace *ns)
{
	if (dma->direction == KPLUG_DMA_FROM_DEVICE)
		return -EINVAL;
	if (!kplug_opener_trusted(dma->opener) && !READ_ONCE(restricted_write))
		return -EPERM;
	return ns->flags & NVME_NAMESPACE_READ_ONLY ? -EROFS : 0;
}

static int nvme_dma_check(struct kplug_dma *dma)
{
	const struct nvme_namespace *ns = find_namespace(kplug_priv(dma->device), dma->args[2]);
	u64 first = dma->args[1], num;

	if (!ns || dma->args[3] & ~(u64)NVME_FUA || dma->length % ns->block_size)
		return -EINVAL;
	num = dma->length / ns->block_size;
	if (first > ns->num_blocks || num > ns->num_blocks - first)
		return -EINVAL;
	dma->priv = NULL;
	switch (dma->args[0]) {
	case NVME_READ:
		return dma->direction == KPLUG_DMA_TO_DEVICE ? -EINVAL : 0;
	case NVME_WRITE:
		return check_write(dma, ns);
	default:
		return -EINVAL;
	}
}

/* This processor's queue, or any that has room: there are not more transactions than slots. */
static int submit(struct nvme *nvme, struct nvme_command *command, struct kplug_dma *dma)
{
	unsigned int n = nvme->num_irq_queues, cpu = raw_smp_processor_id(), i;
	int err = -EBUSY;

	if (dma->polled && nvme->num_polled_queues)
		err = nvme_queue_transfer(&nvme->queues[1 + n], command, dma);
	for (i = 0; err == -EBUSY && i < n; i++)
		err = nvme_queue_transfer(&nvme->queues[1 + (cpu + i) % n], command, dma);
	return err;
}

/* 6.9 "Read command", 6.15 "Write command" */
static int nvme_dma_program(struct kplug_dma *dma)
{
	struct nvme *nvme = kplug_priv(dma->device);
	const struct nvme_namespace *ns = find_namespace(nvme, dma->args[2]);
	unsigned int shift = ilog2(ns->block_size);
	u64 first = dma->args[1] + (dma->chunk.offset >> shift);
	u32 num = dma->chunk.length >> shift;
	struct nvme_command command = {
		.opcode = dma->args[0],
		.nsid = cpu_to_le32(ns->id),
		.cdw10 = cpu_to_le32(lower_32_bits(first)),
		.cdw11 = cpu_to_le32(upper_32_bits(first)),
		.cdw12 = cpu_to_le32((num - 1) | (dma->args[3] & NVME_FUA ? NVME_RW_FUA : 0)),
	};

	/* A program may have chunks of its own. */
	if (dma->chunk.length % ns->block_size)
		return -EINVAL;
	return submit(nvme, &command, dma);
}

/* One at a time: so that nobody has a completion in hands when another one returns. */
static void poll(struct nvme_queue *q)
{
	spin_lock(&q->poll_lock);
	nvme_queue_reap(q);
	spin_unlock(&q->poll_lock);
}

static void nvme_dma_poll(struct kplug_dma *dma)
{
	struct nvme_queue *q = READ_ONCE(dma->priv);

	if (q)
		poll(q);
}

/* Whether the command ends by itself. */
static bool ends(struct nvme_queue *q, const struct kplug_dma *dma, unsigned long timeout)
{
	unsigned long end = jiffies + timeout;

	for (;;) {
		poll(q);
		if (nvme_queue_find(q, dma) < 0)
			return true;
		if (time_after(jiffies, end) || nvme_controller_gone(q->nvme))
			return false;
		schedule_timeout_uninterruptible(1);
	}
}

/* Most commands take no time; then it is asked to, and at last nothing goes on at all. */
static void abort_locked(struct nvme *nvme, struct nvme_queue *q, struct kplug_dma *dma)
{
	int cid, err = 0;

	lockdep_assert_held(&nvme->lock);
	if (ends(q, dma, GRACE))
		return;
	cid = nvme_queue_find(q, dma);
	if (cid >= 0)
		nvme_controller_abort(nvme, q, cid);
	if (ends(q, dma, ABORTED))
		return;
	nvme_queue_forget(q, dma);
	if (nvme_controller_gone(nvme))
		return;
	dev_warn(kplug_parent(nvme->dev), "kplug: nvme: a command does not end, the controller is reset\n");
	nvme_controller_stop(nvme);
	if (!READ_ONCE(nvme->removed))
		err = nvme_controller_restart(nvme);
	if (err)
		dev_err(kplug_parent(nvme->dev), "kplug: nvme: the controller does not start: %d\n", err);
}

static void nvme_dma_abort(struct kplug_dma *dma)
{
	struct nvme *nvme = kplug_priv(dma->device);
	struct nvme_queue *q;

	mutex_lock(&nvme->lock);
	q = READ_ONCE(dma->priv);
	if (q)
		abort_locked(nvme, q, dma);
	mutex_unlock(&nvme->lock);
}

/* 6.8 "Flush command" */
static long flush(struct nvme *nvme, u32 nsid)
{
	struct nvme_command command = {
		.opcode = NVME_FLUSH,
		.nsid = cpu_to_le32(nsid),
	};

	if (!find_namespace(nvme, nsid))
		return -EINVAL;
	if (down_killable(&nvme->flushes))
		return -EINTR;
	return nvme_queue_run(&nvme->queues[1], &command, NULL);
}

static long nvme_call(struct kplug_opener *opener, u32 cmd, const void *in, size_t in_len,
		      void *out, size_t out_len)
{
	struct nvme *nvme = kplug_priv(kplug_opener_device(opener));

	switch (cmd) {
	case NVME_CALL_IDENTIFY:
		if (in_len || out_len < sizeof(nvme->info))
			return -EINVAL;
		memcpy(out, &nvme->info, sizeof(nvme->info));
		return sizeof(nvme->info);
	case NVME_CALL_FLUSH:
		return in_len == sizeof(u32) ? flush(nvme, *(const u32 *)in) : -EINVAL;
	default:
		return -ENOTTY;
	}
}

static bool idle(struct nvme *nvme)
{
	unsigned int i;

	for (i = 1; i <= nvme_num_io_queues(nvme); i++) {
		poll(&nvme->queues[i]);
		if (!nvme_queue_idle(&nvme->queues[i]))
			return false;
	}
	return true;
}

/* What is under way may end by itself first, which takes no time. */
static void drain(struct nvme *nvme)
{
	unsigned long end = jiffies + GRACE;
	unsigned int i;

	for (i = 1; i <= nvme_num_io_queues(nvme); i++)
		nvme_queue_close(&nvme->queues[i]);
	while (!idle(nvme) && time_before(jiffies, end) && !nvme_controller_gone(nvme))
		schedule_timeout_uninterruptible(1);
}

static void leave(struct nvme *nvme, bool shut_down)
{
	mutex_lock(&nvme->lock);
	drain(nvme);
	if (shut_down)
		nvme_controller_shut_down(nvme);
	nvme_controller_stop(nvme);
	mutex_unlock(&nvme->lock);
}

static void come_back(struct nvme *nvme)
{
	int err;

	mutex_lock(&nvme->lock);
	err = nvme_controller_restart(nvme);
	if (err)
		nvme_controller_stop(nvme);
	mutex_unlock(&nvme->lock);
	if (err)
		dev_err(kplug_parent(nvme->dev), "kplug: nvme: the controller does not start: %d\n", err);
}

static void nvme_event(struct kplug_device *dev, enum kplug_device_event event)
{
	struct nvme *nvme = kplug_priv(dev);

	switch (event) {
	case KPLUG_DEVICE_REMOVE:
		WRITE_ONCE(nvme->removed, true);
		break;
	case KPLUG_DEVICE_RESET_PREPARE:
	case KPLUG_DEVICE_FROZEN:
		leave(nvme, false);
		break;
	case KPLUG_DEVICE_SUSPEND:
		leave(nvme, true);
		break;
	case KPLUG_DEVICE_RESET_DONE:
	case KPLUG_DEVICE_RESUME:
		come_back(nvme);
		break;
	default:
		break;
	}
}

static const struct kplug_plugin_ops nvme_ops = {
	.attach = nvme_attach,
	.detach = nvme_detach,
	.arm = nvme_arm,
	.hard = nvme_hard,
	.call = nvme_call,
	.event = nvme_event,
	.dma_check = nvme_dma_check,
	.dma_program = nvme_dma_program,
	.dma_poll = nvme_dma_poll,
	.dma_abort = nvme_dma_abort,
};

static const struct kplug_plugin nvme_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "nvme",
	.ops = &nvme_ops,
	.flags = KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_ALLOW_CALLS | KPLUG_PLUGIN_ALLOW_EVENTS |
		 KPLUG_PLUGIN_ALLOW_DMA,
	.max_in = sizeof(u32),
	.max_out = sizeof(struct nvme_info),
};
module_kplug_plugin(nvme_plugin, nvme);

MODULE_DESCRIPTION("kplug plugin for NVMe controllers");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
