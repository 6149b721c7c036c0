#include "http_server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_stream.h"
#include "generated_file.h"

enum { REQUEST_LIMIT = 2048 };

struct client {
  struct file_stream stream;
  bool is_answered;
  size_t request_length;
  char request[REQUEST_LIMIT + 1];
};

static uint64_t file_seed;

static void on_stream_end(struct file_stream *stream, bool is_whole) {
  LWIP_UNUSED_ARG(is_whole);
  free(stream);
}

static void on_error(void *argument, err_t error) {
  LWIP_UNUSED_ARG(error);
  free(argument);
}

/// Where the file's size begins in a request that has it; NULL for other requests.
static char *size_in_request(char *request) {
  if (strncmp(request, "GET /", 5) != 0) return NULL;
  char *size = request + 5;
  size[strcspn(size, " \r\n")] = '\0';
  return size;
}

static err_t answer(struct client *client, struct tcp_pcb *connection) {
  client->is_answered = true;
  uint64_t byte_count = 0;
  const char *size = size_in_request(client->request);
  bool is_found = size && generated_file_parse_size(size, &byte_count);
  char head[160];
  snprintf(
      head, sizeof head,
      "HTTP/1.1 %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %" PRIu64
      "\r\nConnection: close\r\n\r\n",
      is_found ? "200 OK" : size ? "404 Not Found" : "501 Not Implemented", byte_count);
  return file_stream_begin(&client->stream, connection, head, file_seed, byte_count);
}

static err_t on_receive(void *argument, struct tcp_pcb *connection, struct pbuf *bytes, err_t error) {
  struct client *client = argument;
  LWIP_UNUSED_ARG(error);
  if (!bytes) {
    // The client sends no more: it may wait for its answer still.
    if (client->is_answered) return ERR_OK;
    tcp_abort(connection);
    return ERR_ABRT;
  }
  u16_t byte_count = bytes->tot_len;
  if (!client->is_answered) {
    size_t room = REQUEST_LIMIT - client->request_length;
    u16_t taken = byte_count < room ? byte_count : (u16_t)room;
    client->request_length += pbuf_copy_partial(bytes, client->request + client->request_length, taken, 0);
    client->request[client->request_length] = '\0';
  }
  tcp_recved(connection, byte_count);
  pbuf_free(bytes);
  if (client->is_answered) return ERR_OK;
  bool is_complete = strstr(client->request, "\r\n\r\n") || client->request_length == REQUEST_LIMIT;
  return is_complete ? answer(client, connection) : ERR_OK;
}

static err_t on_accept(void *argument, struct tcp_pcb *connection, err_t error) {
  LWIP_UNUSED_ARG(argument);
  struct client *client = error == ERR_OK ? calloc(1, sizeof *client) : NULL;
  if (!client) return ERR_MEM;
  client->stream.ended = on_stream_end;
  tcp_arg(connection, client);
  tcp_recv(connection, on_receive);
  tcp_err(connection, on_error);
  return ERR_OK;
}

err_t http_server_start(uint16_t port, uint64_t seed) {
  file_seed = seed;
  struct tcp_pcb *listener = tcp_new_ip_type(IPADDR_TYPE_ANY);
  if (!listener) return ERR_MEM;
  err_t error = tcp_bind(listener, IP_ANY_TYPE, port);
  if (error != ERR_OK) return error;
  listener = tcp_listen(listener);
  if (!listener) return ERR_MEM;
  tcp_accept(listener, on_accept);
  return ERR_OK;
}
