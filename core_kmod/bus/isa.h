/* SPDX-License-Identifier: GPL-2.0 */
/* ISA cards. They cannot be detected, so root declares their ports, memory and interrupt line. */
#ifndef KPLUG_BUS_ISA_H
#define KPLUG_BUS_ISA_H

int kplug_isa_init(void);
void kplug_isa_exit(void);

#endif /* KPLUG_BUS_ISA_H */
