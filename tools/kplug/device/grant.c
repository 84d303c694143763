// SPDX-License-Identifier: MIT
/* kplug grant: trusts users and groups with a device. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"

static const char doc[] =
	"Trusts a user or group with a device: programs that may open "
	"/dev/kplug/DEVICE and are not in a user namespace of their own need no "
	"CAP_SYS_RAWIO for registers, interrupts and DMA. Without --user and --group "
	"it shows the grants. A grant ends when the device leaves kplug; a udev rule "
	"makes it permanent. Needs root.\v"
	"An IOMMU has to isolate the device's DMA and interrupts. Without one, a "
	"program with the registers of a device that does DMA can read and write all "
	"memory; --unsafe grants it anyway.\n\n"
	"Examples:\n"
	"  kplug grant 0000:03:00.0 --user alice\n"
	"  kplug grant 03:00.0 --group daq\n"
	"  kplug grant 03:00.0 --user alice --revoke";

struct grant_options {
	struct arguments arguments; /* first, as its parser expects */
	bool chosen;
	uint32_t id;
	unsigned int flags;
	bool revoke;
};

static const struct argp_option options[] = {
	{ "user", 'u', "USER", 0, "a name or number", 0 },
	{ "group", 'g', "GROUP", 0, "a name or number", 0 },
	{ "revoke", 'r', NULL, 0, "end the grant; programs that opened the device by it lose it",
	  0 },
	{ "unsafe", 'f', NULL, 0, "grant it although no IOMMU isolates the device", 0 },
	{ 0 }
};

static bool find_user(const char *name, uint32_t *id)
{
	const struct passwd *user = getpwnam(name);

	if (user)
		*id = user->pw_uid;
	return user;
}

static bool find_group(const char *name, uint32_t *id)
{
	const struct group *group = getgrnam(name);

	if (group)
		*id = group->gr_gid;
	return group;
}

static void choose(struct grant_options *o, const char *word, unsigned int flags,
		   struct argp_state *state)
{
	uint64_t number;

	if (o->chosen)
		argp_error(state, "one user or group at a time");
	o->chosen = true;
	o->flags |= flags;
	if (flags ? find_group(word, &o->id) : find_user(word, &o->id))
		return;
	if (!number_parse(word, &number) || number >= UINT32_MAX)
		argp_error(state, "there is no %s '%s'", flags ? "group" : "user", word);
	o->id = (uint32_t)number;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct grant_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		return 0;
	case 'u':
		choose(o, word, 0, state);
		return 0;
	case 'g':
		choose(o, word, KPLUG_GRANT_GROUP, state);
		return 0;
	case 'r':
		o->revoke = true;
		return 0;
	case 'f':
		o->flags |= KPLUG_GRANT_UNSAFE;
		return 0;
	case ARGP_KEY_END:
		if (!o->chosen && (o->revoke || o->flags))
			argp_error(state, "which user or group?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "DEVICE",
	.doc = doc,
	.children = arguments_children,
};

static void print_grant(const struct kplug_grant *grant, cJSON *array)
{
	bool is_group = grant->flags & KPLUG_GRANT_GROUP,
	     unsafe = grant->flags & KPLUG_GRANT_UNSAFE;
	const struct group *group = is_group ? getgrgid(grant->id) : NULL;
	const struct passwd *user = is_group ? NULL : getpwuid(grant->id);
	const char *name = group ? group->gr_name : user ? user->pw_name : "";
	cJSON *object;

	if (!array) {
		printf("%-6s %-10u %s%s\n", is_group ? "group" : "user", grant->id, name,
		       unsafe ? " (unsafe)" : "");
		return;
	}
	object = cJSON_CreateObject();
	cJSON_AddStringToObject(object, "kind", is_group ? "group" : "user");
	cJSON_AddNumberToObject(object, "id", grant->id);
	cJSON_AddStringToObject(object, "name", name);
	cJSON_AddBoolToObject(object, "unsafe", unsafe);
	cJSON_AddItemToArray(array, object);
}

static int show(const struct arguments *arguments)
{
	cJSON *array = arguments->json ? cJSON_CreateArray() : NULL;
	struct kplug_grant *grants;
	int i, count = kplug_grants(arguments->words[0], &grants);

	if (count < 0) {
		cJSON_Delete(array);
		return fail(arguments->words[0], "show grants", count);
	}
	for (i = 0; i < count; i++)
		print_grant(&grants[i], array);
	free(grants);
	if (array)
		print_json("grants-1", array);
	return COMMAND_OK;
}

static int change(const struct grant_options *o)
{
	const char *device = o->arguments.words[0];
	const char *action = o->revoke ? "revoke" : "grant";
	int err = o->revoke ? kplug_grant_end(device, o->id, o->flags) :
			      kplug_grant(device, o->id, o->flags);

	if (err == -EOPNOTSUPP)
		return fail_because(
			device, action,
			"no IOMMU isolates its DMA and interrupts, so a program with its "
			"registers can reach all memory; --unsafe grants it anyway");
	if (err == -ENOSPC)
		return fail_because(device, action, "the device has the maximum number of grants");
	if (err)
		return fail(device, action, err);
	return done(&o->arguments, o->revoke ? "revoked" : "granted");
}

int cmd_grant(int argc, char **argv)
{
	struct grant_options o = { .arguments = { .min = 1, .max = 1 } };

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (choose_device(&o.arguments))
		return COMMAND_FAILED;
	return o.chosen ? change(&o) : show(&o.arguments);
}
