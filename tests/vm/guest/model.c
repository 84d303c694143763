// SPDX-License-Identifier: MIT
// The card that a process on the host models.
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static const char *model(void)
{
	return getenv("KPLUG_MODEL") ?: "";
}

bool model_is(const char *name)
{
	return !strcmp(model(), name);
}

void model_needed(const char *name)
{
	if (!model_is(name))
		test_skip("not on this machine: it has no model of that card");
}

const char *model_complaints(void)
{
	static char text[sizeof(hostcall_answer)];
	unsigned long long count;
	int at = 0;

	if (!*model())
		return "";
	if (!hostcall("model %s complaints", model()) ||
	    sscanf(hostcall_answer, "ok %llu %n", &count, &at) != 1)
		return "the model did not answer";
	snprintf(text, sizeof(text), "%s", count ? hostcall_answer + at : "");
	return text;
}

uint64_t model_count(const char *name)
{
	ck_assert(hostcall("model %s count %s", model(), name));
	return strtoull(hostcall_answer + strlen("ok "), NULL, 10);
}

void model_fault(const char *name, unsigned int count)
{
	model_fault_after(name, count, 0);
}

void model_fault_after(const char *name, unsigned int count, unsigned int before)
{
	ck_assert(hostcall("model %s fault %s %u %u", model(), name, count, before));
}
