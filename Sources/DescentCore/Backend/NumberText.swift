import CDescent

extension String {
  /// A number with so many digits behind the point, as C's `printf` writes it.
  init(_ value: Double, digits: Int, scientific: Bool) {
    // float64 has up to 309 digits before the point.
    self.init(unsafeUninitializedCapacity: 320 + digits) { buffer in
      let room = Int64(buffer.count)
      return Int(dsc_number_text(buffer.baseAddress, room, value, Int32(digits), scientific))
    }
  }
}
