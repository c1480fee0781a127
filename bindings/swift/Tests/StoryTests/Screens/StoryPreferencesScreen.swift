import Foundation
import Nightstand
import Testing

@testable import NightstandScreens

private let hands = Item.stance(activity: "holding-hands", side: .together, condition: nil)

@Suite(.timeLimit(.minutes(5))) @MainActor
struct StoryPreferencesScreen {
    let folder = try! Folder()

    @available(iOS 17, macOS 14, *)
    @Test func aPreferenceIsSaidShownAndTakenBack() async throws {
        let (alex, sam) = try await folder.couple()
        let (onAlex, onSam) = (PreferencesScreen(alex, texts), PreferencesScreen(sam, texts))
        try await views([onAlex.watch, onSam.watch]) {
            await onAlex.open(hands)
            await onAlex.set(ItemDraft(stance: .love, note: "Not too tight."))
            let row = try await shows(onAlex) { !$0.mine.isEmpty }.mine[0]
            #expect(row.title.text == "Holding hands" && row.side?.text == "Together" && row.stance?.text == "I love it")
            #expect(row.note == "Not too tight." && !row.shared)
            await onAlex.preview()
            let preview = try #require(onAlex.state.open?.preview)
            #expect(preview.present == nil && preview.next.stance == .love)
            try await meet(alex, sam)
            #expect(onSam.state.partners.isEmpty)

            await onAlex.share()
            await onSam.open(hands)
            await onSam.set(ItemDraft(stance: .like))
            await onSam.share()
            try await meet(alex, sam)
            let seen = try await shows(onSam) { !$0.partners.isEmpty && !$0.sideBySide.isEmpty }
            #expect(seen.partners.map(\.stance?.text) == ["I love it"])
            #expect(seen.sideBySide[.match]?.map(\.text) == ["Holding hands"])
            #expect(seen.headings[.match]?.text == "Where you meet")

            await onAlex.takeBack()
            #expect(onAlex.state.open?.takenBack?.text.contains("Your partner’s app removes it") == true)
            try await meet(alex, sam)
            try await shows(onSam) { $0.partners.isEmpty }
            await onAlex.add(.wish, note: "A walk")
            try await shows(onAlex) { $0.mine.contains { $0.title.text == "For next time" && $0.note == "A walk" } }
            await onAlex.remove()
            try await shows(onAlex) { $0.mine.count == 1 && $0.open == nil }
        }
    }

    @available(iOS 17, macOS 14, *)
    @Test func aScreenThatWasOvertakenIsDrawnAgain() async throws {
        let (alex, _) = try await folder.couple()
        let (day, until) = (TimeInterval(86_400), Stance.notNow(until: sunday + 36_500 * 86_400))
        let (one, other) = (
            PreferencesScreen(alex, texts) { sunday + 36_501 * day }, PreferencesScreen(alex, texts) { sunday + 36_501 * day }
        )
        try await views([one.watch, other.watch]) {
            for screen in [one, other] { await screen.open(hands) }
            await other.set(ItemDraft(stance: until))
            #expect(other.state.open?.boundary?.text.hasPrefix("This stays with you") == true)
            await one.set(ItemDraft(stance: .love))
            let open = try #require(one.state.open)
            #expect(open.changed?.text == "This changed while you were looking at it. Here is how it is now.")
            #expect(open.view.content.stance == until)
            #expect(one.trouble == nil)
            try await shows(one) { $0.toAskAgain == [hands] }
            // What the person says having seen it counts.
            await one.set(ItemDraft(stance: .love))
            #expect(one.state.open?.view.content.stance == .love && one.state.open?.changed == nil)
            try await shows(one) { $0.toAskAgain.isEmpty }

            try await alex.setPrivateKey(key: bytes(7, 32))
            try await alex.lockPrivate()
            #expect(try await says(one) == "What is private is locked.")
            try await alex.unlockPrivate(key: bytes(7, 32))
            while one.trouble != nil { try await change { _ = one.trouble } }
            await one.close()
            #expect(one.state.open == nil)
        }
    }
}
