// SPDX-License-Identifier: MIT
// The models that there are.
#include <stddef.h>
#include <string.h>

#include "bmd.h"
#include "model.h"
#include "plx.h"
#include "xdma.h"

static const struct model *const models[] = {
	&bmd_model, &plx_hpdi_model, &plx_model, &plx_target_model, &xdma_model, &xdma_stream_model,
};

const struct model *model_find(const char *name)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++) {
		if (!strcmp(models[i]->name, name))
			return models[i];
	}
	return NULL;
}
