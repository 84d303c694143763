// SPDX-License-Identifier: GPL-2.0
/* Charges: the pages that the kernel keeps for a program count against RLIMIT_MEMLOCK. */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>

#include "memory/charge.h"

static int charge_user(struct user_struct *user, unsigned long num)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	long old = atomic_long_read(&user->locked_vm);

	do {
		if (num > limit || old > limit - num)
			return -ENOMEM;
	} while (!atomic_long_try_cmpxchg(&user->locked_vm, &old, old + num));
	return 0;
}

static void count_pinned(struct kplug_charge *charge, unsigned long num)
{
	charge->mm = current->mm;
	mmgrab(charge->mm);
	atomic64_add(num, &charge->mm->pinned_vm);
}

static void uncount_pinned(struct kplug_charge *charge)
{
	if (!charge->mm)
		return;
	atomic64_sub(charge->num, &charge->mm->pinned_vm);
	mmdrop(charge->mm);
}

/**
 * kplug_charge_take() - charge pages before they are allocated or pinned
 * @charge: filled
 * @num: number of pages
 * @pins: the pages are the program's own and get pinned, so VmPin of the process counts them too
 *
 * As in io_uring, the charge belongs to the user: neither other processes, nor exec(), nor the
 * end of this process frees it. CAP_IPC_LOCK exempts from it. Keep the charge as long as the
 * pages, and then call kplug_charge_give().
 *
 * Context: process, of the program that requests the pages.
 * Return: 0; -ENOMEM when RLIMIT_MEMLOCK is reached.
 */
int kplug_charge_take(struct kplug_charge *charge, unsigned long num, bool pins)
{
	*charge = (struct kplug_charge){ .num = num };
	if (!capable(CAP_IPC_LOCK)) {
		int err = charge_user(current_user(), num);

		if (err)
			return err;
		charge->user = get_uid(current_user());
	}
	if (pins)
		count_pinned(charge, num);
	return 0;
}

/**
 * kplug_charge_grow() - charge more pages that are not pinned
 * @charge: from kplug_charge_take()
 * @num: number of pages
 *
 * Context: the process that took the charge.
 * Return: 0; or -ENOMEM, and nothing has changed.
 */
int kplug_charge_grow(struct kplug_charge *charge, unsigned long num)
{
	int err = charge->user ? charge_user(charge->user, num) : 0;

	if (!err)
		charge->num += num;
	return err;
}

/**
 * kplug_charge_give() - return a charge when the pages are free
 * @charge: from kplug_charge_take()
 *
 * Context: process.
 */
void kplug_charge_give(struct kplug_charge *charge)
{
	uncount_pinned(charge);
	if (!charge->user)
		return;
	atomic_long_sub(charge->num, &charge->user->locked_vm);
	free_uid(charge->user);
}

/**
 * kplug_charge_lose() - keep a charge for pages that never become free
 * @charge: from kplug_charge_take(); it stays until the machine is rebooted
 *
 * Context: process.
 */
void kplug_charge_lose(struct kplug_charge *charge)
{
	uncount_pinned(charge);
}
