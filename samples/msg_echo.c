// SPDX-License-Identifier: MIT
/*
 * Talk to a plugin: messages, an event, shared memory. The null plugin creates a device without
 * hardware, so this sample runs on any machine.
 *
 *	modprobe kplug_null
 *	msg_echo null0
 */
#include "sample.h"

#include <null/null_msg.h>

#define SECOND 1000000000ll

/* The plugin returns the message. */
static void echo(struct kplug *k)
{
	static const char message[] = "hello, plugin";
	char answer[sizeof(message)];
	int length = must(kplug_call(k, NULL_CALL_ECHO, message, sizeof(message), answer,
				     sizeof(answer)),
			  "echo");

	printf("echo: %s\n", answer);
	expect(length == sizeof(message), "the answer has the same length");
	expect(!memcmp(message, answer, sizeof(message)), "and the same bytes");
}

/* The plugin sends an event, which arrives like that of an interrupt. */
static void ask_for_event(struct kplug *k)
{
	const uint64_t words[] = { 1, 2, 3 };
	struct kplug_event event;

	must(kplug_call(k, NULL_CALL_SEND, words, sizeof(words), NULL, 0), "send");
	expect(must(kplug_wait(k, &event, 1, 5 * SECOND), "wait") == 1,
	       "an event comes within 5 seconds");
	printf("event of type 0x%x with %u words\n", event.type, event.words);
	expect(event.type == NULL_EVENT_SENT && event.words == 3 &&
		       !memcmp(event.data, words, sizeof(words)),
	       "with our words");
}

/* Data that is too long for a message goes into shared memory. */
static void share(struct kplug *k)
{
	struct null_sum request;
	struct kplug_shm shm;
	uint64_t sum;

	must(kplug_shm_alloc(k, 100000, &shm), "allocate");
	memset(shm.addr, 7, shm.length);
	request = (struct null_sum){ .id = shm.id, .length = 100000 };
	must(kplug_call(k, NULL_CALL_SUM, &request, sizeof(request), &sum, sizeof(sum)), "sum");
	printf("sum of the shared bytes: %llu\n", (unsigned long long)sum);
	expect(sum == 700000, "the plugin sees what we wrote");
	must(kplug_shm_free(k, &shm), "free");
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "null" };
	struct kplug *k;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	/* Attach to the plugin alone, without a vector. */
	must(kplug_attach(k, KPLUG_NO_VECTOR, &handler), "attach");
	echo(k);
	ask_for_event(k);
	share(k);
	kplug_close(k);
	return 0;
}
