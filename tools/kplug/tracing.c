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

static int refuse(const char *why)
{
	fprintf(stderr, "%s: %s\n", program_invocation_name, why);
	return COMMAND_FAILED;
}

int tracing_refused(int err)
{
	if (err == -EPERM || err == -EACCES)
		return refuse("tracing needs root, or CAP_BPF and CAP_PERFMON");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return refuse("this kernel does not describe its types (CONFIG_DEBUG_INFO_BTF), which tracing needs");
	return refuse(strerror(-err));
}

int tracing_missing(void)
{
	return refuse("built without tracing; install clang, bpftool and libbpf-dev, and build again");
}

#ifdef KPLUG_HAVE_TRACE
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
#else
void tracing_begin(void)
{
}
#endif
