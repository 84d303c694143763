// SPDX-License-Identifier: MIT
// The plugin xdma with streams: packets to the card, and rings that the card fills. What a channel
// of this model sends comes back on the channel with the same number.
#include "device.h"
#include "dma.h"
#include "job.h"
#include "model.h"

#include <errno.h>
#include <models/xdma_user.h>
#include <string.h>
#include <xdma/xdma_msg.h>

#define PERIODS 8u
#define BYTES   4096u

static const struct kplug_handler by_plugin = { .plugin = "xdma" };

static const char *card(void)
{
	static char address[PCI_ADDRESS_SIZE];

	model_needed("xdma-stream");
	ck_assert(pci_find(0x10ee, 0x9038, 0, address));
	return address;
}

static struct kplug *attached(void)
{
	struct kplug *k;

	core_start();
	device_bind(card());
	k = device_open(card());
	ck_assert_int_eq(kplug_attach(k, 0, &by_plugin), KPLUG_HANDLER_PLUGIN);
	return k;
}

static void start(struct kplug *k, const struct job *j, enum job_way way, uint32_t length,
		  uint64_t flags)
{
	struct kplug_dma_execution e = job_execution(j, way);

	e.length = length;
	e.timeout_ms = 5000;
	e.args[XDMA_ARG_FLAGS] = flags;
	job_start(k, &e);
}

/* send() - one packet, with the pattern of its place in all that was sent */
static void send(struct kplug *k, const struct job *j, uint32_t length, uint64_t place)
{
	dma_fill(j->memory, length, place);
	start(k, j, TO_CARD, length, 0);
	ck_assert_int_eq(job_end(k, j->id[TO_CARD]).out_status, 0);
}

TEST(xdma_stream, information)
{
	struct kplug *k = attached();
	struct xdma_info info;

	ck_assert_int_eq(kplug_call(k, XDMA_CALL_INFO, NULL, 0, &info, sizeof(info)), sizeof(info));
	ck_assert_uint_eq(info.num_h2c, 2);
	ck_assert_uint_eq(info.num_c2h, 2);
	ck_assert_uint_eq(info.h2c_streams, 3);
	ck_assert_uint_eq(info.c2h_streams, 3);
	kplug_close(k);
	objects_settle();
}

/* A transaction from the card takes one packet, and says how long it was. */
TEST(xdma_stream, packets)
{
	struct kplug *k = attached();
	struct job there = job_in_one_piece(k, 2 * BYTES), back = job_in_one_piece(k, 2 * BYTES);
	const struct kplug_dma_execution address = { .id = there.id[TO_CARD],
						     .length = BYTES,
						     .args = { [XDMA_ARG_CARD] = 8 } };

	for (unsigned int i = 1; i < 20; i++) {
		uint32_t length = i * 307;

		start(k, &back, FROM_CARD, 2 * BYTES, 0);
		send(k, &there, length, i);
		ck_assert_int_eq(job_end(k, back.id[FROM_CARD]).out_status, 0);
		ck_assert_uint_eq(job_end(k, back.id[FROM_CARD]).out_bytes, length);
		dma_check(back.memory, length, i);
	}
	/* Two transactions, one packet. */
	start(k, &back, FROM_CARD, 2 * BYTES, 0);
	start(k, &there, TO_CARD, 100, XDMA_FLAG_GOES_ON);
	ck_assert_int_eq(job_end(k, there.id[TO_CARD]).out_status, 0);
	send(k, &there, 200, 0);
	ck_assert_uint_eq(job_end(k, back.id[FROM_CARD]).out_bytes, 300);
	ck_assert_int_eq(kplug_dma_transaction_execute(k, &address, 1), -EINVAL);
	kplug_close(k);
	job_free(&there);
	job_free(&back);
	objects_settle();
}

static struct job ring(struct kplug *k)
{
	struct job m = job_in_one_piece(k, PERIODS * (BYTES + sizeof(struct xdma_packet)));
	const struct xdma_ring_start start = { .mapping = m.mapping.id,
					       .periods = PERIODS,
					       .bytes = BYTES };

	OK(kplug_call(k, XDMA_CALL_RING, &start, sizeof(start), NULL, 0));
	return m;
}

static struct xdma_ring_state take(struct kplug *k, uint32_t release)
{
	const struct xdma_ring_take in = { .release = release };
	struct xdma_ring_state state;

	ck_assert_int_eq(kplug_call(k, XDMA_CALL_RING_TAKE, &in, sizeof(in), &state, sizeof(state)),
			 sizeof(state));
	return state;
}

/* A program that keeps up gets each period, with what the card sent. */
TEST(xdma_stream, ring, .timeout = 60)
{
	struct kplug *k = attached();
	struct job there = job_in_one_piece(k, BYTES), m = ring(k);
	const struct xdma_packet *packets = (void *)(m.memory + PERIODS * BYTES);
	uint32_t had = 0;

	for (unsigned int i = 0; i < 5 * PERIODS; i++) {
		const uint32_t length = i % 3 ? BYTES : 1 + i * 11, at = i % PERIODS;
		struct xdma_ring_state state;
		struct kplug_event event;

		send(k, &there, length, i * BYTES);
		do
			event = next_event(k);
		while (event.type == KPLUG_EVENT_DMA);
		ck_assert_uint_eq(event.data[1], 1);
		state = take(k, had);
		had = state.ready;
		ck_assert_uint_eq(state.first, i);
		ck_assert_uint_eq(state.ready, 1);
		ck_assert_uint_eq(state.lost, 0);
		ck_assert_uint_eq(state.status, 0);
		ck_assert_uint_eq(packets[at].magic, 0x52b4);
		ck_assert_uint_eq(packets[at].end, 1);
		ck_assert_uint_eq(packets[at].bytes, length);
		dma_check(m.memory + at * BYTES, length, i * BYTES);
		while (kplug_next(k, &event) == 1)
			;
	}
	kplug_close(k);
	job_free(&there);
	job_free(&m);
	objects_settle();
}

/* Each period that the program does not have whole is counted as lost, once. */
TEST(xdma_stream, overrun)
{
	struct kplug *k = attached();
	struct job there = job_in_one_piece(k, BYTES), m = ring(k);
	const struct xdma_ring_take too_many = { .release = PERIODS };
	const uint64_t before = model_count("descriptors");
	struct xdma_ring_state state;
	unsigned int sent = 0;

	for (; sent < 20; sent++)
		send(k, &there, BYTES, sent * BYTES);
	ck_assert(WAIT_UNTIL(model_count("descriptors") - before == 40, 5000));
	state = take(k, 0);
	ck_assert_uint_eq(state.first, 20 - PERIODS + 1);
	ck_assert_uint_eq(state.ready, PERIODS - 1);
	ck_assert_uint_eq(state.lost, 20 - PERIODS + 1);
	for (unsigned int i = 0; i < state.ready; i++)
		dma_check(m.memory + (state.first + i) % PERIODS * BYTES, BYTES,
			  (state.first + i) * BYTES);
	ck_assert_int_eq(kplug_call(k, XDMA_CALL_RING_TAKE, &too_many, sizeof(too_many), &state,
				    sizeof(state)),
			 -EINVAL);
	/* While the program has them, three are overwritten. */
	for (; sent < 23; sent++)
		send(k, &there, BYTES, sent * BYTES);
	ck_assert(WAIT_UNTIL(model_count("descriptors") - before == 46, 5000));
	state = take(k, PERIODS - 1);
	ck_assert_uint_eq(state.spoilt, 3);
	ck_assert_uint_eq(state.first, 20);
	ck_assert_uint_eq(state.ready, 3);
	ck_assert_uint_eq(state.lost, 20 - PERIODS + 1 + 3);
	state = take(k, 3);
	ck_assert_uint_eq(state.ready, 0);
	kplug_close(k);
	job_free(&there);
	job_free(&m);
	objects_settle();
}

/* Who may start a ring, take from it and stop it, and what it excludes. */
TEST(xdma_stream, ring_ends)
{
	struct kplug *k = attached(), *other = device_open(card());
	struct job there = job_in_one_piece(k, BYTES), m = ring(k);
	struct xdma_ring_start start_again = { .mapping = m.mapping.id,
					       .periods = PERIODS,
					       .bytes = BYTES };
	const struct xdma_ring_take in = {};
	const struct kplug_dma_execution e = { .id = there.id[FROM_CARD], .length = BYTES };
	struct xdma_ring_state state;
	const uint32_t channel = 0;

	ck_assert_int_eq(kplug_attach(other, KPLUG_NO_VECTOR, &by_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_call(k, XDMA_CALL_RING, &start_again, sizeof(start_again), NULL, 0),
			 -EBUSY);
	ck_assert_int_eq(kplug_call(other, XDMA_CALL_RING_TAKE, &in, sizeof(in), &state,
				    sizeof(state)),
			 -ENOTCONN);
	ck_assert_int_eq(kplug_call(other, XDMA_CALL_RING_STOP, &channel, sizeof(channel), NULL, 0),
			 -ENOTCONN);
	ck_assert_int_eq(kplug_dma_transaction_execute(k, &e, 1), 1);
	ck_assert_int_eq(job_end(k, e.id).out_status, -EBUSY);
	OK(kplug_call(k, XDMA_CALL_RING_STOP, &channel, sizeof(channel), NULL, 0));
	start_again.periods = 1;
	ck_assert_int_eq(kplug_call(k, XDMA_CALL_RING, &start_again, sizeof(start_again), NULL, 0),
			 -EINVAL);
	start_again.periods = 2 * PERIODS;
	ck_assert_int_eq(kplug_call(k, XDMA_CALL_RING, &start_again, sizeof(start_again), NULL, 0),
			 -EINVAL);
	start_again.periods = PERIODS;
	OK(kplug_call(k, XDMA_CALL_RING, &start_again, sizeof(start_again), NULL, 0));
	OK(kplug_reset(k));
	ck_assert_int_eq(kplug_call(k, XDMA_CALL_RING_TAKE, &in, sizeof(in), &state, sizeof(state)),
			 -ENOTCONN);
	OK(kplug_call(k, XDMA_CALL_RING, &start_again, sizeof(start_again), NULL, 0));
	send(k, &there, BYTES, 5);
	ck_assert(WAIT_UNTIL(take(k, 0).ready == 1, 5000));
	dma_check(m.memory, BYTES, 5);
	kplug_close(other);
	kplug_close(k);
	job_free(&there);
	job_free(&m);
	objects_settle();
}

/* An engine that waits for the rest of a packet does not stop: only a reset ends its ring. */
TEST(xdma_stream, stuck_ring, .timeout = 60)
{
	struct kplug *k = attached();
	struct job there = job_in_one_piece(k, BYTES), m = ring(k);
	const struct xdma_ring_start again = { .mapping = m.mapping.id,
					       .periods = PERIODS,
					       .bytes = BYTES };
	const uint32_t channel = 0;

	start(k, &there, TO_CARD, 100, XDMA_FLAG_GOES_ON);
	ck_assert_int_eq(job_end(k, there.id[TO_CARD]).out_status, 0);
	sleep_ms(50); /* until the other channel has taken it */
	OK(kplug_call(k, XDMA_CALL_RING_STOP, &channel, sizeof(channel), NULL, 0));
	ck_assert(!(pci_command_register(card()) & 4));
	ck_assert_int_eq(kplug_call(k, XDMA_CALL_RING, &again, sizeof(again), NULL, 0), -EBUSY);
	OK(kplug_reset(k));
	OK(kplug_call(k, XDMA_CALL_RING, &again, sizeof(again), NULL, 0));
	send(k, &there, BYTES, 7);
	ck_assert(WAIT_UNTIL(take(k, 0).ready == 1, 5000));
	dma_check(m.memory, BYTES, 7);
	kplug_close(k);
	job_free(&there);
	job_free(&m);
	objects_settle();
}

/* The sample counts what another program sends. */
TEST(xdma_stream, sample, .timeout = 60)
{
	struct kplug *k = attached();
	struct job there = job_in_one_piece(k, 2 * BYTES);
	bool ended;

	OK(run("(xdma_stream %s 0 50 > /tmp/stream.out 2>&1; echo ended >> /tmp/stream.out) &",
	       card()));
	for (unsigned int i = 0;; i++) {
		ended = !run("grep -q ended /tmp/stream.out");
		if (ended || i == 300)
			break;
		send(k, &there, 2 * BYTES, i);
	}
	ck_assert(ended);
	OK(run("cat /tmp/stream.out; grep -q '^5[0-9] periods, .* lost 0 periods' /tmp/stream.out"));
	kplug_close(k);
	job_free(&there);
	objects_settle();
}

/* When the bus takes no transfer, the engine stops; the sample says so. */
TEST(xdma_stream, sample_fails, .timeout = 60)
{
	const char *address = card();

	core_start();
	device_bind(address);
	model_fault("dma-refused", 1000);
	ck_assert_int_eq(run("xdma_stream %s 0 50 2> /tmp/stream.out", address), 1);
	model_fault("none", 0);
	OK(run("grep -q 'the engine works' /tmp/stream.out"));
	objects_settle();
}
