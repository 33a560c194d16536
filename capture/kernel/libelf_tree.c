// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * For make static: the libelf.a of elfutils 0.192 (Debian 13) calls functions of a search tree that
 * it does not contain (sourceware's bug 32293; 0.193 has them). These are weak, so that a library
 * that has them can be linked, too. No thread of ours shares an ELF object with another: the lock
 * that follows the root is not needed.
 */
#include <search.h>
#include <stddef.h>

struct search_tree {
	void *root;
};

#define WEAK __attribute__((weak))

WEAK void eu_search_tree_init(struct search_tree *tree);
WEAK void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *));
WEAK void *eu_tsearch(const void *key, struct search_tree *tree,
		      int (*compare)(const void *, const void *));
WEAK void *eu_tdelete(const void *key, struct search_tree *tree,
		      int (*compare)(const void *, const void *));

void eu_search_tree_init(struct search_tree *tree)
{
	tree->root = NULL;
}

void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *))
{
	tdestroy(tree->root, free_node);
	tree->root = NULL;
}

void *eu_tsearch(const void *key, struct search_tree *tree,
		 int (*compare)(const void *, const void *))
{
	return tsearch(key, &tree->root, compare);
}

void *eu_tdelete(const void *key, struct search_tree *tree,
		 int (*compare)(const void *, const void *))
{
	return tdelete(key, &tree->root, compare);
}
