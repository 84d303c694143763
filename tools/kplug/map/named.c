// SPDX-License-Identifier: MIT
/* Registers of a command line by name. */
#include "named.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_NAME 1024

static const char *const folders[] = { "/etc/kplug/maps", "/usr/share/kplug/maps" };

static struct {
	int argc;
	char **argv;
	bool looked_for;
	struct map *map;
	char why[512];
} named;

static bool load(const char *path)
{
	char why[128];

	named.map = map_open(path, why, sizeof(why));
	if (!named.map)
		snprintf(named.why, sizeof(named.why), "the map %s: %s", path, why);
	return named.map;
}

int named_begin(int *argc, char **argv)
{
	const char *path = NULL;
	int kept = 0, i;

	for (i = 0; i < *argc; i++) {
		if (!strncmp(argv[i], "--map=", strlen("--map=")))
			path = argv[i] + strlen("--map=");
		else if (!strcmp(argv[i], "--map") && i + 1 < *argc)
			path = argv[++i];
		else
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	*argc = named.argc = kept;
	named.argv = argv;
	named.looked_for = path;
	if (!path || load(path))
		return COMMAND_OK;
	fprintf(stderr, "%s: %s\n", program_invocation_name, named.why);
	return COMMAND_USAGE;
}

/* read_id() - of a PCI function, 0 if it is none */
static unsigned int read_id(const char *device, const char *what)
{
	const char *domain = strchr(device, ':') == strrchr(device, ':') ? "0000:" : "";
	unsigned int id = 0;
	char path[128];
	FILE *file;

	if (strchr(device, '/') || strlen(device) > 32)
		return 0;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s%s/%s", domain, device, what);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%x", &id) != 1)
		id = 0;
	fclose(file);
	return id;
}

/* load_for() - the map installed for these ids, if there is one */
static bool load_for(unsigned int vendor, unsigned int device)
{
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/%04x:%04x.json", folders[i], vendor, device);
		if (!access(path, R_OK))
			return load(path);
	}
	snprintf(named.why, sizeof(named.why),
		 "a name needs a map: --map FILE, or %s/%04x:%04x.json", folders[0], vendor,
		 device);
	return false;
}

static void look_for_map(void)
{
	unsigned int vendor, device;
	int i;

	named.looked_for = true;
	snprintf(named.why, sizeof(named.why), "a name needs a map: --map FILE");
	for (i = 1; i < named.argc; i++) {
		vendor = read_id(named.argv[i], "vendor");
		device = read_id(named.argv[i], "device");
		if (vendor && device) {
			load_for(vendor, device);
			return;
		}
	}
}

const struct map *named_map(void)
{
	if (!named.looked_for)
		look_for_map();
	return named.map;
}

bool named_find(const char *text, size_t length, struct map_place *place)
{
	char name[MAX_NAME];
	const char *why;

	if (!named_map() || length >= sizeof(name))
		return false;
	memcpy(name, text, length);
	name[length] = '\0';
	why = map_find(named.map, name, place);
	snprintf(named.why, sizeof(named.why), "%s", why ? why : "");
	return !why;
}

void named_refuse(const char *why)
{
	snprintf(named.why, sizeof(named.why), "%s", why);
}

const char *named_why(void)
{
	return *named.why ? named.why : NULL;
}

bool named_parse(const char *text, struct map_place *place)
{
	struct reg reg;

	if (reg_is_name(text))
		return named_find(text, strlen(text), place);
	if (!reg_parse(text, &reg))
		return false;
	*place = (struct map_place){
		.region = reg.region,
		.width = reg.width,
		.words = 1,
		.offset = reg.offset,
		.bits = reg.width * 8,
		.can_read = true,
		.can_write = true,
	};
	return true;
}

bool named_parse_value(const char *text, struct map_place *place, uint64_t *value)
{
	const char *equals = strchr(text, '=');
	char word[MAX_NAME];

	if (!equals || equals - text >= (long)sizeof(word) || !number_parse(equals + 1, value))
		return false;
	memcpy(word, text, equals - text);
	word[equals - text] = '\0';
	return named_parse(word, place);
}

static uint64_t ones(unsigned int bits)
{
	return bits < 64 ? (1ull << bits) - 1 : ~0ull;
}

/* word_number() - of the word at that place by address, 0 having the lowest bits */
static unsigned int word_number(const struct map_place *place, unsigned int at)
{
	return place->high_first ? place->words - 1 - at : at;
}

static int read_register(struct kplug *k, const struct map_place *place, uint64_t *value)
{
	uint64_t word;
	unsigned int i;
	int err = 0;

	*value = 0;
	if (place->words * place->width > sizeof(*value))
		return -E2BIG;
	for (i = 0; !err && i < place->words; i++) {
		err = kplug_access_read(k, place->region, place->offset + i * place->step,
					place->width, &word);
		if (!err)
			*value |= word << (word_number(place, i) * place->width * 8 % 64);
	}
	return err;
}

static int write_register(struct kplug *k, const struct map_place *place, uint64_t value)
{
	uint64_t mask = ones(place->width * 8);
	unsigned int i;
	int err = 0;

	if (place->words * place->width > sizeof(value))
		return -E2BIG;
	for (i = 0; !err && i < place->words; i++)
		err = kplug_access_write(
			k, place->region, place->offset + i * place->step, place->width,
			value >> (word_number(place, i) * place->width * 8 % 64) & mask);
	return err;
}

int named_read(struct kplug *k, const struct map_place *place, uint64_t *value)
{
	int err = read_register(k, place, value);

	*value = *value >> place->shift & ones(place->bits);
	return err;
}

int named_write(struct kplug *k, const struct map_place *place, uint64_t value)
{
	uint64_t mask = ones(place->bits) << place->shift, old;
	int err;

	if (value & ~ones(place->bits))
		return -EINVAL;
	if (!place->is_field)
		return write_register(k, place, value);
	if (place->read_acts || place->write_acts || !place->can_read)
		return -EXDEV;
	err = read_register(k, place, &old);
	return err ? err : write_register(k, place, (old & ~mask) | value << place->shift);
}
