package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Clock
import app.nightstand.Conversation
import app.nightstand.EntryDraft
import app.nightstand.Moment
import app.nightstand.NightstandException
import app.nightstand.PairingState
import app.nightstand.PairingTalk
import app.nightstand.RichText
import app.nightstand.RowsQuery
import app.nightstand.SyncReport
import app.nightstand.Vault
import app.nightstand.ZoneOffsets
import java.nio.file.Path
import java.time.Duration
import java.time.Instant
import kotlin.io.path.createTempDirectory
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach

const val WARSAW = "Europe/Warsaw"

/** Warsaw in winter, and no other. */
object LocalZones : ZoneOffsets {
    override fun offsetSeconds(zone: String, at: Instant): Int? = if (zone == WARSAW) 3600 else null
}

val SUNDAY: Instant = Instant.parse("2026-11-15T20:30:00.123Z")

/** Stands still until a story moves it. */
class Hands : Clock {
    @Volatile
    var at: Instant = SUNDAY

    override fun now(): Instant = at
}

fun entry(title: String, text: String, day: Long = 0) = EntryDraft(
    title = title,
    body = RichText(text),
    moment = Moment(utc = SUNDAY + Duration.ofDays(day), offsetSeconds = 3600, zone = "Europe/Warsaw"),
)

suspend fun openVault(folder: Path, name: String, number: Byte, clock: Clock? = null) =
    Vault.open(folder.resolve(name).toString(), ByteArray(32) { number }, ByteArray(16) { number }, clock)

/** Carries the frames that wait at one side to the other. The channel in between is the app's own. */
suspend fun carry(poll: suspend () -> ByteArray?, handle: suspend (ByteArray) -> Unit): Int {
    var carried = 0
    while (true) {
        handle(poll() ?: return carried)
        carried += 1
    }
}

suspend fun carry(source: PairingTalk, target: PairingTalk) = carry(source::pollFrame, target::handleFrame)

suspend fun carry(source: Conversation, target: Conversation) = carry(source::pollFrame, target::handleFrame)

class Paired(val inviting: PairingTalk, val joining: PairingTalk, val onAlex: PairingState, val onSam: PairingState)

suspend fun pair(alex: Vault, sam: Vault): Paired {
    val inviting = alex.pairing().invite("Alex")
    return agree(inviting, sam.pairing().join("Sam", inviting.link()))
}

/** Both people look at both screens, and say that the codes are the same. */
suspend fun agree(inviting: PairingTalk, joining: PairingTalk): Paired {
    while (carry(joining, inviting) + carry(inviting, joining) > 0) continue
    val (onAlex, onSam) = inviting.state() to joining.state()
    inviting.confirm()
    joining.confirm()
    while (carry(joining, inviting) + carry(inviting, joining) > 0) continue
    return Paired(inviting, joining, onAlex, onSam)
}

suspend fun meet(alex: Vault, sam: Vault) = converse(alex.sync().begin(), sam)

/** Syncs with the device that this one was linked to. */
suspend fun meetOwn(device: Vault, other: Vault): SyncReport {
    val linked = device.devices().list().others.first().device
    return converse(device.sync().beginWithOwn(linked), other)
}

suspend fun converse(begun: Conversation, called: Vault): SyncReport {
    val answering = called.sync().answer()
    while (carry(begun, answering) + carry(answering, begun) > 0) continue
    assertTrue(begun.isOver() && answering.isOver())
    return begun.report()
}

/** Saves what somebody makes of an entry that they have just read. */
suspend fun edit(vault: Vault, id: String, draft: EntryDraft) =
    vault.journal().edit(id, draft, vault.journal().read(id).version)

suspend fun titles(vault: Vault, query: RowsQuery = RowsQuery()) = vault.journal().rows(query).rows.map { it.title }

inline fun <reified E : NightstandException> fails(
    code: String,
    action: Action,
    retryable: Boolean = false,
    call: () -> Unit,
): E {
    val error = assertFailsWith<E> { call() }
    assertEquals(Triple(code, action, retryable), Triple(error.code(), error.action(), error.retryable()))
    return error
}

abstract class Phones {
    val folder: Path = createTempDirectory()

    /** A vault that nobody closed closes once the JVM lets go of it, which may be while its files are deleted: so no file has to be there. */
    @AfterEach
    fun deleteFiles() {
        folder.toFile().deleteRecursively()
    }

    suspend fun phones() = openVault(folder, "alex.db", 1) to openVault(folder, "sam.db", 2)

    suspend fun couple() = phones().also { (alex, sam) -> pair(alex, sam) }
}

fun story(tell: suspend CoroutineScope.() -> Unit) = runBlocking { withTimeout(5.minutes, tell) }
