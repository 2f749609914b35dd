// One instruction set's copy past the cache: whole lines.
static void DSC_NAME(stream)(size_t size, const char *from, int64_t bytes, char *to,
                             const DscAhead *ahead, int aheads) {
  typedef char Vector __attribute__((vector_size(DSC_VECTOR_BYTES)));
  const int64_t elements = DSC_LINE / (int64_t)size;
  int64_t index = 0;
  for (int64_t done = 0; done < bytes; done += DSC_LINE, index += elements) {
    dsc_fetch(ahead, aheads, index, elements);
    Vector values[DSC_LINE / DSC_VECTOR_BYTES];
    memcpy(values, from + done, DSC_LINE);
    for (int k = 0; k < DSC_LINE / DSC_VECTOR_BYTES; k++)
      __builtin_nontemporal_store(values[k], (Vector *)(void *)(to + done) + k);
  }
}
