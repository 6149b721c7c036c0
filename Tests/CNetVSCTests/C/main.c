// Runs the tests of netvsc.h in C, and prints the name of each that went well.
//   tests                               those that need nothing else
//   tests process PATH                  those with a host in another process, whose socket is at PATH
//   tests tap NAME                      those with a TAP interface of that name, as root
#include "check.h"

#include <string.h>

const char *host_path, *tap_name;

static void run(const test *tests) {
  for (const test *test = tests; test->name; test++) {
    test->run();
    printf("%s\n", test->name);
    fflush(stdout);
  }
}

int main(int count, char *arguments[]) {
  if (count == 1) {
    const test *const files[] = {argument_tests,  host_tests,      device_tests,     sending_tests,  reserving_tests,
                                 lending_tests,   receiving_tests, statistics_tests, steering_tests, thread_tests,
                                 serving_tests};
    for (size_t file = 0; file < sizeof files / sizeof files[0]; file++) run(files[file]);
  } else if (count == 3 && strcmp(arguments[1], "process") == 0) {
    host_path = arguments[2];
    run(process_tests);
  } else if (count == 3 && strcmp(arguments[1], "tap") == 0) {
    tap_name = arguments[2];
    run(tap_tests);
  } else {
    return 64;
  }
  return 0;
}
