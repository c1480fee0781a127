"""Alex and Sam without a conversation: a sealed file that changes hands, and a place where their phones leave each other some."""

import asyncio
import datetime
import os
import shutil
import threading
import unittest
import urllib.error
import urllib.request

import nightstand
from nightstand import (
    Action,
    ArchivePlace,
    BundleExtent,
    BundleFor,
    BundleOutcome,
    Cancel,
    DavCredentials,
    Http,
    HttpAnswer,
    HttpError,
    InputFault,
    MailboxPlace,
    MailboxServer,
    MailboxTrouble,
    NightstandError,
    ProgressObserver,
    RoadOptions,
    Sharing,
    Storage,
    StorageError,
    SyncOutcome,
    TextOf,
    Texts,
    Tls,
    Ways,
    WebDavFolder,
)
from phones import Phones, entry, meet, open_vault, titles

HERE = RoadOptions(listen="127.0.0.1:0")
MINUTE = datetime.timedelta(minutes=1)
MOMENT = datetime.timedelta(milliseconds=20)


class Shelf(Storage):
    """A storage of the app's own. It may be full, forget what it is for, or keep its caller waiting."""

    def __init__(self):
        self.files, self.is_full, self.is_broken, self.open = {}, False, False, threading.Event()
        self.open.set()

    def put(self, name, bytes):
        if self.is_full:
            raise StorageError.Full()
        self.files[name] = bytes

    def get(self, name, most):
        if name not in self.files:
            raise StorageError.Missing()
        if len(self.files[name]) > most:
            raise StorageError.TooLarge()
        return self.files[name]

    def list(self):
        self.open.wait()
        if self.is_broken:
            raise RuntimeError("no such place")
        return list(self.files)

    def delete(self, name):
        self.files.pop(name, None)


class Seen(ProgressObserver):
    def __init__(self, seen):
        self.seen = seen

    def progressed(self, progress):
        self.seen.append(progress.done)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class OwnHttp(Http):
    """The core's requests, sent with Python's own HTTP."""

    opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))

    def send(self, request):
        headers = {header.name: header.value for header in request.headers}
        sent = urllib.request.Request(request.url, request.body or None, headers, method=request.method)
        try:
            with self.opener.open(sent, timeout=30) as answer:
                return self.read(answer, request.most)
        except urllib.error.HTTPError as answer:
            with answer:
                return self.read(answer, request.most)

    def read(self, answer, most):
        body = answer.read(most + 1)
        if len(body) > most:
            raise HttpError.TooLarge()
        return HttpAnswer(status=answer.status, body=body)


def web_dav(url, password):
    credentials = DavCredentials.BASIC(user="alex", password=password)
    folder = WebDavFolder(url=url, credentials=credentials, tls=Tls.DEMANDED)
    return MailboxServer(place=MailboxPlace.WEB_DAV(folder), http=OwnHttp())


class Mailbox(Phones):
    async def test_a_bundle_may_come_twice_and_says_what_is_missing(self):
        alex, sam = await self.couple()
        await sam.close()
        shutil.copy(self.folder / "sam.db", self.folder / "old.db")
        sam = await open_vault(self.folder, "sam.db", 2)
        await alex.journal().write(entry("First", "The kitchen light."), Sharing.SHARED)
        await meet(alex, sam)
        await alex.journal().write(entry("Second", "The long way home.", 1), Sharing.SHARED)
        await alex.journal().write(entry("Mine", "For me.", 2), Sharing.PRIVATE)
        bundle = await alex.sync().make_bundle(BundleFor.PARTNER, BundleExtent.SINCE_LAST_SYNC, MINUTE)
        self.assertFalse(bundle.is_cut)
        for first in True, False:
            report = await sam.sync().take_bundle(bundle.bytes, MINUTE)
            self.assertEqual((report.outcome, report.entries_received > 0), (BundleOutcome.ALL_HERE, first))
        self.assertEqual(await titles(sam), ["Second", "First"])

        # Sam's phone as it was before the two met: it lacks what this one builds on.
        old = await open_vault(self.folder, "old.db", 2)
        report = await old.sync().take_bundle(bundle.bytes, MINUTE)
        self.assertEqual((report.outcome, report.entries_received), (BundleOutcome.EARLIER_MISSING, 0))
        said = Texts(["en"]).say(nightstand.text_key(TextOf.BUNDLE(report.outcome)))
        self.assertTrue(said.text.startswith("Something from before it is missing here."))
        path = str(self.folder / "for-sam")
        self.assertFalse(await alex.sync().write_bundle(BundleFor.PARTNER, BundleExtent.EVERYTHING, path, MINUTE))
        report = await old.sync().read_bundle(path, MINUTE)
        self.assertEqual((report.outcome, report.is_cut), (BundleOutcome.ALL_HERE, False))
        self.assertEqual(await titles(old), ["Second", "First"])

        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.sync().write_bundle(BundleFor.PARTNER, BundleExtent.EVERYTHING, path, MINUTE)
        changed = bundle.bytes[:-1] + bytes([bundle.bytes[-1] ^ 1])
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await sam.sync().take_bundle(changed, MINUTE)
        report = await alex.sync().take_bundle(bundle.bytes, MINUTE)
        self.assertEqual(report.outcome, BundleOutcome.NOT_FOR_THIS_PHONE)
        with self.fails(NightstandError.NotPaired, "not_paired", Action.PAIR):
            await alex.sync().make_bundle(BundleFor.OWN_DEVICES, BundleExtent.EVERYTHING, MINUTE)
        cancel = Cancel()
        cancel.cancel()
        with self.fails(NightstandError.Cancelled, "cancelled", Action.WAIT, retryable=True):
            await sam.sync().take_bundle(bundle.bytes, MINUTE, cancel)

    async def test_two_phones_never_online_together_sync_through_a_folder(self):
        alex, sam = await self.couple()
        place = self.folder / "place"
        report = await alex.sync().use_mailbox_folder(str(place), MINUTE)
        self.assertEqual((report.outcome, report.trouble), (SyncOutcome.NOT_YET, MailboxTrouble.UNREACHABLE))
        place.mkdir()
        (place / "Holiday.jpg").write_bytes(b"somebody else's")
        await alex.journal().write(entry("From Alex", "The kitchen light."), Sharing.SHARED)
        await alex.journal().write(entry("Mine", "For me.", 1), Sharing.PRIVATE)
        await sam.journal().write(entry("From Sam", "The long way home.", 2), Sharing.JOINT)
        for _ in range(2):
            for vault in alex, sam:
                await vault.sync().use_mailbox_folder(str(place), MINUTE)
        self.assertEqual(await titles(alex), ["From Sam", "Mine", "From Alex"])
        self.assertEqual(await titles(sam), ["From Sam", "From Alex"])
        for vault in alex, sam:
            report = await vault.sync().use_mailbox_folder(str(place), MINUTE)
            self.assertEqual((report.outcome, report.trouble), (SyncOutcome.ALL_HANDED_OVER, None))
            self.assertEqual((report.missing, report.damaged, report.too_new), (False, 0, 0))
        names = [path.name for path in place.iterdir()]
        self.assertIn("Holiday.jpg", names)
        self.assertLessEqual(len(names), 3)

    async def test_one_call_syncs_over_whatever_is_up(self):
        alex, sam = await self.couple()
        await meet(alex, sam)
        place = self.folder / "place"
        place.mkdir()
        self.assertEqual(await alex.sync().status(), SyncOutcome.ALL_HANDED_OVER)
        await alex.journal().write(entry("From Alex", "The kitchen light."), Sharing.SHARED)
        self.assertEqual(await alex.sync().status(), SyncOutcome.NOT_YET)
        reports = [await vault.sync().once(Ways(folder=str(place)), MINUTE) for vault in (alex, sam, alex)]
        outcomes = [report.outcome for report in reports]
        self.assertEqual(outcomes, [SyncOutcome.NOT_YET, SyncOutcome.ALL_HANDED_OVER, SyncOutcome.ALL_HANDED_OVER])
        self.assertTrue(reports[0].entries_sent > 0 and reports[1].entries_received > 0)
        self.assertEqual(await titles(sam), ["From Alex"])

        # Nobody answers over QUIC: that is no error. Then Sam's phone does.
        await sam.journal().write(entry("From Sam", "The long way home.", 1), Sharing.SHARED)
        on_alex, on_sam = await alex.sync().road(HERE), await sam.sync().road(HERE)
        report = await alex.sync().once(Ways(road=on_alex), MOMENT)
        self.assertEqual((report.outcome, report.met, report.attention), (SyncOutcome.NOT_YET, False, None))
        ways = Ways(road=on_alex, addresses=await on_sam.addresses(), storage=Shelf())
        answering = await sam.sync().answer()
        report, _ = await asyncio.gather(alex.sync().once(ways, MINUTE), answering.accept(on_sam, MINUTE))
        self.assertEqual((report.outcome, report.met), (SyncOutcome.ALL_HANDED_OVER, True))
        self.assertEqual(await titles(alex), ["From Sam", "From Alex"])
        for vault in alex, sam:
            self.assertEqual(await vault.sync().status(), SyncOutcome.ALL_HANDED_OVER)
        with self.fails(NightstandError.NotPaired, "not_paired", Action.PAIR):
            await (await open_vault(self.folder, "new.db", 3)).sync().once(Ways(), MINUTE)

    async def test_a_storage_of_the_apps_own_may_fail_and_be_full(self):
        alex, sam = await self.couple()
        shelf = Shelf()
        await alex.journal().write(entry("Evening", "We lay there."), Sharing.SHARED)
        shelf.is_full = True
        report = await alex.sync().use_mailbox(shelf, MINUTE)
        self.assertEqual((report.outcome, report.trouble), (SyncOutcome.NOT_YET, MailboxTrouble.FULL))
        said = Texts(["en"]).say(nightstand.text_key(TextOf.MAILBOX(report.trouble)))
        self.assertTrue(said.text.startswith("There is no room left in that place."))
        shelf.is_full, shelf.is_broken = False, True
        report = await alex.sync().use_mailbox(shelf, MINUTE)
        self.assertEqual(report.trouble, MailboxTrouble.UNREACHABLE)
        shelf.is_broken = False

        # It does not answer: the call ends when its time is over, or when somebody ends it.
        shelf.open.clear()
        report = await alex.sync().use_mailbox(shelf, MOMENT)
        self.assertEqual(report.outcome, SyncOutcome.NOT_YET)
        cancel = Cancel()
        cancel.cancel()
        with self.fails(NightstandError.Cancelled, "cancelled", Action.WAIT, retryable=True):
            await alex.sync().use_mailbox(shelf, MINUTE, cancel)
        shelf.open.set()
        for vault in alex, sam, alex:
            report = await vault.sync().use_mailbox(shelf, MINUTE)
        self.assertEqual(report.outcome, SyncOutcome.ALL_HANDED_OVER)
        self.assertEqual(await titles(sam), ["Evening"])

    async def test_two_phones_never_online_together_sync_through_a_server(self):
        alex, sam = await self.couple()
        await alex.journal().write(entry("From Alex", "The kitchen light."), Sharing.SHARED)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN) as failed:
            await alex.sync().use_mailbox_server(web_dav("http://nas.example/ours/", "a long wait"), MINUTE)
        self.assertEqual(failed.exception.what, InputFault.MAILBOX_PLACE)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN) as failed:
            await alex.sync().once(Ways(server=web_dav("https://cloud.example/ours/", "a\nb")), MINUTE)
        self.assertEqual(failed.exception.what, InputFault.CREDENTIALS)
        # The library has no HTTP of its own.
        alone = MailboxServer(place=web_dav("https://cloud.example/ours/", "a long wait").place)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN) as failed:
            await alex.sync().use_mailbox_server(alone, MINUTE)
        self.assertEqual(failed.exception.what, InputFault.STATE)

        url = os.environ.get("NIGHTSTAND_MAILBOX")
        if url is None:
            raise unittest.SkipTest("there is no server here")
        report = await alex.sync().use_mailbox_server(web_dav(url, "another"), MINUTE)
        self.assertEqual((report.outcome, report.trouble), (SyncOutcome.NOT_YET, MailboxTrouble.REFUSED))
        server = web_dav(url, "a long wait")
        for vault in alex, sam, alex:
            report = await vault.sync().use_mailbox_server(server, MINUTE)
        self.assertEqual((report.outcome, report.trouble), (SyncOutcome.ALL_HANDED_OVER, None))
        await sam.journal().write(entry("From Sam", "The long way home.", 1), Sharing.SHARED)
        reports = [await vault.sync().once(Ways(server=server), MINUTE) for vault in (sam, alex, sam)]
        self.assertEqual(reports[-1].outcome, SyncOutcome.ALL_HANDED_OVER)
        for vault in alex, sam:
            self.assertEqual(await titles(vault), ["From Sam", "From Alex"])

    async def test_an_archive_brings_everything_back_when_nothing_else_is_left(self):
        alex, sam = await self.couple()
        await alex.journal().write(entry("Mine alone", "For me."), Sharing.PRIVATE)
        words = " ".join(await alex.recovery_phrase().show())
        shelf = Shelf()
        place = ArchivePlace.OWN(shelf)
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await alex.archive().write(place, MINUTE)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.archive().set_up(" ".join(await sam.recovery_phrase().show()))
        await alex.archive().set_up(words)
        self.assertTrue(await alex.archive().is_set_up())
        shelf.is_full = True
        self.assertEqual((await alex.archive().write(place, MINUTE)).trouble, MailboxTrouble.FULL)
        shelf.is_full = False
        await alex.set_private_key(bytes(32), None)
        await alex.lock_private()
        made = await alex.archive().write(place, MINUTE)
        self.assertEqual((made.private_waits, made.is_complete, made.trouble), (True, False, None))
        await alex.unlock_private(bytes(32))
        made = await alex.archive().write(place, MINUTE)
        self.assertEqual((made.private_waits, made.is_complete), (False, True))
        self.assertGreater(made.entries_written, 0)
        self.assertTrue(all(name.startswith("archive-") for name in shelf.files))

        new = await open_vault(self.folder, "new.db", 3)
        with self.fails(NightstandError.WrongKey, "wrong_key", Action.UNLOCK):
            await new.archive().restore(place, " ".join(await sam.recovery_phrase().show()), MINUTE)
        empty = self.folder / "empty"
        empty.mkdir()
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await new.archive().restore(ArchivePlace.FOLDER(str(empty)), words, MINUTE)
        seen = []
        came = await new.archive().restore(place, words, MINUTE, Seen(seen))
        self.assertTrue(came.with_private and came.is_whole and came.trouble is None)
        self.assertEqual((seen[-1], await titles(new)), (came.entries, ["Mine alone"]))
        self.assertTrue((await new.devices().list()).this_is_unlisted)
        await new.devices().list_this(words, "New phone")
        await meet(new, sam)
        await new.archive().turn_off()
        self.assertFalse(await new.archive().is_set_up())
