/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The calls of the plugin. */
#ifndef E1000E_MSG_H
#define E1000E_MSG_H

#include <linux/types.h>

/* kplug_device_info.out_plugin_version; grows with every change that a program can notice. */
#define E1000E_MSG_VERSION 1

/* E1000E_CALL_COUNTS: out struct e1000e_counts */
#define E1000E_CALL_COUNTS 1

struct e1000e_counts {
	__u64 interrupts; /* that the plugin has handled since it was attached */
	__u64 bits[64]; /* how often each bit of the status was among them */
};

/*
 * E1000E_CALL_RESET: resets the device and enables its interrupts again. ETIMEDOUT when it does
 * not get ready, EAGAIN while it is in a reset of its bus or sleeps, EBUSY while a loopback runs.
 */
#define E1000E_CALL_RESET 2

#define E1000E_SLOTS      256 /* descriptors of a ring; one of them is always unused */
#define E1000E_SLOT_BYTES 2048 /* a frame begins at each multiple of it in a mapping */
#define E1000E_FRAME_MIN  60 /* bytes of a frame, without its CRC */
#define E1000E_FRAME_MAX  1514
#define E1000E_BATCH      64 /* frames of a call */

/*
 * E1000E_CALL_START: in struct e1000e_start
 *
 * Resets the device and starts it in MAC loopback: it receives each frame that it sends. Only one
 * client has the loopback at a time, until E1000E_CALL_STOP or until it closes the device. Each
 * mapping has E1000E_SLOTS slots, in segments that start and end at a multiple of a slot.
 *
 * EBUSY when a client has it, ENOENT without such a mapping, EINVAL for one that is too short, has
 * a slot in two segments or the wrong direction, EOPNOTSUPP without DMA, EAGAIN and ETIMEDOUT as
 * E1000E_CALL_RESET.
 */
#define E1000E_CALL_START 3

struct e1000e_start {
	__u32 receive; /* a mapping's id; from the device, or both ways */
	__u32 send; /* to the device, or both ways */
};

/*
 * E1000E_CALL_SEND: in struct e1000e_frames, out __u32
 *
 * Sends @count frames of the next slots, which the program has filled; the first slot after the
 * start is 0. The answer is the number of frames for which there was room: after an event send the
 * others. A slot is free again when data[2] of an event, the number of frames sent since the start,
 * has passed it.
 *
 * EINVAL for a bad count or length, ENOTCONN when this client does not have the loopback, also
 * after a reset.
 */
#define E1000E_CALL_SEND 4

/*
 * E1000E_CALL_RECEIVE: out struct e1000e_frames
 *
 * Takes the frames that have come, in the next slots; the first slot after the start is 0. The
 * program owns these slots until its next E1000E_CALL_RECEIVE. data[1] of an event is the number of
 * frames that have come since the start. A frame with an error has length 0.
 *
 * ENOTCONN as E1000E_CALL_SEND.
 */
#define E1000E_CALL_RECEIVE 5

struct e1000e_frames {
	__u32 count; /* 1 to E1000E_BATCH; received: 0 to E1000E_BATCH */
	__u16 lengths[E1000E_BATCH]; /* bytes: E1000E_FRAME_MIN to E1000E_FRAME_MAX */
};

/* E1000E_CALL_STOP: ends the loopback; then the device uses no memory. ENOTCONN. */
#define E1000E_CALL_STOP 6

#endif /* E1000E_MSG_H */
