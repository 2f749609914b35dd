// What belongs to a thread and is touched by every small operation: reached by an instruction or
// two, where a thread-specific key would be a call and an object of Swift a count of references.
#ifndef DSC_THREAD_H
#define DSC_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Size classes of blocks that a thread keeps for itself.
#define DSC_BLOCK_CLASSES 41
/// About as many bytes of each class.
#define DSC_BYTES_PER_CLASS (256 * 1024)

typedef struct {
  void *blocks[DSC_BLOCK_CLASSES];  // free blocks, linked through their first word
  int32_t block_counts[DSC_BLOCK_CLASSES];
  bool no_grad;           // operations are not recorded
  bool has_graves;        // nodes wait to be freed
  int32_t release_depth;  // nested releases of graph nodes
  void *state;            // the rest, an object of Swift; NULL until it is needed
} DscThread;

extern _Thread_local DscThread dsc_thread_local;

static inline DscThread *dsc_thread(void) { return &dsc_thread_local; }

/// A free block of the class, or NULL.
static inline void *dsc_block_pop(int64_t size_class) {
  DscThread *thread = dsc_thread();
  void *block = thread->blocks[size_class];
  if (block) {
    thread->blocks[size_class] = *(void **)block;
    thread->block_counts[size_class]--;
  }
  return block;
}

/// Keeps the block of `bytes` unless the thread has enough of its class, or no state yet that gives
/// blocks back at the thread's end.
static inline bool dsc_block_push(void *block, int64_t size_class, int64_t bytes) {
  DscThread *thread = dsc_thread();
  if (thread->block_counts[size_class] * bytes >= DSC_BYTES_PER_CLASS || !thread->state)
    return false;
  *(void **)block = thread->blocks[size_class];
  thread->blocks[size_class] = block;
  thread->block_counts[size_class]++;
  return true;
}

#endif
