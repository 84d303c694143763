// SPDX-License-Identifier: MIT
/*
 * The states of a transaction. A task that executes, polls, stops or releases it, an interrupt that
 * completes a chunk (with a bogus length, twice, or late), a plugin that refuses one, a pause, and
 * memory that is withdrawn: each changes what it shares with the others only as check_change()
 * allows, from any state in which they may have left it. So whatever their order and number, each
 * run ends once, with one event, after its last user; the queue counts its runs; no op of the
 * plugin is called with the lock held; and a released transaction does not run.
 */
#include "core.h"

#include "dma/queue.c"

#include "dma/execute.c"

#include "dma/stop.c"

#define SEGMENTS 2

ANY(int, any_int)

static struct kplug_registration registration;
static struct kplug_dma_mapping mapping;
static struct kplug_device device;
struct kplug_client one_client;
struct transaction one_transaction;
static struct kplug_dma_segment segments[SEGMENTS], room[SEGMENTS];
static unsigned int others_running; /* other transactions in the engine */

static unsigned int sent; /* events of the run, under this lock */

/* What the task found when it took the lock. */
static struct {
	enum state state;
	unsigned int holds, run, running;
} before;

/* What the task that is looked at has to do before the run may go on. */
static struct {
	bool claims; /* it prepares the run */
	bool stops; /* it has stopped the run, and concludes it */
	bool ends; /* it is the last user */
	unsigned int holds;
} task;

int any_errno(void)
{
	int err = any_int();

	assume(err <= 0 && err > -4096);
	return err;
}

static bool is_active(enum state state)
{
	return state == RUNNING || state == STOPPING || state == ENDING;
}

/* The hold of a chunk that the device has, or of the task that stops it. */
static unsigned int device_holds(const struct transaction *t)
{
	return t->state == RUNNING || t->state == STOPPING;
}

static bool are_chunks_valid(const struct transaction *t)
{
	const struct kplug_dma_chunks *c = &t->chunks;

	return c->left <= t->dma.length &&
	       (!c->left ||
		(c->index < SEGMENTS && c->skip < segments[c->index].length &&
		 c->left <= (c->index ? 0 : segments[0].length) + segments[1].length - c->skip));
}

/* What holds of a transaction whenever the lock is free. */
static bool is_valid(const struct transaction *t)
{
	if (t->holds < device_holds(t) || t->state > RELEASED)
		return false;
	if (t->state == QUEUED)
		return !t->holds && !t->bytes && t->chunks.left == t->dma.length &&
		       are_chunks_valid(t);
	if (!is_active(t->state))
		return !t->holds;
	if (!are_chunks_valid(t))
		return false;
	if (t->state == RUNNING && !t->dma.chunk.length)
		return false;
	/* Its next chunk is put off. */
	if (t->state == RUNNING && t->completed)
		return t->chunks.left && t->bytes + t->chunks.left <= t->dma.length;
	if (t->state != ENDING && !t->completed)
		return t->bytes + t->dma.chunk.length + t->chunks.left <= t->dma.length;
	return t->bytes <= t->dma.length;
}

/* Others leave alone what the task has begun. */
static bool is_respected(const struct transaction *t)
{
	if (task.claims && t->state != CLAIMED)
		return false;
	if (task.stops && t->state != STOPPING)
		return false;
	if (task.ends && (t->state != ENDING || t->holds))
		return false;
	return t->holds >= device_holds(t) + task.holds;
}

static bool is_put_off(const struct transaction *t)
{
	return t->state == RUNNING && t->completed;
}

static void put_into_lists(void)
{
	INIT_LIST_HEAD(&device.dma.waiting);
	INIT_LIST_HEAD(&device.dma.later);
	one_transaction.node.in = NULL;
	if (one_transaction.state == QUEUED)
		list_add_tail(&one_transaction.node, &device.dma.waiting);
	else if (is_put_off(&one_transaction))
		list_add_tail(&one_transaction.node, &device.dma.later);
}

void others_acted(void)
{
	const bool mine = task.claims || task.ends;

	one_transaction.state = any_u8();
	one_transaction.holds = any_u32();
	one_transaction.run = any_u32();
	one_transaction.completed = any_bool();
	if (!mine) {
		one_transaction.dma.length = any_u16();
		one_transaction.dma.chunk.length = any_u16();
		one_transaction.chunks.index = any_u8();
		one_transaction.chunks.skip = any_u16();
		one_transaction.chunks.left = any_u16();
		one_transaction.bytes = any_u16();
		one_transaction.status = any_errno();
	}
	assume(one_transaction.dma.length && one_transaction.dma.length <= 2 * UINT16_MAX);
	assume(one_transaction.holds <= UINT16_MAX);
	assume(is_valid(&one_transaction) && is_respected(&one_transaction));
	others_running = any_u16();
	device.dma.running = others_running + is_active(one_transaction.state);
	device.dma.held = any_bool();
	device.num_revoked.counter = any_u8();
	put_into_lists();
	before.state = one_transaction.state;
	before.holds = one_transaction.holds;
	before.run = one_transaction.run;
	before.running = device.dma.running;
	sent = 0;
}

/* The changes that a task may make, and what it owes then. */
static void check_transition(void)
{
	const enum state from = before.state, to = one_transaction.state;
	const bool last = to == ENDING && !one_transaction.holds && !task.ends;
	/* A run that is over may have ended under the same lock. */
	const bool over = to == IDLE && is_active(from) && !task.ends;

	if (from == to) {
		if (one_transaction.holds > before.holds) {
			prove(to == RUNNING, "only what runs gets users");
			task.holds++;
		} else if (one_transaction.holds < before.holds) {
			prove(task.holds && one_transaction.holds + 1 == before.holds,
			      "its own hold");
			task.holds--;
			task.ends = last;
		}
		return;
	}
	switch (from) {
	case IDLE:
		prove(to == CLAIMED || to == RELEASED, "idle: claimed or released");
		task.claims = to == CLAIMED;
		prove(one_transaction.run == before.run + (to == CLAIMED), "a run has its number");
		break;
	case CLAIMED:
		prove(task.claims && (to == QUEUED || to == RUNNING || to == IDLE),
		      "claimed: queued, run or given up");
		task.claims = false;
		task.holds += to == RUNNING;
		break;
	case QUEUED:
		prove(to == RUNNING || (to == ENDING && device.dma.stop_lock.held),
		      "queued: taken, or stopped");
		task.holds++;
		break;
	case RUNNING:
		prove(to == ENDING || over || (to == STOPPING && device.dma.stop_lock.held),
		      "running: ended, or stopped");
		if (to == STOPPING) {
			task.stops = true;
			prove(one_transaction.holds == before.holds, "stopping takes no hold");
			break;
		}
		prove(one_transaction.holds < before.holds &&
			      one_transaction.holds + 2 >= before.holds,
		      "holds dropped");
		if (one_transaction.holds + 2 == before.holds) {
			prove(task.holds, "its own hold");
			task.holds--;
		}
		task.ends = last;
		break;
	case STOPPING:
		prove(task.stops && to == ENDING && one_transaction.holds == before.holds,
		      "stopping: concluded by the task that stops it");
		task.stops = false;
		task.holds++;
		break;
	case ENDING:
		prove(to == IDLE && (task.ends || (task.holds && before.holds == 1)),
		      "ending: over, after the last user");
		task.holds -= over;
		task.ends = false;
		break;
	default:
		prove(false, "a released one does not change");
	}
}

void check_change(void)
{
	prove(sent == (is_active(before.state) && one_transaction.state == IDLE),
	      "one event for each run");
	check_transition();
	prove(is_valid(&one_transaction), "valid");
	prove(device.dma.running ==
		      before.running + is_active(one_transaction.state) - is_active(before.state),
	      "active ones are counted");
	prove((one_transaction.node.in == &device.dma.waiting) == (one_transaction.state == QUEUED),
	      "what is queued waits");
	prove((one_transaction.node.in == &device.dma.later) == is_put_off(&one_transaction),
	      "what is put off goes on");
}

/* The plugin */
static void free_to_call(void)
{
	prove(!device.dma.lock.held, "no op with the lock held");
}

int plugin_check(struct kplug_dma *dma)
{
	free_to_call();
	prove(to_transaction(dma)->state == CLAIMED && task.claims, "checked while it is claimed");
	return any_errno();
}

int plugin_program(struct kplug_dma *dma)
{
	free_to_call();
	(void)dma;
	prove(task.holds, "it cannot end meanwhile");
	return any_errno();
}

void plugin_commit(struct kplug_device *dev)
{
	free_to_call();
	(void)dev;
	prove(task.holds, "it cannot end meanwhile");
}

static void complete(void)
{
	kplug_dma_done(&one_transaction.dma, any_u64(), any_errno());
}

void plugin_poll(struct kplug_dma *dma)
{
	free_to_call();
	(void)dma;
	prove(task.holds, "it cannot end meanwhile");
}

void plugin_abort(struct kplug_dma *dma)
{
	free_to_call();
	(void)dma;
	prove(task.stops, "it ends after this");
}

void plugin_done(struct kplug_dma *dma, int status)
{
	free_to_call();
	(void)dma, (void)status;
	prove(task.ends, "once, after the last user");
}

/* The rest of the core */
unsigned int kplug_channel_reserve(struct kplug_client *c, unsigned int num)
{
	(void)c;
	prove(task.claims, "room for the event of this run");
	return any_bool() ? num : 0;
}

u64 kplug_channel_now(void)
{
	return any_u64();
}

bool kplug_channel_put_reserved(struct kplug_client *c, u64 now, u16 type, const u64 *data,
				unsigned int words)
{
	(void)c, (void)now, (void)type, (void)words;
	prove(device.dma.lock.held && one_transaction.state == ENDING && !one_transaction.holds,
	      "after the last user");
	prove(data[2] <= one_transaction.dma.length, "the bytes of this run");
	sent++;
	return any_bool();
}

void kplug_channel_wake(struct kplug_client *c)
{
	(void)c;
	free_to_call();
}

/* As kplug_dma_transaction_cut(). */
int kplug_dma_transaction_cut(struct transaction *t, u64 offset, u64 length)
{
	return kplug_dma_chunks_seek(&t->chunks, offset, length);
}

struct transaction *kplug_dma_transaction_find(struct kplug_client *c, u32 id)
{
	(void)c, (void)id;
	return &one_transaction;
}

void kplug_dma_transaction_put(struct transaction *t)
{
	(void)t;
}

void kplug_dma_watchdog_watch(struct kplug_dma_queue *q, unsigned long deadline)
{
	(void)q, (void)deadline;
	free_to_call();
}

void kplug_vector_synchronize(struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
}

static void set_up(void)
{
	registration.ops.dma_check = any_bool();
	registration.ops.dma_poll = any_bool();
	registration.ops.dma_done = any_bool();
	registration.ops.dma_commit = any_bool();
	device.plugin = &registration;
	INIT_LIST_HEAD(&device.clients);
	list_add_tail(&one_client.node, &device.clients);
	one_client.dev = &device;
	one_client.closing = any_bool();
	one_client.revoked = any_bool();
	mapping.revoked = any_bool();
	kplug_dma_queue_init(&device);
	kplug_dma_stop_init(&device);
	device.dma.engine.depth = any_u16();
	segments[0].length = any_u16();
	segments[1].length = any_u16();
	assume(segments[0].length && segments[1].length);
	one_transaction.id = 1;
	one_transaction.length = segments[0].length + segments[1].length;
	one_transaction.mapping = &mapping;
	one_transaction.dma.device = &device;
	one_transaction.dma.client = &one_client;
	one_transaction.dma.chunk.segments = room;
	one_transaction.chunks.segments = segments;
	one_transaction.chunks.num = SEGMENTS;
	one_transaction.chunks.max_chunk = any_u16();
	one_transaction.chunks.max_segments = any_bool() ? 1 : 2;
	assume(one_transaction.chunks.max_chunk);
	others_acted();
}

/* A task has given back all that it took. */
static void owes_nothing(void)
{
	prove(!task.claims && !task.stops && !task.ends && !task.holds, "it owes nothing");
	prove(!device.dma.lock.held && !device.lock.held && !device.dma.stop_lock.held,
	      "it holds no lock");
}

void prove_complete(void)
{
	set_up();
	complete();
	owes_nothing();
}

/* prove_pump() has the rest: between two tasks the others may do what it does. */
static void pump_starts_nothing(void)
{
	pumps = false;
}

static struct kplug_dma_execution any_execution(void)
{
	return (struct kplug_dma_execution){
		.id = 1,
		.offset = any_u64(),
		.length = any_u64(),
		.poll_us = any_u32(),
	};
}

void prove_execute(void)
{
	const struct kplug_dma_execution e = any_execution();

	set_up();
	pump_starts_nothing();
	kplug_dma_execute(&one_client, &e);
	owes_nothing();
}

void prove_execute_polled(void)
{
	const struct kplug_dma_execution e = any_execution();

	set_up();
	pump_starts_nothing();
	execute_polled(&one_client, &e);
	owes_nothing();
}

void prove_pump(void)
{
	set_up();
	kplug_dma_queue_pump(&device);
	owes_nothing();
}

void prove_abort(void)
{
	set_up();
	kplug_dma_stop_one(&one_client, 1);
	owes_nothing();
}

void prove_stop(void)
{
	set_up();
	kplug_dma_stop_client(&one_client, -ECANCELED);
	owes_nothing();
}

/* A pause of the device. */
void prove_pause(void)
{
	set_up();
	mutex_lock(&device.lock);
	kplug_dma_queue_hold(&device);
	mutex_unlock(&device.lock);
	kplug_dma_stop_running(&device);
	mutex_lock(&device.lock);
	kplug_dma_queue_resume(&device);
	mutex_unlock(&device.lock);
	owes_nothing();
}

/* Memory is withdrawn from its mapping: after what runs, as in a pause, what waits is stopped. */
void prove_withdraw(void)
{
	set_up();
	kplug_dma_stop_all(&device, is_revoked, -ENODEV);
	owes_nothing();
}
