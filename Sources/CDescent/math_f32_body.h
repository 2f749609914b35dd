#define ROW1(NAME, e) DSC_LOOP1(DSC_SCALAR, NAME, F32, float, float, e)
#define ROW2(NAME, e) DSC_LOOP2(DSC_SCALAR, NAME, F32, float, float, e)
FUNCTION_ROWS(ROW1, ROW2)
#define CELL(NAME, e) [DSC_OP_##NAME] = DSC_LOOP_NAME(NAME, F32),
static const DscLoop DSC_NAME(math_f32_loops)[DSC_OP_COUNT] = {FUNCTION_ROWS(CELL, CELL)};
#undef ROW1
#undef ROW2
#undef CELL
