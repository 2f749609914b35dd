import DescentCore
import DescentNN
import Testing

@Suite("Convolution layers") struct ConvolutionLayerTests {
  @Test("groups that do not divide the channels are named where the layer is made")
  func groupsDivideChannels() {
    func message(_ make: () -> Module) -> String {
      do {
        try checked { _ = make() }
        return ""
      } catch { return "\(error) at \((error as? Misuse)?.location ?? "no line")" }
    }
    let text = message { Conv2d(6, 9, 3, groups: 2) }
    let problem = "Conv2d: 6 and 9 channels do not divide into 2 groups. Got groups 2. Try "
    #expect(text.contains(problem))
    #expect(text.contains("ConvolutionLayerTests.swift"))
    #expect(message { Conv1d(4, 4, 3, groups: 0) }.contains("Conv1d: 4 and 4 channels"))
    #expect(message { ConvTranspose3d(5, 4, 3, groups: 4) }.contains("ConvTranspose3d: 5 and 4"))
    #expect(message { Conv3d(6, 9, 3, groups: 3) } == "")
    #expect(message { ConvTranspose1d(6, 9, 3, groups: 3) } == "")
  }
}
