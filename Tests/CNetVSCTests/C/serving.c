#include "bench.h"

// What a listener heard.
typedef struct heard_guests {
  pthread_mutex_t lock;
  int came, left;
  uint64_t received;
} heard_guests;

static void hear(
    void *context, int guest, netvsc_guest_event event, const char *reason, const netvsc_host_statistics *counted) {
  heard_guests *heard = context;
  pthread_mutex_lock(&heard->lock);
  CHECK_EQUAL(guest, 1);
  CHECK(reason == NULL);
  CHECK((counted == NULL) == (event == NETVSC_GUEST_CAME));
  CHECK(event != NETVSC_GUEST_REFUSED);
  if (event == NETVSC_GUEST_CAME) heard->came++;
  if (event == NETVSC_GUEST_LEFT) {
    heard->left++;
    heard->received += counted->received_packets;
  }
  pthread_mutex_unlock(&heard->lock);
}

static void *run(void *server) {
  CHECK_OK(netvsc_server_run(server, false));
  return NULL;
}

// The guest is in this process as well: the way is the same.
static void send_one_frame(const char *path) {
  netvsc_device *device;
  netvsc_sender *sender;
  netvsc_error error = {.text = ""};
  if (netvsc_open_path(path, NULL, &device, &error) != NETVSC_OK) fail(__FILE__, __LINE__, error.text);
  CHECK_OK(netvsc_sender_create(device, 0, &sender, &error));
  uint8_t frame[60];
  fill_frame(frame, sizeof frame, 0);
  CHECK_OK(netvsc_send(sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(sender, 10ull * SECOND, NULL, NULL));
  char problem[8] = "?";
  CHECK_EQUAL(netvsc_device_host_problem(device, problem, sizeof problem), 0);
  CHECK_EQUAL(problem[0], 0);
  netvsc_sender_free(sender);
  netvsc_device_free(device);
}

static void serves_guests_until_it_is_stopped(void) {
  char folder[] = "/tmp/netvsc-serving-XXXXXX", path[64];
  CHECK(mkdtemp(folder) != NULL);
  snprintf(path, sizeof path, "%s/host", folder);
  netvsc_host_options options;
  netvsc_host_options_init(&options, sizeof options);
  options.sink = "verify";
  heard_guests heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
  netvsc_server *server;
  netvsc_error error;
  CHECK_OK(netvsc_server_create(path, 4, &options, hear, &heard, &server, &error));
  CHECK_EQUAL(netvsc_server_guest_limit(server), 4);
  pthread_t thread;
  CHECK_EQUAL(pthread_create(&thread, NULL, run, server), 0);
  send_one_frame(path);
  CHECK_EQUAL(netvsc_server_guest_count(server), 1);
  CHECK_OK(netvsc_server_stop(server));
  pthread_join(thread, NULL);
  CHECK_EQUAL(heard.came, 1);
  CHECK_EQUAL(heard.left, 1);
  CHECK_EQUAL(heard.received, 1);
  netvsc_host_statistics seen;
  CHECK_OK(netvsc_server_get_statistics(server, &seen, sizeof seen));
  CHECK_EQUAL(seen.received_packets, 1);
  CHECK(seen.digest != 0);
  netvsc_server_free(server);
  CHECK_EQUAL(rmdir(folder), 0);
}

static void refuses_what_cannot_be_served(void) {
  netvsc_server *server;
  netvsc_error error;
  netvsc_host_options options;
  netvsc_host_options_init(&options, sizeof options);
  CHECK_EQUAL(netvsc_server_create(NULL, 1, NULL, NULL, NULL, &server, &error), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_server_create("/tmp/netvsc-x", 0, NULL, NULL, NULL, &server, &error), NETVSC_ERROR_ARGUMENT);
  options.runs_inline = true;
  CHECK_EQUAL(netvsc_server_create("/tmp/netvsc-x", 1, &options, NULL, NULL, &server, &error), NETVSC_ERROR_ARGUMENT);
  options.runs_inline = false;
  options.reads_private_memory = true;
  CHECK_EQUAL(netvsc_server_create("/tmp/netvsc-x", 1, &options, NULL, NULL, &server, &error), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(
    netvsc_server_create("/nonexistent/host", 1, NULL, NULL, NULL, &server, &error), NETVSC_ERROR_SYSTEM);
  CHECK(server == NULL);
  CHECK(strstr(error.text, "/nonexistent/host") != NULL);
  CHECK_EQUAL(netvsc_server_run(NULL, true), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_server_stop(NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_server_get_statistics(NULL, NULL, 0), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_server_guest_count(NULL), 0);
  CHECK_EQUAL(netvsc_server_guest_limit(NULL), 0);
  CHECK_EQUAL(netvsc_device_host_problem(NULL, NULL, 0), 0);
  netvsc_server_free(NULL);
}

const test serving_tests[] = {
    {"guests of other processes are served until that is stopped", serves_guests_until_it_is_stopped},
    {"what cannot be served is refused", refuses_what_cannot_be_served},
    {NULL, NULL},
};
