#include "bench.h"

static void ignore_frame(void *context, const netvsc_frame *frame) { (void)context, (void)frame; }

static void says_that_nothing_comes(void) {
  bench bench = open_bench(NULL, NULL);
  size_t received = 9;
  CHECK_EQUAL(netvsc_receive(bench.sender, 10, ignore_frame, NULL, &received), NETVSC_ERROR_UNSUPPORTED);
  CHECK_EQUAL(received, 0);
  close_bench(&bench);
}

const test receiving_tests[] = {
    {"a device that wants no frames says so", says_that_nothing_comes},
    {NULL, NULL},
};
