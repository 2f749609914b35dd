/// A small font of strokes, drawn for this project, so that a picture needs no font file.
///
/// Glyphs are lines and quadratic curves on a grid of 28 units to the em: baseline at 1, small
/// letters to 15, capitals to 19, ascenders to 21, descenders to -5. At 14 pixels a unit is half a
/// pixel, and stems on odd units then fall on whole pixels, which keeps small text sharp.
///
/// A glyph is written as its advance and a path: `m` moves, `l` draws lines to the points that
/// follow, `q` a curve to the second point with the first as control.
enum StrokeFont {
  static let unitsPerEm = 28.0
  /// The thickness of strokes as a fraction of the size.
  static let strokeWidth = 0.093

  struct Glyph {
    let advance: Double
    let strokes: [[Point]]
  }

  static func width(of text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { $0 + glyph($1).advance } * size / unitsPerEm
  }

  static func glyph(_ scalar: Unicode.Scalar) -> Glyph { glyphs[scalar] ?? unknown }

  private static let unknown = parse("18 m3 1 l3 19 15 19 15 1 3 1")
  private static let glyphs: [Unicode.Scalar: Glyph] = paths.mapValues(parse)

  /// Turns a path into polylines; y grows upwards, in units of the grid.
  private static func parse(_ text: String) -> Glyph {
    let words = text.split(separator: " ")
    var strokes: [[Point]] = []
    var numbers: [Double] = []
    var command: Character = "l"
    for word in words.dropFirst() {
      var digits = word
      if let letter = word.first, letter.isLetter {
        command = letter
        digits = word.dropFirst()
      }
      numbers.append(Double(digits) ?? 0)
      switch (command, numbers.count) {
      case ("m", 2):
        strokes.append([Point(x: numbers[0], y: numbers[1])])
      case ("l", 2):
        strokes[strokes.count - 1].append(Point(x: numbers[0], y: numbers[1]))
      case ("q", 4):
        let start = strokes[strokes.count - 1].last ?? Point(x: 0, y: 0)
        let control = Point(x: numbers[0], y: numbers[1])
        let end = Point(x: numbers[2], y: numbers[3])
        for step in 1...6 {
          let t = Double(step) / 6
          strokes[strokes.count - 1].append(
            start * ((1 - t) * (1 - t)) + control * (2 * t * (1 - t)) + end * (t * t))
        }
      default: continue
      }
      numbers = []
    }
    return Glyph(advance: words.first.flatMap { Double($0) } ?? 18, strokes: strokes)
  }

  private static let paths: [Unicode.Scalar: String] = [
    " ": "8",
    "!": "10 m5 19 l5 7 m5 2 l5 1",
    "\"": "10 m3 19 l3 14 m7 19 l7 14",
    "#": "22 m9 19 l6 1 m16 19 l13 1 m4 13 l19 13 m3 7 l18 7",
    "$": "18 m14 16 q12 17 9 17 q3 17 3 13 q3 10 9 9 q15 8 15 5 q15 1 8 1 q5 1 3 2 m9 20 l9 -2",
    "%": "26 m3 15 q3 19 7 19 q11 19 11 15 q11 11 7 11 q3 11 3 15 m15 5 q15 9 19 9 q23 9 23 5 "
      + "q23 1 19 1 q15 1 15 5 m20 19 l6 1",
    "&": "20 m17 1 l7 12 q5 14 5 16 q5 19 9 19 q12 19 12 16 q12 13 8 11 q3 9 3 6 q3 1 9 1 "
      + "q15 1 16 9",
    "'": "6 m3 19 l3 14",
    "(": "10 m8 21 q3 16 3 8 q3 0 8 -5",
    ")": "10 m2 21 q7 16 7 8 q7 0 2 -5",
    "*": "14 m7 19 l7 11 m3 17 l11 13 m11 17 l3 13",
    "+": "22 m11 16 l11 2 m4 9 l18 9",
    ",": "8 m4 2 l3 -3",
    "-": "10 m2 7 l8 7",
    ".": "8 m3.4 1 l3.4 2 4.2 2 4.2 1 3.4 1",
    "/": "10 m9 19 l1 -2",
    "0": "18 m3 10 q3 19 9 19 q15 19 15 10 q15 1 9 1 q3 1 3 10",
    "1": "18 m4 17 l9 19 9 1 m4 1 l14 1",
    "2": "18 m3 17 q5 19 9 19 q15 19 15 14 q15 11 12 8.5 l3 1 15 1",
    "3": "18 m3 18 q5 19 8 19 q14 19 14 15 q14 11 8 11 m6 11 l8 11 q15 11 15 6 q15 1 8 1 q5 1 3 2",
    "4": "18 m11 1 l11 19 10.4 19 2.6 6.5 2.6 6 16 6",
    "5": "18 m14 19 l4 19 4 11 q6 12 9 12 q15 12 15 6.5 q15 1 8 1 q5 1 3 2",
    "6": "18 m14 18 q12 19 10 19 q3 19 3 9 q3 1 9 1 q15 1 15 6.5 q15 12 9 12 q4 12 3 7",
    "7": "18 m3 19 l15 19 15 18 7 1",
    "8": "18 m9 11 q4 11 4 15 q4 19 9 19 q14 19 14 15 q14 11 9 11 q3 11 3 6 q3 1 9 1 "
      + "q15 1 15 6 q15 11 9 11",
    "9": "18 m4 2 q6 1 8 1 q15 1 15 11 q15 19 9 19 q3 19 3 13.5 q3 8 9 8 q14 8 15 13",
    ":": "8 m3.4 1 l3.4 2 4.2 2 4.2 1 3.4 1 m3.4 12 l3.4 13 4.2 13 4.2 12 3.4 12",
    ";": "8 m4 2 l3 -3 m3.4 12 l3.4 13 4.2 13 4.2 12 3.4 12",
    "<": "22 m18 15 l4 9 18 3",
    "=": "22 m4 11 l18 11 m4 6 l18 6",
    ">": "22 m4 15 l18 9 4 3",
    "?": "14 m3 18 q5 19 7 19 q12 19 12 15.5 q12 13 9.5 11 q7 9 7 6 m7 2 l7 1",
    "@": "28 m18 8 q18 12 13.5 12 q9 12 9 8 q9 4 13.5 4 q18 4 18 8 m18 12 l18 6 q18 4 20 4 "
      + "q25 4 25 9 q25 18 15 18 q3 18 3 7 q3 -4 14 -4 q18 -4 21 -2",
    "A": "18 m1 1 l8.5 19 9.5 19 17 1 m4 7 l14 7",
    "B": "18 m3 1 l3 19 9 19 q14 19 14 15 q14 11 9 11 l3 11 m9 11 q15 11 15 6 q15 1 9 1 l3 1",
    "C": "20 m16.5 17 q14 19 11 19 q3 19 3 10 q3 1 11 1 q14 1 16.5 3",
    "D": "20 m3 1 l3 19 8 19 q17 19 17 10 q17 1 8 1 l3 1",
    "E": "17 m14 19 l3 19 3 1 14 1 m3 11 l13 11",
    "F": "16 m14 19 l3 19 3 1 m3 11 l12 11",
    "G": "20 m16.5 17 q14 19 11 19 q3 19 3 10 q3 1 11 1 q14 1 17 3 l17 9 12 9",
    "H": "20 m3 1 l3 19 m17 1 l17 19 m3 11 l17 11",
    "I": "6 m3 1 l3 19",
    "J": "10 m7 19 l7 6 q7 1 2 1",
    "K": "18 m3 1 l3 19 m15.5 19 l3 8 m6.5 11 l16.5 1",
    "L": "16 m3 19 l3 1 14 1",
    "M": "22 m3 1 l3 19 4 19 11 6 18 19 19 19 19 1",
    "N": "20 m3 1 l3 19 4 19 16 1 17 1 17 19",
    "O": "22 m3 10 q3 19 11 19 q19 19 19 10 q19 1 11 1 q3 1 3 10",
    "P": "17 m3 1 l3 19 8 19 q15 19 15 14 q15 9 8 9 l3 9",
    "Q": "22 m3 10 q3 19 11 19 q19 19 19 10 q19 1 11 1 q3 1 3 10 m13 3 l17 -2",
    "R": "18 m3 1 l3 19 8 19 q15 19 15 14.5 q15 10 8 10 l3 10 m9 10 q12 9 16 1",
    "S": "18 m14.5 17.5 q12 19 9 19 q3 19 3 14.5 q3 11 9 10 q15 9 15 5.5 q15 1 8.5 1 q5 1 3 2.5",
    "T": "18 m1 19 l17 19 m9 19 l9 1",
    "U": "20 m3 19 l3 8 q3 1 10 1 q17 1 17 8 l17 19",
    "V": "18 m1 19 l8.5 1 9.5 1 17 19",
    "W": "26 m1 19 l6.5 1 7.5 1 12.5 19 13.5 19 18.5 1 19.5 1 25 19",
    "X": "18 m2 19 l16 1 m16 19 l2 1",
    "Y": "18 m1 19 l9 10 17 19 m9 10 l9 1",
    "Z": "18 m2 19 l16 19 16 18.5 2 1.5 2 1 16 1",
    "[": "10 m8 21 l3 21 3 -5 8 -5",
    "\\": "10 m1 19 l9 -2",
    "]": "10 m2 21 l7 21 7 -5 2 -5",
    "^": "22 m4 12 l11 19 18 12",
    "_": "14 m0 -4 l14 -4",
    "`": "14 m4 21 l8 17",
    "a": "17 m4 14 q6 15 8 15 q13 15 13 10 l13 1 m13 9 l8 9 q3 9 3 5 q3 1 7 1 q12 1 13 7",
    "b": "18 m3 21 l3 1 m3 8 q3 15 9 15 q15 15 15 8 q15 1 9 1 q3 1 3 8",
    "c": "15 m13 14 q11 15 9 15 q3 15 3 8 q3 1 9 1 q11 1 13 2",
    "d": "18 m15 21 l15 1 m15 8 q15 15 9 15 q3 15 3 8 q3 1 9 1 q15 1 15 8",
    "e": "17 m3 8.5 l15 8.5 q15 15 9 15 q3 15 3 8 q3 1 10 1 q12.5 1 14.5 2.2",
    "f": "10 m10 21 l9 21 q5 21 5 17 l5 1 m1 15 l9 15",
    "g": "18 m15 15 l15 1 q15 -5 9 -5 q6 -5 4 -4 m15 8 q15 15 9 15 q3 15 3 8 q3 1 9 1 q15 1 15 8",
    "h": "18 m3 21 l3 1 m3 9 q3 15 9 15 q15 15 15 9 l15 1",
    "i": "6 m3 15 l3 1 m3 20 l3 21",
    "j": "6 m3 15 l3 -2 q3 -5 -1 -5 m3 20 l3 21",
    "k": "16 m3 21 l3 1 m13 15 l3 7 m6 9.4 l14 1",
    "l": "6 m3 21 l3 1",
    "m": "26 m3 15 l3 1 m3 9 q3 15 8 15 q13 15 13 9 l13 1 m13 9 q13 15 18 15 q23 15 23 9 l23 1",
    "n": "18 m3 15 l3 1 m3 9 q3 15 9 15 q15 15 15 9 l15 1",
    "o": "18 m3 8 q3 15 9 15 q15 15 15 8 q15 1 9 1 q3 1 3 8",
    "p": "18 m3 15 l3 -5 m3 8 q3 15 9 15 q15 15 15 8 q15 1 9 1 q3 1 3 8",
    "q": "18 m15 15 l15 -5 m15 8 q15 15 9 15 q3 15 3 8 q3 1 9 1 q15 1 15 8",
    "r": "12 m3 15 l3 1 m3 8 q3 15 9.5 15 l11 15",
    "s": "15 m12 14 q10 15 8 15 q3 15 3 11.7 q3 9 7.5 8.2 q13 7.3 13 4.3 q13 1 7.5 1 q5 1 3 2",
    "t": "12 m5 19 l5 5 q5 1 9 1 l10 1 m1 15 l10 15",
    "u": "18 m3 15 l3 7 q3 1 9 1 q15 1 15 7 m15 15 l15 1",
    "v": "16 m1 15 l7.5 1 8.5 1 15 15",
    "w": "22 m1 15 l5.5 1 6.5 1 10.7 15 11.3 15 15.5 1 16.5 1 21 15",
    "x": "16 m2 15 l14 1 m14 15 l2 1",
    "y": "16 m1 15 l8 1 m15 15 l7 -3 q6 -5 2 -5",
    "z": "15 m2 15 l13 15 13 14.5 2 1.5 2 1 13 1",
    "{": "16 m12 21 q7 21 7 17 l7 12 q7 8 3 8 q7 8 7 4 l7 -1 q7 -5 12 -5",
    "|": "10 m5 21 l5 -7",
    "}": "16 m4 21 q9 21 9 17 l9 12 q9 8 13 8 q9 8 9 4 l9 -1 q9 -5 4 -5",
    "~": "22 m4 7 q5 11 9 10 l13 8 q17 7 18 11",
    "\u{2212}": "20 m3 9 l17 9",
    "\u{B0}": "14 m4 16 q4 19 7 19 q10 19 10 16 q10 13 7 13 q4 13 4 16",
    "\u{B5}": "18 m3 15 l3 -5 m3 7 q3 1 9 1 q15 1 15 7 m15 15 l15 1",
    "\u{B7}": "8 m3.4 9 l3.4 10 4.2 10 4.2 9 3.4 9",
    "\u{D7}": "22 m5 15 l17 3 m17 15 l5 3",
    "\u{2202}": "17 m5 19 q14 21 14 8 q14 1 8.5 1 q3 1 3 6 q3 12 8.5 12 q13 12 14 8",
    "\u{2026}": "26 m4 1 l4 2 m13 1 l13 2 m22 1 l22 2",
  ]
}
