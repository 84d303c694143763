/* SPDX-License-Identifier: MIT */
/* The model of a card with Xilinx' bus master design: one block each way, and no descriptors. */
#ifndef MODEL_BMD_H
#define MODEL_BMD_H

#include "model.h"

extern const struct model bmd_model;

#endif
