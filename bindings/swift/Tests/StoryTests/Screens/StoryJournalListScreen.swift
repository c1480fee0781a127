import Foundation
import Nightstand
import Testing

@testable import NightstandScreens

@available(iOS 17, macOS 14, *)
@MainActor @discardableResult
private func lists(_ screen: JournalListScreen, _ titles: String...) async throws -> JournalListState {
    try await shows(screen) { $0.rows.map(\.title) == titles }
}

/// The app's texts, and words that it takes for each other.
private func textsWith(_ synonyms: String) throws -> Texts {
    let texts = Texts(languages: ["en"])
    try texts.addSynonyms(language: "en", list: synonyms)
    return texts
}

@Suite(.timeLimit(.minutes(5))) @MainActor
struct StoryJournalListScreen {
    let folder = try! Folder()

    @available(iOS 17, macOS 14, *)
    @Test func theListDrawsWhatBothWrite() async throws {
        let (alex, sam) = try await folder.couple()
        let screen = JournalListScreen(alex, try textsWith("day*, month*, dawn"))
        try await views([screen.watch]) {
            let journal = alex.journal()
            let id = try await journal.write(draft: entry("Evening", "We lay there.", day: 1), sharing: .private)
            try await lists(screen, "Evening")
            _ = try await sam.journal().write(draft: entry("A letter", "dear Alex", day: 2), sharing: .shared)
            try await meet(alex, sam)
            try await lists(screen, "A letter", "Evening")
            try await edit(alex, id, entry("A month ago", "…", day: -30))
            let moved = try await lists(screen, "A letter", "A month ago")
            #expect(moved.months.map(\.month) == [11, 10])

            for day in 3...52 { _ = try await journal.write(draft: entry("Day \(day)", "…", day: day), sharing: .private) }
            try await shows(screen) { $0.rows.first?.title == "Day 52" && $0.rows.count == 50 && $0.hasMore }
            await screen.more()
            try await shows(screen) { $0.rows.count == 52 && !$0.hasMore }
            await screen.calendar()
            await screen.jump(try #require(screen.state.calendar?.last))
            try await lists(screen, "A month ago")
            await screen.top()
            try await shows(screen) { $0.rows.count == 50 }
            await screen.search("dawn")
            await screen.moreFound()
            let found = try #require(screen.state.found)
            #expect(found.hits.count == 51 && found.next == nil, "by the app's synonyms, page by page")
        }
    }

    @available(iOS 17, macOS 14, *)
    @Test func searchingAndALockedPrivate() async throws {
        let (alex, _) = try await folder.couple()
        _ = try await alex.journal().write(draft: entry("Lanterns", "By the lamp.", day: 1), sharing: .joint)
        _ = try await alex.journal().write(draft: entry("Mine", "The lantern went out."), sharing: .private)
        try await alex.setPrivateKey(key: bytes(7, 32))
        let screen = JournalListScreen(alex, try textsWith("lantern*, torch"))
        try await views([screen.watch]) {
            try await lists(screen, "Lanterns", "Mine")
            let typed = ["la", "lantern"].map { text in Task { await screen.search(text) } }
            for search in typed { await search.value }
            let found = try #require(screen.state.found)
            #expect(Set(found.hits.map(\.row.title)) == ["Lanterns", "Mine"])
            #expect(found.text == "lantern" && found.next == nil)
            await screen.search("torch")
            let others = try #require(screen.state.found).hits.map(\.row.title)
            #expect(Set(others) == ["Lanterns", "Mine"], "by the app's synonyms")
            await screen.search(" ")
            #expect(screen.state.found == nil)

            await screen.lockPrivate()
            try await lists(screen, "Lanterns")
            let locked = try await shows(screen) { $0.locked != nil }.locked
            #expect(locked?.text == "What is private is locked.")
            await screen.unlockPrivate(bytes(8, 32))
            #expect(try await says(screen) == "That key does not open your notes.")
            await screen.unlockPrivate(bytes(7, 32))
            try await lists(screen, "Lanterns", "Mine")
            try await shows(screen) { $0.locked == nil }
            #expect(screen.trouble == nil)
        }
    }
}
