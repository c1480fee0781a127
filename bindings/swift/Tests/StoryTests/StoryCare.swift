import Foundation
import Nightstand
import Testing

private let day: TimeInterval = 86_400

private let evening = SessionDraft(
    situation: [.tired],
    steps: [
        StepDraft(activity: "water", side: .give, minutes: 2),
        StepDraft(activity: "holding-hands", side: .together, minutes: 10),
    ])

/// The time after: a session led from two phones, check-ins shared field by field, an activity of one's own.
@Suite(.timeLimit(.minutes(5)))
struct StoryCare {
    let folder = try! Folder()

    @Test func anEveningIsLedFromBothPhones() async throws {
        let (alex, sam) = try await folder.couple()
        let planned = try await alex.sessions().plan(audience: .both, draft: evening)
        #expect(planned.state == .planned)
        _ = try await meet(alex, sam)
        let seen = try await sam.sessions().read(id: planned.id)
        #expect(seen.steps.map(\.side) == [.receive, .together])
        let (water, hands) = (seen.steps[0].id, seen.steps[1].id)

        let running = try await sam.sessions().step(id: planned.id, step: water, verb: .start)
        #expect((running.state, running.steps[0].state) == (.running, .running))
        #expect(running.steps[0].endsAt != nil)
        _ = try await meet(alex, sam)
        let both = try await alex.sessions().step(id: planned.id, step: hands, verb: .start)
        #expect(both.steps.map(\.state) == [.paused, .running])
        await fails(.InvalidInput(what: .range), "invalid_input", .chooseAgain) {
            _ = try await alex.sessions().step(id: planned.id, step: water, verb: .extend(minutes: 600))
        }
        let music = StepDraft(activity: "music", side: .together, minutes: 20)
        let added = try await alex.sessions().addStep(id: planned.id, draft: music).steps[2].id
        let moved = try await alex.sessions().moveStep(id: planned.id, step: added, position: 0)
        #expect(moved.steps[0].activity == "music")
        _ = try await alex.sessions().removeStep(id: planned.id, step: added)
        let ended = try await alex.sessions().end(id: planned.id)
        #expect(ended.steps.map(\.state) == [.paused, .done])
        _ = try await meet(alex, sam)
        let listed = try await sam.sessions().list(since: planned.at - day, until: planned.at + day)
        #expect(listed.map(\.state) == [.ended])
        try await sam.sessions().delete(id: planned.id)
        _ = try await meet(alex, sam)
        await fails(.Deleted, "deleted", .chooseAgain) { _ = try await alex.sessions().read(id: planned.id) }
    }

    @Test func aSessionLeadsItself() async throws {
        let (alex, sam) = try await folder.couple()
        let planned = try await alex.sessions().plan(audience: .both, draft: evening)
        let led = try await alex.sessions().lead(id: planned.id, lead: .byItself)
        #expect((led.state, led.lead) == (.running, .byItself))
        #expect(led.steps.map(\.state) == [.running, .waiting])
        let ends = led.steps.compactMap(\.endsAt)
        #expect(ends.count == 2 && abs(ends[1].timeIntervalSince(ends[0]) - 600) < 0.01)
        _ = try await meet(alex, sam)
        #expect(try await sam.sessions().read(id: planned.id).steps.map(\.endsAt) == led.steps.map(\.endsAt))
        let on = try await sam.sessions().step(id: planned.id, step: led.steps[0].id, verb: .skip)
        #expect(on.steps.map(\.state) == [.skipped, .running])
        let byHand = try await sam.sessions().lead(id: planned.id, lead: .byHand)
        #expect(byHand.lead == .byHand && byHand.steps[1].state == .running)
        _ = try await sam.sessions().end(id: planned.id)
        await fails(.InvalidInput(what: .ended), "invalid_input", .chooseAgain) {
            _ = try await sam.sessions().lead(id: planned.id, lead: .byItself)
        }
    }

    @Test func aStepKeepsItsWay() async throws {
        let (alex, sam) = try await folder.couple()
        let picked = [
            Step(activity: "light-massage", way: .inTurns, minutes: 10), Step(activity: "bath", way: .alone, minutes: 20),
        ]
        let draft = SessionDraft(steps: picked.map { stepDraft(step: $0) })
        let session = try await alex.sessions().plan(audience: .both, draft: draft)
        #expect(session.steps.map(\.way) == [.inTurns, .alone])
        #expect(session.steps.map(\.side) == [.together, .receive])
        _ = try await meet(alex, sam)
        let seen = try await sam.sessions().read(id: session.id)
        #expect(seen.steps.map(\.way) == [.inTurns, .alone])
        #expect(seen.steps.map(\.side) == [.together, .give])
        let key = textKey(of: .way(seen.steps[0].way))
        #expect(try Texts(languages: ["en"]).say(key: key).text == "In turns")
    }

    @Test func aCheckInIsSharedFieldByField() async throws {
        let (alex, sam) = try await folder.couple()
        let session = try await alex.sessions().plan(audience: .both, draft: evening)
        var said = CheckIn(
            moment: .nextMorning, at: sunday, session: session.id, feelings: ["tearful", "tender"],
            ownWords: ["far away, and glad"], closeness: 5, drop: .some, note: "Only for me.")
        #expect(Set(said.feelings).isSubset(of: feelings().map(\.id)) && bodyWords().contains("warm"))
        #expect(isLow(checkIn: said) && !namesHelp(checkIn: said))
        let saved = try await alex.checkIns().add(content: said)
        let fields: [CheckInField] = [.feelings, .closeness]
        let preview = try await alex.checkIns().preview(id: saved.id, fields: fields)
        _ = try await alex.checkIns().share(id: saved.id, fields: fields)
        _ = try await meet(alex, sam)
        let seen = try #require(try await sam.checkIns().ofSession(whose: .partner, session: session.id).first)
        #expect(seen.content == preview)
        #expect((seen.content.closeness, seen.content.note) == (5, ""))
        #expect(seen.content.drop == nil)

        said.closeness = 7
        #expect(try await alex.checkIns().change(id: saved.id, content: said, since: saved.content).unsharedChanges)
        said.closeness = 6
        let late = said
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) {
            _ = try await alex.checkIns().change(id: saved.id, content: late, since: saved.content)
        }
        _ = try await alex.checkIns().share(id: saved.id, fields: [])
        _ = try await meet(alex, sam)
        #expect(try await sam.checkIns().list(whose: .partner, since: sunday - day, until: sunday + day).isEmpty)
        #expect(try await alex.checkIns().read(id: saved.id).content.closeness == 7)
        try await alex.checkIns().delete(id: saved.id)
        #expect(try await alex.checkIns().list(whose: .me, since: sunday - day, until: sunday + day).isEmpty)
        await #expect(throws: NightstandError.InvalidInput(what: .range)) {
            _ = try await alex.checkIns().add(content: CheckIn(moment: .closing, at: sunday, closeness: 8))
        }
    }

    @Test func whatWasNotedIsFoundAndTakenAlong() async throws {
        let (alex, sam) = try await folder.couple()
        let texts = Texts(languages: ["en"])
        let said = CheckIn(
            moment: .closing, at: sunday, feelings: ["tearful"], note: "The Caf\u{e9} by the sea.")
        let saved = try await alex.checkIns().add(content: said)
        let found = try await alex.checkIns().search(whose: .me, text: "cafe tear", texts: texts)
        #expect(found.map(\.id) == [saved.id])
        #expect(try await alex.checkIns().search(whose: .me, text: "mountain", texts: texts).isEmpty)
        _ = try await alex.checkIns().share(id: saved.id, fields: [.feelings])
        _ = try await meet(alex, sam)
        #expect(try await sam.checkIns().search(whose: .partner, text: "tearful", texts: texts).count == 1)
        let (page, exact) = (folder.path("records.md"), folder.path("records.json"))
        #expect(try await alex.preferences().exportRecords(path: page, form: .markdown, texts: texts, zone: warsaw, zones: LocalZones()) == 1)
        #expect(try await alex.preferences().exportRecords(path: exact, form: .json, texts: texts, zone: warsaw, zones: LocalZones()) == 1)
        #expect(try String(contentsOfFile: page, encoding: .utf8).contains("My partner can read: Feelings"))
        #expect(try String(contentsOfFile: exact, encoding: .utf8).contains("\"shared\": [\n"))
        await fails(.InvalidInput(what: .fileExists), "invalid_input", .chooseAgain) {
            _ = try await alex.preferences().exportRecords(path: page, form: .markdown, texts: texts, zone: warsaw, zones: LocalZones())
        }
    }

    @Test func whatWasMineBecomesOurs() async throws {
        let (alex, sam) = try await folder.phones()
        let tea = ActivityDraft(
            title: "Tea on the balcony", about: "", family: .body, needs: [], leastMinutes: 5, mostMinutes: 10,
            worksApart: false)
        let own = try await alex.activities().add(audience: .me, draft: tea)
        let steps = [StepDraft(activity: own.id, side: .together, minutes: 5)]
        let draft = SessionDraft(situation: [.tired], steps: steps)
        let session = try await alex.sessions().plan(audience: .me, draft: draft)
        await fails(.NotPaired, "not_paired", .pair) {
            _ = try await alex.activities().copyToBoth(id: own.id)
        }
        try await pair(alex, sam)
        await fails(.InvalidInput(what: .notOfBoth), "invalid_input", .chooseAgain) {
            _ = try await alex.sessions().copyToBoth(id: session.id)
        }
        let both = try await alex.activities().copyToBoth(id: own.id)
        let copy = try await alex.sessions().copyToBoth(id: session.id)
        #expect(try await alex.sessions().copyToBoth(id: session.id).id == copy.id)
        _ = try await meet(alex, sam)
        let seen = try await sam.sessions().read(id: copy.id)
        #expect(seen.situation.isEmpty && seen.steps.map(\.activity) == [both.id])
        #expect(try await sam.activities().list().map(\.content.title) == ["Tea on the balcony"])
    }

    @Test func anActivityOfOnesOwn() async throws {
        let (alex, sam) = try await folder.couple()
        var tea = ActivityDraft(
            title: "Tea on the balcony", about: "The blue cups.", family: .body, needs: [.body], leastMinutes: 10,
            mostMinutes: 20, worksApart: false)
        let added = try await alex.activities().add(audience: .both, draft: tea)
        _ = try await meet(alex, sam)
        #expect(try await sam.activities().list().map(\.content.title) == ["Tea on the balcony"])
        let steps = [StepDraft(activity: added.id, side: .together, minutes: 10)]
        _ = try await sam.sessions().plan(audience: .both, draft: SessionDraft(steps: steps))
        tea.title = "Tea"
        try await sam.activities().change(id: added.id, draft: tea, since: added.content)
        _ = try await meet(alex, sam)
        // Alex's screen was drawn before that: nothing is written, and the screen is drawn again.
        var longer = added.content
        longer.mostMinutes = 40
        await fails(.ChangedMeanwhile, "changed_meanwhile", .chooseAgain) { [longer] in
            try await alex.activities().change(id: added.id, draft: longer, since: added.content)
        }
        #expect(try await alex.activities().list().map(\.content.title) == ["Tea"])
        #expect(try await sam.activities().title(id: added.id, texts: Texts(languages: [])) == "Tea")
        try await alex.activities().remove(id: added.id)
        #expect(try await alex.activities().list().isEmpty)
        let gone = try await alex.activities().title(id: added.id, texts: Texts(languages: []))
        #expect(gone == "An activity that is not on this phone")
    }
}
