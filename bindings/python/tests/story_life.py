"""A vault's life: locked and unlocked, opened by a passphrase, looked into, brought up to date, reported on, erased."""

import asyncio
import datetime
import os
import pathlib
import shutil

import nightstand
from nightstand import (
    Action, Cancel, Layout, Level, LogSink, NightstandError, PhraseState, PrivateLock, ProgressObserver, RowsQuery, Sharing,
    SyncOutcome, Vault, Whose,
)
from phones import Phones, entry, meet, open_vault, titles

SOON = datetime.timedelta(seconds=2)
KEY = bytes([1]) * 32
MARK = bytes([1]) * 16
SECOND = bytes([42]) * 32

# As an earlier version of the app left it.
EARLIER = pathlib.Path(nightstand.__file__).parent / "earlier.vault"


class Life(Phones):
    async def test_a_locked_vault_needs_its_key(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        await alex.journal().write(entry("Kept", "…"), Sharing.PRIVATE)
        await alex.lock(SOON)
        with self.fails(NightstandError.KeyNeeded, "key_needed", Action.UNLOCK, retryable=True):
            await titles(alex)
        with self.fails(NightstandError.KeyNeeded, "key_needed", Action.UNLOCK, retryable=True):
            await alex.resume()
        with self.fails(NightstandError.WrongKey, "wrong_key", Action.UNLOCK):
            await alex.unlock(bytes(32))
        await alex.unlock(KEY)
        self.assertEqual(await titles(alex), ["Kept"])

    async def test_a_passphrase_opens_a_vault_too(self):
        wrapped = await nightstand.wrap_key(KEY, "four quiet yellow boats")
        self.assertEqual(await nightstand.unwrap_key(wrapped, "four quiet yellow boats"), KEY)
        with self.fails(NightstandError.WrongKey, "wrong_key", Action.UNLOCK):
            await nightstand.unwrap_key(wrapped, "four quiet yellow cats")
        for call in (lambda: nightstand.wrap_key(KEY, ""), lambda: nightstand.unwrap_key(b"something else", "boats")):
            with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
                await call()

    async def test_the_phrase_is_written_down_and_forgotten(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        phrase = alex.recovery_phrase()
        words = await phrase.show()
        self.assertEqual((await phrase.state(), len(words)), (PhraseState.KEPT, 24))
        wrong = await phrase.confirm(" ".join(["lanternn", *words[1:]]))
        self.assertEqual(wrong.places, [1])
        self.assertTrue((await phrase.confirm(" ".join(words[1:]))).is_WORD_COUNT())
        self.assertEqual(await phrase.state(), PhraseState.KEPT)
        self.assertIn(words[0], nightstand.suggest_phrase_words(words[0][:4].upper()))
        typed = "\n".join(f"{place}. {word.upper()}" for place, word in enumerate(words, 1))
        found = await phrase.confirm(typed)
        self.assertTrue(found.is_FITS())
        self.assertEqual(nightstand.text_key(nightstand.TextOf.PHRASE_CHECK(found)), "phrase-check-fits")
        self.assertEqual(await phrase.state(), PhraseState.WRITTEN_DOWN)
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await phrase.show()
        self.assertTrue((await phrase.check(typed)).is_FITS())
        sam = await open_vault(self.folder, "sam.db", 2)
        self.assertTrue((await sam.recovery_phrase().check(typed)).is_ANOTHER())

    async def test_a_second_key_closes_what_is_private(self):
        alex, sam = await self.couple()
        journal = alex.journal()
        kept = await journal.write(entry("For me", "a quiet word"), Sharing.PRIVATE)
        await journal.write(entry("For us", "a quiet evening", 1), Sharing.JOINT)
        self.assertEqual(await alex.private_lock(), PrivateLock.NONE)
        progress = Bar()
        await alex.set_private_key(SECOND, progress)
        self.assertEqual((progress.told[0].done, progress.told[0].total), (0, 1))
        self.assertEqual(await titles(alex), ["For us", "For me"])
        await alex.lock_private()
        self.assertEqual((await alex.private_lock(), await titles(alex)), (PrivateLock.LOCKED, ["For us"]))
        self.assertEqual(len((await journal.search("quiet", RowsQuery())).hits), 1)
        for call in (lambda: journal.read(kept), lambda: alex.preferences().list(Whose.ME), lambda: alex.set_private_key(None)):
            with self.fails(NightstandError.PrivateLocked, "private_locked", Action.UNLOCK, retryable=True):
                await call()
        self.assertEqual((await meet(alex, sam)).outcome, SyncOutcome.ALL_HANDED_OVER)
        self.assertEqual(await titles(sam), ["For us"])
        with self.fails(NightstandError.WrongKey, "wrong_key", Action.UNLOCK):
            await alex.unlock_private(KEY)
        await alex.unlock_private(SECOND)
        self.assertEqual((await journal.read(kept)).entry.title, "For me")
        self.assertEqual(len((await journal.search("quiet", RowsQuery())).hits), 2)
        await alex.set_private_key(None)
        self.assertEqual((await alex.private_lock(), await titles(alex)), (PrivateLock.NONE, ["For us", "For me"]))

    async def test_a_widget_reads_and_writes_nothing(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        await alex.journal().write(entry("Seen", "…"), Sharing.PRIVATE)
        path = str(self.folder / "alex.db")
        widget = await Vault.open_read_only(path, KEY)
        self.assertEqual(await titles(widget), ["Seen"])
        with self.fails(NightstandError.ReadOnly, "read_only", Action.SHOW_SUPPORT):
            await widget.journal().write(entry("Unwritten", "…"), Sharing.PRIVATE)
        await widget.close()
        await alex.close()
        background = await Vault.open_in_background(path, KEY, MARK)
        await background.journal().write(entry("Written", "…", 1), Sharing.PRIVATE)
        self.assertEqual(await titles(background), ["Written", "Seen"])
        await background.close()
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await Vault.open_in_background(str(self.folder / "nobody.db"), KEY, MARK)

    async def test_an_earlier_vault_is_brought_up_to_date(self):
        path = str(self.folder / "alex.db")
        shutil.copy(EARLIER, path)
        found = await nightstand.inspect_with_key(path, KEY)
        self.assertEqual(found.layout, Layout.NEEDS_MIGRATION)
        self.assertGreater(found.needed_bytes, os.path.getsize(path))
        for call in (lambda: Vault.open_in_background(path, KEY, MARK), lambda: Vault.open_read_only(path, KEY)):
            with self.fails(NightstandError.MigrationNeeded, "migration_needed", Action.WAIT, retryable=True):
                await call()
        cancel, progress = Cancel(), Bar()
        cancel.cancel()
        with self.fails(NightstandError.Cancelled, "cancelled", Action.WAIT, retryable=True):
            await Vault.open(path, KEY, MARK, progress=progress, cancel=cancel)
        self.assertEqual(pathlib.Path(path).read_bytes(), EARLIER.read_bytes())
        alex = await Vault.open(path, KEY, MARK, progress=progress)
        self.assertEqual(progress.told[0].done, 0)
        self.assertGreater(progress.told[0].total, 5)
        self.assertGreater(await alex.journal().count(RowsQuery()), 5)
        self.assertEqual((await nightstand.inspect_with_key(path, KEY)).layout, Layout.CURRENT)

    async def test_the_log_and_the_report_hold_no_content(self):
        log = Lines()
        alex = await Vault.open(str(self.folder / "canary.db"), KEY, MARK, log=log)
        await alex.journal().write(entry("A canary", "sings"), Sharing.PRIVATE)
        await alex.pause(SOON)
        await alex.resume()
        for _ in range(3):
            await asyncio.wait_for(log.heard.get(), 60)
        schema = nightstand.version().schema
        self.assertEqual(log.lines[0], (Level.INFO, f"opened schema={schema}"))
        self.assertEqual([line for _, line in log.lines[1:]], ["paused writing=finished reading=finished", "resumed"])
        report = await alex.support_report()
        values = {line.name: line.value for line in report.lines}
        self.assertEqual((values["documents_private"], values["file_pages_damaged"]), ("1", "0"))
        self.assertTrue(report.log[-1].endswith("resumed"))
        self.assertIn("documents_private: 1\n", report.text)
        self.assertNotIn("canary", report.text)
        await alex.close()

    async def test_everything_is_erased(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        await alex.journal().write(entry("Gone", "…"), Sharing.PRIVATE)
        path = str(self.folder / "alex.db")
        with self.fails(NightstandError.Locked, "locked", Action.WAIT, retryable=True):
            await nightstand.erase(path)
        await alex.erase_everything()
        with self.fails(NightstandError.Closed, "closed", Action.UNLOCK):
            await titles(alex)
        self.assertEqual([file.name for file in self.folder.iterdir()], ["alex.db.lock"])
        again = await open_vault(self.folder, "alex.db", 1)
        self.assertEqual(await titles(again), [])
        await again.close()
        await nightstand.erase(path)
        self.assertEqual([file.name for file in self.folder.iterdir()], ["alex.db.lock"])


class Bar(ProgressObserver):
    def __init__(self):
        self.told = []

    def progressed(self, progress):
        self.told.append(progress)


class Lines(LogSink):
    """Notes lines, and fails at it each time."""

    def __init__(self):
        self.lines, self.heard, self.loop = [], asyncio.Queue(), asyncio.get_running_loop()

    def log(self, level, line):
        self.lines.append((level, line))
        self.loop.call_soon_threadsafe(self.heard.put_nowait, line)
        raise ValueError("a log that can't be written")
