// SPDX-License-Identifier: MIT
/* The capabilities of a PCI function, which its configuration space lists. */
#include "private.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>

#define SPACE PCI_CFG_SPACE_EXP_SIZE

/* The hardware provides the lists, so they are not trusted: each offset counts once. */
struct walk {
	struct kplug *k;
	unsigned int size; /* of the function's space */
	struct kplug_cap *caps;
	int count;
	unsigned char seen[SPACE / 4];
};

static int read_config(struct kplug *k, unsigned int offset, unsigned int width,
		       unsigned int *value)
{
	uint64_t got;
	int err = kplug_access_read(k, KPLUG_CONFIG_REGION, offset, width, &got);

	if (!err)
		*value = (unsigned int)got;
	return err;
}

/* Is @offset in the part of the space from @first to @end, and not visited yet? */
static int new_place(struct walk *walk, unsigned int offset, unsigned int first, unsigned int end)
{
	if (offset < first || offset + 4 > end || walk->seen[offset / 4])
		return 0;
	walk->seen[offset / 4] = 1;
	return 1;
}

static void add(struct walk *walk, unsigned int id, unsigned int offset, unsigned int version,
		int extended)
{
	walk->caps[walk->count++] = (struct kplug_cap){
		.id = (uint16_t)id,
		.offset = (uint16_t)offset,
		.version = (uint8_t)version,
		.extended = (uint8_t)extended,
	};
}

/* The offset of the first element depends on the type of header; 0 if there is none. */
static int read_start(struct kplug *k, unsigned int *offset)
{
	unsigned int status, type;
	int err;

	*offset = 0;
	err = read_config(k, PCI_STATUS, 2, &status);
	if (!err)
		err = read_config(k, PCI_HEADER_TYPE, 1, &type);
	if (err || !(status & PCI_STATUS_CAP_LIST))
		return err;
	return read_config(k,
			   (type & 0x7f) == PCI_HEADER_TYPE_CARDBUS ? PCI_CB_CAPABILITY_LIST :
								      PCI_CAPABILITY_LIST,
			   1, offset);
}

static int walk_standard(struct walk *walk)
{
	unsigned int offset, header;
	int err = read_start(walk->k, &offset);

	while (!err) {
		offset &= ~3u;
		if (!new_place(walk, offset, PCI_STD_HEADER_SIZEOF, PCI_CFG_SPACE_SIZE))
			break;
		err = read_config(walk->k, offset, 2, &header);
		if (err || (header & 0xff) == 0xff)
			break;
		add(walk, header & 0xff, offset, 0, 0);
		offset = header >> 8;
	}
	return err;
}

static int walk_extended(struct walk *walk)
{
	unsigned int header, offset = PCI_CFG_SPACE_SIZE;
	int err = 0;

	while (new_place(walk, offset, PCI_CFG_SPACE_SIZE, walk->size)) {
		err = read_config(walk->k, offset, 4, &header);
		if (err || !header || header == 0xffffffff)
			break;
		add(walk, PCI_EXT_CAP_ID(header), offset, PCI_EXT_CAP_VER(header), 1);
		offset = PCI_EXT_CAP_NEXT(header);
	}
	return err;
}

static int walk_all(struct walk *walk)
{
	struct kplug_region_info info;
	int err = kplug_region_info(walk->k, KPLUG_CONFIG_REGION, &info);

	if (err)
		return err;
	if (!(info.out_flags & KPLUG_REGION_CONFIG))
		return kplug_refuse(walk->k, -EINVAL, "the device has no configuration space");
	walk->size = info.out_length < SPACE ? (unsigned int)info.out_length : SPACE;
	err = walk_standard(walk);
	return err ? err : walk_extended(walk);
}

int kplug_caps(struct kplug *k, struct kplug_cap **caps)
{
	struct walk walk = { .k = k };
	int err;

	/* At most one for each offset. */
	walk.caps = calloc(sizeof(walk.seen), sizeof(*walk.caps));
	if (!walk.caps)
		return kplug_failed(k, 0, -ENOMEM);
	err = walk_all(&walk);
	if (err) {
		free(walk.caps);
		return err;
	}
	*caps = walk.caps;
	return walk.count;
}

static int find(struct kplug *k, unsigned int id, int extended)
{
	struct kplug_cap *caps;
	int i, count = kplug_caps(k, &caps);
	int offset = -ENOENT;

	if (count < 0)
		return count;
	for (i = 0; offset < 0 && i < count; i++)
		if (caps[i].id == id && caps[i].extended == extended)
			offset = caps[i].offset;
	free(caps);
	if (offset < 0)
		kplug_refuse(k, offset, "the function has no such capability");
	return offset;
}

int kplug_find_cap(struct kplug *k, unsigned int id)
{
	return find(k, id, 0);
}

int kplug_find_ext_cap(struct kplug *k, unsigned int id)
{
	return find(k, id, 1);
}

static const char *const names[] = {
	[0x00] = "null",
	[PCI_CAP_ID_PM] = "PM",
	[PCI_CAP_ID_AGP] = "AGP",
	[PCI_CAP_ID_VPD] = "VPD",
	[PCI_CAP_ID_SLOTID] = "slot id",
	[PCI_CAP_ID_MSI] = "MSI",
	[PCI_CAP_ID_CHSWP] = "CompactPCI hot swap",
	[PCI_CAP_ID_PCIX] = "PCI-X",
	[PCI_CAP_ID_HT] = "HyperTransport",
	[PCI_CAP_ID_VNDR] = "vendor-specific",
	[PCI_CAP_ID_DBG] = "debug port",
	[PCI_CAP_ID_CCRC] = "CompactPCI resource control",
	[PCI_CAP_ID_SHPC] = "hot-plug controller",
	[PCI_CAP_ID_SSVID] = "subsystem id",
	[PCI_CAP_ID_AGP3] = "AGP 8x",
	[PCI_CAP_ID_SECDEV] = "secure device",
	[PCI_CAP_ID_EXP] = "PCIe",
	[PCI_CAP_ID_MSIX] = "MSI-X",
	[PCI_CAP_ID_SATA] = "SATA",
	[PCI_CAP_ID_AF] = "AF",
	[PCI_CAP_ID_EA] = "enhanced allocation",
};

static const char *const extended_names[] = {
	[0x00] = "null",
	[PCI_EXT_CAP_ID_ERR] = "AER",
	[PCI_EXT_CAP_ID_VC] = "virtual channel",
	[PCI_EXT_CAP_ID_DSN] = "serial number",
	[PCI_EXT_CAP_ID_PWR] = "power budget",
	[PCI_EXT_CAP_ID_RCLD] = "root complex links",
	[PCI_EXT_CAP_ID_RCILC] = "root complex internal link",
	[PCI_EXT_CAP_ID_RCEC] = "root complex event collector",
	[PCI_EXT_CAP_ID_MFVC] = "multi-function virtual channel",
	[PCI_EXT_CAP_ID_VC9] = "virtual channel",
	[PCI_EXT_CAP_ID_RCRB] = "root complex registers",
	[PCI_EXT_CAP_ID_VNDR] = "vendor-specific",
	[PCI_EXT_CAP_ID_ACS] = "ACS",
	[PCI_EXT_CAP_ID_ARI] = "ARI",
	[PCI_EXT_CAP_ID_ATS] = "ATS",
	[PCI_EXT_CAP_ID_SRIOV] = "SR-IOV",
	[PCI_EXT_CAP_ID_MRIOV] = "MR-IOV",
	[PCI_EXT_CAP_ID_MCAST] = "multicast",
	[PCI_EXT_CAP_ID_PRI] = "PRI",
	[PCI_EXT_CAP_ID_REBAR] = "resizable BAR",
	[PCI_EXT_CAP_ID_DPA] = "dynamic power allocation",
	[PCI_EXT_CAP_ID_TPH] = "TPH",
	[PCI_EXT_CAP_ID_LTR] = "LTR",
	[PCI_EXT_CAP_ID_SECPCI] = "secondary PCIe",
	[PCI_EXT_CAP_ID_PMUX] = "protocol multiplexing",
	[PCI_EXT_CAP_ID_PASID] = "PASID",
	/* By number: the kernel's header has few of the rest. */
	[0x1c] = "LN requester",
	[0x1d] = "DPC",
	[0x1e] = "L1 substates",
	[0x1f] = "PTM",
	[0x20] = "M-PCIe",
	[0x21] = "FRS queueing",
	[0x22] = "readiness times",
	[0x23] = "designated vendor-specific",
	[0x24] = "resizable VF BAR",
	[0x25] = "data link feature",
	[0x26] = "16 GT/s",
	[0x27] = "lane margining",
	[0x28] = "hierarchy id",
	[0x29] = "enclosure management",
	[0x2a] = "32 GT/s",
	[0x2b] = "alternate protocol",
	[0x2c] = "system firmware intermediary",
	[0x2d] = "shadow functions",
	[0x2e] = "DOE",
	[0x2f] = "device 3",
	[0x30] = "IDE",
	[0x31] = "64 GT/s",
	[0x32] = "flit logging",
	[0x33] = "flit performance",
	[0x34] = "flit error injection",
};

static const char *name_in(const char *const *table, size_t size, unsigned int id)
{
	return id < size && table[id] ? table[id] : "unknown";
}

const char *kplug_cap_name(const struct kplug_cap *cap)
{
	if (cap->extended)
		return name_in(extended_names, sizeof(extended_names) / sizeof(*extended_names),
			       cap->id);
	return name_in(names, sizeof(names) / sizeof(*names), cap->id);
}
