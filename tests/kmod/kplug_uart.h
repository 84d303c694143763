/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The registers of a 16550 UART, and a handler for it. */
#ifndef KPLUG_UART_H
#define KPLUG_UART_H

#include <kplug/handler.h>

#define UART_DATA      0
#define UART_IER       1 /* interrupt enable */
#define UART_IER_RX    0x01
#define UART_IIR       2 /* read: interrupt identification */
#define UART_IIR_NONE  0x01
#define UART_FCR       2 /* write: FIFO control */
#define UART_FCR_RESET 0x07 /* FIFOs on and empty, interrupt at each byte */
#define UART_LCR       3
#define UART_LCR_8N1   0x03
#define UART_MCR       4
#define UART_MCR_LOOP  0x10 /* loopback: sent bytes are received */
#define UART_LSR       5
#define UART_LSR_RX    0x01
#define UART_SCRATCH   7

/* Reads one received byte. */
static inline unsigned int uart_handler(struct kplug_irq *irq)
{
	__u8 cause = kplug_read8(irq->io, 0, UART_IIR);

	if (cause & UART_IIR_NONE)
		return KPLUG_NONE;
	kplug_capture(irq, cause & 0x0f);
	kplug_capture(irq, kplug_read8(irq->io, 0, UART_DATA));
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

#endif /* KPLUG_UART_H */
