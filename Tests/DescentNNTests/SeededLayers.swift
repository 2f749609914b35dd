import DescentCore
import DescentNN

// Layers that leave the default generator alone, which belongs to the process: tests run side by side.

func linear(
  _ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, dtype: DType = .float32
) -> Linear {
  Linear(inFeatures, outFeatures, bias: bias, dtype: dtype, generator: Generator(seed: 1))
}

func embedding(
  _ rows: Int, _ size: Int, paddingIdx: Int? = nil, scaleGradByFreq: Bool = false
) -> Embedding {
  Embedding(
    rows, size, paddingIdx: paddingIdx, scaleGradByFreq: scaleGradByFreq,
    generator: Generator(seed: 1))
}

func bilinear(_ in1Features: Int, _ in2Features: Int, _ outFeatures: Int) -> Bilinear {
  Bilinear(in1Features, in2Features, outFeatures, generator: Generator(seed: 1))
}
