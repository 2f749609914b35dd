/// A canvas of characters: braille dots for lines, box drawing for frames, letters for text.
///
/// Its unit is the braille dot; a character is 2 dots wide and 4 high.
struct TerminalCanvas: Canvas {
  let metrics = Metrics.dots
  private let columns: Int
  private let rows: Int
  private var cells: [Cell]
  private var clipRect: Rect

  private struct Cell {
    var character: Character = " "
    /// The dots that are set, in the bit order of Unicode's braille block.
    var dots: UInt8 = 0
    var color: PlotColor?
  }

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = [Cell](repeating: Cell(), count: columns * rows)
    clipRect = Rect(left: 0, top: 0, right: Double(columns * 2), bottom: Double(rows * 4))
  }

  /// The lines of text, with ANSI colours if wanted, without blanks at their ends.
  func text(colors: Bool) -> String {
    var lines: [String] = []
    for row in 0..<rows {
      var line = ""
      var pendingBlanks = 0
      var current: PlotColor?
      for cell in cells[(row * columns)..<((row + 1) * columns)] {
        let character = cell.dots == 0 ? cell.character : Self.braille(cell.dots)
        if character == " " {
          pendingBlanks += 1
          continue
        }
        line += String(repeating: " ", count: pendingBlanks)
        pendingBlanks = 0
        if colors, cell.color != current {
          current = cell.color
          line += current.map { "\u{1B}[38;2;\($0.red);\($0.green);\($0.blue)m" } ?? "\u{1B}[0m"
        }
        line.append(character)
      }
      if current != nil { line += "\u{1B}[0m" }
      lines.append(line)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Unicode's bits for the dots of a braille character, row by row.
  private static let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  private static func braille(_ dots: UInt8) -> Character {
    Unicode.Scalar(0x2800 + UInt32(dots)).map(Character.init) ?? " "
  }

  mutating func clip(to rect: Rect?) {
    clipRect = rect ?? Rect(left: 0, top: 0, right: Double(columns * 2), bottom: Double(rows * 4))
  }

  mutating func polyline(_ points: [Point], _ stroke: Stroke) {
    // A dash of two and a gap of two dots says "not solid" at this resolution.
    let period = stroke.dashes.isEmpty ? 0 : stroke.dashes[0] > 2 ? 6 : 3
    var count = 0
    var last: (Int, Int)?
    func visit(_ x: Int, _ y: Int, _ canvas: inout TerminalCanvas) {
      if let last, last == (x, y) { return }
      last = (x, y)
      if period == 0 || count % period < (period + 1) / 2 { canvas.set(x, y, stroke.color) }
      count += 1
    }
    for index in points.indices {
      let to = points[index]
      let from = index == 0 ? to : points[index - 1]
      let steps = max(abs(to.x - from.x), abs(to.y - from.y)).rounded(.up)
      guard steps < 1e6 else { continue }
      for step in 0...Int(steps) {
        let point = steps == 0 ? to : from + (to - from) * (Double(step) / steps)
        visit(Int(point.x.rounded(.down)), Int(point.y.rounded(.down)), &self)
      }
    }
  }

  mutating func polygon(_ points: [Point], fill: PlotColor) {
    polyline(points + points.prefix(1), Stroke(color: fill, width: 1))
  }

  mutating func marker(_ marker: Marker, at points: [Point], size: Double, color: PlotColor) {
    // Many markers as characters would run into one another; dots then show more.
    let asDots = points.count > 60 || marker == .point || marker == .pixel
    for point in points {
      let (x, y) = (Int(point.x.rounded(.down)), Int(point.y.rounded(.down)))
      if asDots {
        set(x, y, color)
      } else if clipRect.contains(point) {
        put(marker.character, column: x >> 1, row: y >> 2, color)
      }
    }
  }

  mutating func label(_ label: Label) {
    let characters =
      Array(label.text) + Array(label.superscript.isEmpty ? "" : "^")
      + Array(label.superscript)
    let start = (label.at.x / 2).rounded(.down)
    let column =
      switch label.anchor {
      case .start: Int((label.at.x / 2).rounded())
      case .middle: Int(start) - characters.count / 2
      case .end: Int((label.at.x / 2).rounded()) - characters.count
      }
    let row = Int(((label.at.y - 2) / 4).rounded(.down))
    let color = label.color == .black ? nil : label.color
    for (index, character) in characters.enumerated() {
      put(character, column: column + index, row: row, color)
    }
  }

  /// Draws box lines through the characters just outside the rectangle.
  mutating func frame(_ rect: Rect, _ stroke: Stroke, fill: PlotColor?) {
    let (left, right) = (Int(rect.left / 2) - 1, Int(rect.right / 2))
    let (top, bottom) = (Int(rect.top / 4) - 1, Int(rect.bottom / 4))
    guard left < right, top < bottom else { return }
    for row in top...bottom {
      for column in left...right {
        let character: Character? =
          switch (row == top, row == bottom, column == left, column == right) {
          case (true, _, true, _): "┌"
          case (true, _, _, true): "┐"
          case (_, true, true, _): "└"
          case (_, true, _, true): "┘"
          case (true, _, _, _), (_, true, _, _): "─"
          case (_, _, true, _), (_, _, _, true): "│"
          default: fill == nil ? nil : " "
          }
        if let character { put(character, column: column, row: row, nil) }
      }
    }
  }

  mutating func tick(at point: Point, isX: Bool, length: Double, _ stroke: Stroke) {
    let (column, row) = (Int(point.x / 2), Int((point.y / 4).rounded(.down)))
    put(isX ? "┬" : "┤", column: isX ? column : column - 1, row: row, nil)
  }

  private mutating func put(_ character: Character, column: Int, row: Int, _ color: PlotColor?) {
    guard column >= 0, column < columns, row >= 0, row < rows else { return }
    cells[row * columns + column] = Cell(character: character, dots: 0, color: color)
  }

  private mutating func set(_ x: Int, _ y: Int, _ color: PlotColor) {
    guard x >= 0, y >= 0, x < columns * 2, y < rows * 4,
      Double(x) >= clipRect.left, Double(x) <= clipRect.right - 1, Double(y) >= clipRect.top,
      Double(y) <= clipRect.bottom - 1
    else { return }
    let index = (y >> 2) * columns + (x >> 1)
    // A marker's character stays: a line through it would only erase it.
    guard cells[index].character == " " else { return }
    cells[index].dots |= Self.bits[(y & 3) * 2 + (x & 1)]
    cells[index].color = color
  }
}
