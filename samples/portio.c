// SPDX-License-Identifier: MIT
/*
 * Port I/O on an ISA card: a 16550 UART sends to itself. First it sends byte by byte, and a
 * recipe in the kernel reads the received bytes; then it sends a whole FIFO at a time.
 *
 *	kplug isa-add --port 0x2e8+8 --irq 6
 *	portio isa-2e8
 *
 * If the kernel's own driver uses the port, isa-add reports that. Then look in
 * /sys/bus/pnp/drivers/serial for the device, one of 00:00 to 00:0f, whose file `resources`
 * names the port, and release it with `echo 00:00 > unbind` in that directory.
 */
#include "sample.h"

#define SECOND 1000000000ll
#define PORTS  0 /* region */

/* National Semiconductor PC16550D, table II: registers by offset. */
enum {
	RBR = 0, /* received byte */
	THR = 0, /* byte to send */
	IER = 1, /* interrupt enable: */
	IER_RECEIVED = 0x01,
	IIR = 2, /* interrupt identification: */
	IIR_NONE = 0x01,
	FCR = 2, /* FIFO control: */
	FCR_ENABLE = 0x01,
	FCR_CLEAR = 0x06,
	LCR = 3, /* line control: */
	LCR_8N1 = 0x03,
	MCR = 4, /* modem control: */
	MCR_LOOP = 0x10,
	LSR = 5, /* line status: */
	LSR_RECEIVED = 0x01,
};

#define FIFO_DEPTH 16

/* If the UART interrupts, read the byte, which ends the interrupt. */
static const struct kplug_step take_byte[] = {
	KPLUG_READ8(PORTS, IIR),
	KPLUG_NOT_MINE(IIR_NONE, IIR_NONE),
	KPLUG_READ8(PORTS, RBR),
	KPLUG_CAPTURE(0xff),
};

static void out(struct kplug *k, unsigned int offset, uint8_t value)
{
	must(kplug_access_write(k, PORTS, offset, 1, value), "write");
}

static void set_up(struct kplug *k)
{
	out(k, IER, 0);
	out(k, LCR, LCR_8N1);
	out(k, FCR, FCR_ENABLE | FCR_CLEAR);
	out(k, MCR, MCR_LOOP);
}

static char echo(struct kplug *k, char byte)
{
	struct kplug_event event;

	out(k, THR, (uint8_t)byte);
	expect(must(kplug_wait(k, &event, 1, 5 * SECOND), "wait") == 1,
	       "the byte comes back within 5 seconds");
	return (char)event.data[0];
}

static void byte_by_byte(struct kplug *k, const char *text)
{
	const struct kplug_handler handler = {
		.steps = take_byte,
		.num_steps = sizeof(take_byte) / sizeof(take_byte[0]),
	};

	must(kplug_attach(k, 0, &handler), "attach");
	out(k, IER, IER_RECEIVED);
	for (; *text; text++)
		expect(echo(k, *text) == *text, "the byte that was sent comes back");
	out(k, IER, 0);
	must(kplug_detach(k, 0), "detach");
}

static void wait_received(struct kplug *k)
{
	uint64_t status;

	do {
		must(kplug_access_read(k, PORTS, LSR, 1, &status), "read");
	} while (!(status & LSR_RECEIVED));
}

/* One string instruction writes the FIFO, one reads it; the port stays the same. */
static void fifo_at_a_time(struct kplug *k, const char text[FIFO_DEPTH])
{
	char back[FIFO_DEPTH];

	must(kplug_transfer_write(k, PORTS, THR, 1, text, FIFO_DEPTH, KPLUG_TRANSFER_FIFO),
	     "write");
	wait_received(k);
	must(kplug_transfer_read(k, PORTS, RBR, 1, back, FIFO_DEPTH, KPLUG_TRANSFER_FIFO), "read");
	expect(!memcmp(back, text, FIFO_DEPTH), "the bytes that were sent come back");
	printf("%.*s\n", FIFO_DEPTH, back);
}

int main(int argc, char **argv)
{
	struct kplug *k;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	set_up(k);
	byte_by_byte(k, "Hello");
	fifo_at_a_time(k, "Hello, ISA ports");
	kplug_close(k);
	return 0;
}
