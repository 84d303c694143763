// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for one board: DMA is that of the plugin xdma, the rest is what the designer of the FPGA
 * has put behind it. To start your own, copy this folder and change names, ids and the register.
 */
#include <xdma/xdma_board.h>

#define USER        0 /* the region of the user logic */
#define ACKNOWLEDGE 0x0c /* ones take lines down */
#define READY       2 /* the line that says that the board has data */

static const struct xdma_user ready = {
	.line = READY,
	.flags = XDMA_USER_SHARED | XDMA_USER_ACKNOWLEDGE,
	.region = USER,
	.offset = ACKNOWLEDGE,
	.value = 1 << READY,
};

static struct kplug_plugin_ops board_ops;
static struct kplug_plugin board;

static int board_attach(struct kplug_device *dev)
{
	int err = xdma_ops.attach(dev);

	if (err)
		return err;
	err = xdma_board_user(dev, &ready);
	if (err)
		xdma_ops.detach(dev);
	return err;
}

static const struct pci_device_id board_ids[] = { { PCI_DEVICE(0x10ee, 0x7abc) }, {} };
MODULE_DEVICE_TABLE(pci, board_ids);

static int __init board_init(void)
{
	board_ops = xdma_ops;
	board_ops.attach = board_attach;
	board = xdma_plugin;
	board.name = "xdma_board";
	board.ops = &board_ops;
	board.pci_ids = board_ids;
	board.owner = THIS_MODULE;
	return kplug_plugin_register(&board);
}
module_init(board_init);

static void __exit board_exit(void)
{
	kplug_plugin_unregister(&board);
}
module_exit(board_exit);

MODULE_KPLUG_PLUGIN(xdma_board);
MODULE_DESCRIPTION("kplug plugin for a board with Xilinx' XDMA");
MODULE_LICENSE("GPL");
