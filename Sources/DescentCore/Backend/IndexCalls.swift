// Calls that read or write where indices, masks or an order lead.

enum ScatterMode {
  case assign, add, multiply, max, min
}

/// output[i] = source[i with coordinate `dim` replaced by index[i]]; shape of index and output.
struct GatherCall {
  let source: Tensor
  let dim: Int
  let index: Tensor
  let output: Tensor
  let operation: String
}

/// target[i with coordinate `dim` replaced by index[i]] op= source[i] over the index's shape.
struct ScatterCall {
  let mode: ScatterMode
  let target: Tensor
  let dim: Int
  let index: Tensor
  /// Has the index's shape (may be expanded).
  let source: Tensor
  /// The target is a result that nobody sees if an index is out of range; else nothing is written then.
  let isNew: Bool
  let operation: String
}

/// output[r] = the sum of the source's rows k with index[k] == r: what looking rows up gives back. Source
/// and output are contiguous, of float32 or float64, and have the same sizes behind the first dim.
struct RowSumCall {
  /// int64, contiguous, one dim.
  let index: Tensor
  let source: Tensor
  let output: Tensor
  let operation: String
}

/// Advanced indexing: see `Tensor+Indexing.swift` for how a subscript becomes one.
struct IndexCall {
  /// The indexed tensor, permuted so that the indexed dims are `dims` long and lie first.
  let target: Tensor
  /// Index tensors of one shape, for the first dims of the target.
  let indices: [Tensor]
  /// Index shape followed by the target's remaining sizes: what is read to or written from.
  let values: Tensor
  let operation: String
}

/// output[…, i, j] = input[…, places[0][i], places[1][j]] for the last 1 to 3 dims; both are contiguous.
struct PadCall {
  let input: Tensor
  let places: [[Int64]]
  let output: Tensor
}

struct MaskedCall {
  let tensor: Tensor
  let mask: Tensor
  /// Contiguous elements read or written in order.
  let elements: Tensor
}

struct SortCall {
  let descending: Bool
  let input: Tensor
  let dim: Int
  let values: Tensor?
  let indices: Tensor?
}

struct TopkCall {
  let largest: Bool
  let count: Int
  let input: Tensor
  let dim: Int
  let values: Tensor
  let indices: Tensor
}

/// A place in the order of a row.
enum OrderPlace {
  /// Counted from 1.
  case kth(Int)
  /// The lower median, or the first NaN if there is one.
  case median
  /// The lower median of the numbers.
  case nanmedian
}

struct KthCall {
  let place: OrderPlace
  let input: Tensor
  let dim: Int
  /// Of size 1 in the dim.
  let values: Tensor
  let indices: Tensor
}

struct SearchCall {
  let right: Bool
  /// [..., n], its leading dims those of `values` (or none).
  let sorted: Tensor
  let sorter: Tensor?
  let values: Tensor
  let output: Tensor
}
