// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin for NVMe controllers: programs read and write blocks by transactions.
 *
 * It never takes a disk on its own: bind the function to kplug and attach the plugin by
 * name. Every client may read all namespaces of the controller. Restricted clients may
 * write only with the parameter restricted_write.
 *
 * Read first: queue.c, io.c, then recover.c.
 */
#include <linux/cpumask.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "nvme.h"

/* Vector 0 serves the admin queue, or all queues if it is the only vector. */
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

/* Arms a vector for each queue, as far as there are vectors. Returns how many queues interrupt. */
static int arm_vectors(struct nvme *nvme, unsigned int want)
{
	unsigned int i;
	int err = kplug_irq_arm(nvme->dev, 0);

	for (i = 1; !err && i <= want; i++)
		err = kplug_irq_arm(nvme->dev, i);
	if (err && (err != -ENOENT || i == 1))
		return err;
	/* After a failure, i - 2 is the last vector that is armed. */
	nvme->separate = !err || i > 2;
	return err ? max(i - 2, 1u) : want;
}

/* Each queue interrupts the CPUs that put commands into it. This is only a matter of speed. */
static void choose_cpus(struct nvme *nvme)
{
	cpumask_var_t cpus;
	unsigned int i, cpu;

	if (!nvme->separate || !zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return;
	for (i = 1; i <= nvme->num_irq_queues; i++) {
		cpumask_clear(cpus);
		for (cpu = 0; cpu < nr_cpu_ids; cpu++)
			if (nvme_io_cpu_queue(nvme, cpu) == i)
				cpumask_set_cpu(cpu, cpus);
		kplug_irq_set_cpus(nvme->dev, i, cpus);
	}
	free_cpumask_var(cpus);
}

/* One queue for each CPU, and one more for polling. */
static int make_queues(struct nvme *nvme)
{
	unsigned int i;
	int got, err;

	got = nvme_admin_num_queues(nvme,
				    min_t(unsigned int, num_online_cpus(), NVME_IO_QUEUES) + 1);
	if (got < 0)
		return got;
	err = arm_vectors(nvme, max(got - 1, 1));
	if (err < 0)
		return err;
	nvme->num_irq_queues = err;
	nvme->num_polled_queues = got > nvme->num_irq_queues;
	choose_cpus(nvme);
	err = nvme_pages_alloc_scratch(nvme);
	for (i = 1; !err && i <= nvme_num_io_queues(nvme); i++)
		err = nvme_queue_alloc(nvme, i);
	return err;
}

/* One segment for each page, so that the chunk splitter never splits a block. */
static int set_engine(struct nvme *nvme)
{
	struct kplug_dma_engine engine = {
		.depth = nvme->num_irq_queues * (nvme->queues[1].entries - 1) - NVME_FLUSHES,
		.max_chunk = nvme->controller.max_chunk,
		.max_segments = nvme->controller.max_chunk / NVME_PAGE + 1,
		.alignment = 4,
	};

	BUILD_BUG_ON(NVME_MAX_CHUNK / NVME_PAGE + 1 > NVME_MAX_SEGMENTS);
	BUILD_BUG_ON(ARRAY_SIZE(nvme->queues) > BITS_PER_TYPE(nvme->unrung));
	nvme->depth = engine.depth;
	return kplug_dma_set_engine(nvme->dev, &engine);
}

static int start_locked(struct nvme *nvme)
{
	int err = nvme_controller_enable(nvme);

	if (!err)
		err = nvme_admin_describe(nvme);
	if (!err)
		err = make_queues(nvme);
	return err ?: nvme_recover_start(nvme);
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
	err = start_locked(nvme);
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
	raw_spin_lock_init(&nvme->waiters_lock);
	INIT_LIST_HEAD(&nvme->scans);
	INIT_LIST_HEAD(&nvme->turns);
	nvme->num_turns = NVME_FLUSHES;
	nvme_recover_init(nvme);
	for (i = 0; i < ARRAY_SIZE(nvme->queues); i++)
		nvme_queue_init(&nvme->queues[i], nvme, i);
	kplug_set_priv(dev, nvme);
	return nvme;
}

/* Also cleans up after an attach that failed halfway. */
static void nvme_detach(struct kplug_device *dev)
{
	struct nvme *nvme = kplug_priv(dev);
	unsigned int i;

	/* Otherwise the device was never touched, and may be something else. */
	if (nvme->identity)
		nvme_recover_leave(nvme, true);
	for (i = 0; i <= NVME_IO_QUEUES; i++)
		kplug_irq_disarm(dev, i);
	/* Nothing queues the work any more. */
	cancel_delayed_work_sync(&nvme->work);
	for (i = 0; i < ARRAY_SIZE(nvme->queues); i++)
		nvme_queue_free(&nvme->queues[i]);
	nvme_pages_free_scratch(nvme);
	kplug_dma_free(dev, NVME_IDENTIFY_SIZE, nvme->identity, nvme->identity_address);
	nvme_namespaces_free(nvme);
	mutex_destroy(&nvme->lock);
	kvfree(nvme);
	kplug_set_priv(dev, NULL);
}

/* Can the plugin use this controller? 3.1.1 "CAP", and room for the doorbells. */
static bool is_usable(const struct nvme *nvme)
{
	const u64 doorbells = (u64)(2 * (NVME_IO_QUEUES + 1) + 2)
			      << (2 + NVME_CAP_DSTRD(nvme->cap));

	return nvme->cap != U64_MAX && nvme->cap & NVME_CAP_NVM && !NVME_CAP_MPSMIN(nvme->cap) &&
	       NVME_CAP_MQES(nvme->cap) > NVME_FLUSHES &&
	       nvme->io->region[NVME_REGION].length >= NVME_DOORBELLS + doorbells;
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
	err = is_usable(nvme) ? start(nvme) : -ENODEV;
	if (err)
		nvme_detach(dev);
	return err;
}

static int nvme_open(struct kplug_client *client)
{
	struct nvme_session *session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);

	if (!session)
		return -ENOMEM;
	kplug_client_set_priv(client, session);
	return 0;
}

static void nvme_closing(struct kplug_client *client)
{
	struct nvme_session *session = kplug_client_priv(client);

	WRITE_ONCE(session->closing, true);
	nvme_waiters_wake(kplug_priv(kplug_client_device(client)), session, -ECANCELED);
}

static void nvme_close(struct kplug_client *client)
{
	kfree(kplug_client_priv(client));
}

static void nvme_dma_poll(struct kplug_dma *dma)
{
	struct nvme_queue *q = nvme_io_queue(dma);

	if (q)
		nvme_queue_poll(q);
}

static void nvme_dma_commit(struct kplug_device *dev)
{
	nvme_queues_commit(kplug_priv(dev));
}

static void nvme_dma_abort(struct kplug_dma *dma)
{
	struct nvme_queue *q = nvme_io_queue(dma);

	if (q)
		nvme_recover_abort(q->nvme, q, dma);
}

static long identify(struct nvme *nvme, struct nvme_session *session, struct nvme_info *info)
{
	const struct nvme_controller *c = &nvme->controller;
	int err = nvme_namespaces_wait(nvme, session);

	if (err)
		return err;
	memcpy(info->serial, c->serial, sizeof(info->serial));
	memcpy(info->model, c->model, sizeof(info->model));
	memcpy(info->firmware, c->firmware, sizeof(info->firmware));
	info->flags = c->volatile_cache ? NVME_VOLATILE_CACHE : 0;
	info->num_queues = nvme->num_irq_queues;
	info->num_polled_queues = nvme->num_polled_queues;
	info->depth = nvme->depth;
	info->max_chunk = c->max_chunk;
	nvme_namespaces_describe(nvme, info);
	return sizeof(*info);
}

static long nvme_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len,
		      void *out, size_t out_len)
{
	struct nvme *nvme = kplug_priv(kplug_client_device(client));
	struct nvme_session *session = kplug_client_priv(client);

	switch (cmd) {
	case NVME_CALL_IDENTIFY:
		if (in_len || out_len < sizeof(struct nvme_info))
			return -EINVAL;
		return identify(nvme, session, out);
	case NVME_CALL_FLUSH:
		return in_len == sizeof(u32) ? nvme_flush(nvme, session, *(const u32 *)in) :
					       -EINVAL;
	default:
		return -ENOTTY;
	}
}

static void nvme_event(struct kplug_device *dev, enum kplug_device_event event)
{
	struct nvme *nvme = kplug_priv(dev);

	switch (event) {
	case KPLUG_DEVICE_REMOVE:
		WRITE_ONCE(nvme->removed, true);
		nvme_waiters_wake(nvme, NULL, -ENODEV);
		break;
	case KPLUG_DEVICE_RESET_PREPARE:
	case KPLUG_DEVICE_FROZEN:
		nvme_recover_leave(nvme, false);
		break;
	case KPLUG_DEVICE_SUSPEND:
	case KPLUG_DEVICE_SHUTDOWN:
		nvme_recover_leave(nvme, true);
		break;
	case KPLUG_DEVICE_RESET_DONE:
	case KPLUG_DEVICE_RESUME:
		nvme_recover_come_back(nvme);
		break;
	default:
		break;
	}
}

static const struct kplug_plugin_ops nvme_ops = {
	.attach = nvme_attach,
	.detach = nvme_detach,
	.open = nvme_open,
	.close = nvme_close,
	.closing = nvme_closing,
	.arm = nvme_arm,
	.hard = nvme_hard,
	.call = nvme_call,
	.event = nvme_event,
	.dma_check = nvme_io_check,
	.dma_program = nvme_io_program,
	.dma_poll = nvme_dma_poll,
	.dma_abort = nvme_dma_abort,
	.dma_commit = nvme_dma_commit,
};

static const struct kplug_plugin nvme_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "nvme",
	.version = NVME_MSG_VERSION,
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
