// SPDX-License-Identifier: MIT
/* Vectors: their mode, mask, counters, CPUs and eventfds. */
#include "private.h"

#include <errno.h>
#include <string.h>

int kplug_vector_info(struct kplug *k, unsigned int vector, struct kplug_vector_info *info)
{
	*info = (struct kplug_vector_info){
		.size = sizeof(*info),
		.index = vector,
	};
	return kplug_ioctl(k, KPLUG_VECTOR_INFO, info);
}

int kplug_irq_mode(struct kplug *k, enum kplug_irq_mode mode, unsigned int count)
{
	struct kplug_irq_mode_set set = {
		.size = sizeof(set),
		.mode = mode,
		.count = count,
	};
	int err = kplug_ioctl(k, KPLUG_IRQ_MODE, &set);

	return err ? err : (int)set.out_count;
}

int kplug_unmask(struct kplug *k, unsigned int vector)
{
	struct kplug_vector_cmd cmd = {
		.size = sizeof(cmd),
		.vector = vector,
	};

	return kplug_ioctl(k, KPLUG_UNMASK, &cmd);
}

static int affinity(struct kplug *k, uint32_t flags, unsigned int vector, size_t length,
		    const void *mask)
{
	struct kplug_affinity cmd = {
		.size = sizeof(cmd),
		.flags = flags,
		.vector = vector,
		.length = (uint32_t)length,
		.mask = (uintptr_t)mask,
	};

	/* Otherwise the field might truncate it to a smaller one. */
	if (length > KPLUG_MAX_CPU_MASK)
		return kplug_refuse(k, -EINVAL, "the mask is longer than KPLUG_MAX_CPU_MASK");
	return kplug_ioctl(k, KPLUG_AFFINITY, &cmd);
}

int kplug_affinity_set(struct kplug *k, unsigned int vector, size_t length, const void *mask)
{
	return affinity(k, KPLUG_AFFINITY_SET, vector, length, mask);
}

int kplug_affinity_get(struct kplug *k, unsigned int vector, size_t length, void *mask)
{
	return affinity(k, 0, vector, length, mask);
}

int kplug_subscribe(struct kplug *k, const unsigned int *vectors, unsigned int num)
{
	struct kplug_subscribe cmd = { .size = sizeof(cmd) };
	unsigned int i;

	if (!vectors)
		memset(cmd.vectors, 0xff, sizeof(cmd.vectors));
	for (i = 0; vectors && i < num; i++) {
		if (vectors[i] >= KPLUG_MAX_VECTORS)
			return kplug_refuse(k, -EINVAL, "no device has a vector with this number");
		cmd.vectors[vectors[i] / 64] |= 1ull << vectors[i] % 64;
	}
	return kplug_ioctl(k, KPLUG_SUBSCRIBE, &cmd);
}

int kplug_eventfd(struct kplug *k, unsigned int vector, int fd)
{
	struct kplug_eventfd cmd = {
		.size = sizeof(cmd),
		.vector = vector,
		.fd = fd,
	};

	return kplug_ioctl(k, KPLUG_EVENTFD, &cmd);
}
