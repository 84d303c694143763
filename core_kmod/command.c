// SPDX-License-Identifier: GPL-2.0
/* The commands of commands.def: their functions, and the checks before each of them. */
#include <linux/eventfd.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "access/cleanup.h"
#include "access/region.h"
#include "access/transfer.h"
#include "bus/bus.h"
#include "client/client.h"
#include "client/rights.h"
#include "client/trust.h"
#include "command.h"
#include "compat.h"
#include "device.h"
#include "dma/buffer.h"
#include "dma/execute.h"
#include "dma/expose.h"
#include "dma/mapping.h"
#include "dma/master.h"
#include "dma/reach.h"
#include "dma/stop.h"
#include "dma/sync.h"
#include "dma/transaction.h"
#include "event/listener.h"
#include "event/subscribe.h"
#include "irq/affinity.h"
#include "irq/arm.h"
#include "irq/vector.h"
#include "memory/array.h"
#include "plugin/call.h"
#include "plugin/registration.h"
#include "plugin/session.h"
#include "plugin/shm.h"

/* The types of the functions below. */
#define KPLUG_COMMAND(number, NAME, name, argument, ...) \
	static long cmd_##name(struct kplug_client *client, struct argument *arg);
#include <uapi/commands.def>
#undef KPLUG_COMMAND

static long cmd_device_info(struct kplug_client *client, struct kplug_device_info *info)
{
	struct kplug_device *dev = client->dev;
	const struct kplug_plugin *plugin = dev->plugin ? dev->plugin->plugin : NULL;

	/* Fields that the device does not have must be 0, not what the program left there. */
	*info = (struct kplug_device_info){ .size = info->size };
	info->out_flags = (client->trusted ? KPLUG_DEVICE_TRUSTED : 0) |
			  (client->grants ? KPLUG_DEVICE_GRANTED : 0) |
			  (client->session ? KPLUG_DEVICE_ATTACHED : 0) |
			  (dev->plugin_permanent || dev->plugin_auto ? KPLUG_DEVICE_PERMANENT : 0);
	info->out_client = client->id;
	info->out_abi = KPLUG_ABI_VERSION;
	info->out_bus = dev->bus->type;
	info->out_irq_mode = dev->irq_mode;
	info->out_vectors = dev->num_vectors ?: dev->max_vectors;
	info->out_regions = KPLUG_MAX_REGIONS;
	if (dev->bus->describe)
		dev->bus->describe(dev, info);
	strscpy(info->out_name, dev->name, sizeof(info->out_name));
	if (plugin) {
		info->out_plugin_version = kplug_plugin_version(plugin);
		info->out_max_in = plugin->max_in;
		info->out_max_out = plugin->max_out;
		strscpy(info->out_plugin, plugin->name, sizeof(info->out_plugin));
	}
	return 0;
}

static long cmd_region_info(struct kplug_client *client, struct kplug_region_info *arg)
{
	return kplug_region_describe(client, arg);
}

static long cmd_vector_info(struct kplug_client *client, struct kplug_vector_info *arg)
{
	return kplug_vector_describe(client, arg);
}

static long cmd_access(struct kplug_client *client, struct kplug_access *arg)
{
	return kplug_region_access(client, arg);
}

static long cmd_irq_mode(struct kplug_client *client, struct kplug_irq_mode_set *arg)
{
	int err;

	err = kplug_vector_set_mode(client->dev, arg->mode, arg->count);
	if (err)
		return err;
	arg->out_mode = client->dev->irq_mode;
	arg->out_count = client->dev->num_vectors;
	return 0;
}

static const struct kplug_element kplug_step_element = KPLUG_ELEMENT(kplug_step, value);

/* Copies the steps before taking the lock, because accesses to the program's memory may sleep. */
static long cmd_arm(struct kplug_client *client, struct kplug_arm *arg)
{
	struct kplug_step steps[KPLUG_MAX_STEPS];
	struct kplug_device *dev = client->dev;
	long err;

	if (arg->handler == KPLUG_HANDLER_RECIPE) {
		if (!arg->num_steps || arg->num_steps > KPLUG_MAX_STEPS)
			return -EINVAL;
		err = kplug_array_get(&kplug_step_element, steps, u64_to_user_ptr(arg->steps),
				      arg->stride, arg->num_steps);
		if (err)
			return err;
	}
	err = kplug_client_lock(client);
	if (err)
		return err;
	err = client->trusted ? kplug_arm_user(client, arg, steps) : -EPERM;
	mutex_unlock(&dev->lock);
	return err;
}

static long cmd_disarm(struct kplug_client *client, struct kplug_vector_cmd *arg)
{
	return kplug_arm_disarm(client, arg->vector);
}

static long cmd_unmask(struct kplug_client *client, struct kplug_vector_cmd *arg)
{
	return kplug_arm_unmask(client, arg->vector);
}

static long cmd_eventfd(struct kplug_client *client, struct kplug_eventfd *arg)
{
	struct eventfd_ctx *ctx = NULL;
	long err;

	if (arg->fd < -1)
		return -EINVAL;
	if (arg->fd >= 0) {
		ctx = eventfd_ctx_fdget(arg->fd);
		if (IS_ERR(ctx))
			return -EINVAL;
	}
	err = kplug_listener_set_eventfd(client, arg->vector, ctx);
	if (err && ctx)
		eventfd_ctx_put(ctx);
	return err;
}

static long cmd_subscribe(struct kplug_client *client, struct kplug_subscribe *arg)
{
	kplug_subscribe_user(client, arg);
	return 0;
}

static long cmd_ring(struct kplug_client *client, struct kplug_ring *arg)
{
	return kplug_listener_make_ring(client, arg);
}

static long cmd_attach(struct kplug_client *client, struct kplug_attach *arg)
{
	return kplug_session_attach(client, arg->name, arg->min_version);
}

static long cmd_detach(struct kplug_client *client, struct kplug_detach *arg)
{
	return kplug_session_detach(client);
}

static long cmd_call(struct kplug_client *client, struct kplug_call *arg)
{
	return kplug_call_run(client, arg);
}

static long cmd_shm_alloc(struct kplug_client *client, struct kplug_shm_alloc *arg)
{
	return kplug_shm_alloc(client, arg);
}

static long cmd_shm_free(struct kplug_client *client, struct kplug_shm_free *arg)
{
	return kplug_shm_free(client, arg->id);
}

static long cmd_affinity(struct kplug_client *client, struct kplug_affinity *arg)
{
	return kplug_affinity_run(client, arg);
}

static long cmd_reset(struct kplug_client *client, struct kplug_reset *arg)
{
	if (!client->dev->bus->reset)
		return -EOPNOTSUPP;
	return client->dev->bus->reset(client->dev);
}

static long cmd_transfer(struct kplug_client *client, struct kplug_transfers *arg)
{
	return kplug_transfer_user(client, arg);
}

static long cmd_cleanup(struct kplug_client *client, struct kplug_cleanup *arg)
{
	return kplug_cleanup_set(client, arg);
}

static long cmd_caching(struct kplug_client *client, struct kplug_caching_set *arg)
{
	/* The plugin decides about the caching of its registers, with a function of its own. */
	if (client->dev->plugin)
		return -EBUSY;
	return kplug_set_caching(client->dev, arg->region, arg->caching);
}

static bool may_dma(struct kplug_client *client)
{
	return kplug_client_may(client, KPLUG_PLUGIN_ALLOW_DMA);
}

/* May the client use bus addresses? Without an IOMMU they give access to all memory. */
static bool may_address(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;

	return READ_ONCE(client->privileged) ||
	       (kplug_dma_capable(dev) && kplug_dma_reach_translated(dev->parent));
}

/* It may sleep for long, so only the check takes the lock. */
static long cmd_dma_buffer(struct kplug_client *client, struct kplug_dma_buffer_make *arg)
{
	bool may;
	int err = kplug_client_lock(client);

	if (err)
		return err;
	may = may_dma(client);
	mutex_unlock(&client->dev->lock);
	return may ? kplug_dma_buffer_make(client, arg) : -EPERM;
}

static long cmd_dma_map(struct kplug_client *client, struct kplug_dma_map *arg)
{
	return may_dma(client) ? kplug_dma_mapping_make(client, arg) : -EPERM;
}

static long cmd_dma_unmap(struct kplug_client *client, struct kplug_dma_unmap *arg)
{
	return kplug_dma_mapping_unmap(client, arg->id);
}

static long cmd_dma_segments(struct kplug_client *client, struct kplug_dma_segments *arg)
{
	return may_address(client) ? kplug_dma_expose_segments(client, arg) : -EPERM;
}

static long cmd_dma_sync(struct kplug_client *client, struct kplug_dma_sync *arg)
{
	return kplug_dma_sync_user(client, arg);
}

static long cmd_dma_limits(struct kplug_client *client, struct kplug_dma_limits *arg)
{
	struct kplug_device *dev = client->dev;

	if (!may_address(client))
		return -EPERM;
	/* A plugin sets the limits itself, and mappings depend on the current limits. */
	return dev->plugin || dev->num_mappings ? -EBUSY : kplug_dma_set_limits(dev, arg);
}

static long cmd_dma_transaction(struct kplug_client *client, struct kplug_dma_transaction *arg)
{
	/* The plugin provides the engine, so the plugin must allow its use. */
	if (!kplug_session_allows(client, KPLUG_PLUGIN_ALLOW_DMA))
		return -EPERM;
	return kplug_dma_transaction_make(client, arg);
}

static long cmd_dma_execute(struct kplug_client *client, struct kplug_dma_execute *arg)
{
	return kplug_dma_execute_user(client, arg);
}

static long cmd_dma_abort(struct kplug_client *client, struct kplug_dma_transaction_cmd *arg)
{
	return kplug_dma_stop_one(client, arg->id);
}

static long cmd_dma_transaction_info(struct kplug_client *client,
				     struct kplug_dma_transaction_info *arg)
{
	return kplug_dma_transaction_describe(client, arg);
}

static long cmd_dma_release(struct kplug_client *client, struct kplug_dma_transaction_cmd *arg)
{
	return kplug_dma_transaction_release(client, arg->id);
}

static long cmd_restrict_trust(struct kplug_client *client, struct kplug_restrict *arg)
{
	return kplug_trust_restrict(client);
}

enum how {
	LOCKED = 1 << 0,
	TRUSTED = 1 << 1,
	LOOKS = 1 << 2,
	ANSWERS = 1 << 3,
	ANSWERS_ALWAYS = 1 << 4,
};

/* A command, from a line of commands.def. */
struct command {
	unsigned int number;
	unsigned int size; /* of the argument, in this kernel */
	unsigned int min_size; /* of the argument, in the first version; 0 for the same */
	unsigned int zero; /* offset in the argument of a word that must be 0; 0 for none */
	enum how how;
	u32 flags; /* the flags that this kernel knows */
	u32 write_flags; /* those of @flags with which the command changes something */
	const struct kplug_element *element; /* of the array in the argument */
	long (*run)(struct kplug_client *client, void *arg);
};

/* The start of every argument. */
struct head {
	u32 size;
	u32 flags;
};

union argument {
	struct head head;
#define KPLUG_COMMAND(number, NAME, name, argument, ...) struct argument name;
#include <uapi/commands.def>
#undef KPLUG_COMMAND
};

#define KPLUG_COMMAND(number, NAME, name, argument, ...)                                        \
	static long run_##name(struct kplug_client *client, void *arg)                          \
	{                                                                                       \
		BUILD_BUG_ON(offsetof(struct argument, flags) != offsetof(struct head, flags)); \
		return cmd_##name(client, arg);                                                 \
	}
#include <uapi/commands.def>
#undef KPLUG_COMMAND

#define FIRST _IOC_NR(KPLUG_DEVICE_INFO)

static const struct command commands[] = {
#define KPLUG_COMMAND(_number, NAME, name, argument, _zero, _how, does, ...) \
	[_number - FIRST] = { .number = KPLUG_##NAME,                        \
			      .size = sizeof(struct argument),               \
			      .zero = offsetof(struct argument, _zero),      \
			      .how = _how,                                   \
			      .run = run_##name,                             \
			      __VA_ARGS__ },
#include <uapi/commands.def>
#undef KPLUG_COMMAND
};

static const struct command *find_command(unsigned int number)
{
	unsigned int i = _IOC_NR(number) - FIRST;

	if (i >= ARRAY_SIZE(commands))
		return NULL;
	i = array_index_nospec(i, ARRAY_SIZE(commands));
	return commands[i].number == number ? &commands[i] : NULL;
}

/* It describes the core alone, so it also works for a dead device. */
static long cmd_features(struct kplug_client *client, struct kplug_features *arg)
{
	const struct command *command = find_command(arg->command);

	*arg = (struct kplug_features){
		.size = arg->size,
		.command = arg->command,
		.out_features = KPLUG_FEATURE_STRIDE | KPLUG_FEATURE_PLUGIN_VERSION |
				KPLUG_FEATURE_EXCLUSIVE,
	};
	if (command) {
		arg->out_command_size = command->size;
		arg->out_command_flags = command->flags;
		arg->out_stride = command->element ? command->element->size : 0;
	}
	return 0;
}

static long run_locked(struct kplug_client *client, const struct command *command, void *arg)
{
	long ret = kplug_client_lock(client);

	if (ret)
		return ret;
	/* The client may have lost its trust since check(). */
	ret = (command->how & TRUSTED) && !client->trusted ? -EPERM : command->run(client, arg);
	mutex_unlock(&client->dev->lock);
	return ret;
}

/*
 * A read-only descriptor may read registers, even if reading has side effects in the device.
 * KPLUG_TRANSFER checks its elements itself.
 */
static bool may_write(const struct kplug_client *client, const struct command *command, u32 flags)
{
	return !client->read_only || ((command->how & LOOKS) && !(flags & command->write_flags));
}

/* Checks an argument against the table. */
static long check(const struct kplug_client *client, const struct command *command,
		  const union argument *arg)
{
	if (!may_write(client, command, arg->head.flags))
		return -EBADF;
	if ((command->how & TRUSTED) && !READ_ONCE(client->trusted))
		return kplug_client_gone(client) ? -ENODEV : -EPERM;
	if (arg->head.flags & ~command->flags)
		return -EOPNOTSUPP;
	if (command->zero && *(const u32 *)((const u8 *)arg + command->zero))
		return -EOPNOTSUPP;
	return 0;
}

static long run(struct kplug_client *client, const struct command *command, void *arg)
{
	return command->how & LOCKED ? run_locked(client, command, arg) : command->run(client, arg);
}

/*
 * Is the argument writable? To check that before the command takes effect, this writes the first
 * and the last byte unchanged. An argument spans at most two pages.
 */
static bool can_answer(const union argument *arg, u8 __user *user, u32 length)
{
	const u8 *bytes = (const u8 *)arg;

	if (!user_write_access_begin(user, length))
		return false;
	unsafe_put_user(bytes[0], user, fault);
	unsafe_put_user(bytes[length - 1], user + length - 1, fault);
	user_write_access_end();
	return true;

fault:
	user_write_access_end();
	return false;
}

/**
 * kplug_command_run() - run a command
 * @client: the client
 * @number: number of the command
 * @user: its argument
 *
 * Return: the result of the command; -ENOTTY when it is unknown; -EFAULT, -EINVAL, -E2BIG, -EBADF,
 * -EPERM, -ENODEV or -EOPNOTSUPP when its argument or the client fails a check: the command has had
 * no effect.
 */
long kplug_command_run(struct kplug_client *client, unsigned int number, void __user *user)
{
	const struct command *command = find_command(number);
	/* Only the part that is copied is ever used. */
	union argument arg kplug_uninitialized;
	u32 size;
	long ret;

	if (!command)
		return -ENOTTY;
	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < (command->min_size ?: command->size))
		return -EINVAL;
	/* Searching a longer tail for non-zero bytes would take too long. */
	if (size > KPLUG_MAX_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&arg, command->size, user, size);
	if (!ret)
		ret = check(client, command, &arg);
	if (ret)
		return ret;
	size = min(size, command->size);
	if ((command->how & ANSWERS) && !can_answer(&arg, user, size))
		return -EFAULT;
	ret = run(client, command, &arg);
	if (!(command->how & ANSWERS) || (ret < 0 && !(command->how & ANSWERS_ALWAYS)))
		return ret;
	return copy_to_user(user, &arg, size) ? -EFAULT : ret;
}
