import Foundation
import Nightstand
import Testing

@testable import NightstandScreens

private func read(_ vault: Vault) async throws -> [CheckIn] {
    let day: TimeInterval = 86_400
    return try await vault.checkIns().list(whose: .partner, since: sunday - day, until: sunday + day).map(\.content)
}

@Suite(.timeLimit(.minutes(5))) @MainActor
struct StoryCheckInScreen {
    let folder = try! Folder()

    @available(iOS 17, macOS 14, *)
    @Test func aCheckInIsToldAndSharedPartByPart() async throws {
        let (alex, sam) = try await folder.couple()
        let screen = CheckInScreen(alex, texts, moment: .nextMorning, at: sunday)
        try await views([screen.watch]) {
            let begun = try await shows(screen) { $0.canShare }
            #expect(begun.title.text == "Next morning")
            for id in ["tearful", "tender", "tender"] { screen.feel(id) }
            screen.body("warm")
            screen.ownWord("far away, and glad")
            screen.closeness(3)
            screen.calm(5)
            screen.note("Only for me.")
            let told = screen.state
            #expect(told.feelings.filter(\.picked).map(\.id) == ["tearful"])
            #expect(told.body.filter(\.picked).map(\.word.text) == ["Warm"])
            #expect(told.closeness?.text == "touching, 3 of 7" && told.calm?.text == "halfway calm, 5 of 10")
            #expect(told.unsaved)
            await screen.save()
            #expect(screen.state.answer.first?.text.hasPrefix("All of this happens") == true)
            #expect(!screen.state.unsaved && screen.state.shared.isEmpty && screen.state.preview == nil)
            try await meet(alex, sam)
            #expect(try await read(sam).isEmpty)

            await screen.offer(.feelings, on: true)
            await screen.offer(.note, on: true)
            await screen.offer(.closeness, on: true)
            await screen.offer(.note, on: false)
            let preview = try #require(screen.state.preview)
            #expect(preview.note == "" && preview.feelings == ["tearful"])
            #expect(screen.state.previewSays?.text == "This is what your partner will see.")
            try await meet(alex, sam)
            #expect(try await read(sam).isEmpty)
            await screen.share()
            try await meet(alex, sam)
            #expect(try await read(sam) == [preview])

            screen.closeness(4)
            await screen.save()
            #expect(screen.state.unsharedChanges)

            // Changed elsewhere meanwhile: what stands is shown, and what was typed is offered again.
            let stands = screen.state.content
            var elsewhere = stands
            elsewhere.wish = "Tea"
            let id = try #require(screen.state.saved)
            _ = try await alex.checkIns().change(id: id, content: elsewhere, since: stands)
            screen.note("Only for me, and longer.")
            await screen.save()
            #expect(try await says(screen) == texts.say(key: "error-changed_meanwhile").text)
            #expect([screen.state.content.wish, screen.state.content.note] == ["Tea", "Only for me."])
            #expect(screen.state.typed?.note == "Only for me, and longer.")
            #expect(!screen.state.unsaved)
            screen.wish("Tea, with milk")
            screen.takeUp()
            #expect(screen.state.content.wish == "" && screen.state.typed?.wish == "Tea, with milk")
            screen.letGo()
            screen.wish("Tea")
            await screen.save()
            #expect([screen.state.content.wish, screen.state.content.note] == ["Tea", "Only for me, and longer."])
            #expect(screen.state.typed == nil && !screen.state.unsaved)
            await screen.takeBack()
            #expect(screen.state.shared.isEmpty)
            #expect(screen.state.takenBack?.text.contains("Your partner’s app removes it") == true)
            try await meet(alex, sam)
            #expect(try await read(sam).isEmpty)
            await screen.delete()
            #expect(screen.state.saved == nil)
        }
    }

    @available(iOS 17, macOS 14, *)
    @Test func somethingThatWasNotRightStaysWithItsPerson() async throws {
        let (alex, sam) = try await folder.couple()
        let contacts = "the line of your region"
        let screen = CheckInScreen(alex, texts, moment: .somethingNotRight, at: sunday, contacts: contacts, emergency: "112")
        try await views([screen.watch]) {
            screen.note("It was too fast for me.")
            screen.closeness(9)
            await screen.save()
            #expect(try await says(screen) == texts.say(key: "input-range").text)
            #expect(screen.state.unsaved && !screen.state.content.note.isEmpty)
            screen.closeness(nil)
            await screen.save()
            #expect(screen.trouble == nil)
            let answer = screen.state.answer.map(\.text)
            #expect(answer.first?.hasPrefix("Thank you for writing it down") == true)
            let help = try texts.say(key: "help-where", parameters: ["contacts": .text(contacts)])
            #expect(answer.contains(help.text))
            #expect(answer.contains("In danger at this moment? The emergency number here is 112."))
            #expect(answer.last?.hasPrefix("You can close this now") == true)
            await screen.offer(.note, on: true)
            #expect(!screen.state.canShare && screen.state.preview == nil)
            try await meet(alex, sam)
            #expect(try await read(sam).isEmpty)
        }
    }
}
