// Scans along one dim, block by block: a block is a part of some rows, or some rows of a tile of
// columns. The running values of a block's rows or columns are carried on to the next.
#include <math.h>
#include <string.h>

#include "dsc_loop_macros.h"
#include "dsc_split.h"
#include "include/dsc_pool.h"
#include "include/dsc_reduce.h"

#define DSC_UNROLL DSC_PRAGMA(clang loop unroll(full))

enum {
  PIECE = 1 << 15,  // elements of one piece of parallel work
  TILE = 256,       // columns of a block
  ROWS = 16,        // rows of a block at most
  SIDE_BY_SIDE = 4,
  TOGETHER = 32,  // elements that are looked at for a new extreme
  BLOCK = DSC_CHUNK_BYTES / sizeof(int64_t),
};

typedef struct {
  int64_t rows, columns;
  int64_t in_row, out_row;  // strides of rows
  int64_t index;            // of the first element along the dim
} Block;

/// Scans a block: `state` and `place` hold the running values and their places, `places` (rows x
/// columns) receives the latter.
typedef void (*ScanLoop)(const Block *block, const void *in, void *state, int64_t *place, void *out,
                         int64_t *places);
typedef struct {
  ScanLoop rows, columns;
} ScanLoops;

// ln(e^a + e^b)
static inline double log_add_exp(double a, double b) {
  const double high = a > b ? a : b, low = a > b ? b : a;
  if (a != a || b != b) return a + b;
  return high == low && isinf(high) ? high : high + log1p(exp(low - high));
}

// ROW(OP, lane, T, A, expression): totals are of type A; those of float32 are double, as PyTorch's
// are. Wrapping totals are unsigned.
#define VECTOR_TOTALS(ROW)             \
  ROW(SUM, F32, float, double, a + b)  \
  ROW(SUM, F64, double, double, a + b) \
  ROW(PROD, F32, float, double, a *b)  \
  ROW(PROD, F64, double, double, a *b) \
  ROW(PROD, I64, uint64_t, uint64_t, a *b)
#define INTEGER_SUMS(ROW) ROW(SUM, I64, uint64_t, uint64_t, a + b)
#define SCALAR_TOTALS(ROW)                              \
  ROW(LOGSUMEXP, F32, float, double, log_add_exp(a, b)) \
  ROW(LOGSUMEXP, F64, double, double, log_add_exp(a, b))
// ROW(OP, lane, T, comparison of a new value with the extreme so far)
#define EXTREMES(ROW)        \
  ROW(MAX, F32, float, >=)   \
  ROW(MAX, F64, double, >=)  \
  ROW(MAX, I64, int64_t, >=) \
  ROW(MIN, F32, float, <=)   \
  ROW(MIN, F64, double, <=)  \
  ROW(MIN, I64, int64_t, <=)

#define DSC_BODY "scan_body.h"
#include "dsc_for_each_target.h"

static const ScanLoops (*const tables[DSC_TARGET_COUNT])[DSC_LANE_COUNT] =
    DSC_PER_TARGET(scan_loops);

typedef struct {
  DscScan op;
  ScanLoops loops;
  DscDims dims;             // all but the one along which it goes
  int64_t count;            // of elements along that one
  const DscView *views[3];  // input, output, and perhaps indices
  int64_t along[3];         // their strides along it
  int operands;
  DscLane lane;
  bool by_column;
  bool native[2];  // operands whose rows are contiguous values of the lane
  int64_t columns, tile, tiles, group;
  int64_t rows;  // of a block, by rows
} Scan;

// Rows, or columns, scanned together.
typedef struct {
  const Scan *call;
  int64_t first, width;
} Panel;

static DscRectangle rectangle(const Panel *panel, int operand, int64_t from) {
  const Scan *call = panel->call;
  return dsc_rectangle(&call->dims, operand, call->views[operand], panel->first,
                       call->along[operand], from, call->by_column);
}

// What comes before the first element. It takes the place of the worst.
static void start(const Scan *call, int64_t width, void *state, int64_t *place) {
  const bool extreme = call->op == DSC_SCAN_MAX || call->op == DSC_SCAN_MIN;
  const double total = call->op == DSC_SCAN_PROD ? 1 : 0;
  const double worst = call->op == DSC_SCAN_MIN ? INFINITY : -INFINITY;
  const double none = extreme || call->op == DSC_SCAN_LOGSUMEXP ? worst : total;
  float *floats = state;
  double *doubles = state;
  int64_t *integers = state;
  for (int64_t i = 0; i < width; i++) {
    if (call->lane == DSC_LANE_I64) {
      integers[i] = !extreme ? (int64_t)total : worst > 0 ? INT64_MAX : INT64_MIN;
    } else if (call->lane == DSC_LANE_F32 && extreme) {
      floats[i] = (float)none;
    } else {
      doubles[i] = none;
    }
    place[i] = 0;
  }
}

static const void *load(const Scan *call, const DscRectangle *source, Block *block, int64_t *out) {
  if (call->native[0]) {
    block->in_row = source->row_stride;
    return source->data;
  }
  block->in_row = block->columns;
  DscRectangle values = *source;
  if (values.dtype == DSC_BOOL) values.dtype = DSC_UINT8;  // as it is in memory
  dsc_load_rectangle(&values, block->rows, block->columns, out);
  return out;
}

static void scan_panel(const Panel *panel) {
  const Scan *call = panel->call;
  _Alignas(64) int64_t in[BLOCK], out[BLOCK], places[BLOCK], state[TILE], place[TILE];
  start(call, panel->width, state, place);
  const int64_t extent = BLOCK / panel->width;
  for (int64_t from = 0; from < call->count; from += extent) {
    const int64_t some = dsc_smaller(extent, call->count - from);
    const DscRectangle source = rectangle(panel, 0, from), to = rectangle(panel, 1, from);
    Block block = {.rows = call->by_column ? some : panel->width,
                   .columns = call->by_column ? panel->width : some,
                   .index = from};
    const void *values = load(call, &source, &block, in);
    const bool direct = call->native[1];
    block.out_row = direct ? to.row_stride : block.columns;
    const ScanLoop loop = call->by_column ? call->loops.columns : call->loops.rows;
    loop(&block, values, state, place, direct ? (void *)to.data : out, places);
    if (!direct) dsc_store_rectangle(call->lane, out, block.rows, block.columns, &to);
    if (call->operands < 3) continue;
    const DscRectangle indices = rectangle(panel, 2, from);
    dsc_store_rectangle(DSC_LANE_I64, places, block.rows, block.columns, &indices);
  }
}

static void piece(void *context, int64_t index) {
  const Scan *call = context;
  Panel panel = {.call = call};
  const int64_t kept = call->dims.total;
  const int64_t units = call->by_column ? kept / call->columns * call->tiles : kept;
  const int64_t end = dsc_smaller((index + 1) * call->group, units);
  for (int64_t unit = index * call->group; unit < end;) {
    if (call->by_column) {
      const int64_t from = unit % call->tiles * call->tile;
      panel.first = unit / call->tiles * call->columns + from;
      panel.width = dsc_smaller(call->tile, call->columns - from);
      unit++;
    } else {
      panel.first = unit;
      panel.width = dsc_run(&call->dims, unit, dsc_smaller(call->rows, end - unit));
      unit += panel.width;
    }
    scan_panel(&panel);
  }
}

static inline int64_t magnitude(int64_t stride) { return stride < 0 ? -stride : stride; }

int dsc_scan(DscScan op, int ndim, const int64_t *shape, int dim, const DscView *input,
             const DscView *output, const DscView *indices) {
  Scan call = {.op = op, .views = {input, output, indices}, .operands = indices ? 3 : 2};
  const DscLane own = dsc_dtype_lane(input->dtype);
  call.lane = own == DSC_LANE_BOOL ? DSC_LANE_I64 : own;
  call.loops = tables[dsc_target()][op][call.lane];
  if (!call.loops.rows) return DSC_UNSUPPORTED;
  call.count = ndim > 0 ? shape[dim] : 1;
  const uint32_t others = ndim > 0 ? ~(1u << dim) : 0;
  dsc_dims(&call.dims, ndim, shape, others, true, call.views, call.operands);
  const int64_t kept = call.dims.total;
  if (kept == 0 || call.count == 0) return DSC_OK;
  const int inner = call.dims.ndim - 1;
  for (int i = 0; i < call.operands; i++)
    call.along[i] = call.count > 1 ? call.views[i]->strides[dim] : 1;
  const int64_t across = magnitude(call.dims.strides[0][inner]);
  call.by_column = kept > 1 && call.count > 1 && across < magnitude(call.along[0]);
  call.columns = call.dims.shape[inner];
  for (int i = 0; i < 2; i++)
    call.native[i] = dsc_is_native(call.views[i]->dtype, call.lane) &&
                     (call.by_column ? call.dims.strides[i][inner] : call.along[i]) == 1;
  call.tile = dsc_smaller(TILE, call.columns);
  call.tiles = dsc_parts(call.columns, call.tile);
  const int64_t work = call.by_column ? call.count * call.tile : call.count;
  const int64_t units = call.by_column ? kept / call.columns * call.tiles : kept;
  // Of long rows as few as the loops take at a time: the processor sees how they go on.
  const bool alone =
      op == DSC_SCAN_MAX || op == DSC_SCAN_MIN || (op == DSC_SCAN_SUM && call.lane == DSC_LANE_I64);
  const int64_t least = alone ? 1 : SIDE_BY_SIDE;
  call.rows = dsc_smaller(dsc_larger(BLOCK / call.count, least), ROWS);
  call.group = PIECE > work ? PIECE / work : 1;
  if (!call.by_column && call.group < ROWS) call.group = SIDE_BY_SIDE;
  dsc_parallel(dsc_parts(units, call.group), piece, &call);
  return DSC_OK;
}
