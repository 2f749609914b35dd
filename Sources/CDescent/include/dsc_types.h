// Types shared by every kernel family: dtypes, lanes, operands.
//
// CDescent is numbers in, numbers out: every pointer belongs to the caller, and the only state is
// the thread pool (dsc_pool.h) and a buffer of a few megabytes in each thread that ran a product,
// freed when the thread ends (gemm_scratch.c).
#ifndef DSC_TYPES_H
#define DSC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#error "CDescent is C11"
#endif

#define DSC_CLOSED_ENUM      __attribute__((enum_extensibility(closed)))
#define DSC_SWIFT_NAME(name) __attribute__((swift_name(name)))

/// The largest number of dimensions of a tensor. Shapes and strides live inline everywhere.
#define DSC_MAX_DIMS 8

// X(NAME, name, storage type, lane): the element types, in the order of PyTorch's promotion.
// float16 and bfloat16 are stored as bit patterns and computed in float32;
// the integers are computed in int64 and wrapped when they are stored; bool is 0 or 1 in a byte.
#define DSC_DTYPES(X)                  \
  X(BOOL, bool, uint8_t, BOOL)         \
  X(UINT8, uint8, uint8_t, I64)        \
  X(INT8, int8, int8_t, I64)           \
  X(INT16, int16, int16_t, I64)        \
  X(INT32, int32, int32_t, I64)        \
  X(INT64, int64, int64_t, I64)        \
  X(FLOAT16, float16, uint16_t, F32)   \
  X(BFLOAT16, bfloat16, uint16_t, F32) \
  X(FLOAT32, float32, float, F32)      \
  X(FLOAT64, float64, double, F64)

typedef enum DSC_CLOSED_ENUM {
#define X(NAME, name, type, lane) DSC_##NAME,
  DSC_DTYPES(X)
#undef X
} DscDType;
#define DSC_DTYPE_COUNT 10

// X(NAME, name, type): what instructions compute in.
#define DSC_LANES(X)   \
  X(F32, f32, float)   \
  X(F64, f64, double)  \
  X(I64, i64, int64_t) \
  X(BOOL, bool, uint8_t)

typedef enum DSC_CLOSED_ENUM {
#define X(NAME, name, type) DSC_LANE_##NAME DSC_SWIFT_NAME(#name),
  DSC_LANES(X)
#undef X
} DscLane;
#define DSC_LANE_COUNT 4

/// Size of one element in bytes.
size_t dsc_dtype_size(DscDType dtype);
/// PyTorch's name, without the `torch.` prefix.
const char *dsc_dtype_name(DscDType dtype);
/// The lane in which elements of a dtype are computed.
DscLane dsc_dtype_lane(DscDType dtype);

/// A scalar operand: read the member of the lane it is used in (`i` also for BOOL, 0 or 1; `d` for
/// F32 and F64).
typedef union {
  double d;
  int64_t i;
} DscScalar;

/// One operand: the address of its first element (the offset is already added) and its strides in
/// elements; a stride is 0 where the operand is broadcast and may be negative. Only the first
/// `ndim` strides of a call are read. Operands may be unaligned to vectors but are aligned to their
/// element.
typedef struct {
  void *data;
  DscDType dtype;
  int64_t strides[DSC_MAX_DIMS];
} DscView;

/// What a call can report; 0 is success. Bits, since one call may meet several.
typedef enum {
  DSC_OK = 0,
  DSC_DIVISION_BY_ZERO =
      1,                // integer division or remainder by zero: the caller turns it into an error
  DSC_UNSUPPORTED = 4,  // no kernel for this [op][dtype] cell: never zeros
  DSC_OUT_OF_MEMORY = 8,  // a temporary buffer could not be had
} DscStatus;

#endif
