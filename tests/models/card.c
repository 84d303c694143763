// SPDX-License-Identifier: MIT
// One card: its configuration space, BARs and interrupts, and what a model may ask of the bus.
#define _GNU_SOURCE
#include "card.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SERIAL 0x6b706c7567000001ull
#define ENTRY  16 /* bytes in the table of messages */

#define SLOW_US 2000 /* a read with FAULT_SLOW */
#define NOWHERE (1ull << 51) /* with FAULT_DMA_ASTRAY */

static int bar_init(struct card *card, unsigned int number)
{
	const struct model_bar *model = &card->model->bars[number];
	struct card_bar *bar = &card->bars[number];
	void *memory;

	bar->file = -1;
	if (!model->size)
		return 0;
	config_bar(&card->config, number, model->size, model->kind);
	if (!model->memory)
		return 0;
	bar->file = memfd_create("bar", MFD_CLOEXEC);
	if (bar->file < 0 || ftruncate(bar->file, model->size))
		return -errno;
	memory = mmap(NULL, model->size, PROT_READ | PROT_WRITE, MAP_SHARED, bar->file, 0);
	if (memory == MAP_FAILED)
		return -errno;
	bar->memory = memory;
	return 0;
}

int card_init(struct card *card, const struct model *model)
{
	int error = 0;

	*card = (struct card){ .model = model };
	config_init(&card->config, &model->ids,
		    model->express ? CONFIG_EXPRESS : CONFIG_CONVENTIONAL);
	for (unsigned int i = 0; i < MODEL_BARS; i++) {
		int result = bar_init(card, i);

		error = error ?: result;
	}
	if (model->msi)
		config_msi(&card->config, model->msi);
	if (model->msix.vectors)
		config_msix(&card->config, model->msix.vectors, model->msix.bar, model->msix.table,
			    model->msix.pending);
	if (model->express)
		config_express(&card->config, SERIAL);
	irqs_init(&card->irqs, true, model->msi, model->msix.vectors);
	if (!error) {
		card->state = model->create(card);
		error = card->state ? 0 : -ENOMEM;
	}
	if (error)
		card_end(card);
	return error;
}

void card_end(struct card *card)
{
	card_detach(card);
	if (card->state)
		card->model->destroy(card->state);
	for (unsigned int i = 0; i < MODEL_BARS; i++) {
		if (card->bars[i].memory)
			munmap(card->bars[i].memory, card->model->bars[i].size);
		if (card->bars[i].file >= 0)
			close(card->bars[i].file);
	}
}

void card_reset(struct card *card)
{
	const uint16_t none = 0;
	bool ignored;

	config_write(&card->config, PCI_COMMAND, &none, sizeof(none), &ignored);
	card->model->reset(card->state);
}

void card_detach(struct card *card)
{
	memory_unmap_all(&card->memory);
	irqs_end(&card->irqs);
}

static const struct model_bar *bar_of(const struct card *card, unsigned int region)
{
	return region < MODEL_BARS ? &card->model->bars[region] : NULL;
}

uint64_t card_region_size(const struct card *card, unsigned int region)
{
	if (region == VFIO_PCI_CONFIG_REGION_INDEX)
		return card->config.size;
	return region < MODEL_BARS ? card->model->bars[region].size : 0;
}

/* The guest does not see the table that is here, and it has no pending bits in QEMU. */
static bool is_message_table(const struct card *card, unsigned int bar, uint64_t at)
{
	const struct model_messages *msix = &card->model->msix;

	if (!msix->vectors || msix->bar != bar)
		return false;
	return (at >= msix->table && at < msix->table + msix->vectors * ENTRY) ||
	       (at >= msix->pending && at < msix->pending + (msix->vectors + 63) / 64 * 8);
}

static bool width_permitted(struct card *card, unsigned int bar, uint64_t at, unsigned int width)
{
	if (width && !(width & (width - 1)) && width & card->model->bars[bar].widths &&
	    !(at & (width - 1)))
		return true;
	complain(&card->complaints, "access of %u bytes at 0x%llx in BAR %u", width,
		 (unsigned long long)at, bar);
	return false;
}

/* A register that does not exist, or not in this width, reads as all ones. */
static void register_read(struct card *card, unsigned int bar, uint64_t at, void *data,
			  unsigned int width)
{
	uint64_t value = ~0ull;

	if (fault_happens(card, FAULT_SLOW))
		usleep(SLOW_US);
	if (fault_happens(card, FAULT_ONES)) {
		memset(data, 0xff, width);
		return;
	}
	if (width_permitted(card, bar, at, width) &&
	    !card->model->read(card->state, bar, at, width, &value)) {
		complain(&card->complaints, "read of 0x%llx in BAR %u, which has no register",
			 (unsigned long long)at, bar);
		value = ~0ull;
	}
	memset(data, 0xff, width);
	memcpy(data, &value, width < sizeof(value) ? width : sizeof(value));
}

static void register_write(struct card *card, unsigned int bar, uint64_t at, const void *data,
			   unsigned int width)
{
	uint64_t value = 0;

	if (fault_happens(card, FAULT_ONES) || fault_happens(card, FAULT_DEAD))
		return;
	if (!width_permitted(card, bar, at, width))
		return;
	memcpy(&value, data, width);
	if (!card->model->write(card->state, bar, at, width, value))
		complain(&card->complaints, "write of 0x%llx to 0x%llx in BAR %u%s",
			 (unsigned long long)value, (unsigned long long)at, bar,
			 ", which has no such register");
}

static bool is_inside(const struct card *card, unsigned int region, uint64_t at, unsigned int count)
{
	uint64_t size = card_region_size(card, region);

	return count && count <= size && at <= size - count;
}

int card_read(struct card *card, unsigned int region, uint64_t at, void *data, unsigned int count)
{
	const struct model_bar *bar = bar_of(card, region);

	if (!is_inside(card, region, at, count))
		return -EINVAL;
	if (!bar)
		config_read(&card->config, at, data, count);
	else if (bar->memory)
		memcpy(data, card->bars[region].memory + at, count);
	else if (is_message_table(card, region, at))
		memset(data, 0, count);
	else
		register_read(card, region, at, data, count);
	return 0;
}

int card_write(struct card *card, unsigned int region, uint64_t at, const void *data,
	       unsigned int count)
{
	const struct model_bar *bar = bar_of(card, region);
	bool reset = false;

	if (!is_inside(card, region, at, count))
		return -EINVAL;
	if (!bar) {
		config_write(&card->config, at, data, count, &reset);
		if (reset)
			card_reset(card);
		card_line(card, card->line_wanted);
	} else if (bar->memory) {
		memcpy(card->bars[region].memory + at, data, count);
	} else if (!is_message_table(card, region, at)) {
		register_write(card, region, at, data, count);
	}
	return 0;
}

int card_dma(struct card *card, bool write, uint64_t address, void *data, size_t size)
{
	int error;

	if (!config_masters(&card->config)) {
		complain(&card->complaints, "DMA at 0x%llx without bus mastery",
			 (unsigned long long)address);
		return -EFAULT;
	}
	if (fault_happens(card, FAULT_DMA_REFUSED))
		return -EFAULT;
	if (fault_happens(card, FAULT_DMA_ASTRAY))
		address |= NOWHERE;
	error = memory_transfer(&card->memory, write, address, data, size);
	if (error)
		complain(&card->complaints, "DMA of %zu bytes %s 0x%llx, where no memory is", size,
			 write ? "to" : "from", (unsigned long long)address);
	return error ? -EFAULT : 0;
}

enum card_interrupt card_interrupts_by(const struct card *card)
{
	if (irqs_vectors(&card->irqs, VFIO_PCI_MSIX_IRQ_INDEX))
		return CARD_MSIX;
	if (irqs_vectors(&card->irqs, VFIO_PCI_MSI_IRQ_INDEX))
		return CARD_MSI;
	return CARD_LINE;
}

void card_send(struct card *card, unsigned int vector)
{
	unsigned int index = VFIO_PCI_MSIX_IRQ_INDEX;

	if (!config_masters(&card->config)) {
		card_count(card, "messages lost", 1);
		return;
	}
	if (card_interrupts_by(card) == CARD_MSI) {
		index = VFIO_PCI_MSI_IRQ_INDEX;
		vector %= irqs_vectors(&card->irqs, index);
	}
	card_count(card, irqs_message(&card->irqs, index, vector) ? "messages" : "messages lost",
		   1);
}

void card_message(struct card *card, unsigned int vector)
{
	for (unsigned int count = fault_message(card, vector); count; count--)
		card_send(card, vector);
}

void card_line(struct card *card, bool asserted)
{
	bool level = fault_line(card, asserted);

	card->line_wanted = asserted;
	config_show_line(&card->config, level);
	irqs_line(&card->irqs, level && config_permits_line(&card->config));
}

bool card_work(struct card *card)
{
	bool more = fault_work(card);

	if (fault_happens(card, FAULT_STOPPED) || fault_happens(card, FAULT_DEAD) ||
	    fault_happens(card, FAULT_ONES))
		return more;
	return card->model->work(card->state) || more;
}

static struct card_counter *counter(struct card *card, const char *name)
{
	for (unsigned int i = 0; i < CARD_COUNTERS; i++) {
		struct card_counter *c = &card->counters[i];

		if (!c->name)
			c->name = name;
		if (!strcmp(c->name, name))
			return c;
	}
	return NULL;
}

void card_count(struct card *card, const char *name, uint64_t more)
{
	struct card_counter *c = counter(card, name);

	if (c)
		c->value += more;
}

uint64_t card_counted(const struct card *card, const char *name)
{
	for (unsigned int i = 0; i < CARD_COUNTERS && card->counters[i].name; i++) {
		if (!strcmp(card->counters[i].name, name))
			return card->counters[i].value;
	}
	return 0;
}
