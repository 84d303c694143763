// SPDX-License-Identifier: MIT
/* Vectors: their mode, mask, counters and eventfds. */
#include "private.h"

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

int kplug_eventfd(struct kplug *k, unsigned int vector, int fd)
{
	struct kplug_eventfd cmd = {
		.size = sizeof(cmd),
		.vector = vector,
		.fd = fd,
	};

	return kplug_ioctl(k, KPLUG_EVENTFD, &cmd);
}
