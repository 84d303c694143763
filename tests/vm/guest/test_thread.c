// SPDX-License-Identifier: MIT
// The context of handlers: what may run in the hard interrupt does so on PREEMPT_RT and with
// threadirqs, too.
#include "device.h"

#include <string.h>

static bool threads_forced(void)
{
	char text[4096];

	OK(file_read(text, sizeof(text), "/proc/cmdline"));
	return kernel_is_rt() || strstr(text, "threadirqs");
}

/* The kernel names the thread of a handler after its interrupt. */
static bool has_thread(struct kplug *k)
{
	return !run("grep -q '^irq/%u-kplug' /proc/[0-9]*/comm", vector_info(k, 0).out_irq);
}

/* A message: its only user decides. */
TEST(thread, none_for_messages, .variants = VARIANTS("msi-user", "msi-recipe", "msi-plugin"))
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, variant);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	edu_check_interrupt(edu, 1);
	ck_assert(!has_thread(edu));
}

TEST(thread, none_for_a_line_of_its_own,
     .variants = VARIANTS("intx-user", "intx-recipe", "intx-plugin"))
{
	struct kplug *edu;

	core_start();
	OK(run("modprobe kplug_nomask address=%s", EDU1));
	edu = edu_open(EDU1, variant);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	for (int i = 1; i < 10; i++)
		edu_check_interrupt(edu, i);
	ck_assert(!has_thread(edu));
	kplug_close(edu);
	OK(module_unload("kplug_nomask"));
}

TEST(thread, none_for_a_wired_line)
{
	struct kplug *uart;

	core_start();
	uart = uart_open();
	OK(kplug_attach(uart, 0, &(struct kplug_handler){ 0 }));
	ck_assert(!has_thread(uart));
}

/*
 * A plugin that does not ask for the hard interrupt runs in a thread where the administrator chose
 * that.
 */
TEST(thread, as_the_plugin_says, .variants = VARIANTS("thread", "no-thread"))
{
	const bool no_thread = !strcmp(variant, "no-thread");
	struct kplug *edu;

	core_start();
	OK(run("modprobe kplug_odd flags=%u", no_thread ? ODD_NO_THREAD : 0));
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_check_interrupt(edu, 1);
	ck_assert_int_eq(has_thread(edu), threads_forced() && !no_thread);
}

/* Users of a shared line must agree, and the handlers of other drivers are threaded. */
TEST(thread, shared_line, .variants = VARIANTS("intx-user", "intx-recipe", "intx-plugin"))
{
	struct kplug *edu, *neighbour;

	core_start();
	edu = edu_open(EDU1, variant);
	neighbour = edu_open(EDU2, "intx");
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	ck_assert_int_ge(kplug_attach(neighbour, 0, edu_handler_of("recipe")), 0);
	for (int i = 1; i < 10; i++) {
		edu_check_interrupt(edu, i);
		edu_check_interrupt(neighbour, i);
	}
	ck_assert_int_eq(has_thread(edu), threads_forced());
}
