// SPDX-License-Identifier: MIT
/* A thread that takes the events and calls the program's callback. */
#include "private.h"

#include <errno.h>
#include <signal.h>

/*
 * Takes one event at a time: every event taken is delivered, and between two events the
 * thread checks whether it has to stop. A signal does not stop it: glibc's setuid() sends one
 * to every thread, and no thread can block it.
 */
static void *listen_thread(void *arg)
{
	struct kplug_private *p = arg;
	const struct kplug_listener *listener = &p->listener;
	struct kplug_event event;
	struct kplug_run run;
	int got;

	kplug_run_enter(&run, &p->pub, NULL);
	do {
		got = kplug_ring_wait(&p->pub, &event, 1, -1, listener);
		if (got == 1)
			listener->callback(&p->pub, &event, listener->ctx);
	} while (got >= 0 || got == -EINTR);
	kplug_run_leave(&run);
	return NULL;
}

/* Blocks all signals in the new thread: they are for the program's own threads. */
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

static int listen_locked(struct kplug *k)
{
	struct kplug_private *p = kplug_private(k);
	struct kplug_listener *listener = &p->listener;
	int err;

	if (listener->stop_fd >= 0)
		return kplug_refuse(k, -EALREADY, LISTENS);
	if (!p->ring_size)
		return kplug_refuse(k, -ENOTCONN, NO_RING);
	err = kplug_sys_eventfd();
	if (err < 0)
		return kplug_failed(k, 0, err);
	listener->stop_fd = err;
	__atomic_store_n(&listener->stop, 0, __ATOMIC_RELAXED);
	err = start_thread(p);
	if (!err)
		return 0;
	close_stop_fd(listener);
	return kplug_failed(k, 0, err);
}

int kplug_listen(struct kplug *k,
		 void (*callback)(struct kplug *k, const struct kplug_event *event, void *ctx),
		 void *ctx)
{
	struct kplug_listener *listener = &kplug_private(k)->listener;
	int err;

	if (kplug_run_listener(k))
		return kplug_refuse(k, -EALREADY, LISTENS);
	pthread_mutex_lock(&listener->lock);
	if (listener->stop_fd < 0) {
		listener->callback = callback;
		listener->ctx = ctx;
	}
	err = listen_locked(k);
	pthread_mutex_unlock(&listener->lock);
	return err;
}

static void stop_thread(struct kplug_listener *listener)
{
	const uint64_t one = 1;

	__atomic_store_n(&listener->stop, 1, __ATOMIC_RELAXED);
	kplug_sys_write(listener->stop_fd, &one, sizeof(one));
	pthread_join(listener->thread, NULL);
	close_stop_fd(listener);
}

/* Returns whether there was a thread to stop. */
int kplug_listen_stop(struct kplug *k)
{
	struct kplug_listener *listener = &kplug_private(k)->listener;
	int listens;

	pthread_mutex_lock(&listener->lock);
	listens = listener->stop_fd >= 0;
	if (listens)
		stop_thread(listener);
	pthread_mutex_unlock(&listener->lock);
	return listens;
}

int kplug_unlisten(struct kplug *k)
{
	if (kplug_run_listener(k))
		return kplug_refuse(k, -EDEADLK, "the thread that listens would wait for itself");
	if (kplug_listen_stop(k))
		return 0;
	return kplug_refuse(k, -ENOTCONN, "this program does not listen");
}
