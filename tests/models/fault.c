// SPDX-License-Identifier: MIT
// Faults of a card, of any model, that a test switches on and off.
#include "fault.h"

#include <string.h>
#include <time.h>

#include "card.h"

#define LATE_MS 100

static const char *const names[] = {
	[FAULT_NONE] = "none",
	[FAULT_IRQ_LOST] = "irq-lost",
	[FAULT_IRQ_TWICE] = "irq-twice",
	[FAULT_IRQ_LATE] = "irq-late",
	[FAULT_IRQ_STORM] = "irq-storm",
	[FAULT_IRQ_STUCK] = "irq-stuck",
	[FAULT_DMA_REFUSED] = "dma-refused",
	[FAULT_DMA_ASTRAY] = "dma-astray",
	[FAULT_STOPPED] = "stopped",
	[FAULT_DEAD] = "dead",
	[FAULT_ONES] = "ones",
	[FAULT_SLOW] = "slow",
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool fault_set(struct card *card, const char *name, uint64_t count, uint64_t before)
{
	struct faults *f = &card->faults;
	bool was_gone = f->kind == FAULT_ONES;
	unsigned int kind = 0;

	while (kind < sizeof(names) / sizeof(*names) && strcmp(names[kind], name))
		kind++;
	if (kind == sizeof(names) / sizeof(*names))
		return false;
	*f = (struct faults){
		.kind = kind, .before = before, .left = count, .swallowed = f->swallowed
	};
	if (was_gone)
		card->model->reset(card->state);
	card_line(card, card->line_wanted);
	return true;
}

bool fault_happens(struct card *card, enum fault fault)
{
	struct faults *f = &card->faults;

	if (f->kind != fault || !f->left)
		return false;
	if (f->before) {
		f->before--;
		return false;
	}
	f->left--;
	card_count(card, "faults", 1);
	return true;
}

static void come_later(struct faults *f, int vector)
{
	f->is_late = true;
	f->deadline = now_ms() + LATE_MS;
	f->vector = vector;
}

unsigned int fault_message(struct card *card, unsigned int vector)
{
	struct faults *f = &card->faults;

	if (fault_happens(card, FAULT_IRQ_LOST))
		return 0;
	if (fault_happens(card, FAULT_IRQ_LATE)) {
		come_later(f, vector);
		return 0;
	}
	f->vector = vector;
	return fault_happens(card, FAULT_IRQ_TWICE) ? 2 : 1;
}

bool fault_line(struct card *card, bool asserted)
{
	struct faults *f = &card->faults;

	if (fault_happens(card, FAULT_IRQ_STUCK))
		return true;
	if (!asserted)
		f->swallowed = false;
	if (asserted && !card->line_wanted && fault_happens(card, FAULT_IRQ_LOST))
		f->swallowed = true;
	if (asserted && !card->line_wanted && fault_happens(card, FAULT_IRQ_LATE)) {
		f->swallowed = true;
		come_later(f, -1);
	}
	return asserted && !f->swallowed;
}

bool fault_work(struct card *card)
{
	struct faults *f = &card->faults;

	if (f->is_late && now_ms() >= f->deadline) {
		f->is_late = false;
		if (f->vector < 0) {
			f->swallowed = false;
			card_line(card, card->line_wanted);
		} else {
			card_send(card, f->vector);
		}
	}
	if (f->kind != FAULT_IRQ_STORM || f->vector < 0 || card_interrupts_by(card) == CARD_LINE ||
	    !fault_happens(card, FAULT_IRQ_STORM))
		return false;
	card_send(card, f->vector);
	return true;
}

int fault_timeout(const struct card *card)
{
	return card->faults.is_late ? LATE_MS / 10 : -1;
}
