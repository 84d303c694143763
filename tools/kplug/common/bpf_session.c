// SPDX-License-Identifier: MIT
/* The BPF program of an instrument: loaded, attached, and its records read. */
#include "bpf_session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "command.h"
#include "module.h"

static int print_for_debugging(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_DEBUG || !getenv("KPLUG_DEBUG"))
		return 0;
	return vfprintf(stderr, format, args);
}

void bpf_session_prepare(void)
{
	libbpf_set_print(print_for_debugging);
}

/*
 * The kernel's own tracepoints are among its types. A module's are not: they
 * exist while the module is loaded.
 */
static bool is_present(const struct btf *types, const char *section)
{
	const char *name = strchr(section, '/') + 1;
	char type[64];

	if (!strncmp(name, "kplug_", strlen("kplug_")))
		return module_loaded();
	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(types, type, BTF_KIND_TYPEDEF) > 0;
}

void bpf_session_skip_absent(struct bpf_object *object)
{
	struct btf *types = btf__load_vmlinux_btf();
	struct bpf_program *program = NULL;

	/* Without types nothing can be loaded, which bpf_session_start() reports. */
	if (!types)
		return;
	while ((program = bpf_object__next_program(object, program)))
		if (!is_present(types, bpf_program__section_name(program)))
			bpf_program__set_autoload(program, false);
	btf__free(types);
}

static int read_record(void *context, void *data, size_t size)
{
	const struct bpf_reader *reader = context;

	return size < reader->size ? 0 : reader->show(reader->context, data);
}

static int make_ring(struct bpf_session *session)
{
	struct bpf_reader *reader = &session->reader;

	session->records = ring_buffer__new(bpf_map__fd(reader->map), read_record, reader, NULL);
	return session->records ? 0 : -errno;
}

int bpf_session_attach(struct bpf_session *session)
{
	return bpf_object__attach_skeleton(session->skeleton);
}

int bpf_session_start(struct bpf_session *session, struct bpf_object_skeleton *skeleton,
		      const struct bpf_reader *reader)
{
	int err;

	*session = (struct bpf_session){ .skeleton = skeleton };
	err = bpf_object__load_skeleton(skeleton);
	if (!err && reader) {
		session->reader = *reader;
		err = make_ring(session);
	}
	/* The reader is there before the first record. */
	if (!err)
		err = bpf_session_attach(session);
	if (!err)
		return COMMAND_OK;
	bpf_session_stop(session);
	return bpf_session_refused(err);
}

void bpf_session_read(struct bpf_session *session)
{
	ring_buffer__consume(session->records);
}

void bpf_session_pause(struct bpf_session *session)
{
	bpf_object__detach_skeleton(session->skeleton);
}

void bpf_session_stop(struct bpf_session *session)
{
	ring_buffer__free(session->records);
	session->records = NULL;
}

static const char *reason(int err)
{
	if (err == -EPERM || err == -EACCES)
		return "tracing needs root, or CAP_BPF and CAP_PERFMON";
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return "tracing needs a kernel with type information (CONFIG_DEBUG_INFO_BTF)";
	return strerror(-err);
}

int bpf_session_refused(int err)
{
	fprintf(stderr, "%s: %s\n", program_invocation_name, reason(err));
	return COMMAND_FAILED;
}
