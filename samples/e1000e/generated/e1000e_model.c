// SPDX-License-Identifier: MIT
// The registers of e1000e for its model. kplug new wrote this file from the map.
#include <table.h>

#include "e1000e_behaviour.h"

static const struct table_register registers[] = {
	{ .name = "regs.CTRL",
	  .bar = 0, .at = 0x0, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0x41ULL,
	  .acts = true },
	{ .name = "regs.STATUS",
	  .bar = 0, .at = 0x8, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL },
	{ .name = "regs.ICR",
	  .bar = 0, .at = 0xc0, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .read_clears = 0xffffffffULL,
	  .one_clears = 0xffffffffULL },
	{ .name = "regs.ICS",
	  .bar = 0, .at = 0xc8, .bits = 32, .word = 32, .step = 4,
	  .one_sets = 0xffffffffULL,
	  .acts = true },
	{ .name = "regs.IMS",
	  .bar = 0, .at = 0xd0, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .one_sets = 0xffffffffULL },
	{ .name = "regs.IMC",
	  .bar = 0, .at = 0xd8, .bits = 32, .word = 32, .step = 4,
	  .one_clears = 0xffffffffULL },
	{ .name = "regs.RCTL",
	  .bar = 0, .at = 0x100, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0x40380caULL },
	{ .name = "regs.TCTL",
	  .bar = 0, .at = 0x400, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xaULL },
	{ .name = "regs.RDBAL",
	  .bar = 0, .at = 0x2800, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
	{ .name = "regs.RDBAH",
	  .bar = 0, .at = 0x2804, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
	{ .name = "regs.RDLEN",
	  .bar = 0, .at = 0x2808, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
	{ .name = "regs.RDH",
	  .bar = 0, .at = 0x2810, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
	{ .name = "regs.RDT",
	  .bar = 0, .at = 0x2818, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDBAL",
	  .bar = 0, .at = 0x3800, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDBAH",
	  .bar = 0, .at = 0x3804, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDLEN",
	  .bar = 0, .at = 0x3808, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDH",
	  .bar = 0, .at = 0x3810, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDT",
	  .bar = 0, .at = 0x3818, .bits = 32, .word = 32, .step = 4,
	  .readable = 0xffffffffULL,
	  .stored = 0xffffffffULL },
};

static const struct table_source e1000e_irq_main_sources[] = {
	{ .name = "TXDW", .bits = 0x1ULL },
	{ .name = "LSC", .bits = 0x4ULL },
	{ .name = "RXDMT0", .bits = 0x10ULL },
	{ .name = "RXO", .bits = 0x40ULL },
	{ .name = "RXT0", .bits = 0x80ULL },
};

static const struct table_interrupt interrupts[] = {
	{ .name = "main",
	  .vector = 0,
	  .ack = TABLE_ACK_READ,
	  .status = "regs.ICR",
	  .enable_set = "regs.IMS",
	  .enable_clear = "regs.IMC",
	  .raise_at = "regs.ICS",
	  .sources = e1000e_irq_main_sources,
	  .num_sources = 5 },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct table table = {
	.registers = registers,
	.num_registers = COUNT(registers),
	.interrupts = interrupts,
	.num_interrupts = COUNT(interrupts),
	.reset = { .at = "regs.CTRL", .mask = 0x4000000ULL, .value = 0x4000000ULL },
	.written = e1000e_written,
};

static const struct model e1000e_model = {
	.name = "e1000e",
	.ids = { .vendor = 0x8086, .device = 0x10d3, .subsystem_vendor = 0x8086, .subsystem = 0x10d3, .class = 0xff0000 },
	.bars = {
		[0] = { .size = 0x20000, .widths = 4 },
	},
	.msi = 1,
	.table = &table,
	TABLE_MODEL,
};

/* The program has this model alone, whatever its name. */
const struct model *model_find(const char *name)
{
	(void)name;
	return &e1000e_model;
}
