// SPDX-License-Identifier: GPL-2.0
/* /dev/kplug/<address>: openers, and one table that says who serves which command. */
#include <linux/capability.h>
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "core.h"

static void free_opener(struct kplug_opener *opener)
{
	kplug_transfer_free(opener);
	if (opener->dead_page)
		__free_page(opener->dead_page);
	module_put(opener->owner);
	put_pid(opener->pid);
	kfree(opener);
	kplug_object_destroyed(KPLUG_OBJECT_OPENER);
}

static struct kplug_opener *make_opener(struct kplug_device *dev)
{
	struct kplug_opener *opener = kzalloc(sizeof(*opener), GFP_KERNEL_ACCOUNT);

	if (!opener)
		return NULL;
	opener->dev = dev;
	opener->trusted = capable(CAP_SYS_RAWIO);
	opener->pid = get_pid(task_tgid(current));
	xa_init_flags(&opener->shms, XA_FLAGS_ALLOC1);
	xa_init_flags(&opener->mappings, XA_FLAGS_ALLOC1);
	xa_init_flags(&opener->transactions, XA_FLAGS_ALLOC1);
	mutex_init(&opener->dead_lock);
	kplug_transfer_init(opener);
	kplug_channel_init(opener);
	kplug_object_created(KPLUG_OBJECT_OPENER);
	return opener;
}

/* Under the lock, so that removal either sees the opener or is seen. */
static int publish(struct kplug_opener *opener)
{
	struct kplug_device *dev = opener->dev;
	int err = 0;

	mutex_lock(&dev->lock);
	if (dev->dead || !try_module_get(dev->owner)) {
		err = -ENODEV;
	} else {
		opener->owner = dev->owner;
		list_add_tail(&opener->node, &dev->openers);
		kplug_session_join(opener);
	}
	mutex_unlock(&dev->lock);
	return err;
}

static int chardev_open(struct inode *inode, struct file *file)
{
	struct kplug_device *dev = container_of(inode->i_cdev, struct kplug_device, cdev);
	struct kplug_opener *opener = make_opener(dev);
	int err;

	if (!opener)
		return -ENOMEM;
	err = publish(opener);
	if (err) {
		free_opener(opener);
		return err;
	}
	get_device(&dev->dev);
	file->private_data = opener;
	file->f_mapping = dev->inode->i_mapping;
	return stream_open(inode, file);
}

/* Also at the death of the process: the same path in both cases. */
static int chardev_release(struct inode *inode, struct file *file)
{
	struct kplug_opener *opener = file->private_data;
	struct kplug_device *dev = opener->dev;

	kplug_cleanup_run(opener);
	mutex_lock(&dev->lock);
	/* Before the interrupts that would end them. */
	kplug_transaction_forget(opener, -ECANCELED);
	kplug_irq_forget_opener(opener, false);
	kplug_session_detach(opener);
	kplug_mapping_forget(opener);
	kplug_channel_forget(opener);
	list_del(&opener->node);
	mutex_unlock(&dev->lock);

	kplug_channel_free(opener);
	kplug_shm_free_all(opener);
	free_opener(opener);
	put_device(&dev->dev);
	return 0;
}

static long device_info(struct kplug_opener *opener, void *arg)
{
	struct kplug_device *dev = opener->dev;
	struct kplug_device_info *info = arg;
	const struct kplug_plugin *plugin = dev->plugin ? dev->plugin->plugin : NULL;

	if (info->flags)
		return -EOPNOTSUPP;
	/* What a device does not have is 0, not what the program left there. */
	*info = (struct kplug_device_info){ .size = info->size };
	info->out_flags = (opener->trusted ? KPLUG_DEVICE_TRUSTED : 0) |
			  (opener->session ? KPLUG_DEVICE_ATTACHED : 0) |
			  (dev->plugin_permanent || dev->plugin_auto ? KPLUG_DEVICE_PERMANENT : 0);
	info->out_abi = KPLUG_ABI_VERSION;
	info->out_bus = dev->bus->type;
	info->out_irq_mode = dev->irq_mode;
	info->out_vectors = dev->num_vectors ?: dev->max_vectors;
	info->out_regions = KPLUG_MAX_REGIONS;
	if (dev->bus->describe)
		dev->bus->describe(dev, info);
	strscpy(info->out_name, dev->name, sizeof(info->out_name));
	if (plugin) {
		info->out_max_in = plugin->max_in;
		info->out_max_out = plugin->max_out;
		strscpy(info->out_plugin, plugin->name, sizeof(info->out_plugin));
	}
	return 0;
}

static long region_info(struct kplug_opener *opener, void *arg)
{
	struct kplug_region_info *info = arg;

	if (info->__reserved)
		return -EOPNOTSUPP;
	if (info->index >= KPLUG_MAX_REGIONS)
		return -EINVAL;
	kplug_region_describe(opener, info);
	return 0;
}

static long vector_info(struct kplug_opener *opener, void *arg)
{
	return kplug_irq_describe(opener, arg);
}

static long access(struct kplug_opener *opener, void *arg)
{
	return kplug_region_access(opener, arg);
}

static long irq_mode(struct kplug_opener *opener, void *arg)
{
	struct kplug_irq_mode_set *set = arg;
	int err;

	if (set->flags)
		return -EOPNOTSUPP;
	err = kplug_irq_set_mode(opener->dev, set->mode, set->count);
	if (err)
		return err;
	set->out_mode = opener->dev->irq_mode;
	set->out_count = opener->dev->num_vectors;
	return 0;
}

/* The steps are copied before the lock is taken: the program's memory may be slow. */
static long arm(struct kplug_opener *opener, void *p)
{
	struct kplug_step steps[KPLUG_MAX_STEPS];
	struct kplug_device *dev = opener->dev;
	struct kplug_arm *arg = p;
	long err;

	if (arg->handler == KPLUG_HANDLER_RECIPE) {
		if (!arg->num_steps || arg->num_steps > KPLUG_MAX_STEPS)
			return -EINVAL;
		if (copy_from_user(steps, u64_to_user_ptr(arg->steps),
				   arg->num_steps * sizeof(*steps)))
			return -EFAULT;
	}
	mutex_lock(&dev->lock);
	err = dev->dead ? -ENODEV : kplug_irq_user_arm(opener, arg, steps);
	mutex_unlock(&dev->lock);
	return err;
}

static long check_vector_cmd(const struct kplug_vector_cmd *cmd)
{
	return cmd->flags || cmd->__reserved ? -EOPNOTSUPP : 0;
}

static long disarm(struct kplug_opener *opener, void *arg)
{
	struct kplug_vector_cmd *cmd = arg;

	return check_vector_cmd(cmd) ?: kplug_irq_user_disarm(opener, cmd->vector);
}

static long unmask(struct kplug_opener *opener, void *arg)
{
	struct kplug_vector_cmd *cmd = arg;

	return check_vector_cmd(cmd) ?: kplug_irq_user_unmask(opener, cmd->vector);
}

static long set_eventfd(struct kplug_opener *opener, void *p)
{
	struct kplug_eventfd *arg = p;
	struct eventfd_ctx *ctx = NULL;
	long err;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->fd < -1)
		return -EINVAL;
	if (arg->fd >= 0) {
		ctx = eventfd_ctx_fdget(arg->fd);
		if (IS_ERR(ctx))
			return -EINVAL;
	}
	err = kplug_channel_set_eventfd(opener, arg->vector, ctx);
	if (err && ctx)
		eventfd_ctx_put(ctx);
	return err;
}

static long ring(struct kplug_opener *opener, void *arg)
{
	return kplug_channel_make_ring(opener, arg);
}

static long attach(struct kplug_opener *opener, void *p)
{
	struct kplug_attach *arg = p;

	return arg->flags ? -EOPNOTSUPP : kplug_session_attach(opener, arg->name);
}

static long detach(struct kplug_opener *opener, void *p)
{
	struct kplug_detach *arg = p;

	return arg->flags ? -EOPNOTSUPP : kplug_session_detach(opener);
}

static long call(struct kplug_opener *opener, void *arg)
{
	return kplug_call_run(opener, arg);
}

static long shm_alloc(struct kplug_opener *opener, void *arg)
{
	return kplug_shm_alloc(opener, arg);
}

static long shm_free(struct kplug_opener *opener, void *p)
{
	struct kplug_shm_free *arg = p;

	return kplug_shm_free(opener, arg->id);
}

static long affinity(struct kplug_opener *opener, void *arg)
{
	return kplug_affinity_run(opener, arg);
}

static long reset(struct kplug_opener *opener, void *p)
{
	struct kplug_reset *arg = p;

	if (arg->flags || !opener->dev->bus->reset)
		return -EOPNOTSUPP;
	return opener->dev->bus->reset(opener->dev);
}

static long transfer(struct kplug_opener *opener, void *arg)
{
	return kplug_transfer_user(opener, arg);
}

static long cleanup(struct kplug_opener *opener, void *arg)
{
	return kplug_cleanup_set(opener, arg);
}

static long caching(struct kplug_opener *opener, void *p)
{
	struct kplug_caching_set *arg = p;

	if (arg->flags)
		return -EOPNOTSUPP;
	/* The plugin's registers are the plugin's: it has a function of its own. */
	if (opener->dev->plugin)
		return -EBUSY;
	return kplug_set_caching(opener->dev, arg->region, arg->caching);
}

static bool may_dma(struct kplug_opener *opener)
{
	return kplug_session_allows(opener, KPLUG_PLUGIN_ALLOW_DMA);
}

/* It may sleep long, so that the lock is for the question alone. */
static long buffer(struct kplug_opener *opener, void *arg)
{
	bool may;

	mutex_lock(&opener->dev->lock);
	may = may_dma(opener);
	mutex_unlock(&opener->dev->lock);
	return may ? kplug_buffer_make(opener, arg) : -EPERM;
}

static long map(struct kplug_opener *opener, void *arg)
{
	return may_dma(opener) ? kplug_mapping_make(opener, arg) : -EPERM;
}

static long unmap(struct kplug_opener *opener, void *p)
{
	struct kplug_unmap *arg = p;

	return kplug_mapping_unmap(opener, arg->id);
}

static long segments(struct kplug_opener *opener, void *arg)
{
	return kplug_mapping_segments_user(opener, arg);
}

static long sync(struct kplug_opener *opener, void *arg)
{
	return kplug_mapping_sync_user(opener, arg);
}

static long dma_limits(struct kplug_opener *opener, void *arg)
{
	/* The plugin knows better. */
	return opener->dev->plugin ? -EBUSY : kplug_dma_set_limits(opener->dev, arg);
}

static long transaction(struct kplug_opener *opener, void *arg)
{
	return may_dma(opener) ? kplug_transaction_make(opener, arg) : -EPERM;
}

static long execute(struct kplug_opener *opener, void *arg)
{
	return kplug_transaction_execute(opener, arg);
}

static long abort_transaction(struct kplug_opener *opener, void *p)
{
	struct kplug_transaction_cmd *cmd = p;

	return kplug_transaction_abort(opener, cmd->id);
}

static long transaction_info(struct kplug_opener *opener, void *arg)
{
	return kplug_transaction_describe(opener, arg);
}

static long release_transaction(struct kplug_opener *opener, void *p)
{
	struct kplug_transaction_cmd *cmd = p;

	return kplug_transaction_release(opener, cmd->id);
}

/* What holds the device while a command runs. */
enum guard {
	GUARD_LOCK,	/* kplug_device.lock */
	GUARD_SRCU,	/* kplug_device_enter(): short and often */
	GUARD_OWN,	/* the command's own: it sleeps in user memory, or takes outer locks */
};

struct command {
	unsigned int number;
	unsigned int size;	/* of the argument as this kernel knows it */
	unsigned int min_size;	/* as the first version knew it */
	bool trusted;	/* not for restricted openers */
	enum guard guard;
	long (*run)(struct kplug_opener *opener, void *arg);
};

#define COMMAND(_number, _struct, _last, _trusted, _guard, _run)	\
	[_IOC_NR(_number) - KPLUG_CMD_DEVICE_INFO] = {			\
		.number = _number,					\
		.size = sizeof(struct _struct) +			\
			BUILD_BUG_ON_ZERO(sizeof(struct _struct) >	\
					  sizeof(union argument)),	\
		.min_size = offsetofend(struct _struct, _last),		\
		.trusted = _trusted,					\
		.guard = _guard,					\
		.run = _run,						\
	}

union argument {
	struct kplug_device_info device_info;
	struct kplug_region_info region_info;
	struct kplug_vector_info vector_info;
	struct kplug_access access;
	struct kplug_irq_mode_set irq_mode;
	struct kplug_arm arm;
	struct kplug_vector_cmd vector_cmd;
	struct kplug_eventfd eventfd;
	struct kplug_ring ring;
	struct kplug_attach attach;
	struct kplug_detach detach;
	struct kplug_call call;
	struct kplug_shm_alloc shm_alloc;
	struct kplug_shm_free shm_free;
	struct kplug_affinity affinity;
	struct kplug_reset reset;
	struct kplug_transfers transfers;
	struct kplug_cleanup cleanup;
	struct kplug_caching_set caching;
	struct kplug_buffer buffer;
	struct kplug_map map;
	struct kplug_unmap unmap;
	struct kplug_segments segments;
	struct kplug_sync sync;
	struct kplug_dma_limits dma_limits;
	struct kplug_transaction transaction;
	struct kplug_execute execute;
	struct kplug_transaction_cmd transaction_cmd;
	struct kplug_transaction_info transaction_info;
};

static const struct command commands[] = {
	COMMAND(KPLUG_DEVICE_INFO, kplug_device_info, out_plugin, false, GUARD_LOCK, device_info),
	COMMAND(KPLUG_REGION_INFO, kplug_region_info, out_mmap_offset, false, GUARD_SRCU,
		region_info),
	COMMAND(KPLUG_VECTOR_INFO, kplug_vector_info, out_storms, false, GUARD_LOCK, vector_info),
	COMMAND(KPLUG_ACCESS, kplug_access, out_value, false, GUARD_SRCU, access),
	COMMAND(KPLUG_IRQ_MODE, kplug_irq_mode_set, out_count, true, GUARD_LOCK, irq_mode),
	COMMAND(KPLUG_ARM, kplug_arm, steps, true, GUARD_OWN, arm),
	COMMAND(KPLUG_DISARM, kplug_vector_cmd, __reserved, true, GUARD_LOCK, disarm),
	COMMAND(KPLUG_UNMASK, kplug_vector_cmd, __reserved, true, GUARD_LOCK, unmask),
	COMMAND(KPLUG_EVENTFD, kplug_eventfd, fd, false, GUARD_LOCK, set_eventfd),
	COMMAND(KPLUG_RING, kplug_ring, out_mmap_size, false, GUARD_LOCK, ring),
	COMMAND(KPLUG_ATTACH, kplug_attach, name, false, GUARD_OWN, attach),
	COMMAND(KPLUG_DETACH, kplug_detach, flags, false, GUARD_LOCK, detach),
	COMMAND(KPLUG_CALL, kplug_call, out_len, false, GUARD_OWN, call),
	COMMAND(KPLUG_SHM_ALLOC, kplug_shm_alloc, out_mmap_offset, false, GUARD_LOCK, shm_alloc),
	COMMAND(KPLUG_SHM_FREE, kplug_shm_free, id, false, GUARD_LOCK, shm_free),
	COMMAND(KPLUG_AFFINITY, kplug_affinity, mask, false, GUARD_OWN, affinity),
	COMMAND(KPLUG_RESET, kplug_reset, flags, true, GUARD_OWN, reset),
	COMMAND(KPLUG_TRANSFER, kplug_transfers, out_done, false, GUARD_OWN, transfer),
	COMMAND(KPLUG_CLEANUP, kplug_cleanup, __reserved, true, GUARD_OWN, cleanup),
	COMMAND(KPLUG_CACHING, kplug_caching_set, caching, true, GUARD_LOCK, caching),
	COMMAND(KPLUG_BUFFER, kplug_buffer, __reserved, false, GUARD_OWN, buffer),
	COMMAND(KPLUG_MAP, kplug_map, out_segments, false, GUARD_LOCK, map),
	COMMAND(KPLUG_UNMAP, kplug_unmap, id, false, GUARD_LOCK, unmap),
	COMMAND(KPLUG_SEGMENTS, kplug_segments, num_segments, true, GUARD_OWN, segments),
	COMMAND(KPLUG_SYNC, kplug_sync, length, false, GUARD_LOCK, sync),
	COMMAND(KPLUG_DMA_LIMITS, kplug_dma_limits, boundary, true, GUARD_LOCK, dma_limits),
	COMMAND(KPLUG_TRANSACTION, kplug_transaction, __reserved, false, GUARD_LOCK, transaction),
	COMMAND(KPLUG_EXECUTE, kplug_execute, out_started, false, GUARD_OWN, execute),
	COMMAND(KPLUG_ABORT, kplug_transaction_cmd, id, false, GUARD_LOCK, abort_transaction),
	COMMAND(KPLUG_TRANSACTION_INFO, kplug_transaction_info, out_status, false, GUARD_OWN,
		transaction_info),
	COMMAND(KPLUG_RELEASE, kplug_transaction_cmd, id, false, GUARD_LOCK, release_transaction),
};

static const struct command *find_command(unsigned int number)
{
	unsigned int i = _IOC_NR(number) - KPLUG_CMD_DEVICE_INFO;

	if (i >= ARRAY_SIZE(commands) || commands[i].number != number)
		return NULL;
	return &commands[i];
}

static long run_locked(struct kplug_opener *opener, const struct command *command, void *arg)
{
	struct kplug_device *dev = opener->dev;
	long ret;

	mutex_lock(&dev->lock);
	ret = dev->dead ? -ENODEV : command->run(opener, arg);
	mutex_unlock(&dev->lock);
	return ret;
}

static long run_entered(struct kplug_opener *opener, const struct command *command, void *arg)
{
	struct kplug_device *dev = opener->dev;
	int idx = kplug_device_enter(dev);
	long ret = kplug_device_dead(dev) ? -ENODEV : command->run(opener, arg);

	kplug_device_leave(dev, idx);
	return ret;
}

static long run(struct kplug_opener *opener, const struct command *command, void *arg)
{
	if (command->trusted && !opener->trusted)
		return -EPERM;
	switch (command->guard) {
	case GUARD_LOCK:
		return run_locked(opener, command, arg);
	case GUARD_SRCU:
		return run_entered(opener, command, arg);
	default:
		return command->run(opener, arg);
	}
}

/* What kplug_call_ioctl() does not do by itself. */
long kplug_chardev_ioctl(struct kplug_opener *opener, unsigned int number, void __user *user)
{
	const struct command *command = find_command(number);
	union argument arg;
	u32 size;
	long ret;

	if (!command)
		return -ENOTTY;
	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < command->min_size)
		return -EINVAL;
	ret = copy_struct_from_user(&arg, command->size, user, size);
	if (ret)
		return ret;
	ret = run(opener, command, &arg);
	/* A call's answer has gone its own way; a list that failed says how far it came. */
	if ((ret < 0 && command->run != transfer && command->run != execute) || command->run == call)
		return ret;
	if (copy_to_user(user, &arg, min(size, command->size)))
		return -EFAULT;
	return ret;
}

static ssize_t chardev_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return kplug_channel_read(file->private_data, buf, len, file->f_flags & O_NONBLOCK);
}

static __poll_t chardev_poll(struct file *file, struct poll_table_struct *table)
{
	return kplug_channel_poll(file->private_data, file, table);
}

static int chardev_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct kplug_opener *opener = file->private_data;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 kind = offset >> KPLUG_MMAP_SHIFT;

	if (READ_ONCE(opener->dev->dead))
		return -ENODEV;
	offset &= BIT_ULL(KPLUG_MMAP_SHIFT) - 1;
	if (kind < KPLUG_MAX_REGIONS)
		return kplug_region_mmap(opener, vma, kind, offset);
	if (kind == KPLUG_MMAP_RING)
		return kplug_channel_mmap(opener, vma, offset);
	if (kind == KPLUG_MMAP_SHM)
		return kplug_shm_mmap(opener, vma, offset);
	return -EINVAL;
}

const struct file_operations kplug_chardev_fops = {
	.owner = THIS_MODULE,
	.open = chardev_open,
	.release = chardev_release,
	.unlocked_ioctl = kplug_call_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = chardev_read,
	.poll = chardev_poll,
	.mmap = chardev_mmap,
};
