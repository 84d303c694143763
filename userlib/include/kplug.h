/* SPDX-License-Identifier: MIT */
/* libkplug: use a device's interrupts, registers and plugin from a program. */
#ifndef KPLUG_H
#define KPLUG_H

/**
 * DOC: General format
 *
 * Every function returns 0 or a count on success and -errno on failure; "Errors" in
 * kplug(4) explains them. No function prints, ends the program, or keeps a pointer of the
 * caller's, unless its description says so. A function that fails has changed nothing.
 *
 * Several threads may use one device at the same time, with two exceptions. Only one
 * thread at a time may take events (kplug_next(), kplug_peek(), kplug_wait(),
 * kplug_read()), and kplug_close() must come last. Functions with other rules say so.
 */

/**
 * DOC: Handlers and callbacks
 *
 * A *handler* is the user function of a struct kplug_handler. It runs in the thread that
 * takes the event. A *callback* is the function of kplug_listen(). It runs in the
 * library's thread. The library holds no lock meanwhile, so both may call its functions,
 * and so may other threads. A function that would have to wait for its own caller fails
 * instead:
 *
 * In a handler, kplug_wait(), kplug_read(), kplug_close(), and kplug_detach() of a vector
 * whose handler is running, fail with -EDEADLK. kplug_next() finds no event.
 *
 * In a callback, and in a handler that runs in the thread of kplug_listen(),
 * kplug_unlisten() and kplug_close() fail with -EDEADLK, and kplug_listen() fails with
 * -EALREADY.
 *
 * These rules apply to the device of the handler or callback. Functions work on all other
 * devices. A handler or callback must neither end its thread nor leave with longjmp(3).
 */

#include <kplug/device.h>
#include <kplug/registers.h>
#include <kplug/events.h>
#include <kplug/recipe.h>
#include <kplug/call.h>
#include <kplug/dma.h>
#include <kplug/statistics.h>
#include <kplug/admin.h>

#endif /* KPLUG_H */
