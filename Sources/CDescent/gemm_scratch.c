// The memory of packed panels, and of sums that several threads add up. A buffer of each a thread,
// kept until the thread ends: one that is mapped and unmapped by every call costs more in page
// faults than the packing itself.
#include <pthread.h>
#include <stdlib.h>

#include "dsc_product.h"

typedef struct {
  void *data;
  size_t size;
} Buffer;

typedef enum { PANELS, SUMS, KINDS } Kind;
static _Thread_local Buffer buffers[KINDS];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t keys[KINDS];

static void make_keys(void) {
  for (int kind = 0; kind < KINDS; kind++) (void)pthread_key_create(&keys[kind], free);
}

static void *at_least(size_t bytes, Kind kind) {
  Buffer *buffer = &buffers[kind];
  if (bytes <= buffer->size) return buffer->data;
  size_t size = 1 << 16;
  while (size < bytes) size *= 2;
  (void)pthread_once(&once, make_keys);
  free(buffer->data);
  *buffer = (Buffer){NULL, 0};
  void *data = aligned_alloc(4096, size);
  (void)pthread_setspecific(keys[kind], data);  // freed when the thread ends
  if (data != NULL) *buffer = (Buffer){data, size};
  return data;
}

void *dsc_product_scratch(size_t bytes) { return at_least(bytes, PANELS); }

void *dsc_product_sums(size_t bytes) { return at_least(bytes, SUMS); }
