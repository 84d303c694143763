// SPDX-License-Identifier: MIT
// State that a client sets: some ends with the client, some belongs to the device.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <linux/pci_regs.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096u

static bool is_master(void)
{
	return pci_command_register(EDU2) & PCI_COMMAND_MASTER;
}

/* Takes an object of every kind that a client can have, and is killed. */
static void take_all(void)
{
	const struct kplug_transfer write = {
		.op = KPLUG_TRANSFER_WRITE,
		.region = EDU_REGION,
		.width = 4,
		.count = 1,
		.offset = EDU_LIVENESS,
		.value = 0x1234,
	};
	struct kplug *edu = edu_open(EDU2, "msi");
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;

	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	OK(kplug_eventfd(edu, 0, eventfd(0, 0)));
	OK(kplug_dma_set_limits(edu, &(struct kplug_dma_limits){ .address_bits = 64 }));
	OK(kplug_dma_buffer_alloc(edu, PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	OK(kplug_set_cleanup(edu, &write, 1));
	raise(SIGKILL);
}

TEST(leave, ends)
{
	static const char *const objects[] = { "ring",    "eventfd", "armed",      "buffer",
					       "mapping", "session", "transaction" };
	struct kplug *edu;
	pid_t child;
	int status;

	core_start();
	device_bind(EDU2);
	edu = device_open_ring(EDU2, 0);
	child = fork();
	if (!child)
		take_all();
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		ck_assert_msg(WAIT_UNTIL(objects_live(objects[i]) == 0, 20000), "%s", objects[i]);
	ck_assert(!is_master());
	ck_assert_uint_eq(vector_info(edu, 0).out_irq, 0);
	kplug_close(edu);
	/* The core made the write, once. */
	edu = edu_open(EDU2, NULL);
	ck_assert_uint_eq(kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_LIVENESS), ~0x1234u);
	kplug_write32(kplug_io_user(edu), EDU_REGION, EDU_LIVENESS, 0x99);
	kplug_close(edu);
	edu = edu_open(EDU2, NULL);
	ck_assert_uint_eq(kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_LIVENESS), ~0x99u);
	/* It receives the events of all vectors, whatever the client before it subscribed to. */
	OK(kplug_irq_mode(edu, KPLUG_IRQ_MSI, 0) != 1);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	edu_check_interrupt(edu, 1);
	kplug_close(edu);
}

static uint32_t segments_of_two_pages(struct kplug *edu)
{
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;

	OK(kplug_dma_buffer_alloc(edu, 2 * PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	OK(kplug_dma_unmap(edu, mapping.id));
	kplug_dma_buffer_free(&buffer);
	return mapping.num_segments;
}

TEST(leave, stays)
{
	const struct kplug_dma_limits limits = { .address_bits = 64, .max_segment = PAGE };
	struct kplug *edu;

	core_start();
	device_bind(EDU2);
	edu = device_open(EDU2);
	OK(kplug_dma_set_limits(edu, &limits));
	OK(kplug_irq_mode(edu, KPLUG_IRQ_MSI, 0) != 1);
	kplug_close(edu);
	edu = device_open(EDU2);
	ck_assert_int_eq(device_info(edu).out_irq_mode, KPLUG_IRQ_MSI);
	ck_assert_uint_eq(segments_of_two_pages(edu), 2);
	kplug_close(edu);
	device_unbind(EDU2);
	device_bind(EDU2);
	edu = device_open(EDU2);
	ck_assert_int_eq(device_info(edu).out_irq_mode, KPLUG_IRQ_AUTO);
	OK(kplug_dma_set_limits(edu, &(struct kplug_dma_limits){ .address_bits = 64,
								 .max_segment = 2 * PAGE }));
	ck_assert_uint_eq(segments_of_two_pages(edu), 1);
	kplug_close(edu);
}
