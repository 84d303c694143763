// SPDX-License-Identifier: MIT
// Transactions through the edu plugin's engine, which takes a tenth of a second for a chunk; and
// without a plugin.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <errno.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE   4096u
#define CHUNK  EDU_DMA_MAX
#define MARGIN 64

/* A buffer that the device reaches, and the transactions over it. */
struct job {
	struct kplug *k;
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	uint32_t to_device, from_device;
};

static uint32_t transaction(struct job *job, enum kplug_dma_direction direction)
{
	struct kplug_dma_transaction t = { .mapping = job->mapping.id, .direction = direction };

	OK(kplug_dma_transaction_make(job->k, &t));
	return t.out_id;
}

static void job_begin(struct job *job, struct kplug *k, size_t length)
{
	*job = (struct job){ .k = k };
	OK(kplug_dma_buffer_alloc(k, length, &job->buffer));
	OK(kplug_dma_map(k, job->buffer.fd, 0, 0, KPLUG_DMA_BOTH, &job->mapping));
	job->to_device = transaction(job, KPLUG_DMA_TO_DEVICE);
	job->from_device = transaction(job, KPLUG_DMA_FROM_DEVICE);
}

static void job_end(struct job *job)
{
	OK(kplug_dma_transaction_release(job->k, job->to_device));
	OK(kplug_dma_transaction_release(job->k, job->from_device));
	OK(kplug_dma_unmap(job->k, job->mapping.id));
	kplug_dma_buffer_free(&job->buffer);
}

static struct kplug *plugged(const char *address)
{
	struct kplug *edu = edu_open(address, NULL);

	ck_assert_int_eq(kplug_attach(edu, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	return edu;
}

static struct kplug_dma_transaction_info state(struct kplug *k, uint32_t id, uint32_t timeout_ms)
{
	struct kplug_dma_transaction_info info;

	OK(kplug_dma_transaction_wait(k, id, timeout_ms, &info));
	return info;
}

static struct kplug_dma_transaction_info finished(struct kplug *k, uint32_t id)
{
	struct kplug_dma_transaction_info info = state(k, id, 20000);

	ck_assert_int_eq(info.out_state, KPLUG_DMA_TRANSACTION_IDLE);
	return info;
}

static void execute(struct kplug *k, struct kplug_dma_execution execution)
{
	ck_assert_int_eq(kplug_dma_transaction_execute(k, &execution, 1), 1);
}

static void check_end(struct kplug_event event, uint32_t id, uint64_t cookie, uint64_t bytes,
		      int status)
{
	ck_assert_int_eq(event.type, KPLUG_EVENT_DMA);
	ck_assert_uint_eq(event.data[0], id);
	ck_assert_uint_eq(event.data[1], cookie);
	ck_assert_uint_eq(event.data[2], bytes);
	ck_assert_int_eq((int64_t)event.data[3], status);
}

/* In the middle, between two chunks. */
static void check_stopped(struct kplug_event event, uint32_t id, uint64_t cookie, int status)
{
	check_end(event, id, cookie, event.data[2], status);
	ck_assert_uint_eq(event.data[2] % CHUNK, 0);
}

/*
 * 256 KiB pass through a buffer of 4 KiB, chunk by chunk, and the program gets one event. The
 * device takes 100 ms for each.
 */
TEST(dma_transaction, chained, .timeout = 120)
{
	const uint32_t length = 1 << 18, chunks = (length + CHUNK - 1) / CHUNK;
	struct kplug_vector_info vector;
	struct kplug *edu;
	struct job job;
	uint8_t *memory;

	core_start();
	edu = plugged(EDU1);
	job_begin(&job, edu, length + 2 * PAGE);
	memory = job.buffer.addr;
	dma_fill(memory, job.buffer.length, 0);
	execute(edu, (struct kplug_dma_execution){
			     .id = job.to_device, .offset = 777, .length = CHUNK, .cookie = 5 });
	check_end(next_event(edu), job.to_device, 5, CHUNK, 0);
	vector = vector_info(edu, 0);

	execute(edu, (struct kplug_dma_execution){
			     .id = job.from_device,
			     .offset = PAGE,
			     .length = length,
			     .timeout_ms = KPLUG_TIMEOUT_NONE,
			     .cookie = ~0ull,
		     });
	ck_assert_int_eq(kplug_wait(edu, &(struct kplug_event){ 0 }, 1, 0), 0);
	ck_assert_int_eq(state(edu, job.from_device, KPLUG_TIMEOUT_NONE).out_chunks, chunks);
	check_end(next_event(edu), job.from_device, ~0ull, length, 0);
	no_event(edu);
	ck_assert_uint_eq(vector_info(edu, 0).out_handled - vector.out_handled, chunks);
	ck_assert_uint_eq(vector_info(edu, 0).out_posted, vector.out_posted);

	dma_check(memory, PAGE, 0);
	for (uint32_t at = 0; at < length; at += CHUNK)
		dma_check(memory + PAGE + at, length - at < CHUNK ? length - at : CHUNK, 777);
	dma_check(memory + PAGE + length, PAGE, PAGE + length);
	job_end(&job);
	kplug_close(edu);
	objects_settle();
}

static const struct {
	const char *name;
	uint32_t poll_us;
} ways[] = { { "interrupt", 0 }, { "polled", KPLUG_POLL_ALWAYS }, { "hybrid", 150000 } };

static uint32_t poll_of(const char *variant)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strncmp(variant, ways[i].name, strlen(ways[i].name)))
			return ways[i].poll_us;
	ck_abort_msg("no way");
}

/* The caller chooses how the end is seen; the result is the same. */
TEST(dma_transaction, ways, .variants = VARIANTS("interrupt", "polled", "hybrid"))
{
	const uint32_t poll_us = poll_of(variant), length = 3 * CHUNK - 100;
	struct kplug_dma_transaction_info info;
	uint64_t interrupts;
	struct kplug *edu;
	struct job job;
	uint8_t *memory;

	core_start();
	edu = plugged(EDU1);
	job_begin(&job, edu, 8 * PAGE);
	memory = job.buffer.addr;
	dma_fill(memory, job.buffer.length, 0);
	execute(edu, (struct kplug_dma_execution){
			     .id = job.to_device, .length = CHUNK, .poll_us = KPLUG_POLL_ALWAYS });
	ck_assert_int_eq(state(edu, job.to_device, 0).out_state, KPLUG_DMA_TRANSACTION_IDLE);
	interrupts = vector_info(edu, 0).out_handled;
	execute(edu, (struct kplug_dma_execution){ .id = job.from_device,
						   .offset = PAGE,
						   .length = length,
						   .poll_us = poll_us });
	info = state(edu, job.from_device, 0);
	/* A poll without a limit returns the result, a short poll returns before the end. */
	ck_assert_int_eq(info.out_state == KPLUG_DMA_TRANSACTION_IDLE,
			 poll_us == KPLUG_POLL_ALWAYS);
	if (poll_us == 150000)
		ck_assert_int_ge(info.out_chunks, 1);
	info = finished(edu, job.from_device);
	ck_assert_int_eq(info.out_status, 0);
	ck_assert_uint_eq(info.out_bytes, length);
	ck_assert_int_eq(info.out_chunks, 3);
	interrupts = vector_info(edu, 0).out_handled - interrupts;
	ck_assert_uint_le(interrupts, poll_us == KPLUG_POLL_ALWAYS ? 0 : 3);
	dma_check(memory + PAGE - MARGIN, MARGIN, PAGE - MARGIN);
	for (uint32_t at = 0; at < length; at += CHUNK)
		dma_check(memory + PAGE + at, length - at < CHUNK ? length - at : CHUNK, 0);
	dma_check(memory + PAGE + length, MARGIN, PAGE + length);
	check_end(next_event(edu), job.to_device, 0, CHUNK, 0);
	check_end(next_event(edu), job.from_device, 0, length, 0);
	job_end(&job);
}

/* Scattered memory, and smaller chunks by the program's choice. */
TEST(dma_transaction, scattered)
{
	const uint32_t length = 9000;
	uint8_t *memory = aligned_alloc(PAGE, 8 * PAGE);
	struct kplug_dma_transaction t = { .direction = KPLUG_DMA_FROM_DEVICE,
					   .max_chunk = 1024,
					   .alignment = 8 };
	struct kplug_dma_mapping mapping;
	struct kplug *edu;
	struct job job;
	uint64_t offset;
	int fd;

	core_start();
	OK(module_load("kplug"));
	OK(module_load("kplug_edu dma_bits=64"));
	edu = plugged(EDU2);
	job_begin(&job, edu, PAGE);
	dma_fill(job.buffer.addr, PAGE, 0);
	execute(edu, (struct kplug_dma_execution){ .id = job.to_device,
						   .length = 1024,
						   .args = { 16 },
						   .poll_us = KPLUG_POLL_ALWAYS });
	dma_fill(memory, 8 * PAGE, 50000);
	fd = kplug_dma_buffer_pin(edu, memory + 40, length, 0, &offset);
	ck_assert_int_ge(fd, 0);
	OK(kplug_dma_map(edu, fd, offset, length, KPLUG_DMA_FROM_DEVICE, &mapping));
	t.mapping = mapping.id;
	OK(kplug_dma_transaction_make(edu, &t));
	execute(edu, (struct kplug_dma_execution){
			     .id = t.out_id, .offset = 8, .length = 3000, .args = { 16 } });
	ck_assert_uint_eq(finished(edu, t.out_id).out_bytes, 3000);
	dma_check(memory, 48, 50000);
	dma_check(memory + 48 + 3000, 5 * PAGE, 50000 + 48 + 3000);
	/* A chunk ends where its segment does. */
	for (uint32_t at = 0, here; at < 3000; at += here) {
		here = 3000 - at < 1024 ? 3000 - at : 1024;
		if (mapping.num_segments == 1)
			dma_check(memory + 48 + at, here, 0);
	}
	ck_assert_int_eq(kplug_dma_transaction_execute(
				 edu, &(struct kplug_dma_execution){ .id = t.out_id, .offset = 4 },
				 1),
			 -EINVAL);
	ck_assert_int_eq(kplug_dma_unmap(edu, mapping.id), -EBUSY);
	OK(kplug_dma_transaction_release(edu, t.out_id));
	OK(kplug_dma_unmap(edu, mapping.id));
	close(fd);
	job_end(&job);
	kplug_close(edu);
	objects_settle();
	free(memory);
}

/* Transactions of all clients run in the order of arrival, one at a time in this engine. */
TEST(dma_transaction, queue)
{
	struct kplug_dma_execution list[4];
	struct kplug *one, *two;
	struct job jobs[2];

	core_start();
	one = plugged(EDU1);
	two = plugged(EDU1);
	job_begin(&jobs[0], one, PAGE);
	job_begin(&jobs[1], two, PAGE);
	list[0] =
		(struct kplug_dma_execution){ .id = jobs[0].to_device, .length = 100, .cookie = 1 };
	list[1] = (struct kplug_dma_execution){ .id = jobs[0].from_device,
						.length = 100,
						.cookie = 2 };
	list[2] = (struct kplug_dma_execution){ .id = jobs[0].from_device,
						.length = 100,
						.cookie = 3 };
	ck_assert_int_eq(kplug_dma_transaction_execute(one, list, 3), 2);
	ck_assert_int_eq(kplug_dma_transaction_execute(one, list + 2, 1), -EBUSY);
	ck_assert_int_eq(kplug_dma_transaction_release(one, jobs[0].from_device), -EBUSY);
	execute(two, (struct kplug_dma_execution){
			     .id = jobs[1].from_device, .length = 200, .cookie = 7 });
	ck_assert_int_eq(state(one, jobs[0].to_device, 0).out_state, KPLUG_DMA_TRANSACTION_RUNNING);
	ck_assert_int_eq(state(one, jobs[0].from_device, 0).out_state,
			 KPLUG_DMA_TRANSACTION_QUEUED);
	ck_assert_int_eq(state(two, jobs[1].from_device, 0).out_state,
			 KPLUG_DMA_TRANSACTION_QUEUED);
	ck_assert_uint_eq(finished(two, jobs[1].from_device).out_bytes, 200);
	ck_assert_int_eq(state(one, jobs[0].from_device, 0).out_state, KPLUG_DMA_TRANSACTION_IDLE);
	check_end(next_event(one), jobs[0].to_device, 1, 100, 0);
	check_end(next_event(one), jobs[0].from_device, 2, 100, 0);
	check_end(next_event(two), jobs[1].from_device, 7, 200, 0);
	no_event(one);
	/* One that waits is taken back without the device. */
	ck_assert_int_eq(kplug_dma_transaction_execute(one, list, 2), 2);
	OK(kplug_dma_transaction_abort(one, jobs[0].from_device));
	ck_assert_int_eq(state(one, jobs[0].to_device, 0).out_state, KPLUG_DMA_TRANSACTION_RUNNING);
	check_end(next_event(one), jobs[0].from_device, 2, 0, -ECANCELED);
	check_end(next_event(one), jobs[0].to_device, 1, 100, 0);
	job_end(&jobs[0]);
	job_end(&jobs[1]);
	kplug_close(one);
	kplug_close(two);
	objects_settle();
}

/* What was transferred is known to the byte, whatever ended it; and it can be run again. */
TEST(dma_transaction, ended_early, .variants = VARIANTS("abort", "timeout"))
{
	const bool by_timeout = !strcmp(variant, "timeout");
	struct kplug_dma_transaction_info info;
	struct kplug *edu;
	struct job job;

	core_start();
	edu = plugged(EDU1);
	job_begin(&job, edu, 16 * PAGE);
	dma_fill(job.buffer.addr, 16 * PAGE, 0);
	execute(edu, (struct kplug_dma_execution){
			     .id = job.to_device, .length = CHUNK, .poll_us = KPLUG_POLL_ALWAYS });
	dma_fill(job.buffer.addr, 16 * PAGE, 90000);
	execute(edu, (struct kplug_dma_execution){ .id = job.from_device,
						   .timeout_ms = by_timeout ? 250 : 0,
						   .cookie = 1 });
	if (!by_timeout) {
		ck_assert(WAIT_UNTIL(state(edu, job.from_device, 0).out_chunks >= 2, 10000));
		OK(kplug_dma_transaction_abort(edu, job.from_device));
		OK(kplug_dma_transaction_abort(edu, job.from_device));
	}
	info = finished(edu, job.from_device);
	ck_assert_int_eq(info.out_status, by_timeout ? -ETIMEDOUT : -ECANCELED);
	ck_assert_int_ge(info.out_chunks, 1);
	ck_assert_uint_eq(info.out_bytes, info.out_chunks * (uint64_t)CHUNK);
	ck_assert_uint_lt(info.out_bytes, 16 * PAGE);
	next_event(edu);
	check_end(next_event(edu), job.from_device, 1, info.out_bytes, info.out_status);
	for (uint32_t i = 0; i < info.out_chunks; i++)
		dma_check((uint8_t *)job.buffer.addr + i * CHUNK, CHUNK, 0);
	dma_check((uint8_t *)job.buffer.addr + info.out_bytes, 16 * PAGE - info.out_bytes,
		  90000 + info.out_bytes);
	execute(edu, (struct kplug_dma_execution){ .id = job.from_device, .length = 10 });
	ck_assert_int_eq(finished(edu, job.from_device).out_status, 0);
	job_end(&job);
	kplug_close(edu);
	objects_settle();
}

/* The engine of the test plugin does nothing until the program says what came of its chunk. */
static struct kplug *odd_begin(struct job *job, struct kplug_dma_transaction *t)
{
	struct kplug *odd;

	core_start();
	OK(module_load("kplug_odd engine=1"));
	odd = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(odd, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	job_begin(job, odd, 4 * PAGE);
	*t = (struct kplug_dma_transaction){ .mapping = job->mapping.id,
					     .direction = KPLUG_DMA_TO_DEVICE,
					     .max_chunk = PAGE };
	OK(kplug_dma_transaction_make(odd, t));
	return odd;
}

static void odd_end(struct job *job, const struct kplug_dma_transaction *t)
{
	OK(kplug_dma_transaction_release(job->k, t->out_id));
	job_end(job);
	kplug_close(job->k);
	objects_settle();
}

static void engine_reports(struct kplug *odd, uint64_t bytes, int status)
{
	const struct odd_done done = { .bytes = bytes, .status = status };

	OK(kplug_call(odd, ODD_CALL_DONE, &done, sizeof(done), NULL, 0));
}

/* The device transfers a part of a chunk: the part counts, and the transaction ends with it. */
TEST(dma_transaction, partial_chunk)
{
	static const struct {
		uint64_t reported, counted;
		int status;
	} ends[] = { { 100, 100, 0 }, { 0, 0, 0 }, { PAGE, PAGE, -EIO }, { 5, 5, -EIO } };
	struct kplug_dma_transaction_info info;
	struct kplug_dma_transaction t;
	struct kplug *odd;
	struct job job;

	odd = odd_begin(&job, &t);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		execute(odd, (struct kplug_dma_execution){ .id = t.out_id, .cookie = i });
		engine_reports(odd, PAGE, 0);
		info = state(odd, t.out_id, 0);
		ck_assert_int_eq(info.out_state, KPLUG_DMA_TRANSACTION_RUNNING);
		ck_assert_uint_eq(info.out_bytes, PAGE);
		engine_reports(odd, ends[i].reported, ends[i].status);
		info = finished(odd, t.out_id);
		ck_assert_uint_eq(info.out_bytes, PAGE + ends[i].counted);
		ck_assert_int_eq(info.out_status, ends[i].status);
		ck_assert_int_eq(info.out_chunks, 2);
		check_end(next_event(odd), t.out_id, i, info.out_bytes, ends[i].status);
	}
	/* No more than there was. */
	execute(odd, (struct kplug_dma_execution){ .id = t.out_id, .length = PAGE });
	engine_reports(odd, 2 * PAGE, 0);
	ck_assert_uint_eq(finished(odd, t.out_id).out_bytes, PAGE);
	odd_end(&job, &t);
}

/* A device without bus mastery transfers nothing, whatever it reports. */
TEST(dma_transaction, off_the_bus)
{
	struct kplug_dma_transaction_info info;
	struct kplug_dma_transaction t;
	struct kplug *odd, *second;
	struct job job;

	odd = odd_begin(&job, &t);
	execute(odd, (struct kplug_dma_execution){ .id = t.out_id, .cookie = 1 });
	engine_reports(odd, PAGE, 0);
	OK(kplug_call(odd, ODD_CALL_STUCK, NULL, 0, NULL, 0));
	engine_reports(odd, PAGE, 0);
	info = finished(odd, t.out_id);
	ck_assert_uint_eq(info.out_bytes, PAGE);
	ck_assert_int_eq(info.out_status, -EIO);
	check_end(next_event(odd), t.out_id, 1, PAGE, -EIO);
	/* The next one waits until the device is idle, which the plugin says when it is opened. */
	execute(odd, (struct kplug_dma_execution){ .id = t.out_id, .length = PAGE });
	ck_assert_int_eq(state(odd, t.out_id, 100).out_state, KPLUG_DMA_TRANSACTION_QUEUED);
	OK(file_write("Y", "/sys/module/kplug_odd/parameters/dma_idle"));
	second = device_open(EDU1);
	ck_assert_int_eq(kplug_attach(second, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	engine_reports(odd, PAGE, 0);
	ck_assert_int_eq(finished(odd, t.out_id).out_status, 0);
	kplug_close(second);
	odd_end(&job, &t);
}

/* Each transaction has its own time, also one that waits or begins while another one ends. */
TEST(dma_transaction, time_outs_in_turn)
{
	struct kplug_dma_transaction t;
	struct kplug *odd;
	struct job job;

	odd = odd_begin(&job, &t);
	execute(odd, (struct kplug_dma_execution){ .id = job.to_device, .timeout_ms = 100 });
	execute(odd, (struct kplug_dma_execution){ .id = t.out_id, .timeout_ms = 300 });
	execute(odd, (struct kplug_dma_execution){ .id = job.from_device, .timeout_ms = 500 });
	check_end(next_event(odd), job.to_device, 0, 0, -ETIMEDOUT);
	check_end(next_event(odd), t.out_id, 0, 0, -ETIMEDOUT);
	check_end(next_event(odd), job.from_device, 0, 0, -ETIMEDOUT);
	odd_end(&job, &t);
}

/* The device, the plugin or the program goes in the middle. */
TEST(dma_transaction, gone_meanwhile, .smoke = true,
     .variants = VARIANTS("unbind", "unplug", "reset", "detach", "close"), .timeout = 180)
{
	const bool reset = !strcmp(variant, "reset");
	const int rounds = reset || !strcmp(variant, "unplug") ? 3 : 5;
	struct kplug_dma_transaction_info info;
	struct kplug *edu;
	struct job job;

	core_start();
	for (int i = 0; i < rounds; i++) {

		edu = plugged(EDU0);
		/* A debug kernel takes its time to unplug; what is reset goes on to its end. */
		job_begin(&job, edu, (reset ? 16 : 256) * PAGE);
		execute(edu, (struct kplug_dma_execution){ .id = job.from_device, .cookie = 1 });
		execute(edu, (struct kplug_dma_execution){ .id = job.to_device, .cookie = 2 });
		usleep(i * 200000 / rounds);
		if (!strcmp(variant, "unbind"))
			device_unbind(EDU0);
		else if (!strcmp(variant, "unplug"))
			pci_unplug("edu0", EDU0);
		else if (!strcmp(variant, "detach"))
			OK(kplug_detach(edu, 0));
		else if (reset)
			OK(kplug_reset(edu));
		if (!strcmp(variant, "unbind") || !strcmp(variant, "unplug")) {
			/* The one that waited was not begun any more. */
			check_end(next_event(edu), job.to_device, 2, 0, -ENODEV);
			check_stopped(next_event(edu), job.from_device, 1, -ENODEV);
			ck_assert_int_eq(kplug_dma_transaction_wait(edu, job.from_device, 0, &info),
					 -ENODEV);
		}
		if (reset) {
			ck_assert_int_eq(finished(edu, job.from_device).out_status, -EIO);
			/* The other one waited for the device to come back. */
			ck_assert_int_eq(finished(edu, job.to_device).out_status, 0);
			job_end(&job);
		}
		kplug_close(edu);
		kplug_dma_buffer_free(&job.buffer);
		objects_settle();
		if (!strcmp(variant, "unplug")) {
			ck_assert(hostcall("device_add edu edu0 rp0"));
			pci_wait_added(EDU0);
		}
	}
}

/*
 * Killed with a transfer under way: the memory is given back, and only when the device has let go
 * of it.
 */
TEST(dma_transaction, killed, .smoke = true, .timeout = 120)
{
	int status;

	core_start();
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		if (!child) {
			struct kplug *edu = plugged(EDU1);
			struct job job;

			job_begin(&job, edu, 4 * PAGE);
			execute(edu, (struct kplug_dma_execution){
					     .id = i % 2 ? job.from_device : job.to_device,
					     .poll_us = i % 4 < 2 ? 0 : 20000 });
			raise(SIGKILL);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		ck_assert_int_eq(objects_live("transaction") + objects_live("mapping") +
					 objects_live("buffer"),
				 0);
	}
}

static void *poll_for_ever(void *arg)
{
	struct job *job = arg;
	struct kplug_dma_execution execution = {
		.id = job->from_device,
		.poll_us = KPLUG_POLL_ALWAYS,
		.timeout_ms = KPLUG_TIMEOUT_NONE,
	};

	kplug_dma_transaction_execute(job->k, &execution, 1);
	return NULL;
}

/* One thread polls or waits, the other one takes the ground from under its feet. */
TEST(dma_transaction, threads, .smoke = true, .variants = VARIANTS("abort", "detach", "unbind"),
     .timeout = 60)
{
	struct kplug *edu;
	pthread_t thread;
	struct job job;

	core_start();
	for (int i = 0; i < 5; i++) {
		edu = plugged(EDU1);
		job_begin(&job, edu, 64 * PAGE);
		pthread_create(&thread, NULL, poll_for_ever, &job);
		ck_assert(WAIT_UNTIL(state(edu, job.from_device, 0).out_state ==
					     KPLUG_DMA_TRANSACTION_RUNNING,
				     5000));
		if (!strcmp(variant, "abort"))
			OK(kplug_dma_transaction_abort(edu, job.from_device));
		else if (!strcmp(variant, "detach"))
			OK(kplug_detach(edu, 0));
		else
			device_unbind(EDU1);
		pthread_join(thread, NULL);
		kplug_close(edu);
		kplug_dma_buffer_free(&job.buffer);
		objects_settle();
	}
}

static int refused(struct kplug *k, struct kplug_dma_execution execution)
{
	return kplug_dma_transaction_execute(k, &execution, 1);
}

TEST(dma_transaction, refused)
{
	const uint32_t unknown[] = { 0, 99, ~0u };
	struct kplug_dma_transaction t, good;
	struct kplug_dma_transaction_info info;
	struct kplug_dma_execution *none = NULL;
	struct kplug *edu;
	struct job job;

	core_start();
	edu = edu_open(EDU1, NULL);
	t = (struct kplug_dma_transaction){ .mapping = 1 };
	ck_assert_int_eq(kplug_dma_transaction_make(edu, &t), -ENOTCONN);
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_dma_transaction_make(edu, &t), -ENOENT);
	job_begin(&job, edu, 2 * PAGE);
	good = (struct kplug_dma_transaction){ .mapping = job.mapping.id };
#define BAD(error, field, value)                                              \
	do {                                                                  \
		t = good;                                                     \
		t.field = value;                                              \
		ck_assert_int_eq(kplug_dma_transaction_make(edu, &t), error); \
	} while (0)
	BAD(-EOPNOTSUPP, flags, 1);
	BAD(-EOPNOTSUPP, __reserved, 1);
	BAD(-EINVAL, direction, 3);
	BAD(-EINVAL, offset, 2 * PAGE);
	BAD(-EINVAL, length, 2 * PAGE + 1);
	BAD(-EINVAL, length, ~0ull);
	BAD(-EINVAL, max_chunk, CHUNK + 1);
	BAD(-EINVAL, alignment, 3);
	BAD(-EINVAL, alignment, 8192);
	t = good;
	t.max_chunk = 12;
	t.alignment = 8;
	ck_assert_int_eq(kplug_dma_transaction_make(edu, &t), -EINVAL);

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		ck_assert_int_eq(refused(edu, (struct kplug_dma_execution){ .id = unknown[i] }),
				 -ENOENT);
		ck_assert_int_eq(kplug_dma_transaction_abort(edu, unknown[i]), -ENOENT);
		ck_assert_int_eq(kplug_dma_transaction_release(edu, unknown[i]), -ENOENT);
		ck_assert_int_eq(kplug_dma_transaction_wait(edu, unknown[i], 0, &info), -ENOENT);
	}
	ck_assert_int_eq(refused(edu,
				 (struct kplug_dma_execution){ .id = job.to_device, .flags = 1 }),
			 -EOPNOTSUPP);
	ck_assert_int_eq(refused(edu, (struct kplug_dma_execution){ .id = job.to_device,
								    .offset = 2 * PAGE }),
			 -EINVAL);
	ck_assert_int_eq(refused(edu, (struct kplug_dma_execution){ .id = job.to_device,
								    .length = 2 * PAGE + 1 }),
			 -EINVAL);
	/* The plugin's own checks: its buffer, and who would hear of the end. */
	ck_assert_int_eq(
		refused(edu, (struct kplug_dma_execution){ .id = job.to_device, .args = { 1 } }),
		-EINVAL);
	ck_assert_int_eq(
		refused(edu, (struct kplug_dma_execution){ .id = job.to_device, .args = { 0, 1 } }),
		-EINVAL);
	ck_assert_int_eq(refused(edu, (struct kplug_dma_execution){ .id = job.to_device }),
			 -ENOTCONN);
	ck_assert_int_eq(kplug_dma_transaction_execute(edu, none, 1), -EFAULT);
	ck_assert_int_eq(kplug_dma_transaction_execute(edu, none, 0), -EINVAL);
	ck_assert_int_eq(kplug_dma_transaction_execute(edu, none, KPLUG_MAX_EXECUTIONS + 1),
			 -EINVAL);
	/* All of that changed nothing. */
	execute(edu, (struct kplug_dma_execution){
			     .id = job.to_device, .length = 10, .poll_us = KPLUG_POLL_ALWAYS });
	ck_assert_uint_eq(finished(edu, job.to_device).out_bytes, 10);
	job_end(&job);
	kplug_close(edu);
	objects_settle();
}

/* The plugin starts its program's transactions itself. */
TEST(dma_transaction, by_the_plugin)
{
	struct edu_copy copy = { .length = 1000 };
	struct job from, to;
	struct kplug *edu;

	core_start();
	edu = plugged(EDU1);
	job_begin(&from, edu, PAGE);
	job_begin(&to, edu, PAGE);
	dma_fill(from.buffer.addr, PAGE, 0);
	dma_fill(to.buffer.addr, PAGE, 10000);
	copy.to_device = from.to_device;
	copy.from_device = to.from_device;
	OK(kplug_call(edu, EDU_CALL_COPY, &copy, sizeof(copy), NULL, 0));
	ck_assert_int_eq(kplug_call(edu, EDU_CALL_COPY, &copy, sizeof(copy), NULL, 0), -EBUSY);
	check_end(next_event(edu), copy.to_device, 0, 1000, 0);
	check_end(next_event(edu), copy.from_device, 0, 1000, 0);
	dma_check(to.buffer.addr, 1000, 0);
	dma_check((uint8_t *)to.buffer.addr + 1000, PAGE - 1000, 11000);
	copy.to_device = 99;
	ck_assert_int_eq(kplug_call(edu, EDU_CALL_COPY, &copy, sizeof(copy), NULL, 0), -ENOENT);
	job_end(&from);
	job_end(&to);
}

/*
 * A plugin can be attached while programs have mapped buffers; it does not get mappings for wider
 * limits than its own.
 */
TEST(dma_transaction, plugin_comes_later, .variants = VARIANTS("narrower", "wider"))
{
	const struct kplug_dma_limits limits = { .address_bits =
							 variant[0] == 'n' ? 64 : EDU_DMA_BITS };
	const struct kplug_handler *plugin = variant[0] == 'n' ? &edu_plugin : &odd_plugin;
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct odd_mapping look = { 0 };
	struct kplug_dma_transaction t = { 0 };
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	OK(kplug_dma_set_limits(edu, &limits));
	OK(kplug_dma_buffer_alloc(edu, PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	OK(module_load("kplug_odd dma_bits=64"));
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, plugin), KPLUG_HANDLER_PLUGIN);
	t.mapping = look.id = mapping.id;
	if (variant[0] == 'w') {
		ck_assert_int_eq(kplug_call(edu, ODD_CALL_MAPPING, &look, sizeof(look), &look,
					    sizeof(look)),
				 sizeof(look));
	} else {
		ck_assert_int_eq(kplug_dma_transaction_make(edu, &t), -ENOENT);
		OK(kplug_dma_unmap(edu, mapping.id));
		kplug_dma_buffer_free(&buffer);
		OK(kplug_dma_buffer_alloc(edu, PAGE, &buffer));
		OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
		t.mapping = mapping.id;
		OK(kplug_dma_transaction_make(edu, &t));
		OK(kplug_dma_transaction_release(edu, t.out_id));
	}
	OK(kplug_dma_unmap(edu, mapping.id));
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
	objects_settle();
}

/* A plugin may inspect a mapping, pass it on, and keep it. */
TEST(dma_transaction, mapping_in_the_plugin)
{
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct odd_mapping look = { .id = 99 };
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	OK(module_load("kplug_odd"));
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_dma_buffer_alloc(edu, 3 * PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 100, 2 * PAGE, KPLUG_DMA_FROM_DEVICE, &mapping));
	ck_assert_int_eq(kplug_call(edu, ODD_CALL_MAPPING, &look, sizeof(look), &look,
				    sizeof(look)),
			 -ENOENT);
	look.id = mapping.id;
	for (look.keep = 0; look.keep < 2; look.keep++) {
		struct odd_mapping seen;

		ck_assert_int_eq(kplug_call(edu, ODD_CALL_MAPPING, &look, sizeof(look), &seen,
					    sizeof(seen)),
				 sizeof(seen));
		ck_assert_uint_eq(seen.num_segments, mapping.num_segments);
		ck_assert_uint_eq(seen.direction, KPLUG_DMA_FROM_DEVICE);
		ck_assert_uint_eq(seen.length, 2 * PAGE);
	}
	ck_assert_int_eq(kplug_dma_unmap(edu, mapping.id), -EBUSY);
	OK(kplug_detach(edu, KPLUG_NO_VECTOR));
	OK(kplug_dma_unmap(edu, mapping.id));
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
	objects_settle();
}

/* A plugin without an engine, and a device without DMA. */
TEST(dma_transaction, no_engine)
{
	struct kplug_dma_transaction t = { .mapping = 1 };
	struct kplug_dma_buffer buffer;
	struct kplug *null;

	core_start();
	null = null_open(8);
	ck_assert_int_eq(kplug_dma_transaction_make(null, &t), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_dma_buffer_alloc(null, PAGE, &buffer), -EOPNOTSUPP);
}

/*
 * A client that may not access registers may transfer, if the plugin allows it, and never sees an
 * address.
 */
TEST(dma_transaction, restricted)
{
	struct kplug_dma_segment segment;
	struct kplug *edu;
	struct job job;

	core_start();
	OK(module_load("kplug"));
	device_bind(EDU1);
	OK(kplug_attach_permanent(EDU1, "edu"));
	edu = device_open_restricted(EDU1);
	job_begin(&job, edu, 4 * PAGE);
	ck_assert_int_eq(kplug_dma_segments(edu, job.mapping.id, 0, &segment, 1), -EPERM);
	ck_assert_int_eq(kplug_dma_set_limits(edu, &(struct kplug_dma_limits){ 0 }), -EPERM);
	dma_fill(job.buffer.addr, 4 * PAGE, 0);
	execute(edu, (struct kplug_dma_execution){
			     .id = job.to_device, .length = 1000, .poll_us = KPLUG_POLL_ALWAYS });
	execute(edu, (struct kplug_dma_execution){ .id = job.from_device,
						   .offset = 2 * PAGE,
						   .length = 1000,
						   .poll_us = KPLUG_POLL_ALWAYS });
	dma_check((uint8_t *)job.buffer.addr + 2 * PAGE, 1000, 0);
	check_end(next_event(edu), job.to_device, 0, 1000, 0);
	job_end(&job);
	kplug_close(edu);

	/* null does not allow it. */
	OK(module_load("kplug_null"));
	edu = device_open_restricted(NULL0);
	ck_assert_int_eq(kplug_dma_buffer_alloc(edu, PAGE, &job.buffer), -EPERM);
	ck_assert_int_eq(kplug_dma_map(edu, 0, 0, 0, KPLUG_DMA_BOTH, &job.mapping), -EPERM);
	kplug_close(edu);
	OK(kplug_detach_permanent(EDU1));
}

static long available_kb(void)
{
	char text[64];
	long kb;

	OK(run("echo 3 > /proc/sys/vm/drop_caches; awk '/MemAvailable/ { print $2 }' /proc/meminfo > /run/available"));
	OK(file_read(text, sizeof(text), "/run/available"));
	kb = atol(text);
	return kb;
}

/* Everything is freed, round after round. */
TEST(dma_transaction, steady_memory, .timeout = 120)
{
	struct kplug *edu;
	struct job job;
	long before = 0;

	core_start();
	edu = plugged(EDU1);
	for (int i = 0; i <= 1000; i++) {
		if (i == 20)
			before = available_kb();
		job_begin(&job, edu, 256 * PAGE);
		if (i % 100 == 0) {
			execute(edu, (struct kplug_dma_execution){ .id = job.to_device,
								   .length = 8,
								   .poll_us = KPLUG_POLL_ALWAYS });
			execute(edu, (struct kplug_dma_execution){ .id = job.from_device });
			OK(kplug_dma_transaction_abort(edu, job.from_device));
		}
		job_end(&job);
	}
	/* A leak of a thousand mebibytes would show. */
	ck_assert_int_gt(available_kb(), before - 20000);
	kplug_close(edu);
	objects_settle();
}

static void start(struct kplug *edu, uint64_t source, uint64_t destination, uint32_t count,
		  uint32_t command)
{
	const struct kplug_io *io = kplug_io_user(edu);

	kplug_write64(io, EDU_REGION, EDU_DMA_SOURCE, source);
	kplug_write64(io, EDU_REGION, EDU_DMA_DESTINATION, destination);
	kplug_write64(io, EDU_REGION, EDU_DMA_COUNT, count);
	kplug_write64(io, EDU_REGION, EDU_DMA_COMMAND, EDU_DMA_START | command);
}

/* Without a plugin the program splits, programs and completes every chunk itself. */
TEST(dma_transaction, user_driven, .variants = VARIANTS("interrupt", "polled"))
{
	const bool polled = !strcmp(variant, "polled");
	const uint32_t length = 3 * CHUNK + 5;
	const struct kplug_dma_limits limits = { .address_bits = EDU_DMA_BITS };
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct kplug_dma_splitter *splitter;
	struct kplug_dma_segment chunk;
	struct kplug *edu;
	uint8_t *memory;
	int chunks = 0;

	core_start();
	edu = edu_open(EDU1, "msi");
	OK(kplug_dma_set_limits(edu, &limits));
	if (!polled)
		ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	OK(kplug_dma_buffer_alloc(edu, 8 * PAGE, &buffer));
	memory = buffer.addr;
	dma_fill(memory, 8 * PAGE, 0);
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	ck_assert_int_eq(kplug_dma_splitter_new(edu, &mapping, 12, 8, &splitter), -EINVAL);
	OK(kplug_dma_splitter_new(edu, &mapping, CHUNK, 8, &splitter));
	ck_assert_int_eq(kplug_dma_splitter_start(splitter, 8, 8 * PAGE), -EINVAL);
	ck_assert_int_eq(kplug_dma_splitter_start(splitter, 4, 8), -EINVAL);
	ck_assert_int_eq(kplug_dma_splitter_next(splitter, &chunk), 0);

	OK(kplug_dma_splitter_start(splitter, 0, 100));
	ck_assert_int_eq(kplug_dma_splitter_next(splitter, &chunk), 1);
	start(edu, chunk.address, EDU_DMA_BUFFER, 100, 0);
	ck_assert(WAIT_UNTIL(!(kplug_read64(kplug_io_user(edu), EDU_REGION, EDU_DMA_COMMAND) &
			       EDU_DMA_START),
			     10000));
	OK(kplug_dma_splitter_start(splitter, PAGE, length));
	while (kplug_dma_splitter_next(splitter, &chunk)) {
		chunks++;
		start(edu, EDU_DMA_BUFFER, chunk.address, (uint32_t)chunk.length,
		      EDU_DMA_FROM_DEVICE | (polled ? 0 : EDU_DMA_IRQ));
		if (polled)
			ck_assert(WAIT_UNTIL(
				!(kplug_read64(kplug_io_user(edu), EDU_REGION, EDU_DMA_COMMAND) &
				  EDU_DMA_START),
				10000));
		else
			ck_assert_uint_eq(next_event(edu).data[0], EDU_IRQ_DMA);
	}
	ck_assert_int_eq(chunks, 4);
	dma_check(memory, PAGE, 0);
	for (uint32_t at = 0; at < length; at += CHUNK)
		dma_check(memory + PAGE + at, length - at < 100 ? length - at : 100, 0);
	dma_check(memory + PAGE + length, MARGIN, PAGE + length);
	kplug_dma_splitter_free(splitter);
	OK(kplug_dma_unmap(edu, mapping.id));
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
	objects_settle();
}
