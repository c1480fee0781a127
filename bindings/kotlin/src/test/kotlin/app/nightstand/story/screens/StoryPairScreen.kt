package app.nightstand.story.screens

import app.nightstand.Action
import app.nightstand.screens.PairPhase
import app.nightstand.screens.PairScreen
import app.nightstand.story.Phones
import app.nightstand.story.story
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull

class StoryPairScreen : Phones() {
    @Test
    fun `two people compare digits and say yes`() = story {
        val (alex, sam) = phones()
        val (atAlex, atSam) = channel()
        screens { main ->
            val onAlex = PairScreen(alex, TEXTS, main) { atAlex }
            val onSam = PairScreen(sam, TEXTS, main) { atSam }
            onAlex.invite("Alex").join()
            val invite = onAlex.state.value
            val (link, qr) = assertNotNull(invite.link) to assertNotNull(invite.qr)
            assertEquals((qr.width * qr.width).toInt(), qr.dark.size)
            assertContains(assertNotNull(invite.qrSpoken).text, link.toList().joinToString(" "))
            onSam.join("Sam", " $link\n").join()

            val toAlex = onAlex.shows { it.phase == PairPhase.COMPARE }
            val toSam = onSam.shows { it.phase == PairPhase.COMPARE }
            val code = assertNotNull(toAlex.code)
            assertEquals(Triple(code, "Sam", "Alex"), Triple(toSam.code, toAlex.name, toSam.name))
            assertContains(assertNotNull(toAlex.codeSpoken).text, "In digits: ${code.digits.filter(Char::isDigit).toList().joinToString(" ")}")
            assertNull(toAlex.link)
            onAlex.confirm().join()
            assertEquals(PairPhase.WAITING, onAlex.state.value.phase)
            onSam.confirm().join()
            for (screen in listOf(onAlex, onSam)) screen.shows { it.phase == PairPhase.PAIRED }
            assertEquals("Sam", alex.pairing().partner()?.name)
        }
        screens { main ->
            val later = PairScreen(alex, TEXTS, main) { atAlex }
            later.shows { it.phase == PairPhase.PAIRED && it.name == "Sam" }
            later.invite("Alex").join()
            assertContains(later.says(), "This phone is linked with a partner’s already")
        }
    }

    @Test
    fun `a link that is none a no and a channel that ends`() = story {
        val (alex, sam) = phones()
        val channels = List(2) { channel() }
        screens { main ->
            val (atAlex, atSam) = channels.map { it.first }.iterator() to channels.map { it.second }.iterator()
            val onAlex = PairScreen(alex, TEXTS, main) { atAlex.next() }
            val onSam = PairScreen(sam, TEXTS, main) { atSam.next() }
            onSam.join("Sam", "https://example.org/").join()
            val trouble = assertNotNull(onSam.trouble.value)
            assertEquals("This is not an invitation." to Action.CHOOSE_AGAIN, trouble.what.text to trouble.action)
            assertEquals("Choose again" to PairPhase.START, trouble.remedy.text to onSam.state.value.phase)
            onSam.dismissTrouble()
            assertNull(onSam.trouble.value)

            onAlex.invite("Alex").join()
            onSam.join("Sam", assertNotNull(onAlex.state.value.link)).join()
            for (screen in listOf(onAlex, onSam)) screen.shows { it.phase == PairPhase.COMPARE }
            onAlex.refuse().join()
            for (screen in listOf(onAlex, onSam)) screen.shows { it.phase == PairPhase.REFUSED && it.code == null }
            assertNull(alex.pairing().partner())

            onAlex.again().join()
            assertEquals(PairPhase.START, onAlex.state.value.phase)
            onAlex.invite("Alex").join()
            channels[1].second.hangUp()
            onAlex.shows { it.phase == PairPhase.FAILED }
            assertEquals("The other phone is out of reach. What was handed over before stays.", onAlex.says())
        }
    }
}
