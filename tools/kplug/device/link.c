// SPDX-License-Identifier: MIT
/* Names of a PCI function that stay when its address changes: links below /dev/kplug. */
#include "link.h"

#include <ctype.h>
#include <dirent.h>
#include <endian.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEVICES      "/sys/bus/pci/devices"
#define SLOTS        "/sys/bus/pci/slots"
#define EXTENDED     0x100 /* the first extended capability */
#define SPACE_SIZE   4096
#define MOST_IN_LIST ((SPACE_SIZE - EXTENDED) / 8)

/* udev takes letters, digits and these. */
static void make_safe(char *name)
{
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("#+-.:=@_/", *name))
			*name = '_';
}

__attribute__((format(printf, 2, 3))) static void add(struct links *links, const char *format, ...)
{
	char *name = links->name[links->count];
	va_list arguments;

	if (links->count == LINK_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(name, LINK_SIZE, format, arguments);
	va_end(arguments);
	make_safe(name);
	links->count++;
}

/* The functions of a card share its slot and number: ".1" for the second one. */
static const char *function_of(const char *address)
{
	const char *dot = strrchr(address, '.');

	return dot && strcmp(dot, ".0") ? dot : "";
}

static bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool found = file && fgets(line, (int)size, file);

	if (file)
		fclose(file);
	if (found)
		line[strcspn(line, "\n")] = '\0';
	return found;
}

/* The attribute of a slot is an address without function. */
static void add_slot(struct links *links, const char *root, const char *address)
{
	char path[PATH_MAX], slot[32];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s" SLOTS, root);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s" SLOTS "/%s/address", root, entry->d_name);
		if (entry->d_name[0] == '.' || !read_line(path, slot, sizeof(slot)) ||
		    strncmp(address, slot, strlen(slot)) || address[strlen(slot)] != '.')
			continue;
		add(links, "by-slot/%.64s%s", entry->d_name, function_of(address));
		break;
	}
	if (dir)
		closedir(dir);
}

static bool read_register(int fd, unsigned int offset, uint32_t *value)
{
	if (pread(fd, value, sizeof(*value), offset) != sizeof(*value))
		return false;
	*value = le32toh(*value);
	return true;
}

/* The capability with the serial number of the card; 0: there is none, or no right to read it. */
static unsigned int find_serial(int fd)
{
	unsigned int offset = EXTENDED, i;
	uint32_t header;

	for (i = 0; i < MOST_IN_LIST && offset >= EXTENDED; i++) {
		if (!read_register(fd, offset, &header) || !header || header == UINT32_MAX)
			return 0;
		if (PCI_EXT_CAP_ID(header) == PCI_EXT_CAP_ID_DSN)
			return offset;
		offset = PCI_EXT_CAP_NEXT(header);
	}
	return 0;
}

static void add_serial(struct links *links, const char *root, const char *address)
{
	uint32_t low = 0, high = 0;
	char path[PATH_MAX];
	unsigned int offset;
	int fd;

	snprintf(path, sizeof(path), "%s" DEVICES "/%s/config", root, address);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	offset = find_serial(fd);
	if (offset && read_register(fd, offset + 4, &low) && read_register(fd, offset + 8, &high) &&
	    (low || high))
		add(links, "by-serial/%08x%08x%s", high, low, function_of(address));
	close(fd);
}

static bool read_ids(const char *root, const char *address, unsigned int ids[2])
{
	static const char *const names[] = { "vendor", "device" };
	char path[PATH_MAX], text[16];
	int i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s" DEVICES "/%s/%s", root, address, names[i]);
		if (!read_line(path, text, sizeof(text)))
			return false;
		ids[i] = (unsigned int)strtoul(text, NULL, 16);
	}
	return true;
}

/* Functions with the same ids before this one are counted. */
static void add_ids(struct links *links, const char *root, const char *address)
{
	unsigned int ids[2], other[2], before = 0;
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	if (!read_ids(root, address, ids))
		return;
	snprintf(path, sizeof(path), "%s" DEVICES, root);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		before += strcmp(entry->d_name, address) < 0 &&
			  read_ids(root, entry->d_name, other) && !memcmp(ids, other, sizeof(ids));
	if (dir)
		closedir(dir);
	if (before)
		add(links, "by-id/%04x:%04x-%u", ids[0], ids[1], before);
	else
		add(links, "by-id/%04x:%04x", ids[0], ids[1]);
}

void links_find(struct links *links, const char *root, const char *address)
{
	links->count = 0;
	add_slot(links, root, address);
	add_serial(links, root, address);
	add_ids(links, root, address);
}
