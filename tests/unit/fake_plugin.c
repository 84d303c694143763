// SPDX-License-Identifier: MIT
// The core for a plugin's engine: registers are those of the model, and ends are recorded.
#include "fake_plugin.h"

#include <string.h>

#include "test.h"

struct fake_plugin fake_plugin;

void fake_plugin_begin(const char *model, void *priv)
{
	guest_begin(model);
	memset(&fake_plugin, 0, sizeof(fake_plugin));
	fake_plugin.priv = priv;
}

void *kplug_priv(const struct kplug_device *dev)
{
	(void)dev;
	return fake_plugin.priv;
}

void kplug_dma_done(struct kplug_dma *dma, u64 bytes, int status)
{
	ck_assert_uint_lt(fake_plugin.ends, FAKE_ENDS);
	fake_plugin.end[fake_plugin.ends++] =
		(struct fake_end){ .dma = dma, .bytes = bytes, .status = status };
}

void kplug_dma_stuck(struct kplug_device *dev)
{
	(void)dev;
	fake_plugin.stuck++;
}

__u64 kplug_io_read_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width)
{
	u64 value = 0;

	(void)io;
	OK(card_read(&card, region, offset, &value, width));
	return value;
}

void kplug_io_write_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width, __u64 value)
{
	(void)io;
	OK(card_write(&card, region, offset, &value, width));
}

void usleep_range(unsigned long least, unsigned long most)
{
	(void)least;
	(void)most;
	guest_works();
}
