extension Vault {
    /// What `observe` tells, as a stream: the vault's revision, at once and after every change, until the stream is let go
    /// of. Who takes slowly gets the newest revision, not a queue.
    ///
    /// Errors: as `observe`.
    public func changes() throws -> AsyncStream<UInt64> {
        try told(observe)
    }
}

extension Editor {
    /// What `observe` tells, as a stream, at once and whenever there is something to look at: changes to poll, or another
    /// state.
    ///
    /// Errors: as `observe`.
    public func changes() throws -> AsyncStream<UInt64> {
        try told(observe)
    }
}

extension LiveRows {
    /// What `next` gives, as a stream that ends when the list is ended, the vault closed or the task cancelled; cancelling
    /// ends the list. One reader at a time: an update is given once.
    public func updates() -> AsyncStream<RowsUpdate> {
        AsyncStream { try? await self.next() } onCancel: { try? self.end() }
    }
}

private func told(_ observe: (any Observer) throws -> Subscription) throws -> AsyncStream<UInt64> {
    let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self, bufferingPolicy: .bufferingNewest(1))
    let subscription = try observe(Teller(continuation: continuation))
    continuation.onTermination = { _ in withExtendedLifetime(subscription) {} }
    return stream
}

private final class Teller: Observer {
    private let continuation: AsyncStream<UInt64>.Continuation

    init(continuation: AsyncStream<UInt64>.Continuation) {
        self.continuation = continuation
    }

    func changed(revision: UInt64) {
        continuation.yield(revision)
    }
}
