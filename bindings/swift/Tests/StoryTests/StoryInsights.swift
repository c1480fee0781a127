import Foundation
import Nightstand
import Testing

private let day: TimeInterval = 86_400
private let began = sunday - 365 * day
private let span = InsightSpan(since: began, until: sunday + 1000 * day, offsetSeconds: 3600)
private let closings = Insight.byMonth(level: .closeness, moment: .closing)

private func note(_ vault: Vault, _ moment: CheckInMoment, _ closeness: UInt8, _ number: Int) async throws -> RecordId {
    let said = CheckIn(moment: moment, at: began + Double(number) * day, closeness: closeness)
    return try await vault.checkIns().add(content: said).id
}

private func share(_ vault: Vault, _ levels: [UInt8]) async throws {
    for (number, level) in levels.enumerated() {
        let noted = try await note(vault, .closing, level, number)
        _ = try await vault.checkIns().share(id: noted, fields: [.closeness])
    }
}

private func read(
    _ vault: Vault, _ insight: Insight, _ whose: InsightOf = .me, _ over: InsightSpan = span
) async throws -> InsightView {
    try await vault.insights().read(insight: insight, of: whose, span: over, texts: Texts(languages: ["en"]))
}

private struct Known {
    let n: UInt32
    let value: Double
    let low: Double?
    let high: Double?
    let method: InsightMethod

    init?(_ figure: InsightFigure) {
        guard case .known(let n, let value, let low, let high, let method) = figure else { return nil }
        (self.n, self.value, self.low, self.high, self.method) = (n, value, low, high, method)
    }
}

/// What happened, in figures: of one's own, and of both only with a yes.
@Suite(.timeLimit(.minutes(5)))
struct StoryInsights {
    let folder = try! Folder()

    @Test func figuresOfOnesOwn() async throws {
        let (alex, _) = try await folder.phones()
        for (number, level) in [UInt8(5), 6, 7, 4].enumerated() {
            _ = try await note(alex, .closing, level, number)
            _ = try await note(alex, .somethingNotRight, 1, number)
        }
        let early = try await read(alex, closings)
        #expect(early.whole == .tooEarly(n: 4))
        #expect(early.spoken.summary.text == "Too early to tell, from 4 times" && early.spoken.method == nil)
        _ = try await note(alex, .closing, 6, 20)
        let seen = try await read(alex, closings)
        let mean = try #require(Known(seen.whole))
        #expect((mean.n, mean.method) == (5, .mean))
        #expect(abs(mean.value - 5.6) < 0.001)
        let (low, high) = (try #require(mean.low), try #require(mean.high))
        #expect(1 < low && low < 5.6 && 5.6 < high && high < 7)
        #expect(seen.points.map(\.label) == [.month(year: 2025, month: 11), .month(year: 2025, month: 12)])
        #expect(seen.points[1].figure == .tooEarly(n: 1))
        #expect(seen.spoken.title.text == "Closeness: Closing")
        #expect(seen.spoken.summary.text.hasPrefix("5.6 on average, from 5 times; likely between "))
        #expect(seen.spoken.rows.allSatisfy { $0.count == seen.spoken.header.count })
        for drop in [DropLevel.clear, .some, .clear, .clear, .strong] {
            _ = try await alex.checkIns().add(content: CheckIn(moment: .nextMorning, at: sunday, drop: drop))
        }
        let lows = try await read(alex, .lows)
        #expect(Known(lows.whole)?.value == 40 && lows.spoken.title.text == "Times with a low")
        let backwards = InsightSpan(since: span.until, until: span.since, offsetSeconds: 0)
        await #expect(throws: NightstandError.InvalidInput(what: .date)) {
            _ = try await read(alex, closings, .me, backwards)
        }
    }

    @Test func bothAreJoinedOnlyWithAYes() async throws {
        let (alex, sam) = try await folder.couple()
        try await share(alex, [4, 4, 4, 4, 4, 4])
        try await share(sam, [6, 6, 6, 6, 6])
        _ = try await meet(alex, sam)
        let none = try await read(alex, closings, .both)
        #expect(none.whole == .tooEarly(n: nil) && none.points.isEmpty)
        #expect(try await !sam.insights().consent())
        try await sam.insights().setConsent(counted: true)
        #expect(try await sam.insights().consent())
        _ = try await meet(alex, sam)
        let both = try await read(alex, closings, .both)
        let joined = try #require(Known(both.whole))
        #expect((joined.n, joined.value) == (10, 5))
        #expect(both.spoken.summary.text.hasPrefix("For the two of you together 5.0 on average"))
        #expect(Known(try await read(alex, closings).whole)?.value == 4)
        try await sam.insights().setConsent(counted: false)
        _ = try await meet(alex, sam)
        #expect(try await read(alex, closings, .both) == none)
    }

    @Test func beforeAndAfterByActivityAndLength() async throws {
        let (alex, _) = try await folder.phones()
        let draft = SessionDraft(steps: [StepDraft(activity: "water", side: .together, minutes: 2)])
        var at = sunday
        for (before, after) in [(UInt8(2), UInt8(4)), (3, 5), (4, 4), (2, 6), (3, 5)] {
            let session = try await alex.sessions().plan(audience: .me, draft: draft)
            _ = try await alex.sessions().step(id: session.id, step: session.steps[0].id, verb: .start)
            at = try await alex.sessions().end(id: session.id).at
            for (moment, level) in [(CheckInMoment.arrival, before), (.closing, after)] {
                let said = CheckIn(moment: moment, at: at, session: session.id, closeness: level)
                _ = try await alex.checkIns().add(content: said)
            }
        }
        let now = InsightSpan(since: at - day, until: at + day, offsetSeconds: 0)
        let change = try await read(alex, .change(level: .closeness, until: .closing), .me, now)
        let difference = try #require(Known(change.whole))
        #expect((difference.n, difference.value, difference.method) == (5, 2, .meanDifference))
        let said = "Before 2.8, afterwards 4.8, on average over 5 times; the difference is likely between 0.2 and 3.8"
        #expect(change.spoken.summary.text == said)
        #expect(change.points[1].label == .moment(moment: .closing))
        let done = try await read(alex, .byActivity(level: .closeness, moment: .closing), .me, now)
        #expect(done.points[0].label == .activity(id: "water", title: nil))
        #expect(done.spoken.lines[0].text == "With “Water”, 5 times: 4.8 on average")
        let long = try await read(alex, .byLength(level: .closeness, moment: .closing), .me, now)
        #expect(long.points.map(\.label) == [.length(length: .short)])
        #expect(try await read(alex, .bySituation(level: .closeness, moment: .closing), .me, now).points.isEmpty)
        let often = try await read(alex, .howOften, .me, now)
        let count = try #require(Known(often.whole))
        #expect(count.value == 5 && count.low == nil)
        #expect(often.spoken.summary.text == "Care was written down 5 times")
    }
}
