// What this machine can do at most: multiply-adds a second in registers, and bytes a second that a
// sum of two arrays moves ("bytes") and that a total of one reads ("reads"), for sets of several
// sizes. Prints a line of JSON each; the best of several samples.
//
//   limits THREADS
//
// DESCENT_CPU_CAPABILITY=avx2 asks for the multiply-adds of AVX2.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { MAX_THREADS = 64, SAMPLES = 9 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

// Twelve independent chains of vectors hide the latency of one. They start at what the compiler
// cannot know: it leaves out a chain that it sees standing still.
#define FMA_LOOP(LANES)                                                                  \
  typedef float Vector __attribute__((vector_size(4 * LANES), aligned(4)));              \
  Vector x[12];                                                                          \
  for (int c = 0; c < 12; c++) x[c] = (Vector){0} + (*sink + c);                         \
  const Vector a = (Vector){0} + 0.999f, b = (Vector){0} + 0.001f;                       \
  for (long r = 0; r < rounds; r++) {                                                    \
    _Pragma("clang loop unroll(full)") for (int c = 0; c < 12; c++) x[c] = x[c] * a + b; \
    __asm__ volatile("" ::: "memory");                                                   \
  }                                                                                      \
  float total = 0;                                                                       \
  for (int c = 0; c < 12; c++)                                                           \
    for (int l = 0; l < LANES; l++) total += x[c][l];                                    \
  *sink = total;                                                                         \
  return 12.0 * LANES * 2 * rounds

#pragma STDC FP_CONTRACT ON
#if defined(__x86_64__)
__attribute__((target("avx512f"))) static double fma_avx512(long rounds, float *sink) {
  FMA_LOOP(16);
}
__attribute__((target("avx2,fma"))) static double fma_avx2(long rounds, float *sink) {
  FMA_LOOP(8);
}
#endif
static double fma_plain(long rounds, float *sink) { FMA_LOOP(4); }

static double multiply_adds(long rounds, float *sink) {
#if defined(__x86_64__)
  const char *wish = getenv("DESCENT_CPU_CAPABILITY");
  if (__builtin_cpu_supports("avx512f") && (!wish || strcmp(wish, "avx2")))
    return fma_avx512(rounds, sink);
  if (__builtin_cpu_supports("fma")) return fma_avx2(rounds, sink);
#endif
  return fma_plain(rounds, sink);
}

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static void
add(float *z, const float *x, const float *y, long count) {
  for (long i = 0; i < count; i++) z[i] = x[i] + y[i];
}

#if defined(__x86_64__)
// Results that no cache holds need not be read before they are written.
__attribute__((target("avx2"))) static void add_past_cache(float *z, const float *x, const float *y,
                                                           long count) {
  for (long i = 0; i < count; i += 8)
    _mm256_stream_ps(z + i, _mm256_add_ps(_mm256_loadu_ps(x + i), _mm256_loadu_ps(y + i)));
  _mm_sfence();
}
#endif

// A few places at once: the processor fetches each of them ahead.
#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static float
total(const float *x, long count, int places) {
  enum { LINE = 16 };
  typedef float Line __attribute__((vector_size(4 * LINE), aligned(4)));
  Line sum[4] = {0};
  const long each = count / places / (4 * LINE) * (4 * LINE);
  for (long i = 0; i < each; i += 4 * LINE)
    for (int place = 0; place < places; place++)
      for (int l = 0; l < 4; l++) sum[l] += *(const Line *)(x + place * each + i + l * LINE);
  float all = 0;
  for (int l = 0; l < LINE; l++) all += sum[0][l] + sum[1][l] + sum[2][l] + sum[3][l];
  return all;
}

typedef enum { FLOPS, SUM, SUM_PAST_CACHE, READ_ONE, READ_FOUR } Kind;
#if defined(__x86_64__)
enum { LAST_SUM = SUM_PAST_CACHE };
#else
enum { LAST_SUM = SUM };
#endif

typedef struct {
  pthread_barrier_t *barrier;
  Kind kind;
  float *x;
  long size, rounds;  // bytes of this thread's set
  double work, seconds;
  float sink;
} Job;

static void work(Job *job) {
  const long third = job->size / 12 / 16 * 16, all = job->size / 4 / 256 * 256;
  float *y = job->x + third, *z = y + third;
  job->work = (double)job->rounds * (job->kind < READ_ONE ? 12 * third : 4 * all);
  if (job->kind == FLOPS) job->work = multiply_adds(job->rounds, &job->sink);
  for (long r = 0; job->kind != FLOPS && r < job->rounds; r++) {
    if (job->kind == SUM) add(z, job->x, y, third);
#if defined(__x86_64__)
    if (job->kind == SUM_PAST_CACHE) add_past_cache(z, job->x, y, third);
#endif
    if (job->kind >= READ_ONE) job->sink += total(job->x, all, job->kind == READ_ONE ? 1 : 4);
    __asm__ volatile("" ::: "memory");
  }
}

static void *run(void *argument) {
  Job *job = argument;
  job->seconds = 1e30;
  for (int sample = 0; sample < SAMPLES; sample++) {
    pthread_barrier_wait(job->barrier);
    const double start = now();
    work(job);
    pthread_barrier_wait(job->barrier);
    const double seconds = now() - start;
    if (seconds < job->seconds) job->seconds = seconds;
  }
  return NULL;
}

// The work of all threads by the slowest one's time.
static double rate(int threads, Job model, float *memory) {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, NULL, (unsigned)threads);
  pthread_t handles[MAX_THREADS];
  Job jobs[MAX_THREADS];
  for (int t = 0; t < threads; t++) {
    jobs[t] = model;
    jobs[t].barrier = &barrier;
    jobs[t].x = memory + model.size / 4 * t;
    pthread_create(&handles[t], NULL, run, &jobs[t]);
  }
  double work = 0, seconds = 0;
  for (int t = 0; t < threads; t++) {
    pthread_join(handles[t], NULL);
    work += jobs[t].work;
    if (jobs[t].seconds > seconds) seconds = jobs[t].seconds;
  }
  pthread_barrier_destroy(&barrier);
  return work / seconds;
}

int main(int count, char **arguments) {
  const int threads = count > 1 ? atoi(arguments[1]) : 2;
  if (threads < 1 || threads > MAX_THREADS) {
    fprintf(stderr, "limits: threads must be 1 to %d. Got %s.\n", MAX_THREADS, arguments[1]);
    return 1;
  }
  printf("{\"limit\":\"flops\",\"threads\":%d,\"size\":0,\"rate\":%.4g}\n", threads,
         rate(threads, (Job){.rounds = 3000000}, NULL));
  const long largest = 768L << 20;
  float *memory = aligned_alloc(4096, (size_t)largest);
  if (!memory) return 1;
  for (long i = 0; i < largest / 4; i++) memory[i] = 1;
  for (long size = 48L << 10; size <= largest; size *= 2) {
    // Whole lines a thread; about 100 ms a sample at most.
    Job job = {.size = size / threads / 64 * 64, .rounds = (256L << 20) / size + 1};
    for (int reads = 0; reads < 2; reads++) {
      double best = 0;
      for (job.kind = reads ? READ_ONE : SUM; job.kind <= (reads ? READ_FOUR : LAST_SUM);
           job.kind++) {
        const double one = rate(threads, job, memory);
        if (one > best) best = one;
      }
      printf("{\"limit\":\"%s\",\"threads\":%d,\"size\":%ld,\"rate\":%.4g}\n",
             reads ? "reads" : "bytes", threads, size, best);
    }
  }
  free(memory);
  return 0;
}
