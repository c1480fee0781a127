package app.nightstand.story

import app.nightstand.Action
import app.nightstand.ArchivePlace
import app.nightstand.BundleExtent
import app.nightstand.BundleFor
import app.nightstand.BundleOutcome
import app.nightstand.Cancel
import app.nightstand.DavCredentials
import app.nightstand.Http
import app.nightstand.HttpAnswer
import app.nightstand.HttpException
import app.nightstand.HttpRequest
import app.nightstand.InputFault
import app.nightstand.MailboxPlace
import app.nightstand.MailboxServer
import app.nightstand.MailboxTrouble
import app.nightstand.NightstandException
import app.nightstand.ProgressObserver
import app.nightstand.ProgressReport
import app.nightstand.RoadOptions
import app.nightstand.Sharing
import app.nightstand.Storage
import app.nightstand.StorageException
import app.nightstand.SyncOutcome
import app.nightstand.TextOf
import app.nightstand.Texts
import app.nightstand.Tls
import app.nightstand.Ways
import app.nightstand.WebDavFolder
import app.nightstand.textKey
import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import kotlin.experimental.xor
import kotlin.io.path.copyTo
import kotlin.io.path.createDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.writeText
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.async

private val HERE = RoadOptions(listen = "127.0.0.1:0")
private val MINUTE: Duration = Duration.ofMinutes(1)
private val MOMENT: Duration = Duration.ofMillis(20)

/** A storage of the app's own. It may be full, forget what it is for, or keep its caller waiting. */
private class Shelf : Storage {
    private val files = ConcurrentHashMap<String, ByteArray>()

    @Volatile var isFull = false

    @Volatile var isBroken = false

    @Volatile var open = CountDownLatch(0)

    override fun put(name: String, bytes: ByteArray) {
        if (isFull) throw StorageException.Full()
        files[name] = bytes
    }

    override fun get(name: String, most: ULong): ByteArray {
        val bytes = files[name] ?: throw StorageException.Missing()
        return if (bytes.size.toULong() > most) throw StorageException.TooLarge() else bytes
    }

    override fun list(): List<String> {
        open.await()
        return if (isBroken) throw IOException("no such place") else files.keys.toList()
    }

    override fun delete(name: String) {
        files.remove(name)
    }
}

/** The core's requests, sent with Java's own HTTP, which follows no redirect. On Android that is OkHttp. */
private class OwnHttp : Http {
    private val client = HttpClient.newHttpClient()

    override fun send(request: HttpRequest): HttpAnswer {
        val sent = java.net.http.HttpRequest.newBuilder(URI(request.url))
        sent.method(request.method, BodyPublishers.ofByteArray(request.body))
        for (header in request.headers) sent.header(header.name, header.value)
        val answer = client.send(sent.build(), BodyHandlers.ofInputStream())
        val most = request.most.toInt()
        val body = answer.body().use { it.readNBytes(most + 1) }
        return if (body.size > most) throw HttpException.TooLarge() else HttpAnswer(answer.statusCode().toUShort(), body)
    }
}

private fun webDav(url: String, password: String): MailboxServer {
    val folder = WebDavFolder(url, DavCredentials.Basic("alex", password), Tls.DEMANDED)
    return MailboxServer(MailboxPlace.WebDav(folder), OwnHttp())
}

/** Alex and Sam without a conversation: a sealed file that changes hands, and a place where their phones leave each other some. */
class StoryMailbox : Phones() {
    @Test
    fun `a bundle may come twice and says what is missing`() = story {
        val (alex, early) = couple()
        early.shut()
        folder.resolve("sam.db").copyTo(folder.resolve("old.db"))
        val sam = openVault(folder, "sam.db", 2)
        alex.journal().write(entry("First", "The kitchen light."), Sharing.SHARED)
        meet(alex, sam)
        alex.journal().write(entry("Second", "The long way home.", 1), Sharing.SHARED)
        alex.journal().write(entry("Mine", "For me.", 2), Sharing.PRIVATE)
        val bundle = alex.sync().makeBundle(BundleFor.PARTNER, BundleExtent.SINCE_LAST_SYNC, MINUTE)
        assertFalse(bundle.isCut)
        for (first in listOf(true, false)) {
            val report = sam.sync().takeBundle(bundle.bytes, MINUTE)
            assertEquals(BundleOutcome.ALL_HERE to first, report.outcome to (report.entriesReceived > 0u))
        }
        assertEquals(listOf("Second", "First"), titles(sam))

        // Sam's phone as it was before the two met: it lacks what this one builds on.
        val old = openVault(folder, "old.db", 2)
        val lacking = old.sync().takeBundle(bundle.bytes, MINUTE)
        assertEquals(BundleOutcome.EARLIER_MISSING to 0uL, lacking.outcome to lacking.entriesReceived)
        val said = Texts(listOf("en")).say(textKey(TextOf.Bundle(lacking.outcome)))
        assertTrue(said.text.startsWith("Something from before it is missing here."))
        val path = folder.resolve("for-sam").toString()
        assertFalse(alex.sync().writeBundle(BundleFor.PARTNER, BundleExtent.EVERYTHING, path, MINUTE))
        val whole = old.sync().readBundle(path, MINUTE)
        assertEquals(BundleOutcome.ALL_HERE to false, whole.outcome to whole.isCut)
        assertEquals(listOf("Second", "First"), titles(old))

        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.sync().writeBundle(BundleFor.PARTNER, BundleExtent.EVERYTHING, path, MINUTE)
        }
        val changed = bundle.bytes.copyOf().also { it[it.lastIndex] = it.last() xor 1 }
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) { sam.sync().takeBundle(changed, MINUTE) }
        assertEquals(BundleOutcome.NOT_FOR_THIS_PHONE, alex.sync().takeBundle(bundle.bytes, MINUTE).outcome)
        fails<NightstandException.NotPaired>("not_paired", Action.PAIR) {
            alex.sync().makeBundle(BundleFor.OWN_DEVICES, BundleExtent.EVERYTHING, MINUTE)
        }
        val cancel = Cancel().also { it.cancel() }
        fails<NightstandException.Cancelled>("cancelled", Action.WAIT, true) {
            sam.sync().takeBundle(bundle.bytes, MINUTE, cancel)
        }
    }

    @Test
    fun `two phones never online together sync through a folder`() = story {
        val (alex, sam) = couple()
        val place = folder.resolve("place")
        val nowhere = alex.sync().useMailboxFolder(place.toString(), MINUTE)
        assertEquals(SyncOutcome.NOT_YET to MailboxTrouble.UNREACHABLE, nowhere.outcome to nowhere.trouble)
        place.createDirectory().resolve("Holiday.jpg").writeText("somebody else's")
        alex.journal().write(entry("From Alex", "The kitchen light."), Sharing.SHARED)
        alex.journal().write(entry("Mine", "For me.", 1), Sharing.PRIVATE)
        sam.journal().write(entry("From Sam", "The long way home.", 2), Sharing.JOINT)
        repeat(2) {
            for (vault in listOf(alex, sam)) vault.sync().useMailboxFolder(place.toString(), MINUTE)
        }
        assertEquals(listOf("From Sam", "Mine", "From Alex"), titles(alex))
        assertEquals(listOf("From Sam", "From Alex"), titles(sam))
        for (vault in listOf(alex, sam)) {
            val report = vault.sync().useMailboxFolder(place.toString(), MINUTE)
            assertEquals(SyncOutcome.ALL_HANDED_OVER to null, report.outcome to report.trouble)
            assertEquals(Triple(false, 0uL, 0uL), Triple(report.missing, report.damaged, report.tooNew))
        }
        val names = place.listDirectoryEntries().map { it.name }
        assertTrue("Holiday.jpg" in names && names.size <= 3, "$names")
    }

    @Test
    fun `one call syncs over whatever is up`() = story {
        val (alex, sam) = couple()
        meet(alex, sam)
        val place = folder.resolve("place").createDirectory()
        assertEquals(SyncOutcome.ALL_HANDED_OVER, alex.sync().status())
        alex.journal().write(entry("From Alex", "The kitchen light."), Sharing.SHARED)
        assertEquals(SyncOutcome.NOT_YET, alex.sync().status())
        val reports = listOf(alex, sam, alex).map { it.sync().once(Ways(folder = place.toString()), MINUTE) }
        val all = SyncOutcome.ALL_HANDED_OVER
        assertEquals(listOf(SyncOutcome.NOT_YET, all, all), reports.map { it.outcome })
        assertTrue(reports[0].entriesSent > 0uL && reports[1].entriesReceived > 0uL)
        assertEquals(listOf("From Alex"), titles(sam))

        // Nobody answers over QUIC: that is no error. Then Sam's phone does.
        sam.journal().write(entry("From Sam", "The long way home.", 1), Sharing.SHARED)
        val (onAlex, onSam) = alex.sync().road(HERE) to sam.sync().road(HERE)
        val alone = alex.sync().once(Ways(road = onAlex), MOMENT)
        assertEquals(Triple(SyncOutcome.NOT_YET, false, null), Triple(alone.outcome, alone.met, alone.attention))
        val answering = sam.sync().answer()
        val called = async { answering.accept(onSam, MINUTE) }
        val ways = Ways(road = onAlex, addresses = onSam.addresses(), storage = Shelf())
        val report = alex.sync().once(ways, MINUTE)
        called.await()
        assertEquals(all to true, report.outcome to report.met)
        assertEquals(listOf("From Sam", "From Alex"), titles(alex))
        for (vault in listOf(alex, sam)) assertEquals(all, vault.sync().status())
        fails<NightstandException.NotPaired>("not_paired", Action.PAIR) {
            openVault(folder, "new.db", 3).sync().once(Ways(), MINUTE)
        }
    }

    @Test
    fun `a storage of the app's own may fail and be full`() = story {
        val (alex, sam) = couple()
        val shelf = Shelf()
        alex.journal().write(entry("Evening", "We lay there."), Sharing.SHARED)
        shelf.isFull = true
        val full = alex.sync().useMailbox(shelf, MINUTE)
        assertEquals(SyncOutcome.NOT_YET to MailboxTrouble.FULL, full.outcome to full.trouble)
        val said = Texts(listOf("en")).say(textKey(TextOf.Mailbox(MailboxTrouble.FULL)))
        assertTrue(said.text.startsWith("There is no room left in that place."))
        shelf.isFull = false
        shelf.isBroken = true
        assertEquals(MailboxTrouble.UNREACHABLE, alex.sync().useMailbox(shelf, MINUTE).trouble)
        shelf.isBroken = false

        // It does not answer: the call ends when its time is over, or when somebody ends it.
        val silent = CountDownLatch(1)
        shelf.open = silent
        assertEquals(SyncOutcome.NOT_YET, alex.sync().useMailbox(shelf, MOMENT).outcome)
        val cancel = Cancel().also { it.cancel() }
        fails<NightstandException.Cancelled>("cancelled", Action.WAIT, true) {
            alex.sync().useMailbox(shelf, MINUTE, cancel)
        }
        silent.countDown()
        val reports = listOf(alex, sam, alex).map { it.sync().useMailbox(shelf, MINUTE) }
        assertEquals(SyncOutcome.ALL_HANDED_OVER, reports.last().outcome)
        assertEquals(listOf("Evening"), titles(sam))
    }

    @Test
    fun `two phones never online together sync through a server`() = story {
        val (alex, sam) = couple()
        alex.journal().write(entry("From Alex", "The kitchen light."), Sharing.SHARED)
        val plain = fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.sync().useMailboxServer(webDav("http://nas.example/ours/", "a long wait"), MINUTE)
        }
        assertEquals(InputFault.MAILBOX_PLACE, plain.what)
        val unsendable = fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.sync().once(Ways(server = webDav("https://cloud.example/ours/", "a\nb")), MINUTE)
        }
        assertEquals(InputFault.CREDENTIALS, unsendable.what)
        // The library has no HTTP of its own.
        val alone = MailboxServer(webDav("https://cloud.example/ours/", "a long wait").place)
        val unsent = fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.sync().useMailboxServer(alone, MINUTE)
        }
        assertEquals(InputFault.STATE, unsent.what)

        // Without one it was said that this step is skipped.
        val url = System.getenv("NIGHTSTAND_MAILBOX") ?: return@story
        val refused = alex.sync().useMailboxServer(webDav(url, "another"), MINUTE)
        assertEquals(SyncOutcome.NOT_YET to MailboxTrouble.REFUSED, refused.outcome to refused.trouble)
        val server = webDav(url, "a long wait")
        val reports = listOf(alex, sam, alex).map { it.sync().useMailboxServer(server, MINUTE) }
        assertEquals(SyncOutcome.ALL_HANDED_OVER to null, reports.last().outcome to reports.last().trouble)
        sam.journal().write(entry("From Sam", "The long way home.", 1), Sharing.SHARED)
        val once = listOf(sam, alex, sam).map { it.sync().once(Ways(server = server), MINUTE) }
        assertEquals(SyncOutcome.ALL_HANDED_OVER, once.last().outcome)
        for (vault in listOf(alex, sam)) assertEquals(listOf("From Sam", "From Alex"), titles(vault))
    }

    @Test
    fun `an archive brings everything back when nothing else is left`() = story {
        val (alex, sam) = couple()
        alex.journal().write(entry("Mine alone", "For me."), Sharing.PRIVATE)
        val words = alex.recoveryPhrase().show().joinToString(" ")
        val others = sam.recoveryPhrase().show().joinToString(" ")
        val shelf = Shelf()
        val place = ArchivePlace.Own(shelf)
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { alex.archive().write(place, MINUTE) }
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) { alex.archive().setUp(others) }
        alex.archive().setUp(words)
        assertTrue(alex.archive().isSetUp())
        shelf.isFull = true
        assertEquals(MailboxTrouble.FULL, alex.archive().write(place, MINUTE).trouble)
        shelf.isFull = false
        alex.setPrivateKey(ByteArray(32), null)
        alex.lockPrivate()
        val locked = alex.archive().write(place, MINUTE)
        assertTrue(locked.privateWaits && !locked.isComplete && locked.trouble == null)
        alex.unlockPrivate(ByteArray(32))
        val made = alex.archive().write(place, MINUTE)
        assertTrue(made.isComplete && !made.privateWaits && made.entriesWritten > 0uL)
        assertTrue(shelf.list().all { it.startsWith("archive-") })

        val new = openVault(folder, "new.db", 3)
        fails<NightstandException.WrongKey>("wrong_key", Action.UNLOCK) { new.archive().restore(place, others, MINUTE) }
        val empty = ArchivePlace.Folder(folder.resolve("empty").createDirectory().toString())
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { new.archive().restore(empty, words, MINUTE) }
        val seen = CopyOnWriteArrayList<ULong>()
        val came = new.archive().restore(place, words, MINUTE, object : ProgressObserver {
            override fun progressed(progress: ProgressReport) {
                seen.add(progress.done)
            }
        })
        assertTrue(came.withPrivate && came.isWhole && came.trouble == null)
        assertEquals(came.entries to listOf("Mine alone"), seen.last() to titles(new))
        assertTrue(new.devices().list().thisIsUnlisted)
        new.devices().listThis(words, "New phone")
        meet(new, sam)
        new.archive().turnOff()
        assertFalse(new.archive().isSetUp())
    }
}
