import DescentCore
import Foundation
import Testing

extension SharedState {
  @Suite("Tensor printing")
  struct PrintingTests {
    @Test("every fixture prints as PyTorch prints it")
    func fixtures() throws {
      let cases = try CoreFixture.cases("printing")
      #expect(cases.count > 150)
      for fixture in cases {
        let tensor = fixture.tensor
        if fixture.entry["grad"] != nil { tensor.requiresGrad_() }
        if let options = fixture.entry["options"] as? [String: NSNumber] {
          setPrintOptions(
            precision: options["precision"]?.intValue, threshold: options["threshold"]?.intValue,
            edgeItems: options["edgeitems"]?.intValue, lineWidth: options["linewidth"]?.intValue,
            sciMode: options["sci_mode"]?.boolValue)
        }
        #expect("\(tensor)" == fixture.string("text"))
        setPrintOptions(precision: 4, threshold: 1000, edgeItems: 3, lineWidth: 80)
      }
    }

    @Test("strided tensors print their elements in order")
    func strided() {
      let x = Tensor([[1, 2, 3], [4, 5, 6]])
      #expect("\(x.transpose(0, 1))" == "tensor([[1, 4],\n        [2, 5],\n        [3, 6]])")
      #expect(
        "\(Tensor([1.5]).expand(2, 2))" == "tensor([[1.5000, 1.5000],\n        [1.5000, 1.5000]])")
    }

    @Test("results show the operation, parameters say what they are")
    func suffixes() {
      let x = Tensor([1.0], requiresGrad: true)
      #expect("\(x)" == "tensor([1.], requires_grad=True)")
      #expect("\(x + x)" == "tensor([2.], grad_fn=<AddBackward0>)")
      #expect("\(x.detach())" == "tensor([1.])")
      #expect(
        "\(Parameter(Tensor([1.0])))" == "Parameter containing:\ntensor([1.], requires_grad=True)")
    }
  }
}
