// SPDX-License-Identifier: MIT
/* kplug ladder: takes the device over for a path, sets it up, and gives it back. */
#include <errno.h>
#include <stdio.h>

#include "common/script.h"
#include "ladder.h"

static int access_register(struct ladder_path *path, struct reg *reg, bool is_write)
{
	if (path->kind->access)
		return path->kind->access(path, reg, is_write);
	if (path->device->virtual)
		return -EOPNOTSUPP;
	return ladder_pci_access(path->device->address, reg, is_write);
}

static int read_register(void *path, struct reg *reg)
{
	return access_register(path, reg, false);
}

static int write_register(void *path, const struct reg *reg)
{
	struct reg copy = *reg;

	return access_register(path, &copy, true);
}

static int run_script(struct ladder_path *path, const struct script *script)
{
	const struct script_target target = {
		.device = path,
		.read = read_register,
		.write = write_register,
	};
	char where[120], why[64];
	struct script_line last;
	int err = script_run(script, &target, &last);

	if (!err)
		return 0;
	script_where(script, &last, where, sizeof(where));
	script_why(&last, err, why, sizeof(why));
	return ladder_unavailable(path, "%s: %s", where, why);
}

int ladder_path_open(struct ladder_path *path)
{
	if (path->kind->open(path))
		return -1;
	path->is_open = true;
	return path->device->setup ? run_script(path, path->device->setup) : 0;
}

void ladder_path_close(struct ladder_path *path)
{
	if (path->is_open && path->device->teardown)
		run_script(path, path->device->teardown);
	path->kind->close(path);
}
