import Foundation
import Nightstand
import Testing

/// What the README shows.
@Suite(.timeLimit(.minutes(5)))
struct StoryReadme {
    let folder = try! Folder()

    @Test func inAFewLines() async throws {
        let (path, key, installMark) = (folder.path("alex.db"), Data(count: 32), Data(count: 16))
        let vault = try await Vault.open(path: path, key: key, installMark: installMark)
        let (now, zone) = (Date(), TimeZone.current)
        let day = Moment(utc: now, offsetSeconds: Int32(zone.secondsFromGMT(for: now)), zone: zone.identifier)
        let draft = EntryDraft(title: "A slow evening", body: RichText(text: "No phones."), moment: day)
        let id = try await vault.journal().write(draft: draft, sharing: .private)
        var view = try await vault.journal().read(id: id)
        view.entry.mood = "calm"
        view = try await vault.journal().edit(id: id, draft: view.entry, since: view.version)
        let page = try await vault.journal().rows(query: RowsQuery(limit: 50))
        let titles = page.rows.map(\.title)
        try await vault.close()
        #expect(titles == ["A slow evening"])
    }

    @Test func aSecondKeyInAFewLines() async throws {
        let vault = try await folder.open("alex.db", 1)
        let second = Data((0..<32).map { _ in UInt8.random(in: 0...255) })
        let wrapped = try await wrapKey(key: second, passphrase: "four quiet yellow boats")  // keep this, and not the key
        try await vault.setPrivateKey(key: second)
        try await vault.lockPrivate()
        let shown = try await vault.privateLock()  // .locked
        try await vault.unlockPrivate(key: unwrapKey(wrapped: wrapped, passphrase: "four quiet yellow boats"))
        #expect(shown == .locked)
        #expect(try await vault.privateLock() == .unlocked)
    }

    @Test func textsInAFewLines() throws {
        let texts = Texts(languages: ["pl-PL", "en"])
        try texts.add(language: "pl", file: "activity-water = Woda")
        let water = try texts.say(key: "activity-water").text
        let waiting = try texts.say(key: "waiting-for-phone", parameters: ["name": .text("Sam")]).text
        #expect((water, waiting) == ("Woda", "Waiting for Sam’s phone"))
    }

    @Test func pairingInAFewLines() async throws {
        let (alex, sam) = try await folder.phones()
        let inviting = try await alex.pairing().invite(name: "Alex")
        let joining = try await sam.pairing().join(name: "Sam", link: inviting.link())
        while try await carry(joining, inviting) + carry(inviting, joining) > 0 {}

        if case .compare(let onAlex, _) = inviting.state(), case .compare(let onSam, _) = joining.state(),
            onAlex == onSam
        {
            try await inviting.confirm()
            try await joining.confirm()
        }

        while try await carry(joining, inviting) + carry(inviting, joining) > 0 {}
        #expect((inviting.state(), joining.state()) == (.paired, .paired))
    }
}
