/* SPDX-License-Identifier: GPL-2.0 */
/* Charges: the pages that the kernel keeps for a program count against RLIMIT_MEMLOCK. */
#ifndef KPLUG_MEMORY_CHARGE_H
#define KPLUG_MEMORY_CHARGE_H

#include <linux/types.h>

struct mm_struct;
struct user_struct;

/* The charge of one object against the limit. */
struct kplug_charge {
	struct user_struct *user; /* NULL when the program has no limit */
	struct mm_struct *mm; /* the process whose pages are pinned, or NULL */
	unsigned long num; /* number of pages */
};

int kplug_charge_take(struct kplug_charge *charge, unsigned long num, bool pins);
int kplug_charge_grow(struct kplug_charge *charge, unsigned long num);
void kplug_charge_give(struct kplug_charge *charge);
void kplug_charge_lose(struct kplug_charge *charge);

#endif /* KPLUG_MEMORY_CHARGE_H */
