import Foundation
import Nightstand
import Testing

private func anHourAgo() -> Date {
    Date(timeIntervalSinceNow: -3_600)
}

/// When it is hard: a low hours or days later, and what was not right.
@Suite(.timeLimit(.minutes(5)))
struct StoryHard {
    let folder = try! Folder()

    @Test func aLowIsMetWithOnesOwnList() async throws {
        let (alex, sam) = try await folder.couple()
        let care = alex.dropCare()
        let before = try await care.now()
        #expect(before.level == DropLevel.clear)
        #expect(before.textKeys.isEmpty)
        _ = try await alex.checkIns().add(content: CheckIn(moment: .nextMorning, at: anHourAgo(), drop: .strong))
        let list: [DropHelp] = [.words("Ring Kim"), .activity("bath")]
        try await care.setHelpList(list: list, since: [])
        let view = try await care.now()
        #expect(view.level == .strong)
        #expect(view.whatHelps == list)
        #expect(!view.repeats)
        let said = ["drop-seen", "drop-what-helps", "drop-shared", "help-where", "not-medical-advice"]
        #expect(view.textKeys == said)
        #expect(view.since != nil)
        _ = try await meet(alex, sam)
        #expect(try await sam.dropCare().now().level == DropLevel.clear)
        #expect(try await sam.dropCare().helpList().isEmpty)

        try await care.setLooking(looking: .off)
        #expect(try await care.looking() == .off)
        #expect(try await care.now().level == DropLevel.clear)
        #expect(try await care.helpList() == list)
        await fails(.InvalidInput(what: .item), "invalid_input", .chooseAgain) {
            try await care.setHelpList(list: [.activity("dancing")], since: list)
        }
    }

    @Test func whatWasNotRightIsMetWithWordsABoundaryAndHelp() async throws {
        let (alex, sam) = try await folder.couple()
        let said = try await alex.checkIns().add(content: CheckIn(moment: .somethingNotRight, at: anHourAgo()))
        #expect(said.shared.isEmpty)
        #expect(namesHelp(checkIn: said.content))
        let texts = notRightTexts()
        let known = Set(textKeys().map(\.key))
        #expect(known.isSuperset(of: texts.begin + texts.words + texts.help + [texts.boundary, texts.close]))

        let offers = try await alex.notRight().boundaries(activity: "cuddling", stance: .never)
        #expect(offers.count == 3)
        #expect(!offers[0].stands)
        #expect(offers[0].present == nil)
        _ = try await alex.preferences().set(item: offers[0].item, draft: offers[0].draft, since: offers[0].since)
        let again = try await alex.notRight().boundaries(activity: "cuddling", stance: .notNow(until: nil))
        #expect(again[0].stands)
        #expect(again[0].draft.stance == .never)
        #expect(!again[1].stands)
        let effective = try await alex.preferences().effective(
            whose: .me, activity: "cuddling", side: .receive, conditions: [])
        #expect(effective == .never)
        _ = try await meet(alex, sam)
        #expect(try await sam.preferences().list(whose: .partner).items.isEmpty)
        #expect(try await alex.dropCare().now().level == DropLevel.clear)
        await fails(.InvalidInput(what: .item), "invalid_input", .chooseAgain) {
            _ = try await alex.notRight().boundaries(activity: "cuddling", stance: .love)
        }
    }

    @Test func whatWasNotRightIsSharedAfterALookOfItsOwn() async throws {
        let (alex, sam) = try await folder.couple()
        let (checkIns, when, day) = (alex.checkIns(), anHourAgo(), 86_400.0)
        var content = CheckIn(moment: .somethingNotRight, at: when)
        (content.note, content.calm) = ("I want some time.", 3)
        let said = try await checkIns.add(content: content)
        await fails(.InvalidInput(what: .notRight), "invalid_input", .chooseAgain) {
            _ = try await checkIns.share(id: said.id, fields: [.note])
        }
        let preview = try await checkIns.preview(id: said.id, fields: [.note])
        #expect(preview.note == "I want some time.")
        #expect(preview.calm == nil)
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
            _ = try await checkIns.sharePreviewed(id: said.id, fields: [.note, .calm], previewed: preview)
        }
        _ = try await checkIns.sharePreviewed(id: said.id, fields: [.note], previewed: preview)
        _ = try await meet(alex, sam)
        let seen = try await sam.checkIns().list(whose: .partner, since: when - day, until: when + day)
        #expect(seen.map(\.content.note) == ["I want some time."])
        #expect(seen.map(\.content.calm) == [nil])
        _ = try await checkIns.share(id: said.id, fields: [])
        _ = try await meet(alex, sam)
        #expect(try await sam.checkIns().list(whose: .partner, since: when - day, until: when + day).isEmpty)
    }
}
