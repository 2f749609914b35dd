// Copies between any two layouts, with conversion: rows where both sides agree on the fastest dim,
// tiles where they do not.
#include "dsc_copying.h"
#include "dsc_evaluate.h"
#include "dsc_stream.h"
#include "dsc_strided.h"
#include "include/dsc_pool.h"

enum {
  TILE = 64,
  TILES_PER_PIECE = 8,
  PIECE_BYTES = 1 << 18,
  // Below this many elements a strided walk stays in the cache and needs no tiles.
  SMALLEST_TILED = 1024,
};

typedef struct {
  int ndim;
  int64_t shape[DSC_MAX_DIMS], from_strides[DSC_MAX_DIMS], to_strides[DSC_MAX_DIMS];
  const char *from;
  char *to;
  DscDType from_dtype, to_dtype;
  int64_t from_size, to_size;
  int across;  // the source's fastest dim, where it is not the last
  int64_t total;
  bool streams;  // the destination goes past the cache
} Copy;

static inline int64_t magnitude(int64_t stride) { return stride < 0 ? -stride : stride; }

// Orders the dims by the destination's strides, largest first, and merges what both walk as one.
static void plan_copy(Copy *copy, int ndim, const int64_t *shape, const DscView *source,
                      const DscView *destination) {
  int order[DSC_MAX_DIMS], kept = 0;
  copy->total = 1;
  for (int d = 0; d < ndim; d++) {
    copy->total *= shape[d];
    if (shape[d] == 1) continue;
    int at = kept++;
    const int64_t stride = magnitude(destination->strides[d]);
    for (; at > 0 && magnitude(destination->strides[order[at - 1]]) < stride; at--)
      order[at] = order[at - 1];
    order[at] = d;
  }
  copy->ndim = 0;
  for (int k = 0; k < kept; k++) {
    const int64_t size = shape[order[k]];
    const int64_t from = source->strides[order[k]], to = destination->strides[order[k]];
    const int last = copy->ndim - 1;
    const bool merges =
        last >= 0 && copy->from_strides[last] == from * size && copy->to_strides[last] == to * size;
    const int at = merges ? last : copy->ndim++;
    copy->shape[at] = merges ? copy->shape[at] * size : size;
    copy->from_strides[at] = from;
    copy->to_strides[at] = to;
  }
  copy->from = source->data;
  copy->to = destination->data;
  copy->from_dtype = source->dtype;
  copy->to_dtype = destination->dtype;
  copy->from_size = (int64_t)dsc_dtype_size(source->dtype);
  copy->to_size = (int64_t)dsc_dtype_size(destination->dtype);
  copy->streams = dsc_streams(copy->total * copy->to_size);
}

static void find_across(Copy *copy) {
  copy->across = -1;
  const int inner = copy->ndim - 1;
  if (copy->total < SMALLEST_TILED || copy->to_strides[inner] != 1) return;
  if (copy->from_strides[inner] == 0) return;
  for (int d = 0; d < inner; d++)
    if (magnitude(copy->from_strides[d]) == 1 && copy->shape[d] >= 4 && copy->shape[inner] >= 4)
      copy->across = d;
}

static void copy_tile(const Copy *copy, const char *from, char *to, int64_t rows, int64_t columns) {
  const int inner = copy->ndim - 1;
  const int64_t along = copy->from_strides[copy->across], stride = copy->from_strides[inner];
  const int64_t pitch = copy->to_strides[copy->across] * copy->to_size;
  _Alignas(64) char tile[TILE * TILE * sizeof(int64_t)];
  dsc_gather_tile((size_t)copy->from_size, from, along, stride, rows, columns, columns, tile);
  if (copy->from_dtype == copy->to_dtype) {
    for (int64_t i = 0; i < rows; i++) {
      const char *row = tile + i * columns * copy->from_size;
      if (copy->streams) {
        dsc_stream((size_t)copy->to_size, row, columns, to + i * pitch, NULL, 0);
      } else {
        memcpy(to + i * pitch, row, (size_t)(columns * copy->to_size));
      }
    }
    return;
  }
  const DscLane lane = dsc_dtype_lane(copy->from_dtype);
  _Alignas(64) char values[TILE * sizeof(int64_t)];
  for (int64_t i = 0; i < rows; i++) {
    dsc_load_lane(copy->from_dtype, tile + i * columns * copy->from_size, 1, columns, values);
    dsc_store_lane(lane, values, columns, copy->to_dtype, to + i * pitch, 1);
  }
}

static inline int64_t tiles_of(int64_t size) { return (size + TILE - 1) / TILE; }

static int64_t tile_count(const Copy *copy) {
  int64_t count = 1;
  for (int d = 0; d < copy->ndim; d++) {
    const bool tiled = d == copy->across || d == copy->ndim - 1;
    count *= tiled ? tiles_of(copy->shape[d]) : copy->shape[d];
  }
  return count;
}

static void run_tiles(void *context, int64_t piece) {
  const Copy *copy = context;
  const int inner = copy->ndim - 1;
  const int64_t all = tile_count(copy), first = piece * TILES_PER_PIECE;
  for (int64_t t = first; t < first + TILES_PER_PIECE && t < all; t++) {
    int64_t rest = t, from = 0, to = 0, rows = 0, columns = 0;
    for (int d = inner; d >= 0; d--) {
      const bool tiled = d == copy->across || d == inner;
      const int64_t size = tiled ? tiles_of(copy->shape[d]) : copy->shape[d];
      const int64_t at = rest % size * (tiled ? TILE : 1);
      rest /= size;
      from += at * copy->from_strides[d];
      to += at * copy->to_strides[d];
      const int64_t left = copy->shape[d] - at, extent = left < TILE ? left : TILE;
      if (d == inner) columns = extent;
      if (d == copy->across) rows = extent;
    }
    copy_tile(copy, copy->from + from * copy->from_size, copy->to + to * copy->to_size, rows,
              columns);
  }
  if (copy->streams) dsc_stream_finish();
}

static inline int64_t bytes_of(const Copy *copy) {
  return copy->total * (copy->from_size + copy->to_size) / 2;
}

static void run_bytes(void *context, int64_t piece) {
  const Copy *copy = context;
  const int64_t first = piece * PIECE_BYTES, left = copy->total * copy->to_size - first;
  const int64_t bytes = left < PIECE_BYTES ? left : PIECE_BYTES;
  if (!copy->streams) {
    memcpy(copy->to + first, copy->from + first, (size_t)bytes);
    return;
  }
  const DscAhead ahead = {copy->from + first + DSC_AHEAD * (int64_t)sizeof(float), 1};
  dsc_stream(1, copy->from + first, bytes, copy->to + first, &ahead, 1);
  dsc_stream_finish();
}

static inline int64_t row_elements(const Copy *copy) { return PIECE_BYTES / copy->to_size; }

// Elements first ..< first + row_elements in the destination's order, a run of the inner dim (or
// several whole ones) at a time.
static void run_rows(void *context, int64_t piece) {
  const Copy *copy = context;
  const int inner = copy->ndim - 1;
  const int64_t size = copy->to_size, width = copy->shape[inner];
  int64_t index = piece * row_elements(copy);
  int64_t count = copy->total - index;
  if (count > row_elements(copy)) count = row_elements(copy);
  while (count > 0) {
    int64_t rest = index / width, from = 0, to = 0;
    const int64_t column = index % width;
    for (int d = inner - 1; d >= 0; d--) {
      from += rest % copy->shape[d] * copy->from_strides[d];
      to += rest % copy->shape[d] * copy->to_strides[d];
      rest /= copy->shape[d];
    }
    int64_t rows = 1, columns = width - column;
    if (columns > count) columns = count;
    if (inner > 0 && column == 0 && columns == width) {
      const int64_t left = copy->shape[inner - 1] - index / width % copy->shape[inner - 1];
      rows = count / width < left ? count / width : left;
    }
    from += column * copy->from_strides[inner];
    to += column * copy->to_strides[inner];
    const int64_t from_row = inner > 0 ? copy->from_strides[inner - 1] : 0;
    const int64_t to_row = inner > 0 ? copy->to_strides[inner - 1] : 0;
    const DscCopiedRows some = {.size = (size_t)size,
                                .rows = rows,
                                .columns = columns,
                                .from = copy->from + from * size,
                                .from_row = from_row,
                                .from_stride = copy->from_strides[inner],
                                .to = copy->to + to * size,
                                .to_row = to_row,
                                .to_stride = copy->to_strides[inner]};
    dsc_copy_some_rows(&some);
    index += rows * columns;
    count -= rows * columns;
  }
}

int dsc_copy(int ndim, const int64_t *shape, const DscView *source, const DscView *destination) {
  Copy copy;
  plan_copy(&copy, ndim, shape, source, destination);
  if (copy.total == 0) return DSC_OK;
  if (copy.ndim == 0) {
    copy.ndim = 1;
    copy.shape[0] = copy.from_strides[0] = copy.to_strides[0] = 1;
  }
  find_across(&copy);
  const int inner = copy.ndim - 1;
  const bool same = copy.from_dtype == copy.to_dtype;
  if (copy.across >= 0) {
    const int64_t pieces = (tile_count(&copy) + TILES_PER_PIECE - 1) / TILES_PER_PIECE;
    dsc_parallel(pieces, run_tiles, &copy);
  } else if (!same) {
    return dsc_pointwise(dsc_copy_program(dsc_dtype_lane(source->dtype)), ndim, shape, source, NULL,
                         destination);
  } else if (inner == 0 && copy.from_strides[0] == 1 && copy.to_strides[0] == 1) {
    dsc_parallel((bytes_of(&copy) + PIECE_BYTES - 1) / PIECE_BYTES, run_bytes, &copy);
  } else {
    const int64_t run = row_elements(&copy);
    dsc_parallel((copy.total + run - 1) / run, run_rows, &copy);
  }
  return DSC_OK;
}
