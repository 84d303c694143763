// SPDX-License-Identifier: GPL-2.0
/* A timer that raises interrupts at a given rate, as a device does on its own. */
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/prandom.h>

#include "compat.h"
#include "null.h"

/* Left to other work on this CPU, however high the rate: a time, and a share. */
#define REST_NS    5000
#define REST_TIMES 4 /* as long as the interrupt took, which may be slow to handle */
#define SEED       1

static DEFINE_MUTEX(lock); /* serializes start and stop */
static struct kplug_client *owner;

/* Set before the timer starts; afterwards only the timer writes them. */
static struct hrtimer timer;
static struct kplug_device *device;
static struct null_rate rate;
static struct rnd_state random;
static u64 raised;

static u64 next_interval(void)
{
	if (!rate.random)
		return rate.interval_ns;
	return mul_u64_u32_shr(2 * rate.interval_ns, prandom_u32_state(&random), 32);
}

/* Interrupts that are overdue already are merged into the one just fired. */
static ktime_t skip(ktime_t due, ktime_t now)
{
	u64 late = now > due ? div64_u64(now - due, rate.interval_ns) : 0;

	late = min(late, rate.count - raised);
	WRITE_ONCE(raised, raised + late);
	return ktime_add_ns(due, late * rate.interval_ns);
}

static enum hrtimer_restart fire(struct hrtimer *unused)
{
	ktime_t due = hrtimer_get_expires(&timer), began = ktime_get(), ended, soonest;

	kplug_virtual_fire(device, rate.vector);
	WRITE_ONCE(raised, raised + 1);
	ended = ktime_get();
	soonest = ktime_add_ns(ended, max_t(s64, REST_NS, REST_TIMES * ktime_sub(ended, began)));
	due = ktime_add_ns(skip(due, soonest), next_interval());
	hrtimer_set_expires(&timer, max(due, soonest));
	return raised < rate.count ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static bool valid(const struct null_rate *wanted)
{
	return wanted->vector < NULL_VECTORS && wanted->random <= 1 &&
	       wanted->interval_ns >= NULL_MIN_INTERVAL &&
	       wanted->interval_ns <= NULL_MAX_INTERVAL && wanted->count <= NULL_MAX_COUNT;
}

static void start(struct kplug_client *client, const struct null_rate *wanted)
{
	owner = client;
	device = kplug_client_device(client);
	rate = *wanted;
	prandom_seed_state(&random, SEED);
	WRITE_ONCE(raised, 0);
	hrtimer_start(&timer, ns_to_ktime(next_interval()), HRTIMER_MODE_REL_HARD);
}

long null_timer_rate(struct kplug_client *client, const struct null_rate *wanted)
{
	long err = 0;

	if (!wanted->count) {
		null_timer_close(client);
		return 0;
	}
	if (!valid(wanted))
		return -EINVAL;
	mutex_lock(&lock);
	if (hrtimer_active(&timer))
		err = -EBUSY;
	else
		start(client, wanted);
	mutex_unlock(&lock);
	return err;
}

void null_timer_raised(struct null_raised *answer)
{
	answer->running = hrtimer_active(&timer);
	/* In this order: a timer that does not run has counted everything. */
	smp_rmb();
	answer->raised = READ_ONCE(raised);
}

void null_timer_close(struct kplug_client *client)
{
	mutex_lock(&lock);
	if (owner == client) {
		hrtimer_cancel(&timer);
		owner = NULL;
	}
	mutex_unlock(&lock);
}

void null_timer_stop(void)
{
	mutex_lock(&lock);
	hrtimer_cancel(&timer);
	owner = NULL;
	mutex_unlock(&lock);
}

void null_timer_init(void)
{
	null_compat_timer_setup(&timer, fire);
}
