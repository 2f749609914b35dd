// The Mersenne Twister and the uniform fill. Matsumoto and Nishimura, "Mersenne Twister: a
// 623-dimensionally equidistributed uniform pseudo-random number generator", 1998; seeding, draw
// order and roundings are those of PyTorch 2.13 on the CPU.
#include "dsc_draws.h"

#include <stdlib.h>
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_targets.h"
#include "include/dsc_pool.h"

#pragma clang fp contract(off)

enum { STATE_WORDS = 624 };

static inline __attribute__((always_inline)) uint32_t twist(uint32_t u, uint32_t v) {
  uint32_t mixed = (u & 0x80000000u) | (v & 0x7fffffffu);
  return (mixed >> 1) ^ (-(v & 1u) & 0x9908b0dfu);
}

static inline __attribute__((always_inline)) uint32_t temper_word(uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

#define DSC_BODY "random_body.h"
#include "dsc_for_each_target.h"

// `left` and `next` mean what they mean in PyTorch's saved state: a new block of words is due when
// --left reaches 0, so left - 1 words, from `next` on, are still to be drawn.

void dsc_generator_seed(DscGenerator *generator, uint64_t seed) {
  uint32_t *state = generator->state;
  generator->seed = seed;
  state[0] = (uint32_t)seed;
  for (uint32_t j = 1; j < STATE_WORDS; j++) {
    state[j] = 1812433253u * (state[j - 1] ^ (state[j - 1] >> 30)) + j;
  }
  generator->left = 1;
  generator->next = 0;
  generator->has_normal = false;
  generator->normal = 0;
}

/// The state words of the next up to `count` draws, which are then taken; at least one.
static const uint32_t *take(DscGenerator *generator, int64_t count, int64_t *taken) {
  if (generator->left == 1) {
    DSC_DISPATCH(regenerate)(generator->state);
    generator->left = STATE_WORDS + 1;
    generator->next = 0;
  }
  int64_t available = generator->left - 1;
  *taken = count < available ? count : available;
  const uint32_t *words = generator->state + generator->next;
  generator->left -= (int32_t)*taken;
  generator->next += (int32_t)*taken;
  return words;
}

uint32_t dsc_random_u32(DscGenerator *generator) {
  int64_t taken;
  return temper_word(*take(generator, 1, &taken));
}

uint64_t dsc_random_u64(DscGenerator *generator) {
  uint64_t high = dsc_random_u32(generator);
  return high << 32 | dsc_random_u32(generator);
}

void dsc_draw_u32(DscGenerator *generator, int64_t count, uint32_t *out) {
  for (int64_t done = 0, taken; done < count; done += taken) {
    const uint32_t *words = take(generator, count - done, &taken);
    DSC_DISPATCH(temper)(words, taken, out + done);
  }
}

void dsc_draw_float(DscGenerator *generator, int64_t count, float *out) {
  for (int64_t done = 0, taken; done < count; done += taken) {
    const uint32_t *words = take(generator, count - done, &taken);
    DSC_DISPATCH(temper_float)(words, taken, out + done);
  }
}

void dsc_draw_double(DscGenerator *generator, int64_t count, double *out) {
  uint32_t raw[2 * DSC_DRAW_CHUNK];
  for (int64_t done = 0; done < count; done += DSC_DRAW_CHUNK) {
    int64_t n = count - done < DSC_DRAW_CHUNK ? count - done : DSC_DRAW_CHUNK;
    dsc_draw_u32(generator, 2 * n, raw);
    DSC_DISPATCH(pair_double)(raw, n, out + done);
  }
}

void dsc_store_values(DscLane lane, const void *values, int64_t count, DscDType dtype, void *out) {
  if (lane != DSC_LANE_F64 || dsc_dtype_lane(dtype) != DSC_LANE_F32) {
    dsc_store_lane(lane, values, count, dtype, out, 1);
    return;
  }
  const double *source = values;
  size_t size = dsc_dtype_size(dtype);
  float rounded[DSC_DRAW_CHUNK];
  for (int64_t done = 0; done < count; done += DSC_DRAW_CHUNK) {
    int64_t n = count - done < DSC_DRAW_CHUNK ? count - done : DSC_DRAW_CHUNK;
    for (int64_t i = 0; i < n; i++) rounded[i] = (float)source[done + i];
    dsc_store_lane(DSC_LANE_F32, rounded, n, dtype, (char *)out + (size_t)done * size, 1);
  }
}

// Draw and map. The draws of a chunk are serial; its maps, in pieces, run beside the draws of the
// next chunk. The values of a chunk lie in `out` itself where its elements are those of the lane,
// else in one of two buffers. Neither the chunk nor the piece size changes a result.

enum { PIECE = 8192, PIECES = 16 };

typedef struct {
  DscGenerator *generator;
  DscLane lane;
  DscDrawMap map;
  const void *constants;
  DscDType dtype;
  char *out, *buffer;  // the values are made in `out` where `buffer` is NULL
  int64_t count, chunk;
  int64_t drawn, mapped;  // the starts of the chunks to draw and to map, past the end for none
} MappedFill;

static char *chunk_values(const MappedFill *fill, int64_t start) {
  int64_t size = (int64_t)(fill->lane == DSC_LANE_F32 ? sizeof(float) : sizeof(double));
  if (!fill->buffer) return fill->out + start * size;
  return fill->buffer + start / fill->chunk % 2 * fill->chunk * size;
}

static void draw_chunk(MappedFill *fill, int64_t start) {
  int64_t n = fill->count - start < fill->chunk ? fill->count - start : fill->chunk;
  if (n <= 0) return;
  void *values = chunk_values(fill, start);
  if (fill->lane == DSC_LANE_F32) {
    dsc_draw_float(fill->generator, n, values);
  } else {
    dsc_draw_double(fill->generator, n, values);
  }
}

static void map_piece(MappedFill *fill, int64_t start, int64_t piece) {
  int64_t first = start + piece * PIECE;
  int64_t end = start + fill->chunk < fill->count ? start + fill->chunk : fill->count;
  int64_t n = end - first < PIECE ? end - first : PIECE;
  if (n <= 0) return;
  int64_t size = (int64_t)(fill->lane == DSC_LANE_F32 ? sizeof(float) : sizeof(double));
  char *values = chunk_values(fill, start) + piece * PIECE * size;
  if (fill->map) fill->map(fill->constants, n, values);
  if (fill->buffer) {
    char *out = fill->out + first * (int64_t)dsc_dtype_size(fill->dtype);
    dsc_store_values(fill->lane, values, n, fill->dtype, out);
  }
}

static void run_piece(void *context, int64_t piece) {
  MappedFill *fill = context;
  if (piece == 0) {
    draw_chunk(fill, fill->drawn);
  } else {
    map_piece(fill, fill->mapped, piece - 1);
  }
}

int dsc_fill_mapped(DscGenerator *generator, DscLane lane, DscDrawMap map, const void *constants,
                    DscDType dtype, int64_t count, void *out) {
  bool direct = dtype == (lane == DSC_LANE_F32 ? DSC_FLOAT32 : DSC_FLOAT64);
  MappedFill fill = {generator, lane, map, constants, dtype, out, NULL, count, 0, 0, 0};
  if (direct && !map) {
    fill.chunk = count;
    draw_chunk(&fill, 0);
    return DSC_OK;
  }
  bool parallel = count > 2 * PIECE && dsc_thread_count() > 1;
  fill.chunk = parallel ? PIECES * PIECE : DSC_DRAW_CHUNK;
  union {
    float f[2 * DSC_DRAW_CHUNK];
    double d[2 * DSC_DRAW_CHUNK];
  } local;
  char *heap = NULL;
  if (!direct && !parallel) fill.buffer = (char *)&local;
  if (!direct && parallel) {
    fill.buffer = heap = malloc((size_t)fill.chunk * 2 * sizeof(double));
    if (!heap) return DSC_OUT_OF_MEMORY;
  }
  draw_chunk(&fill, 0);
  for (fill.mapped = 0; fill.mapped < count; fill.mapped += fill.chunk) {
    fill.drawn = fill.mapped + fill.chunk;
    if (parallel) {
      dsc_parallel(1 + PIECES, run_piece, &fill);
    } else {
      map_piece(&fill, fill.mapped, 0);
      draw_chunk(&fill, fill.drawn);
    }
  }
  free(heap);
  return DSC_OK;
}

/// The half-precision types round to the excluded bound far more often than float32 does.
static void replace_bound(DscDType dtype, int64_t count, double low, double high, void *out) {
  float bounds[2] = {(float)low, (float)high};
  uint16_t bits[2], *element = out;
  dsc_store_lane(DSC_LANE_F32, bounds, 2, dtype, bits, 1);
  bool zero = (bits[1] & 0x7fff) == 0;
  for (int64_t i = 0; i < count; i++) {
    bool met = element[i] == bits[1] || (zero && (element[i] & 0x7fff) == 0);
    element[i] = met ? bits[0] : element[i];
  }
}

int dsc_fill_uniform(DscGenerator *generator, DscDType dtype, int64_t count, double low,
                     double high, void *out) {
  bool unit = low == 0 && high == 1;  // nothing to scale
  DscLane lane = dsc_dtype_lane(dtype);
  if (lane == DSC_LANE_F64) {
    double bounds[2] = {low, high};
    DscDrawMap map = unit ? NULL : DSC_DISPATCH(scale_double);
    return dsc_fill_mapped(generator, lane, map, bounds, dtype, count, out);
  }
  if (lane != DSC_LANE_F32) return DSC_UNSUPPORTED;
  float bounds[2] = {(float)low, (float)high};
  DscDrawMap map = unit ? NULL : DSC_DISPATCH(scale_float);
  int status = dsc_fill_mapped(generator, lane, map, bounds, dtype, count, out);
  if (status == DSC_OK && dtype != DSC_FLOAT32) replace_bound(dtype, count, low, high, out);
  return status;
}
