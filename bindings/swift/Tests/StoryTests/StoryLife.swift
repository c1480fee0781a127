import Foundation
import Nightstand
import Testing

/// As an earlier version of the app left it.
private let earlier = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../native/earlier.vault").standardized

private let key = bytes(1, 32)
private let mark = bytes(1, 16)
private let second = bytes(42, 32)

/// A vault's life: locked and unlocked, opened by a passphrase, looked into, brought up to date, reported on, erased.
@Suite(.timeLimit(.minutes(5)))
struct StoryLife {
    let folder = try! Folder()

    @Test func aLockedVaultNeedsItsKey() async throws {
        let alex = try await folder.open("alex.db", 1)
        _ = try await alex.journal().write(draft: entry("Kept", "…"), sharing: .private)
        _ = try await alex.lock(within: 2)
        await fails(.KeyNeeded, "key_needed", .unlock, retryable: true) { _ = try await titles(alex) }
        await fails(.KeyNeeded, "key_needed", .unlock, retryable: true) { try await alex.resume() }
        await fails(.WrongKey, "wrong_key", .unlock) { try await alex.unlock(key: bytes(0, 32)) }
        try await alex.unlock(key: key)
        #expect(try await titles(alex) == ["Kept"])
    }

    @Test func aPassphraseOpensAVaultToo() async throws {
        let wrapped = try await wrapKey(key: key, passphrase: "four quiet yellow boats")
        #expect(try await unwrapKey(wrapped: wrapped, passphrase: "four quiet yellow boats") == key)
        await fails(.WrongKey, "wrong_key", .unlock) {
            _ = try await unwrapKey(wrapped: wrapped, passphrase: "four quiet yellow cats")
        }
        await fails(.InvalidInput(what: .passphrase), "invalid_input", .chooseAgain) {
            _ = try await wrapKey(key: key, passphrase: "")
        }
        await fails(.InvalidInput(what: .wrappedKey), "invalid_input", .chooseAgain) {
            _ = try await unwrapKey(wrapped: Data("something else".utf8), passphrase: "boats")
        }
    }

    @Test func thePhraseIsWrittenDownAndForgotten() async throws {
        let alex = try await folder.open("alex.db", 1)
        let phrase = alex.recoveryPhrase()
        let words = try await phrase.show()
        #expect(try await phrase.state() == .kept && words.count == 24)
        let wrong = try await phrase.confirm(words: (["lanternn"] + words.dropFirst()).joined(separator: " "))
        #expect(wrong == .unknownWords(places: [1]))
        #expect(try await phrase.confirm(words: words.dropFirst().joined(separator: " ")) == .wordCount(count: 23))
        #expect(try await phrase.state() == .kept)
        #expect(suggestPhraseWords(prefix: words[0].prefix(4).uppercased()).contains(words[0]))
        let typed = words.enumerated().map { "\($0 + 1). \($1.uppercased())" }.joined(separator: "\n")
        let found = try await phrase.confirm(words: typed)
        #expect(found == .fits && textKey(of: .phraseCheck(found)) == "phrase-check-fits")
        #expect(try await phrase.state() == .writtenDown)
        await fails(.NotFound, "not_found", .chooseAgain) { _ = try await phrase.show() }
        #expect(try await phrase.check(words: typed) == .fits)
        let sam = try await folder.open("sam.db", 2)
        #expect(try await sam.recoveryPhrase().check(words: typed) == .another)
    }

    @Test func aSecondKeyClosesWhatIsPrivate() async throws {
        let (alex, sam) = try await folder.couple()
        let journal = alex.journal()
        let kept = try await journal.write(draft: entry("For me", "a quiet word"), sharing: .private)
        _ = try await journal.write(draft: entry("For us", "a quiet evening", day: 1), sharing: .joint)
        #expect(try await alex.privateLock() == PrivateLock.none)
        let progress = Bar()
        try await alex.setPrivateKey(key: second, progress: progress)
        #expect(progress.told.value.first == ProgressReport(done: 0, total: 1))
        #expect(try await titles(alex) == ["For us", "For me"])
        try await alex.lockPrivate()
        #expect(try await alex.privateLock() == .locked)
        #expect(try await titles(alex) == ["For us"])
        #expect(try await journal.search(text: "quiet", query: RowsQuery()).hits.count == 1)
        let refused: [() async throws -> Void] = [
            { _ = try await journal.read(id: kept) }, { _ = try await alex.preferences().list(whose: .me) },
            { try await alex.setPrivateKey(key: nil) },
        ]
        for call in refused { await fails(.PrivateLocked, "private_locked", .unlock, retryable: true, call) }
        #expect(try await meet(alex, sam).outcome == .allHandedOver)
        #expect(try await titles(sam) == ["For us"])
        await fails(.WrongKey, "wrong_key", .unlock) { try await alex.unlockPrivate(key: key) }
        try await alex.unlockPrivate(key: second)
        #expect(try await journal.read(id: kept).entry.title == "For me")
        #expect(try await journal.search(text: "quiet", query: RowsQuery()).hits.count == 2)
        try await alex.setPrivateKey(key: nil)
        #expect(try await alex.privateLock() == PrivateLock.none)
        #expect(try await titles(alex) == ["For us", "For me"])
    }

    @Test func aWidgetReadsAndWritesNothing() async throws {
        let alex = try await folder.open("alex.db", 1)
        _ = try await alex.journal().write(draft: entry("Seen", "…"), sharing: .private)
        let path = folder.path("alex.db")
        let widget = try await Vault.openReadOnly(path: path, key: key)
        #expect(try await titles(widget) == ["Seen"])
        await fails(.ReadOnly, "read_only", .showSupport) {
            _ = try await widget.journal().write(draft: entry("Unwritten", "…"), sharing: .private)
        }
        try await widget.close()
        try await alex.close()
        let background = try await Vault.openInBackground(path: path, key: key, installMark: mark)
        _ = try await background.journal().write(draft: entry("Written", "…", day: 1), sharing: .private)
        #expect(try await titles(background) == ["Written", "Seen"])
        try await background.close()
        await fails(.NotFound, "not_found", .chooseAgain) {
            _ = try await Vault.openInBackground(path: folder.path("nobody.db"), key: key, installMark: mark)
        }
    }

    @Test func anEarlierVaultIsBroughtUpToDate() async throws {
        let path = folder.path("alex.db")
        try FileManager.default.copyItem(atPath: earlier.path, toPath: path)
        let before = try Data(contentsOf: earlier)
        let found = try await inspectWithKey(path: path, key: key)
        #expect(found.layout == .needsMigration)
        #expect(found.neededBytes > UInt64(before.count))
        await fails(.MigrationNeeded, "migration_needed", .wait, retryable: true) {
            _ = try await Vault.openInBackground(path: path, key: key, installMark: mark)
        }
        await fails(.MigrationNeeded, "migration_needed", .wait, retryable: true) {
            _ = try await Vault.openReadOnly(path: path, key: key)
        }
        let (cancel, progress) = (Cancel(), Bar())
        cancel.cancel()
        await fails(.Cancelled, "cancelled", .wait, retryable: true) {
            _ = try await Vault.open(path: path, key: key, installMark: mark, progress: progress, cancel: cancel)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        let alex = try await Vault.open(path: path, key: key, installMark: mark, progress: progress)
        let first = try #require(progress.told.value.first)
        #expect(first.done == 0 && first.total > 5)
        #expect(try await alex.journal().count(query: RowsQuery()) > 5)
        #expect(try await inspectWithKey(path: path, key: key).layout == .current)
    }

    @Test func theLogAndTheReportHoldNoContent() async throws {
        let (lines, log) = AsyncStream.makeStream(of: String.self)
        let sink = Lines(lines: log)
        let alex = try await Vault.open(path: folder.path("canary.db"), key: key, installMark: mark, log: sink)
        _ = try await alex.journal().write(draft: entry("A canary", "sings"), sharing: .private)
        _ = try await alex.pause(within: 2)
        try await alex.resume()
        var heard: [String] = []
        for await line in lines {
            heard.append(line)
            if heard.count == 3 { break }
        }
        #expect(heard == ["info opened schema=\(version().schema)", "info paused writing=finished reading=finished", "info resumed"])
        let report = try await alex.supportReport()
        let values = Dictionary(uniqueKeysWithValues: report.lines.map { ($0.name, $0.value) })
        #expect((values["documents_private"], values["file_pages_damaged"]) == ("1", "0"))
        #expect(report.log.last?.hasSuffix("resumed") == true)
        #expect(report.text.contains("documents_private: 1\n") && !report.text.contains("canary"))
        try await alex.close()
    }

    @Test func everythingIsErased() async throws {
        let alex = try await folder.open("alex.db", 1)
        _ = try await alex.journal().write(draft: entry("Gone", "…"), sharing: .private)
        await fails(.Locked, "locked", .wait, retryable: true) { try await erase(path: folder.path("alex.db")) }
        try await alex.eraseEverything()
        await fails(.Closed, "closed", .unlock) { _ = try await titles(alex) }
        func left() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.url.path) }
        #expect(try left() == ["alex.db.lock"])
        let again = try await folder.open("alex.db", 1)
        #expect(try await titles(again) == [])
        try await again.close()
        try await erase(path: folder.path("alex.db"))
        #expect(try left() == ["alex.db.lock"])
    }
}

private final class Bar: ProgressObserver {
    let told = Locked<[ProgressReport]>([])

    func progressed(progress: ProgressReport) {
        told.value.append(progress)
    }
}

/// Hands lines on, and fails at it each time.
private final class Lines: LogSink {
    struct Unwritable: Error {}

    let lines: AsyncStream<String>.Continuation

    init(lines: AsyncStream<String>.Continuation) {
        self.lines = lines
    }

    func log(level: Level, line: String) throws {
        lines.yield("\(level) \(line)")
        throw Unwritable()
    }
}
