// SPDX-License-Identifier: MIT
// The grammar of vectors and events.
#include "command.h"
#include "list.h"
#include "memory.h"
#include "process.h"
#include "random.h"
#include "recipe.h"

#define CPU_WORDS 130

static uint32_t vector(void)
{
	return chance(80) ? below(2) : chance(60) ? below(6) : odd_value();
}

void fill_vector_info(enum device_type type, union argument *a)
{
	(void)type;
	a->vector_info.index = vector();
}

void fill_irq_mode(enum device_type type, union argument *a)
{
	(void)type;
	a->irq_mode.mode = mostly(6);
	a->irq_mode.count = chance(50) ? 0 : mostly(6);
}

void fill_arm(enum device_type type, union argument *a)
{
	static __thread struct kplug_step steps[KPLUG_MAX_STEPS + 4];
	static const uint32_t handlers[] = { KPLUG_HANDLER_USER, KPLUG_HANDLER_RECIPE,
					     KPLUG_HANDLER_PLUGIN };
	uint32_t num = chance(95) ? 1 + below(6) : below(ARRAY_SIZE(steps));

	a->arm.vector = vector();
	a->arm.handler = chance(95) ? pick(handlers) : odd_value();
	if (chance(30))
		a->arm.event_type = chance(70) ? KPLUG_EVENT_CUSTOM + below(4) : odd_value();
	if (a->arm.handler != KPLUG_HANDLER_RECIPE)
		return;
	if (chance(50))
		num = recipe_usual(type, steps);
	else
		recipe_make(type, steps, num);
	a->arm.num_steps = list_length(num);
	a->arm.steps = list_place(type, steps, num, sizeof(steps[0]), &a->arm.stride);
}

void fill_disarm(enum device_type type, union argument *a)
{
	(void)type;
	a->disarm.vector = vector();
}

void fill_unmask(enum device_type type, union argument *a)
{
	(void)type;
	a->unmask.vector = vector();
}

void fill_eventfd(enum device_type type, union argument *a)
{
	(void)type;
	a->eventfd.vector = vector();
	a->eventfd.fd = chance(70) ? pick(eventfds) : chance(60) ? -1 : descriptor_any();
}

void fill_ring(enum device_type type, union argument *a)
{
	(void)type;
	a->ring.flags = chance(95) ? below(2) : odd_value();
	a->ring.entries = chance(90) ? 2u << below(chance(97) ? 8 : 16) : odd_value();
}

void fill_subscribe(enum device_type type, union argument *a)
{
	(void)type;
	a->subscribe.vectors[0] = chance(60) ? below(16) : odd_value();
	if (chance(10))
		a->subscribe.vectors[below(KPLUG_MAX_VECTORS / 64)] = odd_value();
}

void fill_affinity(enum device_type type, union argument *a)
{
	uint64_t mask[CPU_WORDS] = { chance(80) ? 1 + below(3) : odd_value() };

	a->affinity.flags = below(2);
	a->affinity.vector = vector();
	a->affinity.length = chance(80) ? 8u << below(7) : odd_value();
	a->affinity.mask = memory_place(type, mask, sizeof(mask));
}
