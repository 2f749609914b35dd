#define ROW1(NAME, e) DSC_LOOP1(DSC_SCALAR, NAME, F64, double, double, e)
#define ROW2(NAME, e) DSC_LOOP2(DSC_SCALAR, NAME, F64, double, double, e)
FUNCTION_ROWS(ROW1, ROW2)
#define CELL(NAME, e) [DSC_OP_##NAME] = DSC_LOOP_NAME(NAME, F64),
static const DscLoop DSC_NAME(math_f64_loops)[DSC_OP_COUNT] = {FUNCTION_ROWS(CELL, CELL)};
#undef ROW1
#undef ROW2
#undef CELL
