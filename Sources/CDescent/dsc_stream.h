// Reading ahead, and writing past the cache: an ordinary store first reads the line it writes to,
// and a large result is gone from the cache before anybody reads it.
#ifndef DSC_STREAM_H
#define DSC_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What will be read soon, an element of `size` bytes for each one of the present run: it is
/// fetched meanwhile.
typedef struct {
  const char *data;
  int64_t size;
} DscAhead;

enum {
  DSC_LINE = 64,
  // How far ahead, in elements: as long as memory takes to answer.
  DSC_AHEAD = 2048,
};

/// Whether a result of so many bytes is written past the cache. A smaller one is likely to be there
/// still when it is read: this is a little less than half of what some cores share on common
/// machines.
static inline bool dsc_streams(int64_t bytes) { return bytes >= 12 << 20; }

/// Copies `count` elements of `size` bytes past the cache while `ahead` is fetched.
///
/// Before another thread may look, the writer calls dsc_stream_finish().
void dsc_stream(size_t size, const void *from, int64_t count, void *to, const DscAhead *ahead,
                int aheads);

/// Makes what the calling thread streamed visible before whatever it writes next.
static inline void dsc_stream_finish(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}

/// Fetches what belongs to `count` elements from `index` of the present run on.
static inline __attribute__((always_inline)) void dsc_fetch(const DscAhead *ahead, int aheads,
                                                            int64_t index, int64_t count) {
  for (int i = 0; i < aheads; i++) {
    const uintptr_t from = (uintptr_t)ahead[i].data + (uintptr_t)(index * ahead[i].size);
    const uintptr_t bytes = (uintptr_t)(count * ahead[i].size);
    for (uintptr_t at = 0; at < bytes; at += DSC_LINE)
      __builtin_prefetch((const void *)(from + at));
  }
}

#endif
