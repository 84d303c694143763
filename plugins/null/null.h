/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the null plugin share. */
#ifndef NULL_H
#define NULL_H

#include <kplug/plugin.h>

#include "null_msg.h"

void null_timer_init(void);
/* The calls NULL_CALL_RATE and NULL_CALL_RAISED. */
long null_timer_rate(struct kplug_client *client, const struct null_rate *rate);
void null_timer_raised(struct null_raised *raised);
/* The plugin's close. */
void null_timer_close(struct kplug_client *client);
/* Stops the timer of any client. On return it fires no more. */
void null_timer_stop(void);

#endif /* NULL_H */
