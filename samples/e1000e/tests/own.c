// SPDX-License-Identifier: MIT
/* Your tests of e1000e: `kplug new` wrote this file once. Those of the map are in generated/. */
#include "e1000e_test.h"

/* A test of yours: the device is open as test_device, and ask() asks the model. */
START_TEST(opens)
{
	ck_assert_ptr_nonnull(test_device);
}
END_TEST

void own_tests(TCase *tests)
{
	tcase_add_test(tests, opens);
}
