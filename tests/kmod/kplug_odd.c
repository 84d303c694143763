// SPDX-License-Identifier: GPL-2.0
/* Test plugin for edu with the faults that its module parameters select. */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>

#include <kplug/plugin.h>
#include <kplug/plugin_dma.h>

#include "../../plugins/edu/edu_regs.h"
#include "kplug_odd.h"

static_assert(ODD_NO_THREAD == KPLUG_PLUGIN_NO_THREAD &&
	      ODD_DEFER_SLEEPS == KPLUG_PLUGIN_DEFER_SLEEPS &&
	      ODD_ALLOW_CALLS == KPLUG_PLUGIN_ALLOW_CALLS &&
	      ODD_ALLOW_EVENTS == KPLUG_PLUGIN_ALLOW_EVENTS &&
	      ODD_ALLOW_SHM == KPLUG_PLUGIN_ALLOW_SHM);
static_assert(ODD_RESET_PREPARE == KPLUG_DEVICE_RESET_PREPARE &&
	      ODD_RESET_DONE == KPLUG_DEVICE_RESET_DONE && ODD_ERROR == KPLUG_DEVICE_ERROR &&
	      ODD_RECOVERED == KPLUG_DEVICE_RECOVERED && ODD_SUSPEND == KPLUG_DEVICE_SUSPEND &&
	      ODD_RESUME == KPLUG_DEVICE_RESUME && ODD_FROZEN == KPLUG_DEVICE_FROZEN);

/* Registration. */
static char *name = "odd";
module_param(name, charp, 0444);
static uint flags = KPLUG_PLUGIN_NO_THREAD;
module_param(flags, uint, 0444);
static bool take_edu;
module_param(take_edu, bool, 0444);
MODULE_PARM_DESC(take_edu, "bind to edu devices automatically");
static char *defect = "none";
module_param(defect, charp, 0444);
MODULE_PARM_DESC(defect, "none, old_abi, new_abi, fewer_ops, zero_op, unknown_op, no_abort, "
			 "no_ops, no_name, unknown_flag, max_in, max_out, window_*, first_abi");
static char *virtual = "";
module_param(virtual, charp, 0444);
MODULE_PARM_DESC(virtual, "create a virtual device with this name");
static uint virtual_vectors = 1;
module_param(virtual_vectors, uint, 0444);

static bool windows;
module_param(windows, bool, 0444);
MODULE_PARM_DESC(windows, "give restricted clients windows on some registers of edu");

static uint window_region = EDU_REGION, window_page;
module_param(window_region, uint, 0444);
module_param(window_page, uint, 0444);
MODULE_PARM_DESC(window_page, "page of the windows, for a device other than edu");

static uint num_vectors;
module_param(num_vectors, uint, 0444);
static bool event_vectors;
module_param(event_vectors, bool, 0444);
MODULE_PARM_DESC(event_vectors, "restricted clients receive events of vector 1 only");

/* The results of the ops; may change at any time. */
static int attach_error, open_error, arm_error;
module_param(attach_error, int, 0644);
module_param(open_error, int, 0644);
module_param(arm_error, int, 0644);

/* The handler. */
static bool ack = true;
module_param(ack, bool, 0644);
static uint verdict = KPLUG_HANDLED | KPLUG_NOTIFY;
module_param(verdict, uint, 0644);
static uint captures = 1;
module_param(captures, uint, 0644);
static uint busy_us;
module_param(busy_us, uint, 0644);
static uint deferred_ms;
module_param(deferred_ms, uint, 0644);
MODULE_PARM_DESC(deferred_ms,
		 "how long the deferred handler sleeps; needs KPLUG_PLUGIN_DEFER_SLEEPS");
static uint event_ms;
module_param(event_ms, uint, 0644);
MODULE_PARM_DESC(event_ms, "how long it sleeps when it heard of an event of its device");
static uint deferred_busy_us;
module_param(deferred_busy_us, uint, 0644);

static uint dma_length;
module_param(dma_length, uint, 0444);
MODULE_PARM_DESC(dma_length, "bytes of coherent memory while attached");
static uint dma_bits;
module_param(dma_bits, uint, 0444);
MODULE_PARM_DESC(dma_bits, "width of DMA addresses; 0 to set no limits");
static bool dma_idle;
module_param(dma_idle, bool, 0644);
MODULE_PARM_DESC(dma_idle, "each open reports that the engine is idle");

static bool engine;
module_param(engine, bool, 0444);
MODULE_PARM_DESC(engine, "run transactions, whose chunks end as ODD_CALL_DONE says");
static bool at_once;
module_param(at_once, bool, 0444);
MODULE_PARM_DESC(at_once, "the engine ends each chunk at once, and interrupts");
static uint depth = 1, most_at_once;
module_param(depth, uint, 0444);
MODULE_PARM_DESC(depth, "of the engine");
static uint commits;
module_param(commits, uint, 0644);
MODULE_PARM_DESC(commits, "calls of dma_commit");
module_param(most_at_once, uint, 0444);
MODULE_PARM_DESC(most_at_once, "the most chunks that one interrupt has ended");

/* By the clock: udelay() counts loops, whose speed a loaded emulator measures wrong at boot. */
static void be_busy(unsigned int us)
{
	u64 end = ktime_get_mono_fast_ns() + us * NSEC_PER_USEC;

	while (ktime_get_mono_fast_ns() < end)
		cpu_relax();
}

/* A write keeps its processor busy for this time. */
static int set_irqs_off(const char *text, const struct kernel_param *parameter)
{
	unsigned long flags;
	unsigned int us;
	int err = kstrtouint(text, 0, &us);

	if (err)
		return err;
	local_irq_save(flags);
	be_busy(us);
	local_irq_restore(flags);
	return 0;
}

static const struct kernel_param_ops irqs_off_ops = { .set = set_irqs_off };
module_param_cb(irqs_off_us, &irqs_off_ops, NULL, 0200);

/* Calls that sleep until all are woken, and ignore removal and closing. */
static bool heeds_closing = true;
module_param(heeds_closing, bool, 0444);
MODULE_PARM_DESC(heeds_closing, "wake the calls of a client that leaves");
static uint sleepers, closings, woken;
module_param(sleepers, uint, 0444);
module_param(closings, uint, 0444);
static DECLARE_WAIT_QUEUE_HEAD(sleep_queue);

static void wake_sleepers(void)
{
	WRITE_ONCE(woken, woken + 1);
	wake_up_all(&sleep_queue);
}

static int set_wake(const char *text, const struct kernel_param *parameter)
{
	wake_sleepers();
	return 0;
}

static const struct kernel_param_ops wake_ops = { .set = set_wake };
module_param_cb(wake, &wake_ops, NULL, 0200);

static long call_sleep(void)
{
	unsigned int before = READ_ONCE(woken);
	int err;

	sleepers++;
	err = wait_event_killable(sleep_queue, READ_ONCE(woken) != before);
	sleepers--;
	return err ? -EINTR : 0;
}

static void odd_closing(struct kplug_client *client)
{
	closings++;
	if (heeds_closing)
		wake_sleepers();
}

/* The present numbers: every op must be followed by its opposite. */
static atomic_t attached, opened, armed;

/* Of a device. */
struct memory {
	void *at;
	dma_addr_t address;
};

static int take_memory(struct kplug_device *dev)
{
	struct memory *memory = kzalloc(sizeof(*memory), GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	memory->at = kplug_dma_alloc(dev, dma_length, &memory->address);
	if (!memory->at) {
		kfree(memory);
		return -ENOMEM;
	}
	kplug_set_priv(dev, memory);
	return 0;
}

static void give_memory_back(struct kplug_device *dev)
{
	struct memory *memory = kplug_priv(dev);

	if (memory)
		kplug_dma_free(dev, dma_length, memory->at, memory->address);
	kfree(memory);
}

static int odd_attach(struct kplug_device *dev)
{
	const struct kplug_dma_limits limits = { .address_bits = dma_bits };
	const struct kplug_dma_engine limits_of_engine = { .depth = depth };
	int err = attach_error;

	if (!err && dma_bits)
		err = kplug_dma_set_limits(dev, &limits);
	if (!err && engine)
		err = kplug_dma_set_engine(dev, &limits_of_engine);
	if (!err && dma_length)
		err = take_memory(dev);
	if (err)
		return err;
	atomic_inc(&attached);
	return 0;
}

static void odd_detach(struct kplug_device *dev)
{
	give_memory_back(dev);
	atomic_dec(&attached);
}

static int odd_open(struct kplug_client *client)
{
	if (open_error)
		return open_error;
	if (dma_idle)
		kplug_dma_idle(kplug_client_device(client));
	atomic_inc(&opened);
	return 0;
}

static struct kplug_dma_mapping *kept; /* for one client */

static void odd_close(struct kplug_client *client)
{
	if (kept)
		kplug_dma_mapping_put(kept);
	kept = NULL;
	atomic_dec(&opened);
}

/* Uses of a program's mapping in a plugin. */
static long look_at_mapping(struct kplug_client *client, const void *in, size_t in_len, void *out,
			    size_t out_len)
{
	struct odd_mapping *answer = out;
	enum kplug_dma_direction direction;
	const struct kplug_dma_segment *segments;
	struct kplug_dma_mapping *mapping;
	u32 i, num;
	int err;

	if (in_len != sizeof(*answer) || out_len != sizeof(*answer))
		return -EINVAL;
	memcpy(answer, in, in_len);
	mapping = kplug_dma_mapping_get(client, answer->id);
	if (!mapping)
		return -ENOENT;
	segments = kplug_dma_mapping_segments(mapping, &num, &direction);
	answer->num_segments = num;
	answer->direction = direction;
	answer->length = 0;
	for (i = 0; i < num; i++)
		answer->length += segments[i].length;
	err = kplug_dma_mapping_sync(mapping, KPLUG_DMA_SYNC_FOR_DEVICE, 1, answer->length - 1) ?:
		      kplug_dma_mapping_sync(mapping, KPLUG_DMA_SYNC_FOR_CPU, 0, 0);
	if (!err &&
	    kplug_dma_mapping_sync(mapping, KPLUG_DMA_SYNC_FOR_CPU, 1, answer->length) != -EINVAL)
		err = -EBADE;
	if (answer->keep && !kept)
		kept = mapping;
	else
		kplug_dma_mapping_put(mapping);
	return err ?: out_len;
}

#define MAX_DEPTH 8

/* An engine that touches no memory: the program, or an interrupt, says what it did. */
static struct kplug_dma *in_engine[MAX_DEPTH];

static int odd_dma_program(struct kplug_dma *dma)
{
	unsigned int i;

	for (i = 0; i < MAX_DEPTH; i++)
		if (!cmpxchg(&in_engine[i], NULL, dma))
			break;
	if (i == MAX_DEPTH)
		return -EBUSY;
	if (at_once)
		kplug_write32(kplug_io(dma->device), EDU_REGION, EDU_IRQ_RAISE, 1);
	return 0;
}

static void odd_dma_commit(struct kplug_device *dev)
{
	WRITE_ONCE(commits, commits + 1);
}

static void odd_dma_abort(struct kplug_dma *dma)
{
	unsigned int i;

	for (i = 0; i < MAX_DEPTH; i++)
		cmpxchg(&in_engine[i], dma, NULL);
}

/* As a handler does that loops until its device has finished nothing more. */
static void end_all_at_once(void)
{
	unsigned int i, ended = 0, all;
	struct kplug_dma *dma;

	do {
		all = ended;
		for (i = 0; i < MAX_DEPTH; i++) {
			dma = xchg(&in_engine[i], NULL);
			if (!dma)
				continue;
			kplug_dma_done(dma, dma->chunk.length, 0);
			ended++;
		}
	} while (ended != all);
	if (ended > most_at_once)
		most_at_once = ended;
}

static long done_with_chunk(const void *in, size_t in_len)
{
	const struct odd_done *report = in;
	struct kplug_dma *dma;

	if (in_len != sizeof(*report))
		return -EINVAL;
	dma = xchg(&in_engine[0], NULL);
	if (!dma)
		return -ENOENT;
	kplug_dma_done(dma, report->bytes, report->status);
	return 0;
}

static int odd_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	if (arm_error)
		return arm_error;
	atomic_inc(&armed);
	return 0;
}

static void odd_disarm(struct kplug_device *dev, struct kplug_irq *irq)
{
	atomic_dec(&armed);
	kplug_write32(irq->io, EDU_REGION, EDU_IRQ_ACK, ~0u);
}

static unsigned int handled;

static unsigned int odd_hard(struct kplug_irq *irq)
{
	u32 status = kplug_read32(irq->io, EDU_REGION, EDU_IRQ_STATUS);
	unsigned int i;

	WRITE_ONCE(handled, handled + 1);
	if (!status)
		return KPLUG_NONE;
	if (busy_us)
		be_busy(busy_us);
	if (ack)
		kplug_write32(irq->io, EDU_REGION, EDU_IRQ_ACK, status);
	if (at_once)
		end_all_at_once();
	for (i = 0; i < captures; i++)
		kplug_capture(irq, status + i);
	return verdict;
}

static void odd_deferred(struct kplug_irq *irq, unsigned int coalesced)
{
	u64 word = coalesced;

	if (deferred_ms && (flags & KPLUG_PLUGIN_DEFER_SLEEPS))
		msleep(deferred_ms);
	be_busy(deferred_busy_us);
	kplug_event_post(kplug_irq_device(irq), irq->vector, ODD_EVENT_DEFERRED, &word, 1);
}

static long echo(const void *in, size_t in_len, void *out, size_t out_len)
{
	memcpy(out, in, min(in_len, out_len));
	return in_len;
}

static long transfer(struct kplug_device *dev, const void *in, size_t in_len, void *out,
		     size_t out_len)
{
	struct kplug_transfer *list = out;
	unsigned int i, done, num = in_len / sizeof(*list);
	int err;

	if (out_len < in_len)
		return -EINVAL;
	memcpy(list, in, in_len);
	for (i = 0; i < num; i++)
		if (list[i].buffer)
			return -EINVAL;
	err = kplug_transfer(dev, list, num, &done);
	return err ?: done * sizeof(*list);
}

/* The answer is the buffer, so the transfer must fit it. */
static long block(struct kplug_device *dev, const void *in, size_t in_len, void *out,
		  size_t out_len)
{
	const struct kplug_transfer *t = in;
	long err;

	if (in_len != sizeof(*t) || out_len != (u64)t->count * t->width)
		return -EINVAL;
	err = kplug_read_block(kplug_io(dev), t->region, t->offset, t->width, out, t->count,
			       t->flags);
	return err ?: out_len;
}

static long stray(struct kplug_device *dev, void *out, size_t out_len)
{
	if (out_len != sizeof(u32))
		return -EINVAL;
	kplug_write32(kplug_io(dev), 0, ODD_STRAY_OFFSET, 1);
	*(u32 *)out = kplug_read32(kplug_io(dev), 0, ODD_STRAY_OFFSET);
	return out_len;
}

static long odd_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len, void *out,
		     size_t out_len)
{
	struct kplug_device *dev = kplug_client_device(client);

	switch (cmd) {
	case ODD_CALL_ECHO:
		return echo(in, in_len, out, out_len);
	case ODD_CALL_TRANSFER:
		return transfer(dev, in, in_len, out, out_len);
	case ODD_CALL_BLOCK:
		return block(dev, in, in_len, out, out_len);
	case ODD_CALL_MAPPING:
		return look_at_mapping(client, in, in_len, out, out_len);
	case ODD_CALL_STUCK:
		kplug_dma_stuck(dev);
		return 0;
	case ODD_CALL_STRAY:
		return stray(dev, out, out_len);
	case ODD_CALL_SLEEP:
		return call_sleep();
	case ODD_CALL_DONE:
		return done_with_chunk(in, in_len);
	default:
		return -ENOTTY;
	}
}

/* Also during a reset, when programs have to wait; 0 without hardware. */
static u64 read_ids(struct kplug_device *dev)
{
	struct kplug_transfer ids = {
		.op = KPLUG_TRANSFER_READ,
		.region = KPLUG_CONFIG_REGION,
		.width = 4,
		.count = 1,
	};
	unsigned int done;

	return kplug_transfer(dev, &ids, 1, &done) ? 0 : ids.out_value;
}

/* A removal needs no such event. */
static void odd_event(struct kplug_device *dev, enum kplug_device_event event)
{
	u64 words[] = { event, read_ids(dev) };

	if (event != KPLUG_DEVICE_REMOVE)
		kplug_event_post(dev, KPLUG_NO_VECTOR, ODD_EVENT_DEVICE, words, 2);
	if (event_ms)
		msleep(event_ms);
}

static void odd_event_vectors(struct kplug_client *client, unsigned long *vectors)
{
	__set_bit(1, vectors);
}

/* Like a later version of plugin.h. */
static struct {
	struct kplug_plugin_ops known;
	void (*unknown)(void);
} odd_ops = {
	.known = {
		.attach = odd_attach,
		.detach = odd_detach,
		.open = odd_open,
		.close = odd_close,
		.arm = odd_arm,
		.disarm = odd_disarm,
		.hard = odd_hard,
		.deferred = odd_deferred,
		.call = odd_call,
		.event = odd_event,
		.closing = odd_closing,
	},
};

static const struct pci_device_id odd_ids[] = { { PCI_DEVICE(EDU_VENDOR_ID, EDU_DEVICE_ID) }, {} };

static struct kplug_plugin odd_plugin = {
	KPLUG_PLUGIN_INIT,
	.ops = &odd_ops.known,
	.max_in = 1024,
	.max_out = 1024,
};

/* The first page can be read and mapped, and one register written. */
static struct kplug_window odd_windows[] = {
	{ .region = EDU_REGION, .allow = KPLUG_WINDOW_READ, .length = 16 },
	{ .region = EDU_REGION, .allow = KPLUG_WINDOW_WRITE, .offset = EDU_LIVENESS, .length = 4 },
	{ .region = EDU_REGION, .allow = KPLUG_WINDOW_MAP, .length = PAGE_SIZE },
};

static void move_windows(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(odd_windows); i++) {
		odd_windows[i].region = window_region;
		odd_windows[i].offset += (u64)window_page * PAGE_SIZE;
	}
}

static void unknown_op(void)
{
}

static bool is(const char *what)
{
	return !strcmp(defect, what);
}

static int never(struct kplug_dma *dma)
{
	return -EIO;
}

static int put_defect(void)
{
	if (is("old_abi"))
		odd_plugin.abi = KPLUG_PLUGIN_ABI_MIN - 1;
	else if (is("new_abi"))
		odd_plugin.abi = KPLUG_PLUGIN_ABI + 1;
	else if (is("fewer_ops"))
		odd_plugin.ops_size = offsetof(struct kplug_plugin_ops, call);
	else if (is("zero_op") || is("unknown_op"))
		odd_plugin.ops_size = sizeof(odd_ops);
	else if (is("no_abort"))
		odd_ops.known.dma_program = never;
	else if (is("no_ops"))
		odd_plugin.ops = NULL;
	else if (is("no_name"))
		odd_plugin.name = NULL;
	else if (is("unknown_flag"))
		odd_plugin.flags |= 1u << 31;
	else if (is("max_in"))
		odd_plugin.max_in = KPLUG_MAX_MESSAGE + 1;
	else if (is("max_out"))
		odd_plugin.max_out = KPLUG_MAX_MESSAGE + 1;
	else if (is("window_region"))
		odd_windows[0].region = KPLUG_MAX_REGIONS;
	else if (is("window_empty"))
		odd_windows[0].length = 0;
	else if (is("window_end"))
		odd_windows[0].offset = ~0ull;
	else if (is("window_allow"))
		odd_windows[0].allow = 8;
	else if (is("window_page"))
		odd_windows[2].length = 16;
	else if (is("first_abi"))
		odd_plugin.abi = 1;
	else if (!is("none"))
		return -EINVAL;
	if (is("unknown_op"))
		odd_ops.unknown = unknown_op;
	return 0;
}

static struct kplug_device *virtual_device;

static int make_virtual_device(void)
{
	if (!*virtual)
		return 0;
	virtual_device = kplug_virtual_create(virtual, virtual_vectors, &odd_plugin);
	return PTR_ERR_OR_ZERO(virtual_device);
}

/* A write interrupts the virtual device by each of its vectors in turn, all of which are armed. */
static int set_fire(const char *text, const struct kernel_param *parameter)
{
	unsigned int vector, before, spins;

	for (vector = 0; virtual_device && vector < virtual_vectors; vector++) {
		before = READ_ONCE(handled);
		kplug_virtual_fire(virtual_device, vector);
		for (spins = 0; READ_ONCE(handled) == before && spins < 1000000; spins++)
			cpu_relax();
		if (READ_ONCE(handled) == before)
			return -ETIMEDOUT;
	}
	return 0;
}

static const struct kernel_param_ops fire_ops = { .set = set_fire };
module_param_cb(fire, &fire_ops, NULL, 0200);

static int __init odd_init(void)
{
	int err;

	odd_plugin.name = name;
	odd_plugin.flags = flags;
	odd_plugin.num_vectors = num_vectors;
	if (engine) {
		odd_ops.known.dma_program = odd_dma_program;
		odd_ops.known.dma_abort = odd_dma_abort;
		odd_ops.known.dma_commit = odd_dma_commit;
	}
	if (event_vectors)
		odd_ops.known.event_vectors = odd_event_vectors;
	if (windows) {
		move_windows();
		odd_plugin.windows = odd_windows;
		odd_plugin.num_windows = ARRAY_SIZE(odd_windows);
	}
	if (take_edu)
		odd_plugin.pci_ids = odd_ids;
	err = put_defect() ?: kplug_plugin_register(&odd_plugin);
	if (err)
		return err;
	err = make_virtual_device();
	if (err)
		kplug_plugin_unregister(&odd_plugin);
	return err;
}

static void __exit odd_exit(void)
{
	if (virtual_device)
		kplug_virtual_destroy(virtual_device);
	kplug_plugin_unregister(&odd_plugin);
	WARN_ON(atomic_read(&attached) || atomic_read(&opened) || atomic_read(&armed));
}

module_init(odd_init);
module_exit(odd_exit);
MODULE_KPLUG_PLUGIN(odd);

MODULE_DESCRIPTION("kplug test plugin that misbehaves");
MODULE_LICENSE("GPL");
