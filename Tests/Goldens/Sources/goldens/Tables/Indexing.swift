import Descent

extension OpTable {
  func addIndexing() {
    op("gather") { a in try a.x.gather(a.int(1, "dim"), a.tensor(2, "index")) }
    op("index_select") { a in try a.x.indexSelect(a.int(1, "dim"), a.tensor(2, "index")) }
    op("scatter_add") { a in
      try a.x.scatterAdd(a.int(1, "dim"), a.tensor(2, "index"), a.tensor(3, "src"))
    }
  }
}
