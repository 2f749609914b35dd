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
  public enum Kind: String, Sendable, CaseIterable {
    case cpu, cuda, mps, meta
  }

  public let kind: Kind
  /// Which of several devices of the kind; nil is the current one.
  public let index: Int?

  /// The processor: the device of every tensor unless another is asked for.
  public static let cpu = Device(.cpu)

  public init(_ kind: Kind, index: Int? = nil) {
    self.kind = kind
    self.index = index
  }

  /// Parses `cpu`, `cuda`, `cuda:0`.
  ///
  /// - Precondition: the text names a kind, and after a colon a number:
  ///   `Device: "gpu" is not a device. Got "gpu". Try "cpu" or "cuda:0".`
  public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard let kind = parts.first.flatMap({ Kind(rawValue: String($0)) }),
      parts.count == 1 || (parts.count == 2 && UInt32(parts[1]) != nil)
    else {
      Misuse(
        "Device", "\"\(name)\" is not a device", got: "\"\(name)\"", try: "\"cpu\" or \"cuda:0\""
      ).raise(file: file, line: line)
      self = .cpu
      return
    }
    self.kind = kind
    self.index = parts.count == 2 ? Int(parts[1]) : nil
  }

  /// Whether tensors can be made on this device, in this build on this machine.
  public var isAvailable: Bool { kind == .cpu && (index ?? 0) == 0 }

  /// Throws `DeviceError` if tensors cannot be made on this device.
  public func requireAvailable() throws(DeviceError) {
    if !isAvailable { throw DeviceError(device: self) }
  }
}

extension Device: CustomStringConvertible {
  public var description: String { kind.rawValue + (index.map { ":\($0)" } ?? "") }
}

/// A device that this build or machine does not have.
public struct DeviceError: Error, CustomStringConvertible, Sendable {
  public let device: Device
  public var description: String {
    "Device: \(device) is not available: this build of Descent has a CPU back end only. "
      + "Got \(device). Try Device(\"cpu\")."
  }
}
