import Foundation
import Nightstand
import Testing

private let hands = Item.stance(activity: "holding-hands", side: .together, condition: nil)
private let tired = Item.stance(activity: "holding-hands", side: .together, condition: .tired)

/// Says something on a screen that was drawn just before.
private func say(_ vault: Vault, _ item: Item, _ draft: ItemDraft) async throws {
    let version = try await vault.preferences().read(item: item).version
    _ = try await vault.preferences().set(item: item, draft: draft, since: version)
}

@discardableResult
private func share(_ vault: Vault, _ item: Item) async throws -> ItemView {
    let version = try await vault.preferences().read(item: item).version
    return try await vault.preferences().share(item: item, since: version)
}

private func theirs(_ vault: Vault) async throws -> [Item: Stance?] {
    let rows = try await vault.preferences().list(whose: .partner).items
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.item, $0.stance) })
}

/// What each of the two wants in the time after: said alone, shared item by item.
@Suite(.timeLimit(.minutes(5)))
struct StoryPreferences {
    let folder = try! Folder()

    @Test func theCatalogue() throws {
        let hands = try #require(activities().first { $0.id == "holding-hands" })
        #expect((hands.family, hands.needs) == (.touch, [.touch, .reassurance]))
        #expect(0 < hands.leastMinutes && hands.leastMinutes <= hands.mostMinutes && !hands.worksApart)
        #expect(choices(question: .usualAfter).contains("sleepy"))
    }

    @Test func whatIsSaidAlone() async throws {
        let alex = try await folder.open("alex.db", 1)
        let preferences = alex.preferences()
        try await say(alex, hands, ItemDraft(stance: .love, note: "Not too tight."))
        try await say(alex, .question(.length), ItemDraft(choices: ["long"]))
        try await say(alex, .remark(.quiet), ItemDraft(note: "I am far away, and glad."))
        let wish = try await preferences.add(line: .wish, note: "A walk")
        let rows = try await preferences.list(whose: .me).items
        #expect(rows.count == 4)
        let said = try #require(rows.first { $0.item == hands })
        #expect((said.stance, said.note) == (.love, "Not too tight."))
        try await preferences.remove(item: wish.item)
        await fails(.Deleted, "deleted", .chooseAgain) { _ = try await preferences.read(item: wish.item) }
        await #expect(throws: NightstandError.InvalidInput(what: .choices)) {
            try await say(alex, .question(.length), ItemDraft(choices: ["for ever"]))
        }
        #expect(try await preferences.history(item: hands).map(\.content.stance) == [.love])
    }

    @Test func thePartnerHearsOfAChangeIfItsOwnerSaysSo() async throws {
        let (alex, sam) = try await folder.couple()
        try await say(alex, hands, ItemDraft(stance: .like))
        await fails(.InvalidInput(what: .notShared), "invalid_input", .chooseAgain) {
            try await alex.preferences().askToLook(item: hands)
        }
        try await share(alex, hands)
        try await meet(alex, sam)
        #expect(try await sam.preferences().toLookAt().isEmpty)
        try await alex.preferences().askToLook(item: hands)
        try await meet(alex, sam)
        #expect(try await sam.preferences().toLookAt() == [hands])
        try await sam.preferences().looked(item: hands)
        #expect(try await sam.preferences().toLookAt().isEmpty)
    }

    @Test func aBoundaryReachesThePartnerAndIsNotLoosenedUnseen() async throws {
        let (alex, sam) = try await folder.couple()
        try await say(alex, hands, ItemDraft(stance: .like))
        let old = try await share(alex, hands)
        try await meet(alex, sam)
        #expect(try await theirs(sam) == [hands: .like])

        let until = Stance.notNow(until: sunday + 36_500 * 86_400)
        try await say(alex, hands, ItemDraft(stance: until))
        let preview = try await alex.preferences().preview(item: hands)
        #expect((preview.present?.stance, preview.next.stance) == (.like, until))
        try await share(alex, hands)
        try await meet(alex, sam)
        #expect(try await theirs(sam) == [hands: until])
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
            _ = try await alex.preferences().set(item: hands, draft: ItemDraft(stance: .love), since: old.version)
        }

        #expect(try await alex.preferences().ended(now: sunday) == [])
        #expect(try await alex.preferences().ended(now: sunday + 36_501 * 86_400) == [hands])
        try await say(alex, tired, ItemDraft(stance: .never))
        func effective(_ vault: Vault, _ whose: Whose, _ conditions: [Condition]) async throws -> Stance? {
            try await vault.preferences().effective(
                whose: whose, activity: "holding-hands", side: .together, conditions: conditions)
        }
        #expect(try await effective(alex, .me, []) == until)
        #expect(try await effective(alex, .me, [.tired]) == .never)
        #expect(try await effective(sam, .partner, [.tired]) == until)

        _ = try await alex.preferences().takeBack(item: hands)
        try await meet(alex, sam)
        #expect(try await theirs(sam) == [:])
        #expect(try await alex.preferences().read(item: hands).content.stance == until)
    }

    @Test func preferencesGoAlong() async throws {
        let alex = try await folder.open("alex.db", 1)
        try await say(alex, hands, ItemDraft(stance: .love, note: "Not too tight."))
        let (page, all) = (folder.path("page.md"), folder.path("all.json"))
        #expect(try await alex.preferences().export(path: page, form: .markdown, texts: Texts(languages: []), zone: warsaw, zones: LocalZones()) == 1)
        let shown = "# What I want in the time after\n\n## I love it\n\n- Holding hands (Together): Not too tight.\n"
        #expect(try String(contentsOfFile: page, encoding: .utf8) == shown)
        _ = try await alex.preferences().export(path: all, form: .json, texts: Texts(languages: []), zone: warsaw, zones: LocalZones())
        #expect(try String(contentsOfFile: all, encoding: .utf8).contains("\"stance/holding-hands/together\""))
        await fails(.InvalidInput(what: .fileExists), "invalid_input", .chooseAgain) {
            _ = try await alex.preferences().export(path: page, form: .json, texts: Texts(languages: []), zone: warsaw, zones: LocalZones())
        }
        #expect(try String(contentsOfFile: page, encoding: .utf8) == shown)
    }
}
