// SPDX-License-Identifier: MIT
/* Tracing programs: what becomes of them where there is no way to load one. */
#include "tracing.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static int untraceable(const char *why)
{
	fprintf(stderr, "%s: %s\n", program_invocation_name, why);
	return COMMAND_FAILED;
}

int tracing_refused(int err)
{
	if (err == -EPERM || err == -EACCES)
		return untraceable("tracing needs root, or CAP_BPF and CAP_PERFMON");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return untraceable("this kernel does not describe its types (CONFIG_DEBUG_INFO_BTF), which tracing needs");
	return untraceable(strerror(-err));
}

int tracing_missing(void)
{
	return untraceable("built without tracing; install clang, bpftool and libbpf-dev, and build again");
}

#ifdef KPLUG_HAVE_TRACE
#include <bpf/btf.h>
#include <bpf/libbpf.h>

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_DEBUG || !getenv("KPLUG_DEBUG"))
		return 0;
	return vfprintf(stderr, format, args);
}

void tracing_begin(void)
{
	libbpf_set_print(quiet);
}

/* The kernel's own are among its types. Those of a module are not, but they are there as long as it is. */
static bool is_here(const struct btf *types, const char *section)
{
	const char *name = strchr(section, '/') + 1;
	char type[64];

	if (!strncmp(name, "kplug_", strlen("kplug_")))
		return module_loaded();
	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(types, type, BTF_KIND_TYPEDEF) > 0;
}

void tracing_choose(struct bpf_object *object)
{
	struct btf *types = btf__load_vmlinux_btf();
	struct bpf_program *program;

	/* Without them nothing can be loaded, which is said then. */
	if (!types)
		return;
	bpf_object__for_each_program(program, object)
		if (!is_here(types, bpf_program__section_name(program)))
			bpf_program__set_autoload(program, false);
	btf__free(types);
}
#else
void tracing_begin(void)
{
}
#endif
