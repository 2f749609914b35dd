import Descent

/// rng.json: random numbers, bit for bit.
let randomSection = Section(name: "rng") { folder in
  let json = try folder.json("rng.json")
  let fixture = try folder.fixture("rng/rng.safetensors")
  return (json["cases"]?.elements ?? []).map { entry in
    { reporter in
      let seed = entry["seed"]?.int ?? 0
      func expect(_ name: String, _ key: Value?, _ call: () throws -> Tensor) {
        reporter.check("rng", "\(name) seed \(seed)") {
          difference(try call(), try fixture.stored(key?.string ?? ""), .exact)
        }
      }
      if let expression = entry["expr"]?.string {
        let n = entry["n"]?.int ?? 0
        manualSeed(seed)
        expect("\(expression) n \(n)", entry["out"]) { try sample(entry["fn"]?.string ?? "", n) }
        reporter.check("rng next", "\(expression) n \(n) seed \(seed)") {
          manualSeed(seed)
          _ = try sample(entry["fn"]?.string ?? "", n)
          let next = Tensor.rand(1).item()
          return next == entry["next"]?.double ? nil : "the next number is \(next)"
        }
      } else if let sequence = entry["sequence"]?.elements {
        manualSeed(seed)
        for (step, key) in zip(sequence, entry["outs"]?.elements ?? []) {
          expect("sequence \(step.string ?? "")", key) { try evaluate(step.string ?? "") }
        }
      } else if entry["generator"] != nil {
        let generator = Generator(seed: seed)
        let outs = entry["outs"]
        expect("generator randn", outs?["randn5"]) { Tensor.randn(5, generator: generator) }
        expect("generator rand", outs?["rand20"]) { Tensor.rand(20, generator: generator) }
        expect("generator randperm", outs?["randperm9"]) {
          Tensor.randperm(9, generator: generator)
        }
      } else if let module = entry["module"]?.string {
        manualSeed(seed)
        expect(module, entry["out"]) {
          let input = try fixture.stored(entry["in"]?.string ?? "")
          return try dropModule(module).callAsFunction(input)
        }
      } else if entry["gumbel_softmax"] != nil {
        manualSeed(seed)
        // What is drawn is compared above, bit for bit; logarithm and softmax round in their own way.
        reporter.check("rng", "gumbel_softmax seed \(seed)") {
          let inputs = (Tensor.rand(6, 4), Tensor.rand(6, 4))
          let result = try OpTable.all(
            "nn.functional.gumbel_softmax",
            Arguments([.tensor(inputs.1)], [("tau", .double(0.7))], fixture))[0]
          return difference(result, try fixture.stored(entry["out"]?.string ?? ""))
        }
      } else if let name = entry["distribution"]?.string {
        manualSeed(seed)
        expect(name, entry["out"]) { throw Refusal.unsupported("no distributions") }
      } else {
        manualSeed(seed)
        expect("state after randn(3)", entry["state_after_randn3"]) {
          _ = Tensor.randn(3)
          return Generator.default.getState()
        }
      }
    }
  }
}

private func sample(_ name: String, _ n: Int) throws -> Tensor {
  switch name {
  case "rand": return .rand(n)
  case "rand64": return .rand(n, dtype: .float64)
  case "randn": return .randn(n)
  case "randn64": return .randn(n, dtype: .float64)
  case "randn_bf16": return Tensor.randn(n).to(.bfloat16)
  case "rand_bf16": return .rand(n, dtype: .bfloat16)
  case "randn_half": return .randn(n, dtype: .float16)
  case "randint10": return .randint(0, 10, [n])
  case "randint_neg": return .randint(-5, 100000, [n])
  case "randint_big": return .randint(0, 1 << 40, [n])
  case "randint_i32": return .randint(0, 7, [n], dtype: .int32)
  case "randperm": return .randperm(n)
  case "normal": return .normal(mean: 2, std: 3, [n])
  case "normal_tt": return .normal(mean: Tensor.arange(n).float(), std: .linspace(0.1, 1, n))
  case "bernoulli": return Tensor.empty(n).bernoulli_(0.3)
  case "bernoulli_t": return Tensor.linspace(0, 1, n).bernoulli()
  case "uniform_": return Tensor.empty(n).uniform_(-3, 5)
  case "exponential_": return Tensor.empty(n).exponential_(1.5)
  case "geometric_": return Tensor.empty(n).geometric_(0.3)
  case "cauchy_": return Tensor.empty(n).cauchy_(median: 0.5, sigma: 2)
  case "log_normal_": return Tensor.empty(n).logNormal_(mean: 0.1, std: 0.5)
  case "random_": return Tensor.empty(n, dtype: .int64).random_()
  case "random_f32": return Tensor.empty(n).random_()
  case "randint_bool": return Tensor.empty(n, dtype: .bool).random_()
  case "poisson": return Tensor.linspace(0.1, 20, n).poisson()
  case "dropout": return Tensor.ones(n).dropout(0.4)
  default: throw Refusal.unsupported("no sample \(name)")
  }
}

/// A step of a sequence: `randn(3,dtype=torch.float64)`.
private func evaluate(_ expression: String) throws -> Tensor {
  let weights = Tensor([0.1, 0.2, 0.3, 0.4])
  switch expression {
  case "bernoulli(torch.full((5,),0.5))": return Tensor.full([5], 0.5).bernoulli()
  case "empty(4,6).t().normal_()": return Tensor.empty(4, 6).t().normal_()
  case "empty(3,4).t().uniform_()": return Tensor.empty(3, 4).t().uniform_()
  case "empty(2,3,4,4).contiguous(memory_format=torch.channels_last).normal_()":
    return Tensor.empty(2, 4, 4, 3).permute(0, 3, 1, 2).normal_()
  case "multinomial(torch.tensor([.1,.2,.3,.4]),3)": return weights.multinomial(3)
  case "multinomial(torch.tensor([.1,.2,.3,.4]),8,replacement=True)":
    return weights.multinomial(8, replacement: true)
  case "multinomial(torch.rand(3,5),2)": return Tensor.rand(3, 5).multinomial(2)
  case "rand_like(torch.zeros(2,3))": return .randLike(.zeros(2, 3))
  case "randn_like(torch.zeros(20))": return .randnLike(.zeros(20))
  case "randint_like(torch.zeros(4),3,9)": return .randintLike(.zeros(4), 3, 9)
  default: break
  }
  var call = PythonCall(expression)
  let (positional, keywords) = call.arguments()
  let name = keywords.first { $0.key == "dtype" }?.value["dtype"]?.string ?? "float32"
  guard let dtype = DType(name: name) else { throw Refusal.unsupported("dtype \(name)") }
  let sizes = Shape(positional.last?.sequence?.compactMap(\.int) ?? positional.compactMap(\.int))
  switch call.name {
  case "rand": return .rand(sizes, dtype: dtype)
  case "randn": return .randn(sizes, dtype: dtype)
  case "randperm": return .randperm(positional[0].int ?? 0)
  case "randint": return .randint(positional[0].int ?? 0, positional[1].int ?? 0, sizes)
  default: throw Refusal.unsupported("no sample \(expression)")
  }
}

private func dropModule(_ text: String) throws -> Module {
  switch text.prefix(while: { $0 != "(" }) {
  case "Dropout": return Dropout(0.25)
  case "Dropout1d": return Dropout1d(0.5)
  case "Dropout2d": return Dropout2d(0.5)
  case "AlphaDropout": return AlphaDropout(0.3)
  case "FeatureAlphaDropout": return FeatureAlphaDropout(0.4)
  case "RReLU": return RReLU()
  default: throw Refusal.unsupported("no module \(text)")
  }
}
