// SPDX-License-Identifier: GPL-2.0
/* The controller: on, off, and the admin commands. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
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

/* Then it does not transfer anything either. Registers alone may read as anything. */
bool nvme_controller_gone(const struct nvme *nvme)
{
	struct pci_dev *pdev = kplug_pci(nvme->dev);

	return pci_channel_offline(pdev) || !pci_device_is_present(pdev);
}

/* 3.1.6 "CSTS" */
static int wait_status(struct nvme *nvme, u32 mask, u32 value, unsigned long timeout)
{
	unsigned long end = jiffies + timeout;
	u32 status;

	for (;;) {
		status = read(nvme, NVME_CSTS);
		if (status == ~0u)
			return -ENODEV;
		if ((status & mask) == value)
			return 0;
		if (value && (status & NVME_CSTS_CFS))
			return -EIO;
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		usleep_range(100, 200);
	}
}

static int wait_ready(struct nvme *nvme, u32 ready)
{
	return wait_status(nvme, NVME_CSTS_RDY, ready, (NVME_CAP_TO(nvme->cap) + 1) * HZ / 2);
}

/* 7.3.2 "Controller Level Reset": on success it has let go of all memory. */
static int disable(struct nvme *nvme)
{
	write(nvme, NVME_CC, 0);
	return wait_ready(nvme, 0);
}

/**
 * nvme_controller_enable() - switch it on, with the admin queue
 * @nvme: under nvme.lock
 *
 * 7.6.1 "Initialization". Return: 0 or -errno.
 */
int nvme_controller_enable(struct nvme *nvme)
{
	struct nvme_queue *q = &nvme->queues[0];
	int err = disable(nvme);

	if (err)
		return err;
	nvme_queue_start(q);
	write(nvme, NVME_AQA, (q->entries - 1) << 16 | (q->entries - 1));
	kplug_write64(nvme->io, NVME_REGION, NVME_ASQ, q->address);
	kplug_write64(nvme->io, NVME_REGION, NVME_ACQ, q->address + NVME_PAGE);
	write(nvme, NVME_CC, NVME_CC_EN | NVME_CC_IOSQES | NVME_CC_IOCQES);
	return wait_ready(nvme, NVME_CSTS_RDY);
}

static int admin(struct nvme *nvme, struct nvme_command *command, u32 *result)
{
	lockdep_assert_held(&nvme->lock);
	return nvme_queue_run(&nvme->queues[0], command, result);
}

/* 5.15 "Identify command" */
static int identify(struct nvme *nvme, u32 what, u32 nsid)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_IDENTIFY,
		.nsid = cpu_to_le32(nsid),
		.prp1 = cpu_to_le64(nvme->identity_address),
		.cdw10 = cpu_to_le32(what),
	};

	return admin(nvme, &command, NULL);
}

static void describe_controller(struct nvme *nvme)
{
	const u8 *id = nvme->identity;
	struct nvme_info *info = &nvme->info;
	u8 mdts = id[NVME_CTRL_MDTS];

	memcpy(info->serial, id + NVME_CTRL_SN, sizeof(info->serial));
	memcpy(info->model, id + NVME_CTRL_MN, sizeof(info->model));
	memcpy(info->firmware, id + NVME_CTRL_FR, sizeof(info->firmware));
	if (id[NVME_CTRL_VWC] & 1)
		info->flags |= NVME_VOLATILE_CACHE;
	info->max_chunk = mdts && mdts < ilog2(NVME_MAX_CHUNK / NVME_PAGE) ? NVME_PAGE << mdts : NVME_MAX_CHUNK;
	nvme->list_entries = info->max_chunk / NVME_PAGE;
}

/* Blocks with metadata or protection information are not for us. */
static void add_namespace(struct nvme *nvme, u32 nsid)
{
	const u8 *id = nvme->identity;
	u8 flbas = id[NVME_NS_FLBAS];
	const __le32 *formats = nvme->identity + NVME_NS_LBAF;
	u32 format = le32_to_cpu(formats[(flbas & 0xf) | (flbas >> 1 & 0x30)]);
	u64 num_blocks = le64_to_cpup(nvme->identity + NVME_NS_NSZE);

	if (!num_blocks || id[NVME_NS_DPS] & 7 || NVME_LBAF_MS(format) ||
	    NVME_LBAF_DS(format) < 9 || NVME_LBAF_DS(format) > ilog2(NVME_PAGE) ||
	    num_blocks > U64_MAX >> NVME_LBAF_DS(format))
		return;
	nvme->info.namespaces[nvme->info.num_namespaces++] = (struct nvme_namespace){
		.num_blocks = num_blocks,
		.block_size = 1u << NVME_LBAF_DS(format),
		.id = nsid,
		.flags = id[NVME_NS_NSATTR] & 1 ? NVME_NAMESPACE_READ_ONLY : 0,
	};
}

static int identify_namespaces(struct nvme *nvme)
{
	__le32 ids[NVME_MAX_NAMESPACES];
	unsigned int i;
	int err = identify(nvme, NVME_IDENTIFY_ACTIVE, 0);

	if (err)
		return err;
	memcpy(ids, nvme->identity, sizeof(ids));
	for (i = 0; !err && i < NVME_MAX_NAMESPACES && ids[i]; i++) {
		err = identify(nvme, NVME_IDENTIFY_NAMESPACE, le32_to_cpu(ids[i]));
		if (!err)
			add_namespace(nvme, le32_to_cpu(ids[i]));
	}
	return err;
}

/* Fills nvme.info, but for what is said of queues. */
int nvme_controller_identify(struct nvme *nvme)
{
	int err = identify(nvme, NVME_IDENTIFY_CONTROLLER, 0);

	if (err)
		return err;
	describe_controller(nvme);
	return identify_namespaces(nvme);
}

/**
 * nvme_controller_num_queues() - ask for I/O queues
 * @nvme: enabled, under nvme.lock
 * @want: how many
 *
 * 5.21.1.7 "Number of Queues". Return: how many it gives, or -errno.
 */
int nvme_controller_num_queues(struct nvme *nvme, unsigned int want)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_SET_FEATURES,
		.cdw10 = cpu_to_le32(NVME_FEATURE_QUEUES),
		.cdw11 = cpu_to_le32((want - 1) << 16 | (want - 1)),
	};
	u32 got;
	int err = admin(nvme, &command, &got);

	return err ?: min3(want, (got & 0xffff) + 1, (got >> 16) + 1);
}

/* 5.3 "Create I/O Completion Queue command", and 5.4 for submission */
static int create_queue(struct nvme *nvme, struct nvme_queue *q)
{
	bool irq = q->id <= nvme->num_irq_queues;
	u32 vector = irq && nvme->separate ? q->id : 0;
	struct nvme_command cq = {
		.opcode = NVME_ADMIN_CREATE_CQ,
		.prp1 = cpu_to_le64(q->address + NVME_PAGE),
		.cdw10 = cpu_to_le32((q->entries - 1) << 16 | q->id),
		.cdw11 = cpu_to_le32(vector << 16 | (irq ? NVME_CQ_INTERRUPTS : 0) | NVME_QUEUE_CONTIGUOUS),
	};
	struct nvme_command sq = {
		.opcode = NVME_ADMIN_CREATE_SQ,
		.prp1 = cpu_to_le64(q->address),
		.cdw10 = cq.cdw10,
		.cdw11 = cpu_to_le32(q->id << 16 | NVME_QUEUE_CONTIGUOUS),
	};
	int err = admin(nvme, &cq, NULL);

	if (!err)
		err = admin(nvme, &sq, NULL);
	if (!err)
		nvme_queue_start(q);
	return err;
}

int nvme_controller_create_queues(struct nvme *nvme)
{
	unsigned int i;
	int err = 0;

	for (i = 1; !err && i <= nvme_num_io_queues(nvme); i++)
		err = create_queue(nvme, &nvme->queues[i]);
	return err;
}

/* After it was off: everything as it was. */
int nvme_controller_restart(struct nvme *nvme)
{
	int want = nvme_num_io_queues(nvme);
	int got, err = nvme_controller_enable(nvme);

	if (err)
		return err;
	got = nvme_controller_num_queues(nvme, want);
	if (got < want)
		return got < 0 ? got : -EIO;
	return nvme_controller_create_queues(nvme);
}

/* 7.6.2 "Shutdown": power may go afterwards. It still needs to be stopped. */
void nvme_controller_shut_down(struct nvme *nvme)
{
	if (nvme_controller_gone(nvme))
		return;
	write(nvme, NVME_CC, read(nvme, NVME_CC) | NVME_CC_SHN_NORMAL);
	wait_status(nvme, NVME_CSTS_SHST, NVME_CSTS_SHST_DONE, SHUTDOWN_TIMEOUT);
}

/**
 * nvme_controller_stop() - switch it off, come what may
 * @nvme: under nvme.lock
 *
 * Commands that are under way fail with -EIO; on return the controller uses no
 * memory, and none of the queues is live.
 */
void nvme_controller_stop(struct nvme *nvme)
{
	struct pci_dev *pdev = kplug_pci(nvme->dev);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nvme->queues); i++)
		nvme_queue_park(&nvme->queues[i]);
	if (!nvme_controller_gone(nvme) && disable(nvme)) {
		dev_err(&pdev->dev, "kplug: nvme: the controller does not stop\n");
		pci_clear_master(pdev);
	}
	for (i = 0; i < ARRAY_SIZE(nvme->queues); i++)
		nvme_queue_fail(&nvme->queues[i]);
}

/* 5.1 "Abort command": best effort, its own result says nothing. */
void nvme_controller_abort(struct nvme *nvme, const struct nvme_queue *q, unsigned int cid)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_ABORT,
		.cdw10 = cpu_to_le32(cid << 16 | q->id),
	};

	admin(nvme, &command, NULL);
}
