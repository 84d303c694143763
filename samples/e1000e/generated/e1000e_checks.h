/* SPDX-License-Identifier: MIT */
/* What the tests of e1000e check. kplug new wrote this file from the map. */

static uint64_t read_0(const struct kplug_io *io)
{
	return e1000e_read_ctrl(io);
}

static void write_0(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_ctrl(io, value);
}

static uint64_t get_0(uint64_t value)
{
	return e1000e_get_ctrl_fd(value);
}

static uint64_t get_1(uint64_t value)
{
	return e1000e_get_ctrl_slu(value);
}

static uint64_t get_2(uint64_t value)
{
	return e1000e_get_ctrl_rst(value);
}

static uint64_t read_1(const struct kplug_io *io)
{
	return e1000e_read_status(io);
}

static uint64_t get_3(uint64_t value)
{
	return e1000e_get_status_fd(value);
}

static uint64_t get_4(uint64_t value)
{
	return e1000e_get_status_lu(value);
}

static uint64_t get_5(uint64_t value)
{
	return e1000e_get_status_speed(value);
}

static uint64_t read_2(const struct kplug_io *io)
{
	return e1000e_read_icr(io);
}

static uint64_t get_6(uint64_t value)
{
	return e1000e_get_icr_txdw(value);
}

static uint64_t get_7(uint64_t value)
{
	return e1000e_get_icr_lsc(value);
}

static uint64_t get_8(uint64_t value)
{
	return e1000e_get_icr_rxdmt0(value);
}

static uint64_t get_9(uint64_t value)
{
	return e1000e_get_icr_rxo(value);
}

static uint64_t get_10(uint64_t value)
{
	return e1000e_get_icr_rxt0(value);
}

static uint64_t read_4(const struct kplug_io *io)
{
	return e1000e_read_ims(io);
}

static uint64_t read_6(const struct kplug_io *io)
{
	return e1000e_read_rctl(io);
}

static void write_6(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_rctl(io, value);
}

static void change_0(const struct kplug_io *io, uint64_t part)
{
	e1000e_change_rctl_en(io, part);
}

static void change_1(const struct kplug_io *io, uint64_t part)
{
	e1000e_change_rctl_upe(io, part);
}

static void change_2(const struct kplug_io *io, uint64_t part)
{
	e1000e_change_rctl_lbm(io, part);
}

static void change_3(const struct kplug_io *io, uint64_t part)
{
	e1000e_change_rctl_bam(io, part);
}

static void change_4(const struct kplug_io *io, uint64_t part)
{
	e1000e_change_rctl_bsize(io, part);
}

static void change_5(const struct kplug_io *io, uint64_t part)
{
	e1000e_change_rctl_secrc(io, part);
}

static uint64_t get_11(uint64_t value)
{
	return e1000e_get_rctl_en(value);
}

static uint64_t get_12(uint64_t value)
{
	return e1000e_get_rctl_upe(value);
}

static uint64_t get_13(uint64_t value)
{
	return e1000e_get_rctl_lbm(value);
}

static uint64_t get_14(uint64_t value)
{
	return e1000e_get_rctl_bam(value);
}

static uint64_t get_15(uint64_t value)
{
	return e1000e_get_rctl_bsize(value);
}

static uint64_t get_16(uint64_t value)
{
	return e1000e_get_rctl_secrc(value);
}

static uint64_t read_7(const struct kplug_io *io)
{
	return e1000e_read_tctl(io);
}

static void write_7(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_tctl(io, value);
}

static void change_6(const struct kplug_io *io, uint64_t part)
{
	e1000e_change_tctl_en(io, part);
}

static void change_7(const struct kplug_io *io, uint64_t part)
{
	e1000e_change_tctl_psp(io, part);
}

static uint64_t get_17(uint64_t value)
{
	return e1000e_get_tctl_en(value);
}

static uint64_t get_18(uint64_t value)
{
	return e1000e_get_tctl_psp(value);
}

static uint64_t read_8(const struct kplug_io *io)
{
	return e1000e_read_rdbal(io);
}

static void write_8(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_rdbal(io, value);
}

static uint64_t read_9(const struct kplug_io *io)
{
	return e1000e_read_rdbah(io);
}

static void write_9(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_rdbah(io, value);
}

static uint64_t read_10(const struct kplug_io *io)
{
	return e1000e_read_rdlen(io);
}

static void write_10(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_rdlen(io, value);
}

static uint64_t read_11(const struct kplug_io *io)
{
	return e1000e_read_rdh(io);
}

static void write_11(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_rdh(io, value);
}

static uint64_t read_12(const struct kplug_io *io)
{
	return e1000e_read_rdt(io);
}

static void write_12(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_rdt(io, value);
}

static uint64_t read_13(const struct kplug_io *io)
{
	return e1000e_read_tdbal(io);
}

static void write_13(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_tdbal(io, value);
}

static uint64_t read_14(const struct kplug_io *io)
{
	return e1000e_read_tdbah(io);
}

static void write_14(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_tdbah(io, value);
}

static uint64_t read_15(const struct kplug_io *io)
{
	return e1000e_read_tdlen(io);
}

static void write_15(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_tdlen(io, value);
}

static uint64_t read_16(const struct kplug_io *io)
{
	return e1000e_read_tdh(io);
}

static void write_16(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_tdh(io, value);
}

static uint64_t read_17(const struct kplug_io *io)
{
	return e1000e_read_tdt(io);
}

static void write_17(const struct kplug_io *io, uint64_t value)
{
	e1000e_write_tdt(io, value);
}

static void raise_main(const struct kplug_io *io, uint64_t bits)
{
	e1000e_irq_main_raise(io, bits);
}

static const struct check registers[] = {
	{ .name = "regs.CTRL",
	  .bits = 32,
	  .read = read_0,
	  .readable = 0xffffffffULL,
	  .write = write_0,
	  .stored = 0x41ULL },
	{ .name = "regs.STATUS",
	  .bits = 32,
	  .read = read_1,
	  .readable = 0xffffffffULL },
	{ .name = "regs.ICR",
	  .bits = 32,
	  .read = read_2,
	  .readable = 0xffffffffULL },
	{ .name = "regs.ICS",
	  .bits = 32 },
	{ .name = "regs.IMS",
	  .bits = 32,
	  .read = read_4,
	  .readable = 0xffffffffULL },
	{ .name = "regs.IMC",
	  .bits = 32 },
	{ .name = "regs.RCTL",
	  .bits = 32,
	  .read = read_6,
	  .readable = 0xffffffffULL,
	  .write = write_6,
	  .stored = 0x40380caULL },
	{ .name = "regs.TCTL",
	  .bits = 32,
	  .read = read_7,
	  .readable = 0xffffffffULL,
	  .write = write_7,
	  .stored = 0xaULL },
	{ .name = "regs.RDBAL",
	  .bits = 32,
	  .read = read_8,
	  .readable = 0xffffffffULL,
	  .write = write_8,
	  .stored = 0xffffffffULL },
	{ .name = "regs.RDBAH",
	  .bits = 32,
	  .read = read_9,
	  .readable = 0xffffffffULL,
	  .write = write_9,
	  .stored = 0xffffffffULL },
	{ .name = "regs.RDLEN",
	  .bits = 32,
	  .read = read_10,
	  .readable = 0xffffffffULL,
	  .write = write_10,
	  .stored = 0xffffffffULL },
	{ .name = "regs.RDH",
	  .bits = 32,
	  .read = read_11,
	  .readable = 0xffffffffULL,
	  .write = write_11,
	  .stored = 0xffffffffULL },
	{ .name = "regs.RDT",
	  .bits = 32,
	  .read = read_12,
	  .readable = 0xffffffffULL,
	  .write = write_12,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDBAL",
	  .bits = 32,
	  .read = read_13,
	  .readable = 0xffffffffULL,
	  .write = write_13,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDBAH",
	  .bits = 32,
	  .read = read_14,
	  .readable = 0xffffffffULL,
	  .write = write_14,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDLEN",
	  .bits = 32,
	  .read = read_15,
	  .readable = 0xffffffffULL,
	  .write = write_15,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDH",
	  .bits = 32,
	  .read = read_16,
	  .readable = 0xffffffffULL,
	  .write = write_16,
	  .stored = 0xffffffffULL },
	{ .name = "regs.TDT",
	  .bits = 32,
	  .read = read_17,
	  .readable = 0xffffffffULL,
	  .write = write_17,
	  .stored = 0xffffffffULL },
	{ 0 },
};

static const struct change changes[] = {
	{ .name = "regs.RCTL", .change = change_0, .mask = 0x2ULL,
	  .shift = 1, .stored = 0x40380caULL },
	{ .name = "regs.RCTL", .change = change_1, .mask = 0x8ULL,
	  .shift = 3, .stored = 0x40380caULL },
	{ .name = "regs.RCTL", .change = change_2, .mask = 0xc0ULL,
	  .shift = 6, .stored = 0x40380caULL },
	{ .name = "regs.RCTL", .change = change_3, .mask = 0x8000ULL,
	  .shift = 15, .stored = 0x40380caULL },
	{ .name = "regs.RCTL", .change = change_4, .mask = 0x30000ULL,
	  .shift = 16, .stored = 0x40380caULL },
	{ .name = "regs.RCTL", .change = change_5, .mask = 0x4000000ULL,
	  .shift = 26, .stored = 0x40380caULL },
	{ .name = "regs.TCTL", .change = change_6, .mask = 0x2ULL,
	  .shift = 1, .stored = 0xaULL },
	{ .name = "regs.TCTL", .change = change_7, .mask = 0x8ULL,
	  .shift = 3, .stored = 0xaULL },
	{ 0 },
};

static const struct get gets[] = {
	{ .name = "ctrl.FD", .get = get_0, .shift = 0,
	  .width = 1 },
	{ .name = "ctrl.SLU", .get = get_1, .shift = 6,
	  .width = 1 },
	{ .name = "ctrl.RST", .get = get_2, .shift = 26,
	  .width = 1 },
	{ .name = "status.FD", .get = get_3, .shift = 0,
	  .width = 1 },
	{ .name = "status.LU", .get = get_4, .shift = 1,
	  .width = 1 },
	{ .name = "status.SPEED", .get = get_5, .shift = 6,
	  .width = 2 },
	{ .name = "icr.TXDW", .get = get_6, .shift = 0,
	  .width = 1 },
	{ .name = "icr.LSC", .get = get_7, .shift = 2,
	  .width = 1 },
	{ .name = "icr.RXDMT0", .get = get_8, .shift = 4,
	  .width = 1 },
	{ .name = "icr.RXO", .get = get_9, .shift = 6,
	  .width = 1 },
	{ .name = "icr.RXT0", .get = get_10, .shift = 7,
	  .width = 1 },
	{ .name = "rctl.EN", .get = get_11, .shift = 1,
	  .width = 1 },
	{ .name = "rctl.UPE", .get = get_12, .shift = 3,
	  .width = 1 },
	{ .name = "rctl.LBM", .get = get_13, .shift = 6,
	  .width = 2 },
	{ .name = "rctl.BAM", .get = get_14, .shift = 15,
	  .width = 1 },
	{ .name = "rctl.BSIZE", .get = get_15, .shift = 16,
	  .width = 2 },
	{ .name = "rctl.SECRC", .get = get_16, .shift = 26,
	  .width = 1 },
	{ .name = "tctl.EN", .get = get_17, .shift = 1,
	  .width = 1 },
	{ .name = "tctl.PSP", .get = get_18, .shift = 3,
	  .width = 1 },
	{ 0 },
};

static const struct source e1000e_irq_main_sources[] = {
	{ .name = "main.TXDW", .bits = 0x1ULL },
	{ .name = "main.LSC", .bits = 0x4ULL },
	{ .name = "main.RXDMT0", .bits = 0x10ULL },
	{ .name = "main.RXO", .bits = 0x40ULL },
	{ .name = "main.RXT0", .bits = 0x80ULL },
};

static const struct kplug_step e1000e_irq_main_steps[] = E1000E_IRQ_MAIN_RECIPE;

static const struct interrupt interrupts[] = {
	{ .name = "main",
	  .vector = 0,
	  .handler = e1000e_irq_main_handler,
	  .enable = e1000e_irq_main_enable,
	  .disable = e1000e_irq_main_disable,
	  .forget = e1000e_irq_main_forget,
	  .rearm = e1000e_irq_main_rearm,
	  .sources = e1000e_irq_main_sources,
	  .num_sources = COUNT(e1000e_irq_main_sources),
	  .mask = 0xd5ULL,
	  .steps = e1000e_irq_main_steps,
	  .num_steps = COUNT(e1000e_irq_main_steps),
	  .pending = "regs.ICR",
	  .status = "regs.ICR",
	  .gone = 0xffffffffULL,
	  .enable_at = "regs.IMS",
	  .on = 0xd5ULL,
	  .off = 0x0ULL,
	  .raise = raise_main },
	{ 0 },
};

static const struct engine engines[] = {
	{ 0 },
};
