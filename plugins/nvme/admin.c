// SPDX-License-Identifier: GPL-2.0
/* Admin commands. */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>

#include "nvme.h"

#define ADMIN_TIMEOUT (10 * HZ)

/* The reason to stop waiting for the command, or 0. */
static int trouble(struct nvme *nvme, bool late)
{
	if (READ_ONCE(nvme->removed) || nvme_controller_gone(nvme))
		return -ENODEV;
	if (nvme_controller_failed(nvme))
		return -ESHUTDOWN;
	if (READ_ONCE(nvme->leaving))
		return -ECANCELED;
	return late ? -ETIMEDOUT : 0;
}

/* Polls, because the interrupt may not be armed yet or not any more. */
static void wait(struct nvme_queue *q, struct nvme_waiter *waiter)
{
	unsigned long end = jiffies + ADMIN_TIMEOUT;
	bool late;
	int err;

	while (!wait_for_completion_timeout(&waiter->done, 1)) {
		late = time_after(jiffies, end);
		nvme_queue_poll(q);
		err = completion_done(&waiter->done) ? 0 : trouble(q->nvme, late);
		if (err) {
			nvme_queue_give_up(q, waiter, err);
			break;
		}
	}
}

/*
 * Return: 0; an error of the controller, see queue.c; or -ENODEV, -ESHUTDOWN, -ECANCELED or
 * -ETIMEDOUT: the command may still be running, and the controller must be switched off
 * before it is used again.
 */
static int run(struct nvme *nvme, struct nvme_command *command, u32 *result)
{
	struct nvme_queue *q = &nvme->queues[0];
	struct nvme_waiter waiter;
	int err;

	lockdep_assert_held(&nvme->lock);
	nvme_waiter_init(&waiter, NULL);
	err = nvme_queue_wait_for(q, command, &waiter);
	if (err)
		return err;
	wait(q, &waiter);
	if (result)
		*result = waiter.result;
	return waiter.status;
}

/* 5.15 "Identify command"; the data goes to nvme.identity. */
int nvme_admin_identify(struct nvme *nvme, u32 what, u32 nsid)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_IDENTIFY,
		.nsid = cpu_to_le32(nsid),
		.prp1 = cpu_to_le64(nvme->identity_address),
		.cdw10 = cpu_to_le32(what),
	};

	/* A controller that fills less must not leave older data there. */
	memset(nvme->identity, 0, NVME_IDENTIFY_SIZE);
	return run(nvme, &command, NULL);
}

static u32 max_chunk(u8 mdts)
{
	return mdts && mdts < 8 ? min(NVME_PAGE << mdts, NVME_MAX_CHUNK) : NVME_MAX_CHUNK;
}

static bool use_sgl = true;
module_param_named(sgl, use_sgl, bool, 0444);
MODULE_PARM_DESC(sgl, "use scatter gather lists if the controller supports them (default: yes)");

/* Fills nvme.controller. Return: 0 or -errno. */
int nvme_admin_describe(struct nvme *nvme)
{
	struct nvme_controller *c = &nvme->controller;
	const u8 *id = nvme->identity;
	int err = nvme_admin_identify(nvme, NVME_IDENTIFY_CONTROLLER, 0);

	if (err)
		return err;
	memcpy(c->serial, id + NVME_CTRL_SN, sizeof(c->serial));
	memcpy(c->model, id + NVME_CTRL_MN, sizeof(c->model));
	memcpy(c->firmware, id + NVME_CTRL_FR, sizeof(c->firmware));
	c->volatile_cache = id[NVME_CTRL_VWC] & 1;
	c->max_chunk = max_chunk(id[NVME_CTRL_MDTS]);
	c->notices = le32_to_cpup(nvme->identity + NVME_CTRL_OAES) & NVME_EVENT_NAMESPACES;
	c->sgl = use_sgl && le32_to_cpup(nvme->identity + NVME_CTRL_SGLS) & 3;
	return 0;
}

/**
 * nvme_admin_num_queues() - request I/O queues
 * @nvme: under nvme.lock
 * @want: requested number
 *
 * 5.21.1.7 "Number of Queues".
 *
 * Return: number of queues that the controller provides, or -errno.
 */
int nvme_admin_num_queues(struct nvme *nvme, unsigned int want)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_SET_FEATURES,
		.cdw10 = cpu_to_le32(NVME_FEATURE_QUEUES),
		.cdw11 = cpu_to_le32((want - 1) << 16 | (want - 1)),
	};
	u32 got;
	int err = run(nvme, &command, &got);

	return err ?: min3(want, (got & 0xffff) + 1, (got >> 16) + 1);
}

/* 5.3 "Create I/O Completion Queue command" */
int nvme_admin_create_cq(struct nvme *nvme, const struct nvme_queue *q)
{
	bool irq = q->id <= nvme->num_irq_queues;
	u32 vector = irq && nvme->separate ? q->id : 0;
	struct nvme_command command = {
		.opcode = NVME_ADMIN_CREATE_CQ,
		.prp1 = cpu_to_le64(q->address + NVME_PAGE),
		.cdw10 = cpu_to_le32((q->entries - 1) << 16 | q->id),
		.cdw11 = cpu_to_le32(vector << 16 | (irq ? NVME_CQ_INTERRUPTS : 0) |
				     NVME_QUEUE_CONTIGUOUS),
	};

	return run(nvme, &command, NULL);
}

/* 5.4 "Create I/O Submission Queue command" */
int nvme_admin_create_sq(struct nvme *nvme, const struct nvme_queue *q)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_CREATE_SQ,
		.prp1 = cpu_to_le64(q->address),
		.cdw10 = cpu_to_le32((q->entries - 1) << 16 | q->id),
		.cdw11 = cpu_to_le32(q->id << 16 | NVME_QUEUE_CONTIGUOUS),
	};

	return run(nvme, &command, NULL);
}

/* 5.6 "Delete I/O Submission Queue command": success means that all its commands have ended. */
int nvme_admin_delete_sq(struct nvme *nvme, const struct nvme_queue *q)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_DELETE_SQ,
		.cdw10 = cpu_to_le32(q->id),
	};

	return run(nvme, &command, NULL);
}

/* 5.1 "Abort command": best effort; its own result is meaningless. */
int nvme_admin_abort(struct nvme *nvme, const struct nvme_queue *q, unsigned int cid)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_ABORT,
		.cdw10 = cpu_to_le32(cid << 16 | q->id),
	};

	return run(nvme, &command, NULL);
}

/* 5.21.1.11 "Asynchronous Event Configuration" */
int nvme_admin_enable_notices(struct nvme *nvme)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_SET_FEATURES,
		.cdw10 = cpu_to_le32(NVME_FEATURE_EVENTS),
		.cdw11 = cpu_to_le32(NVME_EVENT_NAMESPACES),
	};

	return run(nvme, &command, NULL);
}

/* 5.14 "Get Log Page command": until it is read, the controller reports no further change. */
static int read_log(struct nvme *nvme)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_GET_LOG,
		.nsid = cpu_to_le32(~0u),
		.prp1 = cpu_to_le64(nvme->identity_address),
		.cdw10 = cpu_to_le32((NVME_IDENTIFY_SIZE / 4 - 1) << 16 | NVME_LOG_NAMESPACES),
	};

	return run(nvme, &command, NULL);
}

/**
 * nvme_admin_read_notice() - clear a reported change and request a notice of the next one
 * @nvme: under nvme.lock
 *
 * 5.2 "Asynchronous Event Request command". The caller must scan all namespaces afterwards.
 *
 * Return: 0 or -errno.
 */
int nvme_admin_read_notice(struct nvme *nvme)
{
	struct nvme_command command = {
		.opcode = NVME_ADMIN_ASYNC_EVENT,
	};
	int err = read_log(nvme);

	return err ?: nvme_queue_ask_notice(&nvme->queues[0], &command);
}
