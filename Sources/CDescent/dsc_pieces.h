// How a reduction is cut into pieces of parallel work. The cut follows from sizes alone, so that
// results do not depend on the number of threads.
#ifndef DSC_PIECES_H
#define DSC_PIECES_H

#include "dsc_split.h"

typedef struct {
  int64_t piece, pieces;  // of the reduced elements of each result: how many one has, how many
  int64_t group;          // rows, or tiles, of one unit of work where results are not cut
  int64_t tile, tiles;    // by columns: columns of a tile, tiles of a row
  int64_t units;          // of parallel work
} DscPieces;

/// Cuts `split`, whose reduced dims are not empty: tiles of at most `widest` columns, pieces of a
/// column of whole leaves of `leaf` rows.
void dsc_cut(const DscSplit *split, int64_t widest, int64_t leaf, DscPieces *pieces);

/// What one unit of work by columns has of one tile: rows first ..< first + rows of `columns`
/// columns from `from` on, for the results from `result` on.
typedef struct {
  int64_t outer, from, columns, result, first, rows;
} DscTile;

/// The tiles of a unit of work: the range of those that `dsc_tile` gives.
void dsc_tiles(const DscSplit *split, const DscPieces *pieces, int64_t unit, int64_t *first,
               int64_t *end);
DscTile dsc_tile(const DscSplit *split, const DscPieces *pieces, int64_t unit, int64_t tile);

#endif
