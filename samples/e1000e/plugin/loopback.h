/* SPDX-License-Identifier: GPL-2.0 */
/* Frames that the device sends to itself. */
#ifndef E1000E_LOOPBACK_H
#define E1000E_LOOPBACK_H

#include <linux/spinlock.h>

#include "ring.h"

/* All but loopback_look() need the lock of the device. */
struct loopback {
	struct kplug_client *owner; /* NULL: it does not run */
	bool started; /* the device has the rings; not after a reset */
	raw_spinlock_t lock; /* of the counters of the rings */
	struct ring received, sent;
	u32 taken; /* frames that calls have reported */
	u32 returned; /* of these, given back */
};

int loopback_init(struct loopback *l, struct kplug_device *dev);
void loopback_free(struct loopback *l, struct kplug_device *dev);

/* loopback_start() - after a reset of the device, which is ready */
int loopback_start(struct loopback *l, struct kplug_client *client, const struct e1000e_start *in);

/* loopback_halt() - asks the device to stop, before it is reset */
void loopback_halt(struct loopback *l, const struct kplug_io *io);

/* loopback_end() - after that, or when the device cannot be reached */
void loopback_end(struct loopback *l);

long loopback_send(struct loopback *l, const struct kplug_io *io, const struct e1000e_frames *in);
void loopback_receive(struct loopback *l, const struct kplug_io *io, struct e1000e_frames *out);

/* loopback_look() - in the handler: adds what was done to the event */
void loopback_look(struct loopback *l, struct kplug_irq *irq);

#endif /* E1000E_LOOPBACK_H */
