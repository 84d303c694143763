// SPDX-License-Identifier: MIT
/* A thread that takes the events and calls the program back. */
#include "private.h"

#include <errno.h>
#include <signal.h>

#define BATCH 16

static void *listen_thread(void *arg)
{
	struct kplug_private *p = arg;
	struct kplug_listener *listener = &p->listener;
	struct kplug_event events[BATCH];
	int i, got;

	do {
		got = kplug_ring_wait(&p->pub, events, BATCH, -1,
				      listener->stop_fd);
		for (i = 0; i < got; i++)
			listener->callback(&p->pub, &events[i], listener->ctx);
	} while (got >= 0);
	return NULL;
}

/* Signals are the program's: none is delivered to the library's thread. */
static int start_thread(struct kplug_private *p)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&p->listener.thread, NULL, listen_thread, p);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -err;
}

static void close_stop_fd(struct kplug_listener *listener)
{
	kplug_sys_close(listener->stop_fd);
	listener->stop_fd = -1;
}

int kplug_listen(struct kplug *k,
		 void (*callback)(struct kplug *k,
				  const struct kplug_event *event, void *ctx),
		 void *ctx)
{
	struct kplug_private *p = kplug_private(k);
	struct kplug_listener *listener = &p->listener;
	int err;

	if (listener->stop_fd >= 0)
		return -EALREADY;
	if (!p->ring_size)
		return -EBADFD;
	err = kplug_sys_eventfd();
	if (err < 0)
		return err;
	listener->stop_fd = err;
	listener->callback = callback;
	listener->ctx = ctx;
	err = start_thread(p);
	if (err)
		close_stop_fd(listener);
	return err;
}

int kplug_unlisten(struct kplug *k)
{
	struct kplug_listener *listener = &kplug_private(k)->listener;
	const uint64_t one = 1;

	if (listener->stop_fd < 0)
		return -EBADFD;
	if (pthread_equal(pthread_self(), listener->thread))
		return -EDEADLK;
	kplug_sys_write(listener->stop_fd, &one, sizeof(one));
	pthread_join(listener->thread, NULL);
	close_stop_fd(listener);
	return 0;
}
