import Testing

/// Suites that use what belongs to the process (the default generator, the options of printing): they
/// run one after the other.
@Suite("Shared state", .serialized)
enum SharedState {}
