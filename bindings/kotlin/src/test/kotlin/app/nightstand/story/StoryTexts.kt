package app.nightstand.story

import app.nightstand.Action
import app.nightstand.CardGrade
import app.nightstand.CheckInMoment
import app.nightstand.Condition
import app.nightstand.DropLevel
import app.nightstand.InputFault
import app.nightstand.NightstandException
import app.nightstand.QuestionDeck
import app.nightstand.ReviewPace
import app.nightstand.Setting
import app.nightstand.StepVerb
import app.nightstand.TextFaultKind
import app.nightstand.TextOf
import app.nightstand.TextValue
import app.nightstand.Texts
import app.nightstand.Way
import app.nightstand.WritingDirection
import app.nightstand.activities
import app.nightstand.bodyWords
import app.nightstand.complimentStarters
import app.nightstand.deckQuestions
import app.nightstand.feelings
import app.nightstand.gratitudeStarters
import app.nightstand.guidanceCards
import app.nightstand.programmeSteps
import app.nightstand.textFaults
import app.nightstand.textKey
import app.nightstand.textKeys
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

private val POLISH = """
activity-water = Woda
minutes-spoken = { ${'$'}minutes ->
    [one] { ${'$'}minutes } minuta
    [few] { ${'$'}minutes } minuty
    [many] { ${'$'}minutes } minut
   *[other] { ${'$'}minutes } minuty
}
"""

/** What screens say: texts by key, in the reader's languages; and what there is to read and to try. */
class StoryTexts {
    @Test
    fun `a text by its key`() {
        val texts = Texts(listOf("en-GB"))
        val water = texts.say("activity-water")
        assertEquals(Triple("Water", "en", WritingDirection.LEFT_TO_RIGHT), Triple(water.text, water.language, water.direction))
        val waiting = texts.say("waiting-for-phone", mapOf("name" to TextValue.Text("Sam")))
        assertEquals("Waiting for Sam’s phone", waiting.text)
        assertEquals("touching, 3 of 7", texts.say("closeness-spoken", mapOf("level" to TextValue.Number(3))).text)
        assertFailsWith<NightstandException.NotFound> { texts.say("activity-juggling") }
        val error = assertFailsWith<NightstandException.InvalidInput> { texts.say("waiting-for-phone") }
        assertEquals(InputFault.PARAMETERS to Action.CHOOSE_AGAIN, error.what to error.action())
        assertEquals("Something is lacking to say this.", texts.say(error.textKey()).text)
    }

    @Test
    fun `an app brings a language`() {
        val texts = Texts(listOf("pl-PL", "en"))
        texts.add("pl", POLISH)
        val minutes = listOf(1L, 2, 5, 22).map { texts.say("minutes-spoken", mapOf("minutes" to TextValue.Number(it))).text }
        assertEquals(listOf("1 minuta", "2 minuty", "5 minut", "22 minuty"), minutes)
        assertEquals("Woda", texts.say("activity-water").text)
        assertEquals("en", texts.say("activity-bath").language)
        texts.add("he", "activity-water = מים")
        texts.askFor(listOf("he", "pl"))
        assertEquals(WritingDirection.RIGHT_TO_LEFT, texts.say("activity-water").direction)
        texts.remove("he")
        assertEquals("Woda", texts.say("activity-water").text)
        val refused = listOf(Triple("no tag", "a = b", InputFault.LANGUAGE), Triple("pl", "a = { b }", InputFault.TEXTS))
        for ((language, file, what) in refused) {
            assertEquals(what, assertFailsWith<NightstandException.InvalidInput> { texts.add(language, file) }.what)
        }
    }

    @Test
    fun `an app puts its own wording in place`() {
        val texts = Texts(emptyList())
        texts.add("en", "activity-water = A glass of water")
        assertEquals("A glass of water", texts.say("activity-water").text)
        assertTrue(texts.say("activity-water.about").text.startsWith("A glass for each"))
        texts.remove("en")
        assertEquals("Water", texts.say("activity-water").text)
    }

    @Test
    fun `whoever translates sees what is amiss`() {
        val keys = textKeys().associateBy { it.key }
        assertEquals(listOf("name"), keys["waiting-for-phone"]?.parameters)
        assertEquals(keys.size, textFaults("").size)
        val found = textFaults("activity-water = Woda\nactivity-wotter = Woda\n")
        val amiss = found.filter { it.kind != TextFaultKind.MISSING }.map { Triple(it.line, it.key, it.kind) }
        assertEquals(listOf(Triple(2u, "activity-wotter", TextFaultKind.UNKNOWN)), amiss)
    }

    @Test
    fun `every id has its text`() {
        val texts = Texts(emptyList())
        for (activity in activities()) {
            texts.say("activity-${activity.id}")
            texts.say("activity-${activity.id}.about")
        }
        val low = feelings().filter { texts.say("feeling-${it.id}").text.isNotEmpty() && it.isLow }
        assertContains(low.map { it.id }, "tearful")
        assertTrue(texts.say("answer-low").text.startsWith("All of this happens"))
        bodyWords().forEach { texts.say("body-$it") }
        assertEquals("When I’m tired", texts.say(textKey(TextOf.Condition(Condition.TIRED))).text)
        val said = mapOf(
            TextOf.Moment(CheckInMoment.NEXT_MORNING) to "Next morning",
            TextOf.Drop(DropLevel.CLEAR) to "No low",
            TextOf.Way(Way.IN_TURNS) to "In turns",
            TextOf.Verb(StepVerb.Extend(5u)) to "More time",
            TextOf.Setting(Setting.QUIET_HOURS) to "Quiet hours",
            TextOf.Pace(ReviewPace.YEARLY) to "Every year",
        )
        for ((of, text) in said) assertEquals(text, texts.say(textKey(of)).text)
        val full = NightstandException.DiskFull()
        assertTrue(texts.say(full.textKey()).text.startsWith("There is no room left"))
        assertEquals("Make some room on this phone", texts.say(textKey(TextOf.Action(full.action()))).text)
    }

    @Test
    fun `decks of questions`() {
        val texts = Texts(emptyList())
        val questions = deckQuestions()
        assertTrue(questions.size >= 70)
        assertEquals(QuestionDeck.entries.toSet(), questions.map { it.deck }.toSet())
        for (question in questions) assertContains(texts.say("ask-${question.id}").text, "?")
        assertEquals("Getting started", texts.say(textKey(TextOf.Deck(questions.first().deck))).text)
    }

    @Test
    fun `cards say on what they rest`() {
        val texts = Texts(emptyList())
        val cards = guidanceCards().associateBy { it.id }
        for ((id, card) in cards) {
            texts.say("card-$id")
            texts.say("card-$id.body")
            assertTrue(card.sources.isNotEmpty() || card.grade == CardGrade.PRACTICE)
        }
        val afterglow = cards.getValue("afterglow")
        assertEquals(CardGrade.STUDY to 2017.toUShort(), afterglow.grade to afterglow.sources.first().year)
        assertContains(texts.say("source-${afterglow.sources.first().id}").text, "48 hours")
        assertTrue(cards.getValue("drop").namesHelp)
        val help = texts.say("help-where", mapOf("contacts" to TextValue.Text("the line of your region")))
        assertContains(help.text, "the line of your region")
    }

    @Test
    fun `the introduction`() {
        val texts = Texts(emptyList())
        val steps = programmeSteps()
        assertEquals(4, steps.size)
        for (step in steps) {
            texts.say("programme-${step.id}")
            texts.say("programme-${step.id}.body")
            assertTrue(step.toTry.all { texts.say("try-$it").text.isNotEmpty() })
        }
        for ((kind, ids) in listOf("gratitude" to gratitudeStarters(), "compliment" to complimentStarters())) {
            assertTrue(ids.map { texts.say("$kind-$it") }.size >= 12)
        }
    }
}
