// lwIP with a web server and a TCP sender, on a TAP interface whose other side is the Linux kernel: through netvsc's
// engine and host, or the plain way.
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"
#include "generated_file.h"
#include "http_server.h"
#include "lwip/tcpip.h"
#include "tcp_sender.h"

enum { HTTP_PORT = 80, SENDER_PORT = 5001, EXIT_USAGE = 64, EXIT_UNBALANCED = 70 };

static const char usage[] =
    "usage: stack [options]\n"
    "  --driver netvsc|tap|tapif  how frames travel: through netvsc's rings (default), by a system call each, or by\n"
    "                             the driver that comes with lwIP\n"
    "  --tap NAME                 the TAP interface, which must be up (default tap0)\n"
    "  --address ADDRESS/BITS     lwIP's own address (default 192.0.2.2/24)\n"
    "  --host inline|threads      who runs netvsc's host: the driver's thread (default), or one of its own\n"
    "  --segments joined|single   whether that host joins TCP segments for the kernel (default), or leaves them\n"
    "                             as they are\n"
    "  --loss PPM                 frames of a million that netvsc's host loses, each way (default 0)\n"
    "  --send SIZE                what is sent to whoever connects to port 5001, such as 100MiB (default)\n"
    "  --transfers N              end after so many transfers (default: when interrupted)\n"
    "  --seed N                   which bytes are sent (default 1)\n"
    "  --print SIZE               write the file that is sent to standard output, and end: for its checksum\n"
    "Port 80 serves files of any size by HTTP: /100MiB, /64KiB, /1000.\n"
    "Each transfer prints a line of JSON, and so does the end.\n";

struct options {
  struct driver_options driver;
  const char *driver_name;
  ip4_addr_t address, mask;
  long transfer_limit;
  uint64_t print_size;
  struct tcp_sender sender;
};

static _Noreturn void fail(int status, const char *what, const char *problem) {
  fprintf(stderr, "stack: %s: %s\n", what, problem);
  exit(status);
}

static unsigned long number(const char *option, const char *text, unsigned long limit) {
  char *end;
  unsigned long value = strtoul(text, &end, 10);
  if (*text < '0' || *text > '9' || *end || value > limit) fail(EXIT_USAGE, option, "this is no number it can be");
  return value;
}

static uint64_t size(const char *option, const char *text) {
  uint64_t byte_count;
  if (!generated_file_parse_size(text, &byte_count) || byte_count == 0) {
    fail(EXIT_USAGE, option, "this is no size; write 1000, 64KiB, 100MiB or 1GiB");
  }
  return byte_count;
}

/// Whether the option's value is the first of the two that there are.
static bool is_first(const char *option, const char *first, const char *second) {
  if (strcmp(optarg, first) == 0) return true;
  if (strcmp(optarg, second) != 0) fail(EXIT_USAGE, option, "it has two values; see --help");
  return false;
}

static void read_address(struct options *options, char *text) {
  char *slash = strrchr(text, '/');
  if (!slash) fail(EXIT_USAGE, "--address", "it is of the form 192.0.2.2/24");
  *slash = '\0';
  unsigned long count = number("--address", slash + 1, 32);
  options->mask.addr = count == 0 ? 0 : lwip_htonl(UINT32_MAX << (32 - count));
  if (!ip4addr_aton(text, &options->address)) fail(EXIT_USAGE, "--address", "this is no IPv4 address");
}

static long transfers_left;

/// In lwIP's context.
static void on_transfer_end(uint64_t byte_count, double seconds) {
  printf(
      "{\"transfer\": {\"bytes\": %llu, \"seconds\": %.6f, \"bits_per_second\": %.0f}}\n",
      (unsigned long long)byte_count, seconds, seconds > 0 ? (double)byte_count * 8 / seconds : 0);
  fflush(stdout);
  if (transfers_left > 0 && --transfers_left == 0) kill(getpid(), SIGTERM);
}

static struct options parse(int argument_count, char **arguments) {
  enum { DRIVER, TAP, ADDRESS, HOST, SEGMENTS, LOSS, SEND, TRANSFERS, SEED, PRINT, HELP };
  static const struct option names[] = {
      {"driver", required_argument, NULL, DRIVER},
      {"tap", required_argument, NULL, TAP},
      {"address", required_argument, NULL, ADDRESS},
      {"host", required_argument, NULL, HOST},
      {"segments", required_argument, NULL, SEGMENTS},
      {"loss", required_argument, NULL, LOSS},
      {"send", required_argument, NULL, SEND},
      {"transfers", required_argument, NULL, TRANSFERS},
      {"seed", required_argument, NULL, SEED},
      {"print", required_argument, NULL, PRINT},
      {"help", no_argument, NULL, HELP},
      {NULL, 0, NULL, 0},
  };
  struct options options = {
      .driver = {.tap_name = "tap0", .joins_segments = true},
      .driver_name = "netvsc",
      .sender = {.seed = 1, .byte_count = 100 << 20, .ended = on_transfer_end},
  };
  char default_address[] = "192.0.2.2/24";
  read_address(&options, default_address);
  for (int option; (option = getopt_long(argument_count, arguments, "", names, NULL)) != -1;) {
    switch (option) {
      case DRIVER: options.driver_name = optarg; break;
      case TAP: options.driver.tap_name = optarg; break;
      case ADDRESS: read_address(&options, optarg); break;
      case HOST: options.driver.host_has_threads = is_first("--host", "threads", "inline"); break;
      case SEGMENTS: options.driver.joins_segments = is_first("--segments", "joined", "single"); break;
      case LOSS: options.driver.loss = (uint32_t)number("--loss", optarg, 1000000); break;
      case SEND: options.sender.byte_count = size("--send", optarg); break;
      case TRANSFERS: options.transfer_limit = (long)number("--transfers", optarg, 1000000); break;
      case SEED: options.sender.seed = number("--seed", optarg, UINT32_MAX); break;
      case PRINT: options.print_size = size("--print", optarg); break;
      case HELP: fputs(usage, stdout); exit(0);
      default: exit(EXIT_USAGE);
    }
  }
  if (optind < argument_count) fail(EXIT_USAGE, arguments[optind], "there are options only; see --help");
  return options;
}

static int print_file(uint64_t seed, uint64_t byte_count) {
  unsigned char bytes[GENERATED_FILE_BLOCK];
  for (uint64_t block = 0; byte_count > 0; block++) {
    uint64_t count = byte_count < sizeof bytes ? byte_count : sizeof bytes;
    generated_file_read(seed, block, bytes);
    if (fwrite(bytes, 1, count, stdout) != count) return 1;
    byte_count -= count;
  }
  return fflush(stdout) == 0 ? 0 : 1;
}

static void on_stack_start(void *argument) { sys_sem_signal(argument); }

static void start_stack(void) {
  sys_sem_t started;
  if (sys_sem_new(&started, 0) != ERR_OK) fail(1, "lwIP", "out of memory");
  tcpip_init(on_stack_start, &started);
  sys_sem_wait(&started);
  sys_sem_free(&started);
}

static void start_services(const struct options *options) {
  err_t error = http_server_start(HTTP_PORT, options->sender.seed);
  if (error == ERR_OK) error = tcp_sender_listen(&options->sender, SENDER_PORT);
  if (error != ERR_OK) fail(1, "lwIP", "its services do not start");
}

int main(int argument_count, char **arguments) {
  struct options options = parse(argument_count, arguments);
  if (options.print_size > 0) return print_file(options.sender.seed, options.print_size);
  transfers_left = options.transfer_limit;

  // Whoever interrupts the program wakes this thread and no other, which ends all in order.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, NULL);

  const struct driver *driver = driver_named(options.driver_name);
  if (!driver) fail(EXIT_USAGE, "--driver", "it is netvsc, tap or tapif");
  driver->open(&options.driver);
  start_stack();

  struct netif netif;
  LOCK_TCPIP_CORE();
  if (!netif_add(&netif, &options.address, &options.mask, IP4_ADDR_ANY4, driver->state, driver->init, driver->input)) {
    fail(1, options.driver_name, "lwIP does not take its driver");
  }
  netif_set_default(&netif);
  netif_set_up(&netif);
  UNLOCK_TCPIP_CORE();
  driver->start(&netif);
  LOCK_TCPIP_CORE();
  start_services(&options);
  UNLOCK_TCPIP_CORE();

  fprintf(
      stderr, "stack: %s on %s by %s: http port %d, sender port %d\n", ip4addr_ntoa(&options.address),
      options.driver.tap_name, options.driver_name, HTTP_PORT, SENDER_PORT);
  int ended_by;
  sigwait(&ends, &ended_by);

  driver->stop(&netif);
  LOCK_TCPIP_CORE();
  netif_remove(&netif);
  UNLOCK_TCPIP_CORE();
  return driver->close(stdout) ? 0 : EXIT_UNBALANCED;
}
