/// Named tensors in order: the state of a module or an optimizer.
///
/// - Source: the OrderedDict that torch.nn.Module.state_dict returns
public struct StateDict: Sequence, ExpressibleByDictionaryLiteral {
  public private(set) var keys: [String] = []
  private var values: [String: Tensor] = [:]

  public init() {}

  public init(dictionaryLiteral elements: (String, Tensor)...) {
    for (key, value) in elements { self[key] = value }
  }

  public var count: Int { keys.count }

  /// The tensor of a name. Setting appends new names at the end; nil removes.
  public subscript(key: String) -> Tensor? {
    get { values[key] }
    set {
      if let newValue {
        if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
      } else if values.removeValue(forKey: key) != nil {
        keys.removeAll { $0 == key }
      }
    }
  }

  public func makeIterator() -> AnyIterator<(key: String, value: Tensor)> {
    var rest = keys.makeIterator()
    let values = values
    return AnyIterator { rest.next().flatMap { key in values[key].map { (key, $0) } } }
  }
}
