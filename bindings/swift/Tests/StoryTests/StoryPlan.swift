import Foundation
import Nightstand
import Testing

private func on(_ activity: String, _ side: Side = .together) -> Item {
    .stance(activity: activity, side: side, condition: nil)
}

/// Says something on a screen that was drawn just before.
@discardableResult
private func say(_ vault: Vault, _ item: Item, _ draft: ItemDraft) async throws -> ItemView {
    let version = try await vault.preferences().read(item: item).version
    return try await vault.preferences().set(item: item, draft: draft, since: version)
}

private func share(_ vault: Vault, _ item: Item, _ draft: ItemDraft) async throws {
    let said = try await say(vault, item, draft)
    _ = try await vault.preferences().share(item: item, since: said.version)
}

private func feels(_ stance: Stance) -> ItemDraft {
    ItemDraft(stance: stance)
}

private let halfAnHour = Occasion(minutes: 30, company: .two)

/// What the plan has of an activity; none if it is not in it.
private func step(_ plans: Plans, _ activity: String) -> PlannedStep? {
    plans.plan.steps.first { $0.step.activity == activity }
}

/// The activities that come up anywhere.
private func suggested(_ plans: Plans) -> Set<String> {
    let steps = ([plans.plan] + plans.others).flatMap(\.steps)
    return Set(steps.flatMap { $0.swaps + [$0.step] }.map(\.activity))
}

/// A plan for the time after; the two side by side, a card, a review.
@Suite(.timeLimit(.minutes(5)))
struct StoryPlan {
    let folder = try! Folder()

    @Test func aPlanFromWhatBothShared() async throws {
        let (alex, sam) = try await folder.couple()
        for vault in [alex, sam] {
            try await share(vault, on("silent-cuddling"), feels(.love))
            try await share(vault, on("kissing"), feels(.like))
        }
        try await share(alex, on("back-rub", .receive), feels(.love))
        try await share(sam, on("back-rub", .give), feels(.open))
        try await meet(alex, sam)
        let plans = try await alex.preferences().plan(occasion: halfAnHour)
        #expect(step(plans, "silent-cuddling")?.reasons.first == .bothLove)
        #expect(step(plans, "kissing")?.reasons == [.bothLike])
        #expect(plans.plan.minutes == 30 && plans.talk == nil)
        #expect(plans.plan.steps.map { Int($0.step.minutes) }.reduce(0, +) <= 30)
        #expect((1...3).contains(plans.others.count))
        var asked = halfAnHour
        asked.me = PersonState(energy: 6, needs: [.touch])
        asked.rotation = 3
        let rub = try #require(step(try await alex.preferences().plan(occasion: asked), "back-rub"))
        #expect(rub.step.way == .forMe && rub.reasons == [.youLike, .need(.touch)])
        #expect(reasonName(reason: rub.reasons[1]) == "need")
        var apart = halfAnHour
        apart.situation = [.apart]
        let plansApart = try await sam.preferences().plan(occasion: apart)
        #expect(suggested(plansApart).isDisjoint(with: ["kissing", "silent-cuddling", "back-rub"]))
    }

    @Test func aPrivateBoundaryIsHonouredAndSaidNowhere() async throws {
        let (alex, sam) = try await folder.couple()
        for vault in [alex, sam] {
            try await share(vault, on("kissing"), feels(.love))
        }
        try await meet(alex, sam)
        try await say(alex, on("kissing"), feels(.never))
        #expect(!suggested(try await alex.preferences().plan(occasion: halfAnHour)).contains("kissing"))
        let picked = try await sam.preferences().plan(occasion: halfAnHour).plan.steps.map(\.step)
        let marks = try await alex.preferences().marks(occasion: halfAnHour, steps: picked)
        #expect(marks.map { Int($0.step) } == [picked.firstIndex { $0.activity == "kissing" }])
        let swap = try #require(marks.first?.swap)
        #expect(!picked.map(\.activity).contains(swap.activity))
        #expect(try await sam.preferences().marks(occasion: halfAnHour, steps: picked).isEmpty)
        try await alex.setPrivateKey(key: bytes(0, 32), progress: nil)
        try await alex.lockPrivate()
        await fails(.PrivateLocked, "private_locked", .unlock, retryable: true) {
            _ = try await alex.preferences().plan(occasion: halfAnHour)
        }
    }

    @Test func aPlanForOneAndFromWhatWasSaidAloud() async throws {
        let preferences = try await folder.open("alex.db", 1).preferences()
        let minute = try await preferences.plan(occasion: Occasion(minutes: 1, company: .two))
        #expect(minute.plan.minutes == 1 && minute.plan.steps.count == 1)
        let talk = try #require(minute.talk)
        #expect(talk.reason == .talk && talk.mine.first?.reasons.first == .forEachAlone)
        let alone = try await preferences.plan(occasion: Occasion(minutes: 20, company: .alone))
        #expect(alone.plan.steps.allSatisfy { $0.step.way == .alone } && alone.talk == nil)

        let dance = OccasionActivity(
            id: "our-dance", family: .shared, needs: [.play], leastMinutes: 3, mostMinutes: 9, worksApart: false)
        let both = PersonState(said: [SaidAloud(activity: "our-dance", side: .together, stance: .love)])
        var occasion = halfAnHour
        (occasion.me, occasion.partner) = (both, both)
        (occasion.own, occasion.notAtHand) = ([dance], ["water"])
        let plans = try await preferences.plan(occasion: occasion)
        #expect(step(plans, "our-dance")?.reasons == [.bothLove])
        #expect(!suggested(plans).contains("water"))
        await #expect(throws: NightstandError.InvalidInput(what: .occasion)) {
            _ = try await preferences.plan(occasion: Occasion(minutes: 241, company: .two))
        }
    }

    @Test func sideBySide() async throws {
        let (alex, sam) = try await folder.couple()
        try await share(alex, on("holding-hands"), ItemDraft(stance: .love, note: "Not too tight."))
        try await share(sam, on("holding-hands"), feels(.like))
        try await share(alex, on("bath", .give), feels(.like))
        try await share(sam, .question(.length), ItemDraft(choices: ["long"]))
        try await say(alex, on("kissing"), feels(.never))
        try await meet(alex, sam)
        let seen = try await sam.preferences().sideBySide()
        #expect(seen.activities.map(\.activity) == ["bath", "holding-hands"])
        #expect(seen.activities.map(\.way) == [.forMe, .together])
        #expect(seen.activities.map(\.standing) == [.ask, .match])
        #expect(seen.activities[1].partners?.note == "Not too tight." && seen.activities[0].mine == nil)
        let question = try #require(seen.questions.first)
        #expect(seen.questions.count == 1 && question.question == .length && question.standing == .ask)
        #expect(question.mine == ["long"])
    }

    @Test func aCardOfWhatWasPicked() async throws {
        let alex = try await folder.open("alex.db", 1)
        try await say(alex, on("holding-hands"), ItemDraft(stance: .love, note: "Not too tight."))
        try await say(alex, .remark(.quiet), ItemDraft(note: "I am far away, & glad."))
        _ = try await alex.preferences().add(line: .wish, note: "Nobody's business")
        let texts = Texts(languages: ["en"])
        let picked: [Item] = [.remark(.quiet), on("holding-hands")]
        let card = try await alex.preferences().card(items: picked, form: .markdown, texts: texts, zone: warsaw, zones: LocalZones())
        let shown = "# What helps me afterwards\n\n## I love it\n\n- Holding hands (Together): Not too tight.\n\n"
            + "## When I go quiet, it means …\n\n- I am far away, \\& glad.\n"
        #expect(card == shown)
        let page = try await alex.preferences().card(items: picked, form: .html, texts: texts, zone: warsaw, zones: LocalZones())
        #expect(page.contains("<html lang=\"en\">") && page.contains("I am far away, &amp; glad."))
        #expect(!page.contains("business"))
    }

    @Test func aReviewAtAPace() async throws {
        let preferences = try await folder.open("alex.db", 1).preferences()
        let (now, day) = (Date(), TimeInterval(86_400))
        let before = try await preferences.review(now: now)
        #expect(before.pace == nil && before.next == nil)
        try await preferences.setReviewPace(pace: .quarterly)
        try await preferences.reviewed()
        let soon = try await preferences.review(now: now + day)
        #expect(soon.pace == .quarterly && !soon.isDue)
        let later = try await preferences.review(now: now + 100 * day)
        let (last, next) = (try #require(later.last), try #require(later.next))
        #expect(later.isDue && next > last + 85 * day && next < last + 95 * day)
        try await preferences.setReviewPace(pace: .whenAsked)
        #expect(try await preferences.review(now: now + 1000 * day).next == nil)
    }
}
