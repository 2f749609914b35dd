// Max pooling from lines that are read where they lie: what its files share.
#ifndef DSC_MAX_LINES_H
#define DSC_MAX_LINES_H

#include "dsc_windows.h"

/// Columns of a window that a vector of neighbouring outputs meets in the same places of the input:
/// those from `stride * shift` on, one column for each phase of the stride.
typedef struct {
  int64_t shift;
  int32_t column[2];  // of the window, for each phase; -1 is none
} DscColumns;

typedef struct {
  const DscPooling *pooling;
  int64_t low, high;  // least and greatest shift
  int groups;
  DscColumns group[DSC_MAX_TAPS];
  DscExtent source, numbers;
  bool runs_on;  // rows of what is written follow each other without a gap
} DscMaxLines;

/// Elements around a line in a piece's memory: more than a vector reads beyond its ends.
enum { DSC_LINE_MARGIN = 32 };

/// Lines of what is read that a vector of outputs meets.
enum { DSC_MOST_LINES = 64 };

typedef struct {
  const DscMaxLines *plan;
  int64_t begin, end;  // rows of what is written
  DscSpan *spans;      // of those rows' heights
  int32_t *firsts;     // forward: the first column inside, for each output of a row
  char *lines;         // copies of lines that end where nothing may be read
} DscMaxPiece;

#endif
