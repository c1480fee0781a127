package app.nightstand.story

import app.nightstand.EntryDraft
import app.nightstand.Moment
import app.nightstand.PairingState
import app.nightstand.PrivateLock
import app.nightstand.RichText
import app.nightstand.RowsQuery
import app.nightstand.Sharing
import app.nightstand.TextValue
import app.nightstand.Texts
import app.nightstand.Vault
import app.nightstand.unwrapKey
import app.nightstand.wrapKey
import java.security.SecureRandom
import java.time.Instant
import java.time.ZoneId
import kotlin.test.Test
import kotlin.test.assertEquals

/** What the README shows. */
class StoryReadme : Phones() {
    @Test
    fun `in a few lines`() = story {
        val (path, key, installMark) = Triple(folder.resolve("alex.db").toString(), ByteArray(32), ByteArray(16))
        val vault = Vault.open(path, key, installMark)
        val (now, zone) = Instant.now() to ZoneId.systemDefault()
        val day = Moment(utc = now, zone = zone.id, offsetSeconds = zone.rules.getOffset(now).totalSeconds)
        val draft = EntryDraft(title = "A slow evening", body = RichText("No phones."), moment = day)
        val id = vault.journal().write(draft, Sharing.PRIVATE)
        val view = vault.journal().read(id)
        vault.journal().edit(id, view.entry.copy(mood = "calm"), view.version)
        val page = vault.journal().rows(RowsQuery(limit = 50u))
        val titles = page.rows.map { it.title }
        vault.shut()
        assertEquals(listOf("A slow evening"), titles)
    }

    @Test
    fun `a second key in a few lines`() = story {
        val vault = openVault(folder, "alex.db", 1)
        val second = ByteArray(32).also { SecureRandom().nextBytes(it) }
        val wrapped = wrapKey(second, "four quiet yellow boats") // keep this, and not the key
        vault.setPrivateKey(second)
        vault.lockPrivate()
        check(vault.privateLock() == PrivateLock.LOCKED)
        vault.unlockPrivate(unwrapKey(wrapped, "four quiet yellow boats"))
        assertEquals(PrivateLock.UNLOCKED, vault.privateLock())
    }

    @Test
    fun `texts in a few lines`() {
        val texts = Texts(listOf("pl-PL", "en"))
        texts.add("pl", "activity-water = Woda")
        val water = texts.say("activity-water").text
        val waiting = texts.say("waiting-for-phone", mapOf("name" to TextValue.Text("Sam"))).text
        assertEquals("Woda" to "Waiting for Sam’s phone", water to waiting)
    }

    @Test
    fun `pairing in a few lines`() = story {
        val (alex, sam) = phones()
        val inviting = alex.pairing().invite("Alex")
        val joining = sam.pairing().join("Sam", inviting.link())
        while (carry(joining, inviting) + carry(inviting, joining) > 0) continue

        val onAlex = inviting.state() as PairingState.Compare
        val onSam = joining.state() as PairingState.Compare
        check(onAlex.code == onSam.code)
        inviting.confirm()
        joining.confirm()

        while (carry(joining, inviting) + carry(inviting, joining) > 0) continue
        check(inviting.state() == PairingState.Paired && joining.state() == PairingState.Paired)
    }
}
