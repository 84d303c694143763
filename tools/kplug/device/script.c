// SPDX-License-Identifier: MIT
/* kplug script: makes the register accesses in a file, as to bring up a device. */
#include <errno.h>
#include <stdio.h>

#include "common/command.h"
#include "common/script.h"

static const char doc[] =
	"Makes the register accesses that a file lists, in order. FILE may be - for "
	"standard input. The whole file is parsed before the first access; the first "
	"line that fails ends the script. Needs root.\n\n" SCRIPT_FORM "\v"
	"Examples:\n"
	"  kplug script 0000:00:04.0 samples/factorial.script\n"
	"  echo 'read 0:0x24' | kplug script 0000:00:04.0 - --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE FILE",
	.doc = doc,
};

/* As text, or added to the array @context. */
static void show(void *array, const struct script_line *line)
{
	cJSON *object;

	if (!array) {
		printf("%u:0x%llx = 0x%0*llx\n", line->reg.region,
		       (unsigned long long)line->reg.offset, (int)line->reg.width * 2,
		       (unsigned long long)line->reg.value);
		return;
	}
	object = cJSON_CreateObject();
	cJSON_AddNumberToObject(object, "line", line->number);
	cJSON_AddNumberToObject(object, "region", line->reg.region);
	add_hex(object, "offset", 1, line->reg.offset);
	cJSON_AddNumberToObject(object, "width", line->reg.width);
	add_hex(object, "value", line->reg.width * 2, line->reg.value);
	cJSON_AddItemToArray(array, object);
}

static int fail_line(const char *device, const struct script *script,
		     const struct script_line *line, int err)
{
	char where[256], why[64];

	script_where(script, line, where, sizeof(where));
	if (err != -ETIME)
		return fail_access(device, where, err);
	script_why(line, err, why, sizeof(why));
	return fail_because(device, where, why);
}

static int run(struct kplug *k, const char *device, const struct script *script, bool json)
{
	cJSON *array = json ? cJSON_CreateArray() : NULL;
	struct script_target target = script_on_kplug(k);
	struct script_line last;
	int err;

	target.found = show;
	target.found_context = array;
	err = script_run(script, &target, &last);
	if (json && !err)
		print_json("accesses-1", array);
	else
		cJSON_Delete(array);
	return err ? fail_line(device, script, &last, err) : COMMAND_OK;
}

int cmd_script(int argc, char **argv)
{
	struct arguments arguments = { .min = 2, .max = 2 };
	struct script script;
	struct kplug *k;
	int result;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	result = script_read(&script, arguments.words[1]);
	if (result == COMMAND_OK &&
	    (choose_device(&arguments) || open_device(&k, arguments.words[0], KPLUG_OPEN_NO_RING)))
		result = COMMAND_FAILED;
	else if (result == COMMAND_OK) {
		result = run(k, arguments.words[0], &script, arguments.json);
		kplug_close(k);
	}
	script_free(&script);
	return result;
}
