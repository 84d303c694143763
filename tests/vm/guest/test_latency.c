// SPDX-License-Identifier: MIT
// kplug latency: known delays show in their stage, under any driver.
#define _GNU_SOURCE
#include "command.h"
#include "schema.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/pci_regs.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#define COUNT 40
#define US    1000.0 /* ns */

static cJSON *result;

static void needs_tracing(void)
{
	if (!file_exists("/sys/kernel/btf/vmlinux"))
		test_skip("this kernel does not describe its types");
	if (run("kplug latency --dev " EDU1
		" --duration 0.01 2>&1 | grep 'built without tracing'") == 0)
		test_skip("built without tracing");
}

static void needs_seen_wakes(void)
{
	if (kernel_is_rt())
		test_skip("a thread of the kernel's wakes the program, and may be about anything");
}

static void watch_begin(const char *what)
{
	OK(run("rm -f /tmp/watching; kplug latency %s --json > /tmp/latency.json 2> /tmp/watching & echo $! > /tmp/watcher",
	       what));
	ck_assert_msg(WAIT_UNTIL(!run("grep -q watching /tmp/watching"), 30000),
		      "it does not watch %s", what);
}

static void read_result(const char *path)
{
	static char text[1 << 20];

	cJSON_Delete(result);
	OK(file_read(text, sizeof(text), "%s", path));
	schema_check(text, "kplug latency");
	result = cJSON_Parse(text);
	ck_assert_ptr_nonnull(result);
}

static void watch_end(void)
{
	OK(run("kill -INT $(cat /tmp/watcher); while kill -0 $(cat /tmp/watcher) 2>/dev/null; do usleep 10000; done"));
	read_result("/tmp/latency.json");
}

/* The row whose source contains a text; NULL for none. */
static const cJSON *stage_of(const char *stage, const char *of)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, cJSON_GetObjectItem(result, "stages"))
		if (!strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(one, "stage")), stage) &&
		    strstr(cJSON_GetStringValue(cJSON_GetObjectItem(one, "of")), of))
			return one;
	return NULL;
}

static double figure(const char *stage, const char *of, const char *key)
{
	const cJSON *one = stage_of(stage, of), *item = cJSON_GetObjectItem(one, key);

	ck_assert_msg(cJSON_IsNumber(item), "no %s of %s of %s", key, stage, of);
	return item->valuedouble;
}

static void nothing_lost(void)
{
	ck_assert_int_eq(cJSON_GetObjectItem(result, "lost")->valueint, 0);
}

/* The time between two readings of the clock is at least the delay; the emulator may add to it. */
static void lasts(const char *stage, const char *of, double at_least)
{
	double p50 = figure(stage, of, "p50"), p99 = figure(stage, of, "p99"),
	       max = figure(stage, of, "max");

	/* The middle of a bucket, to 1/64. */
	ck_assert_msg(p50 >= at_least * 63 / 64, "%s: %g ns, expected %g", stage, p50, at_least);
	ck_assert(p99 >= p50 && max >= p99);
	ck_assert(figure(stage, of, "mean") <= max);
}

static struct kplug *odd_armed(const char *parameters)
{
	struct kplug *edu;

	OK(run("modprobe kplug_odd %s", parameters));
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	return edu;
}

/* By read(): a program that takes records from the mapped ring does so without the kernel. */
static void read_event(struct kplug *k)
{
	struct kplug_event event;

	ck_assert_int_eq(kplug_read(k, &event, 1), 1);
}

/* 2 ms in the handler are in the handler's stages, and 20 ms in the deferred one are in that. */
TEST(latency, known_delays, .timeout = 120)
{
	char parameters[128];
	struct kplug *edu;

	core_start();
	needs_tracing();
	snprintf(parameters, sizeof(parameters), "flags=%u verdict=%u busy_us=2000 deferred_ms=20",
		 ODD_NO_THREAD | ODD_DEFER_SLEEPS, KPLUG_HANDLED | KPLUG_NOTIFY | KPLUG_DEFER);
	edu = odd_armed(parameters);
	watch_begin("--dev " EDU1);
	for (int i = 0; i < COUNT; i++) {
		edu_raise(edu, 1);
		read_event(edu);
		read_event(edu);
	}
	watch_end();
	nothing_lost();
	lasts("handler", "kplug", 2000 * US);
	lasts("kplug handler", EDU1 "[0]", 2000 * US);
	lasts("deferred handler", EDU1 "[0]", 20000 * US);
	ck_assert_int_eq(figure("handler", "kplug", "count"), COUNT);
	ck_assert_int_eq(figure("kplug handler", EDU1 "[0]", "count"), COUNT);
	ck_assert_int_eq(figure("deferred handler", EDU1 "[0]", "count"), COUNT);
	ck_assert_int_eq(figure("deferred", EDU1 "[0]", "count"), COUNT);
	ck_assert_int_eq(figure("record taken", EDU1 "[0]", "count"), 2 * COUNT);
	/*
	 * A stage does not contain the time of another: at least half of the interrupts were
	 * undisturbed.
	 */
	ck_assert(figure("deferred", EDU1 "[0]", "p50") < 20000 * US);
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

struct raiser {
	struct kplug *edu;
	void *registers;
	unsigned int count;
};

/* Each interrupt comes when the program sleeps again. */
static void *raise_slowly(void *argument)
{
	struct raiser *raiser = argument;

	for (unsigned int i = 0; i < raiser->count; i++) {
		sleep_ms(20);
		if (raiser->edu)
			edu_raise(raiser->edu, 1);
		else
			((volatile uint32_t *)raiser->registers)[0x60 / 4] = 1;
	}
	return NULL;
}

/* From the interrupt until the waiting program runs; and the age of the record then. */
TEST(latency, woken_program, .timeout = 120)
{
	struct raiser raiser = { .count = COUNT };
	pthread_t thread;

	core_start();
	needs_tracing();
	needs_seen_wakes();
	raiser.edu = odd_armed("busy_us=1000");
	watch_begin("--driver kplug");
	OK(pthread_create(&thread, NULL, raise_slowly, &raiser));
	for (int i = 0; i < COUNT; i++)
		next_event(raiser.edu);
	OK(pthread_join(thread, NULL));
	watch_end();
	nothing_lost();
	lasts("program runs", "kplug", 1000 * US);
	ck_assert_int_ge(figure("program runs", "kplug", "count"), COUNT / 2);
	ck_assert_int_eq(figure("kplug handler", EDU1, "count"), COUNT);
	kplug_close(raiser.edu);
	OK(module_unload("kplug_odd"));
}

static void calls(unsigned int count)
{
	struct kplug *null = null_open(0);

	for (unsigned int i = 0; i < count; i++)
		OK(null_call_u32(null, NULL_CALL_SLEEP, 5));
	kplug_close(null);
}

/* A device without a bus, and calls that sleep for 5 ms. */
TEST(latency, calls, .timeout = 120)
{
	core_start();
	needs_tracing();
	OK(module_load("kplug_null"));
	watch_begin("--dev " NULL0);
	calls(COUNT);
	watch_end();
	nothing_lost();
	ck_assert_int_eq(figure("call", NULL0, "count"), COUNT);
	lasts("call", NULL0, 5000 * US);
}

/*
 * A chunk of each of two clients runs at the same time, with the same id: a tenth of a second each.
 */
TEST(latency, chunks, .timeout = 120)
{
	struct kplug_dma_buffer buffer[2];
	struct kplug_dma_mapping mapping[2];
	struct kplug_dma_transaction t[2];
	struct kplug *edu[2];

	core_start();
	needs_tracing();
	for (int i = 0; i < 2; i++) {
		edu[i] = i ? device_open(EDU1) : edu_open(EDU1, NULL);
		ck_assert_int_eq(kplug_attach(edu[i], 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
		OK(kplug_dma_buffer_alloc(edu[i], EDU_DMA_MAX, &buffer[i]));
		OK(kplug_dma_map(edu[i], buffer[i].fd, 0, 0, KPLUG_DMA_BOTH, &mapping[i]));
		t[i] = (struct kplug_dma_transaction){ .mapping = mapping[i].id,
						       .direction = KPLUG_DMA_TO_DEVICE };
		OK(kplug_dma_transaction_make(edu[i], &t[i]));
	}
	ck_assert_uint_eq(t[0].out_id, t[1].out_id);
	watch_begin("--dev " EDU1);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 2; i++) {
			struct kplug_dma_execution x = { .id = t[i].out_id, .length = EDU_DMA_MAX };

			ck_assert_int_eq(kplug_dma_transaction_execute(edu[i], &x, 1), 1);
		}
		for (int i = 0; i < 2; i++) {
			struct kplug_dma_transaction_info info;

			OK(kplug_dma_transaction_wait(edu[i], t[i].out_id, 20000, &info));
			ck_assert_int_eq(info.out_state, KPLUG_DMA_TRANSACTION_IDLE);
		}
	}
	watch_end();
	nothing_lost();
	ck_assert_int_eq(figure("chunk", EDU1, "count"), 6);
	lasts("chunk", EDU1, 90000 * US);
	for (int i = 0; i < 2; i++)
		kplug_close(edu[i]);
}

static void give(const char *driver)
{
	OK(file_write(driver, "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers_probe"));
	ck_assert_str_eq(pci_driver(EDU1), driver);
}

static void take_back(const char *driver)
{
	OK(run("echo " EDU1 " > /sys/bus/pci/drivers/%s/unbind", driver));
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
}

/* The program's part of a driver on uio_pci_generic. */
static void unmask_line(void)
{
	int config = open("/sys/bus/pci/devices/" EDU1 "/config", O_RDWR);
	uint16_t command;

	ck_assert_int_eq(pread(config, &command, sizeof(command), PCI_COMMAND), sizeof(command));
	command &= ~PCI_COMMAND_INTX_DISABLE;
	ck_assert_int_eq(pwrite(config, &command, sizeof(command), PCI_COMMAND), sizeof(command));
	close(config);
}

/* The driver masks the line in each interrupt, and the program acknowledges and unmasks. */
static void handle_by_uio(unsigned int count)
{
	int uio = open("/dev/uio0", O_RDWR),
	    bar = open("/sys/bus/pci/devices/" EDU1 "/resource0", O_RDWR);
	struct raiser raiser = { .count = count };
	volatile uint32_t *edu;
	pthread_t thread;
	uint32_t n;

	ck_assert_int_ge(uio, 0);
	raiser.registers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, bar, 0);
	ck_assert_ptr_ne(raiser.registers, MAP_FAILED);
	edu = raiser.registers;
	OK(pthread_create(&thread, NULL, raise_slowly, &raiser));
	for (unsigned int i = 0; i < count; i++) {
		unmask_line();
		ck_assert_int_eq(read(uio, &n, sizeof(n)), sizeof(n));
		edu[0x64 / 4] = edu[0x24 / 4];
	}
	OK(pthread_join(thread, NULL));
	munmap(raiser.registers, 4096);
	close(bar);
	close(uio);
}

/* Without the module kplug. */
TEST(latency, uio, .timeout = 120)
{
	core_start();
	needs_tracing();
	OK(module_unload("kplug"));
	OK(module_load("uio_pci_generic"));
	give("uio_pci_generic");
	watch_begin("--driver uio");
	handle_by_uio(COUNT);
	watch_end();
	nothing_lost();
	ck_assert_int_ge(figure("handler", "uio", "count"), COUNT);
	ck_assert_int_ge(figure("program runs", "uio", "count"), COUNT / 2);
	ck_assert(figure("program runs", "uio", "p50") > figure("handler", "uio", "p50"));
	ck_assert_ptr_null(stage_of("kplug handler", ""));
	ck_assert(!module_loaded("kplug"));
	take_back("uio_pci_generic");
	OK(module_unload("uio_pci_generic"));
}

/*
 * The driver requests the interrupt when a program asks for it, after the command began to watch.
 */
TEST(latency, vfio, .timeout = 120)
{
	if (!leg_is("iommu"))
		test_skip("needs an IOMMU");
	core_start();
	needs_tracing();
	OK(module_load("vfio-pci"));
	OK(module_load("vfio_iommu_type1"));
	watch_begin("--driver vfio");
	OK(run("kplug bench irq " EDU1 " --paths vfio --rate 200 --duration 4"));
	watch_end();
	nothing_lost();
	ck_assert_int_ge(figure("handler", "vfio-", "count"), 100);
	OK(module_unload("vfio-pci"));
}

/* The same interrupt, by its number: the command does not know its driver. */
TEST(latency, number, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	needs_tracing();
	edu = odd_armed("busy_us=500");
	OK(run("ls /sys/bus/pci/devices/" EDU1 "/msi_irqs > /tmp/number"));
	watch_begin("--irq $(cat /tmp/number)");
	for (int i = 0; i < COUNT; i++) {
		edu_raise(edu, 1);
		next_event(edu);
	}
	watch_end();
	nothing_lost();
	ck_assert_int_eq(figure("handler", "irq", "count"), COUNT);
	lasts("handler", "irq", 500 * US);
	ck_assert_ptr_null(stage_of("kplug handler", ""));
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

/* Check's own assertions are for one thread. */
static void take_event(struct kplug *edu)
{
	struct kplug_event event;

	if (kplug_wait(edu, &event, 1, 10000 * MS) != 1)
		abort();
}

static void *wait_for_events(void *edu)
{
	for (int i = 0; i < COUNT; i++)
		take_event(edu);
	return NULL;
}

/* With room for one woken program, the command counts all others. */
TEST(latency, no_room, .timeout = 120)
{
	struct raiser raiser = { .count = COUNT };
	struct kplug *edu[4];
	pthread_t waits[4];
	double woken, lost;

	core_start();
	needs_tracing();
	needs_seen_wakes();
	edu[0] = odd_armed("");
	for (int i = 1; i < 4; i++)
		edu[i] = device_open(EDU1);
	raiser.edu = edu[0];
	watch_begin("--dev " EDU1 " --programs 1");
	for (int i = 0; i < 4; i++)
		OK(pthread_create(&waits[i], NULL, wait_for_events, edu[i]));
	raise_slowly(&raiser);
	for (int i = 0; i < 4; i++)
		OK(pthread_join(waits[i], NULL));
	watch_end();
	woken = figure("program runs", "kplug", "count");
	lost = cJSON_GetObjectItem(result, "lost")->valuedouble;
	ck_assert_msg(lost > 0, "nothing was lost");
	ck_assert_msg(woken + lost <= 4 * COUNT, "%g + %g", woken, lost);
	ck_assert_msg(woken + lost >= 2 * COUNT, "%g + %g", woken, lost);
	for (int i = 3; i >= 0; i--)
		kplug_close(edu[i]);
	OK(module_unload("kplug_odd"));
}

/* Each vector has a row; those without room for one are counted. */
TEST(latency, many_vectors, .timeout = 120)
{
	enum { VECTORS = 256 };
	const cJSON *one;
	struct kplug *wide;
	double seen = 0, lost;

	core_start();
	needs_tracing();
	OK(run("modprobe kplug_odd virtual=wide virtual_vectors=%d verdict=%u", VECTORS,
	       KPLUG_HANDLED));
	wide = device_open("wide");
	for (unsigned int i = 0; i < VECTORS; i++)
		ck_assert_int_eq(kplug_attach(wide, i, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	watch_begin("--dev wide");
	for (int i = 0; i < 2; i++)
		OK(file_write("1", "/sys/module/kplug_odd/parameters/fire"));
	watch_end();
	cJSON_ArrayForEach(one, cJSON_GetObjectItem(result, "stages")) {
		ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(one, "stage")),
				 "kplug handler");
		ck_assert_int_eq(cJSON_GetObjectItem(one, "count")->valueint, 2);
		seen += 2;
	}
	lost = cJSON_GetObjectItem(result, "lost")->valuedouble;
	ck_assert_msg(seen >= 2 * 32 && lost > 0 && seen + lost == 2 * VECTORS, "%g + %g", seen,
		      lost);
	kplug_close(wide);
	OK(module_unload("kplug_odd"));
}

static void raise_and_take(struct kplug *edu)
{
	edu_raise(edu, 1);
	next_event(edu);
}

static bool sees_kplug(struct kplug *edu)
{
	raise_and_take(edu);
	return !run("grep -q 'kplug handler' /tmp/later.prom");
}

/* No driver has the device when the command begins to watch. */
TEST(latency, later, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	needs_tracing();
	watch_begin("--dev " EDU1 " --metrics /tmp/later.prom");
	edu = odd_armed("");
	ck_assert(WAIT_UNTIL(sees_kplug(edu), 30000));
	for (int i = 0; i < COUNT; i++)
		raise_and_take(edu);
	watch_end();
	nothing_lost();
	ck_assert_int_gt(figure("handler", "kplug", "count"), COUNT);
	ck_assert_int_gt(figure("kplug handler", EDU1 "[0]", "count"), COUNT);
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

static volatile bool raised_enough;

static void *raise_all_the_time(void *edu)
{
	while (!raised_enough) {
		edu_raise(edu, 1);
		take_event(edu);
	}
	return NULL;
}

/* No state stays in the kernel when commands come and go in the middle of an interrupt. */
TEST(latency, again_and_again, .timeout = 120)
{
	struct kplug *edu;
	pthread_t thread;

	core_start();
	needs_tracing();
	edu = odd_armed("");
	OK(pthread_create(&thread, NULL, raise_all_the_time, edu));
	/* Each takes seconds on an emulated machine. */
	OK(run("for i in $(seq 4); do kplug latency --dev " EDU1
	       " --duration 0.02 --json > /tmp/one.json 2>/dev/null || exit 1; done"));
	read_result("/tmp/one.json");
	nothing_lost();
	raised_enough = true;
	OK(pthread_join(thread, NULL));
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

/* A plugin may be unloaded while the command watches it. */
TEST(latency, core_unloaded, .smoke = true, .timeout = 120)
{
	core_start();
	needs_tracing();
	device_bind(EDU1);
	watch_begin("--dev " EDU1);
	device_unbind(EDU1);
	/* A tracepoint in use keeps its module. */
	ck_assert_int_ne(module_unload("kplug"), 0);
	watch_end();
	ck_assert(WAIT_UNTIL(!module_unload("kplug"), 20000));
}

/* The program sleeps before each interrupt, so that it is woken. */
static void measure(struct kplug *edu, const char *busy_us, const char *path)
{
	struct raiser raiser = { .edu = edu, .count = COUNT };
	pthread_t thread;

	OK(file_write(busy_us, "/sys/module/kplug_odd/parameters/busy_us"));
	watch_begin("--dev " EDU1);
	OK(pthread_create(&thread, NULL, raise_slowly, &raiser));
	for (int i = 0; i < COUNT; i++)
		next_event(edu);
	OK(pthread_join(thread, NULL));
	watch_end();
	OK(run("cp /tmp/latency.json %s", path));
}

#define COMPARE "kplug compare /tmp/before.json "

/* tests/html reads the page in a browser. */
TEST(latency, compared, .timeout = 120)
{
	static char text[1 << 16];
	struct kplug *edu;

	core_start();
	needs_tracing();
	edu = odd_armed("");
	measure(edu, "4000", "/tmp/before.json");
	measure(edu, "0", "/tmp/after.json");
	SAYS("^handler +40 +40", COMPARE "/tmp/after.json --html /tmp/compare.html");
	OK(run("grep -q '^handler  *before .*[▁█]' /tmp/said && ! grep -q differ /tmp/said"));
	OK(run(COMPARE "/tmp/after.json --json > /tmp/compare.json"));
	OK(file_read(text, sizeof(text), "/tmp/compare.json"));
	schema_check(text, "kplug compare");
	OK(run("! grep -q http /tmp/compare.html"));
	OK(run("hostcall put compare.html < /tmp/compare.html; hostcall put compare.json < /tmp/compare.json"));
	OK(run("sed 's/\"kernel\":.*/\"kernel\": \"5.0\",/' /tmp/after.json > /tmp/other.json"));
	SAYS("kernels differ: .* before, 5.0 after", COMPARE "/tmp/other.json");
	OK(run("echo '[{\"path\": \"user\"}]' > /tmp/ladder.json"));
	REFUSES(1, "latency --dev DEVICE --json. makes", COMPARE "/tmp/ladder.json");
	REFUSES(1, "No such file", COMPARE "/tmp/none.json");
	REFUSES(1, "not what", COMPARE "/etc/guest.sh");
	REFUSES(1, "No such file", COMPARE "/tmp/after.json --html /nowhere/page.html");
	REFUSES(2, "which two", COMPARE);
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

/* Page and metrics agree with the JSON; tests/html reads the page in a browser. */
TEST(latency, page, .timeout = 120)
{
	struct kplug *edu;
	char line[128];

	core_start();
	needs_tracing();
	edu = odd_armed("busy_us=300");
	watch_begin("--dev " EDU1 " --html /tmp/latency.html --metrics /tmp/latency.prom");
	for (int i = 0; i < COUNT; i++) {
		edu_raise(edu, 1);
		read_event(edu);
	}
	watch_end();
	snprintf(line, sizeof(line),
		 "kplug_stage_seconds_count{stage=\"kplug handler\",of=\"" EDU1 "[0]\"} %d", COUNT);
	OK(run("grep -qF '%s' /tmp/latency.prom && tail -n 1 /tmp/latency.prom | grep -q '^# EOF'",
	       line));
	OK(run("test $(grep -c 'kplug handler.*le=' /tmp/latency.prom) = 24"));
	OK(run("grep -q 'kplug handler.*le=\"0.000131072\"} 0$' /tmp/latency.prom"));
	OK(run("grep -q 'kplug handler.*le=\"+Inf\"} %d$' /tmp/latency.prom", COUNT));
	OK(run("! grep -q http /tmp/latency.html"));
	OK(run("hostcall put latency.html < /tmp/latency.html; hostcall put latency.json < /tmp/latency.json"));
	REFUSES(1, "No such file",
		"kplug latency --dev " EDU1 " --duration 0.1 --html /nowhere/page.html");
	REFUSES(1, "No such file",
		"kplug latency --dev " EDU1 " --duration 0.1 --metrics /nowhere/page.prom");
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

/* The program's own statistics and the command agree on 2 ms in the handler. */
TEST(latency, same_as_the_program, .timeout = 120)
{
	struct kplug_stage_times inside;
	struct kplug_stats *stats;
	struct kplug_event event;
	struct kplug *edu;
	double outside;

	core_start();
	needs_tracing();
	edu = odd_armed("busy_us=2000");
	OK(kplug_stats_new(1, &stats));
	watch_begin("--dev " EDU1);
	for (int i = 0; i < COUNT; i++) {
		edu_raise(edu, 1);
		ck_assert_int_eq(kplug_read(edu, &event, 1), 1);
		kplug_stats_add(stats, &event);
	}
	watch_end();
	nothing_lost();
	OK(kplug_stats_times(stats, 0, KPLUG_STAGE_HANDLER, &inside));
	outside = figure("kplug handler", EDU1 "[0]", "p50");
	ck_assert_int_eq(figure("kplug handler", EDU1 "[0]", "count"), inside.count);
	ck_assert_msg(inside.p50 > outside * 3 / 4 && inside.p50 < outside * 4 / 3,
		      "%llu and %g ns", (unsigned long long)inside.p50, outside);
	OK(kplug_stats_times(stats, 0, KPLUG_STAGE_TAKEN, &inside));
	ck_assert_int_eq(figure("record taken", EDU1 "[0]", "count"), inside.count);
	/* The program has the record a little after the kernel has passed it on. */
	ck_assert(figure("record taken", EDU1 "[0]", "p50") * 63 / 65 <= (double)inside.p50);
	kplug_stats_free(stats);
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
}

/* Becomes an unprivileged user, with these capabilities, and runs a shell command. */
static void run_with(const int *capabilities, int num, const char *shell)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	prctl(PR_SET_KEEPCAPS, 1);
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		_exit(99);
	for (int i = 0; i < num; i++) {
		struct __user_cap_data_struct *half = &data[capabilities[i] / 32];

		half->permitted = half->effective = half->inheritable |= 1u << capabilities[i] % 32;
	}
	if (syscall(SYS_capset, &header, data))
		_exit(98);
	for (int i = 0; i < num; i++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capabilities[i], 0, 0))
			_exit(97);
	execl("/bin/sh", "sh", "-c", shell, NULL);
	_exit(96);
}

static int as_nobody(const int *capabilities, int num, const char *shell)
{
	int status;
	pid_t child = fork();

	if (!child)
		run_with(capabilities, num, shell);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Two capabilities are enough for each command that traces; without them it reports that. */
TEST(latency, privileges, .timeout = 120)
{
	static const int enough[] = { CAP_BPF, CAP_PERFMON };

	core_start();
	needs_tracing();
	device_bind(EDU1);
	OK(as_nobody(enough, 2, "kplug latency --dev " EDU1 " --duration 0.05"));
	OK(as_nobody(enough, 2, "kplug slow --over 1ms --dev " EDU1 " --duration 0.05"));
	OK(as_nobody(enough, 2, "kplug trace " EDU1 " --duration 0.05"));
	ck_assert_int_eq(as_nobody(NULL, 0,
				   "kplug latency --dev " EDU1 " --duration 0.05 2> /tmp/nobody1"),
			 1);
	OK(run("grep -q 'needs root, or CAP_BPF and CAP_PERFMON' /tmp/nobody1"));
	ck_assert_int_eq(as_nobody(NULL, 0, "kplug trace " EDU1 " 2> /tmp/nobody2"), 1);
	OK(run("grep -q 'needs root, or CAP_BPF and CAP_PERFMON' /tmp/nobody2"));
}

TEST(latency, refused)
{
	core_start();
	needs_tracing();
	REFUSES(1, "no such device", "kplug latency --dev 0000:7f:00.0");
	REFUSES(1, "no such device", "kplug latency --dev ../devices");
	REFUSES(1, "no such driver", "kplug latency --driver nothing");
	REFUSES(1, "no such interrupt", "kplug latency --irq 8000");
	REFUSES(2, "as in /proc/interrupts", "kplug latency --irq x");
	REFUSES(2, "number of seconds", "kplug latency --dev " EDU1 " --duration 0");
	REFUSES(2, "1 to 1048576", "kplug latency --dev " EDU1 " --programs 0");
	REFUSES(2, "whose interrupts", "kplug latency");
	SAYS("no interrupt|No interrupt", "kplug latency --dev " EDU1 " --duration 0.05");
}
