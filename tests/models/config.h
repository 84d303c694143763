/* SPDX-License-Identifier: MIT */
/*
 * A card's configuration space. QEMU shows the guest its own copy of the addresses in BARs and of
 * the message capabilities; the card sees every write. Sections refer to PCI Local Bus 3.0 and PCI
 * Express Base 3.0.
 */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_CONVENTIONAL 256
#define CONFIG_EXPRESS      4096

struct config_ids {
	uint16_t vendor, device, subsystem_vendor, subsystem;
	uint32_t class; /* 24 bits */
	uint8_t revision;
};

struct config {
	uint8_t bytes[CONFIG_EXPRESS];
	uint8_t writable[CONFIG_EXPRESS]; /* bits that keep what is written */
	unsigned int size;
	unsigned int end; /* of the capabilities so far */
	unsigned int last; /* where the offset of the next one goes */
	unsigned int express; /* that capability, or 0 */
};

void config_init(struct config *config, const struct config_ids *ids, unsigned int size);
/* config_bar() - its kind: PCI_BASE_ADDRESS_* of linux/pci_regs.h */
void config_bar(struct config *config, unsigned int bar, uint64_t size, uint32_t kind);
void config_msi(struct config *config, unsigned int vectors);
void config_msix(struct config *config, unsigned int vectors, unsigned int bar, uint32_t table,
		 uint32_t pending);
/* config_express() - an endpoint that can be reset by itself, with a serial number */
void config_express(struct config *config, uint64_t serial);

/* Return false outside of it. */
bool config_read(const struct config *config, uint64_t offset, void *data, unsigned int count);
/* @reset: the guest asks for a reset of the function */
bool config_write(struct config *config, uint64_t offset, const void *data, unsigned int count,
		  bool *reset);

bool config_masters(const struct config *config); /* may it be a bus master? */
/* Bytes that one write, or one request to read, may have; of a card of PCI Express. */
unsigned int config_payload(const struct config *config);
unsigned int config_read_request(const struct config *config);
bool config_permits_line(const struct config *config); /* may it assert INTx? */
void config_show_line(struct config *config, bool asserted);

#endif
