/* SPDX-License-Identifier: MIT */
/* What the suites share: a core without devices, bound and open devices, raised interrupts. */
#ifndef KPLUG_TEST_DEVICE_H
#define KPLUG_TEST_DEVICE_H

#include <edu/edu_handler.h>
#include <edu/edu_msg.h>
#include <ivshmem/ivshmem_msg.h>
#include <ivshmem/ivshmem_regs.h>
#include <kplug.h>
#include <kplug_odd.h>
#include <null/null_msg.h>

#include "harness.h"
#include "objects.h"

#define OK(call)          ck_assert_int_eq(call, 0)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define NULL0 "null0"
#define MS    1000000ll /* ns */

/*
 * core_start() - kplug.ko loaded, with the parameters it has by default; no device bound, no plugin
 * loaded
 * Each suite loads it afresh. Fails when an earlier test left anything behind in the kernel.
 */
void core_start(void);

/*
 * device_bind() - gives a PCI function to kplug; nothing happens if it or a plugin has it. The
 * registers of TESTDEV and the memory of IVSHMEM then permit accesses of any width.
 */
void device_bind(const char *address);
void device_unbind(const char *address);

/*
 * The UART of the test machine that is there for an ISA driver of ours. uart_release() takes it
 * from the kernel's own driver, for good.
 */
#define UART      "isa-2e8"
#define UART_PORT 0x2e8
#define UART_IRQ  6
#define UART_LINE "name=" UART " port=0x2e8+8 irq=6"
void uart_release(void);
/* Writes to the files that declare ISA devices; return 0 or -errno. */
int isa_add(const char *line);
int isa_del(const char *name);
/* uart_open() - declares it and opens it */
struct kplug *uart_open(void);

/*
 * platform_driver() - name of the driver of a platform device, "" for none; overwritten by the next
 * call
 */
const char *platform_driver(const char *name);

/* Clients. The default ring; `entries` records, or none for 0; without CAP_SYS_RAWIO. */
struct kplug *device_open(const char *name);
struct kplug *device_open_ring(const char *name, unsigned int entries);
struct kplug *device_open_restricted(const char *name);
/* Switches a capability (CAP_*) of this process off and on again. */
void capability_set(int capability, bool on);
void memlock_limit(size_t bytes);

/* command() - a raw ioctl: its result or -errno */
int command(struct kplug *k, unsigned long request, void *argument);
struct kplug_device_info device_info(struct kplug *k);
struct kplug_vector_info vector_info(struct kplug *k, unsigned int vector);

/*
 * edu_open() - binds, opens and maps an edu device; `mode` begins with intx, msi or msix, or is
 * NULL for the default
 */
struct kplug *edu_open(const char *address, const char *mode);
void edu_raise(struct kplug *edu, uint32_t bits);
void edu_ack(struct kplug *edu);
/*
 * edu_check_interrupt() - raises an interrupt; its event must be the next, with the captured bits
 */
void edu_check_interrupt(struct kplug *edu, uint32_t bits);
/* edu_handler_of() - the handler that the end of the variant names: user, recipe or plugin */
const struct kplug_handler *edu_handler_of(const char *variant);
extern const struct kplug_step edu_recipe[4]; /* what edu_handler() does, as a recipe */

/* Handlers with a plugin, for kplug_attach(). */
extern const struct kplug_handler null_plugin, edu_plugin, odd_plugin, ivshmem_plugin;

/* null_open() - the null device, attached to the plugin, no vector armed */
struct kplug *null_open(unsigned int entries);
/* null_fire() - interrupts it, and returns when all are handled */
void null_fire(struct kplug *null, unsigned int vector, unsigned int count);
int null_call_u32(struct kplug *null, unsigned int cmd, uint32_t value);

/*
 * The test plugin: a thread's function that sleeps in a call; how many do; wakes them; a parameter
 * that is a number.
 */
void *odd_sleep(void *odd);
unsigned int odd_sleepers(void);
void odd_wake(void);
unsigned int odd_parameter(const char *name);

/* next_event() - waits for one event; fails without one */
struct kplug_event next_event(struct kplug *k);

/* check_eventfd() - waits until an eventfd counted @expected; fails when it counts otherwise */
void check_eventfd(int fd, uint64_t expected);
/* no_event() - fails when an event comes within a short time */
void no_event(struct kplug *k);

#endif
