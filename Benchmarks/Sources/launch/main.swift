// Starts a command twenty times and prints what a start takes: the median of the wall time, and the largest
// resident size.
//
//   launch SIDE ROW COMMAND...

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

guard CommandLine.arguments.count > 3 else {
  print("launch: a side, a row and a command are needed. Try launch descent B11-start ./startup.")
  exit(2)
}
let (side, row) = (CommandLine.arguments[1], CommandLine.arguments[2])
let command = Array(CommandLine.arguments.dropFirst(3))

/// The seconds and the largest resident bytes of one start.
func start() -> (seconds: Double, peak: Int) {
  var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
  defer { for argument in arguments { free(argument) } }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  defer { posix_spawn_file_actions_destroy(&actions) }
  var child = pid_t()
  var status: Int32 = 0
  var usage = rusage()
  let clock = ContinuousClock()
  let time = clock.measure {
    guard posix_spawnp(&child, command[0], &actions, nil, &arguments, environ) == 0 else {
      print("launch: the command does not start. Got \(command[0]).")
      exit(1)
    }
    wait4(child, &status, 0, &usage)
  }
  guard status == 0 else {
    print("launch: the command failed. Got status \(status) of \(command[0]).")
    exit(1)
  }
  return (time / .seconds(1), usage.ru_maxrss * 1024)
}

let starts = (0..<20).map { _ in start() }
let seconds = starts.map(\.seconds).sorted()[10]
let peak = starts.map(\.peak).max()!
print("{\"side\":\"\(side)\",\"row\":\"\(row)\",\"seconds\":\(seconds),\"peak\":\(peak)}")
