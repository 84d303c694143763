// SPDX-License-Identifier: MIT
// ISA devices: declared and taken back; ports, memory and a line; everything that is refused.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kplug_uart.h>

static const struct kplug_handler uart_plugin = { .plugin = "uart" };

/* What uart_handler() does. */
static const struct kplug_step uart_steps[] = {
	KPLUG_READ8(0, UART_IIR), KPLUG_NOT_MINE(UART_IIR_NONE, UART_IIR_NONE),
	KPLUG_CAPTURE(0x0f),      KPLUG_READ8(0, UART_DATA),
	KPLUG_CAPTURE(0xff),
};
static const struct kplug_handler uart_recipe = { .steps = uart_steps,
						  .num_steps = ARRAY_SIZE(uart_steps) };
static const struct kplug_handler uart_function = { .user = uart_handler };
static const struct kplug_handler uart_user;

static unsigned int get(struct kplug *k, unsigned int offset)
{
	uint64_t value;

	OK(kplug_access_read(k, 0, offset, 1, &value));
	return value;
}

static void put(struct kplug *k, unsigned int offset, unsigned int value)
{
	OK(kplug_access_write(k, 0, offset, 1, value));
}

static void isa_start(void)
{
	isa_needed();
	core_start();
}

/* The UART returns what is sent. */
static struct kplug *uart_looped(void)
{
	struct kplug *uart = uart_open();

	put(uart, UART_IER, 0);
	put(uart, UART_LCR, UART_LCR_8N1);
	put(uart, UART_FCR, UART_FCR_RESET);
	put(uart, UART_MCR, UART_MCR_LOOP);
	return uart;
}

static long devices(void)
{
	return objects_live("device");
}

TEST(isa, declared)
{
	struct kplug_region_info region;
	struct kplug_device_info info;
	struct kplug *uart;

	isa_start();
	uart_release();
	for (int i = 0; i < 20; i++) {
		OK(isa_add(UART_LINE));
		ck_assert(file_exists("/dev/kplug/" UART));
		OK(run("grep -q '02e8-02ef : " UART "$' /proc/ioports"));
		OK(isa_del(UART));
		ck_assert(!file_exists("/dev/kplug/" UART));
		OK(run("! grep -q " UART " /proc/ioports"));
	}
	ck_assert(WAIT_UNTIL(devices() == 0, 20000));
	uart = uart_open();
	info = device_info(uart);
	ck_assert_int_eq(info.out_bus, KPLUG_BUS_ISA);
	ck_assert_int_eq(info.out_vectors, 1);
	ck_assert_str_eq(info.out_name, UART);
	ck_assert_int_eq(info.out_vendor | info.out_device | info.out_class, 0);
	OK(kplug_region_info(uart, 0, &region));
	ck_assert_uint_eq(region.out_length, 8);
	ck_assert_uint_eq(region.out_flags, KPLUG_REGION_PORT);
	for (unsigned int i = 1; i < KPLUG_MAX_REGIONS; i++) {
		OK(kplug_region_info(uart, i, &region));
		ck_assert_uint_eq(region.out_flags | region.out_length, 0);
	}
	ck_assert_int_eq(kplug_map(uart, 0), -EOPNOTSUPP);
}

TEST(isa, bytes_through_the_fifo)
{
	struct kplug *uart;

	isa_start();
	uart = uart_looped();
	for (unsigned int i = 0; i < 256; i++) {
		put(uart, UART_SCRATCH, i);
		ck_assert_uint_eq(get(uart, UART_SCRATCH), i);
	}
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 16; i++)
			put(uart, UART_DATA, round * 16 + i);
		for (int i = 0; i < 16; i++) {
			ck_assert(WAIT_UNTIL(get(uart, UART_LSR) & UART_LSR_RX, 5000));
			ck_assert_uint_eq(get(uart, UART_DATA), round * 16 + i);
		}
		ck_assert(!(get(uart, UART_LSR) & UART_LSR_RX));
	}
}

/* One string instruction in each direction moves the contents of the FIFO. */
TEST(isa, strings_through_the_fifo)
{
	char sent[16], received[17];
	struct kplug *uart;
	uint32_t byte;

	isa_start();
	uart = uart_looped();
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < sizeof(sent); i++)
			sent[i] = round * 16 + i;
		OK(kplug_transfer_write(uart, 0, UART_DATA, 1, sent, sizeof(sent),
					KPLUG_TRANSFER_FIFO));
		ck_assert(WAIT_UNTIL(get(uart, UART_LSR) & UART_LSR_RX, 5000));
		memset(received, 0xa5, sizeof(received));
		OK(kplug_transfer_read(uart, 0, UART_DATA, 1, received, sizeof(sent),
				       KPLUG_TRANSFER_FIFO));
		ck_assert_mem_eq(received, sent, sizeof(sent));
		ck_assert_int_eq(received[16], (char)0xa5);
		ck_assert(!(get(uart, UART_LSR) & UART_LSR_RX));
	}
	/* Without a FIFO the accesses go to consecutive ports, and end at the last one. */
	put(uart, UART_SCRATCH, 0x3c);
	OK(kplug_transfer_read(uart, 0, 4, 1, &byte, 4, 0));
	ck_assert_uint_eq(byte >> 24, 0x3c);
	ck_assert_int_eq(kplug_transfer_read(uart, 0, 4, 1, received, 5, 0), -EINVAL);
	ck_assert_int_eq(kplug_transfer_read(uart, 0, 8, 1, received, 1, KPLUG_TRANSFER_FIFO),
			 -EINVAL);
}

static const struct kplug_handler *handler_of(const char *variant)
{
	if (!strcmp(variant, "recipe"))
		return &uart_recipe;
	if (!strcmp(variant, "function"))
		return &uart_function;
	return strcmp(variant, "plugin") ? &uart_user : &uart_plugin;
}

/* A byte that was announced; QEMU announces some twice, as an edge while the line is up. */
static unsigned int announced_byte(struct kplug *uart)
{
	next_event(uart);
	while (!(get(uart, UART_LSR) & UART_LSR_RX)) {
		OK(kplug_unmask(uart, 0));
		next_event(uart);
	}
	return get(uart, UART_DATA);
}

TEST(isa, interrupt, .variants = VARIANTS("user", "function", "recipe", "plugin"))
{
	struct kplug_vector_info info;
	struct kplug_event event;
	struct kplug *uart;

	isa_start();
	uart = uart_looped();
	ck_assert_int_ge(kplug_attach(uart, 0, handler_of(variant)), 0);
	ck_assert_int_eq(device_info(uart).out_irq_mode, KPLUG_IRQ_WIRED);
	OK(run("grep '%d:.*kplug:" UART ".0.$' /proc/interrupts", UART_IRQ));
	put(uart, UART_IER, UART_IER_RX);
	for (unsigned int i = 0; i < 100; i++) {
		put(uart, UART_DATA, i);
		if (handler_of(variant) == &uart_user) {
			ck_assert_uint_eq(announced_byte(uart), i);
			OK(kplug_unmask(uart, 0));
			continue;
		}
		event = next_event(uart);
		ck_assert_uint_eq(event.seq, i);
		ck_assert_uint_eq(event.words, 2);
		ck_assert_uint_eq(event.data[0] & ~0x08,
				  0x04); /* at once, or after a time in the FIFO */
		ck_assert_uint_eq(event.data[1], i);
	}
	info = vector_info(uart, 0);
	ck_assert_uint_eq(info.out_irq, UART_IRQ);
	/* On rung 0 the kernel cannot tell which device interrupted. */
	if (handler_of(variant) == &uart_user || handler_of(variant) == &uart_function)
		ck_assert_uint_ge(info.out_handled, 100);
	else
		ck_assert_uint_eq(info.out_handled, 100);
	ck_assert_uint_eq(info.out_storms, 0);
	OK(kplug_detach(uart, 0));
	OK(run("! grep " UART " /proc/interrupts"));
}

/*
 * On rung 0 the line is masked until the program unmasks it, and an interrupt that was raised
 * meanwhile comes then.
 */
TEST(isa, masked_on_rung_0)
{
	struct kplug *uart;

	isa_start();
	uart = uart_looped();
	OK(kplug_attach(uart, 0, &uart_user));
	put(uart, UART_IER, UART_IER_RX);
	for (unsigned int i = 0; i < 20; i++) {
		put(uart, UART_DATA, i);
		ck_assert_uint_eq(announced_byte(uart), i);
		ck_assert(vector_info(uart, 0).out_flags & KPLUG_VECTOR_MASKED);
		put(uart, UART_DATA, i + 1); /* a second edge */
		no_event(uart);
		OK(kplug_unmask(uart, 0));
		ck_assert_uint_eq(announced_byte(uart), i + 1);
		OK(kplug_unmask(uart, 0));
	}
	/* After a detach while masked, it works for the next client. */
	put(uart, UART_DATA, 1);
	ck_assert_uint_eq(announced_byte(uart), 1);
	OK(kplug_detach(uart, 0));
	OK(kplug_attach(uart, 0, &uart_user));
	put(uart, UART_DATA, 2);
	ck_assert_uint_eq(announced_byte(uart), 2);
}

TEST(isa, no_line)
{
	struct kplug *uart;

	isa_start();
	uart_release();
	OK(isa_add("name=isa-2e8 port=0x2e8+8"));
	uart = device_open(UART);
	ck_assert_int_eq(device_info(uart).out_vectors, 0);
	ck_assert_int_eq(kplug_attach(uart, 0, &uart_user), -ENOENT);
	ck_assert_int_eq(kplug_attach(uart, 0, &uart_plugin), -ENOENT);
	ck_assert_int_eq(kplug_irq_mode(uart, KPLUG_IRQ_WIRED, 0), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_irq_mode(uart, KPLUG_IRQ_AUTO, 0), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_irq_mode(uart, KPLUG_IRQ_AUTO, 1), -EINVAL);
	put(uart, UART_SCRATCH, 0x5a);
	ck_assert_uint_eq(get(uart, UART_SCRATCH), 0x5a);
}

TEST(isa, modes)
{
	struct kplug *uart;

	isa_start();
	uart = uart_open();
	ck_assert_int_eq(device_info(uart).out_irq_mode, KPLUG_IRQ_AUTO);
	for (int mode = KPLUG_IRQ_INTX; mode < KPLUG_IRQ_WIRED; mode++)
		ck_assert_int_eq(kplug_irq_mode(uart, mode, 0), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_irq_mode(uart, KPLUG_IRQ_WIRED + 1, 0), -EINVAL);
	ck_assert_int_eq(kplug_irq_mode(uart, KPLUG_IRQ_WIRED, 0), 1);
	ck_assert_int_eq(device_info(uart).out_irq_mode, KPLUG_IRQ_WIRED);
	ck_assert_int_eq(kplug_irq_mode(uart, KPLUG_IRQ_AUTO, 1), 1);
	ck_assert_int_eq(kplug_irq_mode(uart, KPLUG_IRQ_AUTO, 2), -EINVAL);
}

/* Memory of a missing card reads as any value; whole pages may be mapped. */
TEST(isa, memory)
{
	struct kplug_region_info region;
	struct kplug *card;
	uint64_t value;

	isa_start();
	OK(isa_add(
		"name=isa-card mem=0xd0000+0x2000 mem=0xd2000+0x10 port=0x300+1 port=0xffff+1 mem=0xdf000+4096"));
	card = device_open("isa-card");
	OK(kplug_region_info(card, 0, &region));
	ck_assert_uint_eq(region.out_flags, KPLUG_REGION_MEM | KPLUG_REGION_MMAP);
	ck_assert_uint_eq(region.out_length, 0x2000);
	OK(kplug_region_info(card, 1, &region));
	ck_assert_uint_eq(region.out_flags, KPLUG_REGION_MEM);
	ck_assert_uint_eq(region.out_length, 0x10);
	OK(kplug_region_info(card, 3, &region));
	ck_assert_uint_eq(region.out_flags, KPLUG_REGION_PORT);
	ck_assert_uint_eq(region.out_length, 1);
	OK(run("grep '000d0000-000d1fff : isa-card' /proc/iomem"));
	OK(kplug_map(card, 0));
	for (unsigned int at = 0; at < 0x2000; at += 0x400) {
		OK(kplug_access_read(card, 0, at, 4, &value));
		ck_assert_uint_eq(kplug_read32(kplug_io_user(card), 0, at), value);
	}
	OK(kplug_access_read(card, 1, 0xc, 4, &value));
	ck_assert_int_eq(kplug_access_read(card, 1, 0x10, 4, &value), -EINVAL);
	OK(kplug_access_read(card, 3, 0, 1, &value));
	ck_assert_int_eq(kplug_access_read(card, 3, 0, 2, &value), -EINVAL);
	OK(isa_del("isa-card"));
	ck_assert_uint_eq(kplug_read32(kplug_io_user(card), 0, 0), ~0u);
}

/* With "isa-" the longest name there is. */
#define LONGEST_TAIL "12345678901234567890123456789012345678901234567890123456789"

static const char *const bad_lines[] = {
	"",
	"\n",
	" ",
	"\n\n",
	"name",
	"name=",
	"=",
	"port=0x300+1",
	"name=isa-a",
	"name=isa-a irq=6",
	"name=isa-a  port=0x300+1",
	" name=isa-a port=0x300+1",
	"name=isa-a port=0x300+1 ",
	"name=isa-a\tport=0x300+1",
	"name=isa-a\nport=0x300+1",
	"name=isa-a port=0x300+1\n\n",
	"name=isa-a port=0x300+1 \n",
	/* names */
	"name=a port=0x300+1",
	"name=isa- port=0x300+1",
	"name=isa-.. port=0x300+1",
	"name=isa-a/b port=0x300+1",
	"name=isa-A port=0x300+1",
	"name=isa-a%n port=0x300+1",
	"name=isa-\xff port=0x300+1",
	"name=isa-a=b port=0x300+1",
	"name=isa-a name=isa-b port=0x300+1",
	"name=isa-a name=isa-a port=0x300+1",
	"name=ISA-a port=0x300+1",
	"name=isa-" LONGEST_TAIL "0 port=0x300+1",
	"name=isa-" LONGEST_TAIL "012345 port=0x300+1",
	"Name=isa-a port=0x300+1",
	"name=isa-a Port=0x300+1",
	"name=isa-a ports=0x300+1",
	"name=isa-a bogus=1 port=0x300+1",
	/* ranges */
	"name=isa-a port",
	"name=isa-a port=",
	"name=isa-a port=0x300",
	"name=isa-a port=0x300+",
	"name=isa-a port=+1",
	"name=isa-a port=+",
	"name=isa-a port=0x300+0",
	"name=isa-a port=0x300+-1",
	"name=isa-a port=-1+1",
	"name=isa-a port=0x300++1",
	"name=isa-a port=+0x300+1",
	"name=isa-a port=0x300+1+1",
	"name=isa-a port=0x300-0x301",
	"name=isa-a port=0x300+1x",
	"name=isa-a port=0x+1",
	"name=isa-a port=x300+1",
	"name=isa-a port=0x300,1",
	"name=isa-a port=0x10000+1",
	"name=isa-a port=0xffff+2",
	"name=isa-a port=0+0x10001",
	"name=isa-a port=1+0xffffffff",
	"name=isa-a port=0xfffffff0+0x20",
	"name=isa-a port=0x100000300+1",
	"name=isa-a port=0x300+0x100000001",
	"name=isa-a port=0x300+99999999999999999999",
	"name=isa-a port=0x300+1 port=",
	"name=isa-a mem=0x9f000+0x1000",
	"name=isa-a mem=0x9ffff+2",
	"name=isa-a mem=0xfffff+2",
	"name=isa-a mem=0x100000+1",
	"name=isa-a mem=0+1",
	"name=isa-a mem=0x1000000+0x1000",
	"name=isa-a mem=0xd0000+0xffffffff",
	"name=isa-a mem=0xfed00000+0x400",
	"name=isa-a mem=0xd0000+0",
	"name=isa-a mem=0xffffffffffffffff+1",
	"name=isa-a port=1+1 port=3+1 port=5+1 port=7+1 port=9+1 port=11+1 port=13+1 port=15+1 port=17+1",
	/* lines */
	"name=isa-a port=0x300+1 irq",
	"name=isa-a port=0x300+1 irq=",
	"name=isa-a port=0x300+1 irq=0",
	"name=isa-a port=0x300+1 irq=2",
	"name=isa-a port=0x300+1 irq=16",
	"name=isa-a port=0x300+1 irq=-1",
	"name=isa-a port=0x300+1 irq=+6",
	"name=isa-a port=0x300+1 irq=6 irq=7",
	"name=isa-a port=0x300+1 irq=4294967302",
	"name=isa-a port=0x300+1 irq=6,7",
};

TEST(isa, refused_text)
{
	static char longest[8192];

	isa_start();
	for (size_t i = 0; i < ARRAY_SIZE(bad_lines); i++)
		if (bad_lines[i][0]) /* an empty line is not written */
			ck_assert_msg(isa_add(bad_lines[i]) == -EINVAL, "'%s'", bad_lines[i]);
	memset(longest, ' ', sizeof(longest) - 1);
	memcpy(longest, "name=isa-a port=0x300+1", 23);
	ck_assert_int_eq(isa_add(longest), -EINVAL);
	memset(longest, 'a', sizeof(longest) - 1);
	ck_assert_int_eq(isa_add(longest), -EINVAL);
	ck_assert_int_eq(isa_del(longest), -EINVAL);
	/* A zero byte does not end the text. */
	OK(run("! printf 'name=isa-a port=0x300+1\\0' > /sys/class/kplug/isa_add"));
	ck_assert(WAIT_UNTIL(devices() == 0, 20000));
	OK(run("! grep isa- /proc/ioports /proc/iomem"));

	OK(isa_add("name=isa-" LONGEST_TAIL " port=0x300+1"));
	OK(isa_del("isa-" LONGEST_TAIL));
	ck_assert_int_eq(isa_del("isa-a"), -ENOENT);
	ck_assert_int_eq(isa_del(".."), -ENOENT);
	ck_assert_int_eq(isa_del("\n"), -EINVAL);
	device_bind(EDU1);
	ck_assert_int_eq(isa_del(EDU1), -ENOENT);
	ck_assert(file_exists("/dev/kplug/" EDU1));
	/* The correct text, with and without a newline. */
	OK(isa_add("name=isa-a port=0x300+1\n"));
	OK(isa_add("irq=6 port=768+0x10 mem=0xd0000+1 name=isa-b_0") == -EBUSY ? 0 : -1);
	OK(isa_add("irq=6 port=770+0x10 mem=0xd0000+1 name=isa-b_0"));
	OK(isa_del("isa-a\n"));
	OK(isa_del("isa-b_0"));
}

/* Random damage to a good line: the core accepts or refuses it, and does not crash. */
TEST(isa, damaged_text, .timeout = 60)
{
	static const char letters[] = "0123456789xabcdef+= \n-_namepotirq\xff";
	static const char good[] = "name=isa-a port=0x300+8 mem=0xd0000+0x1000 irq=6";

	isa_start();
	srand(1);
	for (int i = 0; i < 500; i++) {
		char line[sizeof(good)], name[sizeof(good)] = "";

		memcpy(line, good, sizeof(good));
		for (int n = rand() % 3; n >= 0; n--)
			line[rand() % (sizeof(good) - 1)] = letters[rand() % (sizeof(letters) - 1)];
		if (isa_add(line))
			continue;
		sscanf(strstr(line, "name="), "name=%s", name);
		OK(isa_del(name));
	}
	ck_assert(WAIT_UNTIL(devices() == 0, 20000));
	OK(run("! grep isa- /proc/ioports /proc/iomem"));
}

TEST(isa, claimed)
{
	static const char *const claimed[] = {
		"name=isa-rtc port=0x70+2",
		"name=isa-rtc port=0x70+8 irq=6",
		"name=isa-rtc port=0x6f+2",
		"name=isa-rtc port=0x300+8 irq=8",
		"name=isa-com port=0x3f8+8",
		"name=isa-com port=0x300+0x200",
		"name=isa-rom mem=0xf0000+0x1000",
		"name=isa-rom mem=0xd0000+0x1000 mem=0xc0000+0x40000",
		"name=isa-two port=0x300+8 port=0x307+1",
		"name=isa-two mem=0xd0000+0x1000 mem=0xd0000+0x1000",
	};

	isa_start();
	for (size_t i = 0; i < ARRAY_SIZE(claimed); i++)
		ck_assert_msg(isa_add(claimed[i]) == -EBUSY, "%s", claimed[i]);
	ck_assert(WAIT_UNTIL(devices() == 0, 20000));
	OK(run("! grep isa- /proc/ioports /proc/iomem /proc/interrupts"));
	OK(run("cat /sys/class/rtc/rtc0/time")); /* its owner still works */

	OK(isa_add("name=isa-a port=0x300+8"));
	ck_assert_int_eq(isa_add("name=isa-a port=0x310+8"), -EBUSY);
	ck_assert_int_eq(isa_add("name=isa-b port=0x307+8"), -EBUSY);
	OK(isa_add("name=isa-b port=0x308+8"));
	ck_assert(WAIT_UNTIL(devices() == 2, 20000));
}

/* Two devices may name one line, and one may take it. */
TEST(isa, line_of_another)
{
	struct kplug *uart, *other;

	isa_start();
	uart = uart_looped();
	OK(isa_add("name=isa-other port=0x300+8 irq=6"));
	other = device_open("isa-other");
	ck_assert_int_eq(kplug_attach(uart, 0, &uart_recipe), KPLUG_HANDLER_RECIPE);
	ck_assert_int_eq(kplug_attach(other, 0, &uart_recipe), -EBUSY);
	ck_assert_int_eq(isa_add("name=isa-third port=0x310+8 irq=6"), -EBUSY);
	put(uart, UART_IER, UART_IER_RX);
	put(uart, UART_DATA, 7);
	ck_assert_uint_eq(next_event(uart).data[1], 7);
	OK(kplug_detach(uart, 0));
	OK(kplug_attach(other, 0, &uart_user));
}

TEST(isa, only_for_root)
{
	isa_start();
	capability_set(CAP_SYS_RAWIO, false);
	ck_assert_int_eq(isa_add("name=isa-a port=0x300+8"), -EPERM);
	capability_set(CAP_SYS_RAWIO, true);
	OK(isa_add("name=isa-a port=0x300+8"));
	capability_set(CAP_SYS_RAWIO, false);
	ck_assert_int_eq(isa_del("isa-a"), -EPERM);
	capability_set(CAP_SYS_RAWIO, true);
	OK(isa_del("isa-a"));
	OK(run("test $(stat -c %%a /sys/class/kplug/isa_add) = 200"));
	OK(run("test $(stat -c %%a /sys/class/kplug/isa_del) = 200"));
}

/* The device goes while a program waits for it; the next one of that name is a new device. */
TEST(isa, del_under_a_live_client, .smoke = true)
{
	struct kplug *uart, *again;
	struct kplug_event event;
	uint64_t value;

	isa_start();
	for (int i = 0; i < 20; i++) {
		uart = uart_looped();
		ck_assert_int_ge(kplug_attach(uart, 0, i % 2 ? &uart_recipe : &uart_user), 0);
		put(uart, UART_IER, UART_IER_RX);
		if (i % 4 < 2)
			put(uart, UART_DATA, 1);
		OK(isa_del(UART));
		OK(isa_add(UART_LINE));
		again = device_open(UART);
		ck_assert_int_eq(kplug_access_read(uart, 0, 0, 1, &value), -ENODEV);
		do {
			event = next_event(uart);
		} while (event.type != KPLUG_EVENT_REMOVED);
		ck_assert_int_eq(kplug_wait(uart, &event, 1, -1), -ENODEV);
		put(again, UART_SCRATCH, i);
		ck_assert_uint_eq(get(again, UART_SCRATCH), i);
		kplug_close(i % 8 < 4 ? uart : again);
		OK(isa_del(UART));
		kplug_close(i % 8 < 4 ? again : uart);
	}
	ck_assert(WAIT_UNTIL(devices() == 0, 20000));
}

TEST(isa, unload)
{
	struct kplug *uart;

	isa_start();
	uart = uart_open();
	ck_assert_int_ne(module_unload("kplug"), 0); /* it is in use */
	OK(isa_del(UART));
	ck_assert_int_ne(module_unload("kplug"), 0); /* and still is */
	kplug_close(uart);
	OK(isa_add(UART_LINE));
	ck_assert_int_ne(module_unload("kplug"), 0); /* as for any bound device */
	OK(isa_del(UART));
	ck_assert(WAIT_UNTIL(module_unload("kplug") == 0, 20000));
	ck_assert(!file_exists("/sys/class/kplug"));
	OK(module_load("kplug"));
	OK(isa_add(UART_LINE));
}

TEST(isa, killed, .smoke = true)
{
	struct kplug *uart;

	isa_start();
	uart_release();
	OK(isa_add(UART_LINE));
	for (int i = 0; i < 10; i++) {
		pid_t child = fork();

		if (!child) {
			uart = device_open(UART);
			kplug_attach(uart, 0, &uart_user);
			pause();
		}
		ck_assert(WAIT_UNTIL(objects_live("armed") == 1, 10000));
		kill(child, SIGKILL);
		ck_assert_int_eq(waitpid(child, NULL, 0), child);
		objects_settle();
		OK(run("! grep " UART " /proc/interrupts"));
	}
}

/* Many tasks declare the same card at once: one succeeds, and no object remains at the end. */
TEST(isa, added_by_many_at_once, .smoke = true, .timeout = 120)
{
	pid_t children[4];

	isa_start();
	for (size_t c = 0; c < ARRAY_SIZE(children); c++) {
		children[c] = fork();
		if (children[c])
			continue;
		for (int i = 0; i < 50; i++) {
			int err = isa_add("name=isa-a port=0x300+8 mem=0xd0000+0x1000 irq=6");

			if (err && err != -EBUSY)
				_exit(1);
			err = isa_del("isa-a");
			if (err && err != -ENOENT)
				_exit(2);
		}
		_exit(0);
	}
	for (size_t c = 0; c < ARRAY_SIZE(children); c++) {
		int status;

		ck_assert_int_eq(waitpid(children[c], &status, 0), children[c]);
		ck_assert_int_eq(status, 0);
	}
	isa_del("isa-a");
	ck_assert(WAIT_UNTIL(devices() == 0, 20000));
}

/* A restricted client gets no line that the plugin does not allow. */
TEST(isa, restricted)
{
	struct kplug *uart, *restricted;
	uint64_t value;

	isa_start();
	uart = uart_open();
	restricted = device_open_restricted(UART);
	ck_assert_int_eq(kplug_access_read(restricted, 0, 0, 1, &value), -EPERM);
	ck_assert_int_eq(kplug_access_write(restricted, 0, 0, 1, 0), -EPERM);
	ck_assert_int_eq(kplug_attach(restricted, 0, &uart_recipe), -EPERM);
	kplug_close(restricted);
	kplug_close(uart);
}

/* Where there is no ISA bus, its addresses may lead to anything. */
TEST(isa, none_on_this_machine)
{
	const struct kplug_range ports = { 0x2f8, 8, KPLUG_REGION_PORT };

	if (machine_has_isa())
		test_skip("this machine has an ISA bus");
	core_start();
	ck_assert_int_eq(isa_add(UART_LINE), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_isa_add("isa-a", &ports, 1, 0), -EOPNOTSUPP);
	ck_assert_int_eq(isa_del(UART), -ENOENT);
	OK(run("! test -e /dev/kplug/" UART));
	OK(run("kplug isa-add --port 0x2f8+8 2>&1 | grep 'no ISA bus'"));
	capability_set(CAP_SYS_RAWIO, false);
	ck_assert_int_eq(isa_add(UART_LINE), -EPERM);
	capability_set(CAP_SYS_RAWIO, true);
}
