// SPDX-License-Identifier: GPL-2.0
/* ISA cards. They cannot be detected, so root declares their ports, memory and interrupt line. */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/irqreturn.h>
#include <linux/kconfig.h>
#include <linux/string.h>

#include "bus/bus.h"
#include "bus/isa.h"
#include "bus/resource.h"
#include "bus/wired.h"
#include "client/lockdown.h"
#include "compat.h"
#include "device.h"
#include "irq/vector.h"
#include "plugin/registration.h"

#define PORT_LAST   0xffffu
#define MEM_FIRST   0xa0000u /* 640 KiB, the old end of RAM */
#define MEM_LAST    0xfffffu
#define IRQ_LAST    15u
#define IRQ_CASCADE 2u /* used by the second interrupt controller */

/*
 * Elsewhere these addresses lead to other devices, or nowhere, which may stop the machine. A PC has
 * at least what took the place of the bus.
 */
#define HAS_ISA_BUS (IS_ENABLED(CONFIG_X86) || IS_ENABLED(CONFIG_ISA))

/* An ISA card as root declares it. */
struct isa_card {
	char name[KPLUG_NAME_MAX];
	u32 irq; /* 0 for none */
	unsigned int num_ranges;
	struct resource ranges[KPLUG_MAX_REGIONS];
};

static const struct kplug_bus_ops isa_bus_ops = {
	.type = KPLUG_BUS_ISA,
	KPLUG_WIRED_OPS,
};

/* kstrtou32() alone would accept a sign. */
static bool parse_number(const char *text, u32 *value)
{
	return isdigit(*text) && !kstrtou32(text, 0, value);
}

/* The prefix separates these names from those on all other buses. */
static bool parse_name(struct isa_card *card, const char *text)
{
	if (card->name[0] || strncmp(text, "isa-", 4) || !kplug_registration_name_valid(text + 4))
		return false;
	return strscpy(card->name, text, sizeof(card->name)) > 0;
}

static bool parse_irq(struct isa_card *card, const char *text)
{
	return !card->irq && parse_number(text, &card->irq) && card->irq && card->irq <= IRQ_LAST &&
	       card->irq != IRQ_CASCADE;
}

/* Parses "START+LENGTH", a range between @first and @last. */
static bool parse_range(struct isa_card *card, char *text, u32 first, u32 last, unsigned long flags)
{
	char *second = strchr(text, '+');
	u32 start, length;

	if (!second || card->num_ranges == KPLUG_MAX_REGIONS)
		return false;
	*second++ = '\0';
	if (!parse_number(text, &start) || !parse_number(second, &length))
		return false;
	if (start < first || start > last || !length || length > last - start + 1)
		return false;
	card->ranges[card->num_ranges++] = (struct resource){
		.start = start,
		.end = start + length - 1,
		.flags = flags,
	};
	return true;
}

static bool parse_word(struct isa_card *card, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return false;
	*value++ = '\0';
	if (!strcmp(word, "name"))
		return parse_name(card, value);
	if (!strcmp(word, "irq"))
		return parse_irq(card, value);
	if (!strcmp(word, "port"))
		return parse_range(card, value, 0, PORT_LAST, IORESOURCE_IO);
	if (!strcmp(word, "mem"))
		return parse_range(card, value, MEM_FIRST, MEM_LAST, IORESOURCE_MEM);
	return false;
}

/* Parses "name=isa-2f8 port=0x2f8+8 irq=3": separated by one space; a name and a range required. */
static bool parse_card(struct isa_card *card, char *text)
{
	char *word;

	while ((word = strsep(&text, " ")))
		if (!parse_word(card, word))
			return false;
	return card->name[0] && card->num_ranges;
}

/* Copies one line of printable characters; the newline may be missing. */
static bool copy_line(char *line, size_t size, const char *buf, size_t len)
{
	size_t i;

	if (len && buf[len - 1] == '\n')
		len--;
	if (!len || len >= size)
		return false;
	for (i = 0; i < len; i++) {
		if (!isascii(buf[i]) || !isprint(buf[i]))
			return false;
		line[i] = buf[i];
	}
	line[len] = '\0';
	return true;
}

static irqreturn_t never(int irq, void *unused)
{
	return IRQ_NONE;
}

/* Checks the line now rather than when the vector is armed, which checks it again. */
static int try_irq(u32 irq, void *token)
{
	int err = request_irq(irq, never, IRQF_NO_AUTOEN | IRQF_PROBE_SHARED, "kplug", token);

	if (!err)
		free_irq(irq, token);
	return err;
}

static int add_parts(struct kplug_device *dev, const struct isa_card *card)
{
	unsigned int i;
	int err = 0;

	if (card->irq) {
		dev->vectors[0].linux_irq = card->irq;
		err = try_irq(card->irq, dev);
	}
	for (i = 0; !err && i < card->num_ranges; i++) {
		err = kplug_resource_add(dev, i, &card->ranges[i], dev->name);
		/* Cards of 8 and 16 bits are usual, and the bus splits what is wider. */
		if (!err)
			dev->region[i].widths |= KPLUG_WIDTH_8 | KPLUG_WIDTH_16;
	}
	return err;
}

static int add_card(const struct isa_card *card)
{
	struct kplug_device *dev;
	int err;

	dev = kplug_device_alloc(&isa_bus_ops, NULL, card->name, card->irq ? 1 : 0);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	/* Other tasks can find the device before it is complete. */
	dev->leaving = true;
	err = add_parts(dev, card);
	if (!err)
		err = kplug_device_publish(dev);
	if (err) {
		kplug_resource_remove_all(dev);
		kplug_device_put(dev);
		return err;
	}
	/* Pairs with the xchg() in del_card(). */
	smp_store_release(&dev->leaving, false);
	return 0;
}

/* Works once, and only for a complete card. Without a lock: this waits for calls in a plugin. */
static int del_card(struct kplug_device *dev)
{
	if (xchg(&dev->leaving, true))
		return -ENOENT;
	kplug_device_remove(dev);
	kplug_resource_remove_all(dev);
	kplug_device_put(dev);
	return 0;
}

static int is_isa(struct device *d, const void *unused)
{
	return to_kplug_device(d)->bus == &isa_bus_ops;
}

static int del_name(const char *name)
{
	struct device *d = class_find_device_by_name(kplug_device_class, name);
	int err = d && is_isa(d, NULL) ? 0 : -ENOENT;

	if (!err)
		err = del_card(to_kplug_device(d));
	put_device(d);
	return err;
}

static ssize_t isa_add_store(KPLUG_CLASS_CONST struct class *class,
			     KPLUG_CLASS_CONST struct class_attribute *attr, const char *buf,
			     size_t len)
{
	struct isa_card card = {};
	char line[256];
	int err;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	if (!HAS_ISA_BUS)
		return -EOPNOTSUPP;
	if (!copy_line(line, sizeof(line), buf, len) || !parse_card(&card, line))
		return -EINVAL;
	err = kplug_lockdown(&isa_bus_ops) ?: add_card(&card);
	return err ?: len;
}
static CLASS_ATTR_WO(isa_add);

static ssize_t isa_del_store(KPLUG_CLASS_CONST struct class *class,
			     KPLUG_CLASS_CONST struct class_attribute *attr, const char *buf,
			     size_t len)
{
	char name[KPLUG_NAME_MAX];
	int err;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	if (!copy_line(name, sizeof(name), buf, len))
		return -EINVAL;
	err = del_name(name);
	return err ?: len;
}
static CLASS_ATTR_WO(isa_del);

int kplug_isa_init(void)
{
	int err = class_create_file(kplug_device_class, &class_attr_isa_add);

	if (err)
		return err;
	err = class_create_file(kplug_device_class, &class_attr_isa_del);
	if (err)
		class_remove_file(kplug_device_class, &class_attr_isa_add);
	return err;
}

/* No device pins the module any more, but one may have been added after rmmod checked that. */
void kplug_isa_exit(void)
{
	struct device *d;

	class_remove_file(kplug_device_class, &class_attr_isa_add);
	class_remove_file(kplug_device_class, &class_attr_isa_del);
	while ((d = class_find_device(kplug_device_class, NULL, NULL, is_isa))) {
		del_card(to_kplug_device(d));
		put_device(d);
	}
}
