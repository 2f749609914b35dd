import DescentCore
import Testing

@Suite("misuse")
struct MisuseTests {
  private func misuse(_ body: () -> Void) throws -> Misuse {
    try #require(throws: Misuse.self) { try checked(body) }
  }

  @Test("what says the same is equal, whatever line the call stands on")
  func equality() throws {
    let first = try misuse { _ = Tensor.zeros(-1) }
    let second = try misuse { _ = Tensor.zeros(-1) }
    #expect(first.location != second.location)
    #expect(first == second)
    #expect(try first != misuse { _ = Tensor.zeros(-2) })
    #expect(try first != misuse { _ = Tensor.ones(-1) })
  }
}
