// SPDX-License-Identifier: MIT
/* Moving devices between drivers, and attaching plugins permanently. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define STATE_DIR "/run/kplug"

#define DRIVER_NAME_MAX 256 /* longest file name in sysfs, with its NUL */

/* The place in sysfs of a device whose driver can be changed. */
struct place {
	const char *bus;
	char name[KPLUG_NAME_MAX];
};

/* The device's driver and override before kplug, empty for none. */
struct former {
	char driver[DRIVER_NAME_MAX];
	char override[DRIVER_NAME_MAX];
};

static int find_place(struct place *place, const char *name)
{
	static const char *const buses[] = { "pci", "platform" };
	char subsystem[KPLUG_NAME_MAX];
	size_t i;
	int err = kplug_device_name(place->name, name);

	if (err)
		return err;
	for (i = 0; i < sizeof(buses) / sizeof(buses[0]); i++) {
		place->bus = buses[i];
		if (!kplug_sysfs_link(subsystem, sizeof(subsystem), KPLUG_SYSFS_DEVICE "/subsystem",
				      place->bus, place->name))
			return 0;
	}
	return -ENODEV;
}

static void read_driver(char driver[DRIVER_NAME_MAX], const struct place *place)
{
	kplug_sysfs_link(driver, DRIVER_NAME_MAX, KPLUG_SYSFS_DEVICE "/driver", place->bus,
			 place->name);
}

/* Is it kplug's own driver, or one that kplug made for a plugin's PCI ids? */
static int is_kplug(const char *driver)
{
	return !strcmp(driver, "kplug") || !strncmp(driver, "kplug_", 6);
}

static int set_override(const struct place *place, const char *driver)
{
	char line[DRIVER_NAME_MAX + 1];

	snprintf(line, sizeof(line), "%s\n", driver);
	return kplug_sysfs_write(line, KPLUG_SYSFS_DEVICE "/driver_override", place->bus,
				 place->name);
}

static int release(const struct place *place)
{
	return kplug_sysfs_write(place->name, KPLUG_SYSFS_DEVICE "/driver/unbind", place->bus,
				 place->name);
}

/* Unlike drivers_probe, this returns the driver's error. */
static int give_to(const char *driver, const struct place *place)
{
	return kplug_sysfs_write(place->name, "/sys/bus/%s/drivers/%s/bind", place->bus, driver);
}

static void read_former(struct former *former, const struct place *place)
{
	read_driver(former->driver, place);
	kplug_sysfs_read(former->override, sizeof(former->override),
			 KPLUG_SYSFS_DEVICE "/driver_override", place->bus, place->name);
	if (!strcmp(former->override, "(null)"))
		former->override[0] = '\0';
}

static int save_former(const struct former *former, const char *name)
{
	char path[sizeof(STATE_DIR) + KPLUG_NAME_MAX];
	char text[sizeof(*former) + 4];
	ssize_t done;
	int fd, err;

	err = kplug_sys_mkdir(STATE_DIR, 0755);
	if (err && err != -EEXIST)
		return err;
	snprintf(path, sizeof(path), STATE_DIR "/%s", name);
	fd = kplug_sys_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		return fd;
	/* One line for each: names may contain spaces. */
	snprintf(text, sizeof(text), "%s\n%s\n", former->driver, former->override);
	done = kplug_sys_write(fd, text, strlen(text));
	kplug_sys_close(fd);
	return done < 0 ? (int)done : 0;
}

static int load_former(struct former *former, const char *name)
{
	char text[sizeof(*former) + 4], *override;

	if (kplug_sysfs_read(text, sizeof(text), STATE_DIR "/%s", name) < 0)
		return -ENOENT;
	override = strchr(text, '\n');
	if (!override)
		return -ENOENT;
	*override++ = '\0';
	snprintf(former->driver, sizeof(former->driver), "%.*s", DRIVER_NAME_MAX - 1, text);
	snprintf(former->override, sizeof(former->override), "%.*s", DRIVER_NAME_MAX - 1, override);
	return 0;
}

static void drop_former(const char *name)
{
	char path[sizeof(STATE_DIR) + KPLUG_NAME_MAX];

	snprintf(path, sizeof(path), STATE_DIR "/%s", name);
	kplug_sys_unlink(path);
}

static int put_back(const struct former *former, const struct place *place)
{
	int err = set_override(place, former->override);

	if (!err && former->driver[0])
		err = give_to(former->driver, place);
	return err;
}

static int take_over(const struct former *former, const struct place *place)
{
	int err = save_former(former, place->name);

	if (!err)
		err = set_override(place, "kplug");
	if (!err && former->driver[0])
		err = release(place);
	if (!err)
		err = give_to("kplug", place);
	if (err) {
		put_back(former, place);
		drop_former(place->name);
	}
	return err;
}

static int kplug_is_loaded(void)
{
	char name[KPLUG_NAME_MAX];

	/* The directory of a driver links to its module. */
	return !kplug_sysfs_link(name, sizeof(name), "/sys/bus/pci/drivers/kplug/module");
}

/*
 * Devices have a header of type 0. The kernel module refuses all others, but by then the
 * former driver would have lost the bridge.
 */
static int is_bridge(const struct place *place)
{
	char header[16];

	return !strcmp(place->bus, "pci") &&
	       kplug_sysfs_read(header, sizeof(header), KPLUG_SYSFS_DEVICE "/config", place->bus,
				place->name) == sizeof(header) - 1 &&
	       header[14] & 0x7f;
}

static int bind_device(const char *name)
{
	struct former former;
	struct place place;
	int err;

	if (!kplug_is_loaded())
		return -ENOSYS;
	err = find_place(&place, name);
	if (err)
		return err;
	if (is_bridge(&place))
		return -EOPNOTSUPP;
	read_former(&former, &place);
	if (is_kplug(former.driver))
		return -EALREADY;
	return take_over(&former, &place);
}

int kplug_bind(const char *name)
{
	return kplug_result(KPLUG_BINDING, bind_device(name));
}

/* Without a record, let the kernel find the natural driver. */
static int give_back_unrecorded(const char *driver, const struct place *place)
{
	int err = set_override(place, "");

	/* The driver of a plugin took the device by its ids, and would take it again. */
	if (err || strcmp(driver, "kplug"))
		return err;
	return kplug_sysfs_write(place->name, "/sys/bus/%s/drivers_probe", place->bus);
}

static int unbind_device(const char *name)
{
	char driver[DRIVER_NAME_MAX];
	struct former former;
	struct place place;
	int err;

	err = find_place(&place, name);
	if (err)
		return err;
	read_driver(driver, &place);
	if (!is_kplug(driver))
		return -ENOTCONN;
	err = release(&place);
	if (err)
		return err;
	if (load_former(&former, place.name))
		return give_back_unrecorded(driver, &place);
	drop_former(place.name);
	return put_back(&former, &place);
}

int kplug_unbind(const char *name)
{
	return kplug_result(KPLUG_UNBINDING, unbind_device(name));
}

static int write_plugin(const char *name, const char *plugin)
{
	char full[KPLUG_NAME_MAX], line[KPLUG_NAME_MAX + 1];
	int err;

	err = kplug_device_name(full, name);
	if (err)
		return err;
	snprintf(line, sizeof(line), "%s\n", plugin);
	return kplug_sysfs_write(line, KPLUG_SYSFS_CLASS "/%s/plugin", full);
}

int kplug_attach_permanent(const char *name, const char *plugin)
{
	/* An empty line and "none" would detach. */
	if (!plugin[0] || !strcmp(plugin, "none") || strlen(plugin) >= KPLUG_NAME_MAX)
		return kplug_failed(NULL, KPLUG_PLUGIN_ATTACHING, -EINVAL);
	return kplug_result(KPLUG_PLUGIN_ATTACHING, write_plugin(name, plugin));
}

int kplug_detach_permanent(const char *name)
{
	return kplug_result(KPLUG_PLUGIN_DETACHING, write_plugin(name, ""));
}
