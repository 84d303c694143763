// SPDX-License-Identifier: MIT
// The Python package, in a guest that has Python: each test is a function of tests/python/guest.py.
#include "device.h"

#define PYTHON "/usr/bin/python3"
#define TESTS  PYTHON " -X dev /usr/lib/kplug-python/guest.py"

static void python_needed(void)
{
	if (!file_exists(PYTHON))
		test_skip("no Python here; the leg msi+python has it");
	core_start();
}

TEST(python, edu,
     .variants = VARIANTS("registers", "refused", "recipe_events", "masked_line", "handler",
			  "asynchronous", "plugin_calls", "dma", "killed_by_keyboard",
			  "closed_meanwhile"),
     .timeout = 240)
{
	python_needed();
	device_bind(EDU1);
	OK(run(TESTS " %s " EDU1, variant));
	/* Once more: the first run leaves no state that disturbs. */
	OK(run(TESTS " %s " EDU1, variant));
	objects_settle();
}

TEST(python, removed, .timeout = 240)
{
	python_needed();
	device_bind(EDU0);
	OK(run("rm -f /run/python-*; (" TESTS " removed " EDU0 "; echo $? > /run/python-code) &"));
	ck_assert(WAIT_UNTIL(file_exists("/run/python-waits"), 60000));
	pci_unplug("edu0", EDU0);
	ck_assert(WAIT_UNTIL(file_exists("/run/python-code"), 60000));
	OK(run("grep -qx 0 /run/python-code"));
	objects_settle();
}

TEST(python, sample, .timeout = 240)
{
	python_needed();
	device_bind(EDU1);
	OK(run(PYTHON
	       " /usr/share/kplug-samples/rate.py " EDU1 " --seconds 2 --raise 20"
	       " --svg /tmp/rate.svg | grep -E 'interrupts/s' && grep -q '</svg>' /tmp/rate.svg"));
	objects_settle();
}
