/* SPDX-License-Identifier: GPL-2.0 */
/* PCI functions: what the files of this folder share. */
#ifndef KPLUG_BUS_PCI_H
#define KPLUG_BUS_PCI_H

#include <linux/pci.h>
#include <linux/types.h>

#include <kplug/plugin.h>

struct kplug_device;
struct kplug_registration;
struct kplug_vector;
struct pci_dev;

int kplug_pci_init(void);
void kplug_pci_exit(void);
int kplug_pci_register(struct kplug_registration *reg);
void kplug_pci_unregister(struct kplug_registration *reg);
bool kplug_pci_bar_usable(struct pci_dev *pdev, int bar);
int kplug_pci_bar_enable(struct pci_dev *pdev);
void kplug_pci_command_set_master(struct kplug_device *dev, bool on);
void kplug_pci_command_set_intx(struct kplug_device *dev, bool on);
void kplug_pci_command_own_intx(struct kplug_device *dev);
void kplug_pci_command_disown_intx(struct kplug_device *dev);
void kplug_pci_command_want_master(struct kplug_device *dev, bool on);
void kplug_pci_command_quiesce(struct kplug_device *dev);
void kplug_pci_command_restore(struct kplug_device *dev);
int kplug_pci_config_access(struct kplug_device *dev, u64 offset, unsigned int width, bool is_write,
			    u64 *value, bool alone);
void kplug_pci_config_init(struct kplug_device *dev);
pci_ers_result_t kplug_pci_error_detected(struct pci_dev *pdev, pci_channel_state_t state);
pci_ers_result_t kplug_pci_error_mmio_enabled(struct pci_dev *pdev);
pci_ers_result_t kplug_pci_error_slot_reset(struct pci_dev *pdev);
void kplug_pci_error_resume(struct pci_dev *pdev);
int kplug_pci_irq_alloc(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count);
void kplug_pci_irq_free(struct kplug_device *dev);
int kplug_pci_irq_request(struct kplug_vector *v);
void kplug_pci_irq_unmask(struct kplug_vector *v);
void kplug_pci_irq_enable(struct kplug_vector *v);
void kplug_pci_irq_release(struct kplug_vector *v);
bool kplug_pci_irq_pending(struct kplug_vector *v);
bool kplug_pci_irq_claim(struct kplug_vector *v);
void kplug_pci_irq_mask(struct kplug_vector *v);
void kplug_pci_msix_own(struct kplug_device *dev);
int kplug_pci_reset_function(struct kplug_device *dev);
int kplug_pci_reset_last(struct kplug_device *dev);
void kplug_pci_reset_prepare(struct pci_dev *pdev);
void kplug_pci_reset_done(struct pci_dev *pdev);

#endif /* KPLUG_BUS_PCI_H */
