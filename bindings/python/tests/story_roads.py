"""Alex and Sam over QUIC, and over a channel of the app's own: the core leads, off every screen's thread."""

import asyncio
import datetime
import queue

from nightstand import Action, Cancel, Channel, NightstandError, RoadOptions, Sharing, SyncOutcome
from phones import Phones, entry, titles

HERE = RoadOptions(listen="127.0.0.1:0")
MINUTE = datetime.timedelta(minutes=1)
MOMENT = datetime.timedelta(milliseconds=1)


class Wire(Channel):
    """One end of a channel inside this process. The two are out of reach once so many pieces have passed."""

    def __init__(self, passing):
        self.came, self.passing, self.ended = queue.Queue(), passing, False

    def send(self, bytes):
        if self.ended or self.passing == 0:
            raise ConnectionError
        self.passing -= 1
        self.other.came.put(bytes)
        return True

    def receive(self, wait):
        try:
            return self.came.get(timeout=wait.total_seconds())
        except queue.Empty:
            if self.other.ended:
                raise ConnectionError from None
            return None

    def end(self):
        self.ended = True


def wires(passing=10_000):
    ends = Wire(passing), Wire(passing)
    ends[0].other, ends[1].other = ends[1], ends[0]
    return ends


async def until(true):
    """What a screen does that looks now and then."""
    while not await true():
        await asyncio.sleep(0.01)


async def say_yes(talk):
    async def asks():
        return talk.state().is_COMPARE()

    await until(asks)
    code = talk.state().code
    await talk.confirm()
    return code


class Roads(Phones):
    async def test_over_quic_from_the_invite_to_a_sync(self):
        alex, sam = await self.phones()
        inviting = await alex.pairing().invite("Alex")
        on_alex = await inviting.road(HERE)
        joining = await sam.pairing().join("Sam", await inviting.link(await on_alex.addresses()))
        on_sam = await joining.road(HERE)
        done = await asyncio.gather(
            inviting.accept(on_alex, MINUTE), joining.dial(on_sam, MINUTE), say_yes(inviting), say_yes(joining)
        )
        self.assertTrue(done[0].is_PAIRED() and done[1].is_PAIRED())
        self.assertEqual(done[2], done[3])
        await on_alex.end()
        await on_sam.end()

        await alex.journal().write(entry("Evening", "We lay there."), Sharing.JOINT)
        on_alex, on_sam = await alex.sync().road(HERE), await sam.sync().road(HERE)
        begun, answering = await alex.sync().begin(), await sam.sync().answer()
        reports = await asyncio.gather(
            begun.dial(on_alex, await on_sam.addresses(), MINUTE), answering.accept(on_sam, MINUTE)
        )
        self.assertEqual([report.outcome for report in reports], [SyncOutcome.ALL_HANDED_OVER] * 2)
        self.assertEqual(await titles(sam), ["Evening"])

        # After a while in the background the roads are made anew. The two then stay connected until one of them goes.
        for road in on_alex, on_sam:
            await road.rebuild()
            await road.network_changed()
        live, answering, cancel = await alex.sync().begin_live(), await sam.sync().answer_live(), Cancel()
        led = asyncio.gather(
            live.dial(on_alex, await on_sam.addresses(), MINUTE, cancel), answering.accept(on_sam, MINUTE)
        )
        await sam.journal().write(entry("Answer", "Yes.", 1), Sharing.SHARED)

        async def arrived():
            return await titles(alex) == ["Answer", "Evening"] and live.is_level() and answering.is_level()

        await until(arrived)
        cancel.cancel()
        self.assertEqual([report.outcome for report in await led], [SyncOutcome.ALL_HANDED_OVER] * 2)

    async def test_a_call_has_an_end(self):
        alex, sam = await self.couple()
        on_alex, on_sam = await alex.sync().road(HERE), await sam.sync().road(HERE)
        begun, answering, cancel = await alex.sync().begin(), await sam.sync().answer(), Cancel()
        waiting = asyncio.ensure_future(answering.accept(on_sam, MINUTE, cancel))
        cancel.cancel()
        with self.fails(NightstandError.Cancelled, "cancelled", Action.WAIT, retryable=True):
            await waiting
        with self.fails(NightstandError.Unreachable, "unreachable", Action.WAIT, retryable=True):
            await answering.accept(on_sam, MOMENT)
        with self.fails(NightstandError.Unreachable, "unreachable", Action.WAIT, retryable=True):
            await begun.dial(on_alex, [], MOMENT)
        await on_sam.end()
        await on_sam.end()
        with self.fails(NightstandError.Closed, "closed", Action.UNLOCK):
            await on_sam.addresses()
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.sync().road(RoadOptions(relays=["relay.example.org"]))
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.sync().road(RoadOptions(listen="here"))

    async def test_over_a_channel_of_the_apps_own(self):
        alex, sam = await self.phones()
        inviting = await alex.pairing().invite("Alex")
        joining = await sam.pairing().join("Sam", await inviting.link())
        one, other = wires()
        done = await asyncio.gather(
            inviting.drive(one, MINUTE), joining.drive(other, MINUTE), say_yes(inviting), say_yes(joining)
        )
        self.assertTrue(done[0].is_PAIRED() and done[1].is_PAIRED())
        self.assertTrue(one.ended and other.ended)

        # As over Bluetooth: in pieces of 100 bytes, and out of reach after some of them.
        text = " ".join(f"{minute} minutes past" for minute in range(60))
        for day in range(3):
            await alex.journal().write(entry(f"Day {day}", text, day), Sharing.JOINT)
        (one, other), begun, answering = wires(passing=7), await alex.sync().begin(), await sam.sync().answer()
        leds = await asyncio.gather(
            begun.drive(one, MINUTE, piece_bytes=100),
            answering.drive(other, MINUTE, piece_bytes=100),
            return_exceptions=True,
        )
        self.assertTrue(all(isinstance(led, NightstandError.Unreachable) for led in leds), leds)
        (one, other), begun, answering = wires(), await alex.sync().begin(), await sam.sync().answer()
        reports = await asyncio.gather(
            begun.drive(one, MINUTE, piece_bytes=100), answering.drive(other, MINUTE, piece_bytes=100)
        )
        self.assertEqual([report.outcome for report in reports], [SyncOutcome.ALL_HANDED_OVER] * 2)
        self.assertEqual(await titles(sam), ["Day 2", "Day 1", "Day 0"])
