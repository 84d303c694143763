/* SPDX-License-Identifier: MIT */
/* A process for work that a driver may never finish. */
#ifndef KPLUG_WORKER_H
#define KPLUG_WORKER_H

/*
 * Calls @work for the device in another process, and says after a second whose driver does not
 * let go. A signal such as Ctrl-C ends the command at once: this process waits in the program,
 * the other one in the kernel. Gives what @work gives, 0 or -errno.
 */
int worker_run(int (*work)(const char *device), const char *device);

#endif /* KPLUG_WORKER_H */
