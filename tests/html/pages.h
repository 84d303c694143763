/* SPDX-License-Identifier: MIT */
/* Pages of made-up results, of the kinds that are hard to draw. */
#ifndef PAGES_H
#define PAGES_H

/* Wider than its place, without a space, and full of what HTML takes for its own. */
#define LONG_NAME "a_driver_with_a_name_as_long_as_they_may_be_</script><b>&lt;\"e"

/* Each writes its pages into the current folder. */
void ladder_pages(void);
void rate_pages(void);
void stage_pages(void);

#endif /* PAGES_H */
