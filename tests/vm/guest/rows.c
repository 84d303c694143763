// SPDX-License-Identifier: MIT
// The JSON of kplug ladder and kplug bench.
#include "rows.h"

#include <string.h>

#include "harness.h"

static cJSON *file_rows, *rows;

cJSON *rows_read(const char *file)
{
	static char text[1 << 20];

	cJSON_Delete(file_rows);
	ck_assert_int_eq(file_read(text, sizeof(text), "%s", file), 0);
	file_rows = cJSON_Parse(text);
	ck_assert_ptr_nonnull(file_rows);
	rows = cJSON_GetObjectItem(file_rows, "rows");
	ck_assert_ptr_nonnull(rows);
	return rows;
}

const cJSON *rows_path(const char *path)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, rows)
		if (!strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(row, "path")), path))
			return row;
	ck_abort_msg("there is no row %s", path);
	return NULL;
}

bool rows_unavailable(const char *path)
{
	return cJSON_GetObjectItem(rows_path(path), "unavailable");
}

void rows_load_drivers(void)
{
	static const char *const drivers[] = { "kplug_edu", "kplug_bare", "uio_pci_generic",
					       "vfio-pci", "vfio_iommu_type1" };

	for (size_t i = 0; i < sizeof(drivers) / sizeof(*drivers); i++)
		ck_assert_int_eq(module_load(drivers[i]), 0);
}

double rows_number(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItem(object, key),
		    *why = cJSON_GetObjectItem(object, "unavailable");

	ck_assert_msg(cJSON_IsNumber(item), "no %s: %s", key, why ? cJSON_GetStringValue(why) : "");
	return item->valuedouble;
}
