import Testing

@testable import DescentIO

@Suite("StrictJSON")
struct StrictJSONTests {
  private func parse(_ text: String) throws -> JSONValue {
    try Array(text.utf8).withUnsafeBytes { try StrictJSON.parse($0) }
  }

  @Test(
    "text that RFC 8259 forbids is refused",
    arguments: [
      "", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "01", "-", "1.", ".5", "1e", "+1", "NaN",
      "nul", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\u00g0\"",
      "\"tab\t\"", "\"open", "[1] 2", "'a'", "{a:1}", "// comment\n1",
      String(repeating: "[", count: 17) + String(repeating: "]", count: 17),
    ])
  func refused(_ text: String) {
    #expect(throws: JSONFailure.self) { try parse(text) }
  }

  @Test("strings with escapes, surrogate pairs and UTF-8 are read and written back")
  func strings() throws {
    guard case .string(let text) = try parse(#"  "\u00e9\n\"\\\/\ud83d\ude00😀\u0001"  "#) else {
      Issue.record("not a string")
      return
    }
    #expect(text == "é\n\"\\/😀😀\u{1}")
    guard case .string(let again) = try parse(jsonQuoted(text)) else {
      Issue.record("not a string")
      return
    }
    #expect(again == text)
  }

  @Test("integers are exact and numbers beyond them keep their text")
  func numbers() throws {
    guard
      case .array(let elements) = try parse("[9223372036854775807, -0, 9223372036854775808, 1e2]")
    else {
      Issue.record("not an array")
      return
    }
    #expect(
      elements.map(\.kind) == [
        "the number 9223372036854775807", "the number 0", "the number 9223372036854775808",
        "the number 1e2",
      ])
  }
}
