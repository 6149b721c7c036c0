#include "bench.h"

static void writes_frames_in_place(void) {
  bench bench = open_bench(NULL, NULL);
  for (unsigned number = 0; number < 300; number++) {
    size_t size = 60 + number * 5;
    void *room;
    netvsc_result result = netvsc_reserve(bench.sender, size + 20, NULL, &room);
    if (result == NETVSC_WOULD_BLOCK) {
      CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
      result = netvsc_reserve(bench.sender, size + 20, NULL, &room);
    }
    CHECK_OK(result);
    fill_frame(room, size, number);
    // Shorter than what was reserved.
    CHECK_OK(netvsc_commit(bench.sender, size, NULL));
  }
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(bench.kept->count, 300);
  for (unsigned number = 0; number < 300; number++) check_kept(bench.kept, number, 60 + number * 5, number);
  close_bench(&bench);
}

static void gives_rooms_up(void) {
  netvsc_device_options options = device_options();
  options.sections_per_queue = 2;
  options.large_buffers_per_queue = 0;
  bench bench = open_bench(NULL, &options);
  uint8_t frame[60];
  void *room, *again;
  // However often: nothing is kept.
  for (unsigned number = 0; number < 1000; number++) {
    CHECK_OK(netvsc_reserve(bench.sender, 1500, NULL, &room));
    if (number % 3 == 0) CHECK_OK(netvsc_abort(bench.sender));
    if (number % 3 == 1) CHECK_OK(netvsc_flush(bench.sender));
  }
  CHECK_OK(netvsc_abort(bench.sender));
  CHECK_OK(netvsc_abort(bench.sender));
  CHECK_EQUAL(netvsc_sender_in_flight(bench.sender), 0);
  // Another reservation gives the first up, and so does sending.
  CHECK_OK(netvsc_reserve(bench.sender, 100, NULL, &room));
  CHECK_OK(netvsc_reserve(bench.sender, 200, NULL, &again));
  CHECK(room == again);
  fill_frame(frame, sizeof frame, 9);
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_EQUAL(netvsc_commit(bench.sender, 100, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(bench.kept->count, 1);
  check_kept(bench.kept, 0, sizeof frame, 9);
  close_bench(&bench);
}

static void keeps_a_room_that_is_not_committed_well(void) {
  bench bench = open_bench(NULL, NULL);
  void *room;
  CHECK_EQUAL(netvsc_commit(bench.sender, 60, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_OK(netvsc_reserve(bench.sender, 100, NULL, &room));
  fill_frame(room, 100, 5);
  CHECK_EQUAL(netvsc_commit(bench.sender, 101, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_commit(bench.sender, 13, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_commit(bench.sender, SIZE_MAX, NULL), NETVSC_ERROR_ARGUMENT);
  // It was made for a frame without.
  netvsc_offload tag = {.flags = NETVSC_OFFLOAD_VLAN, .vlan_tci = 7};
  CHECK_EQUAL(netvsc_commit(bench.sender, 100, &tag), NETVSC_ERROR_ARGUMENT);
  CHECK_OK(netvsc_commit(bench.sender, 100, NULL));
  // One tag for another.
  CHECK_OK(netvsc_reserve(bench.sender, 60, &tag, &room));
  fill_frame(room, 60, 6);
  tag.vlan_tci = 8;
  CHECK_OK(netvsc_commit(bench.sender, 60, &tag));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(bench.kept->count, 2);
  check_kept(bench.kept, 0, 100, 5);
  CHECK_EQUAL(bench.kept->sizes[1], 64);
  CHECK_EQUAL(bench.kept->bytes[1][15], 8);
  close_bench(&bench);
}

static void refuses_rooms(void) {
  bench bench = open_bench(NULL, NULL);
  void *room = &bench;
  CHECK_EQUAL(netvsc_reserve(bench.sender, 70000, NULL, &room), NETVSC_ERROR_TOO_LARGE);
  CHECK(room == NULL);
  CHECK_EQUAL(netvsc_reserve(bench.sender, 13, NULL, &room), NETVSC_ERROR_TOO_SHORT);
  CHECK_EQUAL(netvsc_reserve(bench.sender, SIZE_MAX, NULL, &room), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_reserve(bench.sender, 60, NULL, NULL), NETVSC_ERROR_ARGUMENT);
  close_bench(&bench);
}

const test reserving_tests[] = {
    {"frames are written in place", writes_frames_in_place},
    {"rooms that are given up keep nothing", gives_rooms_up},
    {"a room stays open until it is committed well", keeps_a_room_that_is_not_committed_well},
    {"rooms that cannot be are refused", refuses_rooms},
    {NULL, NULL},
};
