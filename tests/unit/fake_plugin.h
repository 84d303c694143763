/* SPDX-License-Identifier: MIT */
/* What the core gives to a plugin whose engine drives a model, in place of the core. */
#ifndef UNIT_FAKE_PLUGIN_H
#define UNIT_FAKE_PLUGIN_H

#include <kplug/plugin_dma.h>

#include "fake_guest.h"

/* A chunk's end, as the plugin has reported it. */
struct fake_end {
	struct kplug_dma *dma;
	u64 bytes;
	int status;
};

#define FAKE_ENDS 16

struct fake_plugin {
	void *priv; /* what kplug_priv() returns */
	struct kplug_io io; /* regions of length 0, so that accesses go to the model */
	unsigned int ends, stuck;
	struct fake_end end[FAKE_ENDS];
};

extern struct fake_plugin fake_plugin;

/* fake_plugin_begin() - a guest with this card, and nothing has ended yet */
void fake_plugin_begin(const char *model, void *priv);

#endif
