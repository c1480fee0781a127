"""The life of an app: keys, pauses, observers, clocks, threads, endings."""

import asyncio
import datetime
import subprocess
import sys
import tempfile
import threading

import nightstand
from nightstand import (
    Action, Clock, FileForm, Layout, NightstandError, Observer, RowsQuery, Sharing, SyncOutcome, Vault,
)
from phones import SUNDAY, Phones, entry, meet, open_vault, pair, titles

# What a short script does: it ends right after its last call, whether it closes or not, and the core still holds what is its.
SCRIPT = """
import asyncio, atexit, datetime, pathlib, sys, nightstand

atexit.register(nightstand.end_calls)

class Told(nightstand.Observer, nightstand.LogSink, nightstand.Clock):
    def changed(self, revision):
        pass

    def log(self, level, line):
        pass

    def now(self):
        return datetime.datetime.now(datetime.timezone.utc)

async def main():
    path = str(pathlib.Path(sys.argv[1]) / "script.db")
    vault = await nightstand.Vault.open(path, bytes(32), bytes(16), Told(), Told())
    subscription = vault.observe(Told())
    moment = nightstand.Moment(utc=Told().now(), offset_seconds=0)
    draft = nightstand.EntryDraft(title="", body=nightstand.RichText(text="a line"), moment=moment)
    await vault.journal().write(draft, nightstand.Sharing.PRIVATE)
    if "close" in sys.argv:
        await vault.close()

asyncio.run(main())
"""


class App(Phones):
    async def test_keys_and_files(self):
        path = str(self.folder / "alex.db")
        self.assertEqual((await nightstand.inspect(path)).form, FileForm.ABSENT)
        alex = await open_vault(self.folder, "alex.db", 1)
        with self.fails(NightstandError.Locked, "locked", Action.WAIT, retryable=True):
            await open_vault(self.folder, "alex.db", 1)
        await alex.journal().write(entry("Kept", "words that stay"), Sharing.PRIVATE)
        await alex.close()
        found = await nightstand.inspect(path)
        self.assertEqual(found.form, FileForm.PLAUSIBLE)
        self.assertEqual((await nightstand.inspect_with_key(path, bytes([1]) * 32)).layout, Layout.CURRENT)
        with self.fails(NightstandError.WrongKey, "wrong_key", Action.UNLOCK):
            await open_vault(self.folder, "alex.db", 9)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await Vault.open(path, b"short", bytes(16))
        self.assertEqual((await nightstand.inspect(path)).bytes, found.bytes)
        alex = await open_vault(self.folder, "alex.db", 1)
        self.assertEqual(await titles(alex), ["Kept"])

    async def test_the_life_of_an_app(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        journal, talk = alex.journal(), await alex.pairing().invite("Alex")
        await alex.pause(datetime.timedelta(seconds=2))
        with self.fails(NightstandError.Paused, "paused", Action.WAIT, retryable=True):
            await journal.rows(RowsQuery())
        await alex.resume()
        self.assertEqual(await journal.count(RowsQuery()), 0)
        await alex.pause(datetime.timedelta.max)
        await alex.resume()
        await alex.close()
        closed = (NightstandError.Closed, "closed", Action.UNLOCK)
        calls = [
            lambda: journal.rows(RowsQuery()), lambda: journal.write(entry("Late", "too late"), Sharing.PRIVATE),
            lambda: alex.pairing().invite("Alex"), lambda: alex.sync().begin(), alex.resume,
            lambda: alex.pause(datetime.timedelta(0)), journal.shared_digest, alex.pairing().partner,
        ]
        for call in calls:
            with self.fails(*closed):
                await call()
        self.assertTrue(talk.state().is_MEETING())
        await alex.close()

    async def test_an_observer_is_told_after_commits(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        journal, told = alex.journal(), Told()
        with self.assertRaises(TypeError):
            alex.observe(object())
        angry, subscription = Angry(), alex.observe(told)
        anger = alex.observe(angry)
        await told.reaches(0)
        for number in range(1, 4):
            await journal.write(entry("Heard", "…", number), Sharing.PRIVATE)
            await told.reaches(number)
            await angry.reaches(number)
            self.assertEqual(await journal.count(RowsQuery()), number)
        self.assertEqual(told.revisions, sorted(set(told.revisions)))
        await subscription.end()
        await anger.end()
        heard = list(told.revisions)
        await journal.write(entry("Unheard", "…"), Sharing.PRIVATE)
        self.assertEqual(told.revisions, heard)
        # Letting go of it is enough.
        dropped = alex.observe(told)
        del dropped
        await alex.close()

    async def test_the_apps_clock_is_asked_and_may_fail(self):
        clock = SetClock()
        alex = await open_vault(self.folder, "alex.db", 1, clock)
        sam = await open_vault(self.folder, "sam.db", 2, clock)
        await pair(alex, sam)
        self.assertGreater(clock.asked, 0)
        clock.broken = True
        await alex.pairing().partner()
        await alex.journal().write(entry("Timeless", "…"), Sharing.JOINT)
        self.assertEqual((await meet(alex, sam)).outcome, SyncOutcome.ALL_HANDED_OVER)

    async def test_a_call_given_up_is_done_all_the_same(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        calls = [asyncio.create_task(alex.journal().write(entry("Given up", "…", day), Sharing.PRIVATE)) for day in range(20)]
        await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await alex.journal().write(entry("Waited for", "…"), Sharing.PRIVATE)
        self.assertEqual(await alex.journal().count(RowsQuery()), 21)

    async def test_many_at_once(self):
        alex, sam = await self.couple()

        async def write(vault, number):
            id = await vault.journal().write(entry(f"{number}", "many at once", number), Sharing.SHARED)
            return (await vault.journal().read(id)).entry.title

        written = await asyncio.gather(*(write(vault, number) for number in range(40) for vault in (alex, sam)))
        self.assertEqual(written, [str(number) for number in range(40) for _ in range(2)])

        failed = []

        def on_a_thread(vault):
            try:
                asyncio.run(write(vault, 40))
            except Exception as error:
                failed.append(error)
        threads = [threading.Thread(target=on_a_thread, args=(vault,)) for vault in (alex, sam) * 4]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            await meet(alex, sam)
        self.assertEqual(failed, [])
        await meet(alex, sam)
        self.assertEqual(await alex.journal().count(RowsQuery()), 88)
        self.assertEqual(await alex.journal().shared_digest(), await sam.journal().shared_digest())

    def test_a_script_ends_well(self):
        for last in ["close", "leave"] * 10:
            with tempfile.TemporaryDirectory() as folder:
                ended = subprocess.run([sys.executable, "-c", SCRIPT, folder, last], capture_output=True, check=False)
                self.assertEqual((ended.returncode, ended.stderr), (0, b""))

    def test_versions(self):
        version = nightstand.version()
        self.assertRegex(version.library, r"^\d+\.\d+\.\d+")
        self.assertTrue(version.binding >= 2 and version.protocol >= 1 and version.schema >= 1)
        self.assertTrue(version.catalogue >= 1 and version.synonyms >= 1)


class Told(Observer):
    """Notes what it is told, on the core's thread, and wakes the story on its own."""

    def __init__(self):
        self.revisions, self.told, self.loop = [], asyncio.Event(), asyncio.get_running_loop()

    def changed(self, revision):
        self.revisions.append(revision)
        self.loop.call_soon_threadsafe(self.told.set)

    async def reaches(self, revision):
        while not self.revisions or self.revisions[-1] < revision:
            self.told.clear()
            await asyncio.wait_for(self.told.wait(), 60)


class Angry(Told):
    def changed(self, revision):
        super().changed(revision)
        raise ValueError("a private word in an exception")


class SetClock(Clock):
    def __init__(self):
        self.asked, self.broken = 0, False

    def now(self):
        self.asked += 1
        if self.broken:
            raise ValueError("no battery")
        return SUNDAY
