// SPDX-License-Identifier: GPL-2.0
/* The controller's registers: switching it on and off, and its status. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "nvme.h"

#define SHUTDOWN_TIMEOUT (10 * HZ)

static u32 read(const struct nvme *nvme, u32 offset)
{
	return kplug_read32(nvme->io, NVME_REGION, offset);
}

static void write(const struct nvme *nvme, u32 offset, u32 value)
{
	kplug_write32(nvme->io, NVME_REGION, offset, value);
}

/* Is the function off the bus, so that it transfers nothing? Registers alone do not tell. */
bool nvme_controller_gone(const struct nvme *nvme)
{
	struct pci_dev *pdev = kplug_pci(nvme->dev);

	return pci_channel_offline(pdev) || !pci_device_is_present(pdev);
}

/* 9.5 "Controller Fatal Status Condition", or the controller cannot be reached. */
bool nvme_controller_failed(const struct nvme *nvme)
{
	/* A read of all ones, from a controller that cannot be reached, has this bit too. */
	return read(nvme, NVME_CSTS) & NVME_CSTS_CFS;
}

/* Waiting for the controller to work is pointless now. */
static bool hurried(const struct nvme *nvme)
{
	return READ_ONCE(nvme->removed) || READ_ONCE(nvme->leaving);
}

/* 3.1.6 "CSTS". @off: wait for it to stop, which a failed controller has to do as well. */
static int wait_status(struct nvme *nvme, u32 mask, u32 value, unsigned long timeout, bool off)
{
	unsigned long end = jiffies + timeout;
	bool late;
	u32 status;

	for (;;) {
		late = time_after(jiffies, end);
		status = read(nvme, NVME_CSTS);
		if (status == ~0u)
			return -ENODEV;
		if ((status & mask) == value)
			return 0;
		if (!off && status & NVME_CSTS_CFS)
			return -EIO;
		if (!off && hurried(nvme))
			return -ECANCELED;
		if (late)
			return -ETIMEDOUT;
		usleep_range(100, 200);
	}
}

static int wait_ready(struct nvme *nvme, u32 ready)
{
	return wait_status(nvme, NVME_CSTS_RDY, ready, (NVME_CAP_TO(nvme->cap) + 1) * HZ / 2,
			   !ready);
}

/**
 * nvme_controller_disable() - switch the controller off
 * @nvme: under nvme.lock
 *
 * 7.3.2 "Controller Level Reset".
 *
 * Return: 0 when it accesses no memory any more; -errno when it may still do so.
 */
noinline int nvme_controller_disable(struct nvme *nvme)
{
	write(nvme, NVME_CC, 0);
	return wait_ready(nvme, 0);
}

/**
 * nvme_controller_enable() - switch the controller on, with the admin queue
 * @nvme: under nvme.lock
 *
 * 7.6.1 "Initialization".
 *
 * Return: 0; or -errno, and the controller may be half on.
 */
int nvme_controller_enable(struct nvme *nvme)
{
	struct nvme_queue *q = &nvme->queues[0];
	int err = nvme_controller_disable(nvme);

	if (err)
		return err;
	nvme_queue_reset(q);
	write(nvme, NVME_AQA, (q->entries - 1) << 16 | (q->entries - 1));
	kplug_write64(nvme->io, NVME_REGION, NVME_ASQ, q->address);
	kplug_write64(nvme->io, NVME_REGION, NVME_ACQ, q->address + NVME_PAGE);
	write(nvme, NVME_CC, NVME_CC_EN | NVME_CC_IOSQES | NVME_CC_IOCQES);
	err = wait_ready(nvme, NVME_CSTS_RDY);
	if (!err)
		nvme_queue_start(q);
	return err;
}

/* 7.6.2 "Shutdown": afterwards the power may go off. The controller still has to be stopped. */
void nvme_controller_shut_down(struct nvme *nvme)
{
	u32 cc;

	if (nvme_controller_gone(nvme))
		return;
	cc = read(nvme, NVME_CC);
	if (!(cc & NVME_CC_EN))
		return;
	write(nvme, NVME_CC, (cc & ~NVME_CC_SHN) | NVME_CC_SHN_NORMAL);
	if (wait_status(nvme, NVME_CSTS_SHST, NVME_CSTS_SHST_DONE, SHUTDOWN_TIMEOUT, true))
		dev_warn(kplug_parent(nvme->dev), "kplug: nvme: the shutdown timed out\n");
}
