// SPDX-License-Identifier: MIT
// The model 'plx-target': a PLX 9030, only a target on the bus, and a board with two lines.
#include <stdlib.h>
#include <string.h>

#include "plx.h"

#define REGISTERS 0x80

struct target {
	struct card *card;
	uint32_t plain[REGISTERS / 4];
	uint32_t lines; /* LINTi1 and LINTi2, by the board */
};

/* INTCSR says which lines are asserted, and INTA# follows. */
static void update(struct target *t)
{
	uint32_t *intcsr = &t->plain[PLX_TARGET_INTCSR / 4], causes = 0;

	for (unsigned int i = 0; i < 2; i++) {
		bool is = t->lines >> i & 1;

		*intcsr = (*intcsr & ~PLX_TARGET_IS(i)) | (is ? PLX_TARGET_IS(i) : 0);
		causes |= is && *intcsr & PLX_TARGET_INT(i);
	}
	causes |= *intcsr & PLX_TARGET_SOFTWARE;
	card_line(t->card, causes && *intcsr & PLX_TARGET_INT_PCI);
}

static void target_reset(void *state)
{
	struct target *t = state;

	memset(t->plain, 0, sizeof(t->plain));
	t->lines = 0;
	update(t);
}

static void *target_create(struct card *card)
{
	struct target *t = calloc(1, sizeof(*t));

	if (t)
		t->card = card;
	return t;
}

static void target_destroy(void *state)
{
	free(state);
}

static bool target_read(void *state, unsigned int bar, uint64_t at, unsigned int width,
			uint64_t *value)
{
	struct target *t = state;

	if (bar == PLX_BAR_BOARD) {
		*value = t->lines;
		return at == PLX_TARGET_RAISE;
	}
	*value = t->plain[at / 4] >> 8 * (at & 3) & (0xffffffff >> (32 - 8 * width));
	return true;
}

static bool board_write(struct target *t, uint64_t at, uint32_t value)
{
	if (at == PLX_TARGET_RAISE)
		t->lines |= value & 3;
	else if (at == PLX_TARGET_LOWER)
		t->lines &= ~value;
	else
		return false;
	return true;
}

static void register_write(struct target *t, uint64_t at, unsigned int width, uint32_t value)
{
	uint32_t mask = 0xffffffff >> (32 - 8 * width) << 8 * (at & 3);
	uint32_t *word = &t->plain[at / 4];

	value = (*word & ~mask) | (value << 8 * (at & 3) & mask);
	if (at / 4 == PLX_TARGET_CNTRL / 4 && value & ~*word & PLX_CNTRL_RESET) {
		card_count(t->card, "local resets", 1);
		t->lines = 0;
	}
	*word = value;
}

static bool target_write(void *state, unsigned int bar, uint64_t at, unsigned int width,
			 uint64_t value)
{
	struct target *t = state;
	bool found = true;

	if (bar == PLX_BAR_BOARD)
		found = board_write(t, at, value);
	else
		register_write(t, at, width, value);
	update(t);
	return found;
}

static bool target_work(void *state)
{
	(void)state;
	return false;
}

const struct model plx_target_model = {
	.name = "plx-target",
	.ids = { .vendor = 0x10b5,
		 .device = 0x9030,
		 .subsystem_vendor = 0x10b5,
		 .subsystem = 0x9030,
		 .class = 0x068000 },
	.bars = { [PLX_BAR_REGISTERS] = { .size = REGISTERS, .widths = 1 | 2 | 4 },
		  [PLX_BAR_PORTS] = { .size = REGISTERS,
				      .kind = PCI_BASE_ADDRESS_SPACE_IO,
				      .widths = 1 | 2 | 4 },
		  [PLX_BAR_BOARD] = { .size = 4096, .widths = 4 } },
	.create = target_create,
	.destroy = target_destroy,
	.reset = target_reset,
	.read = target_read,
	.write = target_write,
	.work = target_work,
};
