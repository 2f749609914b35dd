// The thread pool. Its use never changes a result: work is cut into pieces by size alone.
#ifndef DSC_POOL_H
#define DSC_POOL_H

#include "dsc_types.h"

/// Runs `body(context, piece)` for piece 0 ..< pieces, on the pool and the calling thread, and
/// returns when all are done. Which thread runs a piece is unspecified; a caller that finds the
/// pool in use by another thread (or is itself inside a piece) runs all pieces itself instead of
/// waiting.
void dsc_parallel(int64_t pieces, void (*body)(void *context, int64_t piece), void *context);

/// The same for work of a few microseconds, which is less than it takes to wake a thread: threads
/// that are awake help. Those that sleep are woken by one in many such calls, so that they help
/// where such calls follow each other.
void dsc_parallel_brief(int64_t pieces, void (*body)(void *context, int64_t piece), void *context);

/// Number of threads used, the caller's included; from 1 to 256. Starts as the number of processors
/// this process may run on. Threads are started at the first parallel call, never at load time.
int dsc_thread_count(void);
void dsc_set_thread_count(int count);

#endif
