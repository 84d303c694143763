// SPDX-License-Identifier: MIT
/* Finds the decoder of a capability, and shows what its table has. */
#include "capability.h"

#include <kplug.h>

static const struct decoder_group *const groups[] = {
	&basic_group, &msi_group,     &pcix_group,       &express_group, &link_group,
	&aer_group,   &sharing_group, &allocation_group, &vendor_group,
};

static const struct decoder *find_in(const struct decoder_group *group,
				     const struct capability *cap)
{
	size_t i;

	for (i = 0; i < group->count; i++)
		if (group->decoders[i].id == cap->id &&
		    group->decoders[i].extended == cap->extended)
			return &group->decoders[i];
	return NULL;
}

static const struct decoder *find(const struct capability *cap)
{
	static const struct decoder nothing;
	const struct decoder *decoder = NULL;
	size_t i;

	for (i = 0; !decoder && i < sizeof(groups) / sizeof(groups[0]); i++)
		decoder = find_in(groups[i], cap);
	return decoder ? decoder : &nothing;
}

uint32_t capability_get(const struct capability *cap, unsigned int offset, unsigned int width)
{
	return pci_space_get(cap->space, cap->offset + offset, width);
}

const char *capability_name(const struct capability *cap)
{
	const struct kplug_cap named = { .id = cap->id, .extended = cap->extended };

	return kplug_cap_name(&named);
}

static void show_section(const struct capability *cap, const struct section *section,
			 struct sheet *sheet)
{
	fields_show(cap->space, cap->offset, section->fields, section->count, sheet);
	if (section->more)
		section->more(cap, sheet);
}

void capability_show(const struct capability *cap, struct sheet *sheet)
{
	const struct decoder *decoder = find(cap);
	size_t i, shown = 0;

	for (i = 0; i < decoder->count; i++) {
		const struct section *section = &decoder->sections[i];

		if (section->applies && !section->applies(cap))
			continue;
		if (shown++)
			sheet_line(sheet, section->title);
		show_section(cap, section, sheet);
	}
}
