import Descent

extension OpTable {
  func addNormalization() {
    op("nn.functional.layer_norm") { a in
      try a.x.layerNorm(
        a.ints(1, "normalized_shape"), a.optionalTensor(2, "weight"), a.optionalTensor(3, "bias"),
        eps: a.double(4, "eps", 1e-5))
    }
    op("nn.functional.rms_norm") { a in
      try a.x.rmsNorm(
        a.ints(1, "normalized_shape"), a.optionalTensor(2, "weight"),
        eps: a.optionalDouble(3, "eps"))
    }
    op("nn.functional.group_norm") { a in
      try a.x.groupNorm(
        a.int(1, "num_groups"), a.optionalTensor(2, "weight"), a.optionalTensor(3, "bias"),
        eps: a.double(4, "eps", 1e-5))
    }
    op("nn.functional.batch_norm") { a in
      try a.x.batchNorm(
        a.optionalTensor(1, "running_mean"), a.optionalTensor(2, "running_var"),
        weight: a.optionalTensor(3, "weight"), bias: a.optionalTensor(4, "bias"),
        training: a.bool(5, "training", false), momentum: a.double(6, "momentum", 0.1),
        eps: a.double(7, "eps", 1e-5))
    }
    op("nn.functional.instance_norm") { a in
      try a.x.instanceNorm(
        a.optionalTensor(1, "running_mean"), a.optionalTensor(2, "running_var"),
        weight: a.optionalTensor(3, "weight"), bias: a.optionalTensor(4, "bias"),
        useInputStats: a.bool(5, "use_input_stats", true),
        momentum: a.double(6, "momentum", 0.1), eps: a.double(7, "eps", 1e-5))
    }
    op("nn.functional.local_response_norm") { a in
      try a.x.localResponseNorm(
        a.int(1, "size"), alpha: a.double(2, "alpha", 1e-4), beta: a.double(3, "beta", 0.75),
        k: a.double(4, "k", 1))
    }
  }
}

extension ModuleTable {
  func addNormalization() {
    module("LayerNorm") { a in
      LayerNorm(
        try a.ints(0, "normalized_shape"), eps: try a.double(1, "eps", 1e-5),
        elementwiseAffine: try a.bool(2, "elementwise_affine", true),
        bias: try a.bool(3, "bias", true))
    }
    module("RMSNorm") { a in
      RMSNorm(
        try a.ints(0, "normalized_shape"), eps: try a.optionalDouble(1, "eps"),
        elementwiseAffine: try a.bool(2, "elementwise_affine", true))
    }
    module("GroupNorm") { a in
      GroupNorm(
        try a.int(0, "num_groups"), try a.int(1, "num_channels"), eps: try a.double(2, "eps", 1e-5),
        affine: try a.bool(3, "affine", true), bias: try a.bool(nil, "bias", true))
    }
    module("LocalResponseNorm") { a in
      LocalResponseNorm(
        try a.int(0, "size"), alpha: try a.double(1, "alpha", 1e-4),
        beta: try a.double(2, "beta", 0.75), k: try a.double(3, "k", 1))
    }
    channels("BatchNorm1d", isOn: true) {
      BatchNorm1d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5)
    }
    channels("BatchNorm2d", isOn: true) {
      BatchNorm2d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5)
    }
    channels("BatchNorm3d", isOn: true) {
      BatchNorm3d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5)
    }
    channels("InstanceNorm1d", isOn: false) {
      InstanceNorm1d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5)
    }
    channels("InstanceNorm2d", isOn: false) {
      InstanceNorm2d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5)
    }
    channels("InstanceNorm3d", isOn: false) {
      InstanceNorm3d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5)
    }
  }

  /// A module of channels; `isOn` is the default of its options.
  private func channels(
    _ name: String, isOn: Bool, _ make: @escaping (Int, Double, Double?, Bool, Bool, Bool) -> Module
  ) {
    module(name) { a in
      let momentum =
        a.count > 2 || a.has("momentum") ? try a.optionalDouble(2, "momentum") : 0.1
      return make(
        try a.int(0, "num_features"), try a.double(1, "eps", 1e-5), momentum,
        try a.bool(3, "affine", isOn), try a.bool(4, "track_running_stats", isOn),
        try a.bool(nil, "bias", true))
    }
  }
}
