// SPDX-License-Identifier: MIT
/* Why a call failed, in words: one record for each thread. */
#include "private.h"

#include <errno.h>
#include <string.h>

struct sentence {
	unsigned long command; /* KPLUG_ARM and others, KPLUG_OPENING and others, or 0 for all */
	int err;
	const char *text;
};

#define NO_VECTOR    "the device has no such vector; `kplug info` shows how many it has"
#define NOT_ATTACHED "this program has not attached this vector"
#define NO_PLUGIN    "no plugin is attached to the device; kplug_attach() comes first"
#define NOT_A_NAME   "this is not the name of a device"
#define NO_DEVICE    "there is no such device; `kplug list --all` shows all"
#define NOT_ON_KPLUG "kplug does not have this device; `kplug bind` moves one to kplug"
#define NO_MODULE    "the kernel module is not loaded; `modprobe kplug` loads it"
#define NO_MAPPING   "this program has no mapping with this id"
#define NO_WIDTH \
	"the region does not permit accesses of this width; `kplug widths` shows and sets those that it permits"

/* Of two that match, the first counts. */
static const struct sentence sentences[] = {
	{ KPLUG_OPENING, ENOENT,
	  "kplug does not have this device; `kplug list` shows all, and `kplug bind` moves one to kplug" },
	{ KPLUG_OPENING, EACCES,
	  "the permissions of the device's node do not let this user open it" },
	{ KPLUG_OPENING, EBUSY,
	  "another program has the device open exclusively, or at all while this one wants it exclusively; `kplug clients` names it" },
	{ KPLUG_OPENING, EPERM, "only a trusted client may open a device exclusively" },
	{ KPLUG_OPENING, EINVAL, NOT_A_NAME },
	{ KPLUG_OPENING, ENOSPC, "the device has as many clients as it may have" },

	{ KPLUG_BINDING, ENODEV, NO_DEVICE },
	{ KPLUG_BINDING, ENOSYS, NO_MODULE },
	{ KPLUG_BINDING, EALREADY, "kplug has the device already" },
	{ KPLUG_BINDING, EINVAL, NOT_A_NAME },
	{ KPLUG_BINDING, EBUSY,
	  "another driver has claimed a part of the device's memory or ports, or the kernel had no memory to claim it" },
	{ KPLUG_BINDING, EOPNOTSUPP, "the device is a bridge, which other devices need" },
	{ KPLUG_UNBINDING, ENODEV, NO_DEVICE },
	{ KPLUG_UNBINDING, ENOTCONN, "kplug does not have the device" },
	{ KPLUG_UNBINDING, EINVAL, NOT_A_NAME },
	{ KPLUG_ISA_ADDING, EBUSY,
	  "another driver has a range or the line, another device has the name, or the kernel had no memory" },
	{ KPLUG_ISA_ADDING, EOPNOTSUPP, "the machine has no ISA bus" },
	{ KPLUG_ISA_ADDING, ENOSYS, NO_MODULE },
	{ KPLUG_ISA_ADDING, EINVAL,
	  "the name is not isa- and [a-z0-9_], or a range or the line is not one of ISA" },
	{ KPLUG_ISA_DELETING, ENOENT,
	  "there is no such ISA device, or the kernel module is not loaded" },
	{ KPLUG_ISA_DELETING, EINVAL, NOT_A_NAME },
	{ KPLUG_WIDTHS_SETTING, EBUSY,
	  "a program has mapped the region or a vector is armed, and may use the width that would go" },
	{ KPLUG_WIDTHS_SETTING, ENOENT, NOT_ON_KPLUG },
	{ KPLUG_WIDTHS_SETTING, EINVAL,
	  "this is not the name of a device, not a region of memory, or there is no such width" },
	{ KPLUG_PLUGIN_ATTACHING, ENOENT,
	  "kplug does not have this device, or there is no plugin of this name" },
	{ KPLUG_PLUGIN_ATTACHING, EBUSY, "another plugin is attached to the device" },
	{ KPLUG_PLUGIN_ATTACHING, EALREADY, "the plugin is attached permanently already" },
	{ KPLUG_PLUGIN_ATTACHING, EINVAL, "this is not the name of a device, or of a plugin" },
	{ KPLUG_PLUGIN_DETACHING, ENOENT, NOT_ON_KPLUG },
	{ KPLUG_PLUGIN_DETACHING, ENOTCONN, "no plugin is attached permanently" },
	{ KPLUG_PLUGIN_DETACHING, EINVAL, NOT_A_NAME },
	{ KPLUG_GRANTING, EOPNOTSUPP,
	  "no IOMMU isolates the device, so a program could access all memory; KPLUG_GRANT_UNSAFE accepts that" },
	{ KPLUG_GRANTING, EALREADY, "the user or group has this grant already" },
	{ KPLUG_GRANTING, ENOSPC, "the device has as many grants as it may have" },
	{ KPLUG_GRANTING, ENOENT, NOT_ON_KPLUG },
	{ KPLUG_GRANTING, EPERM, "the caller needs CAP_SYS_RAWIO" },
	{ KPLUG_GRANT_ENDING, ENOENT,
	  "kplug does not have this device, or there is no such grant" },
	{ KPLUG_GRANT_ENDING, EPERM, "the caller needs CAP_SYS_RAWIO" },
	{ KPLUG_REVOKING, ENOENT,
	  "kplug does not have this device, or it has no such client; `kplug clients` shows them" },
	{ KPLUG_REVOKING, EPERM, "the caller needs CAP_SYS_RAWIO" },
	{ KPLUG_LISTING, ENOENT, NOT_ON_KPLUG },
	{ KPLUG_LISTING, EINVAL, NOT_A_NAME },

	{ KPLUG_REGION_INFO, EINVAL, "the device has no such region" },
	{ KPLUG_VECTOR_INFO, ENOENT, NO_VECTOR },
	{ KPLUG_ACCESS, EINVAL,
	  "the register is not in the region, its offset is not a multiple of the width, or the value does not fit" },
	{ KPLUG_ACCESS, EOPNOTSUPP, NO_WIDTH },
	{ KPLUG_TRANSFER, EINVAL,
	  "a register is not in its region, its offset is not a multiple of the width, or a value does not fit" },
	{ KPLUG_TRANSFER, EOPNOTSUPP, NO_WIDTH },
	{ KPLUG_CLEANUP, EINVAL, "each element has to be a single write of a register" },
	{ KPLUG_CACHING, EBUSY,
	  "a program has mapped the region, a plugin is attached, or a vector is armed" },
	{ KPLUG_CACHING, EINVAL, "the region cannot be mapped" },
	{ KPLUG_RESET, EOPNOTSUPP, "the device cannot be reset alone" },
	{ KPLUG_RESET, EBUSY, "the device is being reset, bound or removed" },

	{ KPLUG_IRQ_MODE, EBUSY, "a vector is armed; detach all of them first" },
	{ KPLUG_IRQ_MODE, EOPNOTSUPP, "the device does not have interrupts of this kind" },
	{ KPLUG_IRQ_MODE, ENOSPC, "the machine has no vectors left" },
	{ KPLUG_ARM, ENOENT, NO_VECTOR },
	{ KPLUG_ARM, EBUSY,
	  "the vector has another handler, or the device is in a reset or asleep" },
	{ KPLUG_ARM, EALREADY, "this program has attached this vector already" },
	{ KPLUG_ARM, EINVAL,
	  "a step of the recipe is unknown, is not in its region, or uses a value before the first read" },
	{ KPLUG_ARM, EOPNOTSUPP,
	  "the plugin does not serve this vector, or a step has a width that its region does not permit" },
	{ KPLUG_DISARM, ENOTCONN, NOT_ATTACHED },
	{ KPLUG_UNMASK, ENOTCONN, NOT_ATTACHED },
	{ KPLUG_AFFINITY, ENOTCONN, "the vector is not armed" },
	{ KPLUG_EVENTFD, ENOENT, NO_VECTOR },
	{ KPLUG_EVENTFD, EBADF, "the eventfd is not an open descriptor" },
	{ KPLUG_EVENTFD, EINVAL, "the descriptor is not an eventfd" },

	{ KPLUG_ATTACH, ENOENT,
	  "there is no plugin of this name, and no module for it could be loaded" },
	{ KPLUG_ATTACH, EBUSY, "another plugin is attached to the device" },
	{ KPLUG_CALL, ENOTCONN, NO_PLUGIN },
	{ KPLUG_CALL, E2BIG, "the message or the answer is longer than the plugin accepts" },
	{ KPLUG_CALL, ENOTTY, "the plugin does not know this command" },
	{ KPLUG_SHM_ALLOC, EINVAL, "the length is 0, or more than KPLUG_MAX_SHM" },
	{ KPLUG_SHM_FREE, ENOENT, "this program has no shared memory with this id" },

	{ KPLUG_DMA_BUFFER, EOPNOTSUPP,
	  "the device has no DMA, or the machine has no memory of this kind for it" },
	{ KPLUG_DMA_MAP, EINVAL,
	  "the descriptor is not a dma-buf, or the part is not in the buffer" },
	{ KPLUG_DMA_MAP, EOPNOTSUPP, "the device does not reach this memory" },
	{ KPLUG_DMA_UNMAP, ENOENT, NO_MAPPING },
	{ KPLUG_DMA_SEGMENTS, ENOENT, NO_MAPPING },
	{ KPLUG_DMA_SYNC, ENOENT, NO_MAPPING },
	{ KPLUG_DMA_LIMITS, EBUSY, "a buffer is mapped, or a plugin is attached" },
	{ KPLUG_DMA_TRANSACTION, ENOTCONN, NO_PLUGIN },
	{ KPLUG_DMA_TRANSACTION, EOPNOTSUPP, "the plugin has no engine for DMA" },

	{ 0, EPERM,
	  "this program may not do that: it needs CAP_SYS_RAWIO or a grant, or the kernel is locked down" },
	{ 0, EACCES, "the permissions of a file do not let this user do that; root may" },
	{ 0, ENODEV, "the device is gone, or an administrator took it away from this program" },
	{ 0, EINVAL, "a value is out of range, not aligned, or overlaps another" },
	{ 0, EOPNOTSUPP, "the device, its plugin or this machine cannot do that" },
	{ 0, ENOENT, "there is nothing with this number or name" },
	{ 0, EBUSY, "another program or an armed vector prevents it" },
	{ 0, EALREADY, "it is done already" },
	{ 0, ENOTCONN, "what it needs is missing: a ring, a plugin or an armed vector" },
	{ 0, ENOSPC, "a limit on the number of objects is reached" },
	{ 0, ENOMEM, "there is not enough memory, or the limit RLIMIT_MEMLOCK is reached" },
	{ 0, E2BIG, "an argument is longer than the kernel module knows" },
	{ 0, EBADF, "the descriptor is open for reading alone" },
	{ 0, ENOTTY, "the kernel module is older than this program and does not know the command" },
	{ 0, ENOEXEC,
	  "the plugin does not match the kernel module, or its messages are older than this program needs" },
	{ 0, EFAULT, "a pointer does not lead to memory of this program" },
	{ 0, EINTR, "a signal ended the wait" },
	{ 0, EAGAIN, "nothing is there, and the descriptor does not block" },
};

static _Thread_local struct {
	const struct kplug *device; /* NULL for none, or one that is closed */
	unsigned long command;
	int err; /* 0 for no failure */
	const char *text; /* NULL to look it up */
	char unknown[64];
} last;

int kplug_failed(const struct kplug *k, unsigned long command, int err)
{
	last.device = k;
	last.command = command;
	last.err = -err;
	last.text = NULL;
	return err;
}

int kplug_refuse(const struct kplug *k, int err, const char *text)
{
	kplug_failed(k, 0, err);
	last.text = text;
	return err;
}

void kplug_forget_reason(const struct kplug *k, int all)
{
	if (last.device != k)
		return;
	last.device = NULL;
	if (all)
		last.err = 0;
}

static const char *look_up(void)
{
	size_t i;

	for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (sentences[i].err == last.err &&
		    (!sentences[i].command || sentences[i].command == last.command))
			return sentences[i].text;
	/* An error of a plugin can be any number. */
	return strerror_r(last.err, last.unknown, sizeof(last.unknown));
}

const char *kplug_reason(const struct kplug *k)
{
	if (!last.err || (k && last.device != k))
		return "no call of this thread has failed";
	return last.text ? last.text : look_up();
}
