#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A drawing that can be saved: a `Figure` or a `GraphDrawing`.
public protocol Drawable {
  /// The drawing as an SVG document.
  func svg() -> String
  /// The drawing as a PNG file, with `scale` pixels of the file to a pixel of the drawing.
  func png(scale: Double) throws(PlotError) -> [UInt8]
}

extension Drawable {
  /// Saves the drawing, as SVG or PNG by the path's extension.
  ///
  /// - Parameters:
  ///   - path: ends in `.svg` or `.png`; a file that is there already is replaced.
  ///   - scale: pixels of a PNG to a pixel of the drawing; default 1.
  /// - Throws: `PlotError`.
  public func save(_ path: String, scale: Double = 1) throws(PlotError) {
    let lowercased = path.lowercased()
    if lowercased.hasSuffix(".svg") {
      try writeDrawing(Array(svg().utf8), to: path)
    } else if lowercased.hasSuffix(".png") {
      try writeDrawing(try png(scale: scale), to: path)
    } else {
      throw .unknownExtension(path: path, known: [".svg", ".png"])
    }
  }
}

extension RasterCanvas {
  /// Pixels for a drawing of a size, or the error that says that there cannot be any.
  init(figureWidth width: Double, height: Double, scale: Double) throws(PlotError) {
    let (pixelWidth, pixelHeight) = ((width * scale).rounded(), (height * scale).rounded())
    guard pixelWidth >= 1, pixelHeight >= 1, pixelWidth <= 20_000, pixelHeight <= 20_000 else {
      throw .impossibleSize(width: pixelWidth, height: pixelHeight)
    }
    self.init(width: Int(pixelWidth), height: Int(pixelHeight), scale: scale)
  }
}

func writeDrawing(_ bytes: [UInt8], to path: String) throws(PlotError) {
  guard let file = fopen(path, "wb") else {
    throw .io("\(path) (\(String(cString: strerror(errno))))")
  }
  let written = fwrite(bytes, 1, bytes.count, file)
  guard fclose(file) == 0, written == bytes.count else {
    throw .io("\(path) (\(String(cString: strerror(errno))))")
  }
}

/// The terminal that standard output goes to, if it is one.
struct TerminalSize {
  var columns: Int
  var rows: Int
  var isTerminal: Bool

  static func current() -> TerminalSize {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var window = winsize()
    let isKnown = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0
    let named = getenv("COLUMNS").flatMap { Int(String(cString: $0)) }
    let columns = isKnown && window.ws_col > 0 ? Int(window.ws_col) : named ?? 80
    let rows = isKnown && window.ws_row > 0 ? Int(window.ws_row) : 26
    return TerminalSize(
      columns: min(max(columns, 24), 400), rows: min(max(rows, 8), 200), isTerminal: isTerminal)
  }
}
