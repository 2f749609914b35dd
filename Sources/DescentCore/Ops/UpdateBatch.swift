import Synchronization

/// Updates of many parameters that run as one pass over all of their memory.
///
/// An optimizer adds the tensors of one parameter after the other; they change when another rule or other
/// scalars follow, or with `run()`:
/// ```swift
/// var updates = UpdateBatch()
/// for p in parameters { updates.add(momentumStep, [p, velocity[p], p.grad!], [0.1, 0.9]) }
/// updates.run()
/// ```
/// The order of the updates is kept wherever it could be seen: tensors that an update of the same pass
/// changes wait for the next one.
public struct UpdateBatch {
  private var update: FusedUpdate?
  private var scalars: [Double] = []
  private var tensors: [Tensor] = []
  private var place: (file: StaticString, line: UInt) = ("", 0)
  /// Even, and no other batch's: what storages are marked with.
  private var number: UInt32 = 0

  private static let counter = Atomic<UInt32>(0)

  /// Makes a batch without updates.
  public init() {}

  /// Adds the update of one set of tensors, of which the first are to be changed.
  ///
  /// - Precondition: one shape and one floating-point dtype.
  public mutating func add(
    _ update: FusedUpdate, _ tensors: [Tensor], _ scalars: [Double] = [],
    file: StaticString = #fileID, line: UInt = #line
  ) {
    guard update.accepts(tensors, scalars, file, line) else { return }
    if !continues(update, tensors, scalars) {
      run()
      self.update = update
      self.scalars = scalars
      place = (file, line)
      number = UpdateBatch.counter.add(2, ordering: .relaxed).newValue
    }
    for (i, tensor) in tensors.enumerated() {
      if i < update.outputCount {
        tensor.storage.updateMark = number | 1
      } else if tensor.storage.updateMark != number | 1 {
        tensor.storage.updateMark = number
      }
    }
    self.tensors.append(contentsOf: tensors)
  }

  /// Changes what was added and not changed yet.
  public mutating func run() {
    guard let update else { return }
    self.update = nil
    update.run(tensors, scalars, place.file, place.line)
    tensors.removeAll(keepingCapacity: true)
  }

  /// Whether the update can be part of the pass that waits: the same rule, and memory of its own wherever
  /// one of them writes.
  private func continues(_ update: FusedUpdate, _ tensors: [Tensor], _ scalars: [Double]) -> Bool {
    guard let waiting = self.update, waiting === update, scalars == self.scalars,
      tensors[0].elementType == self.tensors[0].elementType
    else { return false }
    for (i, tensor) in tensors.enumerated() {
      let mark = tensor.storage.updateMark
      if mark == number | 1 || i < update.outputCount && mark == number { return false }
    }
    return true
  }
}
