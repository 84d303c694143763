/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What a driver of e1000e does. kplug new wrote it; change the roles. */
#ifndef E1000E_DEVICE_H
#define E1000E_DEVICE_H

#include "e1000e_regs.h"

#define E1000E_PCI_VENDOR 0x8086
#define E1000E_PCI_DEVICE 0x10d3

/* The roles do not say which register proves that it is this device. */
static inline int e1000e_identify(const struct kplug_io *io)
{
	(void)io;
	return 1;
}

#define E1000E_RESET_US 1000U

/* Begins a reset of the device, which takes some time. */
static inline void e1000e_reset(const struct kplug_io *io)
{
	e1000e_write_ctrl(io, 0x4000000U);
}

/* Is the reset over? */
static inline int e1000e_ready(const struct kplug_io *io)
{
	return (e1000e_read_ctrl(io) & 0x4000000U) == 0x0U;
}

/* The interrupt main */
#define E1000E_IRQ_MAIN_VECTOR 0U
#define E1000E_IRQ_MAIN_TXDW 0x1U
#define E1000E_IRQ_MAIN_LSC 0x4U
#define E1000E_IRQ_MAIN_RXDMT0 0x10U
#define E1000E_IRQ_MAIN_RXO 0x40U
#define E1000E_IRQ_MAIN_RXT0 0x80U
#define E1000E_IRQ_MAIN_SOURCES 0xd5U
#define E1000E_IRQ_MAIN_LEVELS 0x0U

/* Lets the sources interrupt. */
static inline void e1000e_irq_main_enable(const struct kplug_io *io)
{
	e1000e_write_ims(io, 0xd5U);
}

/* Lets no source interrupt. */
static inline void e1000e_irq_main_disable(const struct kplug_io *io)
{
	e1000e_write_imc(io, 0xd5U);
}

/* Forgets what has happened until now. */
static inline void e1000e_irq_main_forget(const struct kplug_io *io)
{
	__u32 status = e1000e_read_icr(io) & E1000E_IRQ_MAIN_SOURCES;

	(void)status;
}

/* Raises interrupts for a test. */
static inline void e1000e_irq_main_raise(const struct kplug_io *io, __u32 sources)
{
	e1000e_write_ics(io, sources);
}

/* After each event, once a program has served the sources that stay. */
static inline void e1000e_irq_main_rearm(const struct kplug_io *io)
{
	(void)io;
}

/* The handler, in a program and in the kernel. */
static inline unsigned int e1000e_irq_main_handler(struct kplug_irq *irq)
{
	__u32 status = e1000e_read_icr(irq->io);

	/* The device is gone. */
	if (status == 0xffffffffU)
		return KPLUG_NONE;
	status &= E1000E_IRQ_MAIN_SOURCES;
	if (!status)
		return KPLUG_NONE;
	kplug_capture(irq, status);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

/* The same as a recipe: an array of struct kplug_step. */
#define E1000E_IRQ_MAIN_RECIPE \
	{ \
		KPLUG_READ32(0, 0xc0), \
		KPLUG_NOT_MINE(0xffffffffU, 0xffffffffU), \
		KPLUG_NOT_MINE(0xd5U, 0), \
		KPLUG_CAPTURE(0xd5U), \
	}

#define E1000E_VECTORS 1
#define E1000E_IRQ_MODE KPLUG_IRQ_MSI /* for kplug_irq_mode() */

/* Lets the sources of a vector interrupt. */
static inline void e1000e_enable(const struct kplug_io *io, unsigned int vector)
{
	if (vector == E1000E_IRQ_MAIN_VECTOR)
		e1000e_irq_main_enable(io);
}

/* The opposite. */
static inline void e1000e_disable(const struct kplug_io *io, unsigned int vector)
{
	if (vector == E1000E_IRQ_MAIN_VECTOR)
		e1000e_irq_main_disable(io);
}

/* Forgets what has happened until now. */
static inline void e1000e_forget(const struct kplug_io *io, unsigned int vector)
{
	if (vector == E1000E_IRQ_MAIN_VECTOR)
		e1000e_irq_main_forget(io);
}

/* After each event of the vector, see above. */
static inline void e1000e_rearm(const struct kplug_io *io, unsigned int vector)
{
	if (vector == E1000E_IRQ_MAIN_VECTOR)
		e1000e_irq_main_rearm(io);
}

/* The handler of each vector. */
static inline unsigned int e1000e_handler(struct kplug_irq *irq)
{
	unsigned int verdict = KPLUG_NONE;

	if (irq->vector == E1000E_IRQ_MAIN_VECTOR)
		verdict |= e1000e_irq_main_handler(irq);
	return verdict;
}

#endif /* E1000E_DEVICE_H */
