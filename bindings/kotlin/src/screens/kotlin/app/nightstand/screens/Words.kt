package app.nightstand.screens

import app.nightstand.Action
import app.nightstand.NightstandException
import app.nightstand.OwnActivity
import app.nightstand.Reason
import app.nightstand.Step
import app.nightstand.TextOf
import app.nightstand.TextValue
import app.nightstand.Texts
import app.nightstand.Wording
import app.nightstand.WritingDirection
import app.nightstand.reasonName
import app.nightstand.textKey

/** Something went wrong: what, and what the person can do about it. It holds nothing that people wrote. */
data class Trouble(val what: Wording, val remedy: Wording, val action: Action, val retryable: Boolean)

/** What screens say, by key. A text comes with its language, which is the voice for a screen reader. */
class Words(private val texts: Texts) {
    /** A key without a text, which a newer app on the other phone may bring, is shown as it is. */
    fun say(key: String, vararg parameters: Pair<String, TextValue>): Wording = try {
        texts.say(key, mapOf(*parameters))
    } catch (_: NightstandException.NotFound) {
        own(key)
    }

    fun say(of: TextOf): Wording = say(textKey(of))

    fun say(key: String, name: String, number: Int): Wording = say(key, name to TextValue.Number(number.toLong()))

    /** Sign by sign, for a screen reader, which would read a link or digits as words and numbers otherwise. */
    fun spelled(text: String): String = text.filterNot(Char::isWhitespace).toList().joinToString(" ")

    /** What people wrote themselves: in a language that nobody has said. */
    fun own(text: String) = Wording(text, language = "und", direction = WritingDirection.LEFT_TO_RIGHT)

    /** An activity's title. One of the couple's own that was removed, or is not here, has none any more, and is no id. */
    fun activity(id: String, own: List<OwnActivity>): Wording =
        own.firstOrNull { it.id == id }?.let { own(it.content.title) } ?: try {
            texts.say("activity-$id", emptyMap())
        } catch (_: NightstandException.NotFound) {
            say("unknown-activity")
        }

    fun reason(reason: Reason, step: Step): Wording {
        val need = (reason as? Reason.Need)?.v1 ?: (reason as? Reason.Often)?.v1
        return say(
            "reason-${reasonName(reason)}",
            "minutes" to TextValue.Number(step.minutes.toLong()),
            "need" to TextValue.Text(need?.let { textKey(TextOf.Need(it)).removePrefix("need-") }.orEmpty()),
        )
    }

    fun trouble(error: NightstandException) =
        Trouble(say(error.textKey()), say(TextOf.Action(error.action())), error.action(), error.retryable())
}
