/* SPDX-License-Identifier: MIT */
/* What the kernel logs when something is wrong, as an extended regular expression. */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#define KERNEL_LOG_REPORTS                                                                 \
	"WARNING:|BUG:|Oops|Call Trace|general protection|NULL pointer|Unable to handle|"  \
	"possible (circular|recursive|irq lock)|inconsistent lock|suspicious RCU|"         \
	"sleeping function|scheduling while atomic|"                                       \
	"KASAN|KCSAN:.*assert|UBSAN|DMA-API:|refcount_t:|(list|slab).* corruption|ODEBUG|" \
	"unreferenced object|leak|blocked for more than|soft lockup|hard LOCKUP|"          \
	"rcu.*(stall|detected)|nobody cared|DMAR:.*(fault|Fault)|arm-smmu-v3 .*: event|"   \
	"page allocation failure"

#endif
