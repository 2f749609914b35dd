import DescentCore
import DescentZlib

/// The handwritten digits that come with the library: 1,797 grey images of 8 x 8 pixels.
///
/// They are the test set of the UCI collection, the same as scikit-learn's `load_digits`, in the
/// same order: small enough to ship, real enough to learn from (a linear model reaches about 95 %).
public enum Digits {
  public static let count = 1797
  static let pixelCount = 64

  /// The images one after the other, row by row, and their labels.
  struct Table {
    /// `count * pixelCount` values from 0 (white) to 16 (black).
    var pixels: [UInt8]
    /// `count` values from 0 to 9.
    var labels: [UInt8]
  }

  /// The images as [1797, 64] float32 from 0 (white) to 1 (black), the labels as [1797] int64.
  ///
  /// - Throws: `ZlibError.libraryNotFound` where the system has no zlib.
  /// - Source: sklearn.datasets.load_digits, divided by 16
  public static func load() throws(ZlibError) -> TensorDataset<(Tensor, Tensor)> {
    let table = try table()
    let images = Tensor(table.pixels, shape: [count, pixelCount]).to(.float32) / 16
    let labels = Tensor(table.labels, shape: [count]).to(.int64)
    return TensorDataset(images, labels)
  }

  /// Unpacks the table, in about a millisecond.
  ///
  /// - Throws: `ZlibError.libraryNotFound` where the system has no zlib.
  static func table() throws(ZlibError) -> Table {
    guard let packed = base64Decoded(digitsTable) else {
      throw .corruptData("a built-in table with characters outside base64")
    }
    let bytes = try Zlib.uncompress(packed, limit: count * (pixelCount + 1))
    guard bytes.count == count * (pixelCount + 1) else {
      throw .corruptData("a built-in table of \(bytes.count) bytes")
    }
    // The table is stored by columns: pixel 0 of all images, pixel 1 of all images, …
    var pixels = [UInt8](repeating: 0, count: count * pixelCount)
    for pixel in 0..<pixelCount {
      for image in 0..<count { pixels[image * pixelCount + pixel] = bytes[pixel * count + image] }
    }
    return Table(pixels: pixels, labels: Array(bytes[(pixelCount * count)...]))
  }
}

/// Decodes base64 (RFC 4648), skipping line ends; nil for any other character or a wrong length.
func base64Decoded(_ text: String) -> [UInt8]? {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.utf8.count * 3 / 4)
  var (bits, bitCount, padding) = (UInt32(0), 0, 0)
  for character in text.utf8 {
    let value: UInt8
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): value = 62
    case UInt8(ascii: "/"): value = 63
    case UInt8(ascii: "="):
      padding += 1
      continue
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): continue
    default: return nil
    }
    guard padding == 0 else { return nil }
    bits = bits << 6 | UInt32(value)
    bitCount += 6
    if bitCount >= 8 {
      bitCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
    }
  }
  // What is left are the zero bits that fill up the last group.
  guard bitCount == 2 * padding, bits & ((1 << bitCount) - 1) == 0
  else { return nil }
  return bytes
}
