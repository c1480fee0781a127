package app.nightstand.story.screens

import app.nightstand.Texts
import app.nightstand.screens.FrameChannel
import app.nightstand.screens.Screen
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.job
import kotlinx.coroutines.withTimeout

val TEXTS = Texts(listOf("en"))

/** For as long as screens are there: their scope goes with them, as a `viewModelScope` does. */
suspend fun <T> screens(tell: suspend (CoroutineScope) -> T): T {
    val context = currentCoroutineContext()
    val main = CoroutineScope(context + SupervisorJob(context.job))
    return try {
        tell(main)
    } finally {
        main.coroutineContext.job.cancelAndJoin()
    }
}

/** Waits until a view would draw that. */
suspend fun <State : Any> Screen<State>.shows(that: (State) -> Boolean): State = withTimeout(60.seconds) { state.first(that) }

/** What it says of what went wrong. */
suspend fun Screen<*>.says(): String = withTimeout(60.seconds) { trouble.first { it != null } }!!.what.text

/** A channel in memory: an end for each phone. */
fun channel(): Pair<End, End> {
    val (there, back) = Channel<ByteArray>(Channel.UNLIMITED) to Channel<ByteArray>(Channel.UNLIMITED)
    return End(there, back) to End(back, there)
}

class End(private val to: Channel<ByteArray>, private val from: Channel<ByteArray>) : FrameChannel {
    override suspend fun send(frame: ByteArray) = to.send(frame)

    override suspend fun receive(): ByteArray? = from.receiveCatching().getOrNull()

    fun hangUp() {
        to.close()
    }
}
