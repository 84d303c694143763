// SPDX-License-Identifier: MIT
// A device is reset under its programs: by one of them, or by an administrator.
#include "device.h"
#include "nic.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A reset of edu0 is a reset of its bus, after which the kernel waits a second. */
#define EVERY_WAY(how)                                                             \
	how "-intx-user", how "-intx-recipe", how "-intx-plugin", how "-msi-user", \
		how "-msi-recipe", how "-msi-plugin"

/* docs of NVM Express, "Controller Registers" */
#define NVME_VS 0x08
#define NVME_CC 0x14

static int reset_in_sysfs(const char *address)
{
	return file_write("1", "/sys/bus/pci/devices/%s/reset", address);
}

static void expect(struct kplug *k, unsigned int type)
{
	ck_assert_int_eq(next_event(k).type, type);
}

/* After a reset by any way, the armed vector works on, whatever its handler is. */
TEST(reset, armed_vectors, .variants = VARIANTS(EVERY_WAY("kplug"), EVERY_WAY("sysfs")))
{
	struct kplug *edu, *other;
	uint16_t before;

	core_start();
	edu = edu_open(EDU0, strchr(variant, '-') + 1);
	other = device_open(EDU0);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	for (int i = 1; i < 3; i++) {
		edu_check_interrupt(edu, i);
		expect(other, KPLUG_EVENT_IRQ);
		before = pci_command_register(EDU0);
		OK(!strncmp(variant, "kplug", 5) ? kplug_reset(edu) : reset_in_sysfs(EDU0));
		ck_assert_int_eq(pci_command_register(EDU0), before);
		expect(edu, KPLUG_EVENT_RESET);
		expect(other, KPLUG_EVENT_RESET);
	}
	edu_check_interrupt(edu, 5);
	ck_assert_int_eq(vector_info(edu, 0).out_handled, 3);
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(pci_command_register(EDU0) & PCI_COMMAND_MASTER, 0);
}

/* Its own registers lose their values, and configuration space keeps them. */
TEST(reset, function_level)
{
	struct kplug *nvme;
	uint64_t value;

	core_start();
	device_bind(NVME);
	nvme = device_open(NVME);
	OK(kplug_attach(nvme, 0, &(struct kplug_handler){ 0 }));
	/* The firmware may have left it enabled, and disabling it is a reset. */
	OK(kplug_access_write(nvme, 0, NVME_CC, 4, 0));
	for (int i = 0; i < 3; i++) {
		OK(kplug_access_write(nvme, 0, NVME_CC, 4, 0x00460000));
		OK(kplug_access_read(nvme, 0, NVME_CC, 4, &value));
		ck_assert_int_eq(value, 0x00460000);
		OK(kplug_reset(nvme));
		OK(kplug_access_read(nvme, 0, NVME_CC, 4, &value));
		ck_assert_int_eq(value, 0);
		OK(kplug_access_read(nvme, 0, NVME_VS, 4, &value));
		ck_assert_int_eq(value, 0x00010400);
		ck_assert(pci_command_register(NVME) & PCI_COMMAND_MASTER);
		expect(nvme, KPLUG_EVENT_RESET);
	}
}

/* Vectors of a message table, two of them armed and one afterwards. */
TEST(reset, message_table, .timeout = 120)
{
	struct kplug *nic;

	core_start();
	nic = nic_open();
	OK(kplug_attach(nic, 0, &(struct kplug_handler){ 0 }));
	OK(kplug_attach(nic, NIC_VECTORS - 1, &(struct kplug_handler){ 0 }));
	for (int i = 0; i < 3; i++) {
		nic_interrupt(nic, 0);
		OK(kplug_reset(nic));
		expect(nic, KPLUG_EVENT_RESET);
		nic_interrupt(nic, NIC_VECTORS - 1);
	}
	OK(kplug_attach(nic, 2, &(struct kplug_handler){ 0 }));
	nic_interrupt(nic, 2);
}

TEST(reset, refused)
{
	struct kplug *edu, *restricted, *null;

	core_start();
	edu = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_reset(edu), -EOPNOTSUPP);
	ck_assert(!file_exists("/sys/bus/pci/devices/" EDU1 "/reset"));
	null = null_open(0);
	ck_assert_int_eq(kplug_reset(null), -EOPNOTSUPP);
	device_bind(EDU0);
	restricted = device_open_restricted(EDU0);
	ck_assert_int_eq(kplug_reset(restricted), -EPERM);
	device_unbind(EDU1);
	ck_assert_int_eq(kplug_reset(edu), -ENODEV);
}

/* The core calls the plugin first and last, and runs no handler of it in between. */
TEST(reset, plugin_hears)
{
	struct kplug_event event;
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd"));
	edu = edu_open(EDU0, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_reset(edu));
	event = next_event(edu);
	ck_assert_int_eq(event.type, ODD_EVENT_DEVICE);
	ck_assert_int_eq(event.data[0], ODD_RESET_PREPARE);
	ck_assert_uint_eq(event.data[1], 0x11e81234); /* it may write its configuration space */
	event = next_event(edu);
	ck_assert_int_eq(event.type, ODD_EVENT_DEVICE);
	ck_assert_int_eq(event.data[0], ODD_RESET_DONE);
	ck_assert_uint_eq(event.data[1], 0x11e81234);
	expect(edu, KPLUG_EVENT_RESET);
	edu_check_interrupt(edu, 1);
}

/* A line that waits for its program stays masked; the program unmasks it as usual. */
TEST(reset, masked_line)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU0, "intx");
	OK(kplug_attach(edu, 0, &(struct kplug_handler){ 0 }));
	edu_raise(edu, 1);
	expect(edu, KPLUG_EVENT_IRQ);
	OK(kplug_reset(edu));
	expect(edu, KPLUG_EVENT_RESET);
	ck_assert(vector_info(edu, 0).out_flags & KPLUG_VECTOR_MASKED);
	edu_ack(edu);
	edu_raise(edu, 2);
	no_event(edu);
	OK(kplug_unmask(edu, 0));
	expect(edu, KPLUG_EVENT_IRQ);
	edu_ack(edu);
	OK(kplug_unmask(edu, 0));
	edu_raise(edu, 4);
	expect(edu, KPLUG_EVENT_IRQ);
	edu_ack(edu);
}

/* Every operation of a program, during resets. */
struct busy {
	void *(*work)(void *busy);
	struct kplug *edu;
	pthread_t thread;
	volatile bool stop;
	int error;
};

static void *raise_and_read(void *argument)
{
	struct busy *busy = argument;
	uint64_t value;

	while (!busy->stop && !busy->error) {
		edu_raise(busy->edu, 1);
		kplug_read32(kplug_io_user(busy->edu), EDU_REGION, EDU_ID);
		busy->error = kplug_access_read(busy->edu, EDU_REGION, EDU_IRQ_STATUS, 4, &value);
	}
	return NULL;
}

static void *call(void *argument)
{
	struct busy *busy = argument;
	uint32_t n = 5, answer;

	while (!busy->stop && !busy->error) {
		int result = kplug_call(busy->edu, EDU_CALL_FACTORIAL, &n, sizeof(n), &answer,
					sizeof(answer));

		/* A value is right, or the call failed. */
		if (result == -EAGAIN || result == -ETIMEDOUT)
			continue;
		busy->error = result != sizeof(answer) ? result : answer != 120;
	}
	return NULL;
}

static void *arm_and_disarm(void *argument)
{
	struct busy *busy = argument;

	while (!busy->stop && !busy->error) {
		int kind = kplug_attach(busy->edu, 0, &edu_plugin);

		if (kind >= 0)
			busy->error = kplug_detach(busy->edu, 0);
		else if (kind != -EBUSY)
			busy->error = kind;
	}
	return NULL;
}

static void *reset_too(void *argument)
{
	struct busy *busy = argument;

	while (!busy->stop && !busy->error) {
		int result = kplug_reset(busy->edu);

		if (result != -EBUSY && result != -ENODEV)
			busy->error = result;
		sleep_ms(1);
	}
	return NULL;
}

static void start(struct busy *busy, int count)
{
	for (int i = 0; i < count; i++) {
		busy[i].edu = edu_open(EDU0, NULL);
		OK(kplug_attach(busy[i].edu, KPLUG_NO_VECTOR, &edu_plugin) != KPLUG_HANDLER_PLUGIN);
		OK(pthread_create(&busy[i].thread, NULL, busy[i].work, &busy[i]));
	}
}

static void stop(struct busy *busy, int count)
{
	for (int i = 0; i < count; i++)
		busy[i].stop = true;
	for (int i = 0; i < count; i++) {
		pthread_join(busy[i].thread, NULL);
		ck_assert_msg(!busy[i].error, "%d: %d", i, busy[i].error);
		kplug_close(busy[i].edu);
	}
}

TEST(reset, under_fire, .smoke = true, .variants = VARIANTS("intx", "msi"), .timeout = 300)
{
	struct busy busy[] = { { .work = raise_and_read },
			       { .work = call },
			       { .work = arm_and_disarm },
			       { .work = reset_too } };
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_edu"));
	edu = edu_open(EDU0, variant);
	start(busy, ARRAY_SIZE(busy));
	for (int i = 0; i < 2; i++) {
		/* Of two resets at a time one waits, the other tries again. */
		OK(reset_in_sysfs(EDU0));
		sleep_ms(50);
	}
	stop(busy, ARRAY_SIZE(busy));
	ck_assert_int_eq(pci_command_register(EDU0) & PCI_COMMAND_MASTER, 0);
	edu_ack(edu);
	kplug_close(edu);

	edu = edu_open(EDU0, NULL);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("plugin")), 0);
	edu_check_interrupt(edu, 7);
}

/* Reset and removal in either order: the device is removed in the end, and no task hangs. */
TEST(reset, removed_meanwhile, .smoke = true, .timeout = 120)
{
	core_start();
	OK(module_load("kplug_edu"));
	for (int i = 0; i < 5; i++) {
		struct busy busy[] = { { .work = reset_too } };

		start(busy, 1);
		sleep_ms(i * 10);
		device_unbind(EDU0);
		ck_assert_int_eq(kplug_reset(busy[0].edu), -ENODEV);
		stop(busy, 1);
		device_bind(EDU0);
	}
	objects_settle();
}
