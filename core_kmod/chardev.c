// SPDX-License-Identifier: GPL-2.0
/* The file operations of /dev/kplug/<address>. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "access/map.h"
#include "access/mmap.h"
#include "chardev.h"
#include "client/client.h"
#include "command.h"
#include "compat.h"
#include "device.h"
#include "event/reader.h"
#include "plugin/call.h"
#include "plugin/shm.h"

static int chardev_open(struct inode *inode, struct file *file)
{
	struct kplug_device *dev = container_of(inode->i_cdev, struct kplug_device, cdev);
	struct kplug_client *client =
		kplug_client_open(dev, !(file->f_mode & FMODE_WRITE), file->f_flags & O_EXCL);

	if (IS_ERR(client))
		return PTR_ERR(client);
	file->private_data = client;
	file->f_mapping = client->inode->i_mapping;
	return stream_open(inode, file);
}

static int chardev_release(struct inode *inode, struct file *file)
{
	kplug_client_close(file->private_data);
	return 0;
}

/* Programs call often, so calls take a short path. */
static long chardev_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	struct kplug_client *client = file->private_data;
	void __user *user = (void __user *)arg;

	if (likely(number == KPLUG_CALL))
		return kplug_call_ioctl(client, number, user);
	return kplug_command_run(client, number, user);
}

static ssize_t chardev_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return kplug_reader_read(file->private_data, buf, len, file->f_flags & O_NONBLOCK);
}

static __poll_t chardev_poll(struct file *file, struct poll_table_struct *table)
{
	return kplug_reader_poll(file->private_data, file, table);
}

static int chardev_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct kplug_client *client = file->private_data;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 kind = offset >> KPLUG_MMAP_SHIFT;

	if (kplug_client_gone(client))
		return -ENODEV;
	/* A map prevents other clients from changing the caching of its region. */
	if (client->read_only)
		return -EACCES;
	offset &= BIT_ULL(KPLUG_MMAP_SHIFT) - 1;
	if (kind < KPLUG_MAX_REGIONS)
		return kplug_map_region(client, vma, array_index_nospec(kind, KPLUG_MAX_REGIONS),
					offset);
	if (kind == KPLUG_MMAP_RING)
		return kplug_reader_mmap(client, vma, offset);
	if (kind == KPLUG_MMAP_SHM)
		return kplug_shm_mmap(client, vma, offset);
	return -EINVAL;
}

static void chardev_show_fdinfo(struct seq_file *m, struct file *file)
{
	kplug_client_show(m, file->private_data);
}

const struct file_operations kplug_chardev_fops = {
	.owner = THIS_MODULE,
	.open = chardev_open,
	.release = chardev_release,
	.unlocked_ioctl = chardev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = chardev_read,
	.poll = chardev_poll,
	.mmap = chardev_mmap,
	.show_fdinfo = chardev_show_fdinfo,
#ifdef KPLUG_COMPAT_HUGE_MAPS
	/* Aligns maps for large pages; large BARs are aligned in the node as they are in memory. */
	.get_unmapped_area = thp_get_unmapped_area,
#endif
};
