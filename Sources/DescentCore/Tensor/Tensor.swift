/// A multi-dimensional array with automatic differentiation.
///
/// A tensor is a reference: assigning it shares it, views share its storage, and operations whose
/// names end in an underscore (and `+=` and its like) change it in place. dtype, shape and device are
/// facts of the value, not of the type.
/// ```swift
/// let x = Tensor([[1.0, 2.0], [3.0, 4.0]], requiresGrad: true)
/// let y = (x * x).sum()
/// y.backward()
/// print(x.grad!)
/// // tensor([[2., 4.],
/// //         [6., 8.]])
/// ```
/// Semantics are PyTorch's: type promotion with weak scalars, broadcasting, views, leaves and gradient
/// accumulation, version counters that catch a saved tensor changed in place. A tensor is not
/// `Sendable`; transfer it with `sending`. Complex numbers, sparse and quantised layouts are absent.
///
/// - Source: torch.Tensor
public class Tensor {
  // Everything lies inline: making a tensor is one allocation for it and one block for its storage.
  final var storage: Storage
  final var layout: Layout
  // Stored properties are internal, so that whole-module optimisation sees every access to them and
  // leaves out the run-time checks of exclusive access; the public ones are computed.
  final var elementType: DType

  final var flags = Flags()
  final var outputIndex: Int32 = 0
  /// The version of the storage for which `recordedFn` of a view is valid.
  final var viewVersion: UInt32 = 0
  /// The operation that made this tensor; read it through `gradFn`.
  final var recordedFn: Node?
  /// The tensor whose storage this is a differentiable view of.
  final var viewBase: Tensor?
  final var storedGrad: Tensor?
  /// Gradient gathered during one backward pass.
  final var incoming: Tensor?
  final var hooks: TensorHooks?

  struct Flags {
    var requiresGrad = false
    /// Made by `.data`: changes are not counted in the storage's version.
    var isUntracked = false
    var isInference = false
    var retainsGrad = false
    /// A view made by an operation of several results (`split`, `unbind`).
    var isOneOfSeveral = false
  }

  @inline(__always)
  init(storage: Storage, layout: Layout, dtype: DType) {
    self.storage = storage
    self.layout = layout
    elementType = dtype
  }

  /// Uninitialised memory for a contiguous tensor.
  @inline(__always)
  convenience init(empty shape: Shape, dtype: DType, device: Device = .cpu) {
    self.init(empty: Layout(contiguous: shape), dtype: dtype, device: device)
  }

  /// Uninitialised memory for elements that lie as a layout without gaps says.
  @inline(__always)
  convenience init(empty layout: Layout, dtype: DType, device: Device = .cpu) {
    self.init(
      storage: Storage(byteCount: layout.elementCount &* dtype.itemSize, device: device),
      layout: layout, dtype: dtype)
  }

  /// For `Parameter` and `Buffer`: takes over another tensor's storage, without its history.
  init(sharing other: Tensor) {
    storage = other.storage
    layout = other.layout
    elementType = other.elementType
  }
}

// MARK: facts

extension Tensor {
  /// The type of the elements.
  @inline(__always)
  public final var dtype: DType { elementType }

  /// The sizes of the dimensions.
  @inline(__always)
  public final var shape: Shape { layout.shape }

  /// PyTorch's `size()`: the same as `shape`.
  public final func size() -> Shape { layout.shape }

  /// The size of one dimension; negative from the end.
  public final func size(_ dim: Int, file: StaticString = #fileID, line: UInt = #line) -> Int {
    guard let d = checkedDim("size", dim, file, line) else { return 0 }
    return layout.shape[d]
  }

  /// Steps in elements between neighbours in each dimension.
  public final var strides: [Int] { Array(layout.strides) }

  /// PyTorch's `stride()`.
  public final func stride(_ dim: Int) -> Int { layout.strides[dim] }

  /// Position of the first element in the storage, in elements.
  public final var storageOffset: Int { layout.offset }

  /// The number of dimensions.
  @inline(__always)
  public final var ndim: Int { layout.dims }

  /// PyTorch's `dim()`.
  public final func dim() -> Int { layout.dims }

  /// The number of elements.
  @inline(__always)
  public final func numel() -> Int { layout.elementCount }

  /// PyTorch's `len(x)`: the size of the first dimension.
  public final var count: Int { layout.dims == 0 ? 0 : layout.shape[0] }

  public final var device: Device { storage.device }

  /// Whether the elements lie in row-major order without gaps.
  public final var isContiguous: Bool { layout.isContiguous }

  public final var isFloatingPoint: Bool { dtype.isFloatingPoint }

  /// Whether two tensors lie in the same storage.
  public final func sharesStorage(with other: Tensor) -> Bool { storage === other.storage }

  /// How often the storage was changed in place: PyTorch's `_version`.
  public final var version: Int { Int(storage.version) }

  /// A dimension counted from 0, or nil after the misuse was raised. A 0-d tensor has dims -1 and 0.
  @inline(__always)
  final func checkedDim(
    _ operation: @autoclosure () -> String, _ dim: Int, _ file: StaticString, _ line: UInt
  ) -> Int? {
    let n = Swift.max(layout.dims, 1)
    let d = dim < 0 ? dim + n : dim
    if d >= 0 && d < n { return d }
    Misuse(
      operation(), "dimension \(dim) is out of range for \(layout.dims) dimensions",
      got: "dim \(dim) and shape \(shape.brackets)", try: "a dim from \(-n) to \(n - 1)"
    ).raise(file: file, line: line)
    return nil
  }

  /// What a misused operation returns inside `checked { … }`.
  static var poison: Tensor { Tensor(empty: [0], dtype: .float32) }
}

/// A tensor that a module trains: requires gradients unless told otherwise, and is found by its type.
///
/// - Source: torch.nn.Parameter
public final class Parameter: Tensor {
  /// Takes over the tensor's storage (no copy), as a leaf.
  public init(_ data: Tensor, requiresGrad: Bool = true) {
    super.init(sharing: data)
    flags.requiresGrad = requiresGrad
  }
}

/// A tensor that belongs to a module's state but is not trained: running statistics, masks.
///
/// - Source: torch.nn.Buffer
public final class Buffer: Tensor {
  /// Whether it appears in the module's state dictionary.
  public let isPersistent: Bool

  public init(_ data: Tensor, persistent: Bool = true) {
    isPersistent = persistent
    super.init(sharing: data)
  }
}
