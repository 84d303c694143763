// SPDX-License-Identifier: GPL-2.0
/* Copying arrays whose elements are shorter or longer than the kernel's. */
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "memory/array.h"

#define MAX_AT_ONCE (1024 * 1024) /* bytes */

/**
 * kplug_array_check() - check the size of a program's elements
 * @element: the kernel's element
 * @stride: the program's size of an element
 *
 * Return: 0; -EINVAL when it is too short or not a multiple of a word; -E2BIG when it is too
 * long.
 */
int kplug_array_check(const struct kplug_element *element, u32 stride)
{
	if (stride < element->min_size || stride % sizeof(u64))
		return -EINVAL;
	return stride > KPLUG_MAX_SIZE ? -E2BIG : 0;
}

/* Elements are small, but a program may pass thousands of them with long tails. */
static int may_go_on(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* As kplug_array_get(), for elements of a size other than the kernel's. */
int kplug_array_get_odd(const struct kplug_element *element, void *to, const void __user *from,
			u32 stride, u32 num)
{
	int err = kplug_array_check(element, stride);

	for (; num && !err; num--, to += element->size, from += stride)
		err = may_go_on() ?: copy_struct_from_user(to, element->size, from, stride);
	return err;
}

static bool put_one(const struct kplug_element *element, void __user *to, u32 stride,
		    const void *from)
{
	u32 known = min(element->size, stride);

	return !copy_to_user(to, from, known) && !clear_user(to + known, stride - known);
}

/* A list of segments may have millions of elements. */
static int put_all(void __user *to, const void *from, size_t length)
{
	int err = 0;

	while (length && !err) {
		size_t here = min_t(size_t, length, MAX_AT_ONCE);

		err = copy_to_user(to, from, here) ? -EFAULT : may_go_on();
		to += here;
		from += here;
		length -= here;
	}
	return err;
}

/**
 * kplug_array_put() - copy an array to a program
 * @element: the kernel's element
 * @to: the program's room for @num elements
 * @stride: the program's size of an element, checked
 * @from: @num elements of the kernel's size
 * @num: number of elements
 *
 * Context: process, may sleep in accesses to the program's memory.
 * Return: 0; -EFAULT; -EINTR when the task was killed.
 */
int kplug_array_put(const struct kplug_element *element, void __user *to, u32 stride,
		    const void *from, u32 num)
{
	int err = 0;

	if (likely(stride == element->size))
		return put_all(to, from, (size_t)num * stride);
	for (; num && !err; num--, to += stride, from += element->size)
		err = put_one(element, to, stride, from) ? may_go_on() : -EFAULT;
	return err;
}
