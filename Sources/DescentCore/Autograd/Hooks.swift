/// Functions to run when the gradient of a leaf is known.
final class TensorHooks {
  private var next = 0
  private var replacing: [(id: Int, body: (Tensor) -> Tensor?)] = []
  private var after: [(id: Int, body: (Tensor) -> Void)] = []

  func add(_ body: @escaping (Tensor) -> Tensor?) -> Int {
    next += 1
    replacing.append((next, body))
    return next
  }

  func addAfter(_ body: @escaping (Tensor) -> Void) -> Int {
    next += 1
    after.append((next, body))
    return next
  }

  func remove(_ id: Int) {
    replacing.removeAll { $0.id == id }
    after.removeAll { $0.id == id }
  }

  func applied(to gradient: Tensor) -> Tensor {
    replacing.reduce(gradient) { $1.body($0) ?? $0 }
  }

  func accumulated(_ leaf: Tensor) { for hook in after { hook.body(leaf) } }
}

/// Functions to run on the gradients of a node's outputs before the node runs.
final class NodeHooks {
  private var next = 0
  private var hooks: [(id: Int, output: Int, body: (Tensor) -> Tensor?)] = []

  func add(output: Int, _ body: @escaping (Tensor) -> Tensor?) -> Int {
    next += 1
    hooks.append((next, output, body))
    return next
  }

  func remove(_ id: Int) { hooks.removeAll { $0.id == id } }

  func apply(to node: Node) {
    for hook in hooks {
      if hook.output == 0 {
        if let gradient = node.gradient { node.gradient = hook.body(gradient) ?? gradient }
      } else if let further = node.further, let gradient = further.gradients[hook.output - 1] {
        further.gradients[hook.output - 1] = hook.body(gradient) ?? gradient
      }
    }
  }
}

/// A registered hook: `remove()` takes it out again.
///
/// - Source: torch.utils.hooks.RemovableHandle
public struct HookHandle {
  private let removal: () -> Void
  public init(_ removal: @escaping () -> Void) { self.removal = removal }
  public func remove() { removal() }
}

extension Node {
  @discardableResult
  final func addHook(output: Int, _ body: @escaping (Tensor) -> Tensor?) -> HookHandle {
    let list = hooks ?? NodeHooks()
    hooks = list
    let id = list.add(output: output, body)
    return HookHandle { [weak list] in list?.remove(id) }
  }
}

extension Tensor {
  /// Calls `hook` with this tensor's gradient whenever it is computed; a tensor that the hook returns
  /// takes the gradient's place.
  ///
  /// - Source: torch.Tensor.register_hook
  @discardableResult
  public final func registerHook(
    file: StaticString = #fileID, line: UInt = #line, _ hook: @escaping (Tensor) -> Tensor?
  ) -> HookHandle {
    if let node = gradFn { return node.addHook(output: Int(outputIndex), hook) }
    if !requiresGrad {
      Misuse(
        "registerHook", "the tensor does not require gradients", got: shape.brackets,
        try: "requiresGrad: true"
      ).raise(file: file, line: line)
    }
    let list = hooks ?? TensorHooks()
    hooks = list
    let id = list.add(hook)
    return HookHandle { [weak list] in list?.remove(id) }
  }

  /// Calls `hook` after a gradient was added to this leaf's `grad`.
  ///
  /// - Source: torch.Tensor.register_post_accumulate_grad_hook
  @discardableResult
  public final func registerPostAccumulateGradHook(_ hook: @escaping (Tensor) -> Void) -> HookHandle
  {
    let list = hooks ?? TensorHooks()
    hooks = list
    let id = list.addAfter(hook)
    return HookHandle { [weak list] in list?.remove(id) }
  }
}

/// Finds the operation in which a NaN was born.
///
/// - Source: torch.autograd.set_detect_anomaly
public enum Anomaly {
  /// Runs a closure in which every gradient is checked for NaN; the message names the operation and its
  /// line. Costs a pass over every gradient.
  public static func detect<R>(_ body: () throws -> R) rethrows -> R {
    let thread = ThreadState.current
    let before = thread.anomalyDetection
    thread.anomalyDetection = true
    defer { thread.anomalyDetection = before }
    return try body()
  }

  static func check(_ gradient: Tensor, from node: Node) {
    let bad = noGrad {
      gradient.dtype.isFloatingPoint
        && (gradient .!= gradient).sum(mask: ~0 >> UInt32(32 - gradient.ndim), keepDim: false)
          .item() != 0
    }
    if bad {
      let place = node.line == 0 ? "" : ", called at \(node.file):\(node.line),"
      Misuse(
        "backward", "\(node.name)\(place) returned NaN in a gradient",
        got: "\(gradient.dtype.name) \(gradient.shape.brackets)",
        try: "a look at its inputs: log of 0, sqrt of 0, 0/0 and inf - inf make NaN"
      ).raise(file: node.file, line: node.line)
    }
  }
}
