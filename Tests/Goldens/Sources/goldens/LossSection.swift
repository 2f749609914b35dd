/// loss.json: the losses with every reduction, as operations.
let lossSection = Section(name: "loss") { folder in
  let fixture = try folder.fixture("loss/loss.safetensors")
  return try (folder.json("loss.json")["cases"]?.elements ?? []).enumerated().map { index, sample in
    { reporter in
      let name = sample["loss"]?.string ?? ""
      try SampleCheck(
        name: "nn.functional." + name, label: "\(name) l\(index)", sample: sample, fixture: fixture,
        rows: ("loss", "loss gradients", "loss double gradients"), leavesOutGradients: false
      ).run(reporter)
    }
  }
}
