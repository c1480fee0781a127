import Foundation
import Nightstand
import Testing

private let day: TimeInterval = 86_400

private func due(_ vault: Vault, _ begins: Date, _ zone: String = warsaw) async throws -> Due {
    try await vault.due().between(since: begins - day, until: begins + 9 * day, zone: zone, zones: LocalZones())
}

private func kinds(_ vault: Vault, _ begins: Date) async throws -> [DueKind] {
    try await due(vault, begins).items.map(\.kind)
}

/// What is due, and what leads to it: settings, wishes about later, a time that both set aside.
@Suite(.timeLimit(.minutes(5)))
struct StoryDue {
    let folder = try! Folder()

    @Test func whatIsDueFollowsFromWhatStands() async throws {
        let (alex, sam) = try await folder.couple()
        var settings = try await alex.settings().read()
        settings.askClosing = true
        settings.askLaterToday = nil
        try await alex.settings().set(settings: settings, since: alex.settings().read())
        let water = SessionDraft(steps: [StepDraft(activity: "water", side: .together, minutes: 5)])
        let session = try await alex.sessions().plan(audience: .both, draft: water)
        let step = session.steps[0].id
        let running = try await alex.sessions().step(id: session.id, step: step, verb: .start)
        let begins = running.at
        let told = try await due(alex, begins)
        #expect(told.items.map(\.kind) == [.step])
        #expect(told.items[0].fire == running.steps[0].endsAt && told.items[0].rule == .instant)
        #expect(told.items[0].leadsTo == [.step(session: session.id, step: step)])
        #expect(told.zoneKnown && abs(told.askAgainAt.timeIntervalSince(begins + 9 * day)) < 0.01)

        let ended = try #require(try await alex.sessions().end(id: session.id).ended)
        #expect(try await kinds(sam, begins).isEmpty)
        _ = try await meet(alex, sam)
        #expect(try await kinds(sam, begins).contains(.checkInNextMorning))
        let items = try await due(alex, begins).items
        #expect(items.map(\.kind) == [.checkInClosing, .checkInNextMorning])
        let (closing, morning) = (items[0], items[1])
        #expect(morning.rule == .localTime && morning.leadsTo == [.session(id: session.id, moment: .nextMorning)])
        #expect(morning.replaces.contains(closing.id))
        #expect(morning.titleKey == "due-check-in-next-morning")
        #expect(try await !due(alex, begins, "Mars/Base").zoneKnown)

        try await alex.due().decline(id: morning.id)
        try await alex.due().snooze(id: closing.id, until: ended + day)
        let putOff = try await due(alex, begins).items
        #expect(putOff.map(\.id) == [closing.id])
        #expect(abs(putOff[0].fire.timeIntervalSince(ended + day)) < 0.01)
        await fails(.InvalidInput(what: .date), "invalid_input", .chooseAgain) {
            try await alex.due().snooze(id: closing.id, until: ended + 60 * day)
        }
    }

    @Test func whoWantsQuietHasIt() async throws {
        let (alex, _) = try await folder.phones()
        var settings = try await alex.settings().read()
        #expect(!settings.askClosing && !settings.offerReconnect && settings.mute == .off)
        let before = settings
        settings.quietHours = QuietHours(from: 21 * 60, to: 7 * 60)
        try await alex.settings().set(settings: settings, since: before)
        var late = before
        late.askClosing = true
        let other = late
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
            try await alex.settings().set(settings: other, since: before)
        }
        #expect(try await alex.settings().read() == settings)
        #expect(try await alex.settings().isQuiet(at: sunday, zone: warsaw, zones: LocalZones()))
        #expect(try await !alex.settings().isQuiet(at: sunday, zone: "Mars/Base", zones: LocalZones()))
        let quiet = settings
        settings.mute = .untilTakenOff
        try await alex.settings().set(settings: settings, since: quiet)
        #expect(try await alex.settings().isQuiet(at: sunday, zone: "Mars/Base", zones: LocalZones()))
        let muted = settings
        settings.askNextMorning = 1440
        let never = settings
        await #expect(throws: NightstandError.InvalidInput(what: .range)) {
            try await alex.settings().set(settings: never, since: muted)
        }
    }

    @Test func aWishOfThePartnersComesDueAfterAYes() async throws {
        let (alex, sam) = try await folder.couple()
        let word = FollowUpDraft(time: .nextDay(minute: 9 * 60), activity: "kind-word-next-day")
        let wish = try await alex.followUps().add(wishedOf: .partner, draft: word)
        _ = try await meet(alex, sam)
        let seen = try #require(try await sam.followUps().list(whose: .partner).first)
        #expect(seen.content == word && seen.answer == nil && seen.wishedOf == .me)
        #expect(try await kinds(sam, wish.made).isEmpty)
        _ = try await sam.followUps().answer(id: wish.id, answer: .no, hash: seen.hash)
        _ = try await meet(alex, sam)
        #expect(try await alex.followUps().read(id: wish.id) == wish)
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
            _ = try await sam.followUps().answer(id: wish.id, answer: .yes, hash: Data(count: 32))
        }
        _ = try await sam.followUps().answer(id: wish.id, answer: .yes, hash: seen.hash)
        #expect(try await kinds(sam, wish.made) == [.kindWord])
        _ = try await meet(alex, sam)
        #expect(try await alex.followUps().read(id: wish.id).partnerSaidYes)
        #expect(try await kinds(alex, wish.made).isEmpty)
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
            _ = try await sam.followUps().done(id: wish.id, hash: Data(count: 32))
        }
        #expect(try await sam.followUps().done(id: wish.id, hash: seen.hash).isDone)
        #expect(try await kinds(sam, wish.made).isEmpty)

        var near = FollowUpDraft(
            time: .at(moment: wish.made + 2 * day), activity: "reconnect-later", script: reconnectScripts()[0])
        let own = try await alex.followUps().add(wishedOf: .me, draft: near)
        #expect(try await kinds(alex, wish.made) == [.reconnect])
        let past = FollowUpDraft(time: .at(moment: wish.made - day), words: "Yesterday.")
        await fails(.InvalidInput(what: .date), "invalid_input", .chooseAgain) {
            _ = try await alex.followUps().add(wishedOf: .me, draft: past)
        }
        near.words = "On the balcony."
        #expect(try await alex.followUps().change(id: own.id, draft: near, since: own.content).content.words == near.words)
        try await alex.followUps().takeBack(id: wish.id)
        _ = try await meet(alex, sam)
        #expect(try await sam.followUps().list(whose: .partner).isEmpty)
        await fails(.InvalidInput(what: .state), "invalid_input", .chooseAgain) {
            _ = try await alex.followUps().answer(id: own.id, answer: .yes, hash: own.hash)
        }
    }

    @Test func anOfferToReconnectComesToWhoeverWantsIt() async throws {
        let (alex, sam) = try await folder.couple()
        let session = try await alex.sessions().plan(audience: .both, draft: SessionDraft())
        let begins = try await alex.sessions().start(id: session.id).at
        _ = try await alex.sessions().end(id: session.id)
        var settings = try await alex.settings().read()
        settings.offerReconnect = true
        try await alex.settings().set(settings: settings, since: alex.settings().read())
        _ = try await meet(alex, sam)
        func offers(_ vault: Vault) async throws -> [DueItem] {
            let due = try await vault.due().between(
                since: begins + 9 * day, until: begins + 30 * day, zone: warsaw, zones: LocalZones())
            return due.items.filter { $0.leadsTo == [.reconnect] }
        }
        let offer = try #require(try await offers(alex).first)
        #expect(offer.kind == .reconnect && offer.titleKey == "due-reconnect")
        #expect(try await offers(sam).isEmpty)
        try await alex.due().decline(id: offer.id)
        #expect(try await offers(alex).isEmpty)
    }

    @Test func aTimeThatBothSetAside() async throws {
        let (alex, sam) = try await folder.couple()
        let planned = try await alex.sessions().plan(audience: .me, draft: SessionDraft()).at
        var slowly = RoomDraft(at: planned + 5 * day, minutes: 90, title: "Slowly")
        let room = try await alex.rooms().propose(draft: slowly)
        #expect(room.state == .waiting && room.proposedBy == .me && room.reminderMinutes == 30)
        _ = try await meet(alex, sam)
        #expect(try await sam.rooms().decline(id: room.id).state == .declined)
        _ = try await meet(alex, sam)
        #expect(try await alex.rooms().read(id: room.id).state == .waiting)
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
            _ = try await sam.rooms().accept(id: room.id, hash: Data(count: 32))
        }
        _ = try await sam.rooms().accept(id: room.id, hash: room.hash)
        _ = try await sam.rooms().remind(id: room.id, minutes: 120)
        _ = try await meet(alex, sam)
        #expect(try await kinds(alex, planned) == [.room])
        let told = try #require(try await due(sam, planned).items.first)
        #expect(told.leadsTo == [.room(id: room.id)])
        #expect(abs(told.fire.timeIntervalSince(slowly.at - day / 12)) < 0.01)

        slowly.at += day
        let moved = try await alex.rooms().moveTo(id: room.id, draft: slowly)
        _ = try await meet(alex, sam)
        let asked = try await sam.rooms().read(id: moved.id)
        #expect(asked.state == .asked && asked.moves == room.id)
        #expect(try await sam.rooms().read(id: room.id).movedTo == moved.id)
        _ = try await sam.rooms().accept(id: moved.id, hash: asked.hash)
        #expect(try await sam.rooms().withdraw(id: moved.id).state == .declined)
        #expect(try await sam.rooms().list(since: planned, until: planned + 9 * day).count == 2)
        await fails(.InvalidInput(what: .state), "invalid_input", .chooseAgain) {
            _ = try await alex.rooms().decline(id: moved.id)
        }
    }
}
