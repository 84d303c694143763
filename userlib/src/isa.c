// SPDX-License-Identifier: MIT
/* Declaring ISA devices. */
#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The kernel must read the name as a single word. */
static int is_word(const char *name)
{
	return name[0] && strlen(name) < KPLUG_NAME_MAX && !strpbrk(name, " =\n");
}

static int is_range(const struct kplug_range *range)
{
	return range->flags == KPLUG_REGION_PORT || range->flags == KPLUG_REGION_MEM;
}

static int add_card(const char *name, const struct kplug_range *ranges, unsigned int count,
		    unsigned int irq)
{
	char text[512]; /* more than the longest name and KPLUG_MAX_REGIONS need */
	char *end = text;
	unsigned int i;
	int err;

	if (!is_word(name) || count > KPLUG_MAX_REGIONS)
		return -EINVAL;
	end += sprintf(end, "name=%s", name);
	if (irq)
		end += sprintf(end, " irq=%u", irq);
	for (i = 0; i < count; i++) {
		if (!is_range(&ranges[i]))
			return -EINVAL;
		end += sprintf(end, " %s=0x%x+0x%x",
			       ranges[i].flags == KPLUG_REGION_PORT ? "port" : "mem",
			       ranges[i].start, ranges[i].length);
	}
	err = kplug_sysfs_write(text, KPLUG_SYSFS_CLASS "/isa_add");
	return err == -ENOENT ? -ENOSYS : err;
}

int kplug_isa_add(const char *name, const struct kplug_range *ranges, unsigned int count,
		  unsigned int irq)
{
	return kplug_result(KPLUG_ISA_ADDING, add_card(name, ranges, count, irq));
}

int kplug_isa_del(const char *name)
{
	if (!is_word(name))
		return kplug_failed(NULL, KPLUG_ISA_DELETING, -EINVAL);
	return kplug_result(KPLUG_ISA_DELETING,
			    kplug_sysfs_write(name, KPLUG_SYSFS_CLASS "/isa_del"));
}
