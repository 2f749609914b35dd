// The loops of gemm_integer.c, once for every instruction set. No include guard.

enum { DSC_NAME(integer_chunk) = 512 };

// A row of C is summed in pieces that stay in L1: sum[j] = sum[j] PLUS (a TIMES b[j]).
// Signed and unsigned types of one width wrap alike, so the unsigned one serves both.
#define DSC_INTEGER_PRODUCT(name, type, wide, PLUS, TIMES)                                      \
  static void DSC_NAME(name)(const DscProduct *p) {                                             \
    const type *a = (const type *)p->a, *b = (const type *)p->b, *bias = (const type *)p->bias; \
    type *c = (type *)p->c, sum[DSC_NAME(integer_chunk)];                                       \
    wide alpha = (wide)(int64_t)p->alpha, beta = (wide)(int64_t)p->beta;                        \
    for (int64_t i = 0; i < p->m; i++) {                                                        \
      for (int64_t j0 = 0; j0 < p->n; j0 += DSC_NAME(integer_chunk)) {                          \
        int64_t count = p->n - j0;                                                              \
        if (count > DSC_NAME(integer_chunk)) count = DSC_NAME(integer_chunk);                   \
        memset(sum, 0, (size_t)count * sizeof(type));                                           \
        for (int64_t l = 0; l < p->k; l++) {                                                    \
          wide x = a[i * p->a_row + l * p->a_column];                                           \
          const type *row = b + l * p->b_row + j0 * p->b_column;                                \
          int64_t step = p->b_column;                                                           \
          if (step == 1) {                                                                      \
            for (int64_t j = 0; j < count; j++) sum[j] = (type)(sum[j] PLUS(x TIMES row[j]));   \
          } else {                                                                              \
            for (int64_t j = 0; j < count; j++)                                                 \
              sum[j] = (type)(sum[j] PLUS(x TIMES row[j * step]));                              \
          }                                                                                     \
        }                                                                                       \
        for (int64_t j = 0; j < count; j++) {                                                   \
          type *out = c + i * p->c_row + (j0 + j) * p->c_column;                                \
          wide value = alpha TIMES sum[j];                                                      \
          if (beta != 0) value = value PLUS(beta TIMES * out);                                  \
          if (bias) value = value PLUS bias[i * p->bias_row + (j0 + j) * p->bias_column];       \
          *out = (type)value;                                                                   \
        }                                                                                       \
      }                                                                                         \
    }                                                                                           \
  }

DSC_INTEGER_PRODUCT(product_u8, uint8_t, uint32_t, +, *)
DSC_INTEGER_PRODUCT(product_u16, uint16_t, uint32_t, +, *)
DSC_INTEGER_PRODUCT(product_u32, uint32_t, uint32_t, +, *)
DSC_INTEGER_PRODUCT(product_u64, uint64_t, uint64_t, +, *)
DSC_INTEGER_PRODUCT(product_bool, uint8_t, uint32_t, |, &)

#undef DSC_INTEGER_PRODUCT
