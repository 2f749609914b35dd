#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The largest resident size of this process so far, in bytes.
func peakBytes() -> Int {
  var usage = rusage()
  getrusage(0, &usage)  // RUSAGE_SELF, which has another type on each system
  #if os(Linux)
    return usage.ru_maxrss * 1024
  #else
    return usage.ru_maxrss
  #endif
}
