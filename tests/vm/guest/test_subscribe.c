// SPDX-License-Identifier: MIT
// Subscription by vector; the vectors that a plugin takes, and that it opens to restricted clients.
#include "device.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A virtual device with four vectors, which are all armed; each fire interrupts by each. */
static struct kplug *odd_open_armed(const char *parameters)
{
	struct kplug *odd;

	core_start();
	OK(run("modprobe kplug_odd virtual=odd0 virtual_vectors=4 %s", parameters));
	odd = device_open("odd0");
	for (unsigned int v = 0; v < 4; v++)
		ck_assert_int_eq(kplug_attach(odd, v, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	return odd;
}

static void fire(void)
{
	OK(file_write("1", "/sys/module/kplug_odd/parameters/fire"));
}

static void check_events(struct kplug *k, unsigned int vectors)
{
	uint64_t lost = 0;

	for (unsigned int v = 0; v < 4; v++) {
		struct kplug_event event;

		if (!(vectors & 1u << v))
			continue;
		event = next_event(k);
		ck_assert_int_eq(event.type, KPLUG_EVENT_IRQ);
		ck_assert_int_eq(event.vector, v);
		lost += event.lost;
	}
	ck_assert_ptr_null(kplug_peek(k));
	/* An event outside of the subscription does not count as lost. */
	ck_assert_uint_eq(lost, 0);
}

TEST(subscribe, ring)
{
	const unsigned int one[] = { 1 }, two[] = { 3, 0 };
	struct kplug *odd = odd_open_armed(""), *other = device_open("odd0");

	fire();
	check_events(odd, 15);
	check_events(other, 15);
	OK(kplug_subscribe(odd, one, 1));
	OK(kplug_subscribe(other, two, 2));
	fire();
	check_events(odd, 2);
	check_events(other, 9);
	OK(kplug_subscribe(odd, one, 0));
	OK(kplug_subscribe(other, NULL, 0));
	fire();
	check_events(odd, 0);
	check_events(other, 15);

	/* Every client gets the event of the device's end. */
	kplug_close(other);
	for (unsigned int v = 0; v < 4; v++)
		OK(kplug_detach(odd, v));
	kplug_close(odd);
}

TEST(subscribe, device_wide)
{
	const unsigned int none = 0;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "msi");
	OK(kplug_subscribe(edu, &none, 0));
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	edu_raise(edu, 1);
	no_event(edu);
	device_unbind(EDU1);
	ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_REMOVED);
}

TEST(subscribe, eventfd)
{
	const unsigned int one[] = { 1 };
	int fd0 = eventfd(0, EFD_NONBLOCK), fd1 = eventfd(0, EFD_NONBLOCK);
	struct kplug *odd = odd_open_armed(""), *other = device_open_ring("odd0", 0);
	eventfd_t none;

	OK(kplug_eventfd(other, 0, fd0));
	OK(kplug_eventfd(other, 1, fd1));
	fire();
	check_events(odd, 15);
	check_eventfd(fd0, 1);
	check_eventfd(fd1, 1);
	OK(kplug_subscribe(other, one, 1));
	fire();
	check_events(odd, 15);
	check_eventfd(fd1, 1);
	ck_assert_int_eq(eventfd_read(fd0, &none), -1);
	close(fd0);
	close(fd1);
}

/* The plugin allows vector 1. The client may subscribe to less, not more. */
TEST(subscribe, plugin_allows)
{
	const unsigned int zero[] = { 0 };
	struct kplug *odd = odd_open_armed("event_vectors=Y flags=9"),
		     *restricted = device_open_restricted("odd0");
	int fd = eventfd(0, EFD_NONBLOCK);

	fire();
	check_events(odd, 15);
	check_events(restricted, 2);
	ck_assert_int_eq(kplug_eventfd(restricted, 0, fd), -EPERM);
	OK(kplug_eventfd(restricted, 1, fd));
	fire();
	check_events(restricted, 2);
	check_eventfd(fd, 1);
	OK(kplug_subscribe(restricted, zero, 1));
	fire();
	check_events(restricted, 0);
	OK(kplug_subscribe(restricted, NULL, 0));
	fire();
	check_events(restricted, 2);
	check_eventfd(fd, 1);
	close(fd);
}

/* A plugin cannot open a vector that a program has armed with another handler. */
TEST(subscribe, foreign_handler)
{
	struct kplug *edu, *restricted;

	core_start();
	OK(run("modprobe kplug_odd take_edu=1 flags=%u", ODD_NO_THREAD | ODD_ALLOW_EVENTS));
	edu = edu_open(EDU1, "msi");
	restricted = device_open_restricted(EDU1);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	edu_check_interrupt(edu, 1);
	no_event(restricted);
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_check_interrupt(edu, 2);
	ck_assert_int_eq(next_event(restricted).data[0], 2);
}

TEST(subscribe, plugin_takes_vectors)
{
	struct kplug *odd;

	core_start();
	OK(module_load("kplug_odd virtual=odd0 virtual_vectors=4 num_vectors=2"));
	odd = device_open("odd0");
	ck_assert_int_eq(kplug_attach(odd, 1, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_attach(odd, 2, &odd_plugin), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_attach(odd, 4, &odd_plugin), -ENOENT);
	/* Vectors with other handlers do not belong to the plugin. */
	OK(kplug_attach(odd, 3, &(struct kplug_handler){ 0 }));
}

/* The null plugin counts for four vectors; a function may have more. */
TEST(subscribe, null_takes_four)
{
	char address[PCI_ADDRESS_SIZE];
	struct kplug *k;

	core_start();
	if (!pci_find(0x8086, 0x10d3, 0, address))
		test_skip("there is no e1000e");
	OK(module_load("kplug_null"));
	device_bind(address);
	k = device_open(address);
	ck_assert_int_ge(kplug_irq_mode(k, KPLUG_IRQ_MSIX, 0), 5);
	ck_assert_int_eq(kplug_attach(k, NULL_VECTORS, &null_plugin), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_attach(k, NULL_VECTORS - 1, &null_plugin), KPLUG_HANDLER_PLUGIN);
}
