// Rows of a copy: runs of elements next to each other, in turned order or repeated.
#include "dsc_copying.h"
#include "dsc_loop_macros.h"
#include "dsc_sizes.h"
#include "dsc_strided.h"
#include "dsc_targets.h"

// Rows of up to so many bytes are copied by two moves that may overlap.
enum { SHORT_ROW = 64 };

#define DSC_BODY "copy_rows_body.h"
#include "dsc_for_each_target.h"

typedef struct {
  void (*turned)(const DscCopiedRows *rows);
  void (*repeated)(const DscCopiedRows *rows);
} RowLoops;

#define LOOPS(bits) \
  (RowLoops) { DSC_DISPATCH(turned_##bits), DSC_DISPATCH(repeated_##bits) }

static RowLoops loops_of(size_t size) {
  return size == 1 ? LOOPS(8) : size == 2 ? LOOPS(16) : size == 4 ? LOOPS(32) : LOOPS(64);
}

void dsc_copy_some_rows(const DscCopiedRows *rows) {
  const bool runs = rows->to_stride == 1 && rows->columns > 1;
  const size_t size = rows->size;
  if (runs && rows->from_stride == -1) {
    loops_of(size).turned(rows);
  } else if (runs && rows->from_stride == 0 && rows->to_row == rows->columns) {
    loops_of(size).repeated(rows);
  } else if (runs && rows->from_stride == 1 && rows->columns * (int64_t)size <= SHORT_ROW) {
    DSC_DISPATCH(short_rows)(rows);
  } else {
    dsc_copy_rows(size, rows->from, rows->from_row, rows->from_stride, rows->rows, rows->columns,
                  rows->to, rows->to_row, rows->to_stride);
  }
}
