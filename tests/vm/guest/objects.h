/* SPDX-License-Identifier: MIT */
/* The core's counts of objects created and destroyed. */
#ifndef KPLUG_TEST_OBJECTS_H
#define KPLUG_TEST_OBJECTS_H

/*
 * objects_live() - created minus destroyed of one kind ("client"), -1 when the core is not loaded
 */
long objects_live(const char *kind);

/* objects_created() - how many were created since the core was loaded */
long objects_created(const char *kind);

/*
 * objects_settle() - fails the test unless those that a client makes are destroyed soon
 */
void objects_settle(void);

/*
 * objects_of_dma_settle() - the same for what its file descriptors of memory keep
 */
void objects_of_dma_settle(void);

#endif
