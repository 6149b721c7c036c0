// Runs the tests of netvsc.h in C, and prints the name of each that went well.
#include "check.h"

int main(void) {
  const test *const files[] = {argument_tests, host_tests,      device_tests,     sending_tests,  reserving_tests,
                               lending_tests,  receiving_tests, statistics_tests, steering_tests, thread_tests};
  for (size_t file = 0; file < sizeof files / sizeof files[0]; file++) {
    for (const test *test = files[file]; test->name; test++) {
      test->run();
      printf("%s\n", test->name);
      fflush(stdout);
    }
  }
  return 0;
}
