// SPDX-License-Identifier: GPL-2.0
/* The EEPROM behind the bridge: a 93CS46, 93CS56 or 93CS66, bit by bit through CNTRL. */
#include <linux/delay.h>

#include "plx.h"

#define WRITE_TIMEOUT_MS 20 /* data sheet of the 93CS56: 10 ms */

/* Data sheet of the 93CS56, "Instruction Set": a start bit, and two of the opcode. */
#define EE_READ    6
#define EE_WRITE   5
#define EE_CONTROL 4 /* the two first bits of the address say which */

#define LINES (PLX_CNTRL_EE_CLOCK | PLX_CNTRL_EE_SELECT | PLX_CNTRL_EE_OUT | PLX_CNTRL_EE_INPUT)

static void set_lines(const struct plx *plx, u32 lines)
{
	u32 value = plx_read(plx, plx->chip->cntrl) & ~LINES;

	plx_write(plx, plx->chip->cntrl, value | lines);
	/* The write has arrived when the read is back; a line may change after a microsecond. */
	plx_read(plx, plx->chip->cntrl);
	udelay(1);
}

static void pulse(const struct plx *plx, u32 lines)
{
	set_lines(plx, PLX_CNTRL_EE_SELECT | lines);
	set_lines(plx, PLX_CNTRL_EE_SELECT | lines | PLX_CNTRL_EE_CLOCK);
	set_lines(plx, PLX_CNTRL_EE_SELECT | lines);
}

static void shift_out(const struct plx *plx, u32 value, unsigned int bits)
{
	while (bits--)
		pulse(plx, value & BIT(bits) ? PLX_CNTRL_EE_OUT : 0);
}

static void instruct(const struct plx *plx, u32 instruction, u32 address)
{
	set_lines(plx, 0);
	set_lines(plx, PLX_CNTRL_EE_SELECT);
	shift_out(plx, instruction, 3);
	shift_out(plx, address, plx->chip->eeprom_bits);
}

/* The newer bridges have one pin for both ways; the 9054 wants its output high (PLX SDK 4.10). */
static u32 lines_to_read(const struct plx *plx)
{
	return plx->chip->address_bits > 32 ? PLX_CNTRL_EE_OUT | PLX_CNTRL_EE_INPUT : 0;
}

static bool input(const struct plx *plx)
{
	return plx_read(plx, plx->chip->cntrl) & PLX_CNTRL_EE_IN;
}

int plx_eeprom_read(const struct plx *plx, u32 word, u16 *value)
{
	unsigned int i;

	instruct(plx, EE_READ, word);
	*value = 0;
	for (i = 0; i < 16; i++) {
		pulse(plx, lines_to_read(plx));
		*value = *value << 1 | input(plx);
	}
	set_lines(plx, 0);
	return plx_read(plx, plx->chip->cntrl) == ~0u ? -ENODEV : 0;
}

/* It drives its output low while it is busy. */
static bool wait_ready(const struct plx *plx)
{
	unsigned int ms;
	bool ready;

	set_lines(plx, 0);
	set_lines(plx, PLX_CNTRL_EE_SELECT | lines_to_read(plx));
	for (ms = 0; ms < WRITE_TIMEOUT_MS; ms++) {
		usleep_range(1000, 2000);
		ready = input(plx);
		if (ready)
			break;
	}
	set_lines(plx, 0);
	return ready;
}

int plx_eeprom_write(const struct plx *plx, u32 word, u16 value)
{
	u32 enable = 3u << (plx->chip->eeprom_bits - 2);
	u16 now;
	bool ready;
	int err;

	instruct(plx, EE_CONTROL, enable);
	instruct(plx, EE_WRITE, word);
	shift_out(plx, value, 16);
	ready = wait_ready(plx);
	instruct(plx, EE_CONTROL, 0);
	set_lines(plx, 0);
	err = plx_eeprom_read(plx, word, &now);
	if (err)
		return err;
	return ready && now == value ? 0 : -EIO;
}
