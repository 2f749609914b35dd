// What the kernels' tests share.
#include <stdbool.h>
#include <stdint.h>

/// Uniform in ±1, and an integer from 0 to n - 1.
double draw(void);
int64_t below(int64_t n);

/// Attention of random sizes, layouts and masks, with its gradients, against its definition;
/// returns the worst error beside 1 and the value, or infinity.
double attention_error(void);
