package app.nightstand.screens

import app.nightstand.Audience
import app.nightstand.Company
import app.nightstand.Condition
import app.nightstand.NightstandException
import app.nightstand.Occasion
import app.nightstand.OwnActivity
import app.nightstand.PersonState
import app.nightstand.PlannedStep
import app.nightstand.RecordId
import app.nightstand.SessionDraft
import app.nightstand.SessionLead
import app.nightstand.SessionState
import app.nightstand.SessionView
import app.nightstand.Step
import app.nightstand.StepId
import app.nightstand.StepMark
import app.nightstand.StepState
import app.nightstand.StepVerb
import app.nightstand.StepView
import app.nightstand.TextOf
import app.nightstand.Texts
import app.nightstand.Vault
import app.nightstand.Way
import app.nightstand.Wording
import app.nightstand.stepDraft
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch

enum class AfterStage { ASKING, CHOOSING, LEADING, OVER }

data class AfterState(
    val stage: AfterStage = AfterStage.ASKING,
    /** The plan, as the person has changed it so far. It is stored nowhere. */
    val picked: List<PickedStep> = emptyList(),
    /** What was said of the occasion: the partner reads it if it is told with [AfterScreen.start], and not otherwise. */
    val situation: List<Wording> = emptyList(),
    /** Where nothing is known that both would like: a suggestion to talk, and what is kind for oneself until then. */
    val talk: Wording? = null,
    val forMe: List<PickedStep> = emptyList(),
    val session: RecordId? = null,
    val led: List<LedStep> = emptyList(),
    /** The next step begins by itself when one is over. */
    val byItself: Boolean = false,
    /** Phones away: draw nothing but black, and take one tap as [AfterScreen.next]. */
    val dark: Boolean = false,
    /** It rises with each soft sound or touch that is to be made. */
    val cues: Int = 0,
)

data class PickedStep(
    val step: Step,
    val title: Wording,
    val minutes: Wording,
    val reasons: List<Wording>,
    val swaps: List<Swap>,
)

/** What could stand in a step's place. */
data class Swap(val step: Step, val title: Wording)

data class LedStep(
    val id: StepId,
    val title: Wording,
    val minutes: Wording,
    val state: StepState,
    val spent: Duration,
    /** While it runs: a view counts down to it by itself. */
    val endsAt: Instant?,
    /** It meets a boundary of whoever holds this phone, who alone sees that. */
    val marked: Boolean,
    /** What could stand in its place then. */
    val swap: Swap?,
)

/**
 * The time after: what could be done, then step by step.
 *
 * The session lies in the vault, with its timers: a screen that is made anew, after a turn of the phone or a kill of the
 * app, takes up the one that runs, also one that was begun on the partner's phone. [now] is the clock that the vault was
 * opened with.
 */
class AfterScreen(vault: Vault, texts: Texts, scope: CoroutineScope, private val now: () -> Instant = Instant::now) :
    Screen<AfterState>(vault, Words(texts), scope, AfterState()) {
    private var occasion = Occasion(minutes = 20u, company = Company.ALONE)
    private var own = emptyList<OwnActivity>()
    private var timer: Job? = null
    private var wasAway = false
    private var cued: Pair<StepId, Instant>? = null

    init {
        redraw(::refresh)
    }

    /** Suggests what to do. What is handed in may come back as a reason. */
    fun plan(minutes: Int, situation: Set<Condition> = emptySet(), me: PersonState? = null): Job = intent {
        val paired = vault.pairing().partner()?.confirmedByBoth == true
        val company = if (paired) Company.TWO else Company.ALONE
        val lately = vault.sessions().lately(now())
        occasion =
            Occasion(minutes.toUShort(), company, situation.toList(), me, lately = lately, rotation = occasion.rotation + 1u)
        suggest()
    }

    /** Another plan that is as good. */
    fun another(): Job = intent {
        occasion = occasion.copy(rotation = occasion.rotation + 1u)
        suggest()
    }

    /** Puts one of a step's swaps in its place; what stood there can be had back. */
    fun swap(position: Int, with: Swap): Job = intent {
        show { state ->
            val old = state.picked.getOrNull(position) ?: return@show state
            val back = listOf(Swap(old.step, old.title)) + old.swaps.filter { it != with }
            val put = PickedStep(with.step, with.title, minutes(with.step.minutes), emptyList(), back)
            state.copy(picked = state.picked.mapIndexed { at, step -> if (at == position) put else step })
        }
    }

    fun remove(position: Int): Job = intent {
        show { it.copy(picked = it.picked.filterIndexed { at, _ -> at != position }) }
    }

    /**
     * Begins with what was picked. Only the steps go into the session: no reasons, and nothing of how they were found. The
     * situation was said to this phone: into a session of both it goes where the person chose so, having seen it.
     */
    fun start(tellSituation: Boolean = false): Job = intent {
        val steps = state.value.picked.map { (step) -> stepDraft(step) }
        val audience = if (occasion.company == Company.TWO) Audience.BOTH else Audience.ME
        val told = if (tellSituation || audience == Audience.ME) occasion.situation else emptyList()
        // That the two are apart is a fact for both, and nothing that one of them said of themself.
        val apart = Condition.APART in occasion.situation
        val planned = vault.sessions().plan(audience, SessionDraft(told, apart, steps))
        val first = planned.steps.firstOrNull()
        val sessions = vault.sessions()
        draw(if (first == null) sessions.start(planned.id) else sessions.step(planned.id, first.id, StepVerb.Start))
    }

    fun pause(): Job = on(StepState.RUNNING, StepVerb.Pause)

    fun resume(): Job = on(StepState.PAUSED, StepVerb.Resume)

    /** So many minutes more for the step that is under way. */
    fun extend(minutes: Int): Job = on(StepState.RUNNING, StepVerb.Extend(minutes.toUShort()))

    /** Leaves the present step out and begins the next. */
    fun skip(): Job = goOn(StepVerb.Skip)

    /** The present step is done; the next begins. */
    fun next(): Job = goOn(StepVerb.Done)

    /** Puts the ordinary step that is offered in the place of one that meets a boundary. */
    fun swapLed(step: StepId): Job = lead { session ->
        val position = session.steps.indexOfFirst { it.id == step }
        val with = state.value.led.getOrNull(position)?.swap?.step ?: return@lead session
        val sessions = vault.sessions()
        val added = sessions.addStep(session.id, stepDraft(with))
        sessions.moveStep(session.id, added.steps.last().id, position.toUInt())
        sessions.removeStep(session.id, step)
    }

    /** Goes on from step to step by itself, on both phones and also while no app runs; or by hand again. */
    fun byItself(itself: Boolean): Job = lead { session ->
        vault.sessions().lead(session.id, if (itself) SessionLead.BY_ITSELF else SessionLead.BY_HAND)
    }

    /** Dark until it is said otherwise; steps come as a soft sound or touch. */
    fun phonesAway(away: Boolean) = show { it.copy(dark = away) }

    fun end(): Job = lead { vault.sessions().end(it.id) }

    private suspend fun suggest() {
        own = vault.activities().list()
        val plans = vault.preferences().plan(occasion)
        val talk = plans.talk
        show {
            it.copy(
                stage = AfterStage.CHOOSING,
                situation = occasion.situation.map { words.say(TextOf.Condition(it)) },
                picked = plans.plan.steps.map(::picked),
                talk = talk?.let { words.say("reason-talk") },
                forMe = talk?.mine.orEmpty().map(::picked),
            )
        }
    }

    private fun picked(planned: PlannedStep) = PickedStep(
        planned.step,
        words.activity(planned.step.activity, own),
        minutes(planned.step.minutes),
        planned.reasons.map { words.reason(it, planned.step) },
        planned.swaps.map { Swap(it, words.activity(it.activity, own)) },
    )

    private suspend fun refresh() {
        own = vault.activities().list()
        val id = state.value.session ?: running() ?: return
        try {
            draw(vault.sessions().read(id))
        } catch (_: NightstandException.Deleted) {
            timer?.cancel()
            show { AfterState(cues = it.cues) }
        }
    }

    private suspend fun running(): RecordId? {
        val day = Duration.ofDays(1)
        return vault.sessions().list(now() - day, now() + day).firstOrNull { it.state == SessionState.RUNNING }?.id
    }

    private fun on(standing: StepState, verb: StepVerb): Job = lead { session ->
        val step = session.steps.firstOrNull { it.state == standing } ?: return@lead session
        vault.sessions().step(session.id, step.id, verb)
    }

    private fun goOn(verb: StepVerb): Job = lead { session ->
        val present = session.steps.firstOrNull { it.state == StepState.RUNNING || it.state == StepState.PAUSED }
        val left = present?.let { vault.sessions().step(session.id, it.id, verb) } ?: session
        // One that leads itself has begun it.
        if (left.steps.any { it.state == StepState.RUNNING }) return@lead left
        val next = left.steps.firstOrNull { it.state == StepState.WAITING } ?: return@lead left
        vault.sessions().step(left.id, next.id, StepVerb.Start)
    }

    private fun lead(change: suspend (SessionView) -> SessionView): Job = intent {
        val id = state.value.session ?: return@intent
        draw(change(vault.sessions().read(id)))
    }

    private suspend fun draw(session: SessionView) {
        val over = session.state == SessionState.ENDED
        val marks = if (over) emptyMap() else marks(session).associateBy { it.step.toInt() }
        val led = session.steps.mapIndexed { at, step ->
            val swap = marks[at]?.swap?.let { Swap(it, words.activity(it.activity, own)) }
            led(step, at in marks, swap)
        }
        val away = session.steps.any(::putsPhonesAway)
        show {
            it.copy(
                stage = if (over) AfterStage.OVER else AfterStage.LEADING,
                session = session.id,
                led = led,
                byItself = session.lead == SessionLead.BY_ITSELF,
                dark = !over && (it.dark || away && !wasAway),
            )
        }
        wasAway = away
        time(session)
    }

    /**
     * Which steps meet a boundary of one's own; they may have come from the partner. What this phone was told of the occasion
     * counts, too.
     */
    private suspend fun marks(session: SessionView): List<StepMark> = try {
        val alone = session.audience == Audience.ME && session.steps.all { it.way == Way.ALONE }
        val company = if (alone) Company.ALONE else Company.TWO
        val situation = (session.situation + occasion.situation).distinct()
        // How long it is says nothing of a boundary: the longest, so that what could stand in a step's place fits.
        val asked = Occasion(minutes = 240u, company = company, situation = situation)
        val steps = session.steps.map { Step(it.activity, it.way, it.minutes) }
        vault.preferences().marks(asked, steps)
    } catch (error: NightstandException.PrivateLocked) {
        tell(error)
        emptyList()
    }

    private fun led(step: StepView, marked: Boolean, swap: Swap?) = LedStep(
        step.id,
        words.activity(step.activity, own),
        minutes(step.minutes),
        step.state,
        Duration.ofMillis(step.spentMs),
        step.endsAt,
        marked,
        swap,
    )

    /** One cue when a step's time is over, also if that was while no screen was there. */
    private fun time(session: SessionView) {
        timer?.cancel()
        val step = session.steps.firstOrNull { it.state == StepState.RUNNING } ?: return
        val due = step.id to (step.endsAt ?: return)
        if (due == cued) return
        timer = scope.launch {
            delay(Duration.between(now(), due.second).toMillis())
            cued = due
            show { it.copy(cues = it.cues + 1) }
            if (session.lead == SessionLead.BY_ITSELF) intent { refresh() }
        }
    }

    private fun minutes(minutes: UShort) = words.say("minutes-spoken", "minutes", minutes.toInt())

    private fun putsPhonesAway(step: StepView) =
        step.activity == "phones-away" && (step.state == StepState.RUNNING || step.state == StepState.DONE)
}
