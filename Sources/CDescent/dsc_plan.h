// How one call of a program will be walked: dims merged, operands classified, scratch laid out.
#ifndef DSC_PLAN_H
#define DSC_PLAN_H

#include <stdatomic.h>

#include "dsc_broadcast.h"
#include "dsc_loops.h"

#define DSC_MAX_OPERANDS (DSC_MAX_INPUTS + DSC_MAX_OUTPUTS)

// A thread's scratch: a slot per register, two for conversions, each followed by a cache line so
// that slots do not share their low address bits. Blocks are short: then the processor sees every
// operand read all the time, and fetches it in time.
#define DSC_SCRATCH_BYTES (16 * 1024)
#define DSC_SLOT_GAP      64
#define DSC_MAX_BLOCK     512

typedef struct {
  char *data;
  int64_t stride;  // of the innermost dim
  int64_t period;  // above 0: values repeat with this period, which divides the step
  DscDType dtype;
  uint8_t reg, size;
  bool native;    // memory holds values of the register's lane
  bool linear;    // element k of the walk lies at k * stride
  bool constant;  // every stride is 0
  bool tiled;     // an input whose fastest dim is not the last: it is read a tile at a time
  bool direct;    // loops work on this memory where a block is a multiple of DSC_STEP
  bool streamed;  // an output that goes past the cache
} DscOperand;

typedef struct {
  const DscProgram *program;
  DscProgram narrowed;  // what `program` is where dsc_narrow() applies
  const DscScalar *scalars;
  DscTarget target;
  int ndim;
  int64_t shape[DSC_MAX_DIMS];
  int64_t strides[DSC_MAX_OPERANDS][DSC_MAX_DIMS];  // inputs, then outputs
  DscOperand operands[DSC_MAX_OPERANDS];
  int64_t total;
  int64_t block;   // elements a slot can hold
  int64_t step;    // the longest run of elements processed at once
  int64_t origin;  // number of the element where the outputs begin
  bool crossing;   // blocks go on over the ends of (short) rows
  bool any_direct, streams;
  bool tiled;                          // walked in tiles of DSC_TILE_ROWS rows of the last two dims
  int64_t tile_columns;                // at most
  int32_t tile_slots[DSC_MAX_INPUTS];  // offset into the tiles of a tiled input
  int32_t slots[DSC_MAX_REGISTERS + 2];  // offsets into the scratch
  DscLoop loops[DSC_MAX_INSTRUCTIONS];
  DscStreamLoop finish;  // does the last instruction for a streamed output, or NULL
  int finished;          // that output
  DscHalfLoop halves;    // does the only instruction, which is on halves in order, or NULL
  DscRowsLoop rows;      // does the only instruction on rows, or NULL
  _Atomic int status;
} DscPlan;

#define DSC_TILE_ROWS   16
#define DSC_TILE_BYTES  (16 * 1024)  // of all tiled inputs together

#define DSC_RAW_SLOT    DSC_MAX_REGISTERS        // an operand as it is in memory
#define DSC_MIDDLE_SLOT (DSC_MAX_REGISTERS + 1)  // between two conversions

/// Fills a plan. With `outputs` the dims are reordered to follow the first output; without, they
/// are walked as given and the only output goes to contiguous memory at `out`, in its lane.
int dsc_plan(DscPlan *plan, const DscProgram *program, int ndim, const int64_t *shape,
             const DscView *inputs, const DscScalar *scalars, const DscView *outputs, void *out);

/// Chooses the operands of a plan that loops read and write where they lie, and what goes past the
/// cache; to_tensors: outputs are tensors, not one run of memory.
void dsc_plan_choose_direct(DscPlan *plan, bool to_tensors);

/// Runs the program for elements first ..< first + count of the walk; bits go to plan->status.
void dsc_plan_run(DscPlan *plan, int64_t first, int64_t count);

/// The loop of a plan whose only instruction is on halves that lie in order, or NULL; and how to
/// run it.
DscHalfLoop dsc_plan_half_loop(const DscPlan *plan);
void dsc_plan_run_halves(const DscPlan *plan, int64_t first, int64_t count);

/// The loop of a plan whose only instruction is on rows where they lie, or NULL; and how to run it.
DscRowsLoop dsc_plan_rows_loop(const DscPlan *plan);
void dsc_plan_run_rows(const DscPlan *plan, int64_t first, int64_t count);

/// Number of tiles of a tiled plan, and how to run some of them.
int64_t dsc_plan_tiles(const DscPlan *plan);
void dsc_plan_run_tiles(DscPlan *plan, int64_t first, int64_t count);

#endif
