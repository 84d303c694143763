// SPDX-License-Identifier: GPL-2.0
/* The calls: mailboxes, doorbells, acknowledgement of the board, EEPROM, reset. */
#include <linux/delay.h>
#include <linux/security.h>

#include "plx.h"

#define RESET_MS  2
#define RELOAD_MS 10

static long listen(struct plx *plx, const struct plx_listen *arg)
{
	int err = 0;

	if (arg->sources & ~plx_chip_sources(plx->chip) ||
	    arg->mailboxes & ~(BIT(plx->chip->mailboxes) - 1) || arg->num_steps > PLX_MAX_STEPS ||
	    arg->__pad)
		return -EINVAL;
	if (arg->num_steps)
		err = kplug_steps_check(plx->dev, arg->steps, arg->num_steps) ?:
			      security_locked_down(LOCKDOWN_PCI_ACCESS);
	if (err)
		return err;
	raw_spin_lock_irq(&plx->lock);
	plx->listen = *arg;
	plx_update(plx);
	raw_spin_unlock_irq(&plx->lock);
	return 0;
}

static long info(const struct plx *plx, struct plx_info *out)
{
	bool eeprom = plx_read(plx, plx->chip->cntrl) & PLX_CNTRL_EE_PRESENT;

	out->chip = plx->chip->id;
	out->channels = plx->chip->channels;
	out->address_bits = plx->chip->address_bits;
	out->mailboxes = plx->chip->mailboxes;
	out->eeprom_words = eeprom ? BIT(plx->chip->eeprom_bits) : 0;
	out->sources = plx_chip_sources(plx->chip);
	return sizeof(*out);
}

static int check_range(const struct plx *plx, const struct plx_eeprom *range)
{
	if (!range->count || range->count > PLX_EEPROM_MAX ||
	    range->first + range->count > BIT(plx->chip->eeprom_bits))
		return -EINVAL;
	return plx_read(plx, plx->chip->cntrl) & PLX_CNTRL_EE_PRESENT ? 0 : -ENXIO;
}

static long eeprom_read(struct plx *plx, const struct plx_eeprom *range, u16 *out, size_t out_len)
{
	int err = check_range(plx, range);
	u32 i;

	if (!err && out_len < range->count * sizeof(*out))
		err = -EINVAL;
	for (i = 0; !err && i < range->count; i++)
		err = plx_eeprom_read(plx, range->first + i, &out[i]);
	return err ?: range->count * sizeof(*out);
}

static long eeprom_write(struct plx *plx, const struct plx_eeprom_write *arg)
{
	int err = check_range(plx, &arg->range);
	u32 i;

	for (i = 0; !err && i < arg->range.count; i++)
		err = plx_eeprom_write(plx, arg->range.first + i, arg->words[i]);
	return err;
}

static void set_control(const struct plx *plx, u32 bit, bool on)
{
	u32 value = plx_read(plx, plx->chip->cntrl);

	plx_write(plx, plx->chip->cntrl, on ? value | bit : value & ~bit);
	plx_read(plx, plx->chip->cntrl);
}

/* As drivers/net/can/sja1000/plx_pci.c does it, in Linux 6.12. */
static void reset_local(const struct plx *plx, u32 flags)
{
	set_control(plx, PLX_CNTRL_RESET, true);
	msleep(RESET_MS);
	set_control(plx, PLX_CNTRL_RESET, false);
	if (!(flags & PLX_RESET_RELOAD))
		return;
	set_control(plx, PLX_CNTRL_RELOAD, false);
	set_control(plx, PLX_CNTRL_RELOAD, true);
	msleep(RELOAD_MS);
	set_control(plx, PLX_CNTRL_RELOAD, false);
}

static long reset(struct plx *plx, u32 flags)
{
	bool busy;

	if (flags & ~PLX_RESET_RELOAD)
		return -EINVAL;
	raw_spin_lock_irq(&plx->lock);
	busy = plx->slots[0].dma || plx->slots[1].dma;
	plx->resetting = !busy;
	raw_spin_unlock_irq(&plx->lock);
	if (busy)
		return -EBUSY;
	reset_local(plx, flags);
	raw_spin_lock_irq(&plx->lock);
	plx->resetting = false;
	plx_update(plx);
	raw_spin_unlock_irq(&plx->lock);
	return 0;
}

/* Calls that take turns, because each takes several accesses to CNTRL. */
static long call_control(struct plx *plx, u32 cmd, const void *in, void *out, size_t out_len)
{
	long result;

	if (mutex_lock_interruptible(&plx->control))
		return -EINTR;
	if (cmd == PLX_CALL_EEPROM_READ)
		result = eeprom_read(plx, in, out, out_len);
	else if (cmd == PLX_CALL_EEPROM_WRITE)
		result = eeprom_write(plx, in);
	else
		result = reset(plx, *(const u32 *)in);
	mutex_unlock(&plx->control);
	return result;
}

static long call_mailbox(const struct plx *plx, const u32 *in, u32 *out, bool write)
{
	if (in[0] >= plx->chip->mailboxes)
		return -EINVAL;
	if (write)
		plx_write(plx, PLX_MAILBOX(in[0]), in[1]);
	else
		*out = plx_read(plx, PLX_MAILBOX(in[0]));
	return write ? 0 : sizeof(*out);
}

/* What a call takes and gives, at least, and whether restricted clients may make it. */
static const struct {
	u16 in, out;
	bool restricted;
} calls[] = {
	[PLX_CALL_INFO] = { 0, sizeof(struct plx_info), true },
	[PLX_CALL_MAILBOX] = { sizeof(u32), sizeof(u32), true },
	[PLX_CALL_MAILBOX_SET] = { sizeof(struct plx_mailbox), 0, false },
	[PLX_CALL_RING] = { sizeof(u32), 0, false },
	[PLX_CALL_LISTEN] = { sizeof(struct plx_listen), 0, false },
	[PLX_CALL_EEPROM_READ] = { sizeof(struct plx_eeprom), sizeof(u16), true },
	[PLX_CALL_EEPROM_WRITE] = { sizeof(struct plx_eeprom_write), 0, false },
	[PLX_CALL_RESET] = { sizeof(u32), 0, false },
};

long plx_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len, void *out,
	      size_t out_len)
{
	struct plx *plx = kplug_priv(kplug_client_device(client));

	if (!cmd || cmd >= ARRAY_SIZE(calls))
		return -ENOTTY;
	if (!calls[cmd].restricted && !kplug_client_trusted(client))
		return -EPERM;
	if (in_len != calls[cmd].in || out_len < calls[cmd].out)
		return -EINVAL;
	switch (cmd) {
	case PLX_CALL_INFO:
		return info(plx, out);
	case PLX_CALL_MAILBOX:
		return call_mailbox(plx, in, out, false);
	case PLX_CALL_MAILBOX_SET:
		return call_mailbox(plx, in, NULL, true);
	case PLX_CALL_RING:
		if (!plx->chip->mailboxes)
			return -EOPNOTSUPP;
		plx_write(plx, PLX_P2L, *(const u32 *)in);
		return 0;
	case PLX_CALL_LISTEN:
		return listen(plx, in);
	default:
		return call_control(plx, cmd, in, out, out_len);
	}
}
