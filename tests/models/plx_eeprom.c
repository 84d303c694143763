// SPDX-License-Identifier: MIT
// The EEPROM of a bridge of PLX: a 93CS66, whose lines are bits of CNTRL.
#include "plx.h"

#define WRITE_READS 3 /* reads of the output until a write has ended */

/* Data sheet of the 93CS66, "Instruction Set": behind a start bit, the opcode and the address. */
enum { CONTROL = 0, WRITE = 1, READ = 2 };

#define COMMAND_BITS (2 + PLX_EEPROM_BITS)
#define DATA_BITS    16
#define OPCODE(e)    ((e)->command >> PLX_EEPROM_BITS)
#define ADDRESS(e)   ((e)->command & (PLX_EEPROM_WORDS - 1))

static void control(struct plx *plx)
{
	switch (ADDRESS(&plx->eeprom) >> (PLX_EEPROM_BITS - 2)) {
	case 0:
		plx->eeprom.enabled = false;
		break;
	case 3:
		plx->eeprom.enabled = true;
		break;
	default:
		complain(&plx->card->complaints, "EEPROM: a command for all words");
		break;
	}
}

static void command(struct plx *plx)
{
	struct plx_eeprom *e = &plx->eeprom;

	if (OPCODE(e) == CONTROL)
		control(plx);
	/* The bit before the data of a read is 0. */
	e->output = OPCODE(e) != READ;
}

static void rising_clock(struct plx *plx, bool input)
{
	struct plx_eeprom *e = &plx->eeprom;
	unsigned int place;

	if (!e->started) {
		e->started = input;
		e->bits = e->command = e->data = 0;
		return;
	}
	if (e->bits++ < COMMAND_BITS) {
		e->command = e->command << 1 | input;
		if (e->bits == COMMAND_BITS)
			command(plx);
		return;
	}
	place = e->bits - COMMAND_BITS - 1;
	e->data = e->data << 1 | input;
	if (OPCODE(e) == READ)
		e->output = e->words[(ADDRESS(e) + place / DATA_BITS) % PLX_EEPROM_WORDS] >>
				    (DATA_BITS - 1 - place % DATA_BITS) &
			    1;
}

/* A write begins when the select line falls. */
static void end(struct plx *plx)
{
	struct plx_eeprom *e = &plx->eeprom;

	if (e->started && e->bits == COMMAND_BITS + DATA_BITS && OPCODE(e) == WRITE) {
		if (e->enabled) {
			e->words[ADDRESS(e)] = e->data;
			e->busy = WRITE_READS;
		} else {
			complain(&plx->card->complaints, "EEPROM: write while it is protected");
		}
	}
	e->started = false;
	e->output = true;
}

void plx_eeprom_lines(struct plx *plx, uint32_t lines)
{
	struct plx_eeprom *e = &plx->eeprom;
	bool select = lines & PLX_CNTRL_EE_SELECT, clock = lines & PLX_CNTRL_EE_CLOCK;

	if (!select && e->selected)
		end(plx);
	else if (select && clock && !e->clock)
		rising_clock(plx, lines & PLX_CNTRL_EE_OUT);
	e->selected = select;
	e->clock = clock;
}

bool plx_eeprom_output(struct plx *plx)
{
	struct plx_eeprom *e = &plx->eeprom;

	if (!e->busy)
		return e->output;
	e->busy--;
	return false;
}
