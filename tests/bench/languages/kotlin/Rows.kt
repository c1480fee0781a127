/** Lists the rows of a vault again and again, and prints the median of the milliseconds that a call takes. */
package app.nightstand.rows

import app.nightstand.RowsQuery
import app.nightstand.Vault
import kotlinx.coroutines.runBlocking

fun main(args: Array<String>) = runBlocking {
    val (path, warmUp, times, rows) = args
    val vault = Vault.open(path, ByteArray(32) { it.toByte() }, ByteArray(16) { 1 }, null)
    val journal = vault.journal()
    suspend fun call(): Double {
        val since = System.nanoTime()
        val page = journal.rows(RowsQuery())
        val took = (System.nanoTime() - since) / 1e6
        check(page.rows.size == rows.toInt())
        return took
    }
    repeat(warmUp.toInt()) { call() }
    val sorted = List(times.toInt()) { call() }.sorted()
    vault.shut()
    println(sorted[sorted.size / 2])
}
