// What the tests of netvsc.h check with: the first thing that is not as it should be ends the program.
#ifndef CHECK_H
#define CHECK_H

// The tests use more of the system than the standard of C has.
#define _GNU_SOURCE

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CHECK(condition) ((condition) ? (void)0 : fail(__FILE__, __LINE__, #condition))
#define CHECK_EQUAL(left, right) check_equal((int64_t)(left), (int64_t)(right), __FILE__, __LINE__, #left " == " #right)
#define CHECK_OK(call) CHECK_EQUAL(call, NETVSC_OK)

_Noreturn static inline void fail(const char *file, int line, const char *condition) {
  fprintf(stderr, "%s:%d: %s\n", file, line, condition);
  // At once: what is open is no leak.
  _exit(1);
}

static inline void check_equal(int64_t left, int64_t right, const char *file, int line, const char *condition) {
  if (left == right) return;
  fprintf(stderr, "%s:%d: %s: %" PRId64 " and %" PRId64 "\n", file, line, condition, left, right);
  _exit(1);
}

typedef struct test {
  const char *name;
  void (*run)(void);
} test;

// Each file's tests, up to one without a name.
extern const test argument_tests[], device_tests[], host_tests[], lending_tests[], process_tests[], receiving_tests[],
    reserving_tests[], sending_tests[], serving_tests[], statistics_tests[], steering_tests[], tap_tests[],
    thread_tests[];

// What the tests were told of the world around.
extern const char *host_path, *tap_name;

#endif
