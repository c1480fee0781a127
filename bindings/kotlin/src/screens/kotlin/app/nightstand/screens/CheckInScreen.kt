package app.nightstand.screens

import app.nightstand.CheckIn
import app.nightstand.CheckInField
import app.nightstand.CheckInMoment
import app.nightstand.CheckInView
import app.nightstand.DropLevel
import app.nightstand.NightstandException
import app.nightstand.RecordId
import app.nightstand.TextOf
import app.nightstand.TextValue
import app.nightstand.Texts
import app.nightstand.Vault
import app.nightstand.Wording
import app.nightstand.bodyWords
import app.nightstand.feelings
import app.nightstand.isLow
import app.nightstand.namesHelp
import app.nightstand.notRightTexts
import app.nightstand.textKey
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

data class CheckInState(
    /** What is said so far. Nothing of it is saved before [CheckInScreen.save]. */
    val content: CheckIn,
    val title: Wording,
    val about: Wording,
    val feelings: List<Choice>,
    val body: List<Choice>,
    /** What a screen reader says of what is drawn. */
    val closeness: Wording? = null,
    val calm: Wording? = null,
    val energy: Wording? = null,
    val comfort: Wording? = null,
    /** Once it is saved. */
    val saved: RecordId? = null,
    /** Something is not saved. */
    val unsaved: Boolean = false,
    /** It was changed elsewhere, and [content] is what stands now: this was typed here, for [CheckInScreen.takeUp]. */
    val typed: CheckIn? = null,
    /** There is somebody to share it with. Of a moment in which something was not right nothing is offered to be shared. */
    val canShare: Boolean = false,
    /** What is ticked to be shared, and what the partner would read then. */
    val offered: Set<CheckInField> = emptySet(),
    val preview: CheckIn? = null,
    val previewSays: Wording? = null,
    /** What the partner may read. */
    val shared: Set<CheckInField> = emptySet(),
    val unsharedChanges: Boolean = false,
    val takenBack: Wording? = null,
    /** What is answered to something low, and where help is found. Lines to be read one after the other. */
    val answer: List<Wording> = emptyList(),
)

data class Choice(val id: String, val word: Wording, val picked: Boolean)

/**
 * A check-in: said for oneself, and shared part by part.
 *
 * [contacts] is where help is found in the person's region, and [emergency] its emergency number, for texts that touch
 * distress: the app knows them, the core does not.
 */
class CheckInScreen(
    vault: Vault,
    texts: Texts,
    scope: CoroutineScope,
    moment: CheckInMoment,
    session: RecordId? = null,
    at: Instant = Instant.now(),
    private val contacts: String? = null,
    private val emergency: String? = null,
) : Screen<CheckInState>(vault, Words(texts), scope, blank(Words(texts), CheckIn(moment, at, session))) {
    private val notRight = moment == CheckInMoment.SOMETHING_NOT_RIGHT
    /** What was saved when it was drawn last. */
    private var drawn: CheckIn? = null

    init {
        redraw {
            val paired = vault.pairing().partner()?.confirmedByBoth == true
            show { it.copy(canShare = paired && !notRight) }
        }
    }

    /** Picks a feeling, or takes it back. */
    fun feel(id: String) = change { it.copy(feelings = it.feelings.toggled(id)) }

    /** Picks a word for the body, or takes it back. */
    fun body(id: String) = change { it.copy(body = it.body.toggled(id)) }

    fun ownWord(word: String) = change { it.copy(ownWords = it.ownWords.toggled(word.trim())) }

    fun bodySays(text: String) = change { it.copy(bodySays = text) }

    /** Two circles, from far apart to one: 1 to 7. */
    fun closeness(level: Int?) = change { it.copy(closeness = level?.toUByte()) }

    /** 0 to 10, as the two that follow. */
    fun calm(level: Int?) = change { it.copy(calm = level?.toUByte()) }

    fun energy(level: Int?) = change { it.copy(energy = level?.toUByte()) }

    fun comfort(level: Int?) = change { it.copy(comfort = level?.toUByte()) }

    fun drop(level: DropLevel?, since: Instant? = null) = change { it.copy(drop = level, dropSince = since) }

    fun wish(text: String) = change { it.copy(wish = text) }

    fun note(text: String) = change { it.copy(note = text) }

    /**
     * Puts what was typed here in the place of what came from elsewhere, both having been on the screen. Nothing is saved by it,
     * and what was typed over what came is offered in its turn.
     */
    fun takeUp() = show { state ->
        val over = state.content.takeIf { state.unsaved }
        state.typed?.let { state.saying(words, it).copy(unsaved = true, typed = over) } ?: state
    }

    /** What was typed here is not wanted any more. */
    fun letGo() = show { it.copy(typed = null) }

    /** Saves it, for oneself alone. */
    fun save(): Job = intent { saved() }

    /** Ticks a part to be shared, or not, and shows what the partner would read. Nothing is shared by it. */
    fun offer(field: CheckInField, on: Boolean): Job = intent {
        if (notRight) return@intent
        val offered = state.value.offered.let { if (on) it + field else it - field }
        val id = saved()
        val preview = vault.checkIns().preview(id, offered.toList())
        show { it.copy(offered = offered, preview = preview, previewSays = words.say("share-preview"), takenBack = null) }
    }

    /** Lets the partner read what is ticked, from the next sync on: as the preview showed it, and nothing else. */
    fun share(): Job = intent {
        val (preview, offered) = state.value.let { it.preview to it.offered.toList() }
        val id = saved()
        if (preview == null) return@intent
        try {
            draw(vault.checkIns().sharePreviewed(id, offered, preview))
        } catch (error: NightstandException.ChangedMeanwhile) {
            val now = vault.checkIns().preview(id, offered)
            show { it.copy(preview = now) }
            throw error
        }
    }

    fun takeBack(): Job = intent {
        val id = state.value.saved ?: return@intent
        draw(vault.checkIns().share(id, emptyList()))
        show { it.copy(offered = emptySet(), preview = null, takenBack = words.say("share-taken-back")) }
    }

    /** Deletes it, on the partner's phone too. */
    fun delete(): Job = intent {
        state.value.saved?.let { vault.checkIns().delete(it) }
        val (moment, at, session) = state.value.content
        show { blank(words, CheckIn(moment, at, session)).copy(canShare = it.canShare) }
    }

    private fun change(change: (CheckIn) -> CheckIn) = show { it.saying(words, change(it.content)).copy(unsaved = true) }

    private suspend fun saved(): RecordId {
        val (saved, content) = state.value.let { it.saved to it.content }
        if (saved != null && !state.value.unsaved) return saved
        val checkIns = vault.checkIns()
        val view = if (saved == null) checkIns.add(content) else changed(saved, content)
        draw(view)
        // What was said while this was saved is saved next time.
        show { it.copy(unsaved = it.content != content, answer = answer(content)) }
        return view.id
    }

    /** Where it was changed on another screen or device, this is said, and what stands is shown, with what was typed beside it. */
    private suspend fun changed(saved: RecordId, content: CheckIn): CheckInView {
        val checkIns = vault.checkIns()
        return try {
            checkIns.change(saved, content, drawn ?: content)
        } catch (error: NightstandException.ChangedMeanwhile) {
            val stands = checkIns.read(saved)
            draw(stands)
            // With what was typed while this was asked.
            show { it.saying(words, stands.content).copy(unsaved = false, typed = it.content, preview = null) }
            throw error
        }
    }

    private fun draw(view: CheckInView) {
        drawn = view.content
        show { it.copy(saved = view.id, shared = view.shared.toSet(), unsharedChanges = view.unsharedChanges) }
    }

    private fun answer(content: CheckIn): List<Wording> = when {
        // Its offer of a boundary belongs to a screen that knows of which activity: notRight().boundaries makes it.
        notRight -> notRightTexts().run { begin + this.words + help + close }.mapNotNull(::line)
        isLow(content) -> listOfNotNull("answer-low", "help-where".takeIf { namesHelp(content) }).mapNotNull(::line)
        else -> emptyList()
    }

    /** A line of help has what the app knows of it in it; without a number there is no line for one. */
    private fun line(key: String): Wording? = when (key) {
        "help-where" ->
            contacts?.let { words.say(key, "contacts" to TextValue.Text(it)) } ?: words.say("help-where-none")
        "help-now" -> emergency?.let { words.say(key, "number" to TextValue.Text(it)) }
        else -> words.say(key)
    }
}

private fun blank(words: Words, content: CheckIn): CheckInState {
    val key = textKey(TextOf.Moment(content.moment))
    val feelings = feelings().map { Choice(it.id, words.say("feeling-${it.id}"), picked = false) }
    val body = bodyWords().map { Choice(it, words.say("body-$it"), picked = false) }
    return CheckInState(content, words.say(key), words.say("$key.about"), feelings, body)
}

private fun CheckInState.saying(words: Words, content: CheckIn): CheckInState {
    fun spoken(key: String, level: UByte?) = level?.let { words.say("$key-spoken", "level", it.toInt()) }
    return copy(
        content = content,
        feelings = feelings.map { it.copy(picked = it.id in content.feelings) },
        body = body.map { it.copy(picked = it.id in content.body) },
        closeness = spoken("closeness", content.closeness),
        calm = spoken("calm", content.calm),
        energy = spoken("energy", content.energy),
        comfort = spoken("comfort", content.comfort),
    )
}

private fun List<String>.toggled(word: String) = if (word in this) this - word else this + word
