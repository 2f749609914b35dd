// Arithmetic of sizes.
#ifndef DSC_SIZES_H
#define DSC_SIZES_H

#include <stdint.h>

static inline int64_t dsc_smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t dsc_larger(int64_t a, int64_t b) { return a > b ? a : b; }

/// How many parts of a size make a whole.
static inline int64_t dsc_parts(int64_t whole, int64_t part) { return (whole + part - 1) / part; }

/// The least multiple of `unit` that holds a size.
static inline int64_t dsc_up_to(int64_t size, int64_t unit) { return dsc_parts(size, unit) * unit; }

/// Bytes up to whole lines of the cache, where the next part of a workspace begins.
static inline int64_t dsc_up_to_line(int64_t bytes) { return dsc_up_to(bytes, 64); }

#endif
