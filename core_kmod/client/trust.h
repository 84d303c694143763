/* SPDX-License-Identifier: GPL-2.0 */
/* Trust: the client gives it up, or an administrator takes it away. */
#ifndef KPLUG_CLIENT_TRUST_H
#define KPLUG_CLIENT_TRUST_H

struct kplug_client;

void kplug_trust_close_registers(struct kplug_client *client);
int kplug_trust_restrict(struct kplug_client *client);
void kplug_trust_withdraw(struct kplug_client *client);

#endif /* KPLUG_CLIENT_TRUST_H */
