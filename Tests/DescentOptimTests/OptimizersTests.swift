import DescentCore
import Foundation
import Testing

@testable import DescentOptim

/// Every optimizer on the problem of `Tests/Fixtures/make_optim_fixtures.py`: five steps, the losses on
/// the way and the parameters at the end are those of PyTorch.
@Suite("Optimizers")
struct OptimizersTests {
  struct Case: @unchecked Sendable, CustomTestStringConvertible {
    let name: String
    let options: [String: Double]
    let dtype: DType
    let numbers: [Double]
    let state: [String]

    init(_ entry: [String: Any]) {
      name = entry["name"] as? String ?? ""
      dtype = DType(name: entry["dtype"] as? String ?? "") ?? .bool
      state = entry["state"] as? [String] ?? []
      numbers = (entry["numbers"] as? [NSNumber] ?? []).map(\.doubleValue)
      var options: [String: Double] = [:]
      for (key, value) in entry["options"] as? [String: Any] ?? [:] {
        if let number = value as? NSNumber {
          options[key] = number.doubleValue
        } else {
          for (i, number) in (value as? [NSNumber] ?? []).enumerated() {
            options["\(key).\(i)"] = number.doubleValue
          }
        }
      }
      self.options = options
    }

    var testDescription: String { "\(name) \(options.sorted { $0.key < $1.key }) \(dtype)" }

    static func all() throws -> [Case] {
      let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/optim/steps.json")
      let file = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
      return (file?["cases"] as? [[String: Any]] ?? []).map { Case($0) }
    }
  }

  /// The options under PyTorch's names; those that are not given have PyTorch's defaults.
  private func options<Options: OptimizerOptions>(_ options: Options, _ item: Case) -> Options {
    var options = options
    for (key, value) in item.options {
      let field = Options.fields.first { $0.name == key }
      #expect(field != nil, "\(item.name) has no option \(key)")
      field?.set(&options, value)
    }
    return options
  }

  private func makeOptimizer(_ item: Case, _ p: [Tensor]) -> Optimizer? {
    switch item.name {
    case "SGD": SGD([ParameterGroup(p, options(.init(), item))])
    case "Adam": Adam([ParameterGroup(p, options(.init(), item))])
    case "AdamW": AdamW([ParameterGroup(p, options(.init(), item))])
    case "RMSprop": RMSprop([ParameterGroup(p, options(.init(), item))])
    case "Adagrad": Adagrad([ParameterGroup(p, options(.init(), item))])
    case "Adadelta": Adadelta([ParameterGroup(p, options(.init(), item))])
    case "Adamax": Adamax([ParameterGroup(p, options(.init(), item))])
    case "NAdam": NAdam([ParameterGroup(p, options(.init(), item))])
    case "RAdam": RAdam([ParameterGroup(p, options(.init(), item))])
    case "ASGD": ASGD([ParameterGroup(p, options(.init(), item))])
    case "Rprop": Rprop([ParameterGroup(p, options(.init(), item))])
    default: nil
    }
  }

  /// The problem, its parameters and one optimizer over them.
  private final class Problem {
    let a: Tensor
    let idle: Tensor
    let b: Tensor
    let target: Tensor

    init(_ dtype: DType) {
      func values(_ rows: [[Double]]) -> Tensor { Tensor(rows, dtype: dtype) }
      a = values([[0.5, -1, 2], [1.5, 0.25, -0.75]])
      idle = Tensor([7.0], dtype: dtype)
      b = Tensor([1.0, -2, 0.5], dtype: dtype)
      target = values([[1, 0, -1], [0.5, 2, 0.25]])
      for parameter in parameters { parameter.requiresGrad = true }
    }

    var parameters: [Tensor] { [a, idle, b] }
    var numbers: [Double] { a.toArray(Double.self) + b.toArray(Double.self) }

    /// One step; the loss before it.
    func step(_ optimizer: Optimizer) -> Double {
      optimizer.zeroGrad()
      let loss = (a * b - target).pow(2).sum() + a.pow(4).sum()
      loss.backward()
      optimizer.step()
      return loss.item()
    }
  }

  @Test("five steps give PyTorch's losses and parameters", arguments: try Case.all())
  func steps(_ item: Case) throws {
    let problem = Problem(item.dtype)
    let optimizer = try #require(makeOptimizer(item, problem.parameters))
    var numbers: [Double] = []
    for step in 0..<5 {
      if step == 3 { optimizer.learningRates = optimizer.learningRates.map { $0 / 2 } }
      numbers.append(problem.step(optimizer))
    }
    numbers += problem.numbers
    let tolerance = item.dtype == .float32 ? 2e-6 : 1e-13
    try #require(numbers.count == item.numbers.count)
    for (i, (own, expected)) in zip(numbers, item.numbers).enumerated() {
      #expect(abs(own - expected) <= tolerance * max(1, abs(expected)), "number \(i)")
    }
    #expect(problem.idle.item() == 7 && problem.idle.grad == nil)
    let names = optimizer.stateDict().keys.filter { $0.hasPrefix("state.0.") }
    #expect(names.map { String($0.dropFirst(8)) }.sorted() == item.state)
  }

  @Test("a saved state goes on bit for bit", arguments: try Case.all())
  func roundTrip(_ item: Case) throws {
    let (first, second) = (Problem(item.dtype), Problem(item.dtype))
    let original = try #require(makeOptimizer(item, first.parameters))
    for _ in 0..<2 { _ = first.step(original) }
    original.learningRates = [original.learningRates[0] * 0.75]
    noGrad {
      for (own, other) in zip(second.parameters, first.parameters) { own.copy_(other) }
    }
    let state = original.stateDict()
    #expect(state.keys.allSatisfy { !$0.hasPrefix("state.1.") })
    let restored = try #require(makeOptimizer(item, second.parameters))
    try restored.load(stateDict: state)
    #expect(restored.learningRates == original.learningRates)
    for _ in 0..<3 { #expect(first.step(original) == second.step(restored)) }
    #expect(first.numbers == second.numbers)
    #expect(restored.stateDict().keys.sorted() == original.stateDict().keys.sorted())
  }
}
