// How normalisation by rows, groups and channels sees its tensors: sets of values that share their
// statistics, each some segments of contiguous values.
#ifndef DSC_NORM_SETS_H
#define DSC_NORM_SETS_H

#include "dsc_norm_loops.h"
#include "dsc_stream.h"

enum {
  DSC_NORM_CHUNK_BYTES = DSC_CHUNK_BYTES,
  DSC_NORM_PIECE = 1 << 14,  // elements of one piece of parallel work
};

/// The segments of a set, in elements. Short ones are taken together where they share a weight.
typedef struct {
  int64_t segments, length, stride;
  bool together;
} DscNormLayout;

/// Room for a chunk of values.
typedef struct {
  _Alignas(64) char bytes[DSC_NORM_CHUNK_BYTES];
} DscNormValues;

/// Some whole segments, or a part of one; zeros before the first.
typedef struct {
  int64_t segment, offset, segments, count;
} DscNormSpan;

typedef struct {
  const DscNorm *norm;
  const DscNormLoops *loops;
  DscLane lane;
  bool native;   // the tensors hold values of the lane
  bool streams;  // long segments of the result go past the cache
  int64_t size;  // of a value
  int64_t chunk;
  int64_t sets, set_stride, count;  // count: values of a set
  DscNormLayout sums;               // for sums of values
  DscNormLayout parts;              // with one weight each, or a weight for each value
  bool each;                        // a weight for each value
  int64_t period;                   // sets after which weights repeat
  int64_t set_step, segment_step;   // from one weight to the next
  const void *grad;                 // backward: that of y
  const char *weight, *bias;
  const char *spread;  // backward with short segments: a weight for each value of all sets
  // Large sets are cut in pieces of segments if there are few of them, else sets are grouped.
  int64_t pieces, piece, group;
  void *memory;  // expanded weight and bias
} DscNormSets;

/// False if there is no memory; then nothing is to be freed.
bool dsc_norm_sets(DscNormSets *sets, const DscNorm *norm, bool is_backward);

/// Goes to the next span before segment `end`.
static inline bool dsc_norm_next(const DscNormSets *sets, const DscNormLayout *layout, int64_t end,
                                 DscNormSpan *span) {
  if (span->segments > 1 || span->offset + span->count == layout->length) {
    span->segment += span->segments;
    span->offset = 0;
  } else {
    span->offset += span->count;
  }
  if (span->segment >= end) return false;
  span->segments = 1;
  span->count = dsc_smaller(sets->chunk, layout->length - span->offset);
  if (layout->together && layout->length < sets->chunk) {
    span->segments = dsc_smaller(sets->chunk / layout->length, end - span->segment);
    span->count = span->segments * layout->length;
  }
  return true;
}

static inline DscRectangle dsc_norm_place(const DscNormSets *sets, const DscNormLayout *layout,
                                          const DscNormSpan *span, int64_t set, const void *data) {
  const DscDType dtype = sets->norm->dtype;
  const int64_t at = set * sets->set_stride + span->segment * layout->stride + span->offset;
  return (DscRectangle){(char *)(uintptr_t)data + at * (int64_t)dsc_dtype_size(dtype), dtype,
                        layout->stride, 1};
}

/// The values of a span: where they are, or copied to `scratch`.
static inline const void *dsc_norm_values(const DscNormSets *sets, const DscNormLayout *layout,
                                          const DscNormSpan *span, int64_t set, const void *data,
                                          void *scratch) {
  const DscRectangle from = dsc_norm_place(sets, layout, span, set, data);
  if (sets->native) return from.data;
  dsc_load_rectangle(&from, span->segments, span->count / span->segments, scratch);
  return scratch;
}

/// The span as rows of operands that dsc_norm_values gave.
static inline DscNormBlock dsc_norm_block(const DscNormSets *sets, const DscNormLayout *layout,
                                          const DscNormSpan *span) {
  const int64_t columns = span->segments > 1 ? layout->length : span->count;
  const int64_t stride = sets->native ? layout->stride : columns;
  return (DscNormBlock){span->segments, columns, stride, stride, stride};
}

/// Whether the values of a span go past the cache.
static inline bool dsc_norm_streams(const DscNormSets *sets, const DscNormSpan *span) {
  enum { LEAST_BYTES = 1024 };
  return sets->streams && span->segments == 1 && span->count * sets->size >= LEAST_BYTES;
}

/// Copies values of a lane past the cache. Meanwhile the operands of the next set are fetched; of a
/// large set, what follows.
static inline void dsc_norm_stream(const DscNormSets *sets, int64_t at, const void *values,
                                   int64_t count, void *data) {
  enum { MOST = 16 * DSC_AHEAD };
  const bool next = DSC_AHEAD < sets->count && sets->count <= MOST;
  const int64_t later = (at + (next ? sets->count : DSC_AHEAD)) * sets->size;
  const DscAhead ahead[2] = {
      {(const char *)((uintptr_t)sets->norm->x + (uintptr_t)later), sets->size},
      {(const char *)((uintptr_t)sets->grad + (uintptr_t)later), sets->size}};
  dsc_stream((size_t)sets->size, values, count, (char *)data + at * sets->size, ahead,
             sets->grad ? 2 : 1);
}

/// Where to write the values of a span: in place, or `scratch`, from where dsc_norm_put takes them.
static inline void *dsc_norm_target(const DscNormSets *sets, const DscNormLayout *layout,
                                    const DscNormSpan *span, int64_t set, void *data,
                                    void *scratch) {
  if (dsc_norm_streams(sets, span)) return scratch;
  return sets->native ? dsc_norm_place(sets, layout, span, set, data).data : scratch;
}

static inline void dsc_norm_put(const DscNormSets *sets, const DscNormLayout *layout,
                                const DscNormSpan *span, int64_t set, const void *values,
                                void *data) {
  if (dsc_norm_streams(sets, span)) {
    const int64_t at = set * sets->set_stride + span->segment * layout->stride + span->offset;
    dsc_norm_stream(sets, at, values, span->count, data);
    return;
  }
  if (sets->native) return;
  const DscRectangle to = dsc_norm_place(sets, layout, span, set, data);
  dsc_store_rectangle(sets->lane, values, span->segments, span->count / span->segments, &to);
}

/// The number of a set's or a segment's weight.
static inline int64_t dsc_norm_index(const DscNormSets *sets, int64_t set, int64_t segment) {
  return set % sets->period * sets->set_step + segment * sets->segment_step;
}

static inline int64_t dsc_norm_pieces(const DscNormSets *sets) {
  return sets->pieces > 1 ? sets->sets * sets->pieces : dsc_parts(sets->sets, sets->group);
}

#endif
