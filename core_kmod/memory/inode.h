/* SPDX-License-Identifier: GPL-2.0 */
/* Inodes for clients, so that each client has an address_space for its maps. */
#ifndef KPLUG_MEMORY_INODE_H
#define KPLUG_MEMORY_INODE_H

struct inode;

struct inode *kplug_inode_new(void);
void kplug_inode_free(struct inode *inode);

#endif /* KPLUG_MEMORY_INODE_H */
