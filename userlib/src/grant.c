// SPDX-License-Identifier: MIT
/* Granting and revoking trust in a device. */
#include "private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_grant(const char *name, const char *sign, uint32_t id, unsigned int flags)
{
	char full[KPLUG_NAME_MAX], line[32];
	int err;

	if (flags & ~(KPLUG_GRANT_GROUP | KPLUG_GRANT_UNSAFE))
		return -EINVAL;
	err = kplug_device_name(full, name);
	if (err)
		return err;
	snprintf(line, sizeof(line), "%s%s:%" PRIu32 "%s\n", sign,
		 flags & KPLUG_GRANT_GROUP ? "gid" : "uid", id,
		 flags & KPLUG_GRANT_UNSAFE ? " unsafe" : "");
	return kplug_sysfs_write(line, KPLUG_SYSFS_CLASS "/%s/grants", full);
}

int kplug_grant(const char *name, uint32_t id, unsigned int flags)
{
	return kplug_result(KPLUG_GRANTING, write_grant(name, "", id, flags));
}

int kplug_grant_end(const char *name, uint32_t id, unsigned int flags)
{
	return kplug_result(KPLUG_GRANT_ENDING,
			    write_grant(name, "-", id, flags & ~KPLUG_GRANT_UNSAFE));
}

/* Parses a line of the attribute: "uid:1000", "gid:44 unsafe". */
static int parse_grant(struct kplug_grant *grant, const char *line)
{
	char kind;

	if (sscanf(line, "%cid:%" SCNu32, &kind, &grant->id) != 2)
		return 0;
	grant->flags = (kind == 'g' ? KPLUG_GRANT_GROUP : 0) |
		       (strchr(line, ' ') ? KPLUG_GRANT_UNSAFE : 0);
	return 1;
}

static int read_grants(const char *name, struct kplug_grant **grants)
{
	char full[KPLUG_NAME_MAX], text[4096]; /* an attribute is a page */
	char *line, *rest = text;
	int count, err;

	err = kplug_device_name(full, name);
	if (err)
		return err;
	err = kplug_sysfs_read(text, sizeof(text), KPLUG_SYSFS_CLASS "/%s/grants", full);
	if (err < 0)
		return err;
	/* No line is shorter than this. */
	*grants = calloc(sizeof(text) / sizeof("uid:0"), sizeof(**grants));
	if (!*grants)
		return -ENOMEM;
	for (count = 0; (line = strsep(&rest, "\n"));)
		count += parse_grant(&(*grants)[count], line);
	return count;
}

int kplug_grants(const char *name, struct kplug_grant **grants)
{
	return kplug_result(KPLUG_LISTING, read_grants(name, grants));
}

static int revoke_client(const char *name, uint32_t client)
{
	char full[KPLUG_NAME_MAX], line[16];
	int err;

	err = kplug_device_name(full, name);
	if (err)
		return err;
	snprintf(line, sizeof(line), "%" PRIu32 "\n", client);
	return kplug_sysfs_write(line, KPLUG_SYSFS_CLASS "/%s/revoke", full);
}

int kplug_revoke(const char *name, uint32_t client)
{
	return kplug_result(KPLUG_REVOKING, revoke_client(name, client));
}
