import Foundation
import Nightstand
import Testing

/// Alex's phone and tablet: linked, lost, removed; and Alex parts from Sam.
@Suite(.timeLimit(.minutes(5)))
struct StoryDevices {
    let folder = try! Folder()
    let clock = Hands()
    let day: TimeInterval = 86_400

    /// Alex's phone and Sam's, paired, and Alex's 24 words.
    func home() async throws -> (Vault, Vault, String) {
        let (phone, sam) = try await (folder.open("alex.db", 1, clock: clock), folder.open("sam.db", 2, clock: clock))
        try await pair(phone, sam)
        return try await (phone, sam, phone.recoveryPhrase().show().joined(separator: " "))
    }

    func tablet(_ phone: Vault, _ words: String) async throws -> (Vault, Paired) {
        let tablet = try await folder.open("tablet.db", 3, clock: clock)
        let inviting = try await phone.devices().invite(words: words, thisDevice: "Phone")
        let joining = try await tablet.devices().join(thisDevice: "Tablet", link: inviting.link())
        let agreed = try await agree(inviting, joining)
        #expect(try await meetOwn(tablet, phone).devicesChanged)
        return (tablet, agreed)
    }

    func only(_ phone: Vault) async throws -> DeviceView {
        let others = try await phone.devices().list().others
        #expect(others.count == 1)
        return try #require(others.first)
    }

    @Test func aTabletIsLinkedByTheRecoveryPhraseAndHasWhatIsShared() async throws {
        let (phone, sam, words) = try await home()
        _ = try await phone.journal().write(draft: entry("Mine alone", "for me"), sharing: .private)
        _ = try await phone.journal().write(draft: entry("For both to read", "on the sofa", day: 1), sharing: .shared)
        let others = try await sam.recoveryPhrase().show().joined(separator: " ")
        await fails(.InvalidInput(what: .anotherPhrase), "invalid_input", .chooseAgain) {
            _ = try await phone.devices().invite(words: others, thisDevice: "Phone")
        }
        let link = try await phone.devices().invite(words: words, thisDevice: "Phone").link()
        await fails(.Refused(what: .notEmpty), "refused", .chooseAgain) {
            _ = try await sam.devices().join(thisDevice: "Tablet", link: link)
        }

        let (tablet, agreed) = try await tablet(phone, words)
        guard case .compare(let onPhone, let tabletsName) = agreed.onAlex,
            case .compare(let onTablet, let phonesName) = agreed.onSam
        else {
            Issue.record("there is no code to compare")
            return
        }
        #expect(onPhone == onTablet)
        #expect((tabletsName, phonesName) == ("Tablet", "Phone"))
        #expect(try await titles(tablet) == ["For both to read"])
        #expect(try await tablet.pairing().partner()?.name == "Sam")
        let view = try await phone.devices().list()
        #expect(view.others.map(\.name) == ["Tablet"])
        #expect(view.others.map(\.isNew) == [true])
        #expect(!view.thisIsRemoved && !view.needsSettling)
        try await phone.devices().seen()
        #expect(try await !only(phone).isNew)

        let begun = try await phone.sync().beginLiveWithOwn(device: only(phone).device)
        let answering = try await tablet.sync().answerLive()
        while try await carry(begun, answering) + carry(answering, begun) > 0 {}
        #expect(begun.isLevel() && answering.isLevel())
        _ = try await tablet.journal().write(draft: entry("From the tablet", "in bed", day: 2), sharing: .shared)
        try await begun.leave()
        while try await carry(answering, begun) + carry(begun, answering) > 0 {}
        #expect(begun.isOver() && answering.isOver())
        #expect(try await titles(phone) == ["From the tablet", "For both to read", "Mine alone"])
    }

    @Test func whatIsPrivateComesAfterThreeDays() async throws {
        let (phone, _, words) = try await home()
        _ = try await phone.journal().write(draft: entry("Mine alone", "for me"), sharing: .private)
        let (tablet, _) = try await tablet(phone, words)
        let there = try await only(phone)
        #expect(there.privatePassing == .waits(until: there.since + 3 * day))
        #expect(try await titles(tablet) == [])
        clock.forward(3 * day)
        #expect(try await only(phone).privatePassing == .passes)
        try await meetOwn(tablet, phone)
        #expect(try await titles(tablet) == ["Mine alone"])
    }

    @Test func privateIsRefusedOrLetPassAtOnce() async throws {
        let (phone, _, words) = try await home()
        _ = try await phone.journal().write(draft: entry("Mine alone", "for me"), sharing: .private)
        let (tablet, _) = try await tablet(phone, words)
        let device = try await only(phone).device
        try await phone.devices().refusePrivate(device: device)
        clock.forward(4 * day)
        try await meetOwn(tablet, phone)
        #expect(try await only(phone).privatePassing == .refused)
        #expect(try await titles(tablet) == [])
        // Sooner, it takes the second key.
        await fails(.Refused(what: .noSecondKey), "refused", .chooseAgain) {
            try await phone.devices().letPrivatePass(device: device)
        }
        try await phone.setPrivateKey(key: bytes(0, 32))
        try await phone.devices().letPrivatePass(device: device)
        try await meetOwn(tablet, phone)
        #expect(try await titles(tablet) == ["Mine alone"])
        await fails(.NotFound, "not_found", .chooseAgain) {
            try await phone.devices().refusePrivate(device: "nobody's")
        }
    }

    @Test func aLostTabletIsRemovedAndRefused() async throws {
        let (phone, sam, words) = try await home()
        let (tablet, _) = try await tablet(phone, words)
        _ = try await tablet.journal().write(draft: entry("On the sofa", "with tea"), sharing: .shared)
        try await meet(tablet, sam)
        try await meetOwn(tablet, phone)
        #expect(try await phone.devices().remove(words: words, device: only(phone).device) == 1)
        #expect(try await phone.devices().list().others.isEmpty)
        await fails(.Refused(what: .device), "refused", .chooseAgain) { try await meetOwn(tablet, phone) }
        try await meet(phone, sam)
        let (begun, answering) = try await (tablet.sync().beginAgain(), sam.sync().answer())
        await fails(.Refused(what: .device), "refused", .chooseAgain) { _ = try await carry(begun, answering) }
        // What Sam's phone says last tells the tablet why.
        await fails(.Refused(what: .removed), "refused", .showSupport) { _ = try await carry(answering, begun) }
        #expect(try await tablet.devices().list().thisIsRemoved)
        // What is on it stays.
        for vault in [phone, sam, tablet] { #expect(try await titles(vault) == ["On the sofa"]) }
    }

    @Test func whatTheRemovedTabletWroteLastIsSetAsideKeptOrLetGo() async throws {
        let (phone, sam, words) = try await home()
        _ = try await phone.journal().write(draft: entry("Under the trees", "with tea", day: 2), sharing: .shared)
        try await meet(phone, sam)
        let (tablet, _) = try await tablet(phone, words)
        _ = try await tablet.journal().write(draft: entry("Was that me?", "on the sofa"), sharing: .shared)
        _ = try await tablet.journal().write(draft: entry("Or somebody else", "on the sofa", day: 1), sharing: .shared)
        let newest = try #require(try await tablet.journal().rows(query: RowsQuery()).rows.first)
        #expect(newest.title == "Under the trees")
        try await tablet.journal().delete(id: newest.id)
        try await meet(tablet, sam)
        _ = try await phone.devices().remove(words: words, device: only(phone).device)
        try await meet(phone, sam)
        #expect(try await titles(sam) == [])
        // Its own text stands in Private still.
        #expect(try await titles(phone) == ["Under the trees"])
        #expect(try await sam.devices().setAside().isEmpty)
        let aside = try await phone.devices().setAside().sorted { $0.title > $1.title }
        #expect(aside.map(\.title) == ["Was that me?", "Under the trees", "Or somebody else"])
        #expect(aside.map(\.text) == ["on the sofa", "with tea", "on the sofa"])
        #expect(aside.map(\.deleted) == [false, true, false])
        try await phone.devices().keepSetAside(id: aside[0].id)
        try await phone.devices().keepSetAside(id: aside[1].id)
        try await phone.devices().letGoSetAside(id: aside[2].id)
        #expect(try await phone.devices().setAside().isEmpty)
        await fails(.NotFound, "not_found", .chooseAgain) {
            try await phone.devices().keepSetAside(id: aside[0].id)
        }
        try await meet(phone, sam)
        for vault in [phone, sam] { #expect(try await titles(vault) == ["Under the trees", "Was that me?"]) }
    }

    @Test func aPhoneThatWasPutBackAsksBeforeItTakesItsOwnWordsInAgain() async throws {
        var (phone, sam, words) = try await home()
        _ = try await tablet(phone, words)
        try await phone.close()
        let file = folder.url.appendingPathComponent("alex.db")
        let copy = try Data(contentsOf: file)
        phone = try await folder.open("alex.db", 1, clock: clock)
        _ = try await phone.journal().write(draft: entry("After the copy", "with tea"), sharing: .shared)
        try await meet(phone, sam)
        try await phone.close()

        try copy.write(to: file)
        phone = try await folder.open("alex.db", 1, clock: clock)
        _ = try await phone.devices().remove(words: words, device: only(phone).device)
        #expect(try await phone.devices().list().unconfirmed.isEmpty)
        // The tablet could have made up what Sam's phone has.
        #expect(try await meet(phone, sam).devicesChanged)
        #expect(try await titles(phone) == [])
        let asked = try #require(try await phone.devices().list().unconfirmed.first)
        #expect(asked.isThis && asked.name.isEmpty && !asked.staysOut)
        try await phone.devices().confirm(device: asked.device, theirs: false)
        try await meet(phone, sam)
        #expect(try await titles(phone) == [])
        #expect(try await phone.devices().list().unconfirmed.map(\.staysOut) == [true])
        try await phone.devices().confirm(device: asked.device, theirs: true)
        #expect(try await phone.devices().list().unconfirmed.isEmpty)
        try await meet(phone, sam)
        #expect(try await titles(phone) == ["After the copy"])
        await fails(.NotFound, "not_found", .chooseAgain) {
            try await phone.devices().confirm(device: "nobody's", theirs: true)
        }
    }

    @Test func alexParts() async throws {
        let (alex, sam) = try await folder.couple()
        _ = try await alex.journal().write(draft: entry("Mine alone", "for me"), sharing: .private)
        _ = try await alex.journal().write(draft: entry("Ours", "for both", day: 1), sharing: .joint)
        _ = try await sam.journal().write(draft: entry("From Sam", "dear Alex", day: 2), sharing: .shared)
        try await meet(alex, sam)
        try await alex.pairing().part(choice: PartingChoice(mine: .kept, together: .kept))
        #expect(try await titles(alex) == ["Ours", "Mine alone"])
        #expect(try await alex.pairing().partner() == nil)
        let again = PartingChoice(mine: .kept, together: .letGo)
        await fails(.NotPaired, "not_paired", .pair) { _ = try await alex.sync().begin() }
        await fails(.NotPaired, "not_paired", .pair) { try await alex.pairing().part(choice: again) }
        // Sam's phone was told nothing, and has all that it had.
        #expect(try await sam.pairing().partner()?.name == "Alex")
        #expect(try await titles(sam) == ["From Sam", "Ours"])
        try await sam.pairing().part(choice: again)
        #expect(try await titles(sam) == ["From Sam"])
        // Linked again, the two begin with nothing.
        try await pair(alex, sam)
        try await meet(alex, sam)
        #expect(try await titles(alex) == ["Ours", "Mine alone"])
        #expect(try await titles(sam) == ["From Sam"])
    }
}
