// SPDX-License-Identifier: GPL-2.0
/* Memory in one piece: new, or from what was set aside when the device was bound. */
#include <linux/ctype.h>
#include <linux/dma-mapping.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "core.h"

#define MAX_SIZES 8
#define MAX_PIECES 4096	/* of one size */

struct size {
	unsigned int count;
	unsigned long num;	/* pages */
};

/* What devices get that are bound from now on; under the lock of our parameters. */
static struct size sizes[MAX_SIZES];
static unsigned int num_sizes;

/* "16x64K" */
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

static int parse(char *text, struct size *parsed, unsigned int *num)
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
		err = parse(line, parsed, &num);
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
MODULE_PARM_DESC(pool, "memory for DMA to set aside for each device that is bound, e.g. 16x64K,2x4M");

struct kplug_piece {
	struct kplug_pool *pool;
	struct page *page;
	unsigned long num;
	bool taken;	/* under pool.lock */
};

struct kplug_pool {
	struct kref ref;	/* the device's, and one a taken piece */
	struct mutex lock;
	bool gone;	/* under lock: the device is unbound */
	unsigned int wanted;
	unsigned int num;
	struct kplug_piece pieces[];
};

/* Physical addresses are the bus's without an IOMMU. */
static bool reaches(struct device *dev, struct page *page, unsigned long num)
{
	return kplug_dma_translated(dev) ||
	       page_to_phys(page) + (num << PAGE_SHIFT) - 1 <= dma_get_mask(dev);
}

static void free_pages_of(struct page *page, unsigned long num)
{
	while (num--)
		__free_page(page++);
}

/* Every page of it for itself; what the order has too much goes back. */
static struct page *alloc_in(gfp_t flags, unsigned long num)
{
	unsigned int order = get_order(num << PAGE_SHIFT);
	struct page *page = alloc_pages(flags | __GFP_NOWARN, order);

	if (!page)
		return NULL;
	split_page(page, order);
	free_pages_of(page + num, (1ul << order) - num);
	return page;
}

/**
 * kplug_piece_new() - get new memory in one piece
 * @dev: the bus device that is to reach it
 * @num: pages, 1 to MAX_ORDER_NR_PAGES
 * @flags: how
 *
 * Return: the first of the pages, each of which is freed by itself, or NULL.
 */
struct page *kplug_piece_new(struct device *dev, unsigned long num, gfp_t flags)
{
	static const gfp_t zones[] = { 0, GFP_DMA32, GFP_DMA };
	struct page *page;
	unsigned int i;

	/* The first zone that the device reaches. */
	for (i = 0; i < ARRAY_SIZE(zones); i++) {
		page = alloc_in(flags | zones[i], num);
		if (page && reaches(dev, page, num))
			return page;
		if (page)
			free_pages_of(page, num);
	}
	return NULL;
}

/* Whoever still has one of its pages, as a transfer from a disk to it, would see what comes next. */
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

/* The smallest that will do. */
static struct kplug_piece *find(struct kplug_pool *pool, struct device *dev, unsigned long num)
{
	struct kplug_piece *piece, *best = NULL;

	for (piece = pool->pieces; piece < pool->pieces + pool->num; piece++)
		if (piece->num >= num && (!best || piece->num < best->num) && is_free(piece) &&
		    reaches(dev, piece->page, num))
			best = piece;
	return best;
}

/**
 * kplug_pool_take() - get memory from what was set aside
 * @dev: the device
 * @num: pages
 * @page: filled: the first of them, with what its last user left in them
 *
 * Return: the piece that they are the beginning of, to give back, or NULL.
 */
struct kplug_piece *kplug_pool_take(struct kplug_device *dev, unsigned long num, struct page **page)
{
	struct kplug_pool *pool = dev->pool;
	struct kplug_piece *piece = NULL;

	if (!pool)
		return NULL;
	mutex_lock(&pool->lock);
	if (!pool->gone)
		piece = find(pool, dev->parent, num);
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

static void release(struct kref *ref)
{
	struct kplug_pool *pool = container_of(ref, struct kplug_pool, ref);

	mutex_destroy(&pool->lock);
	kvfree(pool);
	kplug_object_destroyed(KPLUG_OBJECT_POOL);
}

static void put(struct kplug_pool *pool)
{
	kref_put(&pool->ref, release);
}

/* The opposite of kplug_pool_take(). */
void kplug_pool_give(struct kplug_piece *piece)
{
	struct kplug_pool *pool = piece->pool;

	mutex_lock(&pool->lock);
	piece->taken = false;
	if (pool->gone)
		free_pages_of(piece->page, piece->num);
	mutex_unlock(&pool->lock);
	put(pool);
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
		/* No process is killed for what may never be needed. */
		struct page *page = kplug_piece_new(dev, size->num,
						    GFP_KERNEL | __GFP_RETRY_MAYFAIL);

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

static struct kplug_pool *make(struct device *dev, const struct size *wants, unsigned int num)
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

/* A device is bound, and its plugin has said what it reaches; nobody has it open. */
void kplug_pool_init(struct kplug_device *dev)
{
	struct size wants[MAX_SIZES];
	unsigned int num;

	/* Whoever reads or writes a parameter does not wait for the memory. */
	kernel_param_lock(THIS_MODULE);
	memcpy(wants, sizes, sizeof(wants));
	num = num_sizes;
	kernel_param_unlock(THIS_MODULE);
	dev->pool = make(dev->parent, wants, num);
}

/* The device is unbound. What is taken is freed when it is given back. */
void kplug_pool_exit(struct kplug_device *dev)
{
	struct kplug_pool *pool = dev->pool;
	unsigned int i;

	if (!pool)
		return;
	mutex_lock(&pool->lock);
	pool->gone = true;
	for (i = 0; i < pool->num; i++)
		if (!pool->pieces[i].taken) {
			free_pages_of(pool->pieces[i].page, pool->pieces[i].num);
			cond_resched();
		}
	mutex_unlock(&pool->lock);
}

/* Nobody has the device any more. */
void kplug_pool_free(struct kplug_device *dev)
{
	if (dev->pool)
		put(dev->pool);
}

/* One line for all that follow each other and have the same size. */
static ssize_t show_size(const struct kplug_pool *pool, unsigned int *i, char *buf, ssize_t len)
{
	unsigned long num = pool->pieces[*i].num;
	unsigned int first = *i, available = 0;

	for (; *i < pool->num && pool->pieces[*i].num == num; (*i)++)
		available += is_free(&pool->pieces[*i]);
	return sysfs_emit_at(buf, len, "%lu %u %u\n", num << PAGE_SHIFT, *i - first, available);
}

/**
 * kplug_pool_show() - lines "size total free", sizes in bytes
 * @dev: the device
 * @buf: a page
 *
 * Return: the length of the text.
 */
ssize_t kplug_pool_show(struct kplug_device *dev, char *buf)
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
