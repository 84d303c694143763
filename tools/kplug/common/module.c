// SPDX-License-Identifier: MIT
/* Kernel modules: loads one, and explains why it does not load. */
#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "command.h"
#include "module.h"

bool module_loaded(void)
{
	return access("/sys/class/kplug", F_OK) == 0;
}

static int insert(struct kmod_module *module)
{
	int err = kmod_module_probe_insert_module(module, KMOD_PROBE_APPLY_BLACKLIST, NULL, NULL,
						  NULL, NULL);

	return err == KMOD_PROBE_APPLY_BLACKLIST ? -ECANCELED : err;
}

/* A name, or the alias of several modules. */
static int insert_all(struct kmod_ctx *context, const char *name)
{
	struct kmod_list *found = NULL, *each;
	int err = kmod_module_new_from_lookup(context, name, &found);

	if (!err && !found)
		err = -ENOENT;
	kmod_list_foreach(each, found)
	{
		struct kmod_module *module = kmod_module_get_module(each);

		if (!err)
			err = insert(module);
		kmod_module_unref(module);
	}
	kmod_module_unref_list(found);
	return err;
}

static void no_log(void *data, int priority, const char *file, int line, const char *function,
		   const char *format, va_list arguments)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)function;
	(void)format;
	(void)arguments;
}

int module_load(const char *name)
{
	struct kmod_ctx *context = kmod_new(NULL, NULL);
	int err;

	if (!context)
		return -ENOMEM;
	/* The caller says what failed. */
	kmod_set_log_fn(context, no_log, NULL);
	err = insert_all(context, name);
	kmod_unref(context);
	return err;
}

static const char *because(int err)
{
	switch (err) {
	case -EPERM:
		if (geteuid())
			return "not allowed; try as root";
		/* fallthrough */
	case -EKEYREJECTED:
	case -ENOKEY:
	case -EBADMSG:
		return "the kernel takes signed modules only, as with Secure Boot; "
		       "docs/install.md says how to sign it";
	case -ENOEXEC:
		return "it was built for another kernel or another kplug; build it again";
	case -ECANCELED:
		return "a file in /etc/modprobe.d forbids it";
	default:
		return strerror(-err);
	}
}

const char *module_reason(const char *name, int err, char text[MODULE_REASON_SIZE])
{
	struct utsname kernel;

	uname(&kernel);
	if (err == -ENOENT)
		snprintf(text, MODULE_REASON_SIZE,
			 "the module %s is not installed for the kernel %s; docs/install.md says "
			 "how to build it",
			 name, kernel.release);
	else
		snprintf(text, MODULE_REASON_SIZE, "the module %s does not load: %s", name,
			 because(err));
	return text;
}

int core_needed(const char *what)
{
	char why[MODULE_REASON_SIZE];
	int err;

	if (module_loaded())
		return COMMAND_OK;
	if (geteuid())
		return refuse(what, "the kernel module is not loaded; try as root");
	err = module_load("kplug");
	return err ? refuse(what, module_reason("kplug", err, why)) : COMMAND_OK;
}
