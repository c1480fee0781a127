import Foundation
import Nightstand
import Testing

/// Alex and Sam on two phones: pairing, sharing, merging.
@Suite(.timeLimit(.minutes(5)))
struct StoryCouple {
    let folder = try! Folder()

    @Test func fromTwoDiariesToOne() async throws {
        let (alex, sam) = try await folder.phones()
        _ = try await alex.journal().write(draft: entry("Only mine", "for me alone", day: 1), sharing: .private)
        await fails(.NotPaired, "not_paired", .pair) {
            _ = try await alex.journal().write(draft: entry("Too early", "nobody to share with"), sharing: .joint)
        }

        let paired = try await pair(alex, sam)
        guard case .compare(let onAlex, let samsName) = paired.onAlex,
            case .compare(let onSam, let alexsName) = paired.onSam
        else {
            Issue.record("there is no code to compare")
            return
        }
        #expect(onAlex == onSam)
        #expect((samsName, alexsName, onAlex.words.count) == ("Sam", "Alex", 4))
        #expect((paired.inviting.state(), paired.joining.state()) == (.paired, .paired))
        #expect(try await alex.pairing().partner() == Partner(name: "Sam", confirmedByBoth: true))
        await fails(.AlreadyPaired, "already_paired", .showSupport) {
            _ = try await alex.pairing().invite(name: "Alex")
        }

        let joint = try await alex.journal().write(draft: entry("Evening", "We lay there.", day: 2), sharing: .joint)
        let letter = try await sam.journal().write(draft: entry("A letter", "dear Alex", day: 3), sharing: .shared)
        #expect(try await meet(alex, sam).outcome == .allHandedOver)
        #expect(try await titles(alex) == ["A letter", "Evening", "Only mine"])
        #expect(try await titles(sam) == ["A letter", "Evening"])
        #expect(try await titles(alex, RowsQuery(author: .partner)) == ["A letter"])

        try await edit(alex, joint, entry("Evening", "We lay there. It was quiet.", day: 2))
        try await edit(sam, joint, entry("A slow evening", "The lamp was on. We lay there.", day: 2))
        try await meet(sam, alex)
        for vault in [alex, sam] {
            let merged = try await vault.journal().read(id: joint).entry
            #expect(merged.title == "A slow evening")
            #expect(merged.body.text == "The lamp was on. We lay there. It was quiet.")
        }
        #expect(try await alex.journal().sharedDigest() == sam.journal().sharedDigest())

        try await edit(sam, letter, entry("A letter", "dear Alex, I have second thoughts", day: 3))
        try await meet(alex, sam)
        let theirs = try await alex.journal().rows(query: RowsQuery(author: .partner)).rows[0]
        #expect(theirs.preview == "dear Alex")
        await fails(.NotYours, "not_yours", .chooseAgain) {
            try await edit(alex, theirs.id, entry("", "not mine to write"))
        }
        let preview = try await sam.journal().preview(id: letter)
        #expect(preview.present?.body.text == "dear Alex")
        #expect(preview.next.body.text.hasSuffix("thoughts"))
        try await sam.journal().share(id: letter)
        try await meet(alex, sam)
        #expect(try await alex.journal().read(id: theirs.id).entry.body.text.contains("second thoughts"))
        try await sam.journal().takeBack(id: letter)
        try await meet(alex, sam)
        #expect(try await titles(alex, RowsQuery(author: .partner)) == [])
        #expect(try await sam.journal().read(id: letter).visibility == .onlyMe)
    }

    @Test func whatIsSavedFromAnOldScreenKeepsWhatCameSince() async throws {
        let (alex, sam) = try await folder.couple()
        let joint = try await alex.journal().write(draft: entry("Evening", "We lay there."), sharing: .joint)
        let other = try await alex.journal().write(draft: entry("Mine", "for me alone"), sharing: .private)
        try await meet(alex, sam)
        var screen = try await alex.journal().read(id: joint)
        try await edit(sam, joint, entry("Evening", "We lay there.\nSam: the lamp was on."))
        try await meet(alex, sam)
        screen.entry.body.text = "We just lay there."
        _ = try await alex.journal().edit(id: joint, draft: screen.entry, since: screen.version)
        try await meet(alex, sam)
        let text = "We just lay there.\nSam: the lamp was on."
        for vault in [alex, sam] { #expect(try await vault.journal().read(id: joint).entry.body.text == text) }
        for version in [try await alex.journal().read(id: other).version, Data(), Data("nonsense".utf8)] {
            await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
                _ = try await alex.journal().edit(id: joint, draft: screen.entry, since: version)
            }
        }
        #expect(try await alex.journal().read(id: joint).entry.body.text == text)
        // What a save answers is what one types on from.
        var view = try await alex.journal().read(id: joint)
        for word in [" And", " so", " on."] {
            view.entry.body.text += word
            view = try await alex.journal().edit(id: joint, draft: view.entry, since: view.version)
        }
        #expect(try await alex.journal().read(id: joint) == view)
        #expect(view.entry.body.text == text + " And so on.")
    }

    @Test func nothingNewCostsOneRoundTrip() async throws {
        let (alex, sam) = try await folder.couple()
        for day in 0..<10 {
            _ = try await alex.journal().write(draft: entry("Day \(day)", "…", day: day), sharing: .shared)
        }
        try await meet(alex, sam)
        let idle = try await meet(alex, sam)
        #expect((idle.roundTrips, idle.entriesReceived, idle.entriesSent) == (1, 0, 0))
        #expect(idle.bytesSent + idle.bytesReceived <= 400)
    }

    @Test func stayingConnectedWhileBothWrite() async throws {
        let (alex, sam) = try await folder.couple()
        let (begun, answering) = try await (alex.sync().beginLive(), sam.sync().answerLive())
        func passFrames() async throws -> Bool {
            while try await carry(begun, answering) + carry(answering, begun) > 0 {}
            return begun.isLevel() && answering.isLevel()
        }

        #expect(try await passFrames())
        _ = try await alex.journal().write(draft: entry("For both", "Tea?"), sharing: .joint)
        _ = try await alex.journal().write(draft: entry("For me", "Tired.", day: 1), sharing: .private)
        #expect(try await passFrames())
        _ = try await sam.journal().write(draft: entry("From Sam", "Yes, please.", day: 2), sharing: .shared)
        #expect(try await passFrames())
        #expect(try await titles(sam) == ["From Sam", "For both"])
        #expect(try await titles(alex) == ["From Sam", "For me", "For both"])
        try await answering.leave()
        #expect(try await !passFrames())
        #expect(begun.isOver() && answering.isOver())
        #expect((begun.report().entriesSent, begun.report().entriesReceived) == (1, 1))
    }

    @Test func aConversationCutOffGoesOnLater() async throws {
        let (alex, sam) = try await folder.couple()
        _ = try await alex.journal().write(draft: entry("Evening", "We lay there."), sharing: .joint)
        do {
            let (begun, answering) = try await (alex.sync().begin(), sam.sync().answer())
            let hello = try #require(try await begun.pollFrame())
            try await answering.handleFrame(frame: hello)
        }
        let (again, answering) = try await (alex.sync().beginAgain(), sam.sync().answer())
        while try await carry(again, answering) + carry(answering, again) > 0 {}
        #expect(again.report().outcome == .allHandedOver)
        #expect(try await titles(sam) == ["Evening"])
        let broken = try await sam.sync().answer()
        await fails(.Refused(what: .bytes), "refused", .chooseAgain) {
            try await broken.handleFrame(frame: Data("not a frame".utf8))
        }
    }

    @Test func sayingNo() async throws {
        let (alex, sam) = try await folder.phones()
        let inviting = try await alex.pairing().invite(name: "Alex")
        let code = try await inviting.qr()
        #expect(code.dark.count == Int(code.width * code.width))
        await fails(.InvalidInput(what: .invite), "invalid_input", .chooseAgain) {
            _ = try await sam.pairing().join(name: "Sam", link: "https://example.org/")
        }
        await fails(.InvalidInput(what: .address), "invalid_input", .chooseAgain) {
            _ = try await inviting.link(addresses: ["the kitchen table"])
        }
        let addresses = ["192.168.1.7:4433", "[fd00::7]:4433"]
        #expect(try await inviting.qr(addresses: addresses).width > code.width)
        let link = try await inviting.link(addresses: addresses)
        let joining = try await sam.pairing().join(name: "Sam", link: link)
        #expect(try await joining.link(addresses: ["10.0.0.1:1"]) == link)
        #expect(try await joining.inviterAddresses() == addresses)
        #expect(try await inviting.inviterAddresses() == [])
        while try await carry(joining, inviting) + carry(inviting, joining) > 0 {}
        try await inviting.refuse()
        _ = try await carry(inviting, joining)
        #expect((inviting.state(), joining.state()) == (.refused, .refused))
        #expect(inviting.isOver() && joining.isOver())
        #expect(try await alex.pairing().partner() == nil)
    }

    @Test func anOldCopyPutBackLosesNothingThatThePartnerHas() async throws {
        var (alex, sam) = try await folder.couple()
        let file = folder.url.appendingPathComponent("alex.db")
        _ = try await alex.journal().write(draft: entry("Evening", "We lay there."), sharing: .shared)
        try await meet(alex, sam)
        try await alex.close()
        let copy = try Data(contentsOf: file)
        alex = try await folder.open("alex.db", 1)
        _ = try await alex.journal().write(draft: entry("Night", "It rained.", day: 1), sharing: .shared)
        try await meet(alex, sam)
        try await alex.close()

        try copy.write(to: file)
        alex = try await folder.open("alex.db", 1)
        _ = try await alex.journal().write(draft: entry("Morning", "Nobody knew yet.", day: 2), sharing: .shared)
        let report = try await meet(alex, sam)
        #expect((report.forks, report.repaired) == (1, 1))
        for vault in [alex, sam] { #expect(try await titles(vault) == ["Morning", "Night", "Evening"]) }
        #expect(try await alex.journal().sharedDigest() == sam.journal().sharedDigest())
    }
}
