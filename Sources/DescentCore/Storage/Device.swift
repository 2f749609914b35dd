/// Where a tensor's memory lies and its operations run.
///
/// ```swift
/// let device = Device("cpu")     // Device("cuda:0") names the first NVIDIA GPU
/// let x = Tensor.randn(2, 3, device: device)
/// ```
/// Naming a device is always allowed; making a tensor on one that this build or machine does not
/// have is an error that says so. Ask first with `isAvailable` or `requireAvailable()`.
///
/// - Source: torch.device
public struct Device: Hashable, Sendable {
  /// The kinds of device that can be named.
  public enum Kind: UInt8, Sendable, CaseIterable {
    case cpu, cuda, mps, meta

    /// The word that names it: `cuda`.
    public var name: String {
      switch self {
      case .cpu: "cpu"
      case .cuda: "cuda"
      case .mps: "mps"
      case .meta: "meta"
      }
    }
  }

  public let kind: Kind
  /// The index, or -1 for none: a device is compared with every operand, so it is small.
  private let number: Int32

  /// Which of several devices of the kind; nil is the current one.
  public var index: Int? { number < 0 ? nil : Int(number) }

  /// The processor: the device of every tensor unless another is asked for.
  @inline(__always)
  public static var cpu: Device { Device(.cpu) }

  @inline(__always)
  public init(_ kind: Kind, index: Int? = nil) {
    self.kind = kind
    number = index.map { Int32(clamping: $0) } ?? -1
  }

  /// Parses `cpu`, `cuda`, `cuda:0`.
  ///
  /// - Precondition: the text names a kind, and after a colon a number:
  ///   `Device: "gpu" is not a device. Got "gpu". Try "cpu" or "cuda:0".`
  public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard let kind = parts.first.flatMap({ word in Kind.allCases.first { $0.name == word } }),
      parts.count == 1 || (parts.count == 2 && UInt16(parts[1]) != nil)
    else {
      Misuse(
        "Device", "\"\(name)\" is not a device", got: "\"\(name)\"", try: "\"cpu\" or \"cuda:0\""
      ).raise(file: file, line: line)
      self.init(.cpu)
      return
    }
    self.init(kind, index: parts.count == 2 ? Int(parts[1]) : nil)
  }

  /// Whether tensors can be made on this device, in this build on this machine.
  public var isAvailable: Bool { kind == .cpu && number <= 0 }

  /// Throws `DeviceError` if tensors cannot be made on this device.
  public func requireAvailable() throws(DeviceError) {
    if !isAvailable { throw DeviceError(device: self) }
  }
}

extension Device: CustomStringConvertible {
  public var description: String { kind.name + (index.map { ":\($0)" } ?? "") }
}

/// A device that this build or machine does not have.
public struct DeviceError: Error, CustomStringConvertible, Sendable {
  public let device: Device
  public var description: String {
    "Device: \(device) is not available: this build of Descent has a CPU back end only. "
      + "Got \(device). Try Device(\"cpu\")."
  }
}
