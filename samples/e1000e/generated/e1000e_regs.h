/*
 * Registers of e1000e: Intel 82574, what a loopback of frames needs; sections of its
 * datasheet, revision 3.4
 * kplug-map wrote this file from the map; change the map or its roles instead.
 */
#ifndef E1000E_REGS_H
#define E1000E_REGS_H

#include <kplug/handler.h>

/* The region regs */
#define E1000E_REGS_REGION 0
#define E1000E_REGS_SIZE 0x20000U

/*
 * regs.CTRL: General Registers, 10.2.2
 * 32 bits; rw
 */
#define E1000E_CTRL 0x0U
/* FD (bit 0) */
#define E1000E_CTRL_FD_SHIFT 0U
#define E1000E_CTRL_FD_MASK 0x1U
/* SLU (bit 6) */
#define E1000E_CTRL_SLU_SHIFT 6U
#define E1000E_CTRL_SLU_MASK 0x40U
/* RST (bit 26; 1 triggers) */
#define E1000E_CTRL_RST_SHIFT 26U
#define E1000E_CTRL_RST_MASK 0x4000000U

static inline __u32 e1000e_read_ctrl(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_CTRL);
}

static inline void e1000e_write_ctrl(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_CTRL, (__u32)value);
}

static inline __u8 e1000e_get_ctrl_fd(__u32 value)
{
	return (__u8)((value & E1000E_CTRL_FD_MASK) >> E1000E_CTRL_FD_SHIFT);
}

static inline __u8 e1000e_get_ctrl_slu(__u32 value)
{
	return (__u8)((value & E1000E_CTRL_SLU_MASK) >> E1000E_CTRL_SLU_SHIFT);
}

static inline __u8 e1000e_get_ctrl_rst(__u32 value)
{
	return (__u8)((value & E1000E_CTRL_RST_MASK) >> E1000E_CTRL_RST_SHIFT);
}

/* No function changes single fields: a write does more than to store the value. */

/*
 * regs.STATUS: General Registers, 10.2.2
 * 32 bits; ro
 */
#define E1000E_STATUS 0x8U
/* FD (bit 0) */
#define E1000E_STATUS_FD_SHIFT 0U
#define E1000E_STATUS_FD_MASK 0x1U
/* LU (bit 1) */
#define E1000E_STATUS_LU_SHIFT 1U
#define E1000E_STATUS_LU_MASK 0x2U
/* SPEED (bits 7:6) */
#define E1000E_STATUS_SPEED_SHIFT 6U
#define E1000E_STATUS_SPEED_MASK 0xc0U
#define E1000E_STATUS_SPEED_M10 0x0U
#define E1000E_STATUS_SPEED_M100 0x1U
#define E1000E_STATUS_SPEED_G1 0x2U

static inline __u32 e1000e_read_status(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_STATUS);
}

static inline __u8 e1000e_get_status_fd(__u32 value)
{
	return (__u8)((value & E1000E_STATUS_FD_MASK) >> E1000E_STATUS_FD_SHIFT);
}

static inline __u8 e1000e_get_status_lu(__u32 value)
{
	return (__u8)((value & E1000E_STATUS_LU_MASK) >> E1000E_STATUS_LU_SHIFT);
}

static inline __u8 e1000e_get_status_speed(__u32 value)
{
	return (__u8)((value & E1000E_STATUS_SPEED_MASK) >> E1000E_STATUS_SPEED_SHIFT);
}

/*
 * regs.ICR: Interrupt Registers, 10.2.4
 * 32 bits; rw; a read clears; 1 clears
 */
#define E1000E_ICR 0xc0U
/* TXDW (bit 0) */
#define E1000E_ICR_TXDW_SHIFT 0U
#define E1000E_ICR_TXDW_MASK 0x1U
/* LSC (bit 2) */
#define E1000E_ICR_LSC_SHIFT 2U
#define E1000E_ICR_LSC_MASK 0x4U
/* RXDMT0 (bit 4) */
#define E1000E_ICR_RXDMT0_SHIFT 4U
#define E1000E_ICR_RXDMT0_MASK 0x10U
/* RXO (bit 6) */
#define E1000E_ICR_RXO_SHIFT 6U
#define E1000E_ICR_RXO_MASK 0x40U
/* RXT0 (bit 7) */
#define E1000E_ICR_RXT0_SHIFT 7U
#define E1000E_ICR_RXT0_MASK 0x80U

static inline __u32 e1000e_read_icr(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_ICR);
}

static inline void e1000e_write_icr(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_ICR, (__u32)value);
}

static inline __u8 e1000e_get_icr_txdw(__u32 value)
{
	return (__u8)((value & E1000E_ICR_TXDW_MASK) >> E1000E_ICR_TXDW_SHIFT);
}

static inline __u8 e1000e_get_icr_lsc(__u32 value)
{
	return (__u8)((value & E1000E_ICR_LSC_MASK) >> E1000E_ICR_LSC_SHIFT);
}

static inline __u8 e1000e_get_icr_rxdmt0(__u32 value)
{
	return (__u8)((value & E1000E_ICR_RXDMT0_MASK) >> E1000E_ICR_RXDMT0_SHIFT);
}

static inline __u8 e1000e_get_icr_rxo(__u32 value)
{
	return (__u8)((value & E1000E_ICR_RXO_MASK) >> E1000E_ICR_RXO_SHIFT);
}

static inline __u8 e1000e_get_icr_rxt0(__u32 value)
{
	return (__u8)((value & E1000E_ICR_RXT0_MASK) >> E1000E_ICR_RXT0_SHIFT);
}

/* No function changes single fields: a read changes the device. */

/*
 * regs.ICS: Interrupt Registers, 10.2.4
 * 32 bits; wo; 1 sets
 */
#define E1000E_ICS 0xc8U

static inline void e1000e_write_ics(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_ICS, (__u32)value);
}

/*
 * regs.IMS: Interrupt Registers, 10.2.4
 * 32 bits; rw; 1 sets
 */
#define E1000E_IMS 0xd0U

static inline __u32 e1000e_read_ims(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_IMS);
}

static inline void e1000e_write_ims(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_IMS, (__u32)value);
}

/*
 * regs.IMC: Interrupt Registers, 10.2.4
 * 32 bits; wo; 1 clears
 */
#define E1000E_IMC 0xd8U

static inline void e1000e_write_imc(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_IMC, (__u32)value);
}

/*
 * regs.RCTL: Receive Registers, 10.2.5
 * 32 bits; rw
 */
#define E1000E_RCTL 0x100U
/* EN (bit 1) */
#define E1000E_RCTL_EN_SHIFT 1U
#define E1000E_RCTL_EN_MASK 0x2U
/* UPE (bit 3) */
#define E1000E_RCTL_UPE_SHIFT 3U
#define E1000E_RCTL_UPE_MASK 0x8U
/* LBM (bits 7:6) */
#define E1000E_RCTL_LBM_SHIFT 6U
#define E1000E_RCTL_LBM_MASK 0xc0U
#define E1000E_RCTL_LBM_OFF 0x0U
#define E1000E_RCTL_LBM_MAC 0x1U
/* BAM (bit 15) */
#define E1000E_RCTL_BAM_SHIFT 15U
#define E1000E_RCTL_BAM_MASK 0x8000U
/* BSIZE (bits 17:16) */
#define E1000E_RCTL_BSIZE_SHIFT 16U
#define E1000E_RCTL_BSIZE_MASK 0x30000U
#define E1000E_RCTL_BSIZE_B2048 0x0U
#define E1000E_RCTL_BSIZE_B1024 0x1U
#define E1000E_RCTL_BSIZE_B512 0x2U
#define E1000E_RCTL_BSIZE_B256 0x3U
/* SECRC (bit 26) */
#define E1000E_RCTL_SECRC_SHIFT 26U
#define E1000E_RCTL_SECRC_MASK 0x4000000U

static inline __u32 e1000e_read_rctl(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_RCTL);
}

static inline void e1000e_write_rctl(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_RCTL, (__u32)value);
}

static inline __u8 e1000e_get_rctl_en(__u32 value)
{
	return (__u8)((value & E1000E_RCTL_EN_MASK) >> E1000E_RCTL_EN_SHIFT);
}

static inline __u8 e1000e_get_rctl_upe(__u32 value)
{
	return (__u8)((value & E1000E_RCTL_UPE_MASK) >> E1000E_RCTL_UPE_SHIFT);
}

static inline __u8 e1000e_get_rctl_lbm(__u32 value)
{
	return (__u8)((value & E1000E_RCTL_LBM_MASK) >> E1000E_RCTL_LBM_SHIFT);
}

static inline __u8 e1000e_get_rctl_bam(__u32 value)
{
	return (__u8)((value & E1000E_RCTL_BAM_MASK) >> E1000E_RCTL_BAM_SHIFT);
}

static inline __u8 e1000e_get_rctl_bsize(__u32 value)
{
	return (__u8)((value & E1000E_RCTL_BSIZE_MASK) >> E1000E_RCTL_BSIZE_SHIFT);
}

static inline __u8 e1000e_get_rctl_secrc(__u32 value)
{
	return (__u8)((value & E1000E_RCTL_SECRC_MASK) >> E1000E_RCTL_SECRC_SHIFT);
}

static inline void e1000e_change_rctl_en(const struct kplug_io *io, __u8 part)
{
	__u32 value = e1000e_read_rctl(io);

	value = (__u32)((value & ~E1000E_RCTL_EN_MASK) |
		(((__u32)part << E1000E_RCTL_EN_SHIFT) & E1000E_RCTL_EN_MASK));
	e1000e_write_rctl(io, value);
}

static inline void e1000e_change_rctl_upe(const struct kplug_io *io, __u8 part)
{
	__u32 value = e1000e_read_rctl(io);

	value = (__u32)((value & ~E1000E_RCTL_UPE_MASK) |
		(((__u32)part << E1000E_RCTL_UPE_SHIFT) & E1000E_RCTL_UPE_MASK));
	e1000e_write_rctl(io, value);
}

static inline void e1000e_change_rctl_lbm(const struct kplug_io *io, __u8 part)
{
	__u32 value = e1000e_read_rctl(io);

	value = (__u32)((value & ~E1000E_RCTL_LBM_MASK) |
		(((__u32)part << E1000E_RCTL_LBM_SHIFT) & E1000E_RCTL_LBM_MASK));
	e1000e_write_rctl(io, value);
}

static inline void e1000e_change_rctl_bam(const struct kplug_io *io, __u8 part)
{
	__u32 value = e1000e_read_rctl(io);

	value = (__u32)((value & ~E1000E_RCTL_BAM_MASK) |
		(((__u32)part << E1000E_RCTL_BAM_SHIFT) & E1000E_RCTL_BAM_MASK));
	e1000e_write_rctl(io, value);
}

static inline void e1000e_change_rctl_bsize(const struct kplug_io *io, __u8 part)
{
	__u32 value = e1000e_read_rctl(io);

	value = (__u32)((value & ~E1000E_RCTL_BSIZE_MASK) |
		(((__u32)part << E1000E_RCTL_BSIZE_SHIFT) & E1000E_RCTL_BSIZE_MASK));
	e1000e_write_rctl(io, value);
}

static inline void e1000e_change_rctl_secrc(const struct kplug_io *io, __u8 part)
{
	__u32 value = e1000e_read_rctl(io);

	value = (__u32)((value & ~E1000E_RCTL_SECRC_MASK) |
		(((__u32)part << E1000E_RCTL_SECRC_SHIFT) & E1000E_RCTL_SECRC_MASK));
	e1000e_write_rctl(io, value);
}

/*
 * regs.TCTL: Transmit Registers, 10.2.6
 * 32 bits; rw
 */
#define E1000E_TCTL 0x400U
/* EN (bit 1) */
#define E1000E_TCTL_EN_SHIFT 1U
#define E1000E_TCTL_EN_MASK 0x2U
/* PSP (bit 3) */
#define E1000E_TCTL_PSP_SHIFT 3U
#define E1000E_TCTL_PSP_MASK 0x8U

static inline __u32 e1000e_read_tctl(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_TCTL);
}

static inline void e1000e_write_tctl(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_TCTL, (__u32)value);
}

static inline __u8 e1000e_get_tctl_en(__u32 value)
{
	return (__u8)((value & E1000E_TCTL_EN_MASK) >> E1000E_TCTL_EN_SHIFT);
}

static inline __u8 e1000e_get_tctl_psp(__u32 value)
{
	return (__u8)((value & E1000E_TCTL_PSP_MASK) >> E1000E_TCTL_PSP_SHIFT);
}

static inline void e1000e_change_tctl_en(const struct kplug_io *io, __u8 part)
{
	__u32 value = e1000e_read_tctl(io);

	value = (__u32)((value & ~E1000E_TCTL_EN_MASK) |
		(((__u32)part << E1000E_TCTL_EN_SHIFT) & E1000E_TCTL_EN_MASK));
	e1000e_write_tctl(io, value);
}

static inline void e1000e_change_tctl_psp(const struct kplug_io *io, __u8 part)
{
	__u32 value = e1000e_read_tctl(io);

	value = (__u32)((value & ~E1000E_TCTL_PSP_MASK) |
		(((__u32)part << E1000E_TCTL_PSP_SHIFT) & E1000E_TCTL_PSP_MASK));
	e1000e_write_tctl(io, value);
}

/*
 * regs.RDBAL: Receive Registers, 10.2.5
 * 32 bits; rw
 */
#define E1000E_RDBAL 0x2800U

static inline __u32 e1000e_read_rdbal(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_RDBAL);
}

static inline void e1000e_write_rdbal(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_RDBAL, (__u32)value);
}

/*
 * regs.RDBAH: Receive Registers, 10.2.5
 * 32 bits; rw
 */
#define E1000E_RDBAH 0x2804U

static inline __u32 e1000e_read_rdbah(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_RDBAH);
}

static inline void e1000e_write_rdbah(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_RDBAH, (__u32)value);
}

/*
 * regs.RDLEN: Receive Registers, 10.2.5
 * 32 bits; rw
 */
#define E1000E_RDLEN 0x2808U

static inline __u32 e1000e_read_rdlen(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_RDLEN);
}

static inline void e1000e_write_rdlen(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_RDLEN, (__u32)value);
}

/*
 * regs.RDH: Receive Registers, 10.2.5
 * 32 bits; rw
 */
#define E1000E_RDH 0x2810U

static inline __u32 e1000e_read_rdh(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_RDH);
}

static inline void e1000e_write_rdh(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_RDH, (__u32)value);
}

/*
 * regs.RDT: Receive Registers, 10.2.5
 * 32 bits; rw
 */
#define E1000E_RDT 0x2818U

static inline __u32 e1000e_read_rdt(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_RDT);
}

static inline void e1000e_write_rdt(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_RDT, (__u32)value);
}

/*
 * regs.TDBAL: Transmit Registers, 10.2.6
 * 32 bits; rw
 */
#define E1000E_TDBAL 0x3800U

static inline __u32 e1000e_read_tdbal(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_TDBAL);
}

static inline void e1000e_write_tdbal(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_TDBAL, (__u32)value);
}

/*
 * regs.TDBAH: Transmit Registers, 10.2.6
 * 32 bits; rw
 */
#define E1000E_TDBAH 0x3804U

static inline __u32 e1000e_read_tdbah(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_TDBAH);
}

static inline void e1000e_write_tdbah(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_TDBAH, (__u32)value);
}

/*
 * regs.TDLEN: Transmit Registers, 10.2.6
 * 32 bits; rw
 */
#define E1000E_TDLEN 0x3808U

static inline __u32 e1000e_read_tdlen(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_TDLEN);
}

static inline void e1000e_write_tdlen(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_TDLEN, (__u32)value);
}

/*
 * regs.TDH: Transmit Registers, 10.2.6
 * 32 bits; rw
 */
#define E1000E_TDH 0x3810U

static inline __u32 e1000e_read_tdh(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_TDH);
}

static inline void e1000e_write_tdh(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_TDH, (__u32)value);
}

/*
 * regs.TDT: Transmit Registers, 10.2.6
 * 32 bits; rw
 */
#define E1000E_TDT 0x3818U

static inline __u32 e1000e_read_tdt(const struct kplug_io *io)
{
	return kplug_read32(io, E1000E_REGS_REGION, E1000E_TDT);
}

static inline void e1000e_write_tdt(const struct kplug_io *io, __u32 value)
{
	kplug_write32(io, E1000E_REGS_REGION, E1000E_TDT, (__u32)value);
}

#endif
