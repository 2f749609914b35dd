/// A colour with opacity, by name, letter or hexadecimal digits.
///
/// Names are matplotlib's: the ten colours of its default cycle (`.blue` is `tab:blue`), the
/// letters `b g r c m y k w`, and common names. A text works wherever a colour is expected:
///
/// ```swift
/// figure.plot(x, y, color: "r")
/// figure.plot(x, y, color: "#1f77b4")
/// figure.plot(x, y, color: .orange)
/// ```
public struct PlotColor: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The components of sRGB, 0 to 255.
  public let red: UInt8, green: UInt8, blue: UInt8
  /// The opacity, 0 (invisible) to 1.
  public let opacity: Double

  /// Makes a colour of sRGB components from 0 to 255.
  public init(red: UInt8, green: UInt8, blue: UInt8, opacity: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.opacity = min(max(opacity, 0), 1)
  }

  private init(_ code: UInt32) {
    self.init(
      red: UInt8(code >> 16 & 0xFF), green: UInt8(code >> 8 & 0xFF), blue: UInt8(code & 0xFF))
  }

  /// Reads a name (`"red"`, `"tab:red"`), a letter (`"r"`), a place in the colour cycle (`"C0"`)
  /// or hexadecimal digits (`"#d62728"`); nil for any other text.
  public init?(_ text: String) {
    if let code = Self.codes[text] {
      self.init(code)
    } else if text.first == "#", text.utf8.count == 7,
      let code = UInt32(text.dropFirst(), radix: 16)
    {
      self.init(code)
    } else if text.first == "C", let index = Int(text.dropFirst()), index >= 0 {
      self = Self.cycle[index % Self.cycle.count]
    } else {
      return nil
    }
  }

  /// Reads a colour written in the program.
  ///
  /// - Precondition: `PlotColor: the colour is unknown. Got "rde". Try …`
  public init(stringLiteral text: String) {
    guard let color = PlotColor(text) else {
      plotMisuse(
        "PlotColor: the colour is unknown. Got \"\(text)\". "
          + "Try a name such as red or tab:red, a letter such as r, C0 to C9, or #d62728.")
    }
    self = color
  }

  /// The same colour with another opacity, 0 to 1.
  public func withOpacity(_ opacity: Double) -> PlotColor {
    PlotColor(red: red, green: green, blue: blue, opacity: opacity)
  }

  /// matplotlib's `tab:blue`, `#1f77b4`.
  public static let blue = PlotColor(0x1F77B4)
  /// matplotlib's `tab:orange`, `#ff7f0e`.
  public static let orange = PlotColor(0xFF7F0E)
  /// matplotlib's `tab:green`, `#2ca02c`.
  public static let green = PlotColor(0x2CA02C)
  /// matplotlib's `tab:red`, `#d62728`.
  public static let red = PlotColor(0xD62728)
  /// matplotlib's `tab:purple`, `#9467bd`.
  public static let purple = PlotColor(0x9467BD)
  /// matplotlib's `tab:brown`, `#8c564b`.
  public static let brown = PlotColor(0x8C564B)
  /// matplotlib's `tab:pink`, `#e377c2`.
  public static let pink = PlotColor(0xE377C2)
  /// matplotlib's `tab:gray`, `#7f7f7f`.
  public static let gray = PlotColor(0x7F7F7F)
  /// matplotlib's `tab:olive`, `#bcbd22`.
  public static let olive = PlotColor(0xBCBD22)
  /// matplotlib's `tab:cyan`, `#17becf`.
  public static let cyan = PlotColor(0x17BECF)
  /// Black, `#000000`.
  public static let black = PlotColor(0x000000)
  /// White, `#ffffff`.
  public static let white = PlotColor(0xFFFFFF)

  /// The colours that series get in turn: matplotlib's `tab10`.
  public static let cycle: [PlotColor] = [
    blue, orange, green, red, purple, brown, pink, gray, olive, cyan,
  ]

  /// The colours of matplotlib's names and letters.
  private static let codes: [String: UInt32] = [
    "b": 0x0000FF, "g": 0x008000, "r": 0xFF0000, "c": 0x00BFBF, "m": 0xBF00BF, "y": 0xBFBF00,
    "k": 0x000000, "w": 0xFFFFFF, "blue": 0x0000FF, "green": 0x008000, "red": 0xFF0000,
    "cyan": 0x00FFFF, "magenta": 0xFF00FF, "yellow": 0xFFFF00, "black": 0x000000,
    "white": 0xFFFFFF, "gray": 0x808080, "grey": 0x808080, "orange": 0xFFA500,
    "purple": 0x800080, "brown": 0xA52A2A, "pink": 0xFFC0CB, "olive": 0x808000,
    "navy": 0x000080, "teal": 0x008080, "gold": 0xFFD700, "crimson": 0xDC143C,
    "lightgray": 0xD3D3D3, "darkgray": 0xA9A9A9, "steelblue": 0x4682B4, "tomato": 0xFF6347,
    "tab:blue": 0x1F77B4, "tab:orange": 0xFF7F0E, "tab:green": 0x2CA02C, "tab:red": 0xD62728,
    "tab:purple": 0x9467BD, "tab:brown": 0x8C564B, "tab:pink": 0xE377C2, "tab:gray": 0x7F7F7F,
    "tab:olive": 0xBCBD22, "tab:cyan": 0x17BECF,
  ]

  /// `#rrggbb`, without the opacity.
  var hexadecimal: String {
    let digits = String(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
