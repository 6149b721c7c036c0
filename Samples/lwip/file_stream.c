#include "file_stream.h"

#include <string.h>

static u16_t least(uint64_t one, uint64_t other, uint64_t third) {
  if (other < one) one = other;
  return (u16_t)(third < one ? third : one);
}

/// Gives lwIP as much as it has room for. It copies: what it keeps to send again is its own.
static void write_more(struct file_stream *stream) {
  while (stream->written < stream->byte_count) {
    size_t place = stream->written % GENERATED_FILE_BLOCK;
    uint64_t remaining = stream->byte_count - stream->written;
    u16_t count = least(tcp_sndbuf(stream->connection), GENERATED_FILE_BLOCK - place, remaining);
    if (count == 0) return;
    if (place == 0) generated_file_read(stream->seed, stream->written / GENERATED_FILE_BLOCK, stream->block);
    u8_t flags = TCP_WRITE_FLAG_COPY | (count < remaining ? TCP_WRITE_FLAG_MORE : 0);
    // Where memory is short, acknowledgements and `on_poll` come back to it.
    if (tcp_write(stream->connection, stream->block + place, count, flags) != ERR_OK) return;
    stream->written += count;
    stream->unacknowledged += count;
  }
}

static err_t end(struct file_stream *stream) {
  struct tcp_pcb *connection = stream->connection;
  tcp_arg(connection, NULL);
  tcp_sent(connection, NULL);
  tcp_recv(connection, NULL);
  tcp_err(connection, NULL);
  tcp_poll(connection, NULL, 0);
  stream->ended(stream, true);
  if (tcp_close(connection) == ERR_OK) return ERR_OK;
  tcp_abort(connection);
  return ERR_ABRT;
}

static err_t on_sent(void *argument, struct tcp_pcb *connection, u16_t byte_count) {
  LWIP_UNUSED_ARG(connection);
  struct file_stream *stream = argument;
  stream->unacknowledged -= byte_count;
  write_more(stream);
  bool is_complete = stream->written == stream->byte_count && stream->unacknowledged == 0;
  return is_complete ? end(stream) : ERR_OK;
}

/// Now and then, whatever happens: where nothing is under way that could be acknowledged.
static err_t on_poll(void *argument, struct tcp_pcb *connection) {
  write_more(argument);
  tcp_output(connection);
  return ERR_OK;
}

/// The connection broke, and is freed by lwIP.
static void on_error(void *argument, err_t error) {
  LWIP_UNUSED_ARG(error);
  struct file_stream *stream = argument;
  stream->ended(stream, false);
}

err_t file_stream_begin(
    struct file_stream *stream, struct tcp_pcb *connection, const char *head, uint64_t seed, uint64_t byte_count) {
  stream->connection = connection;
  stream->seed = seed;
  stream->byte_count = byte_count;
  tcp_arg(connection, stream);
  tcp_sent(connection, on_sent);
  tcp_err(connection, on_error);
  tcp_poll(connection, on_poll, 1);
  u16_t head_length = (u16_t)strlen(head);
  if (head_length > 0 && tcp_write(connection, head, head_length, TCP_WRITE_FLAG_COPY) != ERR_OK) {
    // Which tells the owner, by `on_error`.
    tcp_abort(connection);
    return ERR_ABRT;
  }
  stream->unacknowledged = head_length;
  write_more(stream);
  tcp_output(connection);
  return ERR_OK;
}
