package app.nightstand.screens

import app.nightstand.Code
import app.nightstand.NightstandException
import app.nightstand.PairingState
import app.nightstand.PairingTalk
import app.nightstand.QrCode
import app.nightstand.TextValue
import app.nightstand.Texts
import app.nightstand.Vault
import app.nightstand.Wording
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Where the two are with pairing. */
enum class PairPhase { START, MEETING, COMPARE, WAITING, PAIRED, REFUSED, FAILED }

data class PairState(
    val phase: PairPhase = PairPhase.START,
    /** Of who invites: what the other phone reads. It holds a secret. */
    val link: String? = null,
    val qr: QrCode? = null,
    /** What a screen reader says of the picture. */
    val qrSpoken: Wording? = null,
    /** What both compare: words, and always digits, too. */
    val code: Code? = null,
    val codeSpoken: Wording? = null,
    val compare: Wording? = null,
    /** What the other calls themself; unproven until the codes were compared. */
    val name: String? = null,
)

/** What carries frames to the other phone, whole and in order: the app's own. */
interface FrameChannel {
    suspend fun send(frame: ByteArray)

    /** The next frame; none once the channel has ended. */
    suspend fun receive(): ByteArray?
}

/**
 * Pairing: one invites and shows a picture, the other reads it, both compare a code and say yes.
 *
 * [open] makes the channel: who joins calls the addresses in the invite, who invites waits to be called.
 */
class PairScreen(
    vault: Vault,
    texts: Texts,
    scope: CoroutineScope,
    private val open: suspend (PairingTalk) -> FrameChannel,
) : Screen<PairState>(vault, Words(texts), scope, PairState()) {
    private val sending = Mutex()
    private var talk: PairingTalk? = null
    private var channel: FrameChannel? = null
    private var carrying: Job? = null

    init {
        intent {
            val partner = vault.pairing().partner()?.takeIf { it.confirmedByBoth }
            if (partner != null) show { it.copy(phase = PairPhase.PAIRED, name = partner.name) }
        }
    }

    fun invite(name: String, addresses: List<String> = emptyList()): Job = intent {
        val talk = begin(vault.pairing().invite(name))
        val link = talk.link(addresses)
        val spoken = words.say("qr-spoken", "link" to TextValue.Text(words.spelled(link)))
        val qr = talk.qr(addresses)
        show { it.copy(phase = PairPhase.MEETING, link = link, qr = qr, qrSpoken = spoken) }
        carrying = scope.launch { carry(talk) }
    }

    fun join(name: String, link: String): Job = intent {
        val talk = begin(vault.pairing().join(name, link.trim()))
        show { it.copy(phase = PairPhase.MEETING) }
        carrying = scope.launch { carry(talk) }
    }

    /** Both phones show the same. */
    fun confirm(): Job = intent { answer(PairingTalk::confirm) }

    /** They don't, or it is not the one whom the person meant. */
    fun refuse(): Job = intent { answer(PairingTalk::refuse) }

    /** Back to the start, after a no or a failure. */
    fun again(): Job = intent {
        carrying?.cancelAndJoin()
        talk?.close()
        talk = null
        channel = null
        show { PairState() }
    }

    private fun begin(made: PairingTalk): PairingTalk {
        talk = kept(made)
        return made
    }

    private suspend fun answer(say: suspend (PairingTalk) -> Unit) {
        val talk = talk ?: return
        say(talk)
        draw(talk)
        channel?.let { send(talk, it) }
        if (talk.isOver()) carrying?.cancel()
    }

    private suspend fun carry(talk: PairingTalk) = coroutineScope {
        val watching = launch { watch(talk) }
        val well = attempt {
            val channel = open(talk).also { channel = it }
            send(talk, channel)
            while (!talk.isOver()) {
                talk.handleFrame(channel.receive() ?: throw NightstandException.Unreachable())
                send(talk, channel)
            }
        }
        watching.cancel()
        if (!well && !talk.isOver()) show { it.copy(phase = PairPhase.FAILED) }
    }

    /** An invite that nobody takes up runs out while it is shown. */
    private suspend fun watch(talk: PairingTalk) {
        while (!talk.isOver()) {
            delay(5.seconds)
            attempt { talk.handleTimeout() }
            draw(talk)
        }
        carrying?.cancel()
    }

    /** One at a time, so that frames leave in their order. */
    private suspend fun send(talk: PairingTalk, channel: FrameChannel) = sending.withLock {
        while (true) channel.send(talk.pollFrame() ?: break)
        draw(talk)
    }

    private fun draw(talk: PairingTalk) = show {
        when (val standing = talk.state()) {
            is PairingState.Meeting -> it.copy(phase = PairPhase.MEETING)
            is PairingState.Compare -> it.copy(
                phase = PairPhase.COMPARE,
                link = null,
                qr = null,
                qrSpoken = null,
                code = standing.code,
                codeSpoken = words.say(
                    "code-spoken",
                    "words" to TextValue.Text(standing.code.words.joinToString(", ")),
                    "digits" to TextValue.Text(words.spelled(standing.code.digits)),
                ),
                compare = words.say("code-compare"),
                name = standing.name,
            )
            is PairingState.Waiting -> it.copy(phase = PairPhase.WAITING)
            is PairingState.Paired -> it.copy(phase = PairPhase.PAIRED, code = null, codeSpoken = null, compare = null)
            is PairingState.Refused -> PairState(PairPhase.REFUSED)
            is PairingState.Failed -> PairState(PairPhase.FAILED)
        }
    }
}
