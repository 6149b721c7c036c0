// What Swift's Glibc module does not offer on Linux, and the few instructions that have no Swift spelling. No logic lives here.
#ifndef NETVSC_CPLATFORM_H
#define NETVSC_CPLATFORM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/// An unnamed memory file that can be sealed; the name shows in /proc only. Returns a descriptor or -1 with errno set.
static inline int platform_memfd_create(const char *name) {
  return (int)syscall(SYS_memfd_create, name, 3u /* MFD_CLOEXEC | MFD_ALLOW_SEALING */);
}

/// The seals that forbid shrinking and growing a file. No seal can be taken back.
static inline int platform_size_seals(void) { return 0x2 | 0x4 /* F_SEAL_SHRINK | F_SEAL_GROW */; }

/// Puts them on the file, and forbids others. Returns 0, or -1 with errno set.
static inline int platform_seal_size(int descriptor) {
  return fcntl(descriptor, 1033 /* F_ADD_SEALS */, platform_size_seals() | 0x1 /* F_SEAL_SEAL */);
}

/// The file's seals, or -1 with errno set where it can have none.
static inline int platform_seals(int descriptor) { return fcntl(descriptor, 1034 /* F_GET_SEALS */); }

/// Another descriptor of the same file, which no program that this one starts gets; -1 where there is none.
static inline int platform_duplicate(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 0); }

/// A counter that can be waited for, without blocking calls of its own.
static inline int platform_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// Whether a descriptor is such a counter: 1 or 0.
static inline int platform_is_eventfd(int descriptor) {
  char link[32], target[32] = {0};
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  if (readlink(link, target, sizeof target - 1) < 0) return 0;
  return strcmp(target, "anon_inode:[eventfd]") == 0;
}

/// Waits until the descriptor can be read, at most so long. Returns 1 when it can, 0 when time ran out, -1 on a signal.
static inline int platform_wait_readable(int descriptor, int64_t seconds, int64_t nanoseconds) {
  struct pollfd entry = {.fd = descriptor, .events = POLLIN};
  struct timespec limit = {.tv_sec = seconds, .tv_nsec = nanoseconds};
  return ppoll(&entry, 1, &limit, 0);
}

/// Whether the descriptor can be written to at this moment: 1 or 0.
static inline int platform_is_writable(int descriptor) {
  struct pollfd entry = {.fd = descriptor, .events = POLLOUT};
  return poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
}

/// Reads what is there at this moment, whether calls on the file block or not. Returns its size, or -1 with errno set.
static inline ssize_t platform_read_now(int descriptor, void *bytes, size_t byte_count) {
  // An iovec, as the kernel has it: its header would show more of the C library than Swift's Glibc module sees.
  struct { void *start; size_t size; } part = {bytes, byte_count};
  return syscall(SYS_preadv2, descriptor, &part, 1L, -1L, -1L, 0x8 /* RWF_NOWAIT */);
}

/// Tells the core that this is a spin-wait loop.
static inline void platform_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#endif
}

/// Binds the calling thread to one CPU. Returns 0 or an errno value.
static inline int platform_bind_to_cpu(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET((unsigned)cpu, &set);
  return pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/// The CPUs this process may run on, as a count, and the `index`th of them (-1 past the end).
static inline int platform_usable_cpu(int index) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET((unsigned)cpu, &set) && index-- == 0) return cpu;
  return -1;
}
static inline int platform_usable_cpu_count(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

#endif
