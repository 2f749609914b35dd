import DescentCore
import DescentNN
import Testing

/// Initial values: those that PyTorch 2.13 draws from the same seed, bit for bit.
@Suite("Init")
struct InitTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let shape: Shape
    let values: [Float]
    let fill: @Sendable (Tensor, Generator) -> Tensor
    init(
      _ name: String, _ shape: Shape, _ values: [Float],
      _ fill: @escaping @Sendable (Tensor, Generator) -> Tensor
    ) {
      testDescription = name
      self.shape = shape
      self.values = values
      self.fill = fill
    }
  }

  static let cases = [
    Case(
      "uniform_", [2, 3],
      [-1.9786824, -1.4721532, -0.5707876, -1.8652258, 0.3580718, -1.6994185]
    ) { Init.uniform_($0, -2, 3, generator: $1) },
    Case(
      "normal_", [2, 3],
      [2.6065521, 1.3496668, 1.1779562, -0.22743602, 1.0923649, -1.7365184]
    ) { Init.normal_($0, mean: 1, std: 2, generator: $1) },
    Case(
      "normal_ of 16 and more", [4, 5],
      [
        0.8467114, 1.719763, -0.5640336, 1.1430554, 3.0920455, 2.044374, 0.6663817, 1.1060668,
        1.8092144, 2.2225993, 2.5207808, 0.9327135, 2.9958448, 1.918361, 5.872794, 0.70638365,
        1.970228, 1.4104688, 1.6768564, 3.705508,
      ]
    ) { Init.normal_($0, mean: 1, std: 2, generator: $1) },
    Case(
      "xavierUniform_", [2, 3],
      [-2.1722085, -1.7283086, -0.93839127, -2.0727801, -0.12437964, -1.9274739]
    ) { Init.xavierUniform_($0, gain: 2, generator: $1) },
    Case(
      "xavierNormal_", [2, 3],
      [0.5080364, 0.11057435, 0.05627469, -0.38814935, 0.029208347, -0.86536306]
    ) { Init.xavierNormal_($0, generator: $1) },
    Case(
      "kaimingUniform_", [2, 3],
      [-1.4021544, -1.1156183, -0.6057289, -1.3379737, -0.08028671, -1.244179]
    ) { Init.kaimingUniform_($0, generator: $1) },
    Case(
      "kaimingUniform_ by fan-out, tanh", [2, 1, 2],
      [-1.431068, -1.1386232, -0.61821955, -1.3655639]
    ) { Init.kaimingUniform_($0, mode: .fanOut, nonlinearity: .tanh, generator: $1) },
    Case(
      "kaimingNormal_", [2, 3],
      [0.71847194, 0.15637574, 0.07958443, -0.54892606, 0.041306842, -1.2238082]
    ) { Init.kaimingNormal_($0, a: 0.5, mode: .fanOut, generator: $1) },
    Case(
      "truncNormal_", [2, 3],
      [0.80327606, 0.17483339, 0.0889781, -0.61371803, 0.04618245, -1.3682592]
    ) { Init.truncNormal_($0, generator: $1) },
    Case(
      "truncNormal_ of a tail", [2, 3],
      [1.0021317, 1.0527847, 1.1429212, 1.0134774, 1.2358072, 1.0300581]
    ) { Init.truncNormal_($0, a: 1, b: 1.5, generator: $1) },
    Case("eye_", [2, 3], [1, 0, 0, 0, 1, 0]) { tensor, _ in Init.eye_(tensor) },
    Case(
      "dirac_ in groups", [4, 2, 3],
      [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    ) { tensor, _ in Init.dirac_(tensor, groups: 2) },
    Case("constant_", [2], [2.5, 2.5]) { tensor, _ in Init.constant_(tensor, 2.5) },
    Case("ones_ then zeros_", [1], [0]) { tensor, _ in Init.zeros_(Init.ones_(tensor)) },
  ]

  @Test("the values are PyTorch's for seed 3", arguments: cases)
  func values(_ item: Case) {
    let tensor = Tensor.full(item.shape, 77.0, dtype: .float32)
    let result = item.fill(tensor, Generator(seed: 3))
    #expect(result === tensor && tensor.toArray() == item.values)
  }

  @Test("a parameter is filled in place, without a graph")
  func parameters() {
    let parameter = Parameter(Tensor.zeros(2, 2))
    Init.kaimingNormal_(parameter, generator: Generator(seed: 3))
    #expect(parameter.isLeaf && parameter.requiresGrad && parameter.abs().min().item() > 0)
  }

  #if compiler(>=6.2)
    @Test("sparse_ is PyTorch's for seed 3 and zeroes a share of each column, rounded up")
    func sparse() async {
      // Its rows are drawn from the default generator, so it has a process of its own.
      await #expect(processExitsWith: .success) {
        let values: [Float] = [
          0.008032761, 0, 0, 0, 0.00046182453, -0.013682592, 0, 0.010111159,
        ]
        manualSeed(3)
        #expect(Init.sparse_(Tensor.empty(4, 2), 0.5).toArray() == values)
        let tensor = Init.sparse_(Tensor.empty(5, 3), 0.5, std: 1)
        #expect((tensor .== 0).sum(dim: 0).toArray() == [3, 3, 3])
      }
    }
  #endif

  @Test("gains and fans")
  func gains() {
    #expect(Init.calculateGain(.linear) == 1 && Init.calculateGain(.sigmoid) == 1)
    #expect(Init.calculateGain(.tanh) == 5.0 / 3 && Init.calculateGain(.selu) == 0.75)
    #expect(Init.calculateGain(.relu) == 1.4142135623730951)
    #expect(Init.calculateGain(.leakyReLU(negativeSlope: 0.5)) == 1.2649110640673518)
    let fans = Init.fans(Tensor.empty(4, 3, 5, 2))
    #expect(fans.fanIn == 30 && fans.fanOut == 40)
  }

  @Test("tensors of the wrong shape are refused and left alone")
  func misuse() {
    let error = #expect(throws: Misuse.self) {
      try checked { Init.xavierUniform_(Tensor.ones(3)) }
    }
    #expect(
      error.map { "\($0)" } == "Init: fan-in and fan-out need two dimensions. Got [3]. "
        + "Try a weight of shape [out, in, …].")
    let bodies: [(Tensor, (Tensor) -> Void)] = [
      (Tensor.ones(3), { Init.eye_($0) }), (Tensor.ones(3), { Init.sparse_($0, 0.1) }),
      (Tensor.ones(2, 2), { Init.dirac_($0) }),
      (Tensor.ones(3, 2, 1), { Init.dirac_($0, groups: 2) }),
      (Tensor.ones(2, 2, 1), { Init.dirac_($0, groups: 0) }),
    ]
    for (tensor, body) in bodies {
      #expect(throws: Misuse.self) { try checked { body(tensor) } }
      #expect(tensor.min().item() == 1 && tensor.max().item() == 1)
    }
  }
}
