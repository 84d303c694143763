// SPDX-License-Identifier: MIT
// Each allocation and each copy of an operation fails once: the answer is a documented errno,
// nothing is left, and the next try works.
#define _GNU_SOURCE
#include "fault.h"
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kplug_board.h>

#define MOST    20000 /* allocations of one operation */
#define DENSE   40 /* of which the first ones fail one by one, whatever .sparse says */
#define USER    200000 /* pays for the memory */
#define RECORDS KPLUG_MAX_RING /* of a ring that is as large as the user's limit */

/* How one attempt ended, for the parent. */
struct outcome {
	bool ended, works;
	enum fault fault;
	int result, again;
};

/* How many attempts of one operation ended how. */
struct tally {
	unsigned int tried, faults[FAULTS], good, nomem, efault, other;
};

static struct outcome *outcome;
static FILE *table;
static unsigned int wrongs;

static int run_once(const struct operation *op)
{
	union argument argument = subject.argument;
	int result;

	if (op->run)
		return op->run();
	result = ioctl(subject.k, op->command, &argument);
	return result < 0 ? -errno : result;
}

static uint64_t ring_bytes(void)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);

	return page + (RECORDS * sizeof(struct kplug_event) + page - 1) / page * page;
}

/* A user who may lock as much memory as the largest ring takes. */
static void become_payer(void)
{
	const struct rlimit limit = { ring_bytes(), RLIM_INFINITY };

	OK(setresuid(USER, 0, 0));
	OK(setrlimit(RLIMIT_MEMLOCK, &limit));
	capability_set(CAP_IPC_LOCK, false);
}

static void open_subject(const struct operation *op)
{
	struct kplug_attach attach = ARGUMENT(kplug_attach);

	if (!op->device)
		return;
	subject.k = operation_open(op->device, O_RDWR | O_NONBLOCK);
	ck_assert_msg(subject.k >= 0, "%s: open: %s", op->name, strerror(-subject.k));
	if (!op->plugin)
		return;
	strcpy(attach.name, op->plugin);
	/* A client of a virtual device is attached at once. */
	ck_assert_msg(!ioctl(subject.k, KPLUG_ATTACH, &attach) || errno == EALREADY,
		      "%s: attach: %s", op->name, strerror(errno));
}

/* In a process of its own, whose end releases what the operation made. */
static void attempt(const struct operation *op, unsigned int n)
{
	become_payer();
	open_subject(op);
	if (op->set_up)
		op->set_up();
	fault_begin(n);
	outcome->result = run_once(op);
	outcome->fault = fault_end();
	if (outcome->result < 0)
		outcome->again = run_once(op);
	outcome->works = !op->works || op->works();
	if (op->undo)
		op->undo();
	outcome->ended = true;
	_exit(0);
}

static bool payer_has_paid_nothing(void)
{
	pid_t child = fork();
	int status;

	if (!child) {
		struct kplug_ring ring = ARGUMENT(kplug_ring, .entries = RECORDS);
		int k;

		become_payer();
		k = operation_open(NULL0, O_RDWR);
		_exit(k < 0 || ioctl(k, KPLUG_RING, &ring) || ring.out_mmap_size != ring_bytes());
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return !status;
}

/* The objects that live, as text. */
static const char *objects(void)
{
	static char text[2][512];
	static int next;
	char name[32];
	long created, destroyed;
	FILE *file = fopen("/sys/kernel/debug/kplug/objects", "r");
	size_t used = 0;

	next = !next;
	*text[next] = '\0';
	if (!file)
		return text[next];
	fscanf(file, "%*[^\n]");
	while (fscanf(file, "%31s %ld %ld", name, &created, &destroyed) == 3)
		used += snprintf(text[next] + used, sizeof(text[next]) - used, "%s %ld ", name,
				 created - destroyed);
	fclose(file);
	return text[next];
}

static void wrong(const struct operation *op, unsigned int n, const char *what, const char *detail)
{
	static const char *const kinds[FAULTS] = { "none", "slab", "page", "copy", "quiet" };

	printf("%s, n=%u (%s): %s%s; result %d, again %d\n", op->name, n, kinds[outcome->fault],
	       what, detail, outcome->result, outcome->again);
	fprintf(table, "! %s, n=%u (%s): %s%s; result %d, again %d\n", op->name, n,
		kinds[outcome->fault], what, detail, outcome->result, outcome->again);
	fflush(stdout);
	wrongs++;
}

static bool answer_is_right(const struct operation *op)
{
	if (outcome->result >= 0 || (op->also && outcome->result == op->also))
		return true;
	return outcome->result == (outcome->fault == FAULT_COPY ? -EFAULT : -ENOMEM);
}

static bool again_is_right(const struct operation *op)
{
	return outcome->again >= 0 || (outcome->result == -EFAULT && outcome->again == op->again);
}

static void count(struct tally *tally)
{
	tally->tried++;
	tally->faults[outcome->fault]++;
	tally->good += outcome->result >= 0;
	tally->nomem += outcome->result == -ENOMEM;
	tally->efault += outcome->result == -EFAULT;
	tally->other +=
		outcome->result < 0 && outcome->result != -ENOMEM && outcome->result != -EFAULT;
}

/* False when the operation has no nth allocation or copy. */
static bool try_nth(const struct operation *op, unsigned int n, const char *before,
		    struct tally *tally)
{
	pid_t child;
	int status;

	memset(outcome, 0, sizeof(*outcome));
	child = fork();
	if (!child)
		attempt(op, n);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	if (status || !outcome->ended) {
		wrong(op, n, "set-up or operation did not end", "");
		return false;
	}
	if (!outcome->fault) {
		if (outcome->result < 0)
			wrong(op, n, "fails without a fault", "");
		return false;
	}
	count(tally);
	if (!answer_is_right(op))
		wrong(op, n, "not a documented answer", "");
	if (!again_is_right(op))
		wrong(op, n, "the next try fails", "");
	if (!outcome->works)
		wrong(op, n, "has no effect", "");
	if (!WAIT_UNTIL(!strcmp(before, objects()), 20000))
		wrong(op, n, "objects: ", objects());
	return true;
}

static void try_all(const struct operation *op)
{
	struct tally t = { 0 };
	char before[512], row[128];
	uint64_t begin = now_ns();
	unsigned int n = 1;

	snprintf(before, sizeof(before), "%s", objects());
	while (n < MOST && try_nth(op, n, before, &t))
		n += op->sparse && n >= DENSE ? op->sparse : 1;
	if (n >= MOST)
		wrong(op, n, "has no end", "");
	if (!WAIT_UNTIL(payer_has_paid_nothing(), 20000))
		wrong(op, n, "memory stays charged", "");
	snprintf(row, sizeof(row), "%-28s %5u %5u %5u %5u %5u %5u %5u %5u %5u %5.1f\n", op->name,
		 t.tried, t.faults[FAULT_SLAB], t.faults[FAULT_PAGE], t.faults[FAULT_QUIET],
		 t.faults[FAULT_COPY], t.good, t.nomem, t.efault, t.other,
		 (now_ns() - begin) / 1e9);
	fputs(row, table);
	fputs(row, stdout);
	fflush(stdout);
}

/* Every device that the operations use is kplug's, and every plugin is loaded. */
static void start(void)
{
	static const char *const modules[] = { "kplug_null", "kplug_edu",     "kplug_odd",
					       "kplug_nvme", "kplug_ivshmem", "kplug_bare",
					       "kplug_board" };

	core_start();
	fault_prepare();
	device_bind(EDU1);
	device_bind(IVSHMEM);
	device_bind(NVME);
	/* kplug_edu finds them when it is loaded. */
	operation_enable(EDU0);
	operation_enable(EDU2);
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		OK(module_load(modules[i]));
	/* The board is made of it. */
	if (*pci_driver(EDU2))
		device_unbind(EDU2);
	OK(file_write("kplug", "/sys/bus/platform/devices/" BOARD "/driver_override"));
	OK(file_write(BOARD, "/sys/bus/platform/drivers/kplug/bind"));
	uart_release();
	OK(isa_add(UART_LINE));
	OK(file_write("Y", "/sys/module/kplug/parameters/root_complex_routes"));
}

/* Whether its name has one of those in FAILNTH, which the guest's environment may have. */
static bool wanted(const struct operation *op)
{
	const char *list = getenv("FAILNTH");
	char copy[256], *rest = copy, *part;

	if (!list)
		return true;
	snprintf(copy, sizeof(copy), "%s", list);
	while ((part = strsep(&rest, ",")))
		if (strstr(op->name, part))
			return true;
	return false;
}

static void try_group(const char *name, const struct operation *operations)
{
	char path[64];

	start();
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	ck_assert_ptr_ne(outcome, MAP_FAILED);
	snprintf(path, sizeof(path), "/tmp/failnth-%s.txt", name);
	table = fopen(path, "w");
	setlinebuf(table);
	fprintf(table, "%-28s %5s %5s %5s %5s %5s %5s %5s %5s %5s %5s\n", name, "n", "slab", "page",
		"quiet", "copy", "good", "NOMEM", "FAULT", "other", "s");
	for (const struct operation *op = operations; op->name; op++)
		if (wanted(op))
			try_all(op);
	fclose(table);
	fault_finish();
	OK(run("hostcall put failnth-%s.txt < %s", name, path));
	ck_assert_msg(!wrongs, "%u attempts went wrong: see failnth-%s.txt", wrongs, name);
}

static const struct group {
	const char *name;
	const struct operation *operations;
} groups[] = {
	{ "events", event_operations },    { "registers", register_operations },
	{ "plugins", plugin_operations },  { "dma", dma_operations },
	{ "files", file_operations },      { "buses", bus_operations },
	{ "virtual", virtual_operations }, { "modules", module_operations },
	{ "library", library_operations },
};

static void try_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (!strcmp(groups[i].name, name))
			try_group(name, groups[i].operations);
}

TEST(failnth, commands, .variants = VARIANTS("registers", "plugins"), .timeout = 900)
{
	try_named(variant);
}

TEST(failnth, resources, .variants = VARIANTS("events", "dma", "files", "virtual"), .timeout = 900)
{
	try_named(variant);
}

/* Hundreds of allocations each, and a device on a bus comes and goes every time. */
TEST(failnth, devices, .variants = VARIANTS("buses", "modules"), .timeout = 1800, .manual = true)
{
	try_named(variant);
}

TEST(failnth, library, .timeout = 900)
{
	try_named("library");
}

static bool has_operation(unsigned int command)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (const struct operation *op = groups[i].operations; op->name; op++)
			if (op->command == command)
				return true;
	return false;
}

/* Each line of commands.def has an operation here. */
TEST(failnth, every_command)
{
#define KPLUG_COMMAND(number, NAME, ...)                                                  \
	ck_assert_msg(has_operation(KPLUG_##NAME), "KPLUG_" #NAME " has no operation in " \
						   "tests/vm/guest/operation_*.c");
#include <uapi/commands.def>
#undef KPLUG_COMMAND
}
