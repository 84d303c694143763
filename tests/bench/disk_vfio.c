// SPDX-License-Identifier: MIT
/*
 * tests/bench: reads by a user-mode NVMe driver over VFIO; sections are of the NVM Express
 * specification 1.4.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "disk.h"
#include "vfio.h"

#define PAGE       4096u
#define ENTRIES    64u
#define QUEUES     0x100000u /* what the device sees where */
#define DATA       0x200000u
#define BAR_BYTES  0x4000
#define BLOCK_SIZE 512u

/* 3.1 "Register Definition" */
enum { CC = 0x14, CSTS = 0x1c, AQA = 0x24, ASQ = 0x28, ACQ = 0x30, DOORBELLS = 0x1000 };

/* 4.2 "Submission Queue Entry", 4.6 "Completion Queue Entry" */
struct command {
	uint8_t opcode, flags;
	uint16_t id;
	uint32_t namespace;
	uint64_t unused[2];
	uint64_t pages[2];
	uint32_t arguments[6];
};

struct completion {
	uint32_t result, unused;
	uint16_t sq_head, sq_id;
	uint16_t id, status;
};

struct queue {
	struct command *commands;
	volatile struct completion *completions;
	volatile uint32_t *tail_doorbell, *head_doorbell;
	uint32_t tail, head;
	uint16_t phase;
};

static struct vfio vfio;
static volatile uint8_t *bar;
static struct queue admin, io;
static int interrupt;

static volatile uint32_t *register32(uint32_t offset)
{
	return (volatile uint32_t *)(bar + offset);
}

/* Queue @number has two pages of the memory at @memory. */
static void init_queue(struct queue *q, uint8_t *memory, uint32_t number)
{
	*q = (struct queue){
		.commands = (struct command *)(memory + 2 * number * PAGE),
		.completions = (struct completion *)(memory + (2 * number + 1) * PAGE),
		.tail_doorbell = register32(DOORBELLS + 8 * number),
		.head_doorbell = register32(DOORBELLS + 8 * number + 4),
		.phase = 1,
	};
}

static void push(struct queue *q, const struct command *command)
{
	q->commands[q->tail] = *command;
	q->tail = (q->tail + 1) % ENTRIES;
}

/* The next completion's command, or -EAGAIN. */
static int pop(struct queue *q)
{
	volatile struct completion *c = &q->completions[q->head];

	if ((c->status & 1) != q->phase)
		return -EAGAIN;
	bench_check("an NVMe command", c->status >> 1 ? -EIO : 0);
	q->head = (q->head + 1) % ENTRIES;
	if (!q->head)
		q->phase ^= 1;
	return c->id;
}

static void run_admin(const struct command *command)
{
	push(&admin, command);
	*admin.tail_doorbell = admin.tail;
	while (pop(&admin) == -EAGAIN)
		;
	*admin.head_doorbell = admin.head;
}

static void wait_ready(uint32_t ready)
{
	while ((*register32(CSTS) & 1) != ready)
		;
}

/* 7.6.1 "Initialization", 5.3 and 5.4 "Create I/O Queue" */
static void start_controller(uint8_t *memory)
{
	const uint32_t size = ENTRIES - 1;
	struct command cq = {
		.opcode = 5,
		.pages = { QUEUES + 3 * PAGE },
		.arguments = { size << 16 | 1, 3 },
	};
	struct command sq = {
		.opcode = 1,
		.pages = { QUEUES + 2 * PAGE },
		.arguments = { size << 16 | 1, 1 << 16 | 1 },
	};

	*register32(CC) = 0;
	wait_ready(0);
	init_queue(&admin, memory, 0);
	init_queue(&io, memory, 1);
	*register32(AQA) = size << 16 | size;
	*(volatile uint64_t *)register32(ASQ) = QUEUES;
	*(volatile uint64_t *)register32(ACQ) = QUEUES + PAGE;
	*register32(CC) = 4 << 20 | 6 << 16 | 1;
	wait_ready(1);
	run_admin(&cq);
	run_admin(&sq);
}

static void enable_mastery(void)
{
	const off_t at = (off_t)vfio_region(&vfio, VFIO_PCI_CONFIG_REGION_INDEX) + PCI_COMMAND;
	uint16_t command;

	bench_check("pread", pread(vfio.device, &command, 2, at) == 2 ? 0 : -errno);
	command |= PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	bench_check("pwrite", pwrite(vfio.device, &command, 2, at) == 2 ? 0 : -errno);
}

/* Vector 0 for both queues. */
static void enable_interrupt(void)
{
	struct {
		struct vfio_irq_set set;
		int fd;
	} arg = { .set = {
			  .argsz = sizeof(arg),
			  .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
			  .index = VFIO_PCI_MSIX_IRQ_INDEX,
			  .count = 1,
		  } };

	interrupt = eventfd(0, 0);
	arg.fd = interrupt;
	bench_check("VFIO_DEVICE_SET_IRQS",
		    ioctl(vfio.device, VFIO_DEVICE_SET_IRQS, &arg) ? -errno : 0);
}

static void submit(const unsigned int *slots, const uint64_t *blocks, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		const uint64_t first = blocks[i] * (DISK_BYTES / BLOCK_SIZE);
		const struct command read = {
			.opcode = 2,
			.id = (uint16_t)slots[i],
			.namespace = 1,
			.pages = { DATA + slots[i] * DISK_BYTES },
			.arguments = { (uint32_t)first, (uint32_t)(first >> 32),
				       DISK_BYTES / BLOCK_SIZE - 1 },
		};

		push(&io, &read);
	}
	*io.tail_doorbell = io.tail;
}

static unsigned int reap(unsigned int *slots)
{
	unsigned int n = 0;
	int id;

	while ((id = pop(&io)) >= 0)
		slots[n++] = (unsigned int)id;
	if (n)
		*io.head_doorbell = io.head;
	return n;
}

static unsigned int wait(unsigned int *slots)
{
	unsigned int n = reap(slots);
	uint64_t count;

	while (!n) {
		bench_check("read",
			    read(interrupt, &count, sizeof(count)) == sizeof(count) ? 0 : -errno);
		n = reap(slots);
	}
	return n;
}

void bench_disk_vfio(const char *address)
{
	struct disk disk = { .submit = submit, .wait = wait, .memory = disk_memory() };
	void *queues, *map;

	vfio_open(&vfio, address);
	map = mmap(NULL, BAR_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, vfio.device,
		   (off_t)vfio_region(&vfio, VFIO_PCI_BAR0_REGION_INDEX));
	bench_check("mmap", map == MAP_FAILED ? -errno : 0);
	bar = map;
	queues = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bench_check("mmap", queues == MAP_FAILED ? -errno : 0);
	vfio_map(&vfio, queues, QUEUES, 4 * PAGE);
	vfio_map(&vfio, disk.memory, DATA, DISK_DEPTH * DISK_BYTES);
	enable_mastery();
	enable_interrupt();
	start_controller(queues);
	bench_busy_start();
	disk_row("VFIO, user-mode driver", &disk, 1);
	disk_row("VFIO, user-mode driver, 32 at a time", &disk, DISK_DEPTH);
}
