/**
 * View models for six screens, to read, to copy and to change: pairing, the time after, a check-in, the journal's list,
 * its editor, and preferences.
 *
 * Each is made with the open vault, the app's [Texts][app.nightstand.Texts] and a scope of the main thread, which is
 * `viewModelScope` on Android: a `ViewModel` of the app holds it. A view collects `state` and calls the intents. Nothing here
 * blocks that thread, and all of it is let go of when the scope is cancelled.
 */
package app.nightstand.screens

import app.nightstand.NightstandException
import app.nightstand.Vault
import app.nightstand.changes
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** What the screens have in common: one state, one trouble, and intents that are done one after the other. */
abstract class Screen<State : Any>(
    protected val vault: Vault,
    protected val words: Words,
    protected val scope: CoroutineScope,
    first: State,
) {
    private val shown = MutableStateFlow(first)
    private val troubled = MutableStateFlow<Trouble?>(null)
    private val turn = Mutex()
    private var ofDrawing: Trouble? = null

    /** All that the view draws. */
    val state: StateFlow<State> = shown.asStateFlow()

    /** What went wrong last. It goes with the next intent, or when the person has read it. */
    val trouble: StateFlow<Trouble?> = troubled.asStateFlow()

    fun dismissTrouble() {
        troubled.value = null
    }

    protected fun show(change: (State) -> State) = shown.update(change)

    /** Does what the person asked for, once what they asked for before is done. */
    protected fun intent(work: suspend () -> Unit): Job = scope.launch {
        turn.withLock {
            troubled.value = null
            attempt(work)
        }
    }

    /** Draws at once, after every change of the vault, and after each resume. */
    protected fun redraw(work: suspend () -> Unit): Job = scope.launch {
        attempt { vault.changes().collect { turn.withLock { drawn(work) } } }
    }

    /** Does something, and says what went wrong. Was it done? */
    protected suspend fun attempt(work: suspend () -> Unit): Boolean = try {
        work()
        true
    } catch (error: NightstandException) {
        tell(error)
        false
    }

    private suspend fun drawn(work: suspend () -> Unit) {
        try {
            work()
            if (troubled.value === ofDrawing) troubled.value = null
        } catch (_: NightstandException.Paused) {
            // A vault at rest is no trouble: its resume draws the screen again.
        } catch (_: NightstandException.KeyNeeded) {
        } catch (error: NightstandException) {
            ofDrawing = words.trouble(error)
            troubled.value = ofDrawing
        }
    }

    protected fun tell(error: NightstandException) {
        troubled.value = words.trouble(error)
    }

    /** Lets go of a handle when the screen goes, and not when the garbage collector comes by. */
    protected fun <Handle : AutoCloseable> kept(handle: Handle): Handle {
        scope.coroutineContext.job.invokeOnCompletion { handle.close() }
        return handle
    }
}
