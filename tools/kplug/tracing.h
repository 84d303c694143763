/* SPDX-License-Identifier: MIT */
/* What the commands that load tracing programs do alike. */
#ifndef KPLUG_TRACING_H
#define KPLUG_TRACING_H

/* Keep libbpf quiet, unless KPLUG_DEBUG is set: what it says is for who writes programs. */
void tracing_begin(void);

/* Leave out the programs whose tracepoints are not here: of kplug while it is not loaded, of other machines. */
struct bpf_object;
void tracing_choose(struct bpf_object *object);

/* Say why a program could not be loaded; gives COMMAND_FAILED. */
int tracing_refused(int err);

/* Say that this command cannot load any; gives COMMAND_FAILED. */
int tracing_missing(void);

#endif /* KPLUG_TRACING_H */
