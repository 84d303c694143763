// SPDX-License-Identifier: MIT
// kplug slow: it names the causes of a late interrupt, whose times add up.
#define _GNU_SOURCE
#include "command.h"
#include "schema.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#define COUNT 10
#define US    1000.0 /* ns */

static cJSON *records; /* an array of all lines */

static void needs_tracing(void)
{
	if (!file_exists("/sys/kernel/btf/vmlinux"))
		test_skip("this kernel does not describe its types");
	if (run("kplug slow --over 1s --dev " EDU1
		" --duration 0.01 2>&1 | grep 'built without tracing'") == 0)
		test_skip("built without tracing");
}

static void needs_seen_wakes(void)
{
	if (kernel_is_rt())
		test_skip("a thread of the kernel's wakes the program, and may be about anything");
}

static void watch_begin(const char *options)
{
	OK(run("rm -f /tmp/watching; kplug slow %s --json > /tmp/slow 2> /tmp/watching & echo $! > /tmp/watcher",
	       options));
	ck_assert_msg(WAIT_UNTIL(!run("grep -q watching /tmp/watching"), 30000),
		      "it does not watch %s", options);
}

static void watch_end(void)
{
	static char line[65536];
	FILE *file;
	cJSON *one;

	OK(run("kill -INT $(cat /tmp/watcher); while kill -0 $(cat /tmp/watcher) 2>/dev/null; do usleep 10000; done"));
	file = fopen("/tmp/slow", "r");
	ck_assert_ptr_nonnull(file);
	cJSON_Delete(records);
	records = cJSON_CreateArray();
	while (fgets(line, sizeof(line), file)) {
		/* Each time takes a while. */
		if (!cJSON_GetArraySize(records))
			schema_check(line, "kplug slow");
		one = cJSON_Parse(line);
		ck_assert_msg(one != NULL, "no JSON: %s", line);
		cJSON_AddItemToArray(records, one);
	}
	fclose(file);
}

static const char *text_of(const cJSON *object, const char *key)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(object, key));

	return text ? text : "";
}

static double number_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItem(object, key);

	ck_assert_msg(cJSON_IsNumber(item), "no %s in %s", key, cJSON_PrintUnformatted(object));
	return item->valuedouble;
}

/* The last line says how many there were. */
static double sum(const char *key)
{
	return number_of(cJSON_GetArrayItem(records, cJSON_GetArraySize(records) - 1), key);
}

/* The time of each cause counts once. */
static void adds_up(const cJSON *record)
{
	const cJSON *part;
	double ns = 0;

	cJSON_ArrayForEach(part, cJSON_GetObjectItem(record, "parts"))
		ns += number_of(part, "ns");
	ck_assert_msg(ns == number_of(record, "ns"), "%g of %s", ns,
		      cJSON_PrintUnformatted(record));
}

/*
 * The number of interrupts whose source contains @of, and whose main cause is @what, named @name,
 * for at least this time.
 */
static int caused(const char *of, const char *what, const char *name, double at_least)
{
	const cJSON *record, *cause;
	int n = 0;

	cJSON_ArrayForEach(record, records) {
		if (!cJSON_GetObjectItem(record, "parts"))
			continue;
		adds_up(record);
		cause = cJSON_GetArrayItem(cJSON_GetObjectItem(record, "parts"), 0);
		n += strstr(text_of(record, "of"), of) && !strcmp(text_of(cause, "what"), what) &&
		     strstr(text_of(cause, "name"), name) && number_of(cause, "ns") >= at_least;
	}
	return n;
}

/* On a busy host an emulated processor pauses sometimes, so that another cause is larger. */
static void at_least(int wanted, const char *of, const char *what, const char *name, double ns)
{
	const int n = caused(of, what, name, ns);

	if (n < wanted)
		run("cat /tmp/slow");
	ck_assert_msg(n >= wanted, "%d are caused by %s %s, expected %d", n, what, name, wanted);
}

/* A thread with a name, on one processor. */
static void settle(const char *name, int cpu, int priority)
{
	const struct sched_param p = { .sched_priority = priority };
	cpu_set_t cpus;

	prctl(PR_SET_NAME, name);
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) ||
	    sched_setscheduler(0, priority ? SCHED_FIFO : SCHED_OTHER, &p))
		abort();
}

static void spin(unsigned int ms)
{
	const uint64_t end = now_ns() + ms * 1000000ull;

	while (now_ns() < end)
		;
}

static void interrupts_go_to(const char *address, int cpu)
{
	OK(run("for i in $(ls /sys/bus/pci/devices/%s/msi_irqs); do echo %d > /proc/irq/$i/smp_affinity_list || exit 1; done",
	       address, cpu));
}

/* One thread waits for an interrupt of EDU1, another raises it. */
struct scene {
	struct kplug *edu[2]; /* EDU1 and EDU2 */
	void (*raise)(struct scene *scene);
	int raiser_cpu;
	atomic_bool flag;
};

static void *wait_for_it(void *argument)
{
	struct scene *scene = argument;
	struct kplug_event event;

	settle("waiter", 0, 0);
	for (int i = 0; i < COUNT; i++)
		if (kplug_read(scene->edu[0], &event, 1) != 1)
			abort();
	return NULL;
}

static void *raise_it(void *argument)
{
	struct scene *scene = argument;

	settle("raiser", scene->raiser_cpu, 30);
	for (int i = 0; i < COUNT; i++) {
		sleep_ms(30);
		scene->raise(scene);
	}
	return NULL;
}

static void play(struct scene *scene, const char *options)
{
	pthread_t waiter, raiser;

	watch_begin(options);
	OK(pthread_create(&waiter, NULL, wait_for_it, scene));
	OK(pthread_create(&raiser, NULL, raise_it, scene));
	OK(pthread_join(waiter, NULL));
	OK(pthread_join(raiser, NULL));
	watch_end();
	ck_assert_int_eq(sum("lost"), 0);
	ck_assert(sum("slow") <= sum("measured"));
}

static struct kplug *armed(const char *address, const struct kplug_handler *handler)
{
	struct kplug *edu = edu_open(address, "msi");

	ck_assert_int_ge(kplug_attach(edu, 0, handler), 0);
	return edu;
}

/* The handler itself; with PREEMPT_RT, its thread. */
TEST(slow, handler, .timeout = 120, .variants = VARIANTS("hard", "thread"))
{
	const bool in_thread = !strcmp(variant, "thread");
	struct kplug_event event;
	struct kplug *edu;

	if (in_thread && !kernel_is_rt())
		test_skip("threads are for PREEMPT_RT");
	core_start();
	needs_tracing();
	OK(run("modprobe kplug_odd busy_us=2000 flags=%u", in_thread ? 0 : ODD_NO_THREAD));
	edu = armed(EDU1, &odd_plugin);
	watch_begin("--over 1ms --dev " EDU1);
	for (int i = 0; i < COUNT; i++) {
		edu_raise(edu, 1);
		ck_assert_int_eq(kplug_read(edu, &event, 1), 1);
	}
	watch_end();
	at_least(COUNT / 2, "irq", in_thread ? "thread" : "handler", "", 2000 * US);
	ck_assert_int_ge(sum("measured"), COUNT);
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

static void raise_and_spin(struct scene *scene)
{
	edu_raise(scene->edu[0], 1);
	spin(20);
}

TEST(slow, higher_priority, .timeout = 120)
{
	struct scene scene = { .raise = raise_and_spin };

	core_start();
	needs_tracing();
	needs_seen_wakes();
	OK(module_load("kplug_edu"));
	scene.edu[0] = armed(EDU1, &edu_plugin);
	interrupts_go_to(EDU1, 0);
	play(&scene, "--over 10ms --dev " EDU1);
	at_least(COUNT / 2, "irq", "task", "raiser", 10000 * US);
	kplug_close(scene.edu[0]);
}

static void raise_both(struct scene *scene)
{
	edu_raise(scene->edu[0], 1);
	for (int i = 0; i < 3; i++)
		edu_raise(scene->edu[1], 1);
}

/* On the same processor, before the program gets to run. */
TEST(slow, another_interrupt, .timeout = 120)
{
	struct scene scene = { .raise = raise_both };

	core_start();
	needs_tracing();
	needs_seen_wakes();
	OK(run("modprobe kplug_odd busy_us=5000"));
	scene.edu[0] = armed(EDU1, edu_handler_of("recipe"));
	scene.edu[1] = armed(EDU2, &odd_plugin);
	interrupts_go_to(EDU1, 0);
	interrupts_go_to(EDU2, 0);
	play(&scene, "--over 4ms --irq $(ls /sys/bus/pci/devices/" EDU1 "/msi_irqs)");
	at_least(COUNT / 2, "irq", "irq", "kplug", 5000 * US);
	kplug_close(scene.edu[1]);
	kplug_close(scene.edu[0]);
	OK(module_unload("kplug_odd"));
}

TEST(slow, softirq, .timeout = 120)
{
	struct scene scene = { .raise = raise_both };

	core_start();
	needs_tracing();
	needs_seen_wakes();
	OK(run("modprobe kplug_odd deferred_busy_us=10000 verdict=%u",
	       KPLUG_HANDLED | KPLUG_DEFER));
	scene.edu[0] = armed(EDU1, edu_handler_of("recipe"));
	scene.edu[1] = armed(EDU2, &odd_plugin);
	interrupts_go_to(EDU1, 0);
	interrupts_go_to(EDU2, 0);
	play(&scene, "--over 5ms --dev " EDU1);
	at_least(COUNT / 2, "irq", "softirq", "", 5000 * US);
	kplug_close(scene.edu[1]);
	kplug_close(scene.edu[0]);
	OK(module_unload("kplug_odd"));
}

static void *turn_interrupts_off(void *argument)
{
	struct scene *scene = argument;

	settle("blocker", 0, 0);
	/* An emulator may give each processor a tenth of a second in turn. */
	for (int i = 0; i < COUNT; i++) {
		while (!scene->flag)
			sched_yield();
		scene->flag = false;
		if (file_write("400000", "/sys/module/kplug_odd/parameters/irqs_off_us"))
			abort();
	}
	return NULL;
}

static void raise_when_off(struct scene *scene)
{
	scene->flag = true;
	while (scene->flag)
		;
	spin(5);
	edu_raise(scene->edu[0], 1);
}

/* From another processor, which cannot notify the processor of the program. */
TEST(slow, interrupts_off, .timeout = 120)
{
	struct scene scene = { .raise = raise_when_off, .raiser_cpu = 1 };
	pthread_t blocker;
	const cJSON *record;
	int off = 0;

	core_start();
	needs_tracing();
	needs_seen_wakes();
	OK(module_load("kplug_edu"));
	OK(module_load("kplug_odd"));
	scene.edu[0] = armed(EDU1, &edu_plugin);
	interrupts_go_to(EDU1, 1);
	OK(pthread_create(&blocker, NULL, turn_interrupts_off, &scene));
	play(&scene, "--over 20ms --dev " EDU1);
	OK(pthread_join(blocker, NULL));
	at_least(2, "irq", "task", "blocker", 20000 * US);
	cJSON_ArrayForEach(record, records)
		off += cJSON_IsTrue(cJSON_GetObjectItem(
			cJSON_GetArrayItem(cJSON_GetObjectItem(record, "parts"), 0), "irqs_off"));
	/* Only x86 tells when the signal of the other processor arrived. */
	if (machine_is_x86())
		ck_assert_int_ge(off, 2);
	kplug_close(scene.edu[0]);
	OK(module_unload("kplug_odd"));
}

/* Causes in kplug: a deferred handler, and a slow program. */
TEST(slow, deferred, .timeout = 120)
{
	struct kplug_event event;
	struct kplug *edu;

	core_start();
	needs_tracing();
	OK(run("modprobe kplug_odd flags=%u verdict=%u deferred_ms=20",
	       ODD_NO_THREAD | ODD_DEFER_SLEEPS, KPLUG_HANDLED | KPLUG_DEFER));
	edu = armed(EDU1, &odd_plugin);
	watch_begin("--over 10ms --dev " EDU1);
	for (int i = 0; i < COUNT; i++) {
		edu_raise(edu, 1);
		ck_assert_int_eq(kplug_read(edu, &event, 1), 1);
	}
	watch_end();
	at_least(COUNT / 2, EDU1 "[0]", "deferred handler", "", 20000 * US);
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

TEST(slow, read_late, .timeout = 120)
{
	struct kplug_event event;
	struct kplug *null;

	core_start();
	needs_tracing();
	null = null_open(64);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	watch_begin("--over 10ms --dev " NULL0);
	settle("sleeper", 0, 30);
	for (int i = 0; i < COUNT; i++) {
		null_fire(null, 0, 1);
		sleep_ms(30);
		ck_assert_int_eq(kplug_read(null, &event, 1), 1);
	}
	for (int i = 0; i < COUNT; i++) {
		null_fire(null, 0, 1);
		spin(30);
		ck_assert_int_eq(kplug_read(null, &event, 1), 1);
	}
	watch_end();
	ck_assert_int_ge(sum("slow"), 2 * COUNT);
	at_least(COUNT / 2, NULL0 "[0]", "the program itself", "", 10000 * US);
	kplug_close(null);
}

/* Records without room in the buffer are counted exactly. */
TEST(slow, no_room, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	needs_tracing();
	OK(module_load("kplug_edu"));
	edu = armed(EDU1, &edu_plugin);
	watch_begin("--over 1ns --irq $(ls /sys/bus/pci/devices/" EDU1 "/msi_irqs)");
	OK(run("kill -STOP $(cat /tmp/watcher)"));
	/* Several interrupts that another processor has not taken yet are one. */
	while (vector_info(edu, 0).out_raised < 2000)
		edu_raise(edu, 1);
	OK(run("kill -CONT $(cat /tmp/watcher)"));
	watch_end();
	ck_assert_int_eq(sum("measured"), vector_info(edu, 0).out_raised);
	ck_assert_int_eq(sum("slow") + sum("lost"), sum("measured"));
	ck_assert_msg(sum("lost") > 0, "%g slow ones were kept", sum("slow"));
	OK(run("grep -q 'more were lost' /tmp/watching"));
	kplug_close(edu);
}

/*
 * Several, as another cause is larger for some: an emulated processor pauses when its host is busy.
 */
TEST(slow, words, .timeout = 120)
{
	struct kplug_event event;
	struct kplug *edu;

	core_start();
	needs_tracing();
	OK(run("modprobe kplug_odd busy_us=2000 flags=%u", ODD_NO_THREAD));
	edu = armed(EDU1, &odd_plugin);
	OK(run("rm -f /tmp/watching; kplug slow --over 1ms --dev " EDU1
	       " --count %d > /tmp/slow 2> /tmp/watching &",
	       COUNT));
	ck_assert(WAIT_UNTIL(!run("grep -q watching /tmp/watching"), 30000));
	for (int i = 0; i < COUNT; i++) {
		edu_raise(edu, 1);
		ck_assert_int_eq(kplug_read(edu, &event, 1), 1);
	}
	ck_assert(WAIT_UNTIL(!run("grep -q 'were slower' /tmp/slow"), 30000));
	SAYS("cause +[0-9.]+ us  the handler itself, on processor", "cat /tmp/slow");
	SAYS("^10 of [0-9]+ were slower than 1000 us", "cat /tmp/slow");
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

TEST(slow, refused)
{
	core_start();
	needs_tracing();
	REFUSES(2, "say --over", "kplug slow --dev " EDU1);
	REFUSES(2, "say --dev", "kplug slow --over 1us");
	REFUSES(2, "not a time", "kplug slow --over 5 --dev " EDU1);
	REFUSES(2, "not a time", "kplug slow --over -5us --dev " EDU1);
	REFUSES(2, "not a time", "kplug slow --over 61s --dev " EDU1);
	REFUSES(2, "number from 1 to", "kplug slow --over 1ms --dev " EDU1 " --count 0");
	REFUSES(1, "no such device", "kplug slow --over 1ms --dev 0000:7f:00.0");
	REFUSES(1, "no such driver", "kplug slow --over 1ms --driver nothing");
}
