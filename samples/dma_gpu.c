// SPDX-License-Identifier: MIT
/*
 * Use the memory of a GPU as a buffer: CUDA exports it as a dma-buf, and the device reads and
 * writes it like any other. CMake builds this sample when it finds the CUDA toolkit. It has
 * not been run on a GPU yet.
 *
 *	modprobe kplug_edu dma_bits=64	(QEMU's edu device, made with dma_mask=0xffffffffffffffff)
 *	dma_gpu 0000:00:04.0
 *
 * It needs a GPU driver with open kernel modules. That driver decides whether the device may
 * reach the GPU's memory; if not, it refuses the mapping.
 */
#include "sample.h"

#include <cuda.h>
#include <unistd.h>

#define LENGTH (2ul << 20) /* page-aligned, as a dma-buf requires: CUDA aligns this size */
#define TEXT   "from the GPU, through the device, to the GPU"

static void cuda(CUresult result, const char *what)
{
	const char *text = NULL;

	if (result == CUDA_SUCCESS)
		return;
	cuGetErrorString(result, &text);
	fprintf(stderr, "%s: %s\n", what, text ? text : "?");
	exit(EXIT_FAILURE);
}

static void use_first_gpu(void)
{
	CUdevice gpu;
	CUcontext context;
	int exports;

	cuda(cuInit(0), "cuInit");
	cuda(cuDeviceGet(&gpu, 0), "first GPU");
	cuda(cuDeviceGetAttribute(&exports, CU_DEVICE_ATTRIBUTE_DMA_BUF_SUPPORTED, gpu),
	     "attribute");
	expect(exports, "this GPU and its driver export dma-bufs");
	cuda(cuDevicePrimaryCtxRetain(&context, gpu), "context");
	cuda(cuCtxSetCurrent(context), "context");
}

/* With SYNC_MEMOPS, the GPU has finished with the memory when a CUDA call returns. */
static CUdeviceptr allocate(void)
{
	CUdeviceptr memory;
	int on = 1;

	cuda(cuMemAlloc(&memory, LENGTH), "memory");
	cuda(cuPointerSetAttribute(&on, CU_POINTER_ATTRIBUTE_SYNC_MEMOPS, memory), "synchronous");
	return memory;
}

static void transfer(struct kplug *k, const struct kplug_dma_mapping *mapping,
		     enum kplug_dma_direction direction, uint64_t offset)
{
	struct kplug_dma_transaction t = { .mapping = mapping->id, .direction = direction };
	struct kplug_dma_execution execution = { .offset = offset, .length = sizeof(TEXT) };
	struct kplug_dma_transaction_info info;

	must(kplug_dma_transaction_make(k, &t), "transaction");
	execution.id = t.out_id;
	must(kplug_dma_transaction_execute(k, &execution, 1), "execute");
	must(kplug_dma_transaction_wait(k, t.out_id, KPLUG_TIMEOUT_NONE, &info), "wait");
	must_end_well(info.out_status, "transfer");
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "edu" };
	const char *name = device_argument(argc, argv);
	struct kplug_dma_mapping mapping;
	char text[sizeof(TEXT)];
	CUdeviceptr memory;
	struct kplug *k;
	int fd;

	use_first_gpu();
	memory = allocate();
	cuda(cuMemcpyHtoD(memory, TEXT, sizeof(TEXT)), "copy");
	cuda(cuMemGetHandleForAddressRange(&fd, memory, LENGTH, CU_MEM_RANGE_HANDLE_TYPE_DMA_BUF_FD,
					   0),
	     "export");

	must(kplug_open(&k, name, NULL), "open");
	expect(must(kplug_attach(k, KPLUG_NO_VECTOR, &handler), "attach") == KPLUG_HANDLER_PLUGIN,
	       "the plugin is there");
	must(kplug_dma_map(k, fd, 0, LENGTH, KPLUG_DMA_BOTH, &mapping), "dma map");
	transfer(k, &mapping, KPLUG_DMA_TO_DEVICE, 0);
	transfer(k, &mapping, KPLUG_DMA_FROM_DEVICE, LENGTH / 2);

	cuda(cuMemcpyDtoH(text, memory + LENGTH / 2, sizeof(text)), "copy");
	printf("%s\n", text);
	expect(!memcmp(text, TEXT, sizeof(text)), "it came back");
	kplug_close(k);
	close(fd);
	cuda(cuMemFree(memory), "free");
	return 0;
}
