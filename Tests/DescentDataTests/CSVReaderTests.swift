import Foundation
import Testing

@testable import DescentData

@Suite("CSVReader")
struct CSVReaderTests {
  private func parse(_ text: String, _ reader: CSVReader = CSVReader()) throws -> CSVTable {
    try reader.parse(Array(text.utf8), source: "table.csv")
  }

  private func failure(_ text: String, _ reader: CSVReader = CSVReader()) -> ReaderError? {
    do {
      _ = try parse(text, reader)
      return nil
    } catch {
      return error as? ReaderError
    }
  }

  @Test("a plain table has its rows, columns and numbers")
  func plain() throws {
    let table = try parse("1,2.5,-3\n4,5e2,.5\n")
    #expect((table.rows, table.columns) == (2, 3))
    #expect(table.values == [1, 2.5, -3, 4, 500, 0.5])
    #expect(table[1, 0] == 4)
    #expect(table.header.isEmpty)
  }

  @Test("all line ends, a byte order mark, empty lines, blanks and a missing last line end")
  func lineEnds() throws {
    for text in ["1,2\n3,4", "1,2\r\n3,4\r\n", "1,2\r3,4\r", "\u{FEFF} 1 ,\t2\n\n  \n3, 4 \n\n"] {
      #expect(try parse(text).values == [1, 2, 3, 4], "\(text.debugDescription)")
    }
    #expect(try parse("").rows == 0)
    #expect(try parse("\n\n").rows == 0)
  }

  @Test("quoted fields hold delimiters, quotes and line ends")
  func quotes() throws {
    let table = try parse(
      "\"a, b\",\"say \"\"hi\"\"\",\"two\nlines\",größe\n\"1\", \"2\" ,3,4\n",
      CSVReader(hasHeader: true))
    #expect(table.header == ["a, b", "say \"hi\"", "two\nlines", "größe"])
    #expect(table.values == [1, 2, 3, 4])
  }

  @Test("other delimiters, comments and missing values follow the options")
  func options() throws {
    #expect(try parse("1;2\n3;4", CSVReader(delimiter: ";")).values == [1, 2, 3, 4])
    #expect(try parse("1\t2\n3\t4", CSVReader(delimiter: "\t")).values == [1, 2, 3, 4])
    #expect(try parse("  1   2 \n 3 4  ", CSVReader(delimiter: " ")).values == [1, 2, 3, 4])
    #expect(try parse("# note\n1,2\n# more, text\n3,4", CSVReader(comment: "#")).rows == 2)
    let table = try parse("1,,3\n,,\n", CSVReader(missing: -1))
    #expect(table.values == [1, -1, 3, -1, -1, -1])
    let tabs = try parse("1\t\t3\n", CSVReader(delimiter: "\t", missing: 0))
    #expect(tabs.values == [1, 0, 3])
    #expect(try parse("nan,inf\n").values[1] == .infinity)
  }

  @Test("errors name the file, the line, the column, the text and a remedy")
  func errors() throws {
    let word = try #require(failure("1,2\n3,four\n"))
    #expect(word.kind == .notANumber && word.line == 2 && word.column == 2)
    #expect(
      word.description == "csv: a field is not a number. Got \"four\" in table.csv, line 2, "
        + "column 2. Try another delimiter, or removing the column.")
    #expect(failure("a,b\n1,2\n")?.description.contains("hasHeader: true") == true)
    let empty = try #require(failure("1,\n"))
    #expect(empty.kind == .notANumber && empty.column == 2)
    for (text, line) in [("1,2\n3\n", 2), ("1,2\n\n3,4,5\n", 3)] {
      let ragged = try #require(failure(text))
      #expect(ragged.kind == .raggedRows && ragged.line == line)
    }
    #expect(failure("x,y\n1\n", CSVReader(hasHeader: true))?.kind == .raggedRows)
    #expect(failure("\"1\"2,3\n")?.kind == .malformed)
    #expect(failure("1,\"2\n3")?.kind == .malformed)
    let missing = #expect(throws: ReaderError.self) { try CSVReader().read("/nowhere/a.csv") }
    #expect(missing?.kind == .io)
  }

  @Test("gzip'd and plain files give the same table")
  func files() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/gzip").path(percentEncoded: false)
    let reader = CSVReader(hasHeader: true)
    let plain = try reader.read(folder + "/table.csv")
    #expect(plain.header == ["x", "y"] && plain.values == [1, 2, 3, 4])
    #expect(try reader.read(folder + "/table.csv.gz") == plain)
    let cut = #expect(throws: ReaderError.self) { try reader.read(folder + "/cut.csv.gz") }
    #expect(cut?.kind == .io)
  }

  @Test("the fast path for numbers gives what Double gives, bit for bit")
  func numbers() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let mantissa = UInt64.random(in: 0..<1_000_000_000_000_000, using: &generator)
      let digits = String(mantissa)
      let point = Int.random(in: 0...digits.count, using: &generator)
      let power = Int.random(in: -30...30, using: &generator)
      let text = "-\(digits.prefix(point)).\(digits.dropFirst(point))e\(power)"
      guard let fast = DecimalText.fastValue(Array(text.utf8)[...]) else { continue }
      #expect(fast.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
    for text in ["", "-", ".", "e5", "1e", "1e+", "--1", "1.2.3", "1x", "0x10", "1e999"] {
      #expect(DecimalText.fastValue(Array(text.utf8)[...]) == nil, "\(text)")
    }
    #expect(DecimalText.fastValue(Array("-0".utf8)[...])?.sign == .minus)
  }
}
