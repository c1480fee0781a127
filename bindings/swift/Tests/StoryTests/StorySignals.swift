import Foundation
import Nightstand
import Testing

private let day: TimeInterval = 86_400

/// One tap: signals that fade, ask for no answer, and do not tell who has read them.
@Suite(.timeLimit(.minutes(5)))
struct StorySignals {
    let folder = try! Folder()

    @Test func aSignalCountsForAWhile() async throws {
        let (alex, sam) = try await folder.couple()
        let quiet = Signal.listed(.quietFine)
        #expect(signalLivesMinutes(signal: quiet) == 60)
        let said = try Texts(languages: ["en"]).say(key: signalTextKey(kind: .quietFine))
        #expect(said.text == "I need quiet, we are fine")
        let sent = try await alex.signals().send(signal: quiet)
        #expect(sent.whose == .me)
        #expect(abs(try #require(sent.liveUntil).timeIntervalSince(sent.sent) - 3_600) < 0.01)
        _ = try await meet(alex, sam)
        let seen = try #require(try await sam.signals().list().live.first)
        #expect((seen.id, seen.whose) == (sent.id, .partner))
        #expect(seen.signal == quiet)

        let told = try await sam.signals().toNotify(after: sunday - day, hush: .off)
        #expect(told.map(\.id) == [sent.id])
        #expect(told[0].titleKey == "due-signal")
        let received = try #require(seen.received)
        #expect(try await sam.signals().toNotify(after: received + 1, hush: .off).isEmpty)
        #expect(try await sam.signals().toNotify(after: sunday - day, hush: .on).isEmpty)
        await fails(.NotFound, "not_found", .chooseAgain) { try await sam.signals().takeBack(id: sent.id) }
        try await alex.signals().takeBack(id: sent.id)
        _ = try await meet(alex, sam)
        let left = try await sam.signals().list()
        #expect(left.live.isEmpty && left.earlier.isEmpty)
        await fails(.InvalidInput(what: .range), "invalid_input", .chooseAgain) {
            _ = try await alex.signals().send(signal: quiet, livesMinutes: 0)
        }
    }

    @Test func ownWordsAreKeptToBeSentAgain() async throws {
        let (alex, sam) = try await folder.couple()
        let saved = try await alex.signals().save(words: "Hum to me", livesMinutes: 20)
        #expect(try await alex.signals().saved().map(\.words) == ["Hum to me"])
        _ = try await alex.signals().send(signal: .own(saved.words), livesMinutes: saved.livesMinutes)
        try await alex.signals().forget(id: saved.id)
        _ = try await meet(alex, sam)
        let seen = try #require(try await sam.signals().list().live.first)
        #expect(seen.signal == .own("Hum to me"))
        #expect(abs(try #require(seen.liveUntil).timeIntervalSince(seen.sent) - 1_200) < 0.01)
        #expect(try await alex.signals().saved().isEmpty)
        #expect(try await sam.signals().saved().isEmpty)
    }
}
