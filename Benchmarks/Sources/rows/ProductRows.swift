import Descent

/// B3: products of matrices, and of matrices and vectors.
@MainActor let productRows: [Row] =
  [8, 16, 32, 64, 128, 256, 512, 1024, 2048].map { n in
    Row("B3-matmul-\(n)") {
      let (a, b) = (Tensor.randn(n, n), Tensor.randn(n, n))
      return { a.mm(b) }
    }
  } + [
    Row("B3-matmul-1024-ABt") {
      let (a, b) = (Tensor.randn(1024, 1024), Tensor.randn(1024, 1024))
      return { a.mm(b.t()) }
    },
    Row("B3-matmul-1024-AtB") {
      let (a, b) = (Tensor.randn(1024, 1024), Tensor.randn(1024, 1024))
      return { a.t().mm(b) }
    },
    Row("B3-bmm-64") {
      let (a, b) = (Tensor.randn(64, 128, 64), Tensor.randn(64, 64, 128))
      return { a.bmm(b) }
    },
    Row("B3-matvec-1024") {
      let (a, v) = (Tensor.randn(1024, 1024), Tensor.randn(1024))
      return { a.mv(v) }
    },
    Row("B3-matvec-4096") {
      let (a, v) = (Tensor.randn(4096, 4096), Tensor.randn(4096))
      return { a.mv(v) }
    },
  ]
