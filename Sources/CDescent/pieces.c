// Cutting reductions into pieces.
#include "dsc_pieces.h"

enum {
  PIECE = 1 << 16,  // elements of one piece
  ENOUGH_PIECES = 64,
  LONGEST_PIECE = 1 << 30,  // rows are counted in 32 bits
};

static void cut_rows(const DscSplit *split, DscPieces *pieces) {
  const int64_t count = split->reduced.total, rows = split->kept.total;
  pieces->piece = PIECE;
  pieces->pieces = dsc_parts(count, PIECE);
  pieces->group = PIECE > count ? PIECE / count : 1;
  pieces->units = pieces->pieces > 1 ? rows * pieces->pieces : dsc_parts(rows, pieces->group);
}

void dsc_cut(const DscSplit *split, int64_t widest, int64_t leaf, DscPieces *pieces) {
  if (!split->columns) {
    cut_rows(split, pieces);
    return;
  }
  const int64_t count = split->reduced.total;
  pieces->tile = dsc_smaller(widest, split->columns);
  pieces->tiles = dsc_parts(split->columns, pieces->tile);
  const int64_t tiles = split->kept.total / split->columns * pieces->tiles;
  const int64_t work = count * pieces->tile;
  int64_t parts = dsc_smaller(dsc_parts(ENOUGH_PIECES, tiles), work / PIECE);
  if (parts < dsc_parts(count, LONGEST_PIECE)) parts = dsc_parts(count, LONGEST_PIECE);
  pieces->piece = parts > 1 ? dsc_parts(dsc_parts(count, parts), leaf) * leaf : count;
  pieces->pieces = dsc_parts(count, pieces->piece);
  pieces->group = pieces->pieces == 1 && PIECE > work ? PIECE / work : 1;
  pieces->units = pieces->pieces > 1 ? tiles * pieces->pieces : dsc_parts(tiles, pieces->group);
}

void dsc_tiles(const DscSplit *split, const DscPieces *pieces, int64_t unit, int64_t *first,
               int64_t *end) {
  const int64_t tiles = split->kept.total / split->columns * pieces->tiles;
  *first = pieces->pieces == 1 ? unit * pieces->group : unit / pieces->pieces;
  *end = dsc_smaller(*first + pieces->group, tiles);
}

DscTile dsc_tile(const DscSplit *split, const DscPieces *pieces, int64_t unit, int64_t tile) {
  DscTile part;
  part.outer = tile / pieces->tiles;
  part.from = tile % pieces->tiles * pieces->tile;
  part.columns = dsc_smaller(pieces->tile, split->columns - part.from);
  part.result = part.outer * split->columns + part.from;
  part.first = pieces->pieces == 1 ? 0 : unit % pieces->pieces * pieces->piece;
  part.rows = dsc_smaller(pieces->piece, split->reduced.total - part.first);
  return part;
}
