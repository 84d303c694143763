// SPDX-License-Identifier: MIT
// What QEMU may ask of a card. Sections refer to docs/interop/vfio-user.rst of QEMU 10.1.
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PAGE_SIZES 4096
#define MAPPINGS   65535

/* "VFIO_USER_VERSION": what is not said has a default. */
static int serve_version(struct card *card, struct message *request, struct reply *reply)
{
	struct protocol_version *version = (void *)request->body;
	char *text = (char *)(version + 1);

	(void)card;
	if (version->major != 0)
		return -ENOTSUP;
	version->minor = 0;
	reply->size = sizeof(*version) + 1 +
		      sprintf(text,
			      "{\"capabilities\":{\"max_msg_fds\":%d,\"max_data_xfer_size\":%u,"
			      "\"max_dma_maps\":%d,\"pgsizes\":%d}}",
			      MESSAGE_FILES, MESSAGE_DATA, MAPPINGS, PAGE_SIZES);
	return 0;
}

static int serve_map(struct card *card, struct message *request, struct reply *reply)
{
	const struct protocol_map *map = (void *)request->body;

	(void)reply;
	if (map->flags & ~(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE) ||
	    request->num_files > 1)
		return -EINVAL;
	return memory_map(&card->memory, map->address, map->size,
			  map->flags & VFIO_DMA_MAP_FLAG_WRITE, message_take_file(request),
			  map->offset);
}

static int serve_unmap(struct card *card, struct message *request, struct reply *reply)
{
	const struct protocol_unmap *unmap = (void *)request->body;

	reply->size = sizeof(*unmap);
	if (unmap->flags == VFIO_DMA_UNMAP_FLAG_ALL && !unmap->address && !unmap->size) {
		memory_unmap_all(&card->memory);
		return 0;
	}
	if (unmap->flags)
		return -EINVAL;
	return memory_unmap(&card->memory, unmap->address, unmap->size);
}

/* Only the fields that every version of VFIO has. */
#define INFO_BYTES 16

static int serve_info(struct card *card, struct message *request, struct reply *reply)
{
	struct vfio_device_info *info = (void *)request->body;

	(void)card;
	info->argsz = reply->size = INFO_BYTES;
	info->flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET;
	info->num_regions = VFIO_PCI_NUM_REGIONS;
	info->num_irqs = VFIO_PCI_NUM_IRQS;
	return 0;
}

static int serve_region_info(struct card *card, struct message *request, struct reply *reply)
{
	struct vfio_region_info *info = (void *)request->body;
	unsigned int index = info->index;

	if (index >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	*info = (struct vfio_region_info){ .argsz = sizeof(*info), .index = index };
	info->size = card_region_size(card, index);
	if (info->size)
		info->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	if (index < MODEL_BARS && card->model->bars[index].memory) {
		info->flags |= VFIO_REGION_INFO_FLAG_MMAP;
		reply->file = card->bars[index].file;
	}
	reply->size = sizeof(*info);
	return 0;
}

static int serve_irq_info(struct card *card, struct message *request, struct reply *reply)
{
	struct vfio_irq_info *info = (void *)request->body;

	if (info->index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	info->argsz = reply->size = sizeof(*info);
	info->flags = VFIO_IRQ_INFO_EVENTFD;
	if (info->index == VFIO_PCI_INTX_IRQ_INDEX)
		info->flags |= VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
	else
		info->flags |= VFIO_IRQ_INFO_NORESIZE;
	info->count = card->irqs.indices[info->index].available;
	return 0;
}

static int serve_set_irqs(struct card *card, struct message *request, struct reply *reply)
{
	int error =
		irqs_set(&card->irqs, (void *)request->body, request->files, request->num_files);

	(void)reply;
	if (!error)
		request->num_files = 0;
	return error;
}

static int serve_read(struct card *card, struct message *request, struct reply *reply)
{
	struct protocol_access *access = (void *)request->body;

	if (access->count > MESSAGE_DATA)
		return -EINVAL;
	reply->size = sizeof(*access) + access->count;
	return card_read(card, access->region, access->offset, access + 1, access->count);
}

static int serve_write(struct card *card, struct message *request, struct reply *reply)
{
	const struct protocol_access *access = (void *)request->body;

	if (request->size - sizeof(*access) != access->count)
		return -EINVAL;
	reply->size = sizeof(*access);
	return card_write(card, access->region, access->offset, access + 1, access->count);
}

static int serve_reset(struct card *card, struct message *request, struct reply *reply)
{
	(void)request;
	(void)reply;
	card_reset(card);
	return 0;
}

static const struct {
	int (*serve)(struct card *card, struct message *request, struct reply *reply);
	size_t least; /* bytes in its body */
	bool files;
} requests[PROTOCOL_COMMANDS] = {
	[PROTOCOL_VERSION] = { serve_version, sizeof(struct protocol_version) },
	[PROTOCOL_DMA_MAP] = { serve_map, sizeof(struct protocol_map), .files = true },
	[PROTOCOL_DMA_UNMAP] = { serve_unmap, sizeof(struct protocol_unmap) },
	[PROTOCOL_GET_INFO] = { serve_info, INFO_BYTES },
	[PROTOCOL_GET_REGION_INFO] = { serve_region_info, sizeof(struct vfio_region_info) },
	[PROTOCOL_GET_IRQ_INFO] = { serve_irq_info, sizeof(struct vfio_irq_info) },
	[PROTOCOL_SET_IRQS] = { serve_set_irqs, sizeof(struct vfio_irq_set), .files = true },
	[PROTOCOL_REGION_READ] = { serve_read, sizeof(struct protocol_access) },
	[PROTOCOL_REGION_WRITE] = { serve_write, sizeof(struct protocol_access) },
	[PROTOCOL_RESET] = { serve_reset, 0 },
};

int request_serve(struct card *card, struct message *request, struct reply *reply)
{
	unsigned int command = request->header.command;

	if (command >= PROTOCOL_COMMANDS || !requests[command].serve)
		return -ENOSYS;
	if (request->size < requests[command].least ||
	    (request->num_files && !requests[command].files))
		return -EINVAL;
	return requests[command].serve(card, request, reply);
}
