// SPDX-License-Identifier: MIT
// A card with Xilinx' bus master design: it writes a pattern to the host, and compares what it
// reads from there with another one.
#include "bmd.h"

#include <stdlib.h>
#include <string.h>

#include "bmd_regs.h"
#include "card.h"

#define PAGE  4096
#define WIDTH 0x0808 /* capable of eight lanes, and has them */

struct direction {
	bool reads;
	uint32_t address, size, count, pattern;
	uint32_t start, quiet, done; /* its bits in DDMACR */
	uint32_t moved; /* packets */
	uint32_t clocks; /* that they took */
	bool stuck; /* the bus takes nothing any more */
	bool told; /* that it is done */
};

struct bmd {
	struct card *card;
	uint32_t dcsr, ddmacr, misc, interrupt, faults, words;
	struct direction write, read;
	unsigned int waiting; /* lines that are to be asserted, one after another */
};

#define WRONG(bmd, ...) complain(&(bmd)->card->complaints, __VA_ARGS__)

/* Chapter "Using BMD": a reset of the initiator keeps what the transfer was to be. */
static void initiator_reset(struct bmd *bmd)
{
	bmd->ddmacr = bmd->faults = bmd->words = 0;
	bmd->write.moved = bmd->read.moved = 0;
	bmd->write.clocks = bmd->read.clocks = 0;
	bmd->write.stuck = bmd->read.stuck = false;
	bmd->write.told = bmd->read.told = false;
	bmd->waiting = 0;
	card_line(bmd->card, false);
}

static void bmd_reset(void *state)
{
	struct bmd *bmd = state;
	struct card *card = bmd->card;

	memset(bmd, 0, sizeof(*bmd));
	bmd->card = card;
	bmd->misc = BMD_MISC_DEFAULT;
	bmd->write.start = BMD_WRITE_START;
	bmd->write.quiet = BMD_WRITE_QUIET;
	bmd->write.done = BMD_WRITE_DONE;
	bmd->read.reads = true;
	bmd->read.start = BMD_READ_START;
	bmd->read.quiet = BMD_READ_QUIET;
	bmd->read.done = BMD_READ_DONE;
	initiator_reset(bmd);
}

static void *bmd_create(struct card *card)
{
	struct bmd *bmd = calloc(1, sizeof(*bmd));

	if (!bmd)
		return NULL;
	bmd->card = card;
	bmd_reset(bmd);
	return bmd;
}

static void bmd_destroy(void *state)
{
	free(state);
}

/* One interrupt for each direction and each reset of the initiator. */
static void tell(struct bmd *bmd, struct direction *d)
{
	if (bmd->ddmacr & d->quiet || d->told)
		return;
	d->told = true;
	card_count(bmd->card, "interrupts", 1);
	if (card_interrupts_by(bmd->card) == CARD_LINE) {
		bmd->waiting++;
		card_line(bmd->card, true);
	} else {
		card_message(bmd->card, 0);
	}
}

static void clear_line(struct bmd *bmd, uint32_t value)
{
	if (value & BMD_LINE_CLEAR && !(bmd->interrupt & BMD_LINE_CLEAR) && bmd->waiting) {
		bmd->waiting--;
		card_line(bmd->card, false);
		card_line(bmd->card, bmd->waiting);
	}
	bmd->interrupt = value & BMD_LINE_CLEAR;
}

static unsigned int code(unsigned int bytes)
{
	return __builtin_ctz(bytes / 128);
}

/* direction_register() - one that only keeps what is written, or NULL */
static uint32_t *direction_register(struct bmd *bmd, uint64_t at)
{
	struct direction *d = at >= BMD_READ_ADDRESS ? &bmd->read : &bmd->write;

	switch (at) {
	case BMD_WRITE_ADDRESS:
	case BMD_READ_ADDRESS:
		return &d->address;
	case BMD_WRITE_SIZE:
	case BMD_READ_SIZE:
		return &d->size;
	case BMD_WRITE_COUNT:
	case BMD_READ_COUNT:
		return &d->count;
	case BMD_WRITE_PATTERN:
		return &bmd->write.pattern;
	case BMD_READ_PATTERN:
		return &bmd->read.pattern;
	}
	return NULL;
}

static bool bmd_read(void *state, unsigned int bar, uint64_t at, unsigned int width,
		     uint64_t *value)
{
	struct bmd *bmd = state;
	const struct config *config = &bmd->card->config;
	uint32_t *plain = direction_register(bmd, at);

	(void)bar;
	(void)width;
	if (plain) {
		*value = *plain;
		return true;
	}
	switch (at) {
	case BMD_DCSR:
		*value = bmd->dcsr | BMD_DCSR_VALUE;
		break;
	case BMD_DDMACR:
		*value = bmd->ddmacr;
		break;
	case BMD_READ_STATUS:
		*value = bmd->faults;
		break;
	case BMD_COMPLETIONS:
		*value = bmd->read.moved;
		break;
	case BMD_WORDS:
		*value = bmd->words;
		break;
	case BMD_LINK_WIDTH:
		*value = WIDTH;
		break;
	case BMD_LINK_SIZES:
		*value = 1 | code(config_payload(config)) << 8 |
			 code(config_read_request(config)) << 16;
		break;
	case BMD_MISC:
		*value = bmd->misc;
		break;
	case BMD_INTERRUPT:
		*value = bmd->interrupt;
		break;
	case BMD_WRITE_CLOCKS:
		*value = bmd->write.clocks;
		break;
	case BMD_READ_CLOCKS:
		*value = bmd->read.clocks;
		break;
	default:
		return false;
	}
	return true;
}

/* check() - what the hardware does not: a transfer that it could not make */
static void check(struct bmd *bmd, const struct direction *d)
{
	uint32_t bytes = 4 * BMD_SIZE_WORDS(d->size);
	uint32_t most = d->reads ? config_read_request(&bmd->card->config) :
				   config_payload(&bmd->card->config);

	if (bmd->dcsr & BMD_RESET)
		WRONG(bmd, "start while the initiator is held in reset");
	if (d->moved || bmd->ddmacr & d->done)
		WRONG(bmd, "start without a reset of the initiator since the last one");
	if (!bytes || !(d->count & BMD_COUNT_BITS))
		WRONG(bmd, "start of a transfer without a length");
	if (bytes > most)
		WRONG(bmd, "packet of %u bytes, where %u are allowed", bytes, most);
	else if (bytes && (PAGE % bytes || d->address % bytes))
		WRONG(bmd, "packets of %u bytes at 0x%x, some of which cross 4 KiB", bytes,
		      d->address);
}

static void write_ddmacr(struct bmd *bmd, uint32_t value)
{
	uint32_t starts = value & ~bmd->ddmacr;

	if (starts & BMD_WRITE_START)
		check(bmd, &bmd->write);
	if (starts & BMD_READ_START)
		check(bmd, &bmd->read);
	bmd->ddmacr = (bmd->ddmacr & ~BMD_DDMACR_BITS) | (value & BMD_DDMACR_BITS);
}

static bool bmd_write(void *state, unsigned int bar, uint64_t at, unsigned int width,
		      uint64_t value)
{
	struct bmd *bmd = state;
	uint32_t *plain = direction_register(bmd, at);

	(void)bar;
	(void)width;
	if (plain) {
		*plain = value;
		return true;
	}
	switch (at) {
	case BMD_DCSR:
		bmd->dcsr = value & BMD_RESET;
		if (bmd->dcsr)
			initiator_reset(bmd);
		break;
	case BMD_DDMACR:
		write_ddmacr(bmd, value);
		break;
	case BMD_MISC:
		bmd->misc = value;
		break;
	case BMD_INTERRUPT:
		clear_line(bmd, value);
		break;
	default:
		return false;
	}
	return true;
}

static bool compare(struct bmd *bmd, const uint32_t *words, uint32_t count)
{
	bmd->words += count;
	for (uint32_t i = 0; i < count; i++) {
		if (words[i] != bmd->read.pattern)
			return false;
	}
	return true;
}

/* packet() - moves one; a read that the host refuses never becomes done */
static void packet(struct bmd *bmd, struct direction *d)
{
	uint32_t words[0x2000], count = BMD_SIZE_WORDS(d->size);
	uint64_t address = d->address & ~3u;

	if (d->size & BMD_SIZE_LONG)
		address |= (uint64_t)BMD_SIZE_HIGH(d->size) << 32;
	address += (uint64_t)d->moved * count * 4;
	for (uint32_t i = 0; !d->reads && i < count; i++)
		words[i] = d->pattern;
	if (card_dma(bmd->card, !d->reads, address, words, count * 4)) {
		bmd->faults += d->reads && bmd->faults < 0xff;
		d->stuck = d->reads || !config_masters(&bmd->card->config);
	} else if (d->reads && !compare(bmd, words, count)) {
		bmd->ddmacr |= BMD_READ_MISMATCH;
	}
	/* Two words in a clock, and two clocks for the header. */
	d->clocks += 2 + (count + 1) / 2;
	d->moved++;
}

static bool direction_work(struct bmd *bmd, struct direction *d)
{
	if (bmd->dcsr & BMD_RESET || !(bmd->ddmacr & d->start) || bmd->ddmacr & d->done ||
	    d->stuck || !BMD_SIZE_WORDS(d->size) || !(d->count & BMD_COUNT_BITS))
		return false;
	packet(bmd, d);
	if (!d->stuck && d->moved == (d->count & BMD_COUNT_BITS)) {
		bmd->ddmacr |= d->done;
		card_count(bmd->card, "transfers", 1);
		tell(bmd, d);
	}
	return true;
}

static bool bmd_work(void *state)
{
	struct bmd *bmd = state;
	bool more = direction_work(bmd, &bmd->read);

	return direction_work(bmd, &bmd->write) || more;
}

const struct model bmd_model = {
	.name = "bmd",
	.express = true,
	.ids = { .vendor = 0x10ee,
		 .device = 0x0007,
		 .subsystem_vendor = 0x10ee,
		 .subsystem = 0x0007,
		 .class = 0x058000 },
	.bars = { { .size = PAGE, .widths = 4 } },
	.msi = 1,
	.create = bmd_create,
	.destroy = bmd_destroy,
	.reset = bmd_reset,
	.read = bmd_read,
	.write = bmd_write,
	.work = bmd_work,
};
