/* SPDX-License-Identifier: MIT */
/* The interface of the test plugin kplug_odd, besides its module parameters. */
#ifndef KPLUG_ODD_H
#define KPLUG_ODD_H

/* For the parameter "flags": KPLUG_PLUGIN_* of the plugin contract, which programs do not see. */
#define ODD_NO_THREAD    (1u << 0)
#define ODD_DEFER_SLEEPS (1u << 1)
#define ODD_ALLOW_CALLS  (1u << 2)
#define ODD_ALLOW_EVENTS (1u << 3)
#define ODD_ALLOW_SHM    (1u << 4)
#define ODD_ALLOW_DMA    (1u << 5)

#define ODD_EVENT_DEFERRED 0x200 /* word 0: verdicts that this run covers */

#define ODD_EVENT_DEVICE  0x201 /* word 0: the device event, one of these */
#define ODD_RESET_PREPARE 2
#define ODD_RESET_DONE    3
#define ODD_ERROR         4
#define ODD_RECOVERED     5
#define ODD_SUSPEND       6
#define ODD_RESUME        7
#define ODD_FROZEN        8

#define ODD_CALL_ECHO     1
#define ODD_CALL_TRANSFER 2 /* in: struct kplug_transfer[] without buffers; out: the results */
#define ODD_CALL_BLOCK    3 /* in: one struct kplug_transfer, a read; out: the data */

#define ODD_CALL_MAPPING 4 /* in: struct odd_mapping; out: the same, filled */

#define ODD_CALL_STUCK 5 /* kplug_dma_stuck() */
#define ODD_CALL_STRAY 7 /* reads and writes beyond the end of region 0; out: u32 read */
#define ODD_CALL_SLEEP 6 /* until the parameter "wake" is written, or the caller is killed */
#define ODD_CALL_DONE  8 /* in: struct odd_done: ends the chunk; needs the parameter "engine" */

#define ODD_STRAY_OFFSET 0x40000000

struct odd_mapping {
	unsigned int id;
	unsigned int keep; /* hold the mapping until the client leaves */
	unsigned int num_segments, direction;
	unsigned long long length; /* of all segments */
};

/* What the engine reports of its chunk. */
struct odd_done {
	unsigned long long bytes;
	int status;
	int unused;
};

#endif /* KPLUG_ODD_H */
