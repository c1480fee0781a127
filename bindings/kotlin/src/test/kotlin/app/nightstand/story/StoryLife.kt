package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Cancel
import app.nightstand.Layout
import app.nightstand.Level
import app.nightstand.LogSink
import app.nightstand.NightstandException
import app.nightstand.PhraseCheck
import app.nightstand.PhraseState
import app.nightstand.PrivateLock
import app.nightstand.ProgressObserver
import app.nightstand.ProgressReport
import app.nightstand.RowsQuery
import app.nightstand.Sharing
import app.nightstand.SyncOutcome
import app.nightstand.TextOf
import app.nightstand.Vault
import app.nightstand.Whose
import app.nightstand.erase
import app.nightstand.inspectWithKey
import app.nightstand.suggestPhraseWords
import app.nightstand.textKey
import app.nightstand.unwrapKey
import app.nightstand.version
import app.nightstand.wrapKey
import java.nio.file.Path
import java.time.Duration
import kotlin.io.path.Path
import kotlin.io.path.copyTo
import kotlin.io.path.fileSize
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readBytes
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.channels.Channel

private val SOON: Duration = Duration.ofSeconds(2)
private val KEY = ByteArray(32) { 1 }
private val MARK = ByteArray(16) { 1 }
private val SECOND = ByteArray(32) { 42 }

/** As an earlier version of the app left it. */
private val EARLIER: Path = Path(System.getProperty("jna.library.path"), "earlier.vault")

/** A vault's life: locked and unlocked, opened by a passphrase, looked into, brought up to date, reported on, erased. */
class StoryLife : Phones() {
    @Test
    fun `a locked vault needs its key`() = story {
        val alex = openVault(folder, "alex.db", 1)
        alex.journal().write(entry("Kept", "…"), Sharing.PRIVATE)
        alex.lock(SOON)
        fails<NightstandException.KeyNeeded>("key_needed", Action.UNLOCK, retryable = true) { titles(alex) }
        fails<NightstandException.KeyNeeded>("key_needed", Action.UNLOCK, retryable = true) { alex.resume() }
        fails<NightstandException.WrongKey>("wrong_key", Action.UNLOCK) { alex.unlock(ByteArray(32)) }
        alex.unlock(KEY)
        assertEquals(listOf("Kept"), titles(alex))
    }

    @Test
    fun `a passphrase opens a vault too`() = story {
        val wrapped = wrapKey(KEY, "four quiet yellow boats")
        assertContentEquals(KEY, unwrapKey(wrapped, "four quiet yellow boats"))
        fails<NightstandException.WrongKey>("wrong_key", Action.UNLOCK) { unwrapKey(wrapped, "four quiet yellow cats") }
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) { wrapKey(KEY, "") }
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            unwrapKey("something else".toByteArray(), "boats")
        }
    }

    @Test
    fun `the phrase is written down and forgotten`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val phrase = alex.recoveryPhrase()
        val words = phrase.show()
        assertEquals(PhraseState.KEPT to 24, phrase.state() to words.size)
        val wrong = phrase.confirm((listOf("lanternn") + words.drop(1)).joinToString(" "))
        assertEquals(PhraseCheck.UnknownWords(listOf(1u)), wrong)
        assertEquals(PhraseCheck.WordCount(23u), phrase.confirm(words.drop(1).joinToString(" ")))
        assertEquals(PhraseState.KEPT, phrase.state())
        assertTrue(words[0] in suggestPhraseWords(words[0].take(4).uppercase()))
        val typed = words.mapIndexed { at, word -> "${at + 1}. ${word.uppercase()}" }.joinToString("\n")
        val found = phrase.confirm(typed)
        assertEquals(PhraseCheck.Fits, found)
        assertEquals("phrase-check-fits", textKey(TextOf.PhraseCheck(found)))
        assertEquals(PhraseState.WRITTEN_DOWN, phrase.state())
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { phrase.show() }
        assertEquals(PhraseCheck.Fits, phrase.check(typed))
        val sam = openVault(folder, "sam.db", 2)
        assertEquals(PhraseCheck.Another, sam.recoveryPhrase().check(typed))
    }

    @Test
    fun `a second key closes what is private`() = story {
        val (alex, sam) = couple()
        val journal = alex.journal()
        val kept = journal.write(entry("For me", "a quiet word"), Sharing.PRIVATE)
        journal.write(entry("For us", "a quiet evening", 1), Sharing.JOINT)
        assertEquals(PrivateLock.NONE, alex.privateLock())
        val told = mutableListOf<ProgressReport>()
        val progress = object : ProgressObserver {
            override fun progressed(progress: ProgressReport) {
                told += progress
            }
        }
        alex.setPrivateKey(SECOND, progress)
        assertEquals(ProgressReport(done = 0uL, total = 1uL), told.first())
        assertEquals(listOf("For us", "For me"), titles(alex))
        alex.lockPrivate()
        assertEquals(PrivateLock.LOCKED to listOf("For us"), alex.privateLock() to titles(alex))
        assertEquals(1, journal.search("quiet", RowsQuery()).hits.size)
        val refused = listOf<suspend () -> Any?>(
            { journal.read(kept) }, { alex.preferences().list(Whose.ME) }, { alex.setPrivateKey(null) },
        )
        for (call in refused) {
            fails<NightstandException.PrivateLocked>("private_locked", Action.UNLOCK, retryable = true) { call() }
        }
        assertEquals(SyncOutcome.ALL_HANDED_OVER, meet(alex, sam).outcome)
        assertEquals(listOf("For us"), titles(sam))
        fails<NightstandException.WrongKey>("wrong_key", Action.UNLOCK) { alex.unlockPrivate(KEY) }
        alex.unlockPrivate(SECOND)
        assertEquals("For me", journal.read(kept).entry.title)
        assertEquals(2, journal.search("quiet", RowsQuery()).hits.size)
        alex.setPrivateKey(null)
        assertEquals(PrivateLock.NONE to listOf("For us", "For me"), alex.privateLock() to titles(alex))
    }

    @Test
    fun `a widget reads and writes nothing`() = story {
        val alex = openVault(folder, "alex.db", 1)
        alex.journal().write(entry("Seen", "…"), Sharing.PRIVATE)
        val path = folder.resolve("alex.db").toString()
        val widget = Vault.openReadOnly(path, KEY)
        assertEquals(listOf("Seen"), titles(widget))
        fails<NightstandException.ReadOnly>("read_only", Action.SHOW_SUPPORT) {
            widget.journal().write(entry("Unwritten", "…"), Sharing.PRIVATE)
        }
        widget.shut()
        alex.shut()
        val background = Vault.openInBackground(path, KEY, MARK)
        background.journal().write(entry("Written", "…", 1), Sharing.PRIVATE)
        assertEquals(listOf("Written", "Seen"), titles(background))
        background.shut()
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) {
            Vault.openInBackground(folder.resolve("nobody.db").toString(), KEY, MARK)
        }
    }

    @Test
    fun `an earlier vault is brought up to date`() = story {
        val path = EARLIER.copyTo(folder.resolve("alex.db"))
        val found = inspectWithKey(path.toString(), KEY)
        assertEquals(Layout.NEEDS_MIGRATION, found.layout)
        assertTrue(found.neededBytes > path.fileSize().toULong())
        val refused = listOf<suspend () -> Vault>(
            { Vault.openInBackground(path.toString(), KEY, MARK) }, { Vault.openReadOnly(path.toString(), KEY) },
        )
        for (call in refused) {
            fails<NightstandException.MigrationNeeded>("migration_needed", Action.WAIT, retryable = true) { call() }
        }
        val told = mutableListOf<ProgressReport>()
        val progress = object : ProgressObserver {
            override fun progressed(progress: ProgressReport) {
                told += progress
            }
        }
        val cancel = Cancel().apply { cancel() }
        fails<NightstandException.Cancelled>("cancelled", Action.WAIT, retryable = true) {
            Vault.open(path.toString(), KEY, MARK, progress = progress, cancel = cancel)
        }
        assertContentEquals(EARLIER.readBytes(), path.readBytes())
        val alex = Vault.open(path.toString(), KEY, MARK, progress = progress)
        assertEquals(0uL, told[0].done)
        assertTrue(told[0].total > 5uL && alex.journal().count(RowsQuery()) > 5uL)
        assertEquals(Layout.CURRENT, inspectWithKey(path.toString(), KEY).layout)
    }

    @Test
    fun `the log and the report hold no content`() = story {
        val heard = Channel<Pair<Level, String>>(Channel.UNLIMITED)
        val log = object : LogSink {
            override fun log(level: Level, line: String) {
                heard.trySend(level to line)
                error("a log that can't be written")
            }
        }
        val alex = Vault.open(folder.resolve("canary.db").toString(), KEY, MARK, log = log)
        alex.journal().write(entry("A canary", "sings"), Sharing.PRIVATE)
        alex.pause(SOON)
        alex.resume()
        assertEquals(Level.INFO to "opened schema=${version().schema}", heard.receive())
        assertEquals("paused writing=finished reading=finished", heard.receive().second)
        assertEquals("resumed", heard.receive().second)
        val report = alex.supportReport()
        val values = report.lines.associate { it.name to it.value }
        assertEquals(listOf("1", "0"), listOf(values["documents_private"], values["file_pages_damaged"]))
        assertTrue(report.log.last().endsWith("resumed"))
        assertTrue("documents_private: 1\n" in report.text)
        assertFalse("canary" in report.text)
        alex.shut()
    }

    @Test
    fun `everything is erased`() = story {
        val alex = openVault(folder, "alex.db", 1)
        alex.journal().write(entry("Gone", "…"), Sharing.PRIVATE)
        val path = folder.resolve("alex.db").toString()
        fails<NightstandException.Locked>("locked", Action.WAIT, retryable = true) { erase(path) }
        alex.eraseEverything()
        fails<NightstandException.Closed>("closed", Action.UNLOCK) { titles(alex) }
        assertEquals(listOf("alex.db.lock"), folder.listDirectoryEntries().map { it.name })
        val again = openVault(folder, "alex.db", 1)
        assertEquals(emptyList(), titles(again))
        again.shut()
        erase(path)
        assertEquals(listOf("alex.db.lock"), folder.listDirectoryEntries().map { it.name })
    }
}
