// SPDX-License-Identifier: GPL-2.0
/* Scatter lists to a card with XDMA and back, by the kernel's interface for DMA engines. */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "witness.h"

#define PART    2000 /* bytes of an entry: one page has one entry */
#define SECONDS 20

struct list {
	struct sg_table table;
	enum dma_data_direction direction;
};

static void list_free(struct list *list)
{
	struct scatterlist *entry;
	int i;

	for_each_sgtable_sg(&list->table, entry, i)
		if (sg_page(entry))
			__free_page(sg_page(entry));
	sg_free_table(&list->table);
}

static int list_make(struct list *list, unsigned int entries, enum dma_data_direction direction)
{
	struct scatterlist *entry;
	int i, error;

	list->direction = direction;
	error = sg_alloc_table(&list->table, entries, GFP_KERNEL);
	if (error)
		return error;
	for_each_sgtable_sg(&list->table, entry, i) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page) {
			list_free(list);
			return -ENOMEM;
		}
		/* Each begins somewhere else in its page. */
		sg_set_page(entry, page, PART, i % 500 * 4);
	}
	return 0;
}

/* What is at this place differs from its neighbours. */
static u8 pattern(unsigned int place)
{
	return place * 2654435761u >> 24;
}

static void list_fill(struct list *list)
{
	struct scatterlist *entry;
	int i, at;

	for_each_sgtable_sg(&list->table, entry, i)
		for (at = 0; at < PART; at++)
			((u8 *)sg_virt(entry))[at] = pattern(i * PART + at);
}

static int list_check(struct list *list)
{
	struct scatterlist *entry;
	int i, at;

	for_each_sgtable_sg(&list->table, entry, i)
		for (at = 0; at < PART; at++)
			if (((u8 *)sg_virt(entry))[at] != pattern(i * PART + at))
				return -EILSEQ;
	return 0;
}

static void completed(void *completion)
{
	complete(completion);
}

/* transfer() - the list, by one request, between the host and the start of the card's memory */
static int transfer(struct dma_chan *channel, struct list *list)
{
	const bool to_card = list->direction == DMA_TO_DEVICE;
	struct dma_slave_config config = {
		.direction = to_card ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM,
	};
	struct dma_async_tx_descriptor *request;
	DECLARE_COMPLETION_ONSTACK(done);
	int error;

	error = dmaengine_slave_config(channel, &config);
	if (error)
		return error;
	request = dmaengine_prep_slave_sg(channel, list->table.sgl, list->table.nents,
					  config.direction, DMA_PREP_INTERRUPT);
	if (!request)
		return -ENOMEM;
	request->callback = completed;
	request->callback_param = &done;
	error = dma_submit_error(dmaengine_submit(request));
	if (error)
		return error;
	dma_async_issue_pending(channel);
	if (wait_for_completion_timeout(&done, SECONDS * HZ))
		return 0;
	dmaengine_terminate_sync(channel);
	return -ETIMEDOUT;
}

static int list_run(struct pci_dev *pci, struct list *list, const char *name)
{
	struct dma_chan *channel = dma_request_chan(&pci->dev, name);
	int error;

	if (IS_ERR(channel))
		return PTR_ERR(channel);
	error = dma_map_sgtable(&pci->dev, &list->table, list->direction, 0);
	if (!error) {
		error = transfer(channel, list);
		dma_unmap_sgtable(&pci->dev, &list->table, list->direction, 0);
	}
	dma_release_channel(channel);
	return error;
}

int lists_run(struct pci_dev *pci, unsigned int entries)
{
	struct list there, back;
	int error;

	if (!entries)
		return -EINVAL;
	error = list_make(&there, entries, DMA_TO_DEVICE);
	if (error)
		return error;
	error = list_make(&back, entries, DMA_FROM_DEVICE);
	if (error)
		goto free_there;
	list_fill(&there);
	error = list_run(pci, &there, "to-card") ?: list_run(pci, &back, "from-card");
	if (!error)
		error = list_check(&back);
	list_free(&back);
free_there:
	list_free(&there);
	return error;
}
