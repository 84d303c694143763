/* SPDX-License-Identifier: MIT */
/*
 * What tests in the guest share: the machine, its modules and PCI devices, the host, the kernel
 * log.
 */
#ifndef KPLUG_HARNESS_H
#define KPLUG_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "test.h"

/* The devices of the test machine (tests/vm/run). */
#define EDU0    "0000:01:00.0" /* behind root port rp0: can be unplugged */
#define EDU1    "0000:00:04.0" /* EDU1 and EDU2 share one INTx line */
#define EDU2    "0000:00:08.0"
#define EDU3    "0000:02:00.0" /* leg pciehp only: behind rp1, can vanish by surprise */
#define TESTDEV "0000:00:05.0"
#define IVSHMEM "0000:00:06.0"
#define NVME    "0000:00:0a.0" /* PCIe with MSI-X, two virtual functions, a disk of 2 GiB */
#define SERIAL  "0000:00:0e.0" /* a UART with registers in ports */
#define RP0     "0000:00:07.0"
#define RP1     "0000:00:09.0" /* leg pciehp only */

/* run() - exit code of a shell command, its output in the console log */
int run(const char *format, ...) PRINTF(1, 2);

/* Module names take parameters: module_load("kplug_null rate=10"). Both return 0 or an error. */
int module_load(const char *name_and_parameters);
int module_unload(const char *name);
bool module_loaded(const char *name);

/* uevents_settle() - waits until drivers are loaded for all devices that appeared so far */
void uevents_settle(void);
/*
 * pci_wait_added() - waits until the kernel has announced a new function and looked for its driver;
 * sysfs shows the function earlier
 */
void pci_wait_added(const char *address);
/* pci_unplug() - QEMU's device @id, which is the function at @address, leaves in good order */
void pci_unplug(const char *id, const char *address);

#define PCI_ADDRESS_SIZE sizeof("0000:00:00.0")
/*
 * pci_find() - address of the nth (from 0) function with these ids, in address order; false: there
 * is none
 */
bool pci_find(uint16_t vendor, uint16_t device, int nth, char address[PCI_ADDRESS_SIZE]);
/* pci_driver() - name of the driver bound to it, "" for none; overwritten by the next call */
const char *pci_driver(const char *address);
/* pci_command_register() - its command register, without kplug */
uint16_t pci_command_register(const char *address);

bool file_exists(const char *path_format, ...) PRINTF(1, 2);

/*
 * hostcall() - asks the agent on the host (tests/vm/agent.py), e.g. hostcall("device_del edu0")
 * True when it answered ok. The answer itself is in hostcall_answer.
 */
bool hostcall(const char *format, ...) PRINTF(1, 2);
extern char hostcall_answer[4096];

/*
 * assert_same() - as ck_assert_uint_eq(), for loops over bytes: Check writes each of its own
 * assertions to a file
 */
#define assert_same(value, expected)                        \
	do {                                                \
		if ((value) != (expected))                  \
			ck_assert_uint_eq(value, expected); \
	} while (0)

/* WAIT_UNTIL() - true once the condition holds, false when it does not within the time */
#define WAIT_UNTIL(condition, timeout_ms)                                \
	({                                                               \
		uint64_t deadline_ = now_ns() + (timeout_ms)*1000000ull; \
		bool holds_;                                             \
		while (!(holds_ = (condition)) && now_ns() < deadline_)  \
			sleep_ms(1);                                     \
		holds_ || (condition);                                   \
	})
uint64_t now_ns(void);
void sleep_ms(unsigned int milliseconds);

/* The kernel and the machine */
bool kernel_at_least(int major, int minor);
bool kernel_is_rt(void);
bool kernel_is_debug(void); /* KASAN, KCSAN or lockdep: slow, and reports more */
/*
 * With CONFIG_DEBUG_KOBJECT_RELEASE nvme_core frees a character device too early, and the kernel
 * says so.
 */
#define NVME_DRIVER_FAULT "the kernel's own driver has an error that a debug kernel reports"
/*
 * rounds() - how often to repeat what takes @count rounds: a debug kernel is slower and sees more
 * in each
 */
int rounds(int count);
bool leg_is(const char *name);
/* isa_needed() - skips the test on a machine without an ISA bus */
bool machine_has_isa(void);
bool machine_is_x86(void);
void isa_needed(void);
/* firmware_needed() - skips the test where the firmware has no such platform device */
void firmware_needed(const char *name);

/*
 * The kernel log of the running test. After every test it is scanned for reports (warnings,
 * lockdep, leaks, ...), which fail the test.
 */
/* Lines that match this extended regular expression may have reports. */
void log_allow(const char *pattern);
bool log_contains(const char *pattern);

#endif
