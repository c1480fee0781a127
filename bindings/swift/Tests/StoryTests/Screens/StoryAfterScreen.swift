import Foundation
import Nightstand
import Testing

@testable import NightstandScreens

private func both(_ activity: String) -> Item {
    .stance(activity: activity, side: .together, condition: nil)
}

private func share(_ vault: Vault, _ item: Item, _ stance: Stance) async throws {
    let preferences = vault.preferences()
    let version = try await preferences.read(item: item).version
    let said = try await preferences.set(item: item, draft: ItemDraft(stance: stance), since: version)
    _ = try await preferences.share(item: item, since: said.version)
}

@Suite(.timeLimit(.minutes(5))) @MainActor
struct StoryAfterScreen {
    let folder = try! Folder()

    @available(iOS 17, macOS 14, *)
    @Test func anOccasionBecomesAPlanAndAnEvening() async throws {
        let (alex, sam) = try await folder.couple()
        for vault in [alex, sam] {
            try await share(vault, both("silent-cuddling"), .love)
            try await share(vault, both("kissing"), .like)
        }
        try await meet(alex, sam)
        let after = AfterScreen(alex, texts)
        try await views([after.watch]) {
            await after.plan(minutes: 30, situation: [.tired])
            let picked = after.state.picked
            #expect(after.state.stage == .choosing)
            #expect(after.state.situation.map(\.text) == ["When I’m tired"])
            let found = picked.firstIndex { $0.step.activity == "silent-cuddling" }
            let cuddling = try #require(found)
            #expect(picked[cuddling].title.text == "Cuddling in silence")
            #expect(picked[cuddling].reasons.first?.text == "You both love it")

            let swap = try #require(picked[cuddling].swaps.first)
            await after.swap(cuddling, with: swap)
            #expect(after.state.picked[cuddling].title == swap.title)
            await after.swap(cuddling, with: after.state.picked[cuddling].swaps[0])
            #expect(after.state.picked[cuddling].step == picked[cuddling].step)
            await after.remove(cuddling)
            #expect(after.state.picked.count == picked.count - 1)
            await after.another()
            let steps = after.state.picked

            await after.start()
            #expect(after.state.stage == .leading && after.state.led.map(\.title) == steps.map(\.title))
            #expect(after.state.led[0].state == .running && after.state.led[0].endsAt != nil)
            await after.pause()
            #expect(after.state.led[0].state == .paused)
            await after.resume()
            await after.extend(minutes: 5)
            #expect(after.state.led[0].minutes.text == "\(steps[0].step.minutes + 5) minutes")
            await after.byItself(true)
            #expect(after.state.byItself)
            await after.skip()
            #expect(after.state.led.prefix(2).map(\.state) == [.skipped, .running])
            await after.byItself(false)
            #expect(!after.state.byItself)
            await after.next()
            #expect(after.state.led[1].state == .done)
            await after.end()
            #expect(after.state.stage == .over)
            await after.pause()
            #expect(after.trouble == nil)
            try await meet(alex, sam)
            let (day, now) = (TimeInterval(86_400), Date())
            let listed = try await sam.sessions().list(since: now - day, until: now + day)
            #expect(listed.map(\.state) == [.ended])
            // What Alex said of the occasion was for Alex's phone.
            #expect(listed[0].situation.isEmpty)
            await after.plan(minutes: 30, situation: [.shortTime])
            await after.start(tellSituation: true)
            let again = try #require(after.state.session)
            #expect(try await alex.sessions().read(id: again).situation == [.shortTime])
            await after.plan(minutes: 0)
            #expect(try await says(after).contains("occasion"))
        }
    }

    @available(iOS 17, macOS 14, *)
    @Test func anEveningOutlivesItsScreensAndIsLedFromBothPhones() async throws {
        let clock = Hands()
        let alex = try await folder.open("alex.db", 1, clock: clock)
        let sam = try await folder.open("sam.db", 2, clock: clock)
        try await pair(alex, sam)
        let steps = [
            StepDraft(activity: "phones-away", side: .together, minutes: 2),
            StepDraft(activity: "kissing", side: .together, minutes: 10),
            StepDraft(activity: "water", side: .give, minutes: 2),
        ]
        let planned = try await alex.sessions().plan(audience: .both, draft: SessionDraft(steps: steps))
        _ = try await alex.sessions().step(id: planned.id, step: planned.steps[0].id, verb: .start)
        try await meet(alex, sam)
        let version = try await sam.preferences().read(item: both("kissing")).version
        let never = ItemDraft(stance: .never)
        _ = try await sam.preferences().set(item: both("kissing"), draft: never, since: version)

        let onSam = AfterScreen(sam, texts, wait: { try await clock.wait($0) }) { clock.now() }
        try await views([onSam.watch]) {
            let seen = try await shows(onSam) { $0.stage == .leading }
            #expect(seen.led[0].state == .running && seen.dark)
            #expect(seen.led.map(\.marked) == [false, true, false])
            #expect(seen.cues == 0)
            await onSam.swapLed(seen.led[1].id)
            #expect(onSam.state.led[1].title.text != "Kissing")
            #expect(onSam.state.led.map(\.marked) == [false, false, false])
            onSam.phonesAway(false)
            #expect(!onSam.state.dark)
            clock.forward(3 * 60)
            try await shows(onSam) { $0.cues == 1 }
        }
        let again = AfterScreen(sam, texts, wait: { try await clock.wait($0) }) { clock.now() }
        try await views([again.watch]) {
            let due = try await shows(again) { $0.cues == 1 }
            #expect(due.dark && due.session == planned.id)
            await again.next()
            #expect(again.state.led.prefix(2).map(\.state) == [.done, .running])
            #expect(again.state.dark)
            await again.byItself(true)
            clock.forward(60 * 60)
            try await shows(again) { $0.led.map(\.state) == [.done, .done, .running] }
            try await alex.sessions().delete(id: planned.id)
            try await meet(alex, sam)
            try await shows(again) { $0.stage == .asking && !$0.dark }
        }
    }

    @available(iOS 17, macOS 14, *)
    @Test func thatTwoAreApartIsKnownToBothAndAnActivityThatIsGoneHasWords() async throws {
        let (alex, sam) = try await folder.couple()
        let title = "A call from the balcony"
        let draft = ActivityDraft(
            title: title, about: "", family: .shared, needs: [], leastMinutes: 5, mostMinutes: 10, worksApart: true)
        let call = try await alex.activities().add(audience: .both, draft: draft)
        for vault in [alex, sam] {
            try await meet(alex, sam)
            try await share(vault, both(call.id), .love)
        }
        try await meet(alex, sam)
        let apart = Item.stance(activity: call.id, side: .together, condition: .apart)
        let version = try await sam.preferences().read(item: apart).version
        _ = try await sam.preferences().set(item: apart, draft: ItemDraft(stance: .never), since: version)
        let (onAlex, onSam) = (AfterScreen(alex, texts), AfterScreen(sam, texts))
        try await views([onAlex.watch, onSam.watch]) {
            await onAlex.plan(minutes: 30, situation: [.apart, .tired])
            #expect(onAlex.state.picked.map(\.title.text).contains(title))
            await onAlex.start()
            let id = try #require(onAlex.state.session)
            let begun = try await alex.sessions().read(id: id)
            #expect(begun.apart && begun.situation == [.apart])
            try await meet(alex, sam)
            let seen = try await shows(onSam) { $0.stage == .leading }
            #expect(seen.led.filter(\.marked).map(\.title.text) == [title])

            try await alex.activities().remove(id: call.id)
            let gone = try texts.say(key: "unknown-activity")
            try await shows(onAlex) { $0.led.contains { $0.title == gone } }
        }
    }
}
