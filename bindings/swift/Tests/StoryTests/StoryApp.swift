import Foundation
import Nightstand
import Testing

/// The life of an app: keys, pauses, observers, clocks, threads, endings.
@Suite(.timeLimit(.minutes(5)))
struct StoryApp {
    let folder = try! Folder()

    @Test func keysAndFiles() async throws {
        let path = folder.path("alex.db")
        #expect(try await inspect(path: path).form == .absent)
        var alex = try await folder.open("alex.db", 1)
        await fails(.Locked, "locked", .wait, retryable: true) { _ = try await folder.open("alex.db", 1) }
        _ = try await alex.journal().write(draft: entry("Kept", "words that stay"), sharing: .private)
        try await alex.close()
        let found = try await inspect(path: path)
        #expect(found.form == .plausible)
        #expect(try await inspectWithKey(path: path, key: bytes(1, 32)).layout == .current)
        await fails(.WrongKey, "wrong_key", .unlock) { _ = try await folder.open("alex.db", 9) }
        await fails(.InvalidInput(what: .key), "invalid_input", .chooseAgain) {
            _ = try await Vault.open(path: path, key: Data("short".utf8), installMark: bytes(0, 16))
        }
        #expect(try await inspect(path: path).bytes == found.bytes)
        alex = try await folder.open("alex.db", 1)
        #expect(try await titles(alex) == ["Kept"])
    }

    @Test func theLifeOfAnApp() async throws {
        let alex = try await folder.open("alex.db", 1)
        let (journal, talk) = try await (alex.journal(), alex.pairing().invite(name: "Alex"))
        _ = try await alex.pause(within: 2)
        await fails(.Paused, "paused", .wait, retryable: true) { _ = try await journal.rows(query: RowsQuery()) }
        try await alex.resume()
        #expect(try await journal.count(query: RowsQuery()) == 0)
        _ = try await alex.pause(within: 1e15)
        try await alex.resume()
        try await alex.close()
        let calls: [() async throws -> Void] = [
            { _ = try await journal.rows(query: RowsQuery()) },
            { _ = try await journal.write(draft: entry("Late", "too late"), sharing: .private) },
            { _ = try await alex.pairing().invite(name: "Alex") }, { _ = try await alex.sync().begin() }, alex.resume,
            { _ = try await alex.pause(within: 0) }, { _ = try await journal.sharedDigest() },
            { _ = try await alex.pairing().partner() },
        ]
        for call in calls { await fails(.Closed, "closed", .unlock, call) }
        #expect(talk.state() == .meeting)
        try await alex.close()
    }

    @Test func anObserverIsToldAfterCommits() async throws {
        let alex = try await folder.open("alex.db", 1)
        let (journal, told) = (alex.journal(), Told())
        let (angry, subscription) = try (Told(angry: true), alex.observe(observer: told))
        let anger = try alex.observe(observer: angry)
        await told.reaches(0)
        for number in 1...3 {
            _ = try await journal.write(draft: entry("Heard", "…", day: number), sharing: .private)
            await told.reaches(UInt64(number))
            await angry.reaches(UInt64(number))
            #expect(try await journal.count(query: RowsQuery()) == UInt64(number))
        }
        #expect(told.revisions == Set(told.revisions).sorted())
        try await subscription.end()
        try await anger.end()
        let heard = told.revisions
        _ = try await journal.write(draft: entry("Unheard", "…"), sharing: .private)
        #expect(told.revisions == heard)
        // Letting go of it is enough.
        _ = try alex.observe(observer: told)
        try await alex.close()
    }

    @Test func changesComeAsAStream() async throws {
        let vault = try await folder.open("alex.db", 1)
        var seen: [UInt64] = []
        for await revision in try vault.changes() {
            seen.append(revision)
            if revision == 3 { break }
            _ = try await vault.journal().write(draft: entry("Seen", "…", day: Int(revision)), sharing: .private)
        }
        #expect(seen == [0, 1, 2, 3])

        let (drawn, drawing) = AsyncStream.makeStream(of: Int.self)
        let draw = { @Sendable (page: RowsPage) in _ = drawing.yield(page.rows.count) }
        let screen = Task {
            for await _ in try vault.changes() {
                try await draw(vault.journal().rows(query: RowsQuery(limit: 50)))
            }
        }
        for await rows in drawn where rows == 3 { break }
        _ = try await vault.journal().write(draft: entry("Drawn", "…", day: 4), sharing: .private)
        for await rows in drawn where rows == 4 { break }
        screen.cancel()
        try await screen.value
        try await vault.close()
    }

    @Test func theAppsClockIsAskedAndMayFail() async throws {
        let clock = SetClock()
        let (alex, sam) = try await (folder.open("alex.db", 1, clock: clock), folder.open("sam.db", 2, clock: clock))
        try await pair(alex, sam)
        #expect(clock.asked.value > 0)
        clock.broken.value = 1
        _ = try await alex.pairing().partner()
        _ = try await alex.journal().write(draft: entry("Timeless", "…"), sharing: .joint)
        #expect(try await meet(alex, sam).outcome == .allHandedOver)
    }

    @Test func aCallGivenUpIsDoneAllTheSame() async throws {
        let alex = try await folder.open("alex.db", 1)
        let calls = (0..<20).map { day in
            Task { try await alex.journal().write(draft: entry("Given up", "…", day: day), sharing: .private) }
        }
        for call in calls { call.cancel() }
        // Swift waits to the end of a call, cancelled or not.
        for call in calls { _ = try await call.value }
        _ = try await alex.journal().write(draft: entry("Waited for", "…"), sharing: .private)
        #expect(try await alex.journal().count(query: RowsQuery()) == 21)
    }

    @Test func manyAtOnce() async throws {
        let (alex, sam) = try await folder.couple()
        @Sendable func write(_ vault: Vault, _ number: Int) async throws -> String {
            let draft = entry("\(number)", "many at once", day: number)
            let id = try await vault.journal().write(draft: draft, sharing: .shared)
            return try await vault.journal().read(id: id).entry.title
        }
        let numbers = (0..<40).flatMap { [(alex, $0), (sam, $0)] }
        let written = numbers.map { vault, number in Task { try await write(vault, number) } }
        for (task, (_, number)) in zip(written, numbers) { #expect(try await task.value == "\(number)") }

        let running = Number(8)
        let tasks = (0..<4).flatMap { _ in [alex, sam] }.map { vault in
            Task.detached {
                defer { running.value -= 1 }
                _ = try await write(vault, 40)
            }
        }
        while running.value > 0 { try await meet(alex, sam) }
        for task in tasks { try await task.value }
        try await meet(alex, sam)
        #expect(try await alex.journal().count(query: RowsQuery()) == 88)
        #expect(try await alex.journal().sharedDigest() == sam.journal().sharedDigest())
    }

    @Test func versions() {
        let version = version()
        #expect(version.library.contains(/^\d+\.\d+\.\d+/))
        #expect(version.binding >= 2 && version.protocol >= 1 && version.schema >= 1)
        #expect(version.catalogue >= 1 && version.synonyms >= 1)
    }
}

private struct Broken: Error {
    let words: String
}

/// Notes what it is told, on the core's thread, and wakes the story on its own.
final class Told: Observer {
    private let noted = Locked<[UInt64]>([])
    private let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self)
    private let angry: Bool

    init(angry: Bool = false) {
        self.angry = angry
    }

    var revisions: [UInt64] { noted.value }

    func changed(revision: UInt64) throws {
        noted.value.append(revision)
        continuation.yield(revision)
        if angry { throw Broken(words: "a private word in an error") }
    }

    func reaches(_ revision: UInt64) async {
        for await told in stream where told >= revision { return }
    }
}

private final class SetClock: Nightstand.Clock {
    let asked = Number(0)
    let broken = Number(0)

    func now() throws -> Date {
        asked.value += 1
        if broken.value > 0 { throw Broken(words: "no battery") }
        return sunday
    }
}

typealias Number = Locked<Int>

/// A value that several threads change, one after the other.
final class Locked<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Value

    init(_ value: Value) {
        held = value
    }

    var value: Value {
        get { lock.withLock { held } }
        _modify {
            lock.lock()
            defer { lock.unlock() }
            yield &held
        }
    }
}
