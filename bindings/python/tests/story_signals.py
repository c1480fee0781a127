"""One tap: signals that fade, ask for no answer, and do not tell who has read them."""

import datetime

import nightstand
from nightstand import Action, Hush, NightstandError, Signal, SignalKind, Texts, Whose
from phones import DAY, SUNDAY, Phones, meet


class Signals(Phones):
    async def test_a_signal_counts_for_a_while(self):
        alex, sam = await self.couple()
        quiet = Signal.LISTED(SignalKind.QUIET_FINE)
        self.assertEqual(nightstand.signal_lives_minutes(quiet), 60)
        self.assertEqual(Texts(["en"]).say(nightstand.signal_text_key(SignalKind.QUIET_FINE)).text, "I need quiet, we are fine")
        sent = await alex.signals().send(quiet)
        self.assertEqual((sent.whose, sent.live_until - sent.sent), (Whose.ME, datetime.timedelta(hours=1)))
        await meet(alex, sam)
        seen = (await sam.signals().list()).live[0]
        self.assertEqual((seen.id, seen.whose, seen.signal), (sent.id, Whose.PARTNER, quiet))

        told = await sam.signals().to_notify(SUNDAY - DAY, Hush.OFF)
        self.assertEqual([(notice.id, notice.title_key) for notice in told], [(sent.id, "due-signal")])
        self.assertEqual(await sam.signals().to_notify(seen.received, Hush.OFF), [])
        self.assertEqual(await sam.signals().to_notify(SUNDAY - DAY, Hush.ON), [])
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await sam.signals().take_back(sent.id)
        await alex.signals().take_back(sent.id)
        await meet(alex, sam)
        left = await sam.signals().list()
        self.assertEqual((left.live, left.earlier), ([], []))
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.signals().send(quiet, 0)

    async def test_own_words_are_kept_to_be_sent_again(self):
        alex, sam = await self.couple()
        saved = await alex.signals().save("Hum to me", 20)
        self.assertEqual([own.words for own in await alex.signals().saved()], ["Hum to me"])
        await alex.signals().send(Signal.OWN(saved.words), saved.lives_minutes)
        await alex.signals().forget(saved.id)
        await meet(alex, sam)
        seen = (await sam.signals().list()).live[0]
        self.assertEqual((seen.signal, seen.live_until - seen.sent), (Signal.OWN("Hum to me"), datetime.timedelta(minutes=20)))
        self.assertEqual((await alex.signals().saved(), await sam.signals().saved()), ([], []))
