"""What screens say: texts by key, in the reader's languages; and what there is to read and to try."""

import unittest

import nightstand
from nightstand import (
    Action, CardGrade, CheckInMoment, Condition, DropLevel, InputFault, NightstandError, QuestionDeck, ReviewPace, Setting,
    StepVerb, TextFaultKind, TextOf, Texts, TextValue, Way, WritingDirection,
)

POLISH = """
activity-water = Woda
minutes-spoken = { $minutes ->
    [one] { $minutes } minuta
    [few] { $minutes } minuty
    [many] { $minutes } minut
   *[other] { $minutes } minuty
}
"""


class TextsStory(unittest.TestCase):
    def test_a_text_by_its_key(self):
        texts = Texts(["en-GB"])
        water = texts.say("activity-water")
        self.assertEqual((water.text, water.language, water.direction), ("Water", "en", WritingDirection.LEFT_TO_RIGHT))
        waiting = texts.say("waiting-for-phone", {"name": TextValue.TEXT("Sam")})
        self.assertEqual(waiting.text, "Waiting for Sam’s phone")
        self.assertEqual(texts.say("closeness-spoken", {"level": TextValue.NUMBER(3)}).text, "touching, 3 of 7")
        with self.assertRaises(NightstandError.NotFound):
            texts.say("activity-juggling")
        with self.assertRaises(NightstandError.InvalidInput) as caught:
            texts.say("waiting-for-phone")
        self.assertEqual((caught.exception.what, caught.exception.action()), (InputFault.PARAMETERS, Action.CHOOSE_AGAIN))
        self.assertEqual(texts.say(caught.exception.text_key()).text, "Something is lacking to say this.")

    def test_an_app_brings_a_language(self):
        texts = Texts(["pl-PL", "en"])
        texts.add("pl", POLISH)
        minutes = [texts.say("minutes-spoken", {"minutes": TextValue.NUMBER(n)}).text for n in (1, 2, 5, 22)]
        self.assertEqual(minutes, ["1 minuta", "2 minuty", "5 minut", "22 minuty"])
        self.assertEqual(texts.say("activity-water").text, "Woda")
        self.assertEqual(texts.say("activity-bath").language, "en")
        texts.add("he", "activity-water = מים")
        texts.ask_for(["he", "pl"])
        self.assertEqual(texts.say("activity-water").direction, WritingDirection.RIGHT_TO_LEFT)
        texts.remove("he")
        self.assertEqual(texts.say("activity-water").text, "Woda")
        for language, file, what in (("no tag", "a = b", InputFault.LANGUAGE), ("pl", "a = { b }", InputFault.TEXTS)):
            with self.assertRaises(NightstandError.InvalidInput) as caught:
                texts.add(language, file)
            self.assertEqual(caught.exception.what, what)

    def test_an_app_puts_its_own_wording_in_place(self):
        texts = Texts([])
        texts.add("en", "activity-water = A glass of water")
        self.assertEqual(texts.say("activity-water").text, "A glass of water")
        self.assertTrue(texts.say("activity-water.about").text.startswith("A glass for each"))
        texts.remove("en")
        self.assertEqual(texts.say("activity-water").text, "Water")

    def test_whoever_translates_sees_what_is_amiss(self):
        keys = {key.key: key for key in nightstand.text_keys()}
        self.assertEqual(keys["waiting-for-phone"].parameters, ["name"])
        self.assertEqual(len(nightstand.text_faults("")), len(keys))
        found = nightstand.text_faults("activity-water = Woda\nactivity-wotter = Woda\n")
        amiss = [(fault.line, fault.key, fault.kind) for fault in found if fault.kind != TextFaultKind.MISSING]
        self.assertEqual(amiss, [(2, "activity-wotter", TextFaultKind.UNKNOWN)])

    def test_every_id_has_its_text(self):
        texts = Texts([])
        for activity in nightstand.activities():
            texts.say(f"activity-{activity.id}"), texts.say(f"activity-{activity.id}.about")
        low = [feeling for feeling in nightstand.feelings() if texts.say(f"feeling-{feeling.id}") and feeling.is_low]
        self.assertIn("tearful", [feeling.id for feeling in low])
        self.assertTrue(texts.say("answer-low").text.startswith("All of this happens"))
        for id in nightstand.body_words():
            texts.say(f"body-{id}")
        tired = texts.say(nightstand.text_key(TextOf.CONDITION(Condition.TIRED)))
        self.assertEqual(tired.text, "When I’m tired")
        said = [
            (TextOf.MOMENT(CheckInMoment.NEXT_MORNING), "Next morning"), (TextOf.DROP(DropLevel.CLEAR), "No low"),
            (TextOf.WAY(Way.IN_TURNS), "In turns"), (TextOf.VERB(StepVerb.EXTEND(5)), "More time"),
            (TextOf.SETTING(Setting.QUIET_HOURS), "Quiet hours"), (TextOf.PACE(ReviewPace.YEARLY), "Every year"),
        ]
        for of, text in said:
            self.assertEqual(texts.say(nightstand.text_key(of)).text, text)
        full = NightstandError.DiskFull()
        self.assertTrue(texts.say(full.text_key()).text.startswith("There is no room left"))
        self.assertEqual(texts.say(nightstand.text_key(TextOf.ACTION(full.action()))).text, "Make some room on this phone")

    def test_decks_of_questions(self):
        texts = Texts([])
        questions = nightstand.deck_questions()
        self.assertGreaterEqual(len(questions), 70)
        self.assertEqual({question.deck for question in questions}, set(QuestionDeck))
        for question in questions:
            self.assertIn("?", texts.say(f"ask-{question.id}").text)
        self.assertEqual(texts.say(nightstand.text_key(TextOf.DECK(questions[0].deck))).text, "Getting started")

    def test_cards_say_on_what_they_rest(self):
        texts = Texts([])
        cards = {card.id: card for card in nightstand.guidance_cards()}
        for id, card in cards.items():
            texts.say(f"card-{id}"), texts.say(f"card-{id}.body")
            self.assertTrue(card.sources or card.grade == CardGrade.PRACTICE)
        afterglow = cards["afterglow"]
        self.assertEqual((afterglow.grade, afterglow.sources[0].year), (CardGrade.STUDY, 2017))
        self.assertIn("48 hours", texts.say(f"source-{afterglow.sources[0].id}").text)
        self.assertTrue(cards["drop"].names_help)
        help = texts.say("help-where", {"contacts": TextValue.TEXT("the line of your region")})
        self.assertIn("the line of your region", help.text)

    def test_the_introduction(self):
        texts = Texts([])
        steps = nightstand.programme_steps()
        self.assertEqual(len(steps), 4)
        for step in steps:
            texts.say(f"programme-{step.id}"), texts.say(f"programme-{step.id}.body")
            self.assertTrue(all(texts.say(f"try-{id}").text for id in step.to_try))
        for kind, ids in (("gratitude", nightstand.gratitude_starters()), ("compliment", nightstand.compliment_starters())):
            self.assertGreaterEqual(len([texts.say(f"{kind}-{id}") for id in ids]), 12)
