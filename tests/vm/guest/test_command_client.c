// SPDX-License-Identifier: MIT
// The command: grants, clients, and taking a device away from one.
#include "command.h"

#include <errno.h>
#include <unistd.h>

TEST(command_client, grant)
{
	const char *unsafe = leg_is("iommu") ? "" : "--unsafe";

	core_start();
	device_bind(EDU1);
	OK(run("echo tester:x:4711:4711::/:/bin/sh > /etc/passwd; echo testers:x:4712: > /etc/group"));
	if (!leg_is("iommu"))
		REFUSES(1, "no IOMMU isolates .*--unsafe", "kplug grant %s --user 1000", EDU1);
	SAYS("granted$", "kplug grant %s --user 1000 %s", EDU1, unsafe);
	SAYS("\"done\":.*granted", "kplug grant %s --group 44 %s --json", EDU1, unsafe);
	SAYS("granted$", "kplug grant %s --user tester %s", EDU1, unsafe);
	SAYS("granted$", "kplug grant %s --group testers %s", EDU1, unsafe);
	SAYS("^user +1000", "kplug grant %s", EDU1);
	SAYS("^group +44", "kplug grant 00:04.0");
	SAYS("^user +4711 +tester", "kplug grant %s", EDU1);
	SAYS("^group +4712 +testers", "kplug grant %s", EDU1);
	SAYS("\"kind\":.*\"group\"", "kplug grant %s --json", EDU1);
	REFUSES(1, "this is already done", "kplug grant %s --user 1000 %s", EDU1, unsafe);
	SAYS("revoked$", "kplug grant %s --user 1000 --revoke", EDU1);
	ck_assert_int_ne(run("kplug grant %s | grep 1000", EDU1), 0);
	REFUSES(1, "revoke: ", "kplug grant %s --user 1000 --revoke", EDU1);
	REFUSES(2, "there is no user", "kplug grant %s --user 'no one'", EDU1);
	REFUSES(2, "there is no group", "kplug grant %s --group 4294967295", EDU1);
	REFUSES(2, "one user or group", "kplug grant %s --user 1 --group 1", EDU1);
	REFUSES(2, "which user or group", "kplug grant %s --revoke", EDU1);
	REFUSES(1, "kplug bind", "kplug grant %s --user 1", TESTDEV);
	OK(run("rm /etc/passwd /etc/group"));
}

TEST(command_client, clients)
{
	struct kplug *edu, *restricted;
	char pattern[128];
	uint64_t value;

	core_start();
	edu = edu_open(EDU1, NULL);
	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(kplug_attach(edu, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	snprintf(pattern, sizeof(pattern), "^%u +%d +(root|0) +trusted +edu +0 +0 +[0-9]+ +0 +%d$",
		 device_info(edu).out_client, getpid(), getpid());
	SAYS(pattern, "kplug clients %s", EDU1);
	snprintf(pattern, sizeof(pattern), "^%u +%d +(root|0) +restricted +- +- +0 ",
		 device_info(restricted).out_client, getpid());
	SAYS(pattern, "kplug clients 00:04.0");
	/* It fits a terminal. */
	OK(run("! grep -E '.{81}' /tmp/said"));
	SAYS("\"trust\":.*\"restricted\"", "kplug clients %s --json", EDU1);
	SAYS("\"vectors\":.*\"0\"", "kplug clients %s --json", EDU1);
	REFUSES(1, "kplug clients", "kplug revoke %s 100000", EDU1);
	REFUSES(2, "number of a client", "kplug revoke %s first", EDU1);
	SAYS("revoked$", "kplug revoke %s %u", EDU1, device_info(edu).out_client);
	SAYS(" revoked +- ", "kplug clients %s", EDU1);
	ck_assert_int_eq(kplug_access_read(edu, EDU_REGION, EDU_ID, 4, &value), -ENODEV);
	ck_assert_int_eq(device_info(restricted).out_client > 0, 1);
	kplug_close(edu);
	kplug_close(restricted);
	REFUSES(1, "kplug bind", "kplug clients %s", TESTDEV);
}

/* More clients than the attribute of the device has room for. */
TEST(command_client, many, .timeout = 60)
{
	struct kplug *many[400];

	core_start();
	OK(module_load("kplug_null"));
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = device_open_ring(NULL0, 0);
	OK(run("test $(kplug clients %s | grep -c \" trusted \") = %zu", NULL0, ARRAY_SIZE(many)));
	SAYS("revoked$", "kplug revoke %s %u", NULL0, device_info(many[399]).out_client);
	SAYS("^400 .* revoked ", "kplug clients %s", NULL0);
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		kplug_close(many[i]);
}
