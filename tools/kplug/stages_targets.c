// SPDX-License-Identifier: MIT
/* kplug latency --dev ...: which interrupts and devices are meant. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "minors.h"
#include "stages.h"

#define SYS_PCI "/sys/bus/pci/"

static bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "r");
	bool got = file && fgets(line, (int)size, file);

	if (file)
		fclose(file);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got && *line;
}

static struct stages_source *source_of(const struct stages_sources *sources, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < sources->num; i++)
		if (sources->list[i].id == id)
			return &sources->list[i];
	return NULL;
}

const char *stages_name(const struct stages_sources *sources, uint32_t id)
{
	const struct stages_source *source = source_of(sources, id);

	return source ? source->name : "?";
}

/* The name that it had at first stays. */
static void add(struct stages_sources *sources, uint32_t id, const char *name)
{
	struct stages_source *list;

	if (source_of(sources, id))
		return;
	list = realloc(sources->list, (sources->num + 1) * sizeof(*list));
	if (!list)
		return;
	sources->list = list;
	list[sources->num].id = id;
	snprintf(list[sources->num].name, sizeof(list->name), "%s", name);
	sources->num++;
}

/* With the names of those who handle it; one that nobody handles is left out. */
static bool add_irq(struct stages_targets *targets, const char *number)
{
	char path[128], actions[48], name[64];
	uint64_t irq;

	if (!number_parse(number, &irq) || irq >= STAGES_MAX_IRQS)
		return false;
	snprintf(path, sizeof(path), "/sys/kernel/irq/%u/actions", (unsigned int)irq);
	if (!read_line(path, actions, sizeof(actions)))
		return false;
	snprintf(name, sizeof(name), "irq %u %s", (unsigned int)irq, actions);
	add(&targets->irqs, (uint32_t)irq, name);
	return true;
}

/* Messages if it has some, else its line. */
static void add_irqs_of(struct stages_targets *targets, const char *address)
{
	char path[320], line[16];
	struct dirent *entry;
	bool any = false;
	DIR *messages;

	snprintf(path, sizeof(path), SYS_PCI "devices/%s/msi_irqs", address);
	messages = opendir(path);
	while (messages && (entry = readdir(messages)))
		any |= add_irq(targets, entry->d_name);
	if (messages)
		closedir(messages);
	snprintf(path, sizeof(path), SYS_PCI "devices/%s/irq", address);
	if (!any && read_line(path, line, sizeof(line)) && strcmp(line, "0"))
		add_irq(targets, line);
}

static void add_kplug(struct stages_targets *targets, const char *name)
{
	uint32_t minor;

	if (minor_of(name, &minor))
		add(&targets->devices, minor, name);
}

static void add_device(struct stages_targets *targets, const char *address)
{
	add_kplug(targets, address);
	add_irqs_of(targets, address);
}

/* The names that people use for them. */
static const char *full_name(const char *driver)
{
	if (!strcmp(driver, "uio"))
		return "uio_pci_generic";
	return strcmp(driver, "vfio") ? driver : "vfio-pci";
}

static void add_devices_of(struct stages_targets *targets, const char *driver)
{
	char pattern[128];
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), SYS_PCI "drivers/%s/*:*:*.*", full_name(driver));
	if (!glob(pattern, 0, NULL, &found))
		for (i = 0; i < found.gl_pathc; i++)
			add_device(targets, strrchr(found.gl_pathv[i], '/') + 1);
	globfree(&found);
}

void stages_find(struct stages_targets *targets)
{
	unsigned int i;

	for (i = 0; i < targets->num_wishes; i++) {
		const struct stages_wish *wish = &targets->wishes[i];

		if (wish->kind == STAGES_IRQ)
			add_irq(targets, wish->name);
		else if (wish->kind == STAGES_DEVICE)
			add_device(targets, wish->name);
		else
			add_devices_of(targets, wish->name);
	}
}

static bool exists(const char *format, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), format, name);
	return !strchr(name, '/') && !access(path, F_OK);
}

/* An interrupt may be requested later, a device or a driver must be there. */
static int check(const struct stages_wish *wish)
{
	uint64_t irq;

	switch (wish->kind) {
	case STAGES_IRQ:
		if (!number_parse(wish->name, &irq))
			return usage(wish->name, "a number, as in /proc/interrupts");
		if (irq < STAGES_MAX_IRQS && exists("/sys/kernel/irq/%s", wish->name))
			return COMMAND_OK;
		return refuse(wish->name, "no such interrupt; /proc/interrupts shows them");
	case STAGES_DEVICE:
		if (exists(SYS_PCI "devices/%s", wish->name) || exists("/sys/class/kplug/%s", wish->name))
			return COMMAND_OK;
		return refuse(wish->name, "no such device; `kplug list` shows what is here");
	case STAGES_DRIVER:
		if (exists(SYS_PCI "drivers/%s", full_name(wish->name)))
			return COMMAND_OK;
		return refuse(wish->name, "no such driver is loaded; `kplug list` shows who has which device");
	}
	return COMMAND_FAILED;
}

enum { OPTION_DEV = 0x300, OPTION_IRQ, OPTION_DRIVER };

static const struct argp_option options[] = {
	{ "dev", OPTION_DEV, "ADDRESS", 0, "all interrupts of this device (may be repeated, as the next two)", 0 },
	{ "irq", OPTION_IRQ, "N", 0, "this one, as /proc/interrupts has it", 0 },
	{ "driver", OPTION_DRIVER, "NAME", 0, "of all devices that a driver has: kplug, uio, vfio, nvme, ...", 0 },
	{ 0 }
};

/* What is wrong with it is said already. */
static error_t want(struct stages_targets *targets, int kind, const char *name)
{
	struct stages_wish wish = { kind, name };
	int result;

	if (targets->num_wishes == STAGES_MAX_WISHES)
		exit(usage(name, "fewer devices, interrupts and drivers"));
	targets->wishes[targets->num_wishes++] = wish;
	result = check(&wish);
	if (result)
		exit(result);
	return 0;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct stages_targets *targets = state->input;

	switch (key) {
	case OPTION_DEV:
		return want(targets, STAGES_DEVICE, word);
	case OPTION_IRQ:
		return want(targets, STAGES_IRQ, word);
	case OPTION_DRIVER:
		return want(targets, STAGES_DRIVER, word);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp targets_argp = {
	.options = options,
	.parser = parse,
};

const struct argp_child stages_children[] = {
	{ &arguments_argp, 0, NULL, 0 },
	{ &targets_argp, 0, NULL, 0 },
	{ 0 }
};

void stages_release(struct stages_targets *targets)
{
	free(targets->irqs.list);
	free(targets->devices.list);
}
