// SPDX-License-Identifier: MIT
/*
 * Read the EEPROM of a card behind a bridge of PLX, or change one word. A wrong word may leave a
 * card that the machine does not find any more: keep what this program prints.
 *
 *	kplug bind 0000:05:00.0
 *	plx_eeprom 0000:05:00.0			(prints all words)
 *	plx_eeprom 0000:05:00.0 WORD VALUE	(writes one, and compares)
 */
#include "sample.h"

#include <plx/plx_msg.h>

#define LINE 8 /* words */

static void show(struct kplug *k, unsigned int words)
{
	for (unsigned int first = 0; first < words; first += LINE) {
		struct plx_eeprom range = { .first = first, .count = LINE };
		__u16 line[LINE];

		must(kplug_call(k, PLX_CALL_EEPROM_READ, &range, sizeof(range), line, sizeof(line)),
		     "read");
		printf("%02x:", first);
		for (unsigned int i = 0; i < LINE; i++)
			printf(" %04x", line[i]);
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "plx" };
	const char *device = device_argument(argc, argv);
	struct plx_eeprom_write write = { .range = { .count = 1 } };
	struct plx_info info;
	struct kplug *k;

	must(kplug_open(&k, device, NULL), "open");
	expect(must(kplug_attach(k, KPLUG_NO_VECTOR, &handler), "attach") == KPLUG_HANDLER_PLUGIN,
	       "the plugin is there");
	must(kplug_call(k, PLX_CALL_INFO, NULL, 0, &info, sizeof(info)), "info");
	printf("PLX %x, %u words\n", info.chip, info.eeprom_words);
	if (argc < 4) {
		show(k, info.eeprom_words);
	} else {
		write.range.first = strtoul(argv[2], NULL, 0);
		write.words[0] = strtoul(argv[3], NULL, 0);
		must(kplug_call(k, PLX_CALL_EEPROM_WRITE, &write, sizeof(write), NULL, 0), "write");
		printf("word %02x is %04x\n", write.range.first, write.words[0]);
	}
	kplug_close(k);
	return 0;
}
