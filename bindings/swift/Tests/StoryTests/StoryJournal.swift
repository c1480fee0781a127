import Foundation
import Nightstand
import Testing

/// Alex's own diary: writing, reading, importing.
@Suite(.timeLimit(.minutes(5)))
struct StoryJournal {
    let folder = try! Folder()

    @Test func aDiaryOfOnesOwn() async throws {
        let alex = try await folder.open("alex.db", 1)
        let journal = alex.journal()
        var draft = entry("Tea 🕯", "Hot, strong and sweet.")
        (draft.tags, draft.mood, draft.favourite) = (["tea", "evening"], "calm", true)
        draft.body.marks = [Mark(start: 5, end: 11, style: .bold)]
        let id = try await journal.write(draft: draft, sharing: .private)
        var view = try await journal.read(id: id)
        #expect(view.entry.moment.utc == sunday)
        #expect(view.entry.tags == ["evening", "tea"])
        #expect((view.id, view.author, view.visibility) == (id, .me, .onlyMe))
        (view.entry.tags, draft.tags) = ([], [])
        #expect(view.entry == draft)
        #expect(view.entry.body.marks != [Mark(start: 3, end: 9, style: .bold)])

        _ = try await journal.edit(id: id, draft: entry("Tea again", "Cold by now."), since: view.version)
        #expect(try await journal.read(id: id).entry.title == "Tea again")
        for day in 1...5 { _ = try await journal.write(draft: entry("Day \(day)", "…", day: day), sharing: .private) }
        let first = try await journal.rows(query: RowsQuery(limit: 4))
        let rest = try await journal.rows(query: RowsQuery(after: first.next))
        #expect((first.rows + rest.rows).map(\.title) == (1...5).reversed().map { "Day \($0)" } + ["Tea again"])
        #expect(rest.next == nil)
        try await journal.delete(id: id)
        #expect(try await journal.count(query: RowsQuery()) == 5)
        await fails(.Deleted, "deleted", .chooseAgain) { _ = try await journal.read(id: id) }
        await fails(.NotFound, "not_found", .chooseAgain) { _ = try await journal.read(id: "mine-of nothing") }
    }

    @Test func aListStaysTrue() async throws {
        let alex = try await folder.open("alex.db", 1)
        let journal = alex.journal()
        var screen: [JournalRow] = []
        let list = try journal.watchRows(query: RowsQuery(limit: 2))
        func draw() async throws -> RowsUpdate? {
            let update = try await list.next()
            if case .whole(let state) = update { screen = state.rows }
            if case .changed(_, let changes, _, _) = update { changes.forEach { $0.apply(to: &screen) } }
            return update
        }
        #expect(try await draw() == .whole(state: RowsState(number: 1, rows: [], months: [], next: nil)))
        for day in 1...3 {
            _ = try await journal.write(draft: entry("Day \(day)", "…", day: day), sharing: .private)
            _ = try await draw()
        }
        #expect(screen.map(\.title) == ["Day 3", "Day 2"])
        try list.show(after: nil, limit: 10)
        let november = Month(year: 2026, month: 11, entries: 3, start: try await journal.months(query: RowsQuery())[0].start)
        let oldest = try await journal.rows(query: RowsQuery()).rows[2]
        let grown = RowsUpdate.changed(number: 5, changes: [.insert(at: 2, row: oldest)], months: [november], next: nil)
        #expect(try await draw() == grown)
        let earlier = try await journal.read(id: screen[0].id)
        _ = try await journal.edit(id: earlier.id, draft: entry("A month ago", "…", day: -30), since: earlier.version)
        guard case .changed(_, let changes, let months, _) = try await draw() else { throw Surprise() }
        #expect(changes.first == .move(origin: 0, target: 2))
        #expect(screen.map(\.title) == ["Day 2", "Day 1", "A month ago"])
        #expect(try await journal.months(query: RowsQuery()) == months)
        let october = try await journal.rows(query: RowsQuery(after: months[1].start)).rows
        #expect(october.map(\.title) == ["A month ago"])

        _ = try await alex.pause(within: 2)
        try await alex.resume()
        guard case .whole(let state) = try await draw() else { throw Surprise() }
        #expect(state.rows == screen)
        let other = try journal.watchRows(query: RowsQuery(limit: 1))
        let drawing = Task {
            var titles: [String] = []
            for await case .whole(let state) in other.updates() {
                titles += state.rows.map(\.title)
                _ = try await journal.write(draft: entry("Unseen", "…", day: -99), sharing: .private)
                try other.end()
            }
            return titles
        }
        #expect(try await drawing.value == ["Day 2"])
        let left = Task { for await _ in try journal.watchRows(query: RowsQuery()).updates() {} }
        left.cancel()
        try await left.value
        #expect(throws: NightstandError.self) { try journal.watchRows(query: RowsQuery(day: DayOfYear(month: 13, day: 1))) }
        try await alex.close()
        // What was written last may still be told, and then nothing more.
        while try await draw() != nil {}
    }

    @Test func findingAnEntryAgain() async throws {
        let alex = try await folder.open("alex.db", 1)
        let journal = alex.journal()
        var light = entry("Zażółć gęślą jaźń", "By the lantern 🕯 in Łódź.")
        light.tags = ["light"]
        _ = try await journal.write(draft: light, sharing: .private)
        var calm = entry("Lanterns", "ただいま、と言える場所。A hug.", day: 1)
        (calm.mood, calm.favourite) = ("calm", true)
        _ = try await journal.write(draft: calm, sharing: .private)
        let found = try await journal.search(text: "lant", query: RowsQuery()).hits
        #expect(found.map(\.row.title) == ["Lanterns", "Zażółć gęślą jaźń"])
        let match = try #require(found[1].snippetMatches.first)
        let units = NSRange(location: Int(match.start), length: Int(match.end - match.start))
        #expect((found[1].snippet as NSString).substring(with: units) == "lantern")
        for text in ["zazolc", "lodz", "GESLA jazn", "\"in lodz\""] {
            #expect(try await journal.search(text: text, query: RowsQuery()).hits.count == 1, "\(text)")
        }
        #expect(try await journal.search(text: "場所", query: RowsQuery()).hits.map(\.row.title) == ["Lanterns"])
        let otherWord = try #require(try await journal.search(text: "cuddle", query: RowsQuery()).hits.first)
        let hug = try #require(otherWord.snippetMatches.first)
        let hugged = NSRange(location: Int(hug.start), length: Int(hug.end - hug.start))
        #expect((otherWord.snippet as NSString).substring(with: hugged) == "hug")
        #expect(try await journal.search(text: "\"cuddle\"", query: RowsQuery()).hits.isEmpty)
        let texts = Texts(languages: [])
        try texts.addSynonyms(language: "en", list: "lantern*, torch")
        #expect(try await journal.search(text: "torch", query: RowsQuery(), texts: texts).hits.count == 2)
        #expect(try await journal.search(text: "torch", query: RowsQuery()).hits.isEmpty)
        let tagged = try await journal.search(text: "lant", query: RowsQuery(tags: ["light"])).hits
        #expect(tagged[0].row.title == "Zażółć gęślą jaźń")
        let first = try await journal.search(text: "lant", query: RowsQuery(limit: 1))
        #expect((first.hits.count, first.next) == (1, 1))
        let next = try #require(first.next)
        #expect(try await journal.search(text: "lant", query: RowsQuery(limit: 1), skip: next).next == nil)
        #expect(try await titles(alex, RowsQuery(mood: "calm", favourites: true)) == ["Lanterns"])
        let day = RowsQuery(since: sunday, until: sunday + 86_400)
        #expect(try await titles(alex, day) == ["Zażółć gęślą jaźń"])
        #expect(try await titles(alex, RowsQuery(day: DayOfYear(month: 11, day: 16))) == ["Lanterns"])
        let tags = try await journal.tags()
        #expect(tags.map(\.tag) == ["light"] && tags.map(\.entries) == [1])
        await fails(.InvalidInput(what: .query), "invalid_input", .chooseAgain) {
            _ = try await journal.search(text: " … ", query: RowsQuery())
        }
    }

    @Test func goingBackToHowItWas() async throws {
        let alex = try await folder.open("alex.db", 1)
        let journal = alex.journal()
        let id = try await journal.write(draft: entry("Evening", "We lay there."), sharing: .private)
        try await edit(alex, id, entry("Night", "It rained."))
        let past = try await journal.history(id: id)
        let (newest, oldest) = (past[0], past[1])
        #expect(newest.by == .me)
        #expect(try #require(newest.at) >= #require(oldest.at))
        #expect(try await journal.readPast(id: id, version: oldest.version).body.text == "We lay there.")
        let restored = try await journal.restore(id: id, version: oldest.version).entry
        #expect((restored.title, restored.body.text) == ("Evening", "We lay there."))
        #expect(try await journal.history(id: id).count == 3)
        await fails(.NotFound, "not_found", .chooseAgain) {
            _ = try await journal.restore(id: id, version: bytes(0, 32))
        }
    }

    @Test func takingTheJournalAlong() async throws {
        let alex = try await folder.open("alex.db", 1)
        _ = try await alex.journal().write(draft: entry("Evening", "We lay there."), sharing: .private)
        let forms: [(ExportAs, String)] = [(.markdown, "a.zip"), (.json, "a.json"), (.dayOne, "b.zip")]
        for (form, name) in forms {
            let summary = try await alex.journal().export(path: folder.path(name), form: form, query: RowsQuery())
            #expect(summary.entries == 1)
        }
        #expect(try String(contentsOfFile: folder.path("a.json"), encoding: .utf8).contains("We lay there."))
        await fails(.InvalidInput(what: .fileExists), "invalid_input", .chooseAgain) {
            _ = try await alex.journal().export(path: folder.path("a.json"), form: .json, query: RowsQuery())
        }
        let sam = try await folder.open("sam.db", 2)
        _ = try await sam.journal().importDayOne(path: folder.path("b.zip"), into: .private)
        #expect(try await titles(sam) == ["Evening"])
        let cancel = Cancel()
        cancel.cancel()
        await fails(.Cancelled, "cancelled", .wait, retryable: true) {
            _ = try await alex.journal().export(
                path: folder.path("c.zip"), form: .dayOne, query: RowsQuery(), cancel: cancel)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("c.zip")))
    }

    @Test func anImportThatIsCancelledAndGoesOn() async throws {
        let alex = try await folder.open("alex.db", 1)
        let export = folder.path("export.json")
        let days = (0..<900).map { day in
            """
            {"uuid": "\(String(format: "%032X", day))", "creationDate": "1660-01-01T12:00:00Z",
             "timeZone": "\(day > 0 ? "Europe/London" : "Nowhere/Else")", "text": "# Day \(day)\\n\\nUp early.",
             "starred": \(day == 1), "tags": ["diary"]}
            """
        }
        let whole = #"{"metadata": {"version": "1.0"}, "entries": [\#(days.joined(separator: ","))]}"#
        try whole.write(toFile: export, atomically: false, encoding: .utf8)
        let cancel = Cancel()
        let progress = Bar { done in if done >= 200 { cancel.cancel() } }
        let summary = try await alex.journal().importDayOne(
            path: export, into: .private, zones: Zones(), progress: progress, cancel: cancel)
        #expect(summary.cancelled && cancel.isCancelled())
        #expect(summary.total == 900)
        #expect((1..<900).contains(summary.imported))
        #expect(try await alex.journal().count(query: RowsQuery()) == summary.imported)

        let broken = Bar { _ in throw Unknown(words: "a bar that breaks") }
        let rest = try await alex.journal().importDayOne(
            path: export, into: .private, zones: Zones(), progress: broken)
        #expect((rest.imported, rest.known, rest.cancelled) == (900 - summary.imported, summary.imported, false))
        let page = try await alex.journal().rows(query: RowsQuery(limit: 900))
        let london = page.rows.first { $0.moment.zone == "Europe/London" }?.moment
        let nowhere = page.rows.first { $0.moment.zone == "Nowhere/Else" }?.moment
        #expect(london?.offsetSeconds == -75)
        #expect(nowhere != nil && nowhere?.offsetSeconds == nil)
        #expect(london?.utc == Date(timeIntervalSince1970: -9_782_596_800))
        #expect(progress.total.value == 900)
        try "no export".write(toFile: export, atomically: false, encoding: .utf8)
        await fails(.InvalidInput(what: .file), "invalid_input", .chooseAgain) {
            _ = try await alex.journal().importDayOne(path: export, into: .private)
        }
    }

    @Test func markdownInAndOut() throws {
        let text = try richTextFromMarkdown(markdown: "# Sunday\n\nTea **in bed**, [again](https://example.org).\n")
        #expect(text.text.hasPrefix("Sunday\n"))
        #expect(text.marks.map(\.style).contains(.heading(level: 1)))
        #expect(try richTextFromMarkdown(markdown: richTextToMarkdown(text: text)) == text)
    }

    @Test func noErrorTellsWhatWasWritten() async throws {
        let alex = try await folder.open("secret-name.db", 1)
        let secret = "a private word"
        var bad = [
            entry("", secret), entry("", secret), entry(secret + "\n", secret),
            entry(String(repeating: secret, count: 100), ""), entry("", String(repeating: secret, count: 20_000)),
            entry("", secret),
        ]
        bad[0].mood = ""
        bad[1].tags = [" "]
        bad[5].body.marks = [Mark(start: 9, end: 5, style: .link(url: secret))]
        var faults: [InputFault] = []
        for draft in bad {
            do {
                _ = try await alex.journal().write(draft: draft, sharing: .private)
            } catch let error as NightstandError {
                guard case .InvalidInput(let what) = error else { throw error }
                faults.append(what)
                for text in ["\(error)", String(reflecting: error), error.localizedDescription, error.describe()] {
                    #expect(!text.contains("private word") && !text.contains("secret-name"))
                }
                #expect("\(error)" == error.describe())
                #expect(error.describe().hasPrefix("an input can't be used"))
            }
        }
        #expect(faults == [.mood, .tags, .titleOfSeveralLines, .titleTooLong, .textTooLong, .styles])
        do {
            _ = try await folder.open("missing-secret/secret-name.db", 1)
            Issue.record("a vault in no folder")
        } catch let error as NightstandError {
            #expect(!"\(error) \(String(reflecting: error)) \(error.localizedDescription)".contains("secret"))
        }
        // No number, and beyond what a clock can hold: neither ends the app.
        for seconds in [Double.nan, .infinity, -.greatestFiniteMagnitude] {
            var draft = entry("", "")
            draft.moment.utc = Date(timeIntervalSince1970: seconds)
            await fails(.InvalidInput(what: .date), "invalid_input", .chooseAgain) {
                _ = try await alex.journal().write(draft: draft, sharing: .private)
            }
        }
    }
}

private struct Unknown: Error {
    let words: String
}

private final class Zones: ZoneOffsets {
    func offsetSeconds(zone: String, at: Date) throws -> Int32? {
        #expect((-9_782_640_000 ..< -9_751_017_600).contains(at.timeIntervalSince1970))
        guard zone == "Europe/London" else { throw Unknown(words: "no such zone") }
        return -75
    }
}

private final class Bar: ProgressObserver {
    let total = Locked<UInt64>(0)
    private let react: @Sendable (UInt64) throws -> Void

    init(react: @escaping @Sendable (UInt64) throws -> Void) {
        self.react = react
    }

    func progressed(progress: ProgressReport) throws {
        total.value = progress.total
        try react(progress.done)
    }
}

struct Surprise: Error {}

extension RowChange {
    /// One step of a list, on the array that a diffable data source is given.
    func apply(to rows: inout [JournalRow]) {
        switch self {
        case .delete(let at): rows.remove(at: Int(at))
        case .insert(let at, let row): rows.insert(row, at: Int(at))
        case .move(let origin, let target): rows.insert(rows.remove(at: Int(origin)), at: Int(target))
        case .update(let at, let row): rows[Int(at)] = row
        }
    }
}
