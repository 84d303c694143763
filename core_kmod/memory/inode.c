// SPDX-License-Identifier: GPL-2.0
/* Inodes for clients, so that each client has an address_space for its maps. */
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#include "memory/inode.h"

/* The inode of the device node cannot serve: all clients share it, and mknod makes more of them. */
static int init_fs_context(struct fs_context *fc)
{
	return init_pseudo(fc, ANON_INODE_FS_MAGIC) ? 0 : -ENOMEM;
}

static struct file_system_type fs_type = {
	.name = "kplug",
	.owner = THIS_MODULE,
	.init_fs_context = init_fs_context,
	.kill_sb = kill_anon_super,
};

static struct vfsmount *mount;
static int mount_users;

/* The mount exists only while there are devices: a permanent one would pin the module. */
struct inode *kplug_inode_new(void)
{
	struct inode *inode;
	int err = simple_pin_fs(&fs_type, &mount, &mount_users);

	if (err)
		return ERR_PTR(err);
	inode = alloc_anon_inode(mount->mnt_sb);
	if (IS_ERR(inode))
		simple_release_fs(&mount, &mount_users);
	return inode;
}

void kplug_inode_free(struct inode *inode)
{
	iput(inode);
	simple_release_fs(&mount, &mount_users);
}
