import Descent

/// The operations by golden name; `Tables/` fills it, a line an operation.
final class OpTable {
  typealias Call = (Arguments) throws -> [Tensor]
  private var calls: [String: Call] = [:]
  /// Names with two entries: a mistake in `Tables/`.
  private(set) var duplicates: [String] = []

  nonisolated(unsafe) static let all = {
    let table = OpTable()
    table.addElementwise()
    table.addActivations()
    table.addProducts()
    table.addConvolutions()
    table.addAttention()
    table.addShapes()
    table.addJoining()
    table.addParts()
    table.addCreation()
    table.addReductions()
    table.addNorms()
    table.addNormalization()
    table.addOrdering()
    table.addIndexing()
    table.addWriting()
    table.addLosses()
    table.addPooling()
    return table
  }()

  subscript(name: String) -> Call? { calls[name] }

  /// Adds an operation with one result.
  func op(_ name: String, _ call: @escaping (Arguments) throws -> Tensor) {
    ops(name) { [try call($0)] }
  }

  /// Adds an operation with several results.
  func ops(_ name: String, _ call: @escaping Call) {
    if calls[name] != nil { duplicates.append(name) }
    calls[name] = call
  }

  /// Calls an operation, seeing to it that no argument is ignored.
  func callAsFunction(_ name: String, _ arguments: Arguments) throws -> [Tensor] {
    guard let call = calls[name] else { throw Refusal.unsupported("no operation \(name)") }
    let results = try call(arguments)
    try arguments.requireAllRead()
    return results
  }
}

/// ops.json: values, gradients, double gradients, and calls that must be refused.
let opsSection = Section(name: "ops") { folder in
  let json = try folder.json("ops.json")
  let unstable = folder.unstable()["ops_grads"]
  let fixtures = Fixtures(folder)
  var cases: [(Reporter) throws -> Void] = []
  for (name, entry) in json["ops"]?.members ?? [] {
    let file = entry["file"]?.string ?? ""
    let leftOut = (unstable?[name]?.elements ?? []).compactMap {
      $0.string?.split(separator: " ").last
    }
    for (index, sample) in (entry["samples"]?.elements ?? []).enumerated() {
      cases.append { reporter in
        try SampleCheck(
          name: name, label: "\(name) s\(index)", sample: sample, fixture: try fixtures(file),
          rows: ("ops", "ops gradients", "ops double gradients"),
          leavesOutGradients: leftOut.contains { $0 == "s\(index)" }
        ).run(reporter)
      }
    }
    for (index, sample) in (entry["errors"]?.elements ?? []).enumerated() {
      cases.append { reporter in
        let fixture = try fixtures(file)
        fixture.begin()
        reporter.checkRefused("ops errors", "\(name) e\(index)") {
          let arguments = Arguments(
            sample["args"]?.elements ?? [], sample["kwargs"]?.members ?? [], fixture)
          _ = try OpTable.all(name, arguments)
        }
      }
    }
  }
  return cases
}

/// dtypes.json: the common operations in the other dtypes.
let dtypesSection = Section(name: "dtypes") { folder in
  let json = try folder.json("dtypes.json")
  let fixtures = Fixtures(folder)
  var cases: [(Reporter) throws -> Void] = []
  for (dtype, entries) in json["dtypes"]?.members ?? [] {
    for (name, samples) in entries.members {
      for (index, sample) in samples.elements.enumerated() {
        cases.append { reporter in
          try SampleCheck(
            name: name, label: "\(name) \(dtype) s\(index)", sample: sample,
            fixture: try fixtures("dtypes/\(dtype).safetensors"),
            rows: ("dtypes", "dtypes gradients", "dtypes double gradients"),
            leavesOutGradients: false
          ).run(reporter)
        }
      }
    }
  }
  return cases
}

/// Operations that choose one of several equal elements, and where their argument `dim` stands.
private let choosers = [
  "topk": 2, "kthvalue": 2, "mode": 1, "median": 1, "nanmedian": 1, "sort": 1,
]

/// Whether the values are PyTorch's and the indices are of elements equal to them: which of several equal
/// elements is chosen is not promised.
func choosesEqualElements(
  _ name: String, _ results: [Tensor], _ wanted: Tensor, _ arguments: Arguments
) throws -> Bool {
  guard let place = choosers[name], results.count == 2, difference(results[0], wanted) == nil else {
    return false
  }
  let dim = try arguments.int(place, "dim", -1)
  let (values, indices) = (results[0].detach(), results[1])
  let x = try arguments.x.detach()
  let isKept = values.ndim == x.ndim
  let chosen = x.gather(dim, isKept ? indices : indices.unsqueeze(dim))
  return difference(isKept ? chosen : chosen.squeeze(dim), values, .exact) == nil
}

/// One sample of an operation: its values, then its gradients, then theirs.
struct SampleCheck {
  let name: String
  let label: String
  let sample: Value
  let fixture: Fixture
  let rows: (values: String, gradients: String, second: String)
  let leavesOutGradients: Bool

  func run(_ reporter: Reporter) throws {
    fixture.begin()
    var results: [Tensor]?
    var reason: String?
    var choseOthers = false
    reporter.check(rows.values, label) {
      let arguments = Arguments(
        sample["args"]?.elements ?? [], sample["kwargs"]?.members ?? [], fixture)
      do {
        results = try checked { try OpTable.all(name, arguments) }
      } catch Refusal.unsupported(let text), Refusal.untyped(let text) {
        reason = text
        throw Refusal.unsupported(text)
      }
      let problem = try compareValues(results ?? [])
      choseOthers = try problem != nil && choosesEqualElements(results ?? [], arguments)
      return choseOthers ? nil : problem
    }
    let hasSecond = sample["grads2"] != nil
    guard sample["grads"] != nil else { return }
    if leavesOutGradients || choseOthers {
      let why = choseOthers ? "another of equal elements is chosen" : "PyTorch's versions differ"
      reporter.leaveOut(rows.gradients, label, why)
      if hasSecond { reporter.leaveOut(rows.second, label, why) }
      return
    }
    if let reason {
      reporter.unsupported(rows.gradients, label, reason)
      if hasSecond { reporter.unsupported(rows.second, label, reason) }
      return
    }
    var first: [Tensor?] = []
    reporter.check(rows.gradients, label) {
      guard let results else { return "there are no values" }
      first = try checked { try gradients(of: results, createGraph: hasSecond) }
      return try compare(first, "grads", createsZeros: false) {
        .rule(sample["err64"]?["grad"]?[$0]?.double).widened(for: $1, units: 4)
      }
    }
    guard hasSecond else { return }
    reporter.check(rows.second, label) {
      if first.isEmpty { return "there are no gradients" }
      let errors = (sample["err64"]?["grad"]?.members ?? []).compactMap { $0.value.double }
      return try compare(
        try checked { try secondGradients(of: first) }, "grads2", createsZeros: true
      ) {
        .rule(errors.max()).widened(for: $1, units: 4)
      }
    }
  }

  private func choosesEqualElements(_ results: [Tensor], _ arguments: Arguments) throws -> Bool {
    guard let key = expectedKey(0) else { return false }
    return try goldens.choosesEqualElements(name, results, try fixture.stored(key), arguments)
  }

  private func expectedKey(_ index: Int) -> String? {
    let expected = sample["outs"]?.elements ?? []
    return index < expected.count ? expected[index]["t"]?.string : nil
  }

  private func compareValues(_ results: [Tensor]) throws -> String? {
    let expected = sample["outs"]?.elements ?? []
    if results.count != expected.count {
      return "\(results.count) results, expected \(expected.count)"
    }
    for (index, (result, value)) in zip(results, expected).enumerated() {
      guard let key = value["t"]?.string else { return "result \(index) is no tensor" }
      if value["complex"] != nil { throw Refusal.unsupported("complex tensors") }
      let error = sample["err64"]?["out"]?.elements
      let tolerance = Tolerance.rule(error.flatMap { index < $0.count ? $0[index].double : nil })
      let wanted = try fixture.stored(key)
      if let problem = difference(result, wanted, tolerance.widened(for: wanted.dtype)) {
        return results.count > 1 ? "result \(index): \(problem)" : problem
      }
    }
    return nil
  }

  private var inputKeys: [String] { sample["grads"]?.members.map(\.key) ?? [] }

  private func gradients(of results: [Tensor], createGraph: Bool) throws -> [Tensor?] {
    var (outputs, cotangents): ([Tensor], [Tensor?]) = ([], [])
    for (result, value) in zip(results, sample["outs"]?.elements ?? []) {
      guard let key = value["cot"]?.string else { continue }
      outputs.append(result)
      cotangents.append(try fixture.stored(key))
    }
    return grad(
      outputs, inputKeys.compactMap { fixture.leaves[$0] }, gradOutputs: cotangents,
      createGraph: createGraph, allowUnused: true)
  }

  private func secondGradients(of first: [Tensor?]) throws -> [Tensor?] {
    let sums = first.compactMap { $0 }.filter(\.requiresGrad).map { $0.sum() }
    let inputs = inputKeys.compactMap { fixture.leaves[$0] }
    if sums.isEmpty { return inputs.map { _ in nil } }
    return grad(sums, inputs, allowUnused: true)
  }

  /// - Parameter createsZeros: whether an absent gradient equals zeros: which second derivatives are
  ///   known to vanish is an implementation's detail.
  private func compare(
    _ gradients: [Tensor?], _ section: String, createsZeros: Bool,
    _ tolerance: (String, DType) -> Tolerance
  ) throws -> String? {
    for (key, got) in zip(inputKeys, gradients) {
      let wanted = try sample[section]?[key]?.string.map { try fixture.stored($0) }
      if got == nil && wanted == nil { continue }
      let leaf = fixture.leaves[key]!
      if !createsZeros && (got == nil) != (wanted == nil) {
        return
          "\(key) has \(got == nil ? "no" : "a") gradient, expected \(got == nil ? "one" : "none")"
      }
      let zeros = Tensor.zerosLike(leaf)
      let rule = tolerance(key, leaf.dtype)
      if let problem = difference(got ?? zeros, wanted ?? zeros, rule) {
        return "\(key): \(problem)"
      }
    }
    return nil
  }
}
