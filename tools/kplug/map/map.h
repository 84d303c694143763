/* SPDX-License-Identifier: MIT */
/* Register maps, as kplug-map writes them: registers and fields by their names (docs/maps.md). */
#ifndef KPLUG_MAP_H
#define KPLUG_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map;

/* What a name stands for: a register, or a field of one. */
struct map_place {
	unsigned int region;
	unsigned int width; /* of one access, in bytes */
	unsigned int words; /* accesses that the register takes */
	uint64_t offset; /* of the first of them, by address */
	uint64_t step; /* from one to the next, in bytes */
	bool high_first; /* the first has the highest bits */
	unsigned int shift, bits; /* of the field in the register, or of the whole register */
	bool is_field;
	bool can_read, can_write;
	bool read_acts, write_acts; /* it does more than to move the value, or the map is silent */
};

/* map_open() - NULL: why has the reason; release it with map_close() */
struct map *map_open(const char *path, char *why, size_t size);
void map_close(struct map *map);

/*
 * map_find() - CTRL, CTRL.MODE, CH[2].LEVEL, or with the region before it
 * Return: NULL, or why there is no such place.
 */
const char *map_find(const struct map *map, const char *name, struct map_place *place);

/* map_each() - each register of a region, or of all if it is NULL; arrays by element */
void map_each(const struct map *map, const char *region,
	      void (*show)(const char *name, const struct map_place *place, void *ctx), void *ctx);

#endif /* KPLUG_MAP_H */
