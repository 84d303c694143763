// SPDX-License-Identifier: MIT
/* A udev rule that runs `kplug bind` whenever the device appears. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/command.h"

#define RULES "/etc/udev/rules.d"

static void rule_path(char path[], size_t size, const char *address)
{
	snprintf(path, size, RULES "/61-kplug-%s.rules", address);
}

static bool is_on(const char *bus, const char *address)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s", bus, address);
	return !access(path, F_OK);
}

/* The rule is not for another card in the same slot. */
static void write_ids(FILE *rule, const char *address)
{
	static const char *const names[] = { "vendor", "device" };
	char path[PATH_MAX], id[16];
	FILE *file;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", address, names[i]);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%15s", id) == 1)
			fprintf(rule, "ATTR{%s}==\"%s\", ", names[i], id);
		fclose(file);
	}
}

static int write_rule(FILE *rule, const char *address)
{
	bool is_pci = is_on("pci", address);
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0)
		return -errno;
	self[length] = '\0';
	fprintf(rule,
		"# By kplug bind --persist; kplug unbind removes it.\n"
		"ACTION==\"add\", SUBSYSTEM==\"%s\", KERNEL==\"%s\", ",
		is_pci ? "pci" : "platform", address);
	if (is_pci)
		write_ids(rule, address);
	fprintf(rule, "RUN+=\"/sbin/modprobe kplug\", RUN+=\"%s bind %s\"\n", self, address);
	return 0;
}

int persist(const char *address)
{
	char path[PATH_MAX];
	FILE *rule;
	int err;

	/* A machine without rules may not have the folder. */
	mkdir("/etc/udev", 0755);
	mkdir(RULES, 0755);
	rule_path(path, sizeof(path), address);
	rule = fopen(path, "we");
	if (!rule)
		return -errno;
	err = write_rule(rule, address);
	if (ferror(rule) && !err)
		err = -EIO;
	if (fclose(rule) && !err)
		err = -errno;
	if (err)
		unlink(path);
	return err;
}

int persist_no_more(const char *address)
{
	char path[PATH_MAX];

	rule_path(path, sizeof(path), address);
	return unlink(path) && errno != ENOENT ? -errno : 0;
}
