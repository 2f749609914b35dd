/// What a device offers: kernel families, each called with a value that names the operation, its
/// operands and their layouts.
///
/// Every piece of work goes through here and nothing else touches a tensor's memory, so that a step
/// can be recorded, fused and replayed, and a further device is one more conformance. Calls carry
/// tensors whose shapes and dtypes the operation has already checked; outputs are allocated by the
/// caller. What only the data can show (a bad index, an integer division by zero) is thrown.
protocol Backend: Sendable {
  func pointwise(_ call: PointwiseCall) throws(Misuse)
  func pointwise(_ call: FlatCall) throws(Misuse)
  func update(_ call: UpdateCall) throws(Misuse)
  func copy(_ call: CopyCall)
  func fill(_ call: FillCall)
  func reduce(_ call: ReduceCall) throws(Misuse)
  func argReduce(_ call: ArgReduceCall) throws(Misuse)
  func moments(_ call: MomentsCall)
  func scan(_ call: ScanCall)
  func softmax(_ call: SoftmaxCall)
  func softmaxBackward(_ call: SoftmaxBackwardCall)
  func norm(_ call: NormCall)
  func normBackward(_ call: NormBackwardCall)
  func classLoss(_ call: ClassLossCall) throws(Misuse)
  func classLossBackward(_ call: ClassLossBackwardCall)
  func gemm(_ call: GemmCall)
  func attention(_ call: AttentionCall)
  func attentionBackward(_ call: AttentionBackwardCall)
  func convolve(_ call: ConvolutionCall)
  func convolveWeights(_ call: ConvolutionCall)
  func convolveInput(_ call: ConvolutionCall)
  func gather(_ call: GatherCall) throws(Misuse)
  func scatter(_ call: ScatterCall) throws(Misuse)
  func sumRows(_ call: RowSumCall) throws(Misuse)
  func indexGather(_ call: IndexCall) throws(Misuse)
  func indexScatter(_ call: IndexCall, _ mode: ScatterMode) throws(Misuse)
  func pad(_ call: PadCall)
  func countNonzero(_ input: Tensor) -> Int
  func nonzero(_ input: Tensor, into output: Tensor)
  func maskedSelect(_ call: MaskedCall)
  func maskedScatter(_ call: MaskedCall)
  func sort(_ call: SortCall)
  func topk(_ call: TopkCall)
  func kth(_ call: KthCall)
  func searchsorted(_ call: SearchCall) throws(Misuse)
  func random(_ call: RandomCall) throws(Misuse)
  func maxPool(_ call: MaxPoolCall)
  func maxPoolBackward(_ call: MaxPoolBackwardCall)
  func averagePool(_ call: AveragePoolCall)
  func averagePoolBackward(_ call: AveragePoolBackwardCall)
  func recurrent(_ call: RecurrentCall)
  func recurrentBackward(_ call: RecurrentBackwardCall)
}

/// A program over `shape`, computed in `dtype`; inputs broadcast to the shape, outputs have it.
struct PointwiseCall {
  let program: Program
  let dtype: DType
  let shape: Shape
  let inputs: TensorList
  var scalars = ScalarList()
  let outputs: TensorList
}

/// The same for one or two operands that are contiguous in the output's shape or single elements (repeated
/// in it or not), and one output: small tensors take this path, so it holds its operands without counting references.
struct FlatCall {
  let program: Program
  let dtype: DType
  let first: Unmanaged<Tensor>
  /// nil for unary operations.
  let second: Unmanaged<Tensor>?
  /// Which operand is a single element.
  var single = Single.none
  let scalars: ScalarList
  let output: Unmanaged<Tensor>

  enum Single {
    case none, first, second
  }
}

/// A program that changes its first inputs in place, for several sets of tensors: the step of an optimizer
/// over its parameters. The tensors of a set have one shape, all have one dtype, and what one set changes
/// no other one reads or changes.
struct UpdateCall {
  let program: Program
  /// The program's inputs for the first set, for the second, and so on.
  let tensors: [Tensor]
  let scalars: [Double]
  let rule: UpdateRule
}

/// Updates for which a device may have a loop of its own, which gives the program's bits.
package enum UpdateRule: Sendable {
  /// None but the program.
  case program
  case descent, momentum, nesterov, adam
}

/// destination = source, converted and broadcast.
struct CopyCall {
  let source: Tensor
  let destination: Tensor
}

struct FillCall {
  enum Pattern {
    case value(ScalarValue)
    /// start + i * step
    case arange(start: ScalarValue, step: ScalarValue)
    case linspace(start: Double, end: Double)
  }
  let pattern: Pattern
  /// Contiguous for `arange` and `linspace`.
  let output: Tensor
}

enum Reduction {
  case sum, prod, max, min, any, all
}

/// output = op over `dims` of the program's value, divided by `divisor`.
struct ReduceCall {
  let op: Reduction
  /// nil: the only input itself.
  var program: Program? = nil
  /// The dtype the program computes in.
  let dtype: DType
  let shape: Shape
  /// Bit d is set if dim d is reduced.
  let dims: UInt32
  let inputs: TensorList
  /// The inputs are contiguous and taken as rows of `shape`, whatever their own shapes.
  var isFlat = false
  var scalars = ScalarList()
  var divisor = 1.0
  /// Has size 1 in the reduced dims.
  let output: Tensor
}

struct ArgReduceCall {
  let largest: Bool
  let input: Tensor
  let dims: UInt32
  let values: Tensor?
  let indices: Tensor?
}

struct MomentsCall {
  let input: Tensor
  let dims: UInt32
  let correction: Double
  let mean: Tensor?
  let variance: Tensor?
}

enum Scan {
  case sum, prod, max, min, logsumexp
}

struct ScanCall {
  let op: Scan
  let input: Tensor
  let dim: Int
  let output: Tensor
  let indices: Tensor?
}

struct SoftmaxCall {
  let logarithm: Bool
  let input: Tensor
  let dim: Int
  let output: Tensor
}

struct SoftmaxBackwardCall {
  let logarithm: Bool
  let gradient: Tensor
  let result: Tensor
  let dim: Int
  let output: Tensor
}

/// What a class is picked from: contiguous tensors, float32 or float64, the target int64.
struct ClassOperands {
  let logProbabilities: Tensor
  /// The dimension of the classes: 0 of a vector, else 1.
  let dim: Int
  let target: Tensor
  let weight: Tensor?
  let ignoreIndex: Int
}

/// losses = -weight[t] logProbabilities[t], with their sum and that of the weights used.
struct ClassLossCall {
  let classes: ClassOperands
  var losses: Tensor? = nil
  var sum: Tensor? = nil
  var factors: Tensor? = nil
}

/// output = the gradient for the log-probabilities, or for the logits they were made of.
struct ClassLossBackwardCall {
  let classes: ClassOperands
  /// 0-d, or one a row.
  let gradient: Tensor
  /// What the gradient is divided by.
  let factors: Tensor?
  let isOfLogits: Bool
  let output: Tensor
}

/// output = alpha a b + beta output (+ bias). a is [..., m, k], b [..., k, n], output [..., m, n];
/// the leading dims of a and b broadcast to the output's. `bias` broadcasts to [m, n].
/// a or b may be given transposed in their last two dims: gradients need no further tensor for that.
struct GemmCall {
  let a: Tensor
  let b: Tensor
  let output: Tensor
  var transposesA = false
  var transposesB = false
  var bias: Tensor? = nil
  var alpha = 1.0
  var beta = 0.0
}

/// Fills a contiguous tensor from a generator, in the order in which PyTorch draws.
struct RandomCall {
  enum Distribution {
    case uniform(low: Double, high: Double)
    case normal(mean: Double, std: Double, serial: Bool)
    case integers(low: Int, range: UInt)
    case unbounded
    case bernoulli(Double)
    case bernoulliEach(Tensor)
    case exponential(Double)
    case geometric(Double)
    case cauchy(median: Double, sigma: Double)
    case logNormal(mean: Double, std: Double)
    /// Each element with its own rate; rates contiguous and of the output's dtype.
    case poissonEach(Tensor)
    case permutation
    /// With replacement, from rows of weights; the output is [rows, samples].
    case multinomial(weights: Tensor)
  }
  let distribution: Distribution
  let generator: Generator
  let output: Tensor
}

extension Device {
  /// The back end that serves this device: taken once a call, which is counted.
  @inline(__always)
  var backend: CPUBackend {
    Kernels.count()
    return CPUBackend.shared
  }
}
