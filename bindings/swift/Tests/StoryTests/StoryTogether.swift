import Foundation
import Nightstand
import Testing

private let ofAlex = "I listen to you breathe, and count."
private let ofSam = "I look for your hand under the blanket."

/// What the two do together: an agreement, a sealed reflection, a question that was talked through.
@Suite(.timeLimit(.minutes(5)))
struct StoryTogether {
    let folder = try! Folder()

    @Test func anAgreementHoldsWhileBothAccept() async throws {
        let (alex, sam) = try await folder.couple()
        let draft = AgreementDraft(title: "Phones", text: "They stay in the kitchen.")
        let proposed = try await alex.agreements().propose(draft: draft)
        #expect(proposed.state == .proposed)
        _ = try await meet(alex, sam)
        let seen = try #require(try await sam.agreements().list().first)
        let shown = seen.proposals[0]
        #expect((seen.state, shown.content.title) == (.forMe, "Phones"))
        let held = try await sam.agreements().accept(id: seen.id, proposal: shown.id, hash: shown.hash)
        #expect(held.state == .holds)
        _ = try await meet(alex, sam)

        let other = AgreementDraft(title: "Phones", text: "Until breakfast.")
        let reworded = try await alex.agreements().reword(id: seen.id, draft: other)
        #expect(reworded.state == .apart)
        let undone = try await alex.agreements().undo(id: seen.id)
        #expect(undone.state == .holds)
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
            _ = try await sam.agreements().accept(id: seen.id, proposal: shown.id, hash: Data(count: 32))
        }
        let withdrawn = try await sam.agreements().withdraw(id: seen.id)
        #expect(withdrawn.state == .forMe)
        _ = try await meet(alex, sam)
        let left = try await alex.agreements().read(id: seen.id)
        #expect(left.state == .proposed)
        try await alex.agreements().delete(id: seen.id)
        let none = try await alex.agreements().list()
        #expect(none.isEmpty)
    }

    @Test func aReflectionIsSealedAndOpened() async throws {
        let (alex, sam) = try await folder.couple()
        let round = try await alex.reflections().begin(prompt: .question("first-minute"))
        _ = try await alex.reflections().writeDraft(id: round.id, text: "I listen", since: round.draft)
        let sealed = try await alex.reflections().seal(id: round.id, text: ofAlex, hash: round.hash)
        #expect((sealed.state, sealed.draft) == (.sealed, ""))
        #expect(sealed.mine == ofAlex)
        let back = try await alex.reflections().withdraw(id: round.id)
        #expect((back.state, back.draft) == (.open, ofAlex))
        _ = try await alex.reflections().seal(id: round.id, text: back.draft, hash: back.hash)
        _ = try await meet(alex, sam)
        let seen = try #require(try await sam.reflections().list().first)
        #expect((seen.state, seen.prompt) == (.open, round.prompt))
        #expect(seen.theirs == nil)
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
            _ = try await sam.reflections().seal(id: seen.id, text: ofSam, hash: Data(count: 32))
        }
        _ = try await sam.reflections().seal(id: seen.id, text: ofSam, hash: seen.hash)
        for _ in 0..<3 { _ = try await meet(alex, sam) }
        for (vault, mine, theirs) in [(alex, ofAlex, ofSam), (sam, ofSam, ofAlex)] {
            let opened = try await vault.reflections().read(id: seen.id)
            #expect(opened.state == .opened)
            #expect(opened.mine == mine)
            #expect(opened.theirs == theirs)
            #expect(opened.choices.isEmpty && opened.setAside.isEmpty)
        }
        await fails(.InvalidInput(what: .state), "invalid_input", .chooseAgain) {
            _ = try await alex.reflections().choose(id: seen.id, seal: seen.id)
        }
        try await alex.reflections().delete(id: seen.id)
        await fails(.NotFound, "not_found", .chooseAgain) { _ = try await alex.reflections().read(id: seen.id) }
        let former = try await sam.reflections().former()
        #expect(former.isEmpty)
        await fails(.NotFound, "not_found", .chooseAgain) { try await sam.reflections().deleteFormer(id: seen.id) }
    }

    @Test func aQuestionIsTalkedThrough() async throws {
        let (alex, sam) = try await folder.couple()
        try await alex.ticks().tick(of: .question, id: "first-minute", audience: .both)
        try await alex.ticks().tick(of: .question, id: "tears-mean", audience: .me)
        try await alex.ticks().tick(of: .card, id: "afterglow", audience: .me)
        _ = try await meet(alex, sam)
        let seen = try await sam.ticks().list(of: .question)
        #expect(seen.map(\.id) == ["first-minute"])
        try await sam.ticks().untick(of: .question, id: "first-minute", audience: .both)
        _ = try await meet(alex, sam)
        let left = try await alex.ticks().list(of: .question)
        #expect(left.map(\.audience) == [.me])
    }

    @Test func anEntryAnswersAQuestion() async throws {
        let (alex, sam) = try await folder.couple()
        let evening = try await alex.sessions().plan(audience: .both, draft: SessionDraft())
        let prompt = Prompt.question("tears-mean")
        var salt = entry("Salt", "They pass.")
        (salt.prompt, salt.session) = (prompt, evening.id)
        _ = try await alex.journal().write(draft: salt, sharing: .shared)
        _ = try await alex.journal().write(draft: entry("Tea", "Warm."), sharing: .shared)
        _ = try await meet(alex, sam)
        #expect(try await titles(sam, RowsQuery(prompt: prompt)) == ["Salt"])
        #expect(try await titles(sam, RowsQuery(session: evening.id)) == ["Salt"])
        let seen = try await sam.journal().rows(query: RowsQuery(prompt: prompt)).rows[0]
        let read = try await sam.journal().read(id: seen.id)
        #expect(read.entry.session == evening.id)
    }

    @Test func whatWasDoneLately() async throws {
        let (alex, sam) = try await folder.couple()
        let draft = SessionDraft(steps: [StepDraft(activity: "water", side: .give, minutes: 2)])
        let evening = try await alex.sessions().plan(audience: .both, draft: draft)
        _ = try await alex.sessions().step(id: evening.id, step: evening.steps[0].id, verb: .done)
        _ = try await alex.sessions().end(id: evening.id)
        _ = try await meet(alex, sam)
        let later = evening.at + 86_400
        let done = try await sam.sessions().lately(now: later)
        #expect(done.map(\.activity) == ["water"])
        let unsaid = try await sam.preferences().unsaid(now: later)
        #expect(unsaid == [.stance(activity: "water", side: .receive, condition: nil)])
    }

    @Test func breathingTogether() async throws {
        #expect(breathingPaces().contains("longer-out"))
        let steps = try breathing(pace: "longer-out", minutes: 3)
        #expect(steps.prefix(2).map(\.phase) == [.in, .out])
        #expect(steps.prefix(2).map(\.seconds) == [4, 6])
        #expect(steps.last?.breath == 18)
        #expect(steps[0].touchesMs == [0, 1000, 2000, 3000])
        await fails(.InvalidInput(what: .range), "invalid_input", .chooseAgain) {
            _ = try breathing(pace: "longer-out", minutes: 0)
        }
    }
}
