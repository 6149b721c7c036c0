#ifndef NETVSC_CPCAP_H
#define NETVSC_CPCAP_H

#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/types.h>

/// The functions of a stream that reads, as `fopencookie` takes them: it is declared only with _GNU_SOURCE, which
/// Swift's Glibc module is built without.
struct pcap_stream_functions {
  ssize_t (*read)(void *context, char *buffer, size_t count);
  ssize_t (*write)(void *context, const char *buffer, size_t count);
  int (*seek)(void *context, long long *offset, int whence);
  int (*close)(void *context);
};

/// A stream of these functions.
extern FILE *pcap_open_stream(void *context, const char *mode, struct pcap_stream_functions functions)
    __asm__("fopencookie");

#endif
