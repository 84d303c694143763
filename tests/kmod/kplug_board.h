/* SPDX-License-Identifier: MIT */
/* The names of the test board. */
#ifndef KPLUG_BOARD_H
#define KPLUG_BOARD_H

#define BOARD_DRIVER "kplug.Board:A" /* as unusual as some real names */
#define BOARD        BOARD_DRIVER ".0"

#endif
