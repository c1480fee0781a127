package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Condition
import app.nightstand.Family
import app.nightstand.InputFault
import app.nightstand.Item
import app.nightstand.ItemDraft
import app.nightstand.ItemView
import app.nightstand.Line
import app.nightstand.Need
import app.nightstand.NightstandException
import app.nightstand.PreferencesAs
import app.nightstand.Question
import app.nightstand.Remark
import app.nightstand.Side
import app.nightstand.Stance
import app.nightstand.Texts
import app.nightstand.Vault
import app.nightstand.Whose
import app.nightstand.activities
import app.nightstand.choices
import java.time.Duration
import kotlin.io.path.readText
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

private val HANDS = Item.Stance(activity = "holding-hands", side = Side.TOGETHER, condition = null)

/** Says something on a screen that was drawn just before. */
private suspend fun say(vault: Vault, item: Item, draft: ItemDraft): ItemView =
    vault.preferences().set(item, draft, vault.preferences().read(item).version)

private suspend fun share(vault: Vault, item: Item): ItemView =
    vault.preferences().share(item, vault.preferences().read(item).version)

private suspend fun theirs(vault: Vault) = vault.preferences().list(Whose.PARTNER).items.associateBy { it.item }

/** What each of the two wants in the time after: said alone, shared item by item. */
class StoryPreferences : Phones() {
    @Test
    fun `the catalogue`() {
        val hands = assertNotNull(activities().associateBy { it.id }["holding-hands"])
        assertEquals(Family.TOUCH to listOf(Need.TOUCH, Need.REASSURANCE), hands.family to hands.needs)
        assertTrue(hands.leastMinutes in 1u..hands.mostMinutes.toUInt())
        assertFalse(hands.worksApart)
        assertTrue("sleepy" in choices(Question.USUAL_AFTER))
    }

    @Test
    fun `what is said alone`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val preferences = alex.preferences()
        say(alex, HANDS, ItemDraft(stance = Stance.Love, note = "Not too tight."))
        say(alex, Item.Question(Question.LENGTH), ItemDraft(choices = listOf("long")))
        say(alex, Item.Remark(Remark.QUIET), ItemDraft(note = "I am far away, and glad."))
        val wish = preferences.add(Line.WISH, "A walk")
        val rows = preferences.list(Whose.ME).items
        assertEquals(4, rows.size)
        val said = rows.single { it.item == HANDS }
        assertEquals(Stance.Love to "Not too tight.", said.stance to said.note)
        preferences.remove(wish.item)
        fails<NightstandException.Deleted>("deleted", Action.CHOOSE_AGAIN) { preferences.read(wish.item) }
        val error = assertFailsWith<NightstandException.InvalidInput> {
            say(alex, Item.Question(Question.LENGTH), ItemDraft(choices = listOf("for ever")))
        }
        assertEquals(InputFault.CHOICES, error.what)
        assertEquals(listOf<Stance?>(Stance.Love), preferences.history(HANDS).map { it.content.stance })
    }

    @Test
    fun `the partner hears of a change if its owner says so`() = story {
        val (alex, sam) = couple()
        say(alex, HANDS, ItemDraft(stance = Stance.Like))
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.preferences().askToLook(HANDS)
        }
        share(alex, HANDS)
        meet(alex, sam)
        assertEquals(listOf(), sam.preferences().toLookAt())
        alex.preferences().askToLook(HANDS)
        meet(alex, sam)
        assertEquals(listOf<Item>(HANDS), sam.preferences().toLookAt())
        sam.preferences().looked(HANDS)
        assertEquals(listOf(), sam.preferences().toLookAt())
    }

    @Test
    fun `a boundary reaches the partner and is not loosened unseen`() = story {
        val (alex, sam) = couple()
        say(alex, HANDS, ItemDraft(stance = Stance.Like))
        val old = share(alex, HANDS)
        meet(alex, sam)
        assertEquals(Stance.Like, theirs(sam)[HANDS]?.stance)

        val until = Stance.NotNow(until = SUNDAY + Duration.ofDays(36_500))
        say(alex, HANDS, ItemDraft(stance = until))
        val preview = alex.preferences().preview(HANDS)
        assertEquals(Stance.Like to until, preview.present?.stance to preview.next.stance)
        share(alex, HANDS)
        meet(alex, sam)
        assertEquals(until, theirs(sam)[HANDS]?.stance)
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            alex.preferences().set(HANDS, ItemDraft(stance = Stance.Love), old.version)
        }

        val later = SUNDAY + Duration.ofDays(36_501)
        assertEquals(emptyList(), alex.preferences().ended(SUNDAY))
        assertEquals(listOf<Item>(HANDS), alex.preferences().ended(later))
        say(alex, HANDS.copy(condition = Condition.TIRED), ItemDraft(stance = Stance.Never))
        suspend fun effective(vault: Vault, whose: Whose, vararg conditions: Condition) =
            vault.preferences().effective(whose, "holding-hands", Side.TOGETHER, conditions.toList())
        assertEquals(until, effective(alex, Whose.ME))
        assertEquals(Stance.Never, effective(alex, Whose.ME, Condition.TIRED))
        assertEquals(until, effective(sam, Whose.PARTNER, Condition.TIRED))

        alex.preferences().takeBack(HANDS)
        meet(alex, sam)
        assertEquals(emptyMap(), theirs(sam))
        assertEquals(until, alex.preferences().read(HANDS).content.stance)
    }

    @Test
    fun `preferences go along`() = story {
        val alex = openVault(folder, "alex.db", 1)
        say(alex, HANDS, ItemDraft(stance = Stance.Love, note = "Not too tight."))
        val (page, all) = folder.resolve("page.md") to folder.resolve("all.json")
        assertEquals(1uL, alex.preferences().export(page.toString(), PreferencesAs.MARKDOWN, Texts(listOf()), WARSAW, LocalZones))
        val shown = "# What I want in the time after\n\n## I love it\n\n- Holding hands (Together): Not too tight.\n"
        assertEquals(shown, page.readText())
        alex.preferences().export(all.toString(), PreferencesAs.JSON, Texts(listOf()), WARSAW, LocalZones)
        assertTrue("\"stance/holding-hands/together\"" in all.readText())
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.preferences().export(page.toString(), PreferencesAs.JSON, Texts(listOf()), WARSAW, LocalZones)
        }
        assertEquals(shown, page.readText())
    }
}
