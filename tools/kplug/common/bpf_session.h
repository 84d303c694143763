/* SPDX-License-Identifier: MIT */
/* The BPF program of an instrument: loaded, attached, and its records read. */
#ifndef KPLUG_BPF_SESSION_H
#define KPLUG_BPF_SESSION_H

#include <stddef.h>

struct bpf_map;
struct bpf_object;
struct bpf_object_skeleton;
struct ring_buffer;

/* What reads the records of a program. */
struct bpf_reader {
	struct bpf_map *map; /* the ring buffer */
	size_t size; /* of one record */
	/* Gets each record; returns 0 to get more. */
	int (*show)(void *context, const void *record);
	void *context;
};

struct bpf_session {
	struct bpf_object_skeleton *skeleton; /* the caller's */
	struct bpf_reader reader;
	struct ring_buffer *records; /* NULL: the program has none */
};

/* Before a program is opened: libbpf's messages are printed with KPLUG_DEBUG only. */
void bpf_session_prepare(void);

/* Leave out the programs whose tracepoints this kernel does not have now. */
void bpf_session_skip_absent(struct bpf_object *object);

/* Load and attach a program, with a reader or NULL. Says what is wrong; a COMMAND_*. */
int bpf_session_start(struct bpf_session *session, struct bpf_object_skeleton *skeleton,
		      const struct bpf_reader *reader);

/* Attach what was left out so far and is not any more; 0 or -errno. */
int bpf_session_attach(struct bpf_session *session);

/* Give all available records to the reader. */
void bpf_session_read(struct bpf_session *session);

/* Detach. Records that are there already may still be read. */
void bpf_session_pause(struct bpf_session *session);

/* Before the skeleton is destroyed. */
void bpf_session_stop(struct bpf_session *session);

/* Say why a program could not be opened or loaded; gives COMMAND_FAILED. */
int bpf_session_refused(int err);

#endif /* KPLUG_BPF_SESSION_H */
