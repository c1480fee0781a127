import Foundation
import Nightstand
import Observation
import Testing

@testable import NightstandScreens

let texts = Texts(languages: ["en"])

/// For as long as views are there: what each would call in `.task` runs, and is cancelled when they go.
@MainActor
func views(_ watch: [@MainActor () async -> Void], tell: @MainActor () async throws -> Void) async throws {
    let tasks = watch.map { watch in Task { await watch() } }
    defer { for task in tasks { task.cancel() } }
    try await tell()
    for task in tasks {
        task.cancel()
        await task.value
    }
}

/// Waits until a view would draw that. Not to be asked inside `#expect`: Swift 6.0 may take a closure in there for another
/// one of the same test.
@available(iOS 17, macOS 14, *)
@MainActor @discardableResult
func shows<State>(_ screen: Screen<State>, _ that: (State) -> Bool) async throws -> State {
    while !that(screen.state) { try await change { _ = screen.state } }
    return screen.state
}

/// What it says of what went wrong.
@available(iOS 17, macOS 14, *)
@MainActor
func says<State>(_ screen: Screen<State>) async throws -> String {
    while true {
        if let trouble = screen.trouble { return trouble.what.text }
        try await change { _ = screen.trouble }
    }
}

@available(iOS 17, macOS 14, *)
@MainActor
func change(_ seen: () -> Void) async throws {
    let (changes, changed) = AsyncStream.makeStream(of: Void.self)
    withObservationTracking(seen) { changed.finish() }
    for await _ in changes {}
    try Task.checkCancellation()
}

/// A clock that goes on when the story says so.
final class Hands: Nightstand.Clock {
    private let time = Locked(sunday)
    private let waiting = Locked<[(due: Date, passed: AsyncStream<Void>.Continuation)]>([])

    func now() -> Date {
        time.value
    }

    func forward(_ seconds: TimeInterval) {
        time.value += seconds
        for waiter in waiting.value where waiter.due <= now() { waiter.passed.finish() }
    }

    /// What screens wait by.
    func wait(_ seconds: TimeInterval) async throws {
        let due = now() + seconds
        let (passing, passed) = AsyncStream.makeStream(of: Void.self)
        waiting.value.append((due, passed))
        if due <= now() { passed.finish() }
        for await _ in passing {}
        try Task.checkCancellation()
    }
}

/// An end of a channel in memory.
final class End: FrameChannel {
    private let to: AsyncStream<Data>.Continuation
    private let from: AsyncStream<Data>

    private init(to: AsyncStream<Data>.Continuation, from: AsyncStream<Data>) {
        self.to = to
        self.from = from
    }

    /// A channel: an end for each phone.
    static func both() -> (End, End) {
        let (there, back) = (AsyncStream.makeStream(of: Data.self), AsyncStream.makeStream(of: Data.self))
        return (End(to: there.continuation, from: back.stream), End(to: back.continuation, from: there.stream))
    }

    func send(_ frame: Data) {
        to.yield(frame)
    }

    func receive() async -> Data? {
        var frames = from.makeAsyncIterator()
        return await frames.next()
    }

    func hangUp() {
        to.finish()
    }
}
