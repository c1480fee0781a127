package app.nightstand.story

import app.nightstand.Action
import app.nightstand.NightstandException
import app.nightstand.PairingState
import app.nightstand.PartingChoice
import app.nightstand.PrivatePassing
import app.nightstand.RowsQuery
import app.nightstand.Sharing
import app.nightstand.Stays
import app.nightstand.Vault
import java.time.Duration
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Alex's phone and tablet: linked, lost, removed; and Alex parts from Sam. */
class StoryDevices : Phones() {
    private val clock = Hands()

    /** Alex's phone and Sam's, paired, and Alex's 24 words. */
    private suspend fun home(): Triple<Vault, Vault, String> {
        val (phone, sam) = openVault(folder, "alex.db", 1, clock) to openVault(folder, "sam.db", 2, clock)
        pair(phone, sam)
        return Triple(phone, sam, phone.recoveryPhrase().show().joinToString(" "))
    }

    private suspend fun tablet(phone: Vault, words: String): Pair<Vault, Paired> {
        val tablet = openVault(folder, "tablet.db", 3, clock)
        val inviting = phone.devices().invite(words, "Phone")
        val agreed = agree(inviting, tablet.devices().join("Tablet", inviting.link()))
        assertTrue(meetOwn(tablet, phone).devicesChanged)
        return tablet to agreed
    }

    private suspend fun only(phone: Vault) = phone.devices().list().others.single()

    @Test
    fun `a tablet is linked by the recovery phrase and has what is shared`() = story {
        val (phone, sam, words) = home()
        phone.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        phone.journal().write(entry("For both to read", "on the sofa", 1), Sharing.SHARED)
        val others = sam.recoveryPhrase().show().joinToString(" ")
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            phone.devices().invite(others, "Phone")
        }
        val link = phone.devices().invite(words, "Phone").link()
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) { sam.devices().join("Tablet", link) }

        val (tablet, agreed) = tablet(phone, words)
        val onPhone = assertIs<PairingState.Compare>(agreed.onAlex)
        val onTablet = assertIs<PairingState.Compare>(agreed.onSam)
        assertEquals(onPhone.code, onTablet.code)
        assertEquals("Tablet" to "Phone", onPhone.name to onTablet.name)
        assertEquals(listOf("For both to read"), titles(tablet))
        assertEquals("Sam", tablet.pairing().partner()?.name)
        val view = phone.devices().list()
        assertEquals(listOf("Tablet" to true), view.others.map { it.name to it.isNew })
        assertFalse(view.thisIsRemoved || view.needsSettling)
        phone.devices().seen()
        assertFalse(only(phone).isNew)

        val begun = phone.sync().beginLiveWithOwn(only(phone).device)
        val answering = tablet.sync().answerLive()
        while (carry(begun, answering) + carry(answering, begun) > 0) continue
        assertTrue(begun.isLevel() && answering.isLevel())
        tablet.journal().write(entry("From the tablet", "in bed", 2), Sharing.SHARED)
        begun.leave()
        while (carry(answering, begun) + carry(begun, answering) > 0) continue
        assertTrue(begun.isOver() && answering.isOver())
        assertEquals(listOf("From the tablet", "For both to read", "Mine alone"), titles(phone))
    }

    @Test
    fun `what is private comes after three days`() = story {
        val (phone, _, words) = home()
        phone.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        val (tablet, _) = tablet(phone, words)
        val there = only(phone)
        val waits = assertIs<PrivatePassing.Waits>(there.privatePassing)
        assertEquals(there.since + Duration.ofDays(3), waits.until)
        assertEquals(emptyList(), titles(tablet))
        clock.at += Duration.ofDays(3)
        assertEquals(PrivatePassing.Passes, only(phone).privatePassing)
        meetOwn(tablet, phone)
        assertEquals(listOf("Mine alone"), titles(tablet))
    }

    @Test
    fun `private is refused or let pass at once`() = story {
        val (phone, _, words) = home()
        phone.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        val (tablet, _) = tablet(phone, words)
        val device = only(phone).device
        phone.devices().refusePrivate(device)
        clock.at += Duration.ofDays(4)
        meetOwn(tablet, phone)
        assertEquals(PrivatePassing.Refused, only(phone).privatePassing)
        assertEquals(emptyList(), titles(tablet))
        // Sooner, it takes the second key.
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) { phone.devices().letPrivatePass(device) }
        phone.setPrivateKey(ByteArray(32), null)
        phone.devices().letPrivatePass(device)
        meetOwn(tablet, phone)
        assertEquals(listOf("Mine alone"), titles(tablet))
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) {
            phone.devices().refusePrivate("nobody's")
        }
    }

    @Test
    fun `a lost tablet is removed and refused`() = story {
        val (phone, sam, words) = home()
        val (tablet, _) = tablet(phone, words)
        tablet.journal().write(entry("On the sofa", "with tea"), Sharing.SHARED)
        meet(tablet, sam)
        meetOwn(tablet, phone)
        assertEquals(1uL, phone.devices().remove(words, only(phone).device))
        assertEquals(emptyList(), phone.devices().list().others)
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) { meetOwn(tablet, phone) }
        meet(phone, sam)
        val (begun, answering) = tablet.sync().beginAgain() to sam.sync().answer()
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) { carry(begun, answering) }
        // What Sam's phone says last tells the tablet why.
        fails<NightstandException.Refused>("refused", Action.SHOW_SUPPORT) { carry(answering, begun) }
        assertTrue(tablet.devices().list().thisIsRemoved)
        // What is on it stays.
        for (vault in listOf(phone, sam, tablet)) assertEquals(listOf("On the sofa"), titles(vault))
    }

    @Test
    fun `what the removed tablet wrote last is set aside kept or let go`() = story {
        val (phone, sam, words) = home()
        phone.journal().write(entry("Under the trees", "with tea", 2), Sharing.SHARED)
        meet(phone, sam)
        val (tablet, _) = tablet(phone, words)
        tablet.journal().write(entry("Was that me?", "on the sofa"), Sharing.SHARED)
        tablet.journal().write(entry("Or somebody else", "on the sofa", 1), Sharing.SHARED)
        val newest = tablet.journal().rows(RowsQuery()).rows.first()
        assertEquals("Under the trees", newest.title)
        tablet.journal().delete(newest.id)
        meet(tablet, sam)
        phone.devices().remove(words, only(phone).device)
        meet(phone, sam)
        assertEquals(emptyList(), titles(sam))
        // Its own text stands in Private still.
        assertEquals(listOf("Under the trees"), titles(phone))
        assertEquals(emptyList(), sam.devices().setAside())
        val (letGo, deleted, kept) = phone.devices().setAside().sortedBy { it.title }
        assertEquals(Triple("Was that me?", "on the sofa", "Or somebody else"), Triple(kept.title, kept.text, letGo.title))
        assertEquals("Under the trees" to "with tea", deleted.title to deleted.text)
        assertEquals(Triple(false, true, false), Triple(letGo.deleted, deleted.deleted, kept.deleted))
        phone.devices().keepSetAside(kept.id)
        phone.devices().keepSetAside(deleted.id)
        phone.devices().letGoSetAside(letGo.id)
        assertEquals(emptyList(), phone.devices().setAside())
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { phone.devices().keepSetAside(kept.id) }
        meet(phone, sam)
        for (vault in listOf(phone, sam)) assertEquals(listOf("Under the trees", "Was that me?"), titles(vault))
    }

    @Test
    fun `a phone that was put back asks before it takes its own words in again`() = story {
        var (phone, sam, words) = home()
        tablet(phone, words)
        phone.shut()
        val copy = folder.resolve("alex.db").readBytes()
        phone = openVault(folder, "alex.db", 1, clock)
        phone.journal().write(entry("After the copy", "with tea"), Sharing.SHARED)
        meet(phone, sam)
        phone.shut()

        folder.resolve("alex.db").writeBytes(copy)
        phone = openVault(folder, "alex.db", 1, clock)
        phone.devices().remove(words, only(phone).device)
        assertEquals(emptyList(), phone.devices().list().unconfirmed)
        // The tablet could have made up what Sam's phone has.
        assertTrue(meet(phone, sam).devicesChanged)
        assertEquals(emptyList(), titles(phone))
        val asked = phone.devices().list().unconfirmed.single()
        assertEquals(Triple(true, "", false), Triple(asked.isThis, asked.name, asked.staysOut))
        phone.devices().confirm(asked.device, theirs = false)
        meet(phone, sam)
        assertEquals(emptyList(), titles(phone))
        assertTrue(phone.devices().list().unconfirmed.single().staysOut)
        phone.devices().confirm(asked.device, theirs = true)
        assertEquals(emptyList(), phone.devices().list().unconfirmed)
        meet(phone, sam)
        assertEquals(listOf("After the copy"), titles(phone))
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { phone.devices().confirm("nobody's", theirs = true) }
    }

    @Test
    fun `alex parts`() = story {
        val (alex, sam) = couple()
        alex.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        alex.journal().write(entry("Ours", "for both", 1), Sharing.JOINT)
        sam.journal().write(entry("From Sam", "dear Alex", 2), Sharing.SHARED)
        meet(alex, sam)
        alex.pairing().part(PartingChoice(mine = Stays.KEPT, together = Stays.KEPT))
        assertEquals(listOf("Ours", "Mine alone"), titles(alex))
        assertNull(alex.pairing().partner())
        val again = PartingChoice(mine = Stays.KEPT, together = Stays.LET_GO)
        for (call in listOf<suspend () -> Any?>({ alex.sync().begin() }, { alex.pairing().part(again) })) {
            fails<NightstandException.NotPaired>("not_paired", Action.PAIR) { call() }
        }
        // Sam's phone was told nothing, and has all that it had.
        assertEquals("Alex", sam.pairing().partner()?.name)
        assertEquals(listOf("From Sam", "Ours"), titles(sam))
        sam.pairing().part(again)
        assertEquals(listOf("From Sam"), titles(sam))
        // Linked again, the two begin with nothing.
        pair(alex, sam)
        meet(alex, sam)
        assertEquals(listOf("Ours", "Mine alone"), titles(alex))
        assertEquals(listOf("From Sam"), titles(sam))
    }
}
