import Testing

@testable import DescentData

@Suite("Digits")
struct DigitsTests {
  @Test("the table is that of scikit-learn's load_digits")
  func table() throws {
    let table = try Digits.table()
    #expect(table.pixels.count == 1797 * 64)
    #expect(table.labels.count == 1797)
    #expect(Array(table.labels[..<12]) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    let counts = (0..<10).map { digit in table.labels.count { $0 == digit } }
    #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    let total = (table.pixels + table.labels).reduce(0) { $0 + Int($1) }
    #expect(total == 569_788)
    #expect(table.pixels.allSatisfy { $0 <= 16 })
    #expect(Array(table.pixels[..<16]) == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])
    #expect(Array(table.pixels.suffix(8)) == [0, 1, 8, 12, 14, 12, 1, 0])
  }

  @Test("base64 is decoded as RFC 4648 has it")
  func base64() {
    for (text, plain) in [
      ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9v\nYmFy", "foobar"),
    ] {
      #expect(base64Decoded(text) == Array(plain.utf8))
    }
    for text in ["Zg", "Zg=", "Zh==", "Zm9v=", "=Zg=", "Zm9*", "Z"] {
      #expect(base64Decoded(text) == nil, "\(text)")
    }
  }
}
