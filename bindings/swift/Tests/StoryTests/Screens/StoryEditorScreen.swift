import Foundation
import Nightstand
import Testing

@testable import NightstandScreens

@Suite(.timeLimit(.minutes(5))) @MainActor
struct StoryEditorScreen {
    let folder = try! Folder()

    @available(iOS 17, macOS 14, *)
    @Test func twoTypeIntoOneEntry() async throws {
        let (alex, sam) = try await folder.couple()
        let id = try await alex.journal().write(draft: entry("Evening", "We lay there."), sharing: .joint)
        try await meet(alex, sam)
        let (onAlex, onSam) = (EditorScreen(alex, texts, id: id), EditorScreen(sam, texts, id: id))
        try await views([onAlex.watch, onSam.watch]) {
            for screen in [onAlex, onSam] { try await shows(screen) { $0.open && $0.title == "Evening" } }
            onAlex.select(.body, 13, 13)
            onAlex.type(.body, 13, 13, " Quiet 🕯")
            onAlex.style(3, 6, .bold)
            #expect(onAlex.state.body.text == "We lay there. Quiet 🕯" && onAlex.state.saving == .unsaved)
            #expect(onAlex.state.selection?.head == 22)
            onSam.type(.body, 0, 0, "Late. ")
            onSam.type(.title, 7, 7, "s")
            for screen in [onAlex, onSam] { await screen.save() }
            #expect(onAlex.state.saving == .saved)
            try await meet(alex, sam)

            let came = try await shows(onAlex) { $0.body.text == "Late. We lay there. Quiet 🕯" && !$0.came.isEmpty }
            #expect(came.came == [0..<6])
            #expect(came.title == "Evenings" && came.selection?.head == 28)
            #expect(came.body.marks == [Mark(start: 9, end: 12, style: .bold)])
            let onSams = try await shows(onSam) { $0.body == came.body }
            #expect(onSams.came == [19..<28])
            // One's own letters are taken back, not the partner's.
            for _ in 0..<2 { onAlex.undo() }
            #expect(onAlex.state.body.text == "Late. We lay there." && onAlex.state.canRedo)
            onAlex.redo()
            await onAlex.leave()
            #expect(onAlex.state.ended?.text == "Your notes are closed.")
        }
    }

    @available(iOS 17, macOS 14, *)
    @Test func anEditorSaysWhatCanNotBeAndWhyItEnded() async throws {
        let (alex, sam) = try await folder.couple()
        let mine = try await alex.journal().write(draft: entry("Mine", "for me alone"), sharing: .private)
        let joint = try await alex.journal().write(draft: entry("Evening", "We lay there."), sharing: .joint)
        try await meet(alex, sam)
        let (own, both) = (EditorScreen(alex, texts, id: mine), EditorScreen(alex, texts, id: joint))
        try await views([own.watch, both.watch]) {
            for screen in [own, both] { try await shows(screen) { $0.open } }
            own.type(.body, 90, 90, "x")
            #expect(try await says(own) == "That place is not in the text any more.")
            #expect(own.state.body.text == "for me alone")
            own.compose(.body, 0, 3, "座")
            own.finishComposing()
            await own.save()
            #expect(try await alex.journal().read(id: mine).entry.body.text == "座 me alone")

            try await sam.journal().delete(id: joint)
            try await meet(alex, sam)
            let ended = try await shows(both) { $0.ended != nil }
            #expect(ended.ended?.text == "This was deleted and can’t be opened any more." && !ended.open)
            both.type(.body, 0, 0, "x")
            #expect(try await says(both) == ended.ended?.text)
            try await alex.setPrivateKey(key: bytes(7, 32))
            try await alex.lockPrivate()
            let locked = try await shows(own) { $0.ended != nil }
            #expect(locked.ended?.text == "What is private is locked." && !locked.open && locked.body.text.isEmpty)
        }
    }
}
