package app.nightstand.screens

import app.nightstand.Item
import app.nightstand.ItemDraft
import app.nightstand.ItemRow
import app.nightstand.ItemView
import app.nightstand.Line
import app.nightstand.NightstandException
import app.nightstand.OwnActivity
import app.nightstand.SharedItem
import app.nightstand.SideBySide
import app.nightstand.Stance
import app.nightstand.Standing
import app.nightstand.TextOf
import app.nightstand.Texts
import app.nightstand.Vault
import app.nightstand.Whose
import app.nightstand.Wording
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

data class PreferencesState(
    val mine: List<PreferenceRow> = emptyList(),
    val partners: List<PreferenceRow> = emptyList(),
    /** What the two share, under the headings where they match, where one would adjust, what to ask, where a boundary holds. */
    val sideBySide: Map<Standing, List<Wording>> = emptyMap(),
    val headings: Map<Standing, Wording> = emptyMap(),
    /** "Not now" that has reached its end: whether it still holds is asked of its owner alone. */
    val toAskAgain: List<Item> = emptyList(),
    val open: OpenItem? = null,
)

data class PreferenceRow(
    val item: Item,
    val title: Wording,
    val side: Wording?,
    val condition: Wording?,
    val stance: Wording?,
    val choices: List<Wording>,
    val note: String,
    val shared: Boolean,
    val unsharedChanges: Boolean,
)

/** The item that is being looked at. */
data class OpenItem(
    val view: ItemView,
    /** What the partner would see, once the person asked. */
    val preview: SharedItem? = null,
    val previewSays: Wording? = null,
    /** It changed while the person looked at it: nothing was written, and this is how it is now. */
    val changed: Wording? = null,
    /** Of a boundary that is kept to oneself. */
    val boundary: Wording? = null,
    val takenBack: Wording? = null,
)

/** What one wants in the time after: said, shared item by item, and side by side with what the partner shares. */
class PreferencesScreen(
    vault: Vault,
    texts: Texts,
    scope: CoroutineScope,
    private val now: () -> Instant = Instant::now,
) : Screen<PreferencesState>(vault, Words(texts), scope, PreferencesState()) {
    private var own = emptyList<OwnActivity>()

    init {
        redraw(::refresh)
    }

    fun open(item: Item): Job = intent { draw(vault.preferences().read(item)) }

    fun close(): Job = intent { show { it.copy(open = null) } }

    /** Says something of the open item: it counts against what the person saw, and nothing stricter is loosened unseen. */
    fun set(draft: ItemDraft): Job = intent {
        val open = state.value.open ?: return@intent
        redrawing(open) { vault.preferences().set(open.view.item, draft, open.view.version) }
    }

    /** Adds a line of one's own words, and opens it. */
    fun add(line: Line, note: String): Job = intent { draw(vault.preferences().add(line, note)) }

    /** Deletes the open line, on the partner's phone too. */
    fun remove(): Job = intent {
        val open = state.value.open ?: return@intent
        vault.preferences().remove(open.view.item)
        show { it.copy(open = null) }
    }

    /** Shows what the partner would see. Nothing is shared by it. */
    fun preview(): Job = intent {
        val open = state.value.open ?: return@intent
        val preview = vault.preferences().preview(open.view.item)
        show { it.copy(open = open.copy(preview = preview, previewSays = words.say("share-preview"))) }
    }

    fun share(): Job = intent {
        val open = state.value.open ?: return@intent
        redrawing(open) { vault.preferences().share(open.view.item, open.view.version) }
    }

    fun takeBack(): Job = intent {
        val open = state.value.open ?: return@intent
        draw(vault.preferences().takeBack(open.view.item))
        show { it.copy(open = it.open?.copy(takenBack = words.say("share-taken-back"))) }
    }

    /** What was overtaken is drawn as it is now, and asked again: never done over what nobody has seen. */
    private suspend fun redrawing(open: OpenItem, call: suspend () -> ItemView) {
        try {
            draw(call())
        } catch (error: NightstandException.ChangedMeanwhile) {
            draw(vault.preferences().read(open.view.item))
            show { it.copy(open = it.open?.copy(changed = words.say(error.textKey()))) }
        }
    }

    private fun draw(view: ItemView) {
        val kept = view.shared == null && view.content.stance.isBoundary()
        val boundary = if (kept) words.say("boundary-private") else null
        show { it.copy(open = OpenItem(view, boundary = boundary)) }
    }

    private suspend fun refresh() {
        val preferences = vault.preferences()
        own = vault.activities().list()
        val (mine, partners) = preferences.list(Whose.ME).items to preferences.list(Whose.PARTNER).items
        val (both, ended) = preferences.sideBySide() to preferences.ended(now())
        show {
            it.copy(
                mine = mine.map(::row),
                partners = partners.map(::row),
                sideBySide = lines(both),
                headings = HEADINGS.mapValues { (_, key) -> words.say(key) },
                toAskAgain = ended,
            )
        }
    }

    private fun row(row: ItemRow): PreferenceRow {
        val item = row.item
        val title = when (item) {
            is Item.Stance -> words.activity(item.activity, own)
            is Item.Question -> words.say(TextOf.Question(item.v1))
            is Item.Remark -> words.say(TextOf.Remark(item.v1))
            is Item.Line -> words.say(TextOf.Line(item.v1))
        }
        val of = item as? Item.Stance
        val question = (item as? Item.Question)?.v1
        return PreferenceRow(
            item,
            title,
            side = of?.side?.let { words.say(TextOf.Side(it)) },
            condition = of?.condition?.let { words.say(TextOf.Condition(it)) },
            stance = row.stance?.let { words.say(TextOf.Stance(it)) },
            choices = if (question == null) emptyList() else row.choices.map { words.say(TextOf.Choice(question, it)) },
            row.note,
            row.shared,
            row.unsharedChanges,
        )
    }

    private fun lines(both: SideBySide): Map<Standing, List<Wording>> {
        val activities = both.activities.map { it.standing to words.activity(it.activity, own) }
        val questions = both.questions.map { it.standing to words.say(TextOf.Question(it.question)) }
        return (activities + questions).groupBy({ it.first }, { it.second })
    }
}

private val HEADINGS = mapOf(
    Standing.MATCH to "side-by-side-match",
    Standing.ADJUST to "side-by-side-adjust",
    Standing.ASK to "side-by-side-ask",
    Standing.BOUNDARY to "side-by-side-boundary",
)

private fun Stance?.isBoundary() = this is Stance.Never || this is Stance.NotNow
