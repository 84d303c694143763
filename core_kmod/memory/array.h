/* SPDX-License-Identifier: GPL-2.0 */
/* Arrays that a program passes. Its elements may be older or newer than the kernel's. */
#ifndef KPLUG_ARRAY_H
#define KPLUG_ARRAY_H

#include <linux/stddef.h>
#include <linux/uaccess.h>

#include <uapi/kplug_abi.h>

/**
 * struct kplug_element - the size of an array's element
 * @size: in bytes, in this kernel
 * @min_size: in bytes, in the first version
 */
struct kplug_element {
	u32 size;
	u32 min_size;
};

/* @_last: the last field of the first version */
#define KPLUG_ELEMENT(_struct, _last)                                                           \
	{                                                                                       \
		.size = sizeof(struct _struct), .min_size = offsetofend(struct _struct, _last), \
	}

int kplug_array_check(const struct kplug_element *element, u32 stride);
int kplug_array_get_odd(const struct kplug_element *element, void *to, const void __user *from,
			u32 stride, u32 num);
int kplug_array_put(const struct kplug_element *element, void __user *to, u32 stride,
		    const void *from, u32 num);

/**
 * kplug_array_get() - copy an array from a program
 * @element: the kernel's element
 * @to: room for @num elements of the kernel's size
 * @from: the program's array
 * @stride: the program's size of an element, not checked yet
 * @num: number of elements
 *
 * Context: process, may sleep in accesses to the program's memory.
 * Return: 0; -EFAULT; -EINVAL; -E2BIG; -EINTR when the task was killed.
 */
static inline int kplug_array_get(const struct kplug_element *element, void *to,
				  const void __user *from, u32 stride, u32 num)
{
	if (unlikely(stride != element->size))
		return kplug_array_get_odd(element, to, from, stride, num);
	return copy_from_user(to, from, (size_t)num * stride) ? -EFAULT : 0;
}

#endif /* KPLUG_ARRAY_H */
