// SPDX-License-Identifier: MIT
/*
 * A generated project in one process: the library, the core and the guest are these few functions,
 * and the card is its model. The tests of the project run in milliseconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <kplug/plugin_dma.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

/* Both have a function of this name: here it is the plugin's. */
#include "card.h"
#include "host.h"

#define VECTORS 32
#define EVENTS  64
#define MEMORY  0x100000u /* where the memory for DMA is on the bus, and its size */

struct kplug_device {
	void *priv;
};

struct kplug_client {
	int unused;
};

struct vector {
	int messages; /* eventfd */
	bool armed;
	enum kplug_handler_kind where;
	unsigned int (*hard)(struct kplug_irq *irq);
	struct kplug_step steps[KPLUG_MAX_STEPS];
	unsigned int num_steps;
	struct kplug_vector_info info;
};

static struct card card;
static struct kplug_device device;
static struct kplug_client client;
static const struct kplug_plugin *plugin;
static struct vector vectors[VECTORS];
static struct kplug_io regions;
static uint8_t *memory;
static struct kplug_dma dma;
static struct kplug_dma_segment segment;
static struct kplug_event dma_event; /* with words, when a transaction has ended */

/* Registers */

__u64 kplug_io_read_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width)
{
	__u64 value = 0;

	(void)io;
	if (card_read(&card, region, offset, &value, width))
		return ~0ull;
	return value;
}

void kplug_io_write_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width, __u64 value)
{
	(void)io;
	card_write(&card, region, offset, &value, width);
}

/* The plugin's side */

int kplug_plugin_register(const struct kplug_plugin *one)
{
	plugin = one;
	return 0;
}

void kplug_plugin_unregister(const struct kplug_plugin *one)
{
	(void)one;
	plugin = NULL;
}

void kplug_set_priv(struct kplug_device *dev, void *priv)
{
	dev->priv = priv;
}

void *kplug_priv(const struct kplug_device *dev)
{
	return dev->priv;
}

const struct kplug_io *kplug_io(const struct kplug_device *dev)
{
	(void)dev;
	return &regions;
}

struct kplug_device *kplug_irq_device(const struct kplug_irq *irq)
{
	(void)irq;
	return &device;
}

struct kplug_device *kplug_client_device(const struct kplug_client *one)
{
	(void)one;
	return &device;
}

void usleep_range(unsigned long least, unsigned long most)
{
	(void)least;
	(void)most;
}

int kplug_dma_set_limits(struct kplug_device *dev, const struct kplug_dma_limits *limits)
{
	(void)dev;
	return limits->address_bits < 12 || limits->address_bits > 64 ? -EINVAL : 0;
}

int kplug_dma_set_engine(struct kplug_device *dev, const struct kplug_dma_engine *engine)
{
	(void)dev;
	return engine->alignment & (engine->alignment - 1) ||
			       engine->max_chunk % engine->alignment ?
		       -EINVAL :
		       0;
}

void kplug_dma_stuck(struct kplug_device *dev)
{
	(void)dev;
	abort();
}

static void dma_end(uint64_t bytes, int status)
{
	dma_event = (struct kplug_event){ .type = KPLUG_EVENT_DMA,
					  .words = 4,
					  .data = { 0, 0, bytes, (uint64_t)(int64_t)status } };
}

/* dma_chunk() - the next one */
static void dma_chunk(void)
{
	uint64_t left = dma.length - dma.chunk.offset;
	int error;

	segment.address = MEMORY + dma.chunk.offset;
	segment.length = left < dma.max_chunk ? left : dma.max_chunk;
	dma.chunk.segments = &segment;
	dma.chunk.num_segments = 1;
	dma.chunk.length = segment.length;
	error = plugin->ops->dma_program(&dma);
	if (error)
		dma_end(dma.chunk.offset, error);
}

void kplug_dma_done(struct kplug_dma *one, u64 bytes, int status)
{
	one->chunk.offset += bytes;
	if (status || one->chunk.offset == one->length)
		dma_end(one->chunk.offset, status);
	else
		dma_chunk();
}

int host_dma_execute(unsigned int direction, size_t length, size_t max_chunk)
{
	int error;

	dma = (struct kplug_dma){
		.device = &device, .direction = direction, .length = length, .max_chunk = max_chunk
	};
	error = plugin->ops->dma_check ? plugin->ops->dma_check(&dma) : -EOPNOTSUPP;
	if (!error)
		dma_chunk();
	return error;
}

void *host_dma_memory(size_t length)
{
	return length <= MEMORY ? memory : NULL;
}

/* memory_make() - it belongs to the card and to the program */
static int memory_make(void)
{
	int file = memfd_create("memory", 0);

	if (file < 0 || ftruncate(file, MEMORY))
		return -errno;
	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (memory == MAP_FAILED)
		return -errno;
	return memory_map(&card.memory, MEMORY, MEMORY, true, file, 0);
}

/* The core's side */

static __u64 step_read(const struct kplug_step *s)
{
	return kplug_io_read_rare(&regions, s->region, s->offset, s->width);
}

static void step_write(const struct kplug_step *s, __u64 value)
{
	kplug_io_write_rare(&regions, s->region, s->offset, s->width, value);
}

/* run_recipe() - as the core runs it */
static unsigned int run_recipe(struct kplug_irq *irq)
{
	const struct vector *v = &vectors[irq->vector];
	__u64 acc = 0;

	for (unsigned int i = 0; i < v->num_steps; i++) {
		const struct kplug_step *s = &v->steps[i];

		if (s->op == KPLUG_STEP_READ)
			acc = step_read(s);
		else if (s->op == KPLUG_STEP_NOT_MINE && (acc & s->mask) == s->value)
			return KPLUG_NONE;
		else if (s->op == KPLUG_STEP_WRITE)
			step_write(s, s->value);
		else if (s->op == KPLUG_STEP_WRITE_BACK)
			step_write(s, (acc & s->mask) | s->value);
		else if (s->op == KPLUG_STEP_WRITE_INVERSE)
			step_write(s, (~acc & s->mask) | s->value);
		else if (s->op == KPLUG_STEP_CAPTURE)
			kplug_capture(irq, acc & s->mask);
	}
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

int host_open(void)
{
	const uint16_t command = PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY;
	struct vfio_irq_set set = { .argsz = sizeof(set),
				    .flags =
					    VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
				    .index = VFIO_PCI_MSI_IRQ_INDEX };
	int files[VECTORS], error;

	card_write(&card, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND, &command, sizeof(command));
	set.count = card.model->msi;
	for (unsigned int i = 0; i < set.count; i++) {
		vectors[i] = (struct vector){ .messages = eventfd(0, EFD_NONBLOCK) };
		files[i] = dup(vectors[i].messages);
	}
	error = memory_make() ?: irqs_set(&card.irqs, &set, files, set.count);
	if (error || host_init() || plugin->ops->attach(&device))
		return error ?: -ENODEV;
	return 0;
}

void host_close(void)
{
	for (unsigned int i = 0; i < VECTORS; i++)
		if (vectors[i].armed)
			host_detach(i);
	plugin->ops->detach(&device);
	host_exit();
}

int host_attach(unsigned int vector, const struct host_handler *handler)
{
	struct kplug_irq irq = { .io = &regions, .vector = vector };
	struct vector *v = &vectors[vector];
	int result = 0;

	v->armed = true;
	if (handler->plugin) {
		v->where = KPLUG_HANDLER_PLUGIN;
		v->hard = plugin->ops->hard;
		result = plugin->ops->arm(&device, &irq);
	} else if (handler->num_steps) {
		v->where = KPLUG_HANDLER_RECIPE;
		v->hard = run_recipe;
		v->num_steps = handler->num_steps;
		memcpy(v->steps, handler->steps, handler->num_steps * sizeof(*v->steps));
	} else {
		v->where = KPLUG_HANDLER_USER;
		v->hard = handler->user;
	}
	return result ?: (int)v->where;
}

int host_detach(unsigned int vector)
{
	struct kplug_irq irq = { .io = &regions, .vector = vector };
	struct vector *v = &vectors[vector];

	if (v->where == KPLUG_HANDLER_PLUGIN)
		plugin->ops->disarm(&device, &irq);
	v->armed = false;
	return 0;
}

/* take() - one message, and what its handler says; false: there is none */
static bool take(unsigned int vector, struct kplug_event *event, bool *posted)
{
	struct kplug_irq irq = { .io = &regions, .vector = vector };
	struct vector *v = &vectors[vector];
	unsigned int verdict;
	uint64_t count;

	*posted = false;
	if (read(v->messages, &count, sizeof(count)) != sizeof(count))
		return false;
	if (!v->armed)
		return true;
	verdict = v->hard(&irq);
	if (verdict == KPLUG_NONE)
		v->info.out_none++;
	if (!(verdict & KPLUG_NOTIFY))
		return true;
	*event = (struct kplug_event){ .type = KPLUG_EVENT_IRQ,
				       .vector = vector,
				       .words = irq.captured };
	memcpy(event->data, irq.data, irq.captured * sizeof(*irq.data));
	*posted = true;
	return true;
}

/* take_all() - the messages of all vectors; true: one of them is an event */
static bool take_all(struct kplug_event *event, bool *any)
{
	bool posted = false;

	for (unsigned int i = 0; i < card.model->msi; i++)
		for (unsigned int runs = 0; runs < EVENTS && take(i, event, &posted); runs++) {
			*any = true;
			if (posted)
				return true;
		}
	return false;
}

/* The card works and the core handles interrupts when a program looks for an event. */
int host_wait(struct kplug_event *event)
{
	bool any;

	do {
		any = false;
		while (card_work(&card))
			any = true;
		if (take_all(event, &any))
			return 1;
	} while (any);
	if (!dma_event.words)
		return 0;
	*event = dma_event;
	dma_event.words = 0;
	return 1;
}

int host_vector_info(unsigned int vector, struct kplug_vector_info *info)
{
	*info = vectors[vector].info;
	return 0;
}

int host_call(unsigned int command, const void *in, size_t in_len, void *out, size_t out_len)
{
	return plugin->ops->call(&client, command, in, in_len, out, out_len);
}

/* The guest's side */

const char *ask(const char *format, ...)
{
	static char answer[2048];
	char request[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(request, sizeof(request), format, arguments);
	va_end(arguments);
	if (!card.model)
		host_begin();
	if (!strcmp(request, "complaints")) {
		snprintf(answer, sizeof(answer), "%llu %s",
			 (unsigned long long)card.complaints.count, card.complaints.text);
		complaints_clear(&card.complaints);
	} else {
		card.model->answer(card.state, request, answer, sizeof(answer));
	}
	if (!strncmp(answer, "error", 5)) {
		fprintf(stderr, "%s: %s\n", request, answer);
		abort();
	}
	return answer;
}

void host_begin(void)
{
	if (card_init(&card, model_find("card")))
		abort();
}
