// SPDX-License-Identifier: MIT
/*
 * Sends frames that the device receives again, and compares each.
 *
 *	sudo kplug bind 0000:03:00.0 && sudo insmod plugin/kplug_e1000e.ko
 *	sudo build/e1000e_loopback 0000:03:00.0 1000
 */
#include <kplug.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e1000e_device.h"
#include "e1000e_msg.h"

#define HEADER   14 /* addresses and type */
#define WINDOW   128 /* frames on their way; the ring for received ones has more slots */
#define PATIENCE 5000000000 /* ns without an event */

struct frames {
	struct kplug *k;
	struct kplug_dma_buffer to, from;
	unsigned int sent, received;
};

static int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "e1000e_loopback: %s: %s\n", what, strerror(-result));
		exit(EXIT_FAILURE);
	}
	return result;
}

static unsigned char *slot(const struct kplug_dma_buffer *buffer, unsigned int frame)
{
	return (unsigned char *)buffer->addr + (size_t)(frame % E1000E_SLOTS) * E1000E_SLOT_BYTES;
}

/* Every length, and bytes that differ from frame to frame. */
static unsigned int make(unsigned char *at, unsigned int frame)
{
	/* To and from addresses of private use; the type is for experiments (IEEE 802). */
	static const unsigned char header[HEADER] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5
	};
	unsigned int length =
		E1000E_FRAME_MIN + frame * 7 % (E1000E_FRAME_MAX - E1000E_FRAME_MIN + 1);

	memcpy(at, header, HEADER);
	for (unsigned int i = HEADER; i < length; i++)
		at[i] = (unsigned char)(frame * 31 + i);
	return length;
}

static void compare(const struct frames *f, unsigned int length)
{
	unsigned char wanted[E1000E_SLOT_BYTES];

	if (length == make(wanted, f->received) &&
	    !memcmp(slot(&f->from, f->received), wanted, length))
		return;
	fprintf(stderr, "e1000e_loopback: frame %u of %u bytes differs\n", f->received, length);
	exit(EXIT_FAILURE);
}

/* A frame that came back was sent, so its slot is free. */
static void send_some(struct frames *f, unsigned int count)
{
	struct e1000e_frames batch = { 0 };
	unsigned int last = f->sent;
	__u32 accepted;

	while (last < count && last - f->received < WINDOW && batch.count < E1000E_BATCH) {
		batch.lengths[batch.count++] = (__u16)make(slot(&f->to, last), last);
		last++;
	}
	if (!batch.count)
		return;
	must(kplug_call(f->k, E1000E_CALL_SEND, &batch, sizeof(batch), &accepted, sizeof(accepted)),
	     "send");
	f->sent += accepted;
}

static unsigned int receive_some(struct frames *f)
{
	struct e1000e_frames batch;

	must(kplug_call(f->k, E1000E_CALL_RECEIVE, NULL, 0, &batch, sizeof(batch)), "receive");
	for (unsigned int i = 0; i < batch.count; i++, f->received++)
		compare(f, batch.lengths[i]);
	return batch.count;
}

static void wait_for_event(struct frames *f)
{
	struct kplug_event event;

	if (must(kplug_wait(f->k, &event, 1, PATIENCE), "wait"))
		return;
	fprintf(stderr, "e1000e_loopback: no interrupt in 5 s, after %u of %u frames\n",
		f->received, f->sent);
	exit(EXIT_FAILURE);
}

static __u32 map_buffer(struct frames *f, struct kplug_dma_buffer *buffer,
			enum kplug_dma_direction direction)
{
	struct kplug_dma_mapping mapping;

	must(kplug_dma_buffer_alloc(f->k, E1000E_SLOTS * E1000E_SLOT_BYTES, buffer), "buffer");
	must(kplug_dma_map(f->k, buffer->fd, 0, 0, direction, &mapping), "DMA map");
	return mapping.id;
}

static void start(struct frames *f, const char *device)
{
	const struct kplug_handler plugin = { .plugin = "e1000e" };
	struct e1000e_start start;

	must(kplug_open(&f->k, device, NULL), "open");
	must(kplug_irq_mode(f->k, E1000E_IRQ_MODE, 0), "interrupt mode");
	must(kplug_attach(f->k, E1000E_IRQ_MAIN_VECTOR, &plugin), "attach");
	start.receive = map_buffer(f, &f->from, KPLUG_DMA_FROM_DEVICE);
	start.send = map_buffer(f, &f->to, KPLUG_DMA_TO_DEVICE);
	must(kplug_call(f->k, E1000E_CALL_START, &start, sizeof(start), NULL, 0), "start");
}

int main(int argc, char **argv)
{
	struct frames f = { 0 };
	struct e1000e_counts counts;
	unsigned int count;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: e1000e_loopback DEVICE [COUNT]   (see `kplug list`)\n");
		return 2;
	}
	count = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 0) : 1000;
	start(&f, argv[1]);
	while (f.received < count) {
		send_some(&f, count);
		if (!receive_some(&f))
			wait_for_event(&f);
	}
	must(kplug_call(f.k, E1000E_CALL_STOP, NULL, 0, NULL, 0), "stop");
	must(kplug_call(f.k, E1000E_CALL_COUNTS, NULL, 0, &counts, sizeof(counts)), "counts");
	printf("%u frames came back as they were sent, %llu interrupts\n", f.received,
	       (unsigned long long)counts.interrupts);
	kplug_dma_buffer_free(&f.to);
	kplug_dma_buffer_free(&f.from);
	kplug_close(f.k);
	return 0;
}
