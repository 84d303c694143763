// SPDX-License-Identifier: MIT
// The machine: interrupts, memory, sleep, processors, tracing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chaos.h"
#include "file.h"
#include "process.h"
#include "random.h"

#define LINE_SIZE 256
#define MAX_LINES 64

/* our_lines() - the numbers of the interrupts that kplug has */
static unsigned int our_lines(unsigned int *lines)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char text[LINE_SIZE];
	unsigned int num = 0;

	while (file && num < MAX_LINES && fgets(text, sizeof(text), file))
		if (strstr(text, "kplug") && sscanf(text, "%u:", &lines[num]) == 1)
			num++;
	if (file)
		fclose(file);
	return num;
}

/* Interrupts that no device raised, and other processors for them. */
void upheave_interrupts(void)
{
	unsigned int lines[MAX_LINES], num = our_lines(lines), line;
	char mask[] = { '1' + below(3), '\0' };

	if (!num)
		return;
	line = lines[below(num)];
	if (chance(30)) {
		file_write(mask, "/proc/irq/%u/smp_affinity", line);
		return;
	}
	for (unsigned int i = below(20); i; i--)
		file_write("trigger", "/sys/kernel/debug/irq/irqs/%u", line);
}

void upheave_doorbell(void)
{
	host_request("doorbell %u %u %u", below(4), 1 + below(60), below(500));
}

void upheave_tracing(void)
{
	file_write(chance(50) ? "1" : "0", "/sys/kernel/tracing/events/kplug/enable");
}

void upheave_memory(void)
{
	file_write("1", "/proc/sys/vm/compact_memory");
	file_write("3", "/proc/sys/vm/drop_caches");
}

/* Up to a step before the machine would sleep, and back. */
void upheave_sleep(void)
{
	file_write("1", "/sys/module/suspend/parameters/pm_test_delay");
	file_write(chance(70) ? "devices" : "platform", "/sys/power/pm_test");
	file_write("mem", "/sys/power/state");
}

void upheave_processor(void)
{
	file_write("0", "/sys/devices/system/cpu/cpu1/online");
	nap(300);
	file_write("1", "/sys/devices/system/cpu/cpu1/online");
}
