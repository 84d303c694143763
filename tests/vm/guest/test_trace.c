// SPDX-License-Identifier: MIT
// kplug trace: each interrupt, event, call and chunk is a line; filters select them; each lost
// record is counted.
#include "command.h"
#include "schema.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#define COUNT 20
#define US    1000.0 /* ns */

static cJSON *records; /* an array of all lines */

static void needs_tracing(void)
{
	if (!file_exists("/sys/kernel/btf/vmlinux"))
		test_skip("this kernel does not describe its types");
	if (run("kplug trace --duration 0.01 2>&1 | grep 'built without tracing'") == 0)
		test_skip("built without tracing");
}

static void trace_begin(const char *options)
{
	OK(run("rm -f /tmp/tracing; kplug trace %s > /tmp/trace 2> /tmp/tracing & echo $! > /tmp/tracer",
	       options));
	ck_assert_msg(WAIT_UNTIL(!run("grep -q tracing /tmp/tracing"), 30000),
		      "it does not trace %s", options);
}

static void trace_end(void)
{
	OK(run("kill -INT $(cat /tmp/tracer); while kill -0 $(cat /tmp/tracer) 2>/dev/null; do usleep 10000; done"));
}

static void read_lines(void)
{
	static char line[1024];
	FILE *file = fopen("/tmp/trace", "r");
	cJSON *one;

	ck_assert_ptr_nonnull(file);
	cJSON_Delete(records);
	records = cJSON_CreateArray();
	while (fgets(line, sizeof(line), file)) {
		/* Each time takes a while. */
		if (!cJSON_GetArraySize(records))
			schema_check(line, "kplug trace");
		one = cJSON_Parse(line);
		ck_assert_msg(one != NULL, "no JSON: %s", line);
		cJSON_AddItemToArray(records, one);
	}
	fclose(file);
}

static void trace_end_json(void)
{
	trace_end();
	read_lines();
}

static const char *text_of(const cJSON *record, const char *key)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(record, key));

	return text ? text : "";
}

static double number_of(const cJSON *record, const char *key)
{
	const cJSON *item = cJSON_GetObjectItem(record, key);

	ck_assert_msg(cJSON_IsNumber(item), "no %s in %s", key, cJSON_PrintUnformatted(record));
	return item->valuedouble;
}

static bool is(const cJSON *record, const char *what)
{
	return !strcmp(text_of(record, "what"), what);
}

/* The number of lines of this kind; "" for all. */
static int count(const char *what)
{
	const cJSON *record;
	int n = 0;

	cJSON_ArrayForEach(record, records)
		n += *what ? is(record, what) : text_of(record, "what")[0] != '\0';
	return n;
}

/* The last line says how many there were. */
static double sum(const char *key)
{
	return number_of(cJSON_GetArrayItem(records, cJSON_GetArraySize(records) - 1), key);
}

static void each_took(const char *what, double at_least)
{
	const cJSON *record;

	cJSON_ArrayForEach(record, records)
		if (is(record, what))
			ck_assert_msg(number_of(record, "took") >= at_least, "%s took %g", what,
				      number_of(record, "took"));
}

static void handle_events(struct kplug *edu, int n)
{
	struct kplug_event event;

	for (int i = 0; i < n; i++) {
		edu_raise(edu, 1);
		ck_assert_int_eq(kplug_read(edu, &event, 1), 1);
	}
}

/* From the interrupt to the program, in this order. */
TEST(trace, interrupts, .smoke = true)
{
	static const char *const order[] = { "interrupt", "handled", "posted", "read" };
	const cJSON *record;
	struct kplug *edu;
	double seq = -1;
	int step = 0;

	core_start();
	needs_tracing();
	OK(run("modprobe kplug_odd busy_us=1000"));
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	trace_begin("--json");
	handle_events(edu, COUNT);
	trace_end_json();
	ck_assert_int_eq(count(""), 4 * COUNT);
	ck_assert_int_eq(sum("records"), 4 * COUNT);
	ck_assert_int_eq(sum("lost"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		ck_assert_int_eq(count(order[i]), COUNT);
	/* A handler posts before it returns or after; the rest is in order. */
	cJSON_ArrayForEach(record, records) {
		if (!cJSON_GetObjectItem(record, "what"))
			break;
		ck_assert_str_eq(text_of(record, "device"), EDU1);
		if (is(record, "interrupt")) {
			ck_assert_int_eq(step, 0);
			step = 1;
		} else if (is(record, "read")) {
			ck_assert_int_eq(step, 1);
			step = 0;
			ck_assert(number_of(record, "seq") > seq);
			seq = number_of(record, "seq");
			ck_assert_int_eq(number_of(record, "thread"), getpid());
		}
	}
	each_took("handled", 1000 * US);
	each_took("read", 0);
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

/* Only the selected records. */
TEST(trace, filters)
{
	struct kplug *null;
	const cJSON *record;

	core_start();
	needs_tracing();
	device_bind(EDU1);
	null = null_open(256);
	for (unsigned int v = 0; v < 2; v++)
		ck_assert_int_eq(kplug_attach(null, v, &null_plugin), KPLUG_HANDLER_PLUGIN);

	trace_begin(NULL0 " --vector 1 --json");
	null_fire(null, 0, 5);
	null_fire(null, 1, 7);
	trace_end_json();
	ck_assert_int_eq(count("interrupt"), 7);
	ck_assert_int_eq(count("handled"), 7);
	ck_assert_int_eq(count("posted"), 7);
	ck_assert_int_eq(count(""), 21);
	cJSON_ArrayForEach(record, records)
		if (*text_of(record, "what"))
			ck_assert_int_eq(number_of(record, "vector"), 1);

	trace_begin("'null*' --type call --json");
	null_fire(null, 0, 5);
	trace_end_json();
	ck_assert_int_eq(count("call"), 1);
	ck_assert_int_eq(count("answered"), 1);
	ck_assert_int_eq(count(""), 2);

	trace_begin(EDU1 " --json");
	null_fire(null, 0, 5);
	trace_end_json();
	ck_assert_int_eq(count(""), 0);

	trace_begin("--count 6 --json");
	null_fire(null, 0, 20);
	trace_end_json();
	ck_assert_int_eq(count(""), 6);

	trace_begin("--type deferred --json");
	OK(null_call_u32(null, NULL_CALL_DEFER, 1));
	null_fire(null, 0, 20);
	/* In a thread on PREEMPT_RT. */
	sleep_ms(200);
	trace_end_json();
	ck_assert_int_ge(count("deferred"), 1);
	ck_assert_int_eq(count("deferred"), count("finished"));
	ck_assert_int_eq(count(""), 2 * count("deferred"));
	kplug_close(null);
}

TEST(trace, calls)
{
	const cJSON *record;
	struct kplug *null;

	core_start();
	needs_tracing();
	null = null_open(0);
	trace_begin(NULL0 " --json");
	for (int i = 0; i < COUNT; i++)
		OK(null_call_u32(null, NULL_CALL_SLEEP, 5));
	ck_assert_int_lt(kplug_call(null, 9999, NULL, 0, NULL, 0), 0);
	trace_end_json();
	ck_assert_int_eq(count("call"), COUNT + 1);
	ck_assert_int_eq(count("answered"), COUNT + 1);
	cJSON_ArrayForEach(record, records) {
		if (!is(record, "answered"))
			continue;
		if (number_of(record, "command") == NULL_CALL_SLEEP) {
			ck_assert(number_of(record, "took") >= 5000 * US);
			ck_assert_int_eq(number_of(record, "result"), 0);
		} else {
			ck_assert_int_eq(number_of(record, "result"), -25); /* ENOTTY */
		}
	}
	trace_begin(NULL0);
	ck_assert_int_lt(kplug_call(null, 9999, NULL, 0, NULL, 0), 0);
	trace_end();
	OK(run("cat /tmp/trace; grep -q 'call 9999 answered: Inappropriate' /tmp/trace"));
	kplug_close(null);
}

/* A transaction in chunks of 4096 bytes: each is programmed and done. */
TEST(trace, chunks)
{
	struct kplug_dma_buffer buffer;
	struct kplug_dma_transaction_info info;
	struct kplug_dma_transaction t;
	struct kplug_dma_mapping mapping;
	const cJSON *record;
	struct kplug *edu;
	double bytes = 0;

	core_start();
	needs_tracing();
	edu = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(edu, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_dma_buffer_alloc(edu, 3 * EDU_DMA_MAX, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	t = (struct kplug_dma_transaction){ .mapping = mapping.id,
					    .direction = KPLUG_DMA_TO_DEVICE };
	OK(kplug_dma_transaction_make(edu, &t));
	trace_begin(EDU1 " --type dma --json");
	struct kplug_dma_execution x = { .id = t.out_id, .length = 3 * EDU_DMA_MAX };

	ck_assert_int_eq(kplug_dma_transaction_execute(edu, &x, 1), 1);
	OK(kplug_dma_transaction_wait(edu, t.out_id, 20000, &info));
	trace_end_json();
	ck_assert_int_eq(count("program"), 3);
	ck_assert_int_eq(count("done"), 3);
	ck_assert_int_eq(count(""), 6);
	each_took("done", 90000 * US);
	cJSON_ArrayForEach(record, records)
		if (is(record, "program")) {
			ck_assert_int_eq(number_of(record, "offset"), bytes);
			bytes += number_of(record, "length");
		}
	ck_assert_int_eq(bytes, 3 * EDU_DMA_MAX);
	kplug_close(edu);
}

/* A buffer of 4 KiB has room for some records, and all others are counted. */
TEST(trace, no_room)
{
	struct kplug *null;

	core_start();
	needs_tracing();
	null = null_open(0);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	trace_begin("--type irq --buffer 4 --json");
	null_fire(null, 0, 5000);
	trace_end_json();
	ck_assert_int_eq(sum("records"), count(""));
	ck_assert_int_gt(sum("lost"), 0);
	ck_assert_int_eq(sum("lost") + sum("records"), 2 * 5000);
	OK(run("grep -q 'records were lost' /tmp/tracing"));
	kplug_close(null);
}

static int phases(const cJSON *events, const char *phase, const char *name)
{
	const cJSON *event;
	int n = 0;

	cJSON_ArrayForEach(event, events)
		n += !strcmp(text_of(event, "ph"), phase) && strstr(text_of(event, "name"), name);
	return n;
}

/* The form of a trace viewer: spans of handlers and calls, and arrows for events between them. */
TEST(trace, chrome)
{
	static char text[1 << 20];
	const cJSON *events, *event;
	struct kplug *null;
	struct kplug_event got;
	cJSON *root;

	core_start();
	needs_tracing();
	null = null_open(256);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	OK(null_call_u32(null, NULL_CALL_DEFER, 1));
	trace_begin("--chrome /tmp/chrome.json");
	for (int i = 0; i < COUNT; i++) {
		null_fire(null, 0, 1);
		ck_assert_int_eq(kplug_read(null, &got, 1), 1);
	}
	trace_end();
	OK(run("grep -q perfetto /tmp/tracing"));
	OK(file_read(text, sizeof(text), "/tmp/chrome.json"));
	root = cJSON_Parse(text);
	events = cJSON_GetObjectItem(root, "traceEvents");
	ck_assert(cJSON_IsArray(events));
	ck_assert_int_eq(phases(events, "X", "handler 0"), COUNT);
	ck_assert_int_eq(phases(events, "X", "call 2"), COUNT);
	ck_assert_int_ge(phases(events, "X", "deferred 0"), 1);
	ck_assert_int_ge(phases(events, "i", "event posted"), COUNT);
	ck_assert_int_eq(phases(events, "b", "event for kplug-guest"), COUNT);
	ck_assert_int_eq(phases(events, "e", "event for kplug-guest"), COUNT);
	ck_assert_int_eq(phases(events, "M", "process_name"), 1);
	cJSON_ArrayForEach(event, events) {
		ck_assert(number_of(event, "pid") >= 1 && number_of(event, "tid") >= 0 &&
			  number_of(event, "ts") >= 0);
		if (!strcmp(text_of(event, "ph"), "X"))
			ck_assert(number_of(event, "dur") >= 0);
	}
	cJSON_Delete(root);
	kplug_close(null);
}

TEST(trace, refused)
{
	core_start();
	needs_tracing();
	OK(module_unload("kplug"));
	REFUSES(1, "module is not loaded", "kplug trace");
	core_start();
	REFUSES(1, "no such device", "kplug trace 0000:7f:00.0");
	REFUSES(1, "bind", "kplug trace " EDU1);
	REFUSES(2, "no type", "kplug trace --type irq,frob");
	REFUSES(2, "number from 0 to 255", "kplug trace --vector 256");
	REFUSES(2, "number from 4", "kplug trace --buffer 1");
	REFUSES(2, "number of seconds", "kplug trace --duration -1");
	REFUSES(1, "No such file", "kplug trace --duration 0.1 --chrome /nowhere/trace.json");
}
