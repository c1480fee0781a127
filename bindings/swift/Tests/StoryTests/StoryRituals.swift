import Foundation
import Nightstand
import Testing

private func step(_ activity: String, _ minutes: UInt16, _ side: Side = .together) -> StepDraft {
    StepDraft(activity: activity, side: side, minutes: minutes)
}

/// Rituals that plans offer, and songs that were chosen beforehand.
@Suite(.timeLimit(.minutes(5)))
struct StoryRituals {
    let folder = try! Folder()

    @Test func aRitualIsOfferedAndBegun() async throws {
        let (alex, sam) = try await folder.couple()
        let draft = RitualDraft(
            title: "Coming back down", situation: [.intense],
            steps: [step("water", 2, .give), step("silent-cuddling", 10)])
        let made = try await alex.rituals().add(audience: .both, draft: draft)
        #expect(made.minutes == 12)
        #expect(try await alex.rituals().read(id: made.id) == made)
        _ = try await meet(alex, sam)
        let seen = try #require(try await sam.rituals().list().first)
        #expect(seen.steps.map(\.side) == [.receive, .together])
        var occasion = Occasion(minutes: 15, company: .two, situation: [.intense])
        #expect(try await sam.preferences().plan(occasion: occasion).rituals == [made.id])
        occasion.situation = []
        #expect(try await sam.preferences().plan(occasion: occasion).rituals.isEmpty)

        let (water, cuddling) = (seen.steps[0].id, seen.steps[1].id)
        _ = try await alex.rituals().moveStep(id: made.id, step: cuddling, position: 0)
        _ = try await sam.rituals().addStep(id: made.id, draft: step("music", 20))
        _ = try await sam.rituals().changeStep(id: made.id, step: water, draft: step("water", 3), since: seen)
        _ = try await meet(alex, sam)
        let shown = try await sam.rituals().read(id: made.id)
        let merged = try await sam.rituals().describe(id: made.id, title: "Down again", situation: [], since: shown)
        #expect(merged.steps.map(\.activity) == ["silent-cuddling", "water", "music"])
        #expect((merged.title, merged.situation, merged.minutes) == ("Down again", [], 33))
        let session = try await sam.rituals().start(id: made.id)
        #expect((session.state, session.audience, session.steps.count) == (.running, .both, 3))
        #expect((session.lead, session.steps[0].state) == (.byItself, .running))
        _ = try await sam.rituals().removeStep(id: made.id, step: water)
        try await sam.rituals().remove(id: made.id)
        _ = try await meet(alex, sam)
        await fails(.Deleted, "deleted", .chooseAgain) { _ = try await alex.rituals().start(id: made.id) }
        #expect(try await alex.sessions().read(id: session.id).steps.count == 3)
    }

    @Test func songsAreChosenBeforehand() async throws {
        let (alex, sam) = try await folder.couple()
        let one = SongDraft(title: "One", artist: "Somebody", link: "https://music.example/1")
        let two = SongDraft(title: "Two", link: "spotify:track:4uLU6hMCjMI75M1A2tKUQC", situation: [.tired])
        let first = try await alex.songs().add(audience: .both, draft: one)
        let second = try await alex.songs().add(audience: .both, draft: two)
        let asked = try await alex.songs().ask(draft: SongDraft(title: "The one from the train"))
        _ = try await meet(alex, sam)
        let seen = try await sam.songs().list()
        #expect(seen.map(\.content) == [one, two])
        #expect((seen[0].by, first.by) == (.partner, .me))
        #expect(try await sam.songs().list(situation: .new).map(\.content.title) == ["One"])
        #expect(try await sam.songs().asked().map(\.id) == [asked.id])
        #expect(try await sam.songs().letIn(id: asked.id).state == .listed)
        try await sam.songs().moveTo(id: asked.id, position: 0)
        var slower = two
        slower.title = "Two, slower"
        _ = try await sam.songs().change(id: second.id, draft: slower, since: two)
        try await sam.songs().remove(id: first.id)
        _ = try await meet(alex, sam)
        #expect(try await alex.songs().list().map(\.content.title) == ["The one from the train", "Two, slower"])
        await #expect(throws: NightstandError.InvalidInput(what: .link)) {
            _ = try await alex.songs().add(audience: .me, draft: SongDraft(title: "One", link: "javascript:alert(1)"))
        }
    }
}
