// Convolutions whose lines begin with a vector of their own, for one element type DSC_T: outputs
// are stored where the line ends, taps that meet padding only are left out, and tiles of few
// channels are wide instead of high. No include guard.

#define DSC_TYPED(name)      DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_LANES_PER_VECTOR ((int)(DSC_VECTOR_BYTES / sizeof(DSC_T)))
// The sums that registers hold, in rows (channels) of two vectors; what is left holds operands.
#if DSC_VECTOR_BYTES == 64
#define DSC_LINE_ROWS 12
#elif DSC_VECTOR_BYTES == 32
#define DSC_LINE_ROWS 6
#elif DSC_FMA
#define DSC_LINE_ROWS 12
#else
#define DSC_LINE_ROWS 4
#endif
#if DSC_FMA
#define DSC_MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define DSC_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

#include "copy_row.h"
#include "conv_fill_body.h"

// clang-format off: in this order
#include "conv_line_tile.h"
#include "conv_line_columns.h"
#include "conv_line_outputs.h"
// clang-format on

// Vectors of columns, or of outputs where that takes fewer multiply-adds by far.
static DscLines DSC_TYPED(lines_kind)(const DscConvolution *call) {
  const int64_t *out = call->out_size, outputs = call->out_channels / call->groups;
  const int64_t through = (dsc_grid(call).count + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR;
  const int64_t cut = out[0] * out[1] * DSC_TYPED(line_vectors)(call);
  const int64_t width = DSC_TYPED(output_vectors)(call) * DSC_LANES_PER_VECTOR;
  const int64_t blocks = (outputs + width - 1) / width * (width / DSC_LANES_PER_VECTOR);
  if (5 * dsc_volume(out) * blocks <= 4 * (cut < through ? cut : through) * outputs)
    return DSC_LINES_OF_OUTPUTS;
  return 20 * cut <= 21 * through ? DSC_LINES_OF_COLUMNS : DSC_LINES_NONE;
}

static int64_t DSC_TYPED(lines_rows)(const DscConvolution *call, DscLines kind) {
  return kind == DSC_LINES_OF_COLUMNS ? DSC_LINE_ROWS
                                      : DSC_TYPED(output_vectors)(call) * DSC_LANES_PER_VECTOR;
}

static void DSC_TYPED(lines_band)(const DscBand *band) {
  if (band->kind == DSC_LINES_OF_OUTPUTS)
    DSC_TYPED(outputs_band)(band);
  else
    DSC_TYPED(columns_band)(band);
}

// Packs weights to panels of a tile's channels, in the order of the sums.
static void DSC_TYPED(lines_pack)(const DscConvolution *call, int64_t group, int64_t first,
                                  int64_t count, DscLines kind, bool by_lines, DSC_T *out) {
  DscWeightSteps steps = dsc_weight_steps(call);
  int64_t taps = dsc_volume(call->taps), channels = call->in_channels / call->groups;
  int64_t line = by_lines ? call->taps[2] : taps;  // taps between changes of the channel
  int64_t panel = DSC_TYPED(lines_rows)(call, kind);
  const DSC_T *from = (const DSC_T *)call->weight + group * steps.group + first * steps.output;
  for (int64_t i = 0, rows; i < count; i += rows, from += rows * steps.output) {
    rows = count - i < panel ? count - i : panel;
    if (kind == DSC_LINES_OF_COLUMNS) rows = DSC_TYPED(height)(count - i);
    for (int64_t p = 0; p < taps; p += line)
      for (int64_t c = 0; c < channels; c++)
        for (int64_t t = p; t < p + line; t++, out += panel) {
          for (int64_t r = 0; r < rows; r++)
            out[r] = from[r * steps.output + c * steps.channel + t];
          for (int64_t r = rows; r < panel; r++) out[r] = 0;
        }
  }
}

#undef DSC_FOR_LINE_ROWS
#undef DSC_LINE_ROWS
#undef DSC_MULTIPLY_ADD
#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
