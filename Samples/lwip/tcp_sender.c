#include "tcp_sender.h"

#include <stdlib.h>
#include <time.h>

#include "file_stream.h"

struct transfer {
  struct file_stream stream;
  const struct tcp_sender *sender;
  double start;
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void on_stream_end(struct file_stream *stream, bool is_whole) {
  struct transfer *transfer = (struct transfer *)stream;
  transfer->sender->ended(is_whole ? stream->byte_count : 0, now() - transfer->start);
  free(transfer);
}

/// What the other side says is of no interest.
static err_t on_receive(void *argument, struct tcp_pcb *connection, struct pbuf *bytes, err_t error) {
  LWIP_UNUSED_ARG(argument);
  LWIP_UNUSED_ARG(error);
  if (!bytes) return ERR_OK;
  tcp_recved(connection, bytes->tot_len);
  pbuf_free(bytes);
  return ERR_OK;
}

static err_t on_accept(void *argument, struct tcp_pcb *connection, err_t error) {
  const struct tcp_sender *sender = argument;
  struct transfer *transfer = error == ERR_OK ? calloc(1, sizeof *transfer) : NULL;
  if (!transfer) return ERR_MEM;
  transfer->stream.ended = on_stream_end;
  transfer->sender = sender;
  transfer->start = now();
  tcp_recv(connection, on_receive);
  return file_stream_begin(&transfer->stream, connection, "", sender->seed, sender->byte_count);
}

err_t tcp_sender_listen(const struct tcp_sender *sender, uint16_t port) {
  struct tcp_pcb *listener = tcp_new_ip_type(IPADDR_TYPE_ANY);
  if (!listener) return ERR_MEM;
  err_t error = tcp_bind(listener, IP_ANY_TYPE, port);
  if (error != ERR_OK) return error;
  listener = tcp_listen(listener);
  if (!listener) return ERR_MEM;
  tcp_arg(listener, (void *)sender);
  tcp_accept(listener, on_accept);
  return ERR_OK;
}
