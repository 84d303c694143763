/* SPDX-License-Identifier: MIT */
/* What the test board is called. */
#ifndef KPLUG_BOARD_H
#define KPLUG_BOARD_H

#define BOARD_DRIVER "kplug.Board:A"	/* as odd as the names of real ones */
#define BOARD        BOARD_DRIVER ".0"

#endif
