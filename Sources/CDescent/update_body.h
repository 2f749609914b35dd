// One instruction set's loops of optimizers' rules. Each operation is rounded by itself, in the
// order of the rule's program (Sources/DescentOptim), so that both give the same bits.
#pragma clang fp contract(off)

#define DEFINE_RULE(NAME, L, T, TENSORS, SCALARS, ...)                              \
  static void DSC_NAME(NAME##_##L)(void *const *data, int64_t first, int64_t count, \
                                   const DscScalar *scalars) {                      \
    T *t[TENSORS], s[SCALARS];                                                      \
    for (int k = 0; k < TENSORS; k++) t[k] = (T *)data[k] + first;                  \
    for (int k = 0; k < SCALARS; k++) s[k] = (T)scalars[k].d;                       \
    DSC_VECTOR for (int64_t i = 0; i < count; i++) { __VA_ARGS__ }                  \
  }

// clang-format off
#define DEFINE_RULES(L, T)                                                                           \
  DEFINE_RULE(descent, L, T, 2, 1, { t[0][i] = t[0][i] - s[0] * t[1][i]; })                          \
  DEFINE_RULE(momentum, L, T, 3, 2, {                                                                \
    const T velocity = s[1] * t[1][i] + t[2][i];                                                     \
    t[0][i] = t[0][i] - s[0] * velocity;                                                             \
    t[1][i] = velocity;                                                                              \
  })                                                                                                 \
  DEFINE_RULE(nesterov, L, T, 3, 2, {                                                                \
    const T velocity = s[1] * t[1][i] + t[2][i];                                                     \
    t[0][i] = t[0][i] - s[0] * (t[2][i] + s[1] * velocity);                                          \
    t[1][i] = velocity;                                                                              \
  })                                                                                                 \
  DEFINE_RULE(adam, L, T, 4, 7, {                                                                    \
    const T gradient = t[3][i];                                                                      \
    const T mean = t[1][i] + (gradient - t[1][i]) * s[1];                                            \
    const T square = t[2][i] * s[2] + s[3] * gradient * gradient;                                    \
    t[0][i] = t[0][i] * s[0] - s[4] * mean / (__builtin_elementwise_sqrt(square) / s[5] + s[6]);     \
    t[1][i] = mean;                                                                                  \
    t[2][i] = square;                                                                                \
  })
// clang-format on
DEFINE_RULES(F32, float)
DEFINE_RULES(F64, double)

#define X(NAME, name, tensors, outputs, scalars) \
  [DSC_UPDATE_##NAME] = {DSC_NAME(name##_F32), DSC_NAME(name##_F64)},
static const DscUpdateLoop DSC_NAME(update_loops)[][2] = {DSC_UPDATE_RULES(X)};
#undef X
#undef DEFINE_RULE
#undef DEFINE_RULES
