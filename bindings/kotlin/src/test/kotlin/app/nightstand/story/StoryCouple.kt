package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Author
import app.nightstand.NightstandException
import app.nightstand.PairingState
import app.nightstand.RowsQuery
import app.nightstand.Sharing
import app.nightstand.SyncOutcome
import app.nightstand.Visibility
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Alex and Sam on two phones: pairing, sharing, merging. */
class StoryCouple : Phones() {
    @Test
    fun `from two diaries to one`() = story {
        val (alex, sam) = phones()
        alex.journal().write(entry("Only mine", "for me alone", 1), Sharing.PRIVATE)
        fails<NightstandException.NotPaired>("not_paired", Action.PAIR) {
            alex.journal().write(entry("Too early", "nobody to share with"), Sharing.JOINT)
        }

        val paired = pair(alex, sam)
        val onAlex = assertIs<PairingState.Compare>(paired.onAlex)
        val onSam = assertIs<PairingState.Compare>(paired.onSam)
        assertEquals(onAlex.code, onSam.code)
        assertEquals(Triple("Sam", "Alex", 4), Triple(onAlex.name, onSam.name, onAlex.code.words.size))
        assertEquals(PairingState.Paired, paired.inviting.state())
        assertEquals(PairingState.Paired, paired.joining.state())
        val partner = assertNotNull(alex.pairing().partner())
        assertEquals("Sam" to true, partner.name to partner.confirmedByBoth)
        fails<NightstandException.AlreadyPaired>("already_paired", Action.SHOW_SUPPORT) {
            alex.pairing().invite("Alex")
        }

        val joint = alex.journal().write(entry("Evening", "We lay there.", 2), Sharing.JOINT)
        val letter = sam.journal().write(entry("A letter", "dear Alex", 3), Sharing.SHARED)
        assertEquals(SyncOutcome.ALL_HANDED_OVER, meet(alex, sam).outcome)
        assertEquals(listOf("A letter", "Evening", "Only mine"), titles(alex))
        assertEquals(listOf("A letter", "Evening"), titles(sam))
        assertEquals(listOf("A letter"), titles(alex, RowsQuery(author = Author.PARTNER)))

        edit(alex, joint, entry("Evening", "We lay there. It was quiet.", 2))
        edit(sam, joint, entry("A slow evening", "The lamp was on. We lay there.", 2))
        meet(sam, alex)
        for (vault in listOf(alex, sam)) {
            val merged = vault.journal().read(joint).entry
            assertEquals("A slow evening", merged.title)
            assertEquals("The lamp was on. We lay there. It was quiet.", merged.body.text)
        }
        assertEquals(alex.journal().sharedDigest(), sam.journal().sharedDigest())

        edit(sam, letter, entry("A letter", "dear Alex, I have second thoughts", 3))
        meet(alex, sam)
        val theirs = alex.journal().rows(RowsQuery(author = Author.PARTNER)).rows[0]
        assertEquals("dear Alex", theirs.preview)
        fails<NightstandException.NotYours>("not_yours", Action.CHOOSE_AGAIN) {
            edit(alex, theirs.id, entry("", "not mine to write"))
        }
        val preview = sam.journal().preview(letter)
        assertEquals("dear Alex", preview.present?.body?.text)
        assertTrue(preview.next.body.text.endsWith("thoughts"))
        sam.journal().share(letter)
        meet(alex, sam)
        assertTrue("second thoughts" in alex.journal().read(theirs.id).entry.body.text)
        sam.journal().takeBack(letter)
        meet(alex, sam)
        assertEquals(emptyList(), titles(alex, RowsQuery(author = Author.PARTNER)))
        assertEquals(Visibility.ONLY_ME, sam.journal().read(letter).visibility)
    }

    @Test
    fun `what is saved from an old screen keeps what came since`() = story {
        val (alex, sam) = couple()
        val joint = alex.journal().write(entry("Evening", "We lay there."), Sharing.JOINT)
        val other = alex.journal().write(entry("Mine", "for me alone"), Sharing.PRIVATE)
        meet(alex, sam)
        val screen = alex.journal().read(joint)
        edit(sam, joint, entry("Evening", "We lay there.\nSam: the lamp was on."))
        meet(alex, sam)
        val typed = screen.entry.copy(body = screen.entry.body.copy(text = "We just lay there."))
        alex.journal().edit(joint, typed, screen.version)
        meet(alex, sam)
        val text = "We just lay there.\nSam: the lamp was on."
        for (vault in listOf(alex, sam)) assertEquals(text, vault.journal().read(joint).entry.body.text)
        for (version in listOf(alex.journal().read(other).version, ByteArray(0), "nonsense".toByteArray())) {
            fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
                alex.journal().edit(joint, typed, version)
            }
        }
        assertEquals(text, alex.journal().read(joint).entry.body.text)
        // What a save answers is what one types on from.
        var view = alex.journal().read(joint)
        for (word in listOf(" And", " so", " on.")) {
            val body = view.entry.body.copy(text = view.entry.body.text + word)
            view = alex.journal().edit(joint, view.entry.copy(body = body), view.version)
        }
        val read = alex.journal().read(joint)
        assertEquals(read.entry, view.entry)
        assertTrue(read.version.contentEquals(view.version))
        assertEquals("$text And so on.", view.entry.body.text)
    }

    @Test
    fun `nothing new costs one round trip`() = story {
        val (alex, sam) = couple()
        for (day in 0L until 10L) alex.journal().write(entry("Day $day", "…", day), Sharing.SHARED)
        meet(alex, sam)
        val idle = meet(alex, sam)
        assertEquals(Triple(1uL, 0uL, 0uL), Triple(idle.roundTrips, idle.entriesReceived, idle.entriesSent))
        assertTrue(idle.bytesSent + idle.bytesReceived <= 400uL)
    }

    @Test
    fun `staying connected while both write`() = story {
        val (alex, sam) = couple()
        val (begun, answering) = alex.sync().beginLive() to sam.sync().answerLive()
        suspend fun passFrames(): Boolean {
            while (carry(begun, answering) + carry(answering, begun) > 0) continue
            return begun.isLevel() && answering.isLevel()
        }

        assertTrue(passFrames())
        alex.journal().write(entry("For both", "Tea?"), Sharing.JOINT)
        alex.journal().write(entry("For me", "Tired.", 1), Sharing.PRIVATE)
        assertTrue(passFrames())
        sam.journal().write(entry("From Sam", "Yes, please.", 2), Sharing.SHARED)
        assertTrue(passFrames())
        assertEquals(listOf("From Sam", "For both"), titles(sam))
        assertEquals(listOf("From Sam", "For me", "For both"), titles(alex))
        answering.leave()
        assertFalse(passFrames())
        assertTrue(begun.isOver() && answering.isOver())
        assertEquals(1uL to 1uL, begun.report().entriesSent to begun.report().entriesReceived)
    }

    @Test
    fun `a conversation cut off goes on later`() = story {
        val (alex, sam) = couple()
        alex.journal().write(entry("Evening", "We lay there."), Sharing.JOINT)
        alex.sync().begin().use { begun ->
            sam.sync().answer().use { answering -> answering.handleFrame(assertNotNull(begun.pollFrame())) }
        }
        val (again, answering) = alex.sync().beginAgain() to sam.sync().answer()
        while (carry(again, answering) + carry(answering, again) > 0) continue
        assertEquals(SyncOutcome.ALL_HANDED_OVER, again.report().outcome)
        assertEquals(listOf("Evening"), titles(sam))
        val broken = sam.sync().answer()
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) {
            broken.handleFrame("not a frame".toByteArray())
        }
    }

    @Test
    fun `saying no`() = story {
        val (alex, sam) = phones()
        val inviting = alex.pairing().invite("Alex")
        val code = inviting.qr()
        assertEquals((code.width * code.width).toInt(), code.dark.size)
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            sam.pairing().join("Sam", "https://example.org/")
        }
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            inviting.link(listOf("the kitchen table"))
        }
        val addresses = listOf("192.168.1.7:4433", "[fd00::7]:4433")
        assertTrue(inviting.qr(addresses).width > code.width)
        val link = inviting.link(addresses)
        val joining = sam.pairing().join("Sam", link)
        assertEquals(link, joining.link(listOf("10.0.0.1:1")))
        assertEquals(addresses to emptyList(), joining.inviterAddresses() to inviting.inviterAddresses())
        while (carry(joining, inviting) + carry(inviting, joining) > 0) continue
        inviting.refuse()
        carry(inviting, joining)
        assertEquals(PairingState.Refused, inviting.state())
        assertEquals(PairingState.Refused, joining.state())
        assertTrue(inviting.isOver() && joining.isOver())
        assertNull(alex.pairing().partner())
    }

    @Test
    fun `an old copy put back loses nothing that the partner has`() = story {
        var (alex, sam) = couple()
        alex.journal().write(entry("Evening", "We lay there."), Sharing.SHARED)
        meet(alex, sam)
        alex.shut()
        val copy = folder.resolve("alex.db").readBytes()
        alex = openVault(folder, "alex.db", 1)
        alex.journal().write(entry("Night", "It rained.", 1), Sharing.SHARED)
        meet(alex, sam)
        alex.shut()

        folder.resolve("alex.db").writeBytes(copy)
        alex = openVault(folder, "alex.db", 1)
        alex.journal().write(entry("Morning", "Nobody knew yet.", 2), Sharing.SHARED)
        val report = meet(alex, sam)
        assertEquals(1uL to 1uL, report.forks to report.repaired)
        for (vault in listOf(alex, sam)) assertEquals(listOf("Morning", "Night", "Evening"), titles(vault))
        assertEquals(alex.journal().sharedDigest(), sam.journal().sharedDigest())
    }
}
