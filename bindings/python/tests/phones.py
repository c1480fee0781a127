"""Alex's and Sam's phones: what every story here begins with."""

import atexit
import contextlib
import datetime
import pathlib
import tempfile
import unittest

import nightstand
from nightstand import Clock, EntryDraft, Moment, NightstandError, RichText, RowsQuery, Vault, ZoneOffsets

DAY = datetime.timedelta(days=1)
WARSAW = "Europe/Warsaw"
SUNDAY = datetime.datetime(2026, 11, 15, 20, 30, 0, 123000, tzinfo=datetime.timezone.utc)

# Python must not end while a thread of the core's is calling it or letting go of something of its own.
atexit.register(nightstand.end_calls)


class Zones(ZoneOffsets):
    """Warsaw in winter, and no other."""

    def offset_seconds(self, zone, at):
        return 3600 if zone == WARSAW else None


class Hands(Clock):
    """Stands still until a story moves it."""

    def __init__(self):
        self.at = SUNDAY

    def now(self):
        return self.at


def entry(title, text, day=0, **more):
    moment = Moment(utc=SUNDAY + day * DAY, offset_seconds=3600, zone="Europe/Warsaw")
    return EntryDraft(title=title, body=RichText(text=text), moment=moment, **more)


async def open_vault(folder, name, number, clock=None):
    return await Vault.open(str(folder / name), bytes([number]) * 32, bytes([number]) * 16, clock)


async def carry(source, target):
    """Carries the frames that wait at one side to the other. The channel in between is the app's own."""
    carried = 0
    while (frame := await source.poll_frame()) is not None:
        await target.handle_frame(frame)
        carried += 1
    return carried


async def pair(alex, sam):
    inviting = await alex.pairing().invite("Alex")
    joining = await sam.pairing().join("Sam", await inviting.link())
    return inviting, joining, await agree(inviting, joining)


async def agree(inviting, joining):
    """Both people look at both screens, and say that the codes are the same."""
    while await carry(joining, inviting) + await carry(inviting, joining):
        pass
    shown = inviting.state(), joining.state()
    await inviting.confirm()
    await joining.confirm()
    while await carry(joining, inviting) + await carry(inviting, joining):
        pass
    return shown


async def meet(alex, sam):
    return await converse(await alex.sync().begin(), sam)


async def meet_own(device, other):
    """Syncs with the device that this one was linked to."""
    linked = (await device.devices().list()).others[0].device
    return await converse(await device.sync().begin_with_own(linked), other)


async def converse(begun, called):
    answering = await called.sync().answer()
    while await carry(begun, answering) + await carry(answering, begun):
        pass
    assert begun.is_over() and answering.is_over()
    return begun.report()


async def edit(vault, id, draft):
    """Saves what somebody makes of an entry that they have just read."""
    await vault.journal().edit(id, draft, (await vault.journal().read(id)).version)


async def titles(vault, **query):
    return [row.title for row in (await vault.journal().rows(RowsQuery(**query))).rows]


class Phones(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    async def phones(self):
        return await open_vault(self.folder, "alex.db", 1), await open_vault(self.folder, "sam.db", 2)

    async def couple(self):
        alex, sam = await self.phones()
        await pair(alex, sam)
        return alex, sam

    @contextlib.contextmanager
    def fails(self, kind, code, action, retryable=False):
        with self.assertRaises(kind) as caught:
            yield caught
        error = caught.exception
        self.assertIsInstance(error, NightstandError)
        self.assertEqual((error.code(), error.action(), error.retryable()), (code, action, retryable))
