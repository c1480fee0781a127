package app.nightstand

import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.flow

/**
 * What [Vault.observe] tells, as a flow: the vault's revision, at once and after every change, for as long as it is
 * collected. Who collects slowly gets the newest revision, not a queue.
 */
fun Vault.changes(): Flow<ULong> = told(this::observe)

/**
 * What [Editor.observe] tells, as a flow, at once and whenever there is something to look at: changes to poll, or another
 * state.
 */
fun Editor.changes(): Flow<ULong> = told(this::observe)

/**
 * What [LiveRows.next] gives, as a flow that ends when the list is ended or the vault closed. One collector at a time: an
 * update is given once.
 */
fun LiveRows.updates(): Flow<RowsUpdate> = flow {
    while (true) emit(next() ?: return@flow)
}

private fun told(observe: (Observer) -> Subscription): Flow<ULong> = callbackFlow {
    val subscription = observe(object : Observer {
        override fun changed(revision: ULong) {
            trySend(revision)
        }
    })
    awaitClose(subscription::close)
}.conflate()
