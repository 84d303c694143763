// SPDX-License-Identifier: MIT
// samples/e1000e, a project of a register map, on the card that it is about.
#include "device.h"
#include "nic.h"
#include "objects.h"

#include <errno.h>

#include <e1000e/plugin/e1000e_msg.h>

static const struct kplug_handler by_plugin = { .plugin = "e1000e" };

static void project_start(void)
{
	core_start();
	OK(module_load("kplug_e1000e"));
	device_bind(nic_address());
}

static struct kplug *attached(void)
{
	struct kplug *k = device_open(nic_address());

	ck_assert_int_eq(kplug_irq_mode(k, KPLUG_IRQ_MSI, 1), 1);
	ck_assert_int_eq(kplug_attach(k, 0, &by_plugin), KPLUG_HANDLER_PLUGIN);
	return k;
}

/* A mapped buffer of @slots frames. */
static uint32_t mapped(struct kplug *k, size_t slots, enum kplug_dma_direction direction,
		       struct kplug_dma_buffer *buffer)
{
	struct kplug_dma_mapping mapping;

	OK(kplug_dma_buffer_alloc(k, slots * E1000E_SLOT_BYTES, buffer));
	OK(kplug_dma_map(k, buffer->fd, 0, 0, direction, &mapping));
	return mapping.id;
}

static int start(struct kplug *k, uint32_t receive, uint32_t send)
{
	const struct e1000e_start in = { .receive = receive, .send = send };

	return kplug_call(k, E1000E_CALL_START, &in, sizeof(in), NULL, 0);
}

static int stop(struct kplug *k)
{
	return kplug_call(k, E1000E_CALL_STOP, NULL, 0, NULL, 0);
}

static int send_frame(struct kplug *k, uint16_t length)
{
	const struct e1000e_frames in = { .count = 1, .lengths = { length } };
	uint32_t accepted;
	int result = kplug_call(k, E1000E_CALL_SEND, &in, sizeof(in), &accepted, sizeof(accepted));

	return result < 0 ? result : (int)accepted;
}

static int receive_frames(struct kplug *k, struct e1000e_frames *out)
{
	return kplug_call(k, E1000E_CALL_RECEIVE, NULL, 0, out, sizeof(*out));
}

TEST(e1000e, loopback, .smoke = true)
{
	project_start();
	for (int i = 0; i < 2; i++)
		OK(run("e1000e_loopback %s 1000 | grep '^1000 frames came back as they were sent'",
		       nic_address()));
	objects_settle();
}

/* The tests that `kplug new` has made for a model pass on the card. */
TEST(e1000e, check)
{
	project_start();
	OK(run("KPLUG_DEVICE=%s e1000e_check", nic_address()));
	objects_settle();
}

TEST(e1000e, refused)
{
	struct kplug_dma_buffer from, to, small;
	struct e1000e_frames frames;
	uint32_t receive, send;
	struct kplug *k, *other;

	project_start();
	k = attached();
	receive = mapped(k, E1000E_SLOTS, KPLUG_DMA_FROM_DEVICE, &from);
	send = mapped(k, E1000E_SLOTS, KPLUG_DMA_TO_DEVICE, &to);
	ck_assert_int_eq(send_frame(k, E1000E_FRAME_MIN), -ENOTCONN);
	ck_assert_int_eq(receive_frames(k, &frames), -ENOTCONN);
	ck_assert_int_eq(stop(k), -ENOTCONN);
	ck_assert_int_eq(start(k, receive, 12345), -ENOENT);
	ck_assert_int_eq(start(k, send, receive), -EINVAL);
	ck_assert_int_eq(start(k, mapped(k, E1000E_SLOTS - 2, KPLUG_DMA_BOTH, &small), send),
			 -EINVAL);
	ck_assert_int_eq(kplug_call(k, E1000E_CALL_START, NULL, 0, NULL, 0), -EINVAL);

	ck_assert_int_eq(start(k, receive, send), 0);
	ck_assert_int_eq(start(k, receive, send), -EBUSY);
	ck_assert_int_eq(kplug_call(k, E1000E_CALL_RESET, NULL, 0, NULL, 0), -EBUSY);
	ck_assert_int_eq(send_frame(k, E1000E_FRAME_MIN - 1), -EINVAL);
	ck_assert_int_eq(send_frame(k, E1000E_FRAME_MAX + 1), -EINVAL);
	other = device_open(nic_address());
	ck_assert_int_eq(kplug_attach(other, 0, &by_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(start(other, receive, send), -EBUSY);
	ck_assert_int_eq(send_frame(other, E1000E_FRAME_MIN), -ENOTCONN);
	OK(kplug_close(other));
	ck_assert_int_eq(send_frame(k, E1000E_FRAME_MIN), 1);
	ck_assert_int_eq(stop(k), 0);
	ck_assert_int_eq(send_frame(k, E1000E_FRAME_MIN), -ENOTCONN);

	kplug_dma_buffer_free(&small);
	kplug_dma_buffer_free(&to);
	kplug_dma_buffer_free(&from);
	OK(kplug_close(k));
	objects_settle();
}

/* More frames than slots: the plugin takes what has room, and none is lost. */
TEST(e1000e, full)
{
	struct e1000e_frames batch = { .count = E1000E_BATCH }, back;
	struct kplug_dma_buffer from, to;
	unsigned int sent = 0, received = 0;
	uint32_t receive, send, accepted;
	struct kplug *k;

	project_start();
	k = attached();
	receive = mapped(k, E1000E_SLOTS, KPLUG_DMA_FROM_DEVICE, &from);
	send = mapped(k, E1000E_SLOTS, KPLUG_DMA_TO_DEVICE, &to);
	ck_assert_int_eq(start(k, receive, send), 0);
	for (unsigned int i = 0; i < E1000E_BATCH; i++)
		batch.lengths[i] = E1000E_FRAME_MAX;
	while (received < 2 * E1000E_SLOTS) {
		if (sent - received <= E1000E_SLOTS - 1 - E1000E_BATCH) {
			OK(kplug_call(k, E1000E_CALL_SEND, &batch, sizeof(batch), &accepted,
				      sizeof(accepted)) < 0);
			sent += accepted;
		}
		OK(receive_frames(k, &back) < 0);
		for (unsigned int i = 0; i < back.count; i++)
			ck_assert_int_eq(back.lengths[i], E1000E_FRAME_MAX);
		received += back.count;
	}
	ck_assert_int_eq(stop(k), 0);
	kplug_dma_buffer_free(&to);
	kplug_dma_buffer_free(&from);
	OK(kplug_close(k));
}

/* A reset takes the rings from the card; the program starts again. */
TEST(e1000e, reset)
{
	struct kplug_dma_buffer from, to;
	uint32_t receive, send;
	struct kplug *k;

	project_start();
	k = attached();
	receive = mapped(k, E1000E_SLOTS, KPLUG_DMA_FROM_DEVICE, &from);
	send = mapped(k, E1000E_SLOTS, KPLUG_DMA_TO_DEVICE, &to);
	ck_assert_int_eq(start(k, receive, send), 0);
	ck_assert_int_eq(send_frame(k, E1000E_FRAME_MIN), 1);
	OK(kplug_reset(k));
	ck_assert_int_eq(send_frame(k, E1000E_FRAME_MIN), -ENOTCONN);
	ck_assert_int_eq(start(k, receive, send), 0);
	ck_assert_int_eq(send_frame(k, E1000E_FRAME_MIN), 1);
	OK(kplug_close(k));
	kplug_dma_buffer_free(&to);
	kplug_dma_buffer_free(&from);
	OK(run("e1000e_loopback %s 10", nic_address()));
}

/* The card uses no memory of a program that was killed while frames were on their way. */
TEST(e1000e, killed)
{
	project_start();
	for (int i = 2; i < 5; i++) {
		OK(run("e1000e_loopback %s 100000000 & sleep 0.%d; kill -9 $!; wait", nic_address(),
		       i));
		OK(run("e1000e_loopback %s 100", nic_address()));
	}
	objects_settle();
}
