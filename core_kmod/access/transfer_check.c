// SPDX-License-Identifier: GPL-2.0
/* The check of a single transfer. */
#include "access/transfer_check.h"

/**
 * kplug_transfer_check() - check a transfer that is not part of a list
 * @regions: the KPLUG_MAX_REGIONS regions of the device
 * @t: the transfer, a copy that the program cannot change
 *
 * Return: as kplug_transfer_check_next().
 */
int kplug_transfer_check(const struct kplug_region *regions, const struct kplug_transfer *t)
{
	struct kplug_transfer_limits limits = KPLUG_TRANSFER_NO_LIMITS;

	return kplug_transfer_check_next(&limits, regions, t);
}
