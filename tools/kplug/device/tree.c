// SPDX-License-Identifier: MIT
/* kplug list --tree: the devices behind each bridge. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/names.h"
#include "tree.h"

struct tree {
	const struct kplug_found *found;
	const bool *shown;
	int count;
};

static void print_names(const struct kplug_found *found)
{
	struct names names;

	names_find(found, &names);
	if (names.class_name[0])
		printf(" %s%s", names.class_name, names.vendor[0] ? ":" : "");
	if (names.vendor[0])
		printf(" %s", names.vendor);
	if (names.device[0])
		printf(" %s", names.device);
}

/* Leaves out what the device does not have. */
static void print_node(const struct kplug_found *found)
{
	printf("%s", found->name);
	if (found->vendor)
		printf(" %04x:%04x", found->vendor, found->device);
	print_names(found);
	if (found->driver[0])
		printf(", driver %s", found->driver);
	if (found->plugin[0])
		printf(", plugin %s", found->plugin);
	if (found->iommu_group >= 0)
		printf(", IOMMU group %d", found->iommu_group);
	if (found->numa_node >= 0)
		printf(", NUMA node %d", found->numa_node);
	putchar('\n');
}

/* The next child of @parent from @i on; @count if there is none. */
static int next_child(const struct tree *tree, const char *parent, int i)
{
	while (i < tree->count && !(tree->shown[i] && !strcmp(tree->found[i].parent, parent)))
		i++;
	return i;
}

static void print_children(const struct tree *tree, const char *parent, const char *indent)
{
	char deeper[256];
	int i, next;

	for (i = next_child(tree, parent, 0); i < tree->count; i = next) {
		next = next_child(tree, parent, i + 1);
		printf("%s%s ", indent, next < tree->count ? "|-" : "`-");
		print_node(&tree->found[i]);
		snprintf(deeper, sizeof(deeper), "%s%s", indent,
			 next < tree->count ? "|  " : "   ");
		print_children(tree, tree->found[i].name, deeper);
	}
}

static int index_of(const struct tree *tree, const char *name)
{
	int i;

	for (i = 0; i < tree->count && strcmp(tree->found[i].name, name);)
		i++;
	return i;
}

/* A host bridge is not in the list: print its name before its first child. */
static bool first_of_root(const struct tree *tree, int i)
{
	const char *root = tree->found[i].parent;

	return tree->shown[i] && root[0] && index_of(tree, root) == tree->count &&
	       next_child(tree, root, 0) == i;
}

/* Show the bridges above each shown device. */
static void show_ancestors(const struct tree *tree, bool *shown)
{
	int i, above;

	for (i = 0; i < tree->count; i++) {
		above = i;
		while (shown[i] && above < tree->count) {
			shown[above] = true;
			above = index_of(tree, tree->found[above].parent);
		}
	}
}

void tree_print(const struct kplug_found *found, bool *shown, int count)
{
	const struct tree tree = { found, shown, count };
	int i;

	show_ancestors(&tree, shown);
	for (i = 0; i < count; i++) {
		if (first_of_root(&tree, i)) {
			puts(found[i].parent);
			print_children(&tree, found[i].parent, "");
		} else if (shown[i] && !found[i].parent[0]) {
			print_node(&found[i]);
		}
	}
}
