/// An element type of the safetensors format, by the name it has in the header.
///
/// The order of the cases is the reference implementation's (by growing alignment); its writer
/// sorts tensors by it, and so does ours.
public enum SafetensorsDType: String, CaseIterable, Sendable {
  case bool = "BOOL"
  case float4 = "F4"
  case float6E2M3 = "F6_E2M3"
  case float6E3M2 = "F6_E3M2"
  case uint8 = "U8"
  case int8 = "I8"
  case float8E5M2 = "F8_E5M2"
  case float8E4M3 = "F8_E4M3"
  case float8E8M0 = "F8_E8M0"
  case float8E4M3FNUZ = "F8_E4M3FNUZ"
  case float8E5M2FNUZ = "F8_E5M2FNUZ"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case complex64 = "C64"
  case float64 = "F64"
  case int64 = "I64"
  case uint64 = "U64"

  /// The name in the header, for example `F32`.
  public var name: String { rawValue }

  /// The bits of one element; below 8 for packed types.
  public var bitWidth: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ,
      .float8E5M2FNUZ:
      8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .complex64, .float64, .int64, .uint64: 64
    }
  }

  /// Whether Descent has tensors of this type.
  ///
  /// Files with other valid types can be opened and listed; reading such a tensor is refused.
  public var isSupported: Bool {
    switch self {
    case .bool, .uint8, .int8, .int16, .int32, .int64, .float16, .bfloat16, .float32, .float64:
      true
    case .float4, .float6E2M3, .float6E3M2, .float8E5M2, .float8E4M3, .float8E8M0,
      .float8E4M3FNUZ, .float8E5M2FNUZ, .uint16, .uint32, .uint64, .complex64:
      false
    }
  }

  /// The bytes that a tensor of this type and shape takes.
  ///
  /// - Returns: nil if a size is negative, the count does not fit in `Int`, or the elements do not
  ///   fill whole bytes.
  public func byteCount(shape: [Int]) -> Int? {
    var bits = bitWidth
    // A zero anywhere makes the product zero, but an absurd size beside it is still refused, as
    // in the reference implementation, which multiplies in order.
    for size in shape {
      guard size >= 0 else { return nil }
      let (product, overflow) = bits.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      bits = product
    }
    return bits % 8 == 0 ? bits / 8 : nil
  }

  /// The position in the reference implementation's order.
  var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
