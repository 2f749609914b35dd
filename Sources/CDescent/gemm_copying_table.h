// copying_tile for every number of rows. No include guard.
#define DSC_COPYING_TILE(rows)                                                                  \
  static void DSC_FROM(copying_tile_##rows)(                                                    \
      int64_t k, const DSC_T *a, int64_t a_row, int64_t a_column, const void *b, int64_t b_row, \
      DSC_T *panel, DSC_T *out, int64_t out_row, DscInto into) {                                \
    DSC_FROM(copying_tile)                                                                      \
    (rows, k, a, a_row, a_column, b, b_row, panel, out, out_row, into);                         \
  }
#define DSC_COPYING_ENTRY(rows) DSC_FROM(copying_tile_##rows),
DSC_FOR_TILE_ROWS(DSC_COPYING_TILE)
static const DSC_TYPED(CopyingTile)
    DSC_FROM(copying_tiles)[DSC_TILE_ROWS] = {DSC_FOR_TILE_ROWS(DSC_COPYING_ENTRY)};
#undef DSC_COPYING_TILE
#undef DSC_COPYING_ENTRY
