/* SPDX-License-Identifier: MIT */
/* The seam between the library and the kernel; unit tests replace it with a script. */
#ifndef KPLUG_SYS_H
#define KPLUG_SYS_H

/* Offsets of the ring and of large regions need 64 bits in every program. */
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif

#include <dirent.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

_Static_assert(sizeof(off_t) == sizeof(uint64_t), "include sys.h before any other header");

/* Every function returns the system call's result, or -errno. */
int kplug_sys_open(const char *path, int flags, mode_t mode);
void kplug_sys_close(int fd);
int kplug_sys_ioctl(int fd, unsigned long cmd, void *arg);
/* -ENOMEM also when the length does not fit into a 32-bit address space. */
int kplug_sys_mmap(int fd, uint64_t length, uint64_t offset, void **addr);
void kplug_sys_munmap(void *addr, size_t length);
ssize_t kplug_sys_read(int fd, void *buf, size_t size);
ssize_t kplug_sys_write(int fd, const void *buf, size_t size);
int kplug_sys_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ns);
int kplug_sys_eventfd(void);
uint64_t kplug_sys_now(void);

ssize_t kplug_sys_readlink(const char *path, char *buf, size_t size);
int kplug_sys_scandir(const char *path, struct dirent ***list);
int kplug_sys_mkdir(const char *path, mode_t mode);
int kplug_sys_unlink(const char *path);

#endif /* KPLUG_SYS_H */
