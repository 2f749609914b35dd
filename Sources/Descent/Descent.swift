// `import Descent` brings everything.
@_exported import DescentCore
@_exported import DescentData
@_exported import DescentIO
@_exported import DescentNN
@_exported import DescentOptim
@_exported import DescentPlot

/// Facts about the library itself.
public enum Descent {
  /// The version, by semantic versioning.
  public static let version = "0.1.0"
}
