// SPDX-License-Identifier: MIT
/* The instruments that need BPF, in a build without clang, bpftool and libbpf. */
#include <errno.h>
#include <stdio.h>

#include "command.h"

static int missing(void)
{
	fprintf(stderr,
		"%s: built without tracing; install clang, bpftool and libbpf-dev, "
		"and build again\n",
		program_invocation_name);
	return COMMAND_FAILED;
}

int cmd_latency(int argc, char **argv)
{
	(void)argc, (void)argv;
	return missing();
}

int cmd_slow(int argc, char **argv)
{
	(void)argc, (void)argv;
	return missing();
}

int cmd_trace(int argc, char **argv)
{
	(void)argc, (void)argv;
	return missing();
}
