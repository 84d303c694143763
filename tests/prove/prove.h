/* SPDX-License-Identifier: MIT */
/* What the proofs share: values that may be anything, and the words of CBMC. */
#ifndef PROVE_H
#define PROVE_H

#include <stdbool.h>
#include <stdint.h>

/* For CBMC a variable without a value has any. */
#define ANY(type, name)        \
	static type name(void) \
	{                      \
		type any;      \
                               \
		return any;    \
	}

ANY(uint64_t, any_u64)
ANY(uint32_t, any_u32)
ANY(uint16_t, any_u16)
ANY(uint8_t, any_u8)

static bool any_bool(void)
{
	return any_u8() & 1;
}

#define assume(condition)       __CPROVER_assume(condition)
#define prove(condition, claim) __CPROVER_assert(condition, claim)

#endif /* PROVE_H */
