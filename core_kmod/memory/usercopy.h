/* SPDX-License-Identifier: GPL-2.0 */
/* Copies between the kernel and a program, for sizes at which the general copy is slow. */
#ifndef KPLUG_USERCOPY_H
#define KPLUG_USERCOPY_H

#include <linux/uaccess.h>

/*
 * Copies four words at a time, then single words, then bytes. For a size that is not a
 * compile-time constant, the general copy costs more than the rest of a small call, and it is
 * no faster for a page. The kernel's side must be aligned to words.
 */
static __always_inline bool kplug_get_words(u64 *to, const u64 __user *from, u32 len)
{
	u32 i = 0, words = len / sizeof(u64);

	if (!user_read_access_begin(from, len))
		return false;
	for (; i + 4 <= words; i += 4) {
		unsafe_get_user(to[i], from + i, fault);
		unsafe_get_user(to[i + 1], from + i + 1, fault);
		unsafe_get_user(to[i + 2], from + i + 2, fault);
		unsafe_get_user(to[i + 3], from + i + 3, fault);
	}
	for (; i < words; i++)
		unsafe_get_user(to[i], from + i, fault);
	for (i *= sizeof(u64); i < len; i++)
		unsafe_get_user(((u8 *)to)[i], (const u8 __user *)from + i, fault);
	user_read_access_end();
	return true;

fault:
	user_read_access_end();
	return false;
}

static __always_inline bool kplug_put_words(u64 __user *to, const u64 *from, u32 len)
{
	u32 i = 0, words = len / sizeof(u64);

	if (!user_write_access_begin(to, len))
		return false;
	for (; i + 4 <= words; i += 4) {
		unsafe_put_user(from[i], to + i, fault);
		unsafe_put_user(from[i + 1], to + i + 1, fault);
		unsafe_put_user(from[i + 2], to + i + 2, fault);
		unsafe_put_user(from[i + 3], to + i + 3, fault);
	}
	for (; i < words; i++)
		unsafe_put_user(from[i], to + i, fault);
	for (i *= sizeof(u64); i < len; i++)
		unsafe_put_user(((const u8 *)from)[i], (u8 __user *)to + i, fault);
	user_write_access_end();
	return true;

fault:
	user_write_access_end();
	return false;
}

#endif /* KPLUG_USERCOPY_H */
