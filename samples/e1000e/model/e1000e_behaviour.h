/* SPDX-License-Identifier: MIT */
/*
 * What the model of e1000e does besides keeping registers. This file is yours: `kplug new` wrote it
 * once.
 */
#ifndef E1000E_BEHAVIOUR_H
#define E1000E_BEHAVIOUR_H

#include <string.h>

#include <card.h>
#include <table.h>

/*
 * Called after each write. For example, an engine that is done at once:
 *
 *	if (!strcmp(name, "regs.START"))
 *		table_raise(card, "main.DONE");
 *
 * table_get() and table_set() reach other registers, card_dma() the memory of the guest.
 */
static void e1000e_written(struct card *card, const char *name, uint64_t value)
{
	(void)card;
	(void)name;
	(void)value;
}

#endif /* E1000E_BEHAVIOUR_H */
