package app.nightstand.story

import app.nightstand.Action
import app.nightstand.BackupExtent
import app.nightstand.BackupKey
import app.nightstand.Cancel
import app.nightstand.NightstandException
import app.nightstand.PairingState
import app.nightstand.Sharing
import app.nightstand.Vault
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** Alex's phone is backed up in one file, and lost. */
class StoryBackup : Phones() {
    /** Alex's phone and Sam's, with something in them, and Alex's 24 words. */
    private suspend fun home(): Triple<Vault, Vault, String> {
        val (alex, sam) = couple()
        alex.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        alex.journal().write(entry("For both to read", "on the sofa", 1), Sharing.SHARED)
        meet(alex, sam)
        return Triple(alex, sam, alex.recoveryPhrase().show().joinToString(" "))
    }

    private fun path(name: String) = folder.resolve(name).toString()

    @Test
    fun `a backup brings everything back and the phrase lists the phone`() = story {
        val (alex, sam, words) = home()
        val byPhrase = BackupKey.Phrase(words)
        val made = alex.backup().write(path("backup.age"), byPhrase, BackupExtent.EVERYTHING)
        assertTrue(made.withPrivate && made.isWhole)
        assertTrue(alex.backup().identity(words).startsWith("AGE-SECRET-KEY-1"))

        val new = openVault(folder, "new.db", 3)
        val came = new.backup().restore(path("backup.age"), byPhrase)
        assertEquals(made.entries to true, came.entries to came.withPrivate)
        assertEquals(listOf("For both to read", "Mine alone"), titles(new))
        assertEquals("Sam", new.pairing().partner()?.name)
        val view = new.devices().list()
        assertTrue(view.thisIsUnlisted && !view.thisIsRemoved)
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) { new.devices().invite(words, "New phone") }

        new.devices().listThis(words, "New phone")
        assertFalse(new.devices().list().thisIsUnlisted)
        new.journal().write(entry("Back again", "at last", 2), Sharing.SHARED)
        meet(new, sam)
        assertEquals(listOf("Back again", "For both to read"), titles(sam))
        val lost = new.devices().list().others.single()
        assertEquals(1uL, new.devices().remove(words, lost.device))
    }

    @Test
    fun `a backup opens with its key alone and comes whole or not at all`() = story {
        val (alex, sam, words) = home()
        val passphrase = BackupKey.Passphrase("four quiet yellow boats")
        alex.setPrivateKey(ByteArray(32), null)
        alex.lockPrivate()
        fails<NightstandException.PrivateLocked>("private_locked", Action.UNLOCK, retryable = true) {
            alex.backup().write(path("backup.age"), passphrase, BackupExtent.EVERYTHING)
        }
        val made = alex.backup().write(path("backup.age"), passphrase, BackupExtent.WITHOUT_PRIVATE)
        assertFalse(made.withPrivate)
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.backup().write(path("backup.age"), passphrase, BackupExtent.WITHOUT_PRIVATE)
        }

        val new = openVault(folder, "new.db", 3)
        fails<NightstandException.WrongKey>("wrong_key", Action.UNLOCK) {
            new.backup().restore(path("backup.age"), BackupKey.Phrase(words))
        }
        val whole = folder.resolve("backup.age").readBytes()
        folder.resolve("cut.age").writeBytes(whole.copyOf(whole.size - 20))
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            new.backup().restore(path("cut.age"), passphrase)
        }
        val cancel = Cancel().also { it.cancel() }
        fails<NightstandException.Cancelled>("cancelled", Action.WAIT, retryable = true) {
            new.backup().restore(path("backup.age"), passphrase, cancel = cancel)
        }
        assertEquals(emptyList(), titles(new))
        new.backup().restore(path("backup.age"), passphrase)
        assertEquals(listOf("For both to read"), titles(new))
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) {
            sam.backup().restore(path("backup.age"), passphrase)
        }
    }

    @Test
    fun `without a backup the phrase and sams phone bring back what is shared`() = story {
        val (alex, sam, words) = home()
        val new = openVault(folder, "new.db", 3)
        fails<NightstandException.NotPaired>("not_paired", Action.PAIR) { new.pairing().inviteBack("Alex") }
        val link = sam.pairing().inviteBack("Sam").link()
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            new.pairing().joinBack("no words", "New phone", link)
        }
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) {
            alex.pairing().joinBack(words, "New phone", link)
        }

        val others = new.recoveryPhrase().show().joinToString(" ")
        val first = sam.pairing().inviteBack("Sam")
        val stranger = new.pairing().joinBack(others, "New phone", first.link())
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) {
            while (carry(stranger, first) + carry(first, stranger) > 0) continue
        }
        assertEquals(PairingState.Failed, first.state())
        assertEquals(PairingState.Failed, stranger.state())

        val inviting = sam.pairing().inviteBack("Sam")
        val joining = new.pairing().joinBack(words, "New phone", inviting.link())
        val agreed = agree(inviting, joining)
        val onSam = assertIs<PairingState.Compare>(agreed.onAlex)
        val onNew = assertIs<PairingState.Compare>(agreed.onSam)
        assertEquals(onSam.code, onNew.code)
        assertEquals("Alex" to "Sam", onSam.name to onNew.name)
        assertEquals(PairingState.Paired, joining.state())
        converse(new.sync().beginAgain(), sam)
        assertEquals(listOf("For both to read"), titles(new))
        val view = new.devices().list()
        assertFalse(view.thisIsUnlisted)
        val lost = view.others.single()
        assertTrue(lost.isNew)
        assertEquals(1uL, new.devices().remove(words, lost.device))
    }
}
