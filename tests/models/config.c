// SPDX-License-Identifier: MIT
// A card's configuration space.
#include "config.h"

#include <linux/pci_regs.h>
#include <string.h>

#define COMMAND_BITS                                                                     \
	(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY | \
	 PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE)

#define EXPRESS_BYTES  0x3c
#define LINK_GEN3_X8   0x83
#define PAYLOAD_256    1
#define READ_512       0x2000
#define TABLE_BAR_MASK 7

static uint32_t get(const struct config *config, unsigned int at, unsigned int width)
{
	uint32_t value = 0;

	memcpy(&value, config->bytes + at, width);
	return value;
}

static void put(struct config *config, unsigned int at, unsigned int width, uint32_t value)
{
	memcpy(config->bytes + at, &value, width);
}

static void permit(struct config *config, unsigned int at, unsigned int width, uint32_t bits)
{
	memcpy(config->writable + at, &bits, width);
}

/* 6.1 "Configuration Space Organization" */
void config_init(struct config *config, const struct config_ids *ids, unsigned int size)
{
	memset(config, 0, sizeof(*config));
	config->size = size;
	config->end = 0x40;
	config->last = PCI_CAPABILITY_LIST;
	put(config, PCI_VENDOR_ID, 2, ids->vendor);
	put(config, PCI_DEVICE_ID, 2, ids->device);
	put(config, PCI_SUBSYSTEM_VENDOR_ID, 2, ids->subsystem_vendor);
	put(config, PCI_SUBSYSTEM_ID, 2, ids->subsystem);
	put(config, PCI_CLASS_REVISION, 4, ids->class << 8 | ids->revision);
	put(config, PCI_INTERRUPT_PIN, 1, 1);
	permit(config, PCI_COMMAND, 2, COMMAND_BITS);
	permit(config, PCI_CACHE_LINE_SIZE, 1, 0xff);
	permit(config, PCI_LATENCY_TIMER, 1, 0xff);
	permit(config, PCI_INTERRUPT_LINE, 1, 0xff);
}

/* 6.2.5.1 "Address Maps" */
void config_bar(struct config *config, unsigned int bar, uint64_t size, uint32_t kind)
{
	unsigned int at = PCI_BASE_ADDRESS_0 + 4 * bar;

	put(config, at, 4, kind);
	permit(config, at, 4, ~(uint32_t)(size - 1));
	if (kind & PCI_BASE_ADDRESS_MEM_TYPE_64)
		permit(config, at + 4, 4, ~(uint32_t)((size - 1) >> 32));
}

/* capability() - 6.7 "Capabilities List": where it begins */
static unsigned int capability(struct config *config, uint8_t id, unsigned int bytes)
{
	unsigned int at = config->end;

	put(config, PCI_STATUS, 2, get(config, PCI_STATUS, 2) | PCI_STATUS_CAP_LIST);
	put(config, config->last, 1, at);
	put(config, at, 1, id);
	config->last = at + PCI_CAP_LIST_NEXT;
	config->end = (at + bytes + 3) & ~3u;
	return at;
}

/* 6.8.1 "MSI Capability Structure", with an address of 64 bits */
void config_msi(struct config *config, unsigned int vectors)
{
	unsigned int at = capability(config, PCI_CAP_ID_MSI, PCI_MSI_DATA_64 + 2);
	unsigned int order = __builtin_ctz(vectors);

	put(config, at + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_64BIT | order << 1);
	permit(config, at + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE);
	permit(config, at + PCI_MSI_ADDRESS_LO, 4, ~3u);
	permit(config, at + PCI_MSI_ADDRESS_HI, 4, ~0u);
	permit(config, at + PCI_MSI_DATA_64, 2, 0xffff);
}

/* 6.8.2 "MSI-X Capability and Table Structures" */
void config_msix(struct config *config, unsigned int vectors, unsigned int bar, uint32_t table,
		 uint32_t pending)
{
	unsigned int at = capability(config, PCI_CAP_ID_MSIX, PCI_CAP_MSIX_SIZEOF);

	put(config, at + PCI_MSIX_FLAGS, 2, vectors - 1);
	permit(config, at + PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	put(config, at + PCI_MSIX_TABLE, 4, table | (bar & TABLE_BAR_MASK));
	put(config, at + PCI_MSIX_PBA, 4, pending | (bar & TABLE_BAR_MASK));
}

/* 7.8 "PCI Express Capability Structure", 7.12 "Device Serial Number Capability" */
void config_express(struct config *config, uint64_t serial)
{
	unsigned int at = capability(config, PCI_CAP_ID_EXP, EXPRESS_BYTES);

	config->express = at;
	put(config, at + PCI_EXP_FLAGS, 2, 2 | PCI_EXP_TYPE_ENDPOINT << 4);
	put(config, at + PCI_EXP_DEVCAP, 4, PCI_EXP_DEVCAP_FLR | PCI_EXP_DEVCAP_RBER | PAYLOAD_256);
	put(config, at + PCI_EXP_DEVCTL, 2, READ_512);
	permit(config, at + PCI_EXP_DEVCTL, 2, 0x7fff);
	put(config, at + PCI_EXP_LNKCAP, 4, LINK_GEN3_X8);
	put(config, at + PCI_EXP_LNKSTA, 2, LINK_GEN3_X8);
	permit(config, at + PCI_EXP_LNKCTL, 2, PCI_EXP_LNKCTL_ASPMC | PCI_EXP_LNKCTL_CCC);

	put(config, PCI_CFG_SPACE_SIZE, 4, PCI_EXT_CAP_ID_DSN | 1 << 16);
	put(config, PCI_CFG_SPACE_SIZE + 4, 4, serial);
	put(config, PCI_CFG_SPACE_SIZE + 8, 4, serial >> 32);
}

static bool inside(const struct config *config, uint64_t offset, unsigned int count)
{
	return count && count <= config->size && offset <= config->size - count;
}

bool config_read(const struct config *config, uint64_t offset, void *data, unsigned int count)
{
	if (!inside(config, offset, count))
		return false;
	memcpy(data, config->bytes + offset, count);
	return true;
}

/* 7.8.4 "Device Control Register": the bit that resets the function reads 0 */
static bool asks_for_reset(const struct config *config, uint64_t offset, const uint8_t *bytes,
			   unsigned int count)
{
	unsigned int high = config->express + PCI_EXP_DEVCTL + 1;

	return config->express && offset <= high && high < offset + count &&
	       bytes[high - offset] & (PCI_EXP_DEVCTL_BCR_FLR >> 8);
}

bool config_write(struct config *config, uint64_t offset, const void *data, unsigned int count,
		  bool *reset)
{
	const uint8_t *bytes = data;

	if (!inside(config, offset, count))
		return false;
	*reset = asks_for_reset(config, offset, bytes, count);
	for (unsigned int i = 0; i < count; i++) {
		uint8_t bits = config->writable[offset + i], *to = &config->bytes[offset + i];

		*to = (*to & ~bits) | (bytes[i] & bits);
	}
	return true;
}

bool config_masters(const struct config *config)
{
	return get(config, PCI_COMMAND, 2) & PCI_COMMAND_MASTER;
}

/* 7.8.4 "Device Control Register" */
unsigned int config_payload(const struct config *config)
{
	uint32_t control = get(config, config->express + PCI_EXP_DEVCTL, 2);

	return 128 << ((control & PCI_EXP_DEVCTL_PAYLOAD) >> 5);
}

unsigned int config_read_request(const struct config *config)
{
	uint32_t control = get(config, config->express + PCI_EXP_DEVCTL, 2);

	return 128 << ((control & PCI_EXP_DEVCTL_READRQ) >> 12);
}

bool config_permits_line(const struct config *config)
{
	return !(get(config, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
}

void config_show_line(struct config *config, bool asserted)
{
	uint32_t status = get(config, PCI_STATUS, 2) & ~PCI_STATUS_INTERRUPT;

	put(config, PCI_STATUS, 2, status | (asserted ? PCI_STATUS_INTERRUPT : 0));
}
