/// The median time of one call: 15 samples of some milliseconds each, 5 of work that takes longer.
func median(_ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  func seconds(_ count: Int) -> Double {
    clock.measure { for _ in 0..<count { body() } } / .seconds(1)
  }
  var count = 1
  while seconds(count) < 0.01 { count *= 2 }
  let samples = seconds(count) > 0.1 ? 5 : 15
  return (0..<samples).map { _ in seconds(count) / Double(count) }.sorted()[samples / 2]
}
