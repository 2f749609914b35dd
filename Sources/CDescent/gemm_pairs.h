// Products of bfloat16 where an instruction adds the products of pairs: a panel's element is a
// pair, two elements of k of a line. The instruction adds the product of the upper halves, then
// that of the lower ones, each rounded: with the first element of a pair in its upper half the sums
// are those of multiply-adds of float32, to the last bit, but for numbers below 2^-126, which count
// as zeros. No include guard.
#if defined(__x86_64__)
#pragma clang attribute push(                                                             \
    __attribute__((                                                                       \
        target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,f16c,bmi,bmi2"))), \
    apply_to = function)
#define DSC_SUFFIX       avx512_bf16
#define DSC_VECTOR_BYTES 64
#define DSC_FMA          1
#define DSC_TILE_ROWS    12
#define DSC_TILE_VECTORS 2
#define DSC_PAIRS        1
#define DSC_T            float
#define DSC_T_NAME       pairs
#define DSC_T_BYTES      4

typedef __bf16 DscBfloats __attribute__((vector_size(64)));
#define DSC_ADD_PAIRS(a, b, c) __builtin_ia32_dpbf16ps_512(c, (DscBfloats)(a), (DscBfloats)(b))
#include "gemm_tile.h"
#include "gemm_whole_tile.h"
#include "copy_row.h"
#include "gemm_transpose.h"

// Pairs as they lie in memory, where the first element is the lower half.
typedef uint32_t DscPair __attribute__((aligned(2)));
#define DSC_S              DscPair
#define DSC_FROM(name)     DSC_TYPED(name)
#define DSC_SWAPPED(x)     ((x) << 16 | (x) >> 16)
#define DSC_WIDE_ONE(x)    dsc_float_of(DSC_SWAPPED((uint32_t)(x)))
#define DSC_WIDEN(x, Wide) ((Wide)DSC_SWAPPED(x))
#include "gemm_pack.h"

// The second half of a pair where k is odd. The product of both is -0, which changes no sum.
enum { DSC_END_OF_A = 0x8000, DSC_END_OF_B = 0 };

// Joins `count` elements of two rows, or of one and `end`.
static inline __attribute__((always_inline)) DSC_TYPED(Vector)
    DSC_TYPED(join)(const uint16_t *first, const uint16_t *second, uint32_t end) {
  typedef uint16_t Halves __attribute__((ext_vector_type(16), aligned(2)));
  typedef uint32_t Pairs __attribute__((ext_vector_type(16)));
  const Pairs upper = __builtin_convertvector(*(const Halves *)first, Pairs) << 16;
  return (DSC_TYPED(Vector))(
      upper |
      (second == NULL ? (Pairs)(end) : __builtin_convertvector(*(const Halves *)second, Pairs)));
}

static inline __attribute__((always_inline)) void DSC_TYPED(join_rows)(const uint16_t *first,
                                                                       const uint16_t *second,
                                                                       uint32_t end, int64_t count,
                                                                       float *out) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16)
    *(DSC_TYPED(Vector) *)(out + i) =
        DSC_TYPED(join)(first + i, second == NULL ? NULL : second + i, end);
  typedef uint16_t Four __attribute__((ext_vector_type(4), aligned(2)));
  typedef uint32_t FourPairs __attribute__((ext_vector_type(4), aligned(4)));
  for (; i + 4 <= count; i += 4) {
    const FourPairs upper = __builtin_convertvector(*(const Four *)(first + i), FourPairs) << 16;
    *(FourPairs *)(void *)(out + i) =
        upper | (second == NULL ? (FourPairs)(end)
                                : __builtin_convertvector(*(const Four *)(second + i), FourPairs));
  }
  for (; i < count; i++)
    out[i] = dsc_float_of((uint32_t)first[i] << 16 | (second == NULL ? end : second[i]));
}

// Like pack_rows.
static inline __attribute__((always_inline)) void DSC_TYPED(pack_pairs_of_rows)(
    int width, uint32_t end, const uint16_t *source, int64_t step, int64_t count, int64_t k,
    float *out) {
  enum { ROWS = 32 };
  const int64_t steps = (k + 1) / 2;
  for (int64_t start = 0; start < k; start += ROWS) {
    const int64_t stop = k - start < ROWS ? k : start + ROWS;
    for (int64_t first = 0; first < count; first += width) {
      const int64_t columns = count - first < width ? count - first : width;
      const uint16_t *from = source + first + start * step;
      float *to = out + first * steps + start / 2 * width;
      for (int64_t p = start; p < stop; p += 2, from += 2 * step, to += width) {
        __builtin_prefetch(from + ROWS * step);
        __builtin_prefetch(from + (ROWS + 1) * step);
        const uint16_t *second = p + 1 < k ? from + step : NULL;
        if (columns == width) {
          DSC_TYPED(join_rows)(from, second, end, width, to);
          continue;
        }
        memset(to, 0, (size_t)width * sizeof(float));
        DSC_TYPED(join_rows)(from, second, end, columns, to);
      }
    }
  }
}

static inline __attribute__((always_inline)) void DSC_TYPED(pack_pairs)(int width, uint32_t end,
                                                                        const uint16_t *source,
                                                                        int64_t line, int64_t step,
                                                                        int64_t count, int64_t k,
                                                                        float *out) {
  if (line == 1) {
    DSC_TYPED(pack_pairs_of_rows)(width, end, source, step, count, k, out);
    return;
  }
  for (int64_t first = 0; first < count; first += width, out += (k + 1) / 2 * width) {
    const uint16_t *from = source + first * line;
    const int64_t last = count - first < width ? count - first - 1 : width - 1;
    DSC_TYPED(pack_lines)(width, (const DscPair *)(const void *)from, line / 2, last, k / 2, out);
    for (int64_t i = 0; k % 2 != 0 && i < width; i++) {
      const uint32_t element = from[(i < last ? i : last) * line + k - 1];
      out[k / 2 * width + i] = dsc_float_of(element << 16 | end);
    }
  }
}

static void DSC_TYPED(pack_pairs_a)(const void *source, int64_t line, int64_t step, int64_t count,
                                    int64_t k, float *out) {
  DSC_TYPED(pack_pairs)(DSC_TILE_ROWS, DSC_END_OF_A, source, line, step, count, k, out);
}

static void DSC_TYPED(pack_pairs_b)(const void *source, int64_t line, int64_t step, int64_t count,
                                    int64_t k, float *out) {
  DSC_TYPED(pack_pairs)(DSC_TILE_COLUMNS, DSC_END_OF_B, source, line, step, count, k, out);
}

// Like copying_tile (gemm_copying.h), of k elements.
static inline __attribute__((always_inline)) void DSC_TYPED(copying_tile)(
    int rows, int64_t k, const float *a, int64_t a_row, int64_t a_column, const uint16_t *b,
    int64_t b_row, float *panel, float *out, int64_t out_row, DscInto into) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  const float *four[(DSC_TILE_ROWS + 3) / 4];
  DSC_TYPED(find_stepping_fours)(rows, a, a_row, four);
  DSC_TYPED(clear_tile)(rows, DSC_TILE_VECTORS, sum);
  for (int64_t p = 0; p < k; p += 2, b += 2 * b_row, panel += DSC_TILE_COLUMNS) {
    __builtin_prefetch(b + DSC_TILE_COLUMNS, 0, 2);
    __builtin_prefetch(b + b_row + DSC_TILE_COLUMNS, 0, 2);
    Vector line[DSC_TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < DSC_TILE_VECTORS; v++) {
      const uint16_t *from = b + v * DSC_LANES_PER_VECTOR;
      line[v] = DSC_TYPED(join)(from, p + 1 < k ? from + b_row : NULL, DSC_END_OF_B);
      *(Vector *)(panel + v * DSC_LANES_PER_VECTOR) = line[v];
    }
    DSC_TYPED(multiply_add_line)(rows, DSC_TILE_VECTORS, four, a_row, line, sum);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i += 4) four[i / 4] += a_column;
  }
  DSC_TYPED(store_tile)(rows, DSC_TILE_VECTORS, sum, out, out_row, into);
}
#include "gemm_copying_table.h"

static const Source_f32_avx512 source_of_pairs_f32_avx512 = {
    .size = sizeof(uint16_t),
    .pairs = true,
    .read_line = read_line_bfloat16_f32_avx512,
    .pack_a = DSC_TYPED(pack_pairs_a),
    .pack_b = DSC_TYPED(pack_pairs_b),
    .copying_tiles = DSC_TYPED(copying_tiles),
    .tiles = DSC_TYPED(tiles),
    .tile_packed = DSC_TYPED(tile_packed),
    .finish_tile = round_tile_bfloat16_f32_avx512,
};

#undef DSC_FOR_TILE_ROWS
#undef DSC_S
#undef DSC_FROM
#undef DSC_SWAPPED
#undef DSC_WIDE_ONE
#undef DSC_WIDEN
#undef DSC_ADD_PAIRS
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_T_BYTES
#undef DSC_PAIRS
#undef DSC_TILE_ROWS
#undef DSC_TILE_VECTORS
#undef DSC_LANES_PER_VECTOR
#undef DSC_TILE_COLUMNS
#undef DSC_TYPED
#undef DSC_MULTIPLY_ADD
#undef DSC_SUFFIX
#undef DSC_VECTOR_BYTES
#undef DSC_FMA
#pragma clang attribute pop
#endif
