/* SPDX-License-Identifier: MIT */
/* The kernel's fault injection: one allocation or copy that a thread asks for fails. */
#ifndef KPLUG_TEST_FAULT_H
#define KPLUG_TEST_FAULT_H

/* What failed. An allocation that asks for silence does not say which kind it is. */
enum fault { FAULT_NONE, FAULT_SLAB, FAULT_PAGE, FAULT_COPY, FAULT_QUIET, FAULTS };

/*
 * fault_prepare() - the test is skipped where the kernel cannot do that. fault_finish() - the
 * console and panic_on_warn are as before.
 */
void fault_prepare(void);
void fault_finish(void);

/* fault_begin() - from now on the nth (from 1) that this thread asks for fails, once */
void fault_begin(unsigned int n);
/* fault_end() - ends that; returns what has failed since fault_begin() */
enum fault fault_end(void);

#endif
