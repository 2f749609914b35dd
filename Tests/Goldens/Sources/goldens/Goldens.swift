import Foundation

/// Evaluates PyTorch's own test material on Descent and prints a table of what agrees.
///
///     goldens FOLDER [--list] [--only SECTION[/NAME]]
///
/// Every section runs in a process of its own, so that a trap costs one check and not the run: the parent
/// counts it as a failure and starts the section again behind it.
@main
enum Goldens {
  static let sections: [Section] = [
    opsSection, dtypesSection, specialSection, promoteSection, randomSection, samplerSection,
    initSection, lossSection, moduleSection, optimSection,
  ]

  static func main() throws {
    var words = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String) -> String? {
      guard let index = words.firstIndex(of: name), index + 1 < words.count else { return nil }
      defer { words.removeSubrange(index...index + 1) }
      return words[index + 1]
    }
    let child = option("--child")
    let start = option("--from").flatMap(Int.init) ?? 0
    let only = option("--only")
    let lists = words.contains("--list")
    words.removeAll { $0 == "--list" }
    guard let path = words.first else {
      print("usage: goldens FOLDER [--list] [--only SECTION[/NAME]]")
      exit(2)
    }
    if let child {
      try evaluate(child, from: start, only: only, in: Folder(path: path))
      return
    }
    if !OpTable.all.duplicates.isEmpty {
      print("two entries in Tables/ for \(OpTable.all.duplicates.joined(separator: ", "))")
      exit(2)
    }
    var tally = Tally(lists: lists)
    for section in sections
    where only == nil || only!.split(separator: "/").first.map(String.init) == section.name {
      try run(section.name, path: path, only: only, into: &tally)
    }
    tally.printTable()
    exit(tally.failures > 0 ? 1 : 0)
  }

  /// The child's part: runs the cases of a section from a number on.
  private static func evaluate(
    _ name: String, from start: Int, only: String?, in folder: Folder
  ) throws {
    guard let section = sections.first(where: { $0.name == name }) else { return }
    let reporter = Reporter(only: only.flatMap { $0.contains("/") ? $0 : nil }, section: name)
    for (index, body) in try section.cases(folder).enumerated().dropFirst(start) {
      reporter.begin(case: index)
      alarm(60)
      try body(reporter)
    }
  }

  /// The parent's part: runs a section in child processes until one comes to the end.
  private static func run(
    _ name: String, path: String, only: String?, into tally: inout Tally
  ) throws {
    var start = 0
    while true {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = [path, "--child", name, "--from", "\(start)"]
      if let only { process.arguments! += ["--only", only] }
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["SWIFT_BACKTRACE": "enable=no"]) { $1 }
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      let last = tally.add(output, section: name)
      if process.terminationStatus == 0 && process.terminationReason == .exit { return }
      tally.closeCrashed(section: name)
      guard let last else { return }
      start = last + 1
    }
  }
}

/// Counts outcomes by row of the table.
struct Tally {
  let lists: Bool
  private var rows: [(name: String, counts: [Outcome: Int])] = []
  private var open: (row: String, name: String)?
  private var lastWords = ""

  init(lists: Bool) { self.lists = lists }

  var failures: Int { rows.reduce(0) { $0 + $1.counts[.failed, default: 0] } }

  /// Counts what a child printed; the number of the last case that it began.
  mutating func add(_ output: String, section: String) -> Int? {
    var last: Int?
    for line in output.split(separator: "\n") {
      guard line.hasPrefix(Reporter.mark) else {
        lastWords = String(line)
        continue
      }
      let words = line.dropFirst().split(separator: "\t", omittingEmptySubsequences: false)
      switch words[0] {
      case "case": last = Int(words[1])
      case "check": open = (String(words[1]), String(words[2]))
      default:
        let reason = words.count > 1 ? String(words[1]) : ""
        Outcome(rawValue: String(words[0])).map { close($0, reason) }
      }
    }
    return last
  }

  /// Counts the check during which the process ended, if there was one.
  mutating func closeCrashed(section: String) {
    if open == nil { open = (section, "outside of a check") }
    close(.failed, "crashed: \(lastWords)")
    lastWords = ""
  }

  private mutating func close(_ outcome: Outcome, _ reason: String) {
    guard let check = open else { return }
    open = nil
    if !rows.contains(where: { $0.name == check.row }) { rows.append((check.row, [:])) }
    let index = rows.firstIndex { $0.name == check.row }!
    rows[index].counts[outcome, default: 0] += 1
    if lists && outcome != .passed {
      print("\(outcome.rawValue)\t\(check.row)\t\(check.name)\t\(reason)")
    }
  }

  func printTable() {
    func line(_ name: String, _ cells: [String]) {
      let columns = cells.map { String(repeating: " ", count: max(0, 13 - $0.count)) + $0 }
      print(name.padding(toLength: 24, withPad: " ", startingAt: 0) + columns.joined())
    }
    line("section", ["run", "passed", "failed", "unsupported", "left out"])
    func counts(_ rows: [(name: String, counts: [Outcome: Int])], _ name: String) {
      let of = { (outcome: Outcome) in rows.reduce(0) { $0 + $1.counts[outcome, default: 0] } }
      let run = of(.passed) + of(.failed)
      line(name, [run, of(.passed), of(.failed), of(.unsupported), of(.leftOut)].map { "\($0)" })
    }
    for row in rows { counts([row], row.name) }
    counts(rows, "all")
  }
}
