// SPDX-License-Identifier: GPL-2.0
/* Contiguous memory: new, or from the pool that was set aside when the device was bound. */
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "device.h"
#include "dma/pool.h"
#include "dma/reach.h"
#include "object.h"

#define MAX_SIZES  8
#define MAX_PIECES 4096 /* of one size */

struct size {
	unsigned int count;
	unsigned long num; /* pages */
};

/* The pool of devices that are bound from now on; under the lock of the module parameters. */
static struct size sizes[MAX_SIZES];
static unsigned int num_sizes;

/* Parses "16x64K". */
static int parse_size(char *word, struct size *size)
{
	char *by = strchr(word, 'x'), *end;
	u64 length;

	if (!by || !isdigit(by[1]))
		return -EINVAL;
	*by = '\0';
	length = memparse(by + 1, &end);
	if (kstrtouint(word, 10, &size->count) || !size->count || size->count > MAX_PIECES ||
	    *end || !length || length > (u64)MAX_ORDER_NR_PAGES << PAGE_SHIFT)
		return -EINVAL;
	size->num = PAGE_ALIGN(length) >> PAGE_SHIFT;
	return 0;
}

static int parse_sizes(char *text, struct size *parsed, unsigned int *num)
{
	char *word;
	int err;

	*num = 0;
	while ((word = strsep(&text, ","))) {
		if (*num == MAX_SIZES)
			return -EINVAL;
		err = parse_size(word, &parsed[(*num)++]);
		if (err)
			return err;
	}
	return 0;
}

static int pool_set(const char *value, const struct kernel_param *param)
{
	char *text = kstrdup(value, GFP_KERNEL), *line;
	struct size parsed[MAX_SIZES];
	unsigned int num = 0;
	int err = 0;

	if (!text)
		return -ENOMEM;
	line = strim(text);
	if (*line)
		err = parse_sizes(line, parsed, &num);
	kfree(text);
	if (err) {
		pr_err("kplug: pool is COUNTxSIZE[,...], such as 16x64K,2x4M, with up to %u sizes of at most %uK\n",
		       MAX_SIZES, (unsigned int)(MAX_ORDER_NR_PAGES << PAGE_SHIFT >> 10));
		return err;
	}
	memcpy(sizes, parsed, sizeof(sizes));
	num_sizes = num;
	return 0;
}

static int pool_get(char *buf, const struct kernel_param *param)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < num_sizes; i++)
		len += sysfs_emit_at(buf, len, "%s%ux%luK", i ? "," : "", sizes[i].count,
				     sizes[i].num << PAGE_SHIFT >> 10);
	return len + sysfs_emit_at(buf, len, "\n");
}

static const struct kernel_param_ops pool_ops = {
	.set = pool_set,
	.get = pool_get,
};
module_param_cb(pool, &pool_ops, NULL, 0644);
MODULE_PARM_DESC(pool,
		 "memory for DMA to set aside for each device that is bound, e.g. 16x64K,2x4M");

struct kplug_piece {
	struct kplug_pool *pool;
	struct page *page;
	unsigned long num;
	bool taken; /* under pool.lock */
};

struct kplug_pool {
	struct kref ref; /* one of the device, and one of each taken piece */
	struct mutex lock;
	bool gone; /* under lock: the device is unbound */
	unsigned int wanted;
	unsigned int num;
	struct kplug_piece pieces[];
};

static void free_piece_pages(struct page *page, unsigned long num)
{
	while (num--)
		__free_page(page++);
}

/* Splits the pages, and frees those beyond @num. */
static struct page *alloc_in(gfp_t flags, unsigned long num)
{
	unsigned int order = get_order(num << PAGE_SHIFT);
	struct page *page = alloc_pages(flags | __GFP_NOWARN, order);

	if (!page)
		return NULL;
	split_page(page, order);
	free_piece_pages(page + num, (1ul << order) - num);
	return page;
}

/**
 * kplug_dma_pool_new_pages() - allocate contiguous memory
 * @dev: the bus device that must reach it
 * @num: number of pages, 1 to MAX_ORDER_NR_PAGES
 * @flags: flags of the allocation
 *
 * Return: the first page, or NULL. Each page is freed separately.
 */
struct page *kplug_dma_pool_new_pages(struct device *dev, unsigned long num, gfp_t flags)
{
	static const gfp_t zones[] = { 0, GFP_DMA32, GFP_DMA };
	struct page *page;
	unsigned int i;

	/* Use the first zone that the device reaches. */
	for (i = 0; i < ARRAY_SIZE(zones); i++) {
		page = alloc_in(flags | zones[i], num);
		if (page && kplug_dma_reach_direct(dev, page, num))
			return page;
		if (page)
			free_piece_pages(page, num);
	}
	return NULL;
}

/* A disk transfer may still hold a page, and would then see the data of the next user. */
static bool is_free(const struct kplug_piece *piece)
{
	unsigned long i;

	if (piece->taken)
		return false;
	for (i = 0; i < piece->num; i++)
		if (page_count(piece->page + i) != 1)
			return false;
	return true;
}

/* The smallest sufficient piece. */
static struct kplug_piece *find_piece(struct kplug_pool *pool, struct device *dev,
				      unsigned long num)
{
	struct kplug_piece *piece, *best = NULL;

	for (piece = pool->pieces; piece < pool->pieces + pool->num; piece++)
		if (piece->num >= num && (!best || piece->num < best->num) && is_free(piece) &&
		    kplug_dma_reach_direct(dev, piece->page, num))
			best = piece;
	return best;
}

/**
 * kplug_dma_pool_take() - take memory from the pool
 * @dev: the device
 * @num: number of pages
 * @page: filled with the first page; the pages have the data of their last user
 *
 * Return: the piece, which starts with these pages, to give back; or NULL.
 */
struct kplug_piece *kplug_dma_pool_take(struct kplug_device *dev, unsigned long num,
					struct page **page)
{
	struct kplug_pool *pool = dev->pool;
	struct kplug_piece *piece = NULL;

	if (!pool)
		return NULL;
	mutex_lock(&pool->lock);
	if (!pool->gone)
		piece = find_piece(pool, dev->parent, num);
	if (piece) {
		piece->taken = true;
		kref_get(&pool->ref);
	}
	mutex_unlock(&pool->lock);
	if (!piece)
		return NULL;
	*page = piece->page;
	return piece;
}

static void release_pool(struct kref *ref)
{
	struct kplug_pool *pool = container_of(ref, struct kplug_pool, ref);

	mutex_destroy(&pool->lock);
	kvfree(pool);
	kplug_object_destroyed(KPLUG_OBJECT_POOL);
}

static void put_pool(struct kplug_pool *pool)
{
	kref_put(&pool->ref, release_pool);
}

/* The number of pages in the piece, which may be more than requested. */
unsigned long kplug_dma_pool_pages(const struct kplug_piece *piece)
{
	return piece->num;
}

/* Gives back a piece of kplug_dma_pool_take(). */
void kplug_dma_pool_give(struct kplug_piece *piece)
{
	struct kplug_pool *pool = piece->pool;

	mutex_lock(&pool->lock);
	piece->taken = false;
	if (pool->gone)
		free_piece_pages(piece->page, piece->num);
	mutex_unlock(&pool->lock);
	put_pool(pool);
}

/* A device may access the piece for ever, so it is neither handed out nor freed. */
void kplug_dma_pool_lose(struct kplug_piece *piece)
{
	put_pool(piece->pool);
}

static struct kplug_pool *alloc(unsigned int wanted)
{
	struct kplug_pool *pool = kvzalloc(struct_size(pool, pieces, wanted), GFP_KERNEL);

	if (!pool)
		return NULL;
	kref_init(&pool->ref);
	mutex_init(&pool->lock);
	pool->wanted = wanted;
	kplug_object_created(KPLUG_OBJECT_POOL);
	return pool;
}

static void fill(struct kplug_pool *pool, struct device *dev, const struct size *size)
{
	unsigned int i;

	for (i = 0; i < size->count; i++) {
		/* Must not invoke the OOM killer for memory that may never be needed. */
		struct page *page =
			kplug_dma_pool_new_pages(dev, size->num, GFP_KERNEL | __GFP_RETRY_MAYFAIL);

		if (!page)
			return;
		cond_resched();
		pool->pieces[pool->num++] = (struct kplug_piece){
			.pool = pool,
			.page = page,
			.num = size->num,
		};
	}
}

static struct kplug_pool *make_pool(struct device *dev, const struct size *wants, unsigned int num)
{
	unsigned int i, wanted = 0;
	struct kplug_pool *pool;

	for (i = 0; i < num; i++)
		wanted += wants[i].count;
	if (!wanted)
		return NULL;
	pool = alloc(wanted);
	if (!pool) {
		dev_warn(dev, "no memory for the pool\n");
		return NULL;
	}
	for (i = 0; i < num; i++)
		fill(pool, dev, &wants[i]);
	if (pool->num < wanted)
		dev_warn(dev, "the pool has %u of %u pieces: no memory\n", pool->num, wanted);
	return pool;
}

/* A device is bound, and its plugin has set its limits; no client has it open yet. */
void kplug_dma_pool_init(struct kplug_device *dev)
{
	struct size wants[MAX_SIZES];
	unsigned int num;

	/* Readers and writers of the parameter must not wait for the allocation. */
	kernel_param_lock(THIS_MODULE);
	memcpy(wants, sizes, sizeof(wants));
	num = num_sizes;
	kernel_param_unlock(THIS_MODULE);
	dev->pool = make_pool(dev->parent, wants, num);
}

/* The device is unbound. Taken pieces are freed when they are given back. */
void kplug_dma_pool_exit(struct kplug_device *dev)
{
	struct kplug_pool *pool = dev->pool;
	unsigned int i;

	if (!pool)
		return;
	mutex_lock(&pool->lock);
	pool->gone = true;
	for (i = 0; i < pool->num; i++)
		if (!pool->pieces[i].taken) {
			free_piece_pages(pool->pieces[i].page, pool->pieces[i].num);
			cond_resched();
		}
	mutex_unlock(&pool->lock);
}

/* The last reference to the device is gone. */
void kplug_dma_pool_free(struct kplug_device *dev)
{
	if (dev->pool)
		put_pool(dev->pool);
}

/* One line for consecutive pieces of the same size. */
static ssize_t show_size(const struct kplug_pool *pool, unsigned int *i, char *buf, ssize_t len)
{
	unsigned long num = pool->pieces[*i].num;
	unsigned int first = *i, available = 0;

	for (; *i < pool->num && pool->pieces[*i].num == num; (*i)++)
		available += is_free(&pool->pieces[*i]);
	return sysfs_emit_at(buf, len, "%lu %u %u\n", num << PAGE_SHIFT, *i - first, available);
}

/**
 * kplug_dma_pool_show() - print lines "size total free", with sizes in bytes
 * @dev: the device
 * @buf: a page
 *
 * Return: the length of the text.
 */
ssize_t kplug_dma_pool_show(struct kplug_device *dev, char *buf)
{
	struct kplug_pool *pool = dev->pool;
	unsigned int i = 0;
	ssize_t len = 0;

	if (!pool)
		return 0;
	mutex_lock(&pool->lock);
	while (!pool->gone && i < pool->num)
		len += show_size(pool, &i, buf, len);
	mutex_unlock(&pool->lock);
	return len;
}
