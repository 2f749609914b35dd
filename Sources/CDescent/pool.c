// The thread pool: one job at a time, pieces handed out by a counter.
//
// A job is announced through one atomic word, the gate: its epoch, an open bit, and how many
// workers are inside. A worker enters only while the gate is open, so one that wakes late finds it
// closed and never touches a finished job. Threads wait awake for a while, because what they wait
// for usually follows soon, and then sleep: waking takes longer than two halves of a job differ by.
// Soon they let others run in between: where processors are short, one of those is often the very
// thread that they wait for.
#if defined(__linux__)
#define _GNU_SOURCE  // sched_getaffinity
#endif
#include "include/dsc_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_THREADS = 256,
  // How long a thread waits awake, in nanoseconds, and how long of that without letting others run.
  WAITING = 1000000,
  WAITING_ALONE = 10000,
  BRIEF_PER_WAKE = 32,    // brief calls that share the cost of waking, some 10 microseconds
  STACK_BYTES = 1 << 20,  // some C libraries give threads as little as 128 KB
};
static const uint64_t INSIDE = 0xffff, OPEN = 0x10000, EPOCH = 0x20000;

// Between two jobs a line of the cache goes from thread to thread for each of these three that was
// written: what a job changes, what its caller alone touches, and what is mostly read.
static _Alignas(64) struct {
  _Atomic uint64_t gate;
  _Atomic int64_t next_piece;
  // Owned by the holder of `busy`; workers read these between entering and leaving the gate.
  int64_t pieces;
  void (*body)(void *, int64_t);
  void *context;
} job;

static _Alignas(64) struct {
  atomic_bool busy;  // a caller owns the pool
  int started;
  int brief_calls;  // since the last that woke
} caller;

static _Alignas(64) struct {
  _Atomic int sleepers;       // workers in or about to enter their sleep
  atomic_bool caller_sleeps;  // the caller waits for the last worker to leave
  _Atomic int wanted;         // thread count asked for; 0: not yet known
  _Atomic int worker_limit;   // workers with a higher index leave
} crew;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_arrived = PTHREAD_COND_INITIALIZER;
static pthread_cond_t work_done = PTHREAD_COND_INITIALIZER;
static pthread_t threads[MAX_THREADS];

static _Thread_local bool inside_piece;

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// A step of waiting awake since `start`; false if that is long enough.
static bool wait_awake(int64_t start, int step) {
  enum { STEPS = 32 };  // between looks at the clock
  relax();
  if (step % STEPS != 0) return true;
  const int64_t waited = now() - start;
  if (waited > WAITING_ALONE) sched_yield();
  return waited <= WAITING;
}

static int64_t take_piece(void) {
  return atomic_fetch_add_explicit(&job.next_piece, 1, memory_order_relaxed);
}

static void run_pieces(int64_t piece) {
  inside_piece = true;
  for (; piece < job.pieces; piece = take_piece()) job.body(job.context, piece);
  inside_piece = false;
}

// Enters the job.gate if it is open for a job not yet seen.
static bool enter(uint64_t *seen) {
  uint64_t state = atomic_load(&job.gate);
  while ((state & OPEN) && state / EPOCH != *seen) {
    if (atomic_compare_exchange_weak(&job.gate, &state, state + 1)) {
      *seen = state / EPOCH;
      return true;
    }
  }
  return false;
}

static void leave(void) {
  const uint64_t state = atomic_fetch_sub(&job.gate, 1) - 1;
  if ((state & (OPEN | INSIDE)) == 0 && atomic_load(&crew.caller_sleeps)) {
    pthread_mutex_lock(&lock);
    pthread_cond_signal(&work_done);
    pthread_mutex_unlock(&lock);
  }
}

static void *worker(void *argument) {
  const int index = (int)(intptr_t)argument;
  uint64_t seen = 0;
  while (index < atomic_load(&crew.worker_limit)) {
    const int64_t start = now();
    bool entered = enter(&seen);
    for (int step = 1; !entered && index < atomic_load(&crew.worker_limit); step++) {
      if (!wait_awake(start, step)) break;
      entered = enter(&seen);
    }
    if (!entered) {
      pthread_mutex_lock(&lock);
      atomic_fetch_add(&crew.sleepers, 1);
      while (index < atomic_load(&crew.worker_limit) && !(entered = enter(&seen)))
        pthread_cond_wait(&work_arrived, &lock);
      atomic_fetch_sub(&crew.sleepers, 1);
      pthread_mutex_unlock(&lock);
    }
    if (!entered) break;
    run_pieces(take_piece());
    leave();
  }
  return NULL;
}

static void wake_workers(int64_t count) {
  const int asleep = atomic_load(&crew.sleepers);
  if (asleep == 0) return;
  pthread_mutex_lock(&lock);
  if (count >= asleep) {
    pthread_cond_broadcast(&work_arrived);
  } else {
    while (count-- > 0) pthread_cond_signal(&work_arrived);
  }
  pthread_mutex_unlock(&lock);
}

// Makes the number of workers what was asked for; the caller holds `busy`.
static void resize(int workers) {
  if (workers < caller.started) {
    atomic_store(&crew.worker_limit, workers);
    wake_workers(MAX_THREADS);
    while (caller.started > workers) pthread_join(threads[--caller.started], NULL);
    return;
  }
  atomic_store(&crew.worker_limit, workers);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  for (; caller.started < workers; caller.started++) {
    void *index = (void *)(intptr_t)caller.started;
    // Fewer threads than asked for do the same work, only slower; the next call tries again.
    if (pthread_create(&threads[caller.started], &attributes, worker, index) != 0) break;
  }
  pthread_attr_destroy(&attributes);
}

static void wait_for_workers(void) {
  const int64_t start = now();
  for (int step = 1; (atomic_load(&job.gate) & INSIDE) != 0; step++) {
    if (wait_awake(start, step)) continue;
    pthread_mutex_lock(&lock);
    atomic_store(&crew.caller_sleeps, true);
    while ((atomic_load(&job.gate) & INSIDE) != 0) pthread_cond_wait(&work_done, &lock);
    atomic_store(&crew.caller_sleeps, false);
    pthread_mutex_unlock(&lock);
  }
}

static void run_job(int64_t pieces, void (*body)(void *, int64_t), void *context, bool brief) {
  const int workers = pieces > 1 ? dsc_thread_count() - 1 : 0;
  if (workers == 0 || inside_piece || atomic_exchange(&caller.busy, true)) {
    for (int64_t piece = 0; piece < pieces; piece++) body(context, piece);
    return;
  }
  if (workers != caller.started) resize(workers);
  job.pieces = pieces;
  job.body = body;
  job.context = context;
  atomic_store_explicit(&job.next_piece, 1, memory_order_relaxed);  // the caller's first is 0
  const uint64_t epoch = atomic_load(&job.gate) / EPOCH + 1;
  atomic_store(&job.gate, epoch * EPOCH | OPEN);
  if (!brief || (atomic_load(&crew.sleepers) > 0 && ++caller.brief_calls >= BRIEF_PER_WAKE)) {
    caller.brief_calls = 0;
    wake_workers(pieces - 1);
  }
  run_pieces(0);
  atomic_fetch_and(&job.gate, ~OPEN);
  wait_for_workers();
  atomic_store(&caller.busy, false);
}

void dsc_parallel(int64_t pieces, void (*body)(void *context, int64_t piece), void *context) {
  run_job(pieces, body, context, false);
}

void dsc_parallel_brief(int64_t pieces, void (*body)(void *context, int64_t piece), void *context) {
  run_job(pieces, body, context, true);
}

static int processors(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
#endif
  return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

static int limited(int count) { return count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : count; }

int dsc_thread_count(void) {
  int count = atomic_load_explicit(&crew.wanted, memory_order_relaxed);
  if (count != 0) return count;
  const int found = limited(processors());
  return atomic_compare_exchange_strong(&crew.wanted, &count, found) ? found : count;
}

void dsc_set_thread_count(int count) { atomic_store(&crew.wanted, limited(count)); }
