// SPDX-License-Identifier: MIT
/*
 * The kernel for libkplug on a host without kplug: one device that is much like QEMU's edu. The
 * library is the real one; this file takes the place of its system calls.
 *
 * An open device is an eventfd, which counts while events are there. Memory is memfds.
 */
#include "sys.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <edu/edu_msg.h>
#include <edu/edu_regs.h>
#include <kplug.h>

/* Those of sys.c, which is compiled with other names. */
int host_open(const char *path, int flags, mode_t mode);
int host_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ns);

#define REGION_LENGTH (1u << 20)
#define RING_OFFSET   (1ull << 32)
#define SHM_OFFSET    (2 * RING_OFFSET)
#define MAX_STEPS     KPLUG_MAX_STEPS
#define MAX_OBJECTS   64

static struct {
	pthread_mutex_t lock;
	pthread_cond_t change;
	int fd; /* of the one client; -1: closed */
	int registers, ring, shm; /* memfds */
	uint32_t *place; /* of the registers */
	struct kplug_ring_page *page;
	struct kplug_event *records;
	uint64_t seq, lost;
	uint64_t raised, handled;
	bool removed, attached, armed;
	unsigned int kind;
	struct kplug_step steps[MAX_STEPS];
	unsigned int num_steps;
	int mapped[MAX_OBJECTS]; /* descriptors by the number of the mapping */
	struct kplug_dma_transaction transactions[MAX_OBJECTS];
	struct kplug_dma_transaction_info infos[MAX_OBJECTS];
	unsigned int next;
	unsigned char buffer[EDU_DMA_BUFFER_SIZE];
	int maps, opens; /* that exist */
} card = { .lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER, .fd = -1 };

static int memory(size_t length)
{
	int fd = memfd_create("standin", MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, (off_t)length)) {
		close(fd);
		return -ENOMEM;
	}
	return fd < 0 ? -errno : fd;
}

static void *mapped_memory(int fd, size_t length)
{
	return mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void notify(void)
{
	uint64_t one = 1;

	if (card.fd >= 0 && write(card.fd, &one, sizeof(one)) < 0)
		abort();
}

static void post(const struct kplug_event *event)
{
	struct kplug_event *record;
	uint64_t head;

	if (!card.page)
		return;
	head = card.page->head;
	if (head - card.page->tail >= card.page->entries - (event->type != KPLUG_EVENT_REMOVED)) {
		card.lost++;
		card.seq++;
		return;
	}
	record = &card.records[head % card.page->entries];
	*record = *event;
	record->seq = card.seq++;
	record->lost = card.lost;
	card.lost = 0;
	record->t_post = kplug_sys_now();
	if (!record->t_handler_end)
		record->t_hard = record->t_handler_end = record->t_post;
	__atomic_store_n(&card.page->head, head + 1, __ATOMIC_RELEASE);
	notify();
}

/* What tests ask for by ctypes. */
void standin_post(uint32_t vector, uint16_t type, uint64_t word);
void standin_remove(void);
int standin_maps(void);
int standin_opens(void);

void standin_post(uint32_t vector, uint16_t type, uint64_t word)
{
	pthread_mutex_lock(&card.lock);
	post(&(struct kplug_event){ .vector = vector, .type = type, .words = 1, .data = { word } });
	pthread_mutex_unlock(&card.lock);
}

void standin_remove(void)
{
	pthread_mutex_lock(&card.lock);
	card.removed = true;
	post(&(struct kplug_event){ .vector = KPLUG_NO_VECTOR, .type = KPLUG_EVENT_REMOVED });
	pthread_cond_broadcast(&card.change);
	notify();
	pthread_mutex_unlock(&card.lock);
}

int standin_maps(void)
{
	return __atomic_load_n(&card.maps, __ATOMIC_SEQ_CST);
}

int standin_opens(void)
{
	return __atomic_load_n(&card.opens, __ATOMIC_SEQ_CST);
}

/* The registers */

static void interrupt(void);

static void write_register(uint64_t offset, uint64_t value)
{
	switch (offset) {
	case EDU_LIVENESS:
		value = ~value;
		break;
	case EDU_IRQ_RAISE:
		card.place[EDU_IRQ_STATUS / 4] |= (uint32_t)value;
		interrupt();
		return;
	case EDU_IRQ_ACK:
		card.place[EDU_IRQ_STATUS / 4] &= ~(uint32_t)value;
		return;
	}
	card.place[offset / 4] = (uint32_t)value;
}

/* A handler as the core runs it; the plugin does what this recipe does. */
static const struct kplug_step plugin_steps[] = {
	{ .op = KPLUG_STEP_READ, .width = 4, .offset = EDU_IRQ_STATUS },
	{ .op = KPLUG_STEP_NOT_MINE, .mask = ~0u },
	{ .op = KPLUG_STEP_WRITE_BACK, .width = 4, .offset = EDU_IRQ_ACK, .mask = ~0u },
	{ .op = KPLUG_STEP_CAPTURE, .mask = ~0ull },
};

static void interrupt(void)
{
	struct kplug_event event = { .type = KPLUG_EVENT_IRQ, .t_hard = kplug_sys_now() };
	const struct kplug_step *step = card.steps;
	uint64_t acc = 0;

	if (!card.armed)
		return;
	card.raised++;
	for (; step < card.steps + card.num_steps; step++) {
		if (step->op == KPLUG_STEP_READ)
			acc = card.place[step->offset / 4];
		else if (step->op == KPLUG_STEP_NOT_MINE && (acc & step->mask) == step->value)
			return;
		else if (step->op == KPLUG_STEP_WRITE)
			write_register(step->offset, step->value);
		else if (step->op == KPLUG_STEP_WRITE_BACK)
			write_register(step->offset, (acc & step->mask) | step->value);
		else if (step->op == KPLUG_STEP_CAPTURE)
			event.data[event.words++] = acc & step->mask;
	}
	card.handled++;
	event.t_handler_end = kplug_sys_now();
	post(&event);
}

static int vector_info(struct kplug_vector_info *info)
{
	if (info->index)
		return -ENOENT;
	info->out_flags = card.armed ? KPLUG_VECTOR_ARMED | KPLUG_VECTOR_MINE : 0;
	info->out_handler = card.kind;
	info->out_event_type = KPLUG_EVENT_IRQ;
	info->out_raised = card.raised;
	info->out_handled = card.handled;
	return 0;
}

static int access_one(struct kplug_access *access)
{
	if (access->region || access->width != 4)
		return access->region ? -EINVAL : -EOPNOTSUPP;
	if (access->offset % 4 || access->offset > REGION_LENGTH - 4)
		return -EINVAL;
	if (access->flags & KPLUG_ACCESS_WRITE)
		write_register(access->offset, access->value);
	else
		access->out_value = card.place[access->offset / 4];
	return 0;
}

static void transfer_block(const struct kplug_transfer *t)
{
	uint32_t *words = (void *)(uintptr_t)t->buffer, i;

	for (i = 0; i < t->count; i++) {
		uint64_t offset = t->offset + (t->flags & KPLUG_TRANSFER_FIFO ? 0 : 4 * i);

		if (t->op == KPLUG_TRANSFER_READ)
			words[i] = card.place[offset / 4];
		else
			write_register(offset, words[i]);
	}
}

static int transfers(struct kplug_transfers *list)
{
	struct kplug_transfer *t, *first = (void *)(uintptr_t)list->transfers;
	struct kplug_transfer *end = first + list->num_transfers;

	for (t = first; t < end; t++) {
		if (t->region || t->width != 4)
			return t->region ? -EINVAL : -EOPNOTSUPP;
	}
	for (t = first; t < end; t++) {
		if (t->buffer)
			transfer_block(t);
		else if (t->op == KPLUG_TRANSFER_READ)
			t->out_value = card.place[t->offset / 4];
		else
			write_register(t->offset, t->value);
	}
	return 0;
}

static int features(struct kplug_features *features)
{
	features->out_features = KPLUG_FEATURE_STRIDE;
	return 0;
}

static int region_info(struct kplug_region_info *info)
{
	struct kplug_map_range *ranges = (void *)(uintptr_t)info->ranges;

	if (info->index > KPLUG_CONFIG_REGION)
		return -EINVAL;
	if (info->index)
		return 0;
	info->out_flags = KPLUG_REGION_MEM | KPLUG_REGION_MMAP;
	info->out_length = REGION_LENGTH;
	info->out_widths = KPLUG_WIDTH_32 | KPLUG_WIDTH_64;
	info->out_num_ranges = 1;
	if (info->num_ranges)
		ranges[0] = (struct kplug_map_range){ .length = REGION_LENGTH };
	return 0;
}

/* The plugin */

static int call(const struct kplug_call *call)
{
	const uint32_t *in = (const void *)(uintptr_t)call->in;
	uint32_t *out = (void *)(uintptr_t)call->out, n;

	if (!card.attached)
		return -ENOTCONN;
	if (call->cmd == EDU_CALL_RAISE && call->in_len == 4) {
		write_register(EDU_IRQ_RAISE, *in);
		return 0;
	}
	if (call->cmd != EDU_CALL_FACTORIAL || call->in_len != 4 || call->out_len < 4)
		return -EINVAL;
	for (*out = 1, n = *in; n > 1; n--)
		*out *= n;
	return 4;
}

/* A call that ends when the client leaves the plugin. */
static int sleep_in_call(void)
{
	while (card.attached && !card.removed)
		pthread_cond_wait(&card.change, &card.lock);
	return card.removed ? -ENODEV : -ECANCELED;
}

/* DMA */

static int map_buffer(struct kplug_dma_map *map)
{
	if (++card.next >= MAX_OBJECTS)
		return -ENOSPC;
	card.mapped[card.next] = dup(map->fd);
	if (card.mapped[card.next] < 0)
		return -EINVAL;
	map->out_id = card.next;
	map->out_segments = 1;
	return 0;
}

static int unmap_buffer(uint32_t id)
{
	if (id >= MAX_OBJECTS || !card.mapped[id])
		return -ENOENT;
	close(card.mapped[id]);
	card.mapped[id] = 0;
	return 0;
}

static int make_transaction(struct kplug_dma_transaction *t)
{
	if (t->mapping >= MAX_OBJECTS || !card.mapped[t->mapping] || ++card.next >= MAX_OBJECTS)
		return -ENOENT;
	t->out_id = card.next;
	card.transactions[card.next] = *t;
	return 0;
}

/* args[1] is not 0: the transaction does not end by itself. */
static int execute(struct kplug_dma_execute *execute)
{
	const struct kplug_dma_execution *e = (const void *)(uintptr_t)execute->executions;
	const struct kplug_dma_transaction *t = &card.transactions[e->id];
	struct kplug_dma_transaction_info *info = &card.infos[e->id];
	off_t at = (off_t)(t->offset + e->offset);
	ssize_t done;

	*info = (struct kplug_dma_transaction_info){ .out_cookie = e->cookie, .out_chunks = 1 };
	execute->out_started = 1;
	if (e->args[1]) {
		info->out_state = KPLUG_DMA_TRANSACTION_RUNNING;
		return 0;
	}
	if (e->length > EDU_DMA_MAX)
		return -EINVAL;
	if (t->direction == KPLUG_DMA_TO_DEVICE)
		done = pread(card.mapped[t->mapping], card.buffer, e->length, at);
	else
		done = pwrite(card.mapped[t->mapping], card.buffer, e->length, at);
	info->out_bytes = (uint64_t)done;
	post(&(struct kplug_event){ .vector = KPLUG_NO_VECTOR,
				    .type = KPLUG_EVENT_DMA,
				    .words = 4,
				    .data = { e->id, e->cookie, info->out_bytes } });
	return 0;
}

static int abort_transaction(uint32_t id)
{
	if (card.infos[id].out_state) {
		card.infos[id].out_state = KPLUG_DMA_TRANSACTION_IDLE;
		card.infos[id].out_status = -ECANCELED;
		pthread_cond_broadcast(&card.change);
	}
	return 0;
}

static int wait_for(struct kplug_dma_transaction_info *info)
{
	struct timespec end;
	int late = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += info->timeout_ms / 1000;
	end.tv_nsec += info->timeout_ms % 1000 * 1000000l;
	end.tv_sec += end.tv_nsec / 1000000000l;
	end.tv_nsec %= 1000000000l;
	while (card.infos[info->id].out_state && !late && info->timeout_ms)
		late = pthread_cond_timedwait(&card.change, &card.lock, &end);
	info->out_state = card.infos[info->id].out_state;
	info->out_status = card.infos[info->id].out_status;
	info->out_bytes = card.infos[info->id].out_bytes;
	info->out_chunks = card.infos[info->id].out_chunks;
	info->out_cookie = card.infos[info->id].out_cookie;
	return 0;
}

/* The commands */

static int make_ring(struct kplug_ring *ring)
{
	size_t size = 4096 + ring->entries * sizeof(struct kplug_event);

	card.ring = memory(size);
	card.page = mapped_memory(card.ring, size);
	card.page->entries = ring->entries;
	card.page->record_size = sizeof(struct kplug_event);
	card.page->records_offset = 4096;
	card.records = (void *)((char *)card.page + 4096);
	ring->out_mmap_offset = RING_OFFSET;
	ring->out_mmap_size = size;
	return 0;
}

static int arm(const struct kplug_arm *arm)
{
	const struct kplug_step *steps = (const void *)(uintptr_t)arm->steps;

	if (arm->vector)
		return -ENOENT;
	card.kind = arm->handler;
	card.num_steps = arm->num_steps;
	if (arm->handler == KPLUG_HANDLER_PLUGIN) {
		steps = plugin_steps;
		card.num_steps = sizeof(plugin_steps) / sizeof(plugin_steps[0]);
	}
	if (card.num_steps)
		memcpy(card.steps, steps, card.num_steps * sizeof(*steps));
	card.armed = true;
	return 0;
}

static int attach(const struct kplug_attach *attach)
{
	if (strcmp(attach->name, "edu") != 0)
		return -ENOENT;
	card.attached = true;
	return 0;
}

static int leave(void)
{
	card.attached = false;
	pthread_cond_broadcast(&card.change);
	return 0;
}

static int make_buffer(struct kplug_dma_buffer_make *make)
{
	make->out_fd = memory(make->length);
	return make->out_fd < 0 ? make->out_fd : 0;
}

static int device_info(struct kplug_device_info *info)
{
	info->out_abi = KPLUG_ABI_VERSION;
	info->out_bus = KPLUG_BUS_PCI;
	info->out_vectors = 1;
	info->out_regions = KPLUG_MAX_REGIONS;
	info->out_vendor = EDU_VENDOR_ID;
	info->out_device = EDU_DEVICE_ID;
	info->out_flags = KPLUG_DEVICE_TRUSTED;
	strcpy(info->out_name, "0000:00:04.0");
	strcpy(info->out_plugin, card.attached ? "edu" : "");
	return 0;
}

static int make_shm(struct kplug_shm_alloc *alloc)
{
	card.shm = memory(alloc->length);
	alloc->out_mmap_offset = SHM_OFFSET;
	alloc->out_id = 7;
	return 0;
}

static int dma_command(unsigned long cmd, void *arg)
{
	switch (cmd) {
	case KPLUG_DMA_BUFFER:
		return make_buffer(arg);
	case KPLUG_DMA_MAP:
		return map_buffer(arg);
	case KPLUG_DMA_UNMAP:
		return unmap_buffer(((struct kplug_dma_unmap *)arg)->id);
	case KPLUG_DMA_SYNC:
	case KPLUG_DMA_RELEASE:
		return 0;
	case KPLUG_DMA_TRANSACTION:
		return make_transaction(arg);
	case KPLUG_DMA_EXECUTE:
		return execute(arg);
	case KPLUG_DMA_ABORT:
		return abort_transaction(((struct kplug_dma_transaction_cmd *)arg)->id);
	case KPLUG_DMA_TRANSACTION_INFO:
		return wait_for(arg);
	}
	return -ENOTTY;
}

static int command(unsigned long cmd, void *arg)
{
	switch (cmd) {
	case KPLUG_DEVICE_INFO:
		return device_info(arg);
	case KPLUG_REGION_INFO:
		return region_info(arg);
	case KPLUG_VECTOR_INFO:
		return vector_info(arg);
	case KPLUG_FEATURES:
		return features(arg);
	case KPLUG_ACCESS:
		return access_one(arg);
	case KPLUG_TRANSFER:
		return transfers(arg);
	case KPLUG_RING:
		return make_ring(arg);
	case KPLUG_ATTACH:
		return attach(arg);
	case KPLUG_DETACH:
		return leave();
	case KPLUG_ARM:
		return arm(arg);
	case KPLUG_DISARM:
		card.armed = false;
		return 0;
	case KPLUG_UNMASK:
		return 0;
	case KPLUG_CALL:
		return ((struct kplug_call *)arg)->cmd == 99 ? sleep_in_call() : call(arg);
	case KPLUG_SHM_ALLOC:
		return make_shm(arg);
	case KPLUG_SHM_FREE:
		return 0;
	}
	return dma_command(cmd, arg);
}

int kplug_sys_ioctl(int fd, unsigned long cmd, void *arg)
{
	int result;

	(void)fd;
	pthread_mutex_lock(&card.lock);
	result = card.removed ? -ENODEV : command(cmd, arg);
	pthread_mutex_unlock(&card.lock);
	return result;
}

/* Files and memory */

int kplug_sys_open(const char *path, int flags, mode_t mode)
{
	if (strcmp(path, "/dev/kplug/0000:00:04.0") != 0)
		return host_open(path, flags, mode);
	if (card.fd >= 0)
		return -EBUSY;
	card.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	card.registers = memory(REGION_LENGTH);
	card.place = mapped_memory(card.registers, REGION_LENGTH);
	card.place[EDU_ID / 4] = 0x010000ed;
	card.removed = card.attached = card.armed = false;
	card.page = NULL;
	card.seq = card.lost = card.raised = card.handled = card.next = 0;
	card.opens++;
	return card.fd;
}

void kplug_sys_close(int fd)
{
	if (fd == card.fd) {
		card.fd = -1;
		card.opens--;
	}
	close(fd);
}

int kplug_sys_mmap(int fd, uint64_t length, uint64_t offset, void **addr)
{
	const int memories[] = { card.registers, card.ring, card.shm };

	if (fd == card.fd) {
		fd = memories[offset / RING_OFFSET];
		offset %= RING_OFFSET;
	}
	*addr = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	if (*addr == MAP_FAILED)
		return -errno;
	__atomic_add_fetch(&card.maps, 1, __ATOMIC_SEQ_CST);
	return 0;
}

void kplug_sys_munmap(void *addr, size_t length)
{
	munmap(addr, length);
	__atomic_sub_fetch(&card.maps, 1, __ATOMIC_SEQ_CST);
}

/* The eventfd counts until the ring is empty, and hangs up once the device is gone. */
int kplug_sys_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ns)
{
	uint64_t counted;
	int ready;

	pthread_mutex_lock(&card.lock);
	if (card.removed) {
		fds[0].revents = POLLHUP;
		pthread_mutex_unlock(&card.lock);
		return 1;
	}
	if (card.page && card.page->head == card.page->tail &&
	    read(card.fd, &counted, sizeof(counted)) < 0 && errno != EAGAIN)
		abort();
	pthread_mutex_unlock(&card.lock);
	ready = host_poll(fds, count, timeout_ns);
	return ready;
}
