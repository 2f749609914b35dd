import Descent

/// init.json: the weights of fresh modules and the initialisers, bit for bit.
let initSection = Section(name: "init") { folder in
  let json = try folder.json("init.json")
  let fixture = try folder.fixture("init/init.safetensors")
  var cases: [(Reporter) throws -> Void] = []
  for entry in json["cases"]?.elements ?? [] {
    let seed = entry["seed"]?.int ?? 0
    cases.append { reporter in
      if let expression = entry["expr"]?.string {
        reporter.check("init modules", "\(expression) seed \(seed)") {
          manualSeed(seed)
          return try compareState(try freshModule(expression), entry, fixture)
        }
      } else if let call = entry["init"]?.string {
        let shape = (entry["shape"]?.elements ?? []).compactMap(\.int)
        let dtype = entry["dtype"]?.string.flatMap(DType.init(name:)) ?? .float32
        reporter.check("init functions", "\(call) \(shape) \(dtype.name)") {
          manualSeed(seed)
          let tensor = try initialised(call, Tensor.empty(Shape(shape), dtype: dtype))
          return difference(tensor, try fixture.stored(entry["out"]?.string ?? ""), .exact)
        }
      }
    }
  }
  cases.append { reporter in
    for (name, value) in json["calculate_gain"]?.members ?? [] {
      reporter.check("init functions", "calculate_gain \(name)") {
        let gain = Init.calculateGain(try nonlinearity(name))
        return gain == value.double ? nil : "\(gain), expected \(value)"
      }
    }
  }
  return cases
}

private func compareState(_ module: Module, _ entry: Value, _ fixture: Fixture) throws -> String? {
  let state = module.stateDict()
  let expected = entry["state"]?.members ?? []
  if state.keys != expected.map(\.key) {
    return "keys \(state.keys), expected \(expected.map(\.key))"
  }
  for (key, value) in expected {
    let wanted = try fixture.stored(value.string ?? "")
    if let problem = difference(state[key]!, wanted, .exact) { return "\(key): \(problem)" }
  }
  guard let next = entry["next_rand"]?.string else { return nil }
  return difference(Tensor.rand(3), try fixture.stored(next), .exact).map { "next numbers: \($0)" }
}

private func freshModule(_ expression: String) throws -> Module {
  switch expression {
  case "nn.Linear(5,3)": Linear(5, 3)
  case "nn.Linear(16,16)": Linear(16, 16)
  case "nn.Linear(64,32)": Linear(64, 32)
  case "nn.Linear(7,1,bias=False)": Linear(7, 1, bias: false)
  case "nn.Linear(6,4,dtype=float64)": Linear(6, 4, dtype: .float64)
  case "nn.Bilinear(4,5,3)": Bilinear(4, 5, 3)
  case "nn.Embedding(10,4)": Embedding(10, 4)
  case "nn.Embedding(11,3,padding_idx=2)": Embedding(11, 3, paddingIdx: 2)
  case "nn.Conv1d(4,6,3)": Conv1d(4, 6, 3)
  case "nn.Conv2d(3,8,3)": Conv2d(3, 8, 3)
  case "nn.Conv2d(4,8,(3,5),groups=2)": Conv2d(4, 8, [3, 5], groups: 2)
  case "nn.Conv2d(1,2,1,bias=False)": Conv2d(1, 2, 1, bias: false)
  case "nn.Conv3d(2,3,2)": Conv3d(2, 3, 2)
  case "nn.ConvTranspose1d(3,4,3)": ConvTranspose1d(3, 4, 3)
  case "nn.ConvTranspose2d(3,4,3,groups=1)": ConvTranspose2d(3, 4, 3)
  case "nn.RNN(4,6)": RNN(4, 6)
  case "nn.LSTM(5,7,num_layers=2,bidirectional=True)":
    LSTM(5, 7, numLayers: 2, bidirectional: true)
  case "nn.LSTM(4,3,proj_size=2)": LSTM(4, 3, projSize: 2)
  case "nn.GRU(4,5,num_layers=2)": GRU(4, 5, numLayers: 2)
  case "nn.RNNCell(3,4)": RNNCell(3, 4)
  case "nn.LSTMCell(3,4)": LSTMCell(3, 4)
  case "nn.GRUCell(3,4)": GRUCell(3, 4)
  case "nn.BatchNorm2d(4)": BatchNorm2d(4)
  case "nn.LayerNorm((3,4))": LayerNorm([3, 4])
  case "nn.GroupNorm(2,6)": GroupNorm(2, 6)
  case "nn.InstanceNorm2d(3,affine=True,track_running_stats=True)":
    InstanceNorm2d(3, affine: true, trackRunningStats: true)
  case "nn.RMSNorm(6)": RMSNorm(6)
  case "nn.Sequential(nn.Conv2d(1,6,5),nn.ReLU(),nn.MaxPool2d(2),nn.Flatten(),nn.Linear(864,10))":
    Sequential(Conv2d(1, 6, 5), ReLU(), MaxPool2d(2), Flatten(), Linear(864, 10))
  case "nn.MultiheadAttention(8,2)": MultiheadAttention(8, 2)
  case "nn.MultiheadAttention(8,2,kdim=6,vdim=4,add_bias_kv=True)":
    MultiheadAttention(8, 2, addBiasKv: true, kdim: 6, vdim: 4)
  case "nn.TransformerEncoderLayer(8,2,16)": TransformerEncoderLayer(8, 2, dimFeedforward: 16)
  case "nn.TransformerDecoderLayer(8,2,16)": TransformerDecoderLayer(8, 2, dimFeedforward: 16)
  case "nn.PReLU(3)": PReLU(3)
  case "nn.Sequential(nn.Linear(4,8),nn.Tanh(),nn.Linear(8,3))":
    Sequential(Linear(4, 8), Tanh(), Linear(8, 3))
  default: throw Refusal.unsupported("no module \(expression)")
  }
}

private func nonlinearity(_ name: String) throws -> Init.Nonlinearity {
  switch name {
  case "linear": .linear
  case "conv2d": .conv2d
  case "sigmoid": .sigmoid
  case "tanh": .tanh
  case "relu": .relu
  case "leaky_relu": .leakyReLU()
  case "selu": .selu
  default: throw Refusal.unsupported("no nonlinearity \(name)")
  }
}

private func initialised(_ call: String, _ t: Tensor) throws -> Tensor {
  switch call {
  case "uniform_(t)": Init.uniform_(t)
  case "uniform_(t,-2,3)": Init.uniform_(t, -2, 3)
  case "normal_(t)": Init.normal_(t)
  case "normal_(t,1,0.5)": Init.normal_(t, mean: 1, std: 0.5)
  case "constant_(t,0.3)": Init.constant_(t, 0.3)
  case "ones_(t)": Init.ones_(t)
  case "zeros_(t)": Init.zeros_(t)
  case "eye_(t)": Init.eye_(t)
  case "trunc_normal_(t)": Init.truncNormal_(t)
  case "trunc_normal_(t,0.5,2,-1,1)": Init.truncNormal_(t, mean: 0.5, std: 2, a: -1, b: 1)
  case "dirac_(t)": Init.dirac_(t)
  case "sparse_(t,0.4)": Init.sparse_(t, 0.4)
  case "xavier_uniform_(t)": Init.xavierUniform_(t)
  case "xavier_uniform_(t,gain=1.6666666666666667)":
    Init.xavierUniform_(t, gain: 1.6666666666666667)
  case "xavier_normal_(t)": Init.xavierNormal_(t)
  case "kaiming_uniform_(t)": Init.kaimingUniform_(t)
  case "kaiming_uniform_(t,mode='fan_out',nonlinearity='relu')":
    Init.kaimingUniform_(t, mode: .fanOut, nonlinearity: .relu)
  case "kaiming_uniform_(t,a=0.1)": Init.kaimingUniform_(t, a: 0.1)
  case "kaiming_normal_(t)": Init.kaimingNormal_(t)
  case "kaiming_normal_(t,mode='fan_out',nonlinearity='relu')":
    Init.kaimingNormal_(t, mode: .fanOut, nonlinearity: .relu)
  default: throw Refusal.unsupported("no initialiser \(call)")
  }
}
