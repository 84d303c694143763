// SPDX-License-Identifier: MIT
/* Messages: what failed and what to do next; JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "map/named.h"
#include "module.h"

/* Why a device has no node in /dev/kplug. */
static const char *why_absent(const char *device)
{
	char pci[128], platform[128];

	snprintf(pci, sizeof(pci), "/sys/bus/pci/devices/%s%s",
		 strchr(device, ':') == strrchr(device, ':') ? "0000:" : "", device);
	snprintf(platform, sizeof(platform), "/sys/bus/platform/devices/%s", device);
	if (access(pci, F_OK) && access(platform, F_OK))
		return "no such device; `kplug list` shows all devices";
	return "kplug does not have this device; `kplug bind` moves it to kplug";
}

static const char *explain(const char *device, int err)
{
	switch (err) {
	case -ENOENT:
		return why_absent(device);
	case -ENODEV:
		return "no such device, or it is gone; `kplug list` shows all devices";
	case -EACCES:
	case -EPERM:
		return geteuid() ? "not allowed; try as root" : "not allowed";
	case -EBUSY:
		return "it is in use; `kplug list` shows by which programs";
	case -EPROTO:
		return "the kernel module has another version than this command; "
		       "`modprobe -r kplug` and `modprobe kplug` load the installed one";
	case -EINVAL:
		return "a value is out of range or not aligned; `kplug info` shows the regions";
	case -ENOTCONN:
		return "there is nothing to undo; `kplug list` shows the present state";
	case -EALREADY:
		return "this is already done";
	case -EOPNOTSUPP:
		return "this device cannot do that";
	case -ENOEXEC:
		return "the plugin was built for another version of the kernel module";
	default:
		return strerror(-err);
	}
}

int fail_because(const char *device, const char *action, const char *why)
{
	fprintf(stderr, "%s: %s: %s: %s\n", program_invocation_name, device, action, why);
	return COMMAND_FAILED;
}

int refuse(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_name, what, why);
	return COMMAND_FAILED;
}

int fail(const char *device, const char *action, int err)
{
	return fail_because(
		device, action,
		module_loaded() ?
			explain(device, err) :
			"the kernel module is not loaded; `modprobe kplug` as root loads it");
}

int fail_call(const char *device, const char *action)
{
	return fail_because(device, action, kplug_reason(NULL));
}

int fail_access(const char *device, const char *action, int err)
{
	if (err != -EOPNOTSUPP)
		return fail(device, action, err);
	return fail_because(device, action,
			    "the region does not permit accesses of this width; `kplug widths` "
			    "shows and sets those that it permits");
}

int usage(const char *word, const char *form)
{
	if (reg_is_name(word) && named_why()) {
		fprintf(stderr, "%s: '%s': %s\n", program_invocation_name, word, named_why());
		return COMMAND_USAGE;
	}
	fprintf(stderr, "%s: '%s' is not %s\n", program_invocation_name, word, form);
	return COMMAND_USAGE;
}

int done(const struct arguments *arguments, const char *action)
{
	cJSON *object;

	if (!arguments->json) {
		printf("%s: %s\n", arguments->words[0], action);
		return COMMAND_OK;
	}
	object = cJSON_CreateObject();
	cJSON_AddStringToObject(object, "device", arguments->words[0]);
	cJSON_AddStringToObject(object, "done", action);
	print_json("done-1", object);
	return COMMAND_OK;
}

/* Names a program that has it open: exclusively, or beside this one, which wants it alone. */
static int fail_busy(const char *name, bool exclusive)
{
	struct kplug_holder *holders;
	int count = kplug_holders(name, &holders);
	char why[160], path[64], program[32] = "?\n";
	FILE *file;

	if (count < 1)
		return fail(name, "open", -EBUSY);
	snprintf(path, sizeof(path), "/proc/%d/comm", holders->pid);
	file = fopen(path, "re");
	if (file && !fgets(program, sizeof(program), file))
		strcpy(program, "?\n");
	if (file)
		fclose(file);
	snprintf(why, sizeof(why), "%.*s[%d] has it open%s; `kplug revoke` ends that",
		 (int)strcspn(program, "\n"), program, holders->pid,
		 exclusive ? ", and this command needs it alone" : " exclusively");
	free(holders);
	return fail_because(name, "open", why);
}

int open_device(struct kplug **k, const char *name, unsigned int flags)
{
	const struct kplug_opts opts = { .flags = flags };
	int err = kplug_open(k, name, &opts);

	if (err == -EBUSY)
		return fail_busy(name, flags & KPLUG_OPEN_EXCLUSIVE);
	return err ? fail(name, "open", err) : COMMAND_OK;
}

int show_device(int argc, char **argv, const struct argp *argp, const char *action,
		int (*show)(struct kplug *k, bool json))
{
	struct arguments arguments = { .min = 1, .max = 1 };
	const char *name;
	struct kplug *k;
	int err;

	argp_parse(argp, argc, argv, 0, NULL, &arguments);
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	name = arguments.words[0];
	if (open_device(&k, name, KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	err = show(k, arguments.json);
	kplug_close(k);
	return err ? fail(name, action, err) : COMMAND_OK;
}

const char *widths_text(uint32_t widths, const char *comma, const char *last,
			char text[WIDTHS_SIZE])
{
	uint32_t width;
	int length = 0;

	text[0] = '\0';
	for (width = 1; width <= widths && width <= 8; width *= 2)
		if (widths & width)
			length += snprintf(text + length, WIDTHS_SIZE - (size_t)length, "%s%u",
					   !length            ? "" :
					   widths < 2 * width ? last :
								comma,
					   width * 8);
	return text;
}

void json_widths(cJSON *object, uint32_t widths)
{
	cJSON *array = cJSON_AddArrayToObject(object, "widths");
	uint32_t width;

	for (width = 1; width <= 8; width *= 2)
		if (widths & width)
			cJSON_AddItemToArray(array, cJSON_CreateNumber(width * 8));
}

/* A list becomes a member, since a reader looks for the schema first. */
static cJSON *with_schema(const char *schema, cJSON *json)
{
	cJSON *root = cJSON_CreateObject(), *member;

	cJSON_AddStringToObject(root, "schema", schema);
	if (cJSON_IsArray(json)) {
		cJSON_AddItemToObject(root, "rows", json);
		return root;
	}
	while ((member = json->child)) {
		cJSON_DetachItemViaPointer(json, member);
		cJSON_AddItemToObject(root, member->string, member);
	}
	cJSON_Delete(json);
	return root;
}

static void print_and_free(FILE *out, cJSON *json, char *text)
{
	if (text)
		fprintf(out, "%s\n", text);
	cJSON_free(text);
	cJSON_Delete(json);
}

void print_json(const char *schema, cJSON *json)
{
	json = with_schema(schema, json);
	print_and_free(stdout, json, cJSON_Print(json));
}

void print_json_line(FILE *out, const char *schema, cJSON *json)
{
	json = with_schema(schema, json);
	print_and_free(out, json, cJSON_PrintUnformatted(json));
}

void add_hex(cJSON *object, const char *name, unsigned int digits, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%0*llx", (int)digits, (unsigned long long)value);
	cJSON_AddStringToObject(object, name, text);
}
