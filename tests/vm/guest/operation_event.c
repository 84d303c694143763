// SPDX-License-Identifier: MIT
// Operations of failnth: vectors and events.
#include "operation.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define RING_SMALL 64

static void mode_intx(void)
{
	subject.argument.irq_mode = ARGUMENT(kplug_irq_mode_set, .mode = KPLUG_IRQ_INTX);
}

static void mode_msi(void)
{
	subject.argument.irq_mode = ARGUMENT(kplug_irq_mode_set, .mode = KPLUG_IRQ_MSI);
}

static void mode_msix(void)
{
	subject.argument.irq_mode =
		ARGUMENT(kplug_irq_mode_set, .mode = KPLUG_IRQ_MSIX, .count = 2);
}

/* From messages to a line. */
static void mode_changes(void)
{
	ISSUE(IRQ_MODE, kplug_irq_mode_set, .mode = KPLUG_IRQ_MSI);
	mode_intx();
}

static void arm_user(void)
{
	subject.argument.arm = ARGUMENT(kplug_arm, .handler = KPLUG_HANDLER_USER);
}

static void arm_recipe(void)
{
	subject.argument.arm =
		ARGUMENT(kplug_arm, .handler = KPLUG_HANDLER_RECIPE,
			 .num_steps = ARRAY_SIZE(edu_recipe), .steps = (uintptr_t)edu_recipe,
			 .stride = sizeof(edu_recipe[0]));
}

static void arm_plugin(void)
{
	subject.argument.arm = ARGUMENT(kplug_arm, .handler = KPLUG_HANDLER_PLUGIN);
}

/* The vectors exist already. */
static void arm_after_mode(void)
{
	ISSUE(IRQ_MODE, kplug_irq_mode_set, .mode = KPLUG_IRQ_MSI);
	arm_user();
}

static void arm_intx(void)
{
	ISSUE(IRQ_MODE, kplug_irq_mode_set, .mode = KPLUG_IRQ_INTX);
	arm_recipe();
}

static void armed(void)
{
	ISSUE(ARM, kplug_arm, .handler = KPLUG_HANDLER_USER);
}

static void disarm(void)
{
	armed();
	subject.argument.disarm = ARGUMENT(kplug_vector_cmd);
}

static void disarm_plugin(void)
{
	ISSUE(ARM, kplug_arm, .handler = KPLUG_HANDLER_PLUGIN);
	subject.argument.disarm = ARGUMENT(kplug_vector_cmd);
}

static void info(void)
{
	armed();
	subject.argument.vector_info = ARGUMENT(kplug_vector_info);
}

static uint64_t cpus[KPLUG_MAX_CPU_MASK / 8];

static void affinity_get(void)
{
	armed();
	subject.argument.affinity =
		ARGUMENT(kplug_affinity, .length = sizeof(cpus), .mask = (uintptr_t)cpus);
}

static void affinity_set(void)
{
	armed();
	cpus[0] = 1;
	subject.argument.affinity = ARGUMENT(kplug_affinity, .flags = KPLUG_AFFINITY_SET,
					     .length = 8, .mask = (uintptr_t)cpus);
}

static void eventfd_first(void)
{
	subject.argument.eventfd = ARGUMENT(kplug_eventfd, .fd = eventfd(0, EFD_CLOEXEC));
}

static void eventfd_second(void)
{
	ISSUE(EVENTFD, kplug_eventfd, .fd = eventfd(0, EFD_CLOEXEC));
	eventfd_first();
}

static void eventfd_none(void)
{
	ISSUE(EVENTFD, kplug_eventfd, .fd = eventfd(0, EFD_CLOEXEC));
	subject.argument.eventfd = ARGUMENT(kplug_eventfd, .fd = -1);
}

static void ring_small(void)
{
	subject.argument.ring = ARGUMENT(kplug_ring, .entries = RING_SMALL);
}

static void ring_big(void)
{
	subject.argument.ring =
		ARGUMENT(kplug_ring, .entries = KPLUG_MAX_RING, .flags = KPLUG_RING_NO_TIMES);
}

static void subscribe(void)
{
	subject.argument.subscribe = ARGUMENT(kplug_subscribe, .vectors = { 1 });
}

static void subscribe_with_ring(void)
{
	ISSUE(RING, kplug_ring, .entries = RING_SMALL);
	subscribe();
}

/* Four events are in the ring. */
static void events(void)
{
	static const uint64_t words[] = { 1, 2 };

	ISSUE(RING, kplug_ring, .entries = RING_SMALL);
	for (int i = 0; i < 4; i++)
		ISSUE(CALL, kplug_call, .cmd = NULL_CALL_SEND, .in = (uintptr_t)words,
		      .in_len = sizeof(words));
}

static int run_read(void)
{
	struct kplug_event records[4];

	return read(subject.k, records, sizeof(records)) < 0 ? -errno : 0;
}

static int run_poll(void)
{
	struct pollfd pollfd = { .fd = subject.k, .events = POLLIN };

	return poll(&pollfd, 1, 0) < 0 ? -errno : 0;
}

/* The kernel says so too when it has no memory for them. */
#define NO_VECTORS .also = -ENOSPC, .because = "documented for a machine without free vectors"

const struct operation event_operations[] = {
	COMMAND("irq_mode INTx", IRQ_MODE, EDU1, NULL, mode_intx),
	COMMAND("irq_mode MSI", IRQ_MODE, EDU1, NULL, mode_msi, NO_VECTORS),
	COMMAND("irq_mode MSI-X", IRQ_MODE, NVME, NULL, mode_msix, NO_VECTORS),
	COMMAND("irq_mode MSI to INTx", IRQ_MODE, EDU1, NULL, mode_changes),
	COMMAND("arm user", ARM, EDU1, NULL, arm_user, NO_VECTORS),
	COMMAND("arm recipe", ARM, EDU1, NULL, arm_recipe, NO_VECTORS),
	COMMAND("arm recipe INTx", ARM, EDU1, NULL, arm_intx),
	COMMAND("arm after irq_mode", ARM, EDU1, NULL, arm_after_mode),
	COMMAND("arm edu", ARM, EDU1, "edu", arm_plugin, NO_VECTORS),
	COMMAND("arm odd", ARM, EDU1, "odd", arm_plugin, NO_VECTORS),
	COMMAND("arm null", ARM, NULL0, "null", arm_plugin),
	COMMAND("arm MSI-X", ARM, IVSHMEM, "ivshmem", arm_plugin, NO_VECTORS),
	COMMAND("arm platform", ARM, BOARD_CARD, NULL, arm_recipe),
	COMMAND("arm isa", ARM, UART, NULL, arm_user),
	COMMAND("disarm", DISARM, EDU1, NULL, disarm),
	COMMAND("disarm edu", DISARM, EDU1, "edu", disarm_plugin),
	COMMAND("unmask", UNMASK, EDU1, NULL, disarm),
	COMMAND("vector_info", VECTOR_INFO, EDU1, NULL, info),
	COMMAND("affinity", AFFINITY, EDU1, NULL, affinity_get),
	COMMAND("affinity set", AFFINITY, EDU1, NULL, affinity_set),
	COMMAND("eventfd", EVENTFD, EDU1, NULL, eventfd_first),
	COMMAND("eventfd replaced", EVENTFD, EDU1, NULL, eventfd_second),
	COMMAND("eventfd removed", EVENTFD, EDU1, NULL, eventfd_none),
	COMMAND("ring small", RING, EDU1, NULL, ring_small, .again = -EALREADY),
	COMMAND("ring big", RING, EDU1, NULL, ring_big, .again = -EALREADY, .sparse = 37),
	COMMAND("subscribe", SUBSCRIBE, EDU1, NULL, subscribe),
	COMMAND("subscribe with ring", SUBSCRIBE, EDU1, NULL, subscribe_with_ring),
	FUNCTION("read()", NULL0, "null", events, run_read),
	FUNCTION("poll()", NULL0, "null", events, run_poll),
	{ .name = NULL },
};
