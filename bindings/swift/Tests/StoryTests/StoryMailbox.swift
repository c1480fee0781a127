import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif
import Nightstand
import Testing

private let here = RoadOptions(listen: "127.0.0.1:0")
private let minute: TimeInterval = 60
private let moment: TimeInterval = 0.02

private struct NoSuchPlace: Error {}

private final class Bar: ProgressObserver {
    let told = Locked<[ProgressReport]>([])

    func progressed(progress: ProgressReport) {
        told.value.append(progress)
    }
}

/// A storage of the app's own. It may be full, forget what it is for, or keep its caller waiting.
private final class Shelf: Storage, @unchecked Sendable {
    private let changed = NSCondition()
    private var files: [String: Data] = [:]
    private var isFull = false
    private var isBroken = false
    private var isSilent = false

    func become(full: Bool = false, broken: Bool = false, silent: Bool = false) {
        changed.withLock {
            (isFull, isBroken, isSilent) = (full, broken, silent)
            changed.broadcast()
        }
    }

    func put(name: String, bytes: Data) throws {
        try changed.withLock {
            if isFull { throw StorageError.Full }
            files[name] = bytes
        }
    }

    func get(name: String, most: UInt64) throws -> Data {
        try changed.withLock {
            guard let bytes = files[name] else { throw StorageError.Missing }
            if UInt64(bytes.count) > most { throw StorageError.TooLarge }
            return bytes
        }
    }

    func list() throws -> [String] {
        try changed.withLock {
            while isSilent { changed.wait() }
            if isBroken { throw NoSuchPlace() }
            return Array(files.keys)
        }
    }

    func delete(name: String) throws {
        _ = changed.withLock { files.removeValue(forKey: name) }
    }
}

/// The core's requests, sent with a URLSession. Redirects are not followed, and nothing is kept.
private final class OwnHttp: NSObject, Http, URLSessionDataDelegate, @unchecked Sendable {
    /// An answer that is on its way.
    private final class Coming: @unchecked Sendable {
        let ended = DispatchSemaphore(value: 0)
        var most: UInt64 = 0
        var status: Int?
        var body = Data()
        var failure: HttpError?
    }

    private let lock = NSLock()
    private var coming: [Int: Coming] = [:]
    private lazy var session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)

    func send(request: HttpRequest) throws -> HttpAnswer {
        guard let url = URL(string: request.url) else { throw HttpError.Unreachable }
        var sent = URLRequest(url: url)
        sent.httpMethod = request.method
        if !request.body.isEmpty { sent.httpBody = request.body }
        for header in request.headers { sent.setValue(header.value, forHTTPHeaderField: header.name) }
        let answer = Coming()
        answer.most = request.most
        let task = lock.withLock {
            let task = session.dataTask(with: sent)
            coming[task.taskIdentifier] = answer
            return task
        }
        task.resume()
        answer.ended.wait()
        if let failure = answer.failure { throw failure }
        guard let status = answer.status else { throw HttpError.Unreachable }
        return HttpAnswer(status: UInt16(status), body: answer.body)
    }

    private func answer(_ task: URLSessionTask) -> Coming? { lock.withLock { coming[task.taskIdentifier] } }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    /// Who wants other credentials gets none: that is an answer, too.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        guard let refused = challenge.failureResponse as? HTTPURLResponse else {
            return completionHandler(.performDefaultHandling, nil)
        }
        answer(task)?.status = refused.statusCode
        completionHandler(.cancelAuthenticationChallenge, nil)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard let answer = answer(dataTask), answer.failure == nil else { return }
        answer.body.append(data)
        if UInt64(answer.body.count) > answer.most {
            answer.failure = .TooLarge
            dataTask.cancel()
        }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let answer = lock.withLock({ coming.removeValue(forKey: task.taskIdentifier) }) else { return }
        if answer.status == nil {
            answer.status = (task.response as? HTTPURLResponse)?.statusCode
            if error != nil, answer.failure == nil { answer.failure = .Unreachable }
        }
        answer.ended.signal()
    }
}

private func webDav(_ url: String, _ password: String) -> MailboxServer {
    let folder = WebDavFolder(url: url, credentials: .basic(user: "alex", password: password), tls: .demanded)
    return MailboxServer(place: .webDav(folder), http: OwnHttp())
}

/// Alex and Sam without a conversation: a sealed file that changes hands, and a place where their phones leave each other some.
@Suite(.timeLimit(.minutes(5)))
struct StoryMailbox {
    let folder = try! Folder()

    @Test func aBundleMayComeTwiceAndSaysWhatIsMissing() async throws {
        let (alex, early) = try await folder.couple()
        try await early.close()
        try FileManager.default.copyItem(atPath: folder.path("sam.db"), toPath: folder.path("old.db"))
        let sam = try await folder.open("sam.db", 2)
        _ = try await alex.journal().write(draft: entry("First", "The kitchen light."), sharing: .shared)
        try await meet(alex, sam)
        _ = try await alex.journal().write(draft: entry("Second", "The long way home.", day: 1), sharing: .shared)
        _ = try await alex.journal().write(draft: entry("Mine", "For me.", day: 2), sharing: .private)
        let bundle = try await alex.sync().makeBundle(whose: .partner, extent: .sinceLastSync, within: minute)
        #expect(!bundle.isCut)
        for first in [true, false] {
            let report = try await sam.sync().takeBundle(bytes: bundle.bytes, within: minute)
            #expect(report.outcome == .allHere)
            #expect((report.entriesReceived > 0) == first)
        }
        #expect(try await titles(sam) == ["Second", "First"])

        // Sam's phone as it was before the two met: it lacks what this one builds on.
        let old = try await folder.open("old.db", 2)
        let lacking = try await old.sync().takeBundle(bytes: bundle.bytes, within: minute)
        #expect(lacking.outcome == .earlierMissing)
        #expect(lacking.entriesReceived == 0)
        let said = try Texts(languages: ["en"]).say(key: textKey(of: .bundle(lacking.outcome)))
        #expect(said.text.hasPrefix("Something from before it is missing here."))
        let path = folder.path("for-sam")
        let isCut = try await alex.sync().writeBundle(
            whose: .partner, extent: .everything, path: path, within: minute)
        #expect(!isCut)
        let whole = try await old.sync().readBundle(path: path, within: minute)
        #expect(whole.outcome == .allHere)
        #expect(!whole.isCut)
        #expect(try await titles(old) == ["Second", "First"])

        await fails(.InvalidInput(what: .fileExists), "invalid_input", .chooseAgain) {
            _ = try await alex.sync().writeBundle(whose: .partner, extent: .everything, path: path, within: minute)
        }
        var changed = bundle.bytes
        changed[changed.endIndex - 1] ^= 1
        await fails(.Refused(what: .bytes), "refused", .chooseAgain) {
            _ = try await sam.sync().takeBundle(bytes: changed, within: minute)
        }
        let own = try await alex.sync().takeBundle(bytes: bundle.bytes, within: minute)
        #expect(own.outcome == .notForThisPhone)
        await fails(.NotPaired, "not_paired", .pair) {
            _ = try await alex.sync().makeBundle(whose: .ownDevices, extent: .everything, within: minute)
        }
        let cancel = Cancel()
        cancel.cancel()
        await fails(.Cancelled, "cancelled", .wait, retryable: true) {
            _ = try await sam.sync().takeBundle(bytes: bundle.bytes, within: minute, cancel: cancel)
        }
    }

    @Test func twoPhonesNeverOnlineTogetherSyncThroughAFolder() async throws {
        let (alex, sam) = try await folder.couple()
        let place = folder.url.appendingPathComponent("place")
        let nowhere = try await alex.sync().useMailboxFolder(path: place.path, within: minute)
        #expect(nowhere.outcome == .notYet)
        #expect(nowhere.trouble == .unreachable)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        try Data("somebody else's".utf8).write(to: place.appendingPathComponent("Holiday.jpg"))
        _ = try await alex.journal().write(draft: entry("From Alex", "The kitchen light."), sharing: .shared)
        _ = try await alex.journal().write(draft: entry("Mine", "For me.", day: 1), sharing: .private)
        _ = try await sam.journal().write(draft: entry("From Sam", "The long way home.", day: 2), sharing: .joint)
        for vault in [alex, sam, alex, sam] {
            _ = try await vault.sync().useMailboxFolder(path: place.path, within: minute)
        }
        #expect(try await titles(alex) == ["From Sam", "Mine", "From Alex"])
        #expect(try await titles(sam) == ["From Sam", "From Alex"])
        for vault in [alex, sam] {
            let report = try await vault.sync().useMailboxFolder(path: place.path, within: minute)
            #expect(report.outcome == .allHandedOver)
            #expect(report.trouble == nil)
            #expect(!report.missing)
            #expect([report.damaged, report.tooNew] == [0, 0])
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
        #expect(names.contains("Holiday.jpg") && names.count <= 3)
    }

    @Test func oneCallSyncsOverWhateverIsUp() async throws {
        let (alex, sam) = try await folder.couple()
        try await meet(alex, sam)
        let place = folder.url.appendingPathComponent("place")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        #expect(try await alex.sync().status() == .allHandedOver)
        _ = try await alex.journal().write(draft: entry("From Alex", "The kitchen light."), sharing: .shared)
        #expect(try await alex.sync().status() == .notYet)
        var reports: [OnceReport] = []
        for vault in [alex, sam, alex] {
            try await reports.append(vault.sync().once(ways: Ways(folder: place.path), within: minute))
        }
        #expect(reports.map(\.outcome) == [.notYet, .allHandedOver, .allHandedOver])
        #expect(reports[0].entriesSent > 0 && reports[1].entriesReceived > 0)
        #expect(try await titles(sam) == ["From Alex"])

        // Nobody answers over QUIC: that is no error. Then Sam's phone does.
        _ = try await sam.journal().write(draft: entry("From Sam", "The long way home.", day: 1), sharing: .shared)
        let (onAlex, onSam) = try await (alex.sync().road(options: here), sam.sync().road(options: here))
        let alone = try await alex.sync().once(ways: Ways(road: onAlex), within: 0.02)
        #expect(alone.outcome == .notYet && !alone.met && alone.attention == nil)
        let answering = try await sam.sync().answer()
        async let called = answering.accept(road: onSam, within: minute)
        let ways = try await Ways(road: onAlex, addresses: onSam.addresses(), storage: Shelf())
        let report = try await alex.sync().once(ways: ways, within: minute)
        _ = try await called
        #expect(report.outcome == .allHandedOver && report.met)
        #expect(try await titles(alex) == ["From Sam", "From Alex"])
        for vault in [alex, sam] { #expect(try await vault.sync().status() == .allHandedOver) }
        let new = try await folder.open("new.db", 3)
        await fails(.NotPaired, "not_paired", .pair) { _ = try await new.sync().once(ways: Ways(), within: minute) }
    }

    @Test func aStorageOfTheAppsOwnMayFailAndBeFull() async throws {
        let (alex, sam) = try await folder.couple()
        let shelf = Shelf()
        _ = try await alex.journal().write(draft: entry("Evening", "We lay there."), sharing: .shared)
        shelf.become(full: true)
        let full = try await alex.sync().useMailbox(storage: shelf, within: minute)
        #expect(full.outcome == .notYet)
        #expect(full.trouble == .full)
        let said = try Texts(languages: ["en"]).say(key: textKey(of: .mailbox(.full)))
        #expect(said.text.hasPrefix("There is no room left in that place."))
        shelf.become(broken: true)
        let broken = try await alex.sync().useMailbox(storage: shelf, within: minute)
        #expect(broken.trouble == .unreachable)

        // It does not answer: the call ends when its time is over, or when somebody ends it.
        shelf.become(silent: true)
        let silent = try await alex.sync().useMailbox(storage: shelf, within: moment)
        #expect(silent.outcome == .notYet)
        let cancel = Cancel()
        cancel.cancel()
        await fails(.Cancelled, "cancelled", .wait, retryable: true) {
            _ = try await alex.sync().useMailbox(storage: shelf, within: minute, cancel: cancel)
        }
        shelf.become()
        for vault in [alex, sam] {
            _ = try await vault.sync().useMailbox(storage: shelf, within: minute)
        }
        let last = try await alex.sync().useMailbox(storage: shelf, within: minute)
        #expect(last.outcome == .allHandedOver)
        #expect(try await titles(sam) == ["Evening"])
    }

    @Test func twoPhonesNeverOnlineTogetherSyncThroughAServer() async throws {
        let (alex, sam) = try await folder.couple()
        _ = try await alex.journal().write(draft: entry("From Alex", "The kitchen light."), sharing: .shared)
        await fails(.InvalidInput(what: .mailboxPlace), "invalid_input", .chooseAgain) {
            let plain = webDav("http://nas.example/ours/", "a long wait")
            _ = try await alex.sync().useMailboxServer(server: plain, within: minute)
        }
        await fails(.InvalidInput(what: .credentials), "invalid_input", .chooseAgain) {
            let unsendable = Ways(server: webDav("https://cloud.example/ours/", "a\nb"))
            _ = try await alex.sync().once(ways: unsendable, within: minute)
        }

        // The library has no HTTP of its own.
        await fails(.InvalidInput(what: .state), "invalid_input", .chooseAgain) {
            let alone = MailboxServer(place: webDav("https://cloud.example/ours/", "a long wait").place)
            _ = try await alex.sync().useMailboxServer(server: alone, within: minute)
        }

        // Without one it was said that this step is skipped.
        guard let url = ProcessInfo.processInfo.environment["NIGHTSTAND_MAILBOX"] else { return }
        let refused = try await alex.sync().useMailboxServer(server: webDav(url, "another"), within: minute)
        #expect(refused.outcome == .notYet)
        #expect(refused.trouble == .refused)
        let server = webDav(url, "a long wait")
        var reports: [MailboxReport] = []
        for vault in [alex, sam, alex] {
            try await reports.append(vault.sync().useMailboxServer(server: server, within: minute))
        }
        #expect(reports.last?.outcome == .allHandedOver)
        #expect(reports.last?.trouble == nil)
        _ = try await sam.journal().write(draft: entry("From Sam", "The long way home.", day: 1), sharing: .shared)
        var once: [OnceReport] = []
        for vault in [sam, alex, sam] {
            try await once.append(vault.sync().once(ways: Ways(server: server), within: minute))
        }
        #expect(once.last?.outcome == .allHandedOver)
        for vault in [alex, sam] { #expect(try await titles(vault) == ["From Sam", "From Alex"]) }
    }

    @Test func anArchiveBringsEverythingBackWhenNothingElseIsLeft() async throws {
        let (alex, sam) = try await folder.couple()
        _ = try await alex.journal().write(draft: entry("Mine alone", "For me."), sharing: .private)
        let words = try await alex.recoveryPhrase().show().joined(separator: " ")
        let others = try await sam.recoveryPhrase().show().joined(separator: " ")
        let shelf = Shelf()
        let place = ArchivePlace.own(storage: shelf)
        await fails(.NotFound, "not_found", .chooseAgain) {
            _ = try await alex.archive().write(place: place, within: minute)
        }
        await fails(.InvalidInput(what: .anotherPhrase), "invalid_input", .chooseAgain) {
            try await alex.archive().setUp(words: others)
        }
        try await alex.archive().setUp(words: words)
        #expect(try await alex.archive().isSetUp())
        shelf.become(full: true)
        #expect(try await alex.archive().write(place: place, within: minute).trouble == .full)
        shelf.become()
        try await alex.setPrivateKey(key: bytes(0, 32))
        try await alex.lockPrivate()
        let locked = try await alex.archive().write(place: place, within: minute)
        #expect(locked.privateWaits && !locked.isComplete && locked.trouble == nil)
        try await alex.unlockPrivate(key: bytes(0, 32))
        let made = try await alex.archive().write(place: place, within: minute)
        #expect(made.isComplete && !made.privateWaits && made.entriesWritten > 0)
        #expect(try shelf.list().allSatisfy { $0.hasPrefix("archive-") })

        let new = try await folder.open("new.db", 3)
        await fails(.WrongKey, "wrong_key", .unlock) {
            _ = try await new.archive().restore(place: place, words: others, within: minute)
        }
        let empty = folder.path("empty")
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
        await fails(.NotFound, "not_found", .chooseAgain) {
            _ = try await new.archive().restore(place: .folder(path: empty), words: words, within: minute)
        }
        let bar = Bar()
        let came = try await new.archive().restore(place: place, words: words, within: minute, progress: bar)
        #expect(came.withPrivate && came.isWhole && came.trouble == nil)
        #expect(bar.told.value.last?.done == came.entries)
        #expect(try await titles(new) == ["Mine alone"])
        #expect(try await new.devices().list().thisIsUnlisted)
        try await new.devices().listThis(words: words, thisDevice: "New phone")
        try await meet(new, sam)
        try await new.archive().turnOff()
        #expect(try await !new.archive().isSetUp())
    }
}
