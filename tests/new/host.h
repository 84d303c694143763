/* SPDX-License-Identifier: MIT */
/* Between the library's functions (library.c) and the core's (host.c) in one process. */
#ifndef NEW_HOST_H
#define NEW_HOST_H

#include <stddef.h>
#include <uapi/kplug_abi.h>

struct kplug_irq;

struct host_handler {
	const char *plugin;
	const struct kplug_step *steps;
	unsigned int num_steps;
	unsigned int (*user)(struct kplug_irq *irq);
};

void host_begin(void);
int host_open(void);
void host_close(void);
int host_attach(unsigned int vector, const struct host_handler *handler);
int host_detach(unsigned int vector);
int host_wait(struct kplug_event *event);
int host_vector_info(unsigned int vector, struct kplug_vector_info *info);
/* Memory that the card reaches, and one transaction on it. */
void *host_dma_memory(size_t length);
int host_dma_execute(unsigned int direction, size_t length, size_t max_chunk);
int host_call(unsigned int command, const void *in, size_t in_len, void *out, size_t out_len);

#endif
