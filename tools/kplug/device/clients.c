// SPDX-License-Identifier: MIT
/* kplug clients: the programs that use a device, and what each holds of it. */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/color.h"
#include "common/command.h"
#include "common/lines.h"
#include "fdinfo.h"

static const char doc[] =
	"Shows the clients of a device. A client is one open(2) of the device, "
	"whichever processes have the descriptor now. Root also sees what each client "
	"holds.\v"
	"Examples:\n"
	"  kplug clients 0000:03:00.0\n"
	"  kplug clients 03:00.0 --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

struct clients {
	struct kplug_holder *holders;
	int num_holders;
	struct fdinfo *fds;
	int num_fds;
};

static const char *const trusts[] = {
	[KPLUG_TRUST_RESTRICTED] = "restricted",
	[KPLUG_TRUST_FULL] = "trusted",
	[KPLUG_TRUST_GRANTED] = "granted",
	[KPLUG_TRUST_REVOKED] = "revoked",
};

static bool is_listed(const struct clients *c, uint32_t client)
{
	int i;

	for (i = 0; i < c->num_holders; i++)
		if (c->holders[i].client == client)
			return true;
	return false;
}

static int trust_of(const char *word)
{
	int i;

	for (i = 0; i < (int)(sizeof(trusts) / sizeof(trusts[0])); i++)
		if (!strcmp(trusts[i], word))
			return i;
	return KPLUG_TRUST_RESTRICTED;
}

/* The attribute of the device is one page; the descriptors complete the list. */
static int add_unlisted(struct clients *c)
{
	struct kplug_holder *grown =
		realloc(c->holders, sizeof(*grown) * (size_t)(c->num_holders + c->num_fds + 1));
	int i;

	if (!grown)
		return -ENOMEM;
	c->holders = grown;
	for (i = 0; i < c->num_fds; i++) {
		struct kplug_holder *holder = &c->holders[c->num_holders];

		if (is_listed(c, c->fds[i].client))
			continue;
		*holder = (struct kplug_holder){
			.trust = trust_of(c->fds[i].trust),
			.client = c->fds[i].client,
			.user = c->fds[i].user,
		};
		memcpy(holder->plugin, c->fds[i].plugin, sizeof(holder->plugin));
		c->num_holders++;
	}
	return 0;
}

/* All descriptors of a client say the same. */
static const struct fdinfo *info_of(const struct clients *c, const struct kplug_holder *holder)
{
	int i;

	for (i = 0; i < c->num_fds; i++)
		if (c->fds[i].client == holder->client)
			return &c->fds[i];
	return NULL;
}

/* A process may have several descriptors of one client. */
static bool is_new_process(const struct clients *c, const struct kplug_holder *holder, int i)
{
	int j;

	if (c->fds[i].client != holder->client)
		return false;
	for (j = 0; j < i; j++)
		if (c->fds[j].client == holder->client && c->fds[j].pid == c->fds[i].pid)
			return false;
	return true;
}

/* From column @at on. */
static void print_processes(const struct clients *c, const struct kplug_holder *holder, int at)
{
	const char *separator = "";
	size_t size;
	char *text;
	FILE *list = open_memstream(&text, &size);
	int i;

	if (!list) {
		puts("?");
		return;
	}
	for (i = 0; i < c->num_fds; i++) {
		if (!is_new_process(c, holder, i))
			continue;
		fprintf(list, "%s%d", separator, c->fds[i].pid);
		separator = ",";
	}
	fputs(*separator ? "" : "-", list);
	if (!fclose(list))
		line_end(stdout, (unsigned int)at, text);
	free(text);
}

static void print_client(const struct clients *c, const struct kplug_holder *holder)
{
	const struct passwd *user = getpwuid(holder->user);
	const struct fdinfo *info = info_of(c, holder);
	char number[16];
	int at;

	snprintf(number, sizeof(number), "%" PRIu32, holder->user);
	at = printf("%-6" PRIu32 " %-7d %-8s %-10s %-8s ", holder->client, holder->pid,
		    user ? user->pw_name : number, trusts[holder->trust],
		    holder->plugin[0] ? holder->plugin : "-");
	if (info)
		at += printf("%-7s %-4" PRIu32 " %-9" PRIu64 " %-5" PRIu64 " ",
			     info->armed[0] ? info->armed : "-", info->mappings, info->memory,
			     info->lost);
	else
		at += printf("%-7s %-4s %-9s %-5s ", "?", "?", "?", "?");
	print_processes(c, holder, at);
}

static void print_all(const struct clients *c)
{
	int i;

	printf("%s%-6s %-7s %-8s %-10s %-8s %-7s %-4s %-9s %-5s %s%s\n",
	       color_begin(stdout, COLOR_HEAD), "CLIENT", "PID", "USER", "TRUST", "PLUGIN",
	       "VECTORS", "MAPS", "MEMORY", "LOST", "OPEN IN", color_end(stdout));
	for (i = 0; i < c->num_holders; i++)
		print_client(c, &c->holders[i]);
}

static cJSON *json_processes(const struct clients *c, const struct kplug_holder *holder)
{
	cJSON *array = cJSON_CreateArray();
	int i;

	for (i = 0; i < c->num_fds; i++)
		if (is_new_process(c, holder, i))
			cJSON_AddItemToArray(array, cJSON_CreateNumber(c->fds[i].pid));
	return array;
}

static cJSON *json_client(const struct clients *c, const struct kplug_holder *holder)
{
	const struct fdinfo *info = info_of(c, holder);
	cJSON *object = cJSON_CreateObject();

	cJSON_AddNumberToObject(object, "client", holder->client);
	cJSON_AddNumberToObject(object, "pid", holder->pid);
	cJSON_AddNumberToObject(object, "user", holder->user);
	cJSON_AddStringToObject(object, "trust", trusts[holder->trust]);
	cJSON_AddStringToObject(object, "plugin", holder->plugin);
	if (info) {
		cJSON_AddStringToObject(object, "vectors", info->armed);
		cJSON_AddNumberToObject(object, "mappings", info->mappings);
		cJSON_AddNumberToObject(object, "transactions", info->transactions);
		cJSON_AddNumberToObject(object, "memory", (double)info->memory);
		cJSON_AddNumberToObject(object, "lost", (double)info->lost);
	}
	cJSON_AddItemToObject(object, "processes", json_processes(c, holder));
	return object;
}

static void show(const struct clients *c, bool json)
{
	cJSON *array;
	int i;

	if (!json) {
		print_all(c);
		return;
	}
	array = cJSON_CreateArray();
	for (i = 0; i < c->num_holders; i++)
		cJSON_AddItemToArray(array, json_client(c, &c->holders[i]));
	print_json("clients-1", array);
}

int cmd_clients(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 1 };
	struct clients c = { 0 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	c.num_holders = kplug_holders(arguments.words[0], &c.holders);
	if (c.num_holders < 0)
		return fail(arguments.words[0], "show clients", c.num_holders);
	c.num_fds = fdinfo_find(arguments.words[0], &c.fds);
	err = c.num_fds < 0 ? c.num_fds : add_unlisted(&c);
	if (!err)
		show(&c, arguments.json);
	free(c.fds);
	free(c.holders);
	return err ? fail(arguments.words[0], "show clients", err) : COMMAND_OK;
}
