// SPDX-License-Identifier: MIT
/* Writes pages of made-up results into a folder. */
#include "pages.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1])) {
		fprintf(stderr, "usage: html-pages FOLDER\n");
		return 2;
	}
	ladder_pages();
	rate_pages();
	stage_pages();
	return 0;
}
