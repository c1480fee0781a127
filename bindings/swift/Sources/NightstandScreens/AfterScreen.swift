import Foundation
import Nightstand

enum AfterStage { case asking, choosing, leading, over }

struct AfterState: Equatable {
    var stage = AfterStage.asking
    /// The plan, as the person has changed it so far. It is stored nowhere.
    var picked: [PickedStep] = []
    /// What was said of the occasion: the partner reads it if it is told with `start`, and not otherwise.
    var situation: [Wording] = []
    /// Where nothing is known that both would like: a suggestion to talk, and what is kind for oneself until then.
    var talk: Wording?
    var forMe: [PickedStep] = []
    var session: RecordId?
    var led: [LedStep] = []
    /// The next step begins by itself when one is over.
    var byItself = false
    /// Phones away: draw nothing but black, and take one tap as `next()`.
    var dark = false
    /// It rises with each soft sound or touch that is to be made: for `.sensoryFeedback(trigger:)`.
    var cues = 0
}

struct PickedStep: Equatable {
    let step: Step
    let title: Wording
    let minutes: Wording
    var reasons: [Wording] = []
    let swaps: [Swap]
}

/// What could stand in a step's place.
struct Swap: Equatable {
    let step: Step
    let title: Wording
}

struct LedStep: Equatable, Identifiable {
    let id: StepId
    let title: Wording
    let minutes: Wording
    let state: StepState
    let spent: TimeInterval
    /// While it runs: a view counts down to it by itself.
    let endsAt: Date?
    /// It meets a boundary of whoever holds this phone, who alone sees that.
    let marked: Bool
    /// What could stand in its place then.
    let swap: Swap?
}

/// The time after: what could be done, then step by step.
///
/// The session lies in the vault, with its timers: a screen that is made anew, after a kill of the app, takes up the one that
/// runs, also one that was begun on the partner's phone. `now` is the clock that the vault was opened with, and `wait` waits
/// by it.
@available(iOS 17, macOS 14, *)
final class AfterScreen: Screen<AfterState> {
    private let now: @Sendable () -> Date
    private let wait: Wait
    private var occasion = Occasion(minutes: 20, company: .alone)
    private var own: [OwnActivity] = []
    private var timer: Task<Void, Never>?
    private var wasAway = false
    private var cued: Due?

    private struct Due: Equatable {
        let step: StepId
        let at: Date
    }

    init(
        _ vault: Vault, _ texts: Texts, wait: @escaping Wait = systemWait, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.now = now
        self.wait = wait
        super.init(vault, Words(texts), first: AfterState())
    }

    /// For as long as the view is there.
    func watch() async {
        await redraw { try await self.refresh() }
        timer?.cancel()
    }

    /// Suggests what to do. What is handed in may come back as a reason.
    func plan(minutes: Int, situation: Set<Condition> = [], me: PersonState? = nil) async {
        await intent {
            let paired = try await self.vault.pairing().partner()?.confirmedByBoth == true
            let lately = try await self.vault.sessions().lately(now: self.now())
            self.occasion = Occasion(
                minutes: UInt16(clamping: minutes), company: paired ? .two : .alone, situation: Array(situation), me: me,
                lately: lately, rotation: self.occasion.rotation &+ 1)
            try await self.suggest()
        }
    }

    /// Another plan that is as good.
    func another() async {
        await intent {
            self.occasion.rotation &+= 1
            try await self.suggest()
        }
    }

    /// Puts one of a step's swaps in its place; what stood there can be had back.
    func swap(_ position: Int, with swap: Swap) async {
        await intent {
            guard self.state.picked.indices.contains(position) else { return }
            let old = self.state.picked[position]
            let back = [Swap(step: old.step, title: old.title)] + old.swaps.filter { $0 != swap }
            let minutes = self.minutes(swap.step.minutes)
            let put = PickedStep(step: swap.step, title: swap.title, minutes: minutes, swaps: back)
            self.show { $0.picked[position] = put }
        }
    }

    func remove(_ position: Int) async {
        await intent {
            guard self.state.picked.indices.contains(position) else { return }
            self.show { _ = $0.picked.remove(at: position) }
        }
    }

    /// Begins with what was picked. Only the steps go into the session: no reasons, and nothing of how they were found. The
    /// situation was said to this phone: into a session of both it goes where the person chose so, having seen it.
    func start(tellSituation: Bool = false) async {
        await intent {
            let steps = self.state.picked.map(\.step)
            let drafts = steps.map { stepDraft(step: $0) }
            let alone = self.occasion.company == .alone
            let situation = tellSituation || alone ? self.occasion.situation : []
            // That the two are apart is a fact for both, and nothing that one of them said of themself.
            let apart = self.occasion.situation.contains(.apart)
            let draft = SessionDraft(situation: situation, apart: apart, steps: drafts)
            let sessions = self.vault.sessions()
            let planned = try await sessions.plan(audience: alone ? .me : .both, draft: draft)
            if let first = planned.steps.first {
                try await self.draw(sessions.step(id: planned.id, step: first.id, verb: .start))
            } else {
                try await self.draw(sessions.start(id: planned.id))
            }
        }
    }

    func pause() async {
        await on(.running, .pause)
    }

    func resume() async {
        await on(.paused, .resume)
    }

    /// So many minutes more for the step that is under way.
    func extend(minutes: Int) async {
        await on(.running, .extend(minutes: UInt16(clamping: minutes)))
    }

    /// Leaves the present step out and begins the next.
    func skip() async {
        await goOn(.skip)
    }

    /// The present step is done; the next begins.
    func next() async {
        await goOn(.done)
    }

    /// Puts the ordinary step that is offered in the place of one that meets a boundary.
    func swapLed(_ step: StepId) async {
        await lead { session in
            guard let position = session.steps.firstIndex(where: { $0.id == step }),
                let put = self.state.led.first(where: { $0.id == step })?.swap?.step
            else { return session }
            let sessions = self.vault.sessions()
            let draft = stepDraft(step: put)
            let added = try await sessions.addStep(id: session.id, draft: draft)
            guard let new = added.steps.last else { return added }
            _ = try await sessions.moveStep(id: session.id, step: new.id, position: UInt32(position))
            return try await sessions.removeStep(id: session.id, step: step)
        }
    }

    /// Goes on from step to step by itself, on both phones and also while no app runs; or by hand again.
    func byItself(_ itself: Bool) async {
        await lead { try await self.vault.sessions().lead(id: $0.id, lead: itself ? .byItself : .byHand) }
    }

    /// Dark until it is said otherwise; steps come as a soft sound or touch.
    func phonesAway(_ away: Bool) {
        show { $0.dark = away }
    }

    func end() async {
        await lead { try await self.vault.sessions().end(id: $0.id) }
    }

    private func suggest() async throws {
        own = try await vault.activities().list()
        let plans = try await vault.preferences().plan(occasion: occasion)
        show {
            $0.stage = .choosing
            $0.situation = occasion.situation.map { words.say(.condition($0)) }
            $0.picked = plans.plan.steps.map(picked)
            $0.talk = plans.talk.map { _ in words.say("reason-talk") }
            $0.forMe = (plans.talk?.mine ?? []).map(picked)
        }
    }

    private func picked(_ planned: PlannedStep) -> PickedStep {
        PickedStep(
            step: planned.step, title: words.activity(planned.step.activity, own), minutes: minutes(planned.step.minutes),
            reasons: planned.reasons.map { words.reason($0, planned.step) },
            swaps: planned.swaps.map { Swap(step: $0, title: words.activity($0.activity, own)) })
    }

    private func refresh() async throws {
        own = try await vault.activities().list()
        var id = state.session
        if id == nil { id = try await running() }
        guard let id else { return }
        do {
            try await draw(vault.sessions().read(id: id))
        } catch NightstandError.Deleted {
            timer?.cancel()
            show { $0 = AfterState(cues: $0.cues) }
        }
    }

    private func running() async throws -> RecordId? {
        let day: TimeInterval = 86_400
        let recent = try await vault.sessions().list(since: now() - day, until: now() + day)
        return recent.first { $0.state == .running }?.id
    }

    private func on(_ standing: StepState, _ verb: StepVerb) async {
        await lead { session in
            guard let step = session.steps.first(where: { $0.state == standing }) else { return session }
            return try await self.vault.sessions().step(id: session.id, step: step.id, verb: verb)
        }
    }

    private func goOn(_ verb: StepVerb) async {
        await lead { session in
            var left = session
            if let present = session.steps.first(where: { $0.state == .running || $0.state == .paused }) {
                left = try await self.vault.sessions().step(id: session.id, step: present.id, verb: verb)
            }
            // One that leads itself has begun it.
            if left.steps.contains(where: { $0.state == .running }) { return left }
            guard let next = left.steps.first(where: { $0.state == .waiting }) else { return left }
            return try await self.vault.sessions().step(id: left.id, step: next.id, verb: .start)
        }
    }

    private func lead(_ change: @escaping @MainActor (SessionView) async throws -> SessionView) async {
        await intent {
            guard let id = self.state.session else { return }
            try await self.draw(change(self.vault.sessions().read(id: id)))
        }
    }

    private func draw(_ session: SessionView) async throws {
        let over = session.state == .ended
        let marks = over ? [] : try await marks(session)
        let led = session.steps.enumerated().map { at, step in
            self.led(step, marks.first { $0.step == at })
        }
        let away = session.steps.contains {
            $0.activity == "phones-away" && ($0.state == .running || $0.state == .done)
        }
        show {
            $0.stage = over ? .over : .leading
            $0.session = session.id
            $0.led = led
            $0.byItself = session.lead == .byItself
            $0.dark = !over && ($0.dark || away && !wasAway)
        }
        wasAway = away
        time(session)
    }

    /// Which steps meet a boundary of one's own; they may have come from the partner. What this phone was told of the
    /// occasion counts, too.
    private func marks(_ session: SessionView) async throws -> [StepMark] {
        let alone = session.audience == .me && session.steps.allSatisfy { $0.way == .alone }
        let situation = Array(Set(session.situation).union(occasion.situation))
        // How long it is says nothing of a boundary: the longest, so that what could stand in a step's place fits.
        let asked = Occasion(minutes: 240, company: alone ? .alone : .two, situation: situation)
        let steps = session.steps.map { Step(activity: $0.activity, way: $0.way, minutes: $0.minutes) }
        do {
            return try await vault.preferences().marks(occasion: asked, steps: steps)
        } catch NightstandError.PrivateLocked {
            tell(NightstandError.PrivateLocked)
            return []
        }
    }

    private func led(_ step: StepView, _ mark: StepMark?) -> LedStep {
        LedStep(
            id: step.id, title: words.activity(step.activity, own), minutes: minutes(step.minutes), state: step.state,
            spent: TimeInterval(step.spentMs) / 1000, endsAt: step.endsAt, marked: mark != nil,
            swap: mark?.swap.map { Swap(step: $0, title: words.activity($0.activity, own)) })
    }

    /// One cue when a step's time is over, also if that was while no screen was there.
    private func time(_ session: SessionView) {
        timer?.cancel()
        guard let step = session.steps.first(where: { $0.state == .running }), let at = step.endsAt else { return }
        let due = Due(step: step.id, at: at)
        if due == cued { return }
        let left = max(0, at.timeIntervalSince(now()))
        timer = Task { [weak self, wait] in
            guard (try? await wait(left)) != nil, let self else { return }
            self.cued = due
            self.show { $0.cues += 1 }
            if session.lead == .byItself { await self.intent { try await self.refresh() } }
        }
    }

    private func minutes(_ minutes: UInt16) -> Wording {
        words.say("minutes-spoken", "minutes", minutes)
    }
}
