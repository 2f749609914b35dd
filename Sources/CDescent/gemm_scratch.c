// The memory of packed panels. One buffer a thread, kept until the thread ends: a buffer that is
// mapped and unmapped by every call costs more in page faults than the packing itself.
#include <pthread.h>
#include <stdlib.h>

#include "dsc_product.h"

typedef struct {
  void *data;
  size_t size;
} Scratch;

static _Thread_local Scratch scratch;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void make_key(void) { (void)pthread_key_create(&key, free); }

void *dsc_product_scratch(size_t bytes) {
  if (bytes <= scratch.size) return scratch.data;
  size_t size = 1 << 16;
  while (size < bytes) size *= 2;
  (void)pthread_once(&once, make_key);
  free(scratch.data);
  scratch = (Scratch){NULL, 0};
  void *data = aligned_alloc(4096, size);
  (void)pthread_setspecific(key, data);  // freed when the thread ends
  if (data != NULL) scratch = (Scratch){data, size};
  return data;
}
