// SPDX-License-Identifier: MIT
/* Vectors: their mode, mask, counters, CPUs and eventfds. */
#include "private.h"

#include <errno.h>

int kplug_vector_info(struct kplug *k, unsigned int vector,
		      struct kplug_vector_info *info)
{
	*info = (struct kplug_vector_info){
		.size = sizeof(*info),
		.index = vector,
	};
	return kplug_ioctl(k, KPLUG_VECTOR_INFO, info);
}

int kplug_irq_mode(struct kplug *k, enum kplug_irq_mode mode,
		   unsigned int count)
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

static int affinity(struct kplug *k, uint32_t flags, unsigned int vector,
		    size_t length, const void *mask)
{
	struct kplug_affinity cmd = {
		.size = sizeof(cmd),
		.flags = flags,
		.vector = vector,
		.length = (uint32_t)length,
		.mask = (uintptr_t)mask,
	};

	/* Or the kernel might see a small one. */
	if (length > KPLUG_MAX_CPU_MASK)
		return -EINVAL;
	return kplug_ioctl(k, KPLUG_AFFINITY, &cmd);
}

int kplug_affinity_set(struct kplug *k, unsigned int vector, size_t length,
		       const void *mask)
{
	return affinity(k, KPLUG_AFFINITY_SET, vector, length, mask);
}

int kplug_affinity_get(struct kplug *k, unsigned int vector, size_t length,
		       void *mask)
{
	return affinity(k, 0, vector, length, mask);
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
