// SPDX-License-Identifier: MIT
/* Finds the interrupts and devices that --dev, --irq and --driver mean. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "minors.h"
#include "targets.h"

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

static struct target_source *source_of(const struct target_sources *sources, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < sources->num; i++)
		if (sources->list[i].id == id)
			return &sources->list[i];
	return NULL;
}

const char *targets_name(const struct target_sources *sources, uint32_t id)
{
	const struct target_source *source = source_of(sources, id);

	return source ? source->name : "?";
}

/* A source keeps its first name. */
static void add(struct target_sources *sources, uint32_t id, const char *name)
{
	struct target_source *list;

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

/* Adds the interrupt with the names of its handlers; false: it has no handler. */
static bool add_irq(struct targets *targets, const char *number)
{
	char path[128], actions[48], name[64];
	uint64_t irq;

	if (!number_parse(number, &irq) || irq >= WATCHED_MAX_IRQS)
		return false;
	snprintf(path, sizeof(path), "/sys/kernel/irq/%u/actions", (unsigned int)irq);
	if (!read_line(path, actions, sizeof(actions)))
		return false;
	snprintf(name, sizeof(name), "irq %u %s", (unsigned int)irq, actions);
	add(&targets->irqs, (uint32_t)irq, name);
	return true;
}

/* Its messages, or its line if it has none. */
static void add_irqs_of(struct targets *targets, const char *address)
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

static void add_kplug(struct targets *targets, const char *name)
{
	uint32_t minor;

	if (minor_of(name, &minor))
		add(&targets->devices, minor, name);
}

static void add_device(struct targets *targets, const char *address)
{
	add_kplug(targets, address);
	add_irqs_of(targets, address);
}

/* Short names are accepted for these two. */
static const char *full_name(const char *driver)
{
	if (!strcmp(driver, "uio"))
		return "uio_pci_generic";
	return strcmp(driver, "vfio") ? driver : "vfio-pci";
}

static void add_devices_of(struct targets *targets, const char *driver)
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

void targets_find(struct targets *targets)
{
	unsigned int i;

	for (i = 0; i < targets->num_options; i++) {
		const struct target_option *option = &targets->options[i];

		if (option->kind == TARGET_IRQ)
			add_irq(targets, option->name);
		else if (option->kind == TARGET_DEVICE)
			add_device(targets, option->name);
		else
			add_devices_of(targets, option->name);
	}
}

static bool exists(const char *format, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), format, name);
	return !strchr(name, '/') && !access(path, F_OK);
}

/* An interrupt may be requested later, but a device or driver must exist. */
static int check(const struct target_option *option)
{
	uint64_t irq;

	switch (option->kind) {
	case TARGET_IRQ:
		if (!number_parse(option->name, &irq))
			return usage(option->name, "a number, as in /proc/interrupts");
		if (irq < WATCHED_MAX_IRQS && exists("/sys/kernel/irq/%s", option->name))
			return COMMAND_OK;
		return refuse(option->name, "no such interrupt; /proc/interrupts shows them");
	case TARGET_DEVICE:
		if (exists(SYS_PCI "devices/%s", option->name) ||
		    exists("/sys/class/kplug/%s", option->name))
			return COMMAND_OK;
		return refuse(option->name, "no such device; `kplug list` shows all devices");
	case TARGET_DRIVER:
		if (exists(SYS_PCI "drivers/%s", full_name(option->name)))
			return COMMAND_OK;
		return refuse(
			option->name,
			"no such driver is loaded; `kplug list` shows the driver of each device");
	}
	return COMMAND_FAILED;
}

enum { OPTION_DEV = 0x300, OPTION_IRQ, OPTION_DRIVER };

static const struct argp_option options[] = {
	{ "dev", OPTION_DEV, "ADDRESS", 0,
	  "watch all interrupts of this device (all three may be repeated)", 0 },
	{ "irq", OPTION_IRQ, "N", 0, "watch this interrupt of /proc/interrupts", 0 },
	{ "driver", OPTION_DRIVER, "NAME", 0,
	  "watch all devices of a driver: kplug, uio, vfio, nvme, ...", 0 },
	{ 0 }
};

/* Exits if it does not exist. */
static error_t add_option(struct targets *targets, int kind, const char *name)
{
	struct target_option option = { kind, name };
	int result;

	if (targets->num_options == TARGETS_MAX_OPTIONS)
		exit(usage(name, "within the limit of 16 devices, interrupts and drivers"));
	targets->options[targets->num_options++] = option;
	result = check(&option);
	if (result)
		exit(result);
	return 0;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct targets *targets = state->input;

	switch (key) {
	case OPTION_DEV:
		return add_option(targets, TARGET_DEVICE, word);
	case OPTION_IRQ:
		return add_option(targets, TARGET_IRQ, word);
	case OPTION_DRIVER:
		return add_option(targets, TARGET_DRIVER, word);
	case ARGP_KEY_END:
		if (!targets->num_options)
			argp_error(state, "whose interrupts? say --dev, --irq or --driver");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp targets_argp = {
	.options = options,
	.parser = parse,
};

const struct argp_child targets_children[] = { { &arguments_argp, 0, NULL, 0 },
					       { &targets_argp, 0, NULL, 0 },
					       { 0 } };

void targets_release(struct targets *targets)
{
	free(targets->irqs.list);
	free(targets->devices.list);
}
