// The thread pool: every piece of a job runs once before the call returns, whichever threads sleep.
#include <stdatomic.h>
#include <unistd.h>

#include "check.h"

enum { PIECES = 9 };

typedef struct {
  atomic_int runs[PIECES];
} Job;

static void run(void *context, int64_t piece) {
  Job *job = context;
  atomic_fetch_add(&job->runs[piece], 1);
}

void check_threads(void) {
  for (int threads = 1; threads <= 4; threads++) {
    dsc_set_thread_count(threads);
    for (int call = 0; call < 500; call++) {
      if (chance(50)) usleep(300);  // longer than threads wait for the next job before they sleep
      Job job = {0};
      int64_t pieces = below(PIECES + 1);
      if (chance(4))
        dsc_parallel(pieces, run, &job);
      else
        dsc_parallel_brief(pieces, run, &job);
      bool once = true;
      for (int64_t i = 0; i < PIECES; i++) once = once && atomic_load(&job.runs[i]) == (i < pieces);
      CHECK(once, "%d threads, %lld pieces", threads, (long long)pieces);
    }
  }
  dsc_set_thread_count(3);
}
