/// The sizes of text and ornaments on a canvas, in its units.
struct Metrics {
  var fontSize: Double
  var titleSize: Double
  /// Room around a figure and between its parts.
  var padding: Double
  var tickLength: Double
  var tickPadding: Double
  /// The least distance of two ticks on the x axis and on the y axis.
  var tickSpacing: (x: Double, y: Double)
  /// The length of the sample line in a legend.
  var legendSample: Double
  /// The distance of a legend from the frame, and of its text from its own frame.
  var legendInset: (x: Double, y: Double)
  var legendPadding: Double
  /// From one line of text to the next.
  var lineHeight: Double
  /// Whether there is one character a cell, and so no small or vertical text.
  var isCharacterGrid: Bool

  /// Pixels at 100 dots an inch, with matplotlib's default sizes.
  static let pixels = Metrics(
    fontSize: 14, titleSize: 17, padding: 10, tickLength: 5, tickPadding: 5, tickSpacing: (56, 36),
    legendSample: 28, legendInset: (8, 8), legendPadding: 7, lineHeight: 20,
    isCharacterGrid: false)

  /// Dots of a braille terminal: a character is 2 wide and 4 high.
  static let dots = Metrics(
    fontSize: 4, titleSize: 4, padding: 0, tickLength: 0, tickPadding: 2, tickSpacing: (16, 8),
    legendSample: 6, legendInset: (2, 4), legendPadding: 0, lineHeight: 4,
    isCharacterGrid: true)

  func width(of text: String, superscript: String = "", size: Double) -> Double {
    if isCharacterGrid {
      // An exponent is written after a caret.
      return 2 * Double(text.count + (superscript.isEmpty ? 0 : superscript.count + 1))
    }
    return StrokeFont.width(of: text, size: size)
      + StrokeFont.width(of: superscript, size: size * Self.superscriptScale)
  }

  /// The height of capital letters and digits.
  func capHeight(_ size: Double) -> Double { isCharacterGrid ? 4 : size * 10 / 14 }
  /// How far letters reach below the baseline.
  func descent(_ size: Double) -> Double { isCharacterGrid ? 0 : size * 3 / 14 }

  /// The rectangle moved inwards to where lines are sharp: the middle of pixels, or whole characters.
  func aligned(_ rect: Rect) -> Rect {
    if isCharacterGrid {
      return Rect(
        left: (rect.left / 2).rounded(.up) * 2, top: (rect.top / 4).rounded(.up) * 4,
        right: (rect.right / 2).rounded(.down) * 2, bottom: (rect.bottom / 4).rounded(.down) * 4)
    }
    return Rect(
      left: rect.left.rounded() + 0.5, top: rect.top.rounded() + 0.5,
      right: rect.right.rounded() - 0.5, bottom: rect.bottom.rounded() - 0.5)
  }

  /// The middle of the pixel that holds a coordinate; on a character grid the coordinate itself.
  func snapped(_ coordinate: Double) -> Double {
    isCharacterGrid ? coordinate : coordinate.rounded(.down) + 0.5
  }

  static let superscriptScale = 0.7
  static let superscriptRise = 0.42
}
