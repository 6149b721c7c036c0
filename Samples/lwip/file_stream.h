// A generated file on its way over a TCP connection of lwIP's raw interface.
#ifndef SAMPLE_FILE_STREAM_H
#define SAMPLE_FILE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "generated_file.h"
#include "lwip/tcp.h"

/// One of them. Whoever embeds it has it as the first member, and makes it the connection's `tcp_arg`.
struct file_stream {
  /// Called once: when the other side has acknowledged all, and the connection is closing, or when the connection
  /// broke. It may free the stream.
  void (*ended)(struct file_stream *stream, bool is_whole);

  // The stream's own.
  struct tcp_pcb *connection;
  uint64_t seed;
  uint64_t byte_count;
  uint64_t written;
  uint64_t unacknowledged;
  unsigned char block[GENERATED_FILE_BLOCK];
};

/// Sends `head` and then `byte_count` bytes of the file of that seed, not nothing at all, and closes the connection.
/// Takes over the connection's callbacks, except for what it receives. With lwIP's core lock held, as in its callbacks,
/// which return what this returns.
err_t file_stream_begin(
    struct file_stream *stream, struct tcp_pcb *connection, const char *head, uint64_t seed, uint64_t byte_count);

#endif
