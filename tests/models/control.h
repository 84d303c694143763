/* SPDX-License-Identifier: MIT */
/* What a test asks about a card: a request a line, and an answer a line. */
#ifndef MODEL_CONTROL_H
#define MODEL_CONTROL_H

#include "card.h"

/*
 * control_serve() - accepts one client of a listening socket, answers one request and closes
 *
 *   complaints         how many there were since the last time, and the first ones
 *   count NAME         a counter of the model
 *   fault NAME COUNT [BEFORE]
 *                      a fault of fault.c, which is to happen COUNT times after it could have
 *                      happened BEFORE times; it replaces the last one
 *
 * and what the model's own answer() knows
 */
void control_serve(int listener, struct card *card);

#endif
