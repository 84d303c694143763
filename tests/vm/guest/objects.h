/* SPDX-License-Identifier: MIT */
/* What the core says of the objects it created and destroyed. */
#ifndef KPLUG_TEST_OBJECTS_H
#define KPLUG_TEST_OBJECTS_H

/* objects_live() - created minus destroyed of one kind ("opener"), -1 when the core is not loaded */
long objects_live(const char *kind);

/* objects_created() - how many there ever were */
long objects_created(const char *kind);

/* objects_settle() - fails the test unless all of them, but devices and plugins, are destroyed soon */
void objects_settle(void);

#endif
