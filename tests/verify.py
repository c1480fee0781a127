#!/usr/bin/env python3
"""Checks the vaults that `two-phones --keep DIR` left, with stock SQLCipher and none of our code.

    python3 tests/verify.py DIR

Opens copies of both files as docs/open-the-file.md says, computes both digests as docs/digest.md says, and looks in each
file for the private pages of the other person. Ends with 0 only if the digests agree and nothing private was found.
"""

import argparse
import fcntl
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zlib

PIECE = 24
SHORTEST = 10


def main():
    description, _, more = __doc__.partition("\n\n    python3 tests/verify.py DIR\n\n")
    parser = argparse.ArgumentParser(description=description, epilog=more)
    parser.add_argument("folder", metavar="DIR", type=pathlib.Path, help="what --keep was given")
    phones = kept(parser.parse_args().folder)
    with_sqlcipher()
    with tempfile.TemporaryDirectory() as copies:
        for number, phone in enumerate(phones):
            phone["db"] = open_copy(phone, pathlib.Path(copies) / str(number))
        good = check_digests(phones)
        for here, there in (phones, phones[::-1]):
            good &= check_nothing_private(here, there)
        for phone in phones:
            phone["db"].close()
    print("Everything holds." if good else "Something does NOT hold.")
    sys.exit(0 if good else 1)


def kept(folder):
    """What the key file says of both phones, with the paths of their vaults."""
    key_file = folder / "keys.json"
    if not key_file.is_file():
        sys.exit(f"{key_file} is not there: was this folder made by two-phones --keep?")
    try:
        alex, sam = json.loads(key_file.read_text(encoding="utf-8"))["phones"]
        phones = [
            {
                "name": str(phone["name"]),
                "path": folder / phone["file"],
                "key": bytes.fromhex(phone["key"]),
                "digest": str(phone["digest"]),
                "taken_back": set(phone["taken_back"]),
            }
            for phone in (alex, sam)
        ]
    except (ValueError, KeyError, TypeError):
        sys.exit(f"{key_file} is not as two-phones writes it")
    for phone in phones:
        if not phone["path"].is_file():
            sys.exit(f"{phone['path']} is not there")
    return phones


def say(good, text):
    print(f"{'ok ' if good else 'BAD'} {text}")
    return good


# Opening


def with_sqlcipher():
    """Goes on in the cached virtual environment that has SQLCipher, making it at the first run."""
    global sqlcipher3
    try:
        import sqlcipher3
        return
    except ImportError:
        pass
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "nightstand"
    python = cache / "venv" / "bin" / "python"
    if os.environ.get("NIGHTSTAND_VERIFY") == "venv":
        sys.exit(f"{python} has no sqlcipher3")
    cache.mkdir(parents=True, exist_ok=True)
    # Tests use the environment too, and one of them makes it.
    with open(cache / "venv.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        has = [python, "-c", "import sqlcipher3"]
        if not python.exists() or subprocess.run(has, capture_output=True).returncode != 0:
            subprocess.run([sys.executable, "-m", "venv", cache / "venv"], check=True)
            pip = [python, "-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "20", "sqlcipher3-wheels"]
            subprocess.run(pip, check=True)
    os.environ["NIGHTSTAND_VERIFY"] = "venv"
    os.execv(python, [str(python), *sys.argv])


def open_copy(phone, folder):
    folder.mkdir()
    path, key, copy = phone["path"], phone["key"], folder / "copy.db"
    for suffix in ("", "-wal", "-shm"):
        beside = pathlib.Path(f"{path}{suffix}")
        if not suffix or beside.exists():
            shutil.copyfile(beside, f"{copy}{suffix}")
    salt = hmac.digest(key, b"nightstand database salt v1", "sha256")[:16]
    db = sqlcipher3.connect(copy.as_uri() + "?mode=rw", uri=True)
    try:
        db.execute(f"PRAGMA key = \"x'{key.hex()}{salt.hex()}'\"")
        db.execute("PRAGMA cipher_plaintext_header_size = 32")
        db.execute("PRAGMA cipher_hmac_algorithm = HMAC_SHA256")
        db.execute("SELECT count(*) FROM sqlite_schema")
    except (sqlcipher3.Error, MemoryError):
        # With a wrong key the first page makes no sense, and SQLCipher may take a number in it for a size.
        sys.exit(f"{path} does not open with the key in keys.json")
    db.text_factory = bytes  # what is searched may be anything
    return db


# The digest


def digest(db):
    entries = []
    for row in db.execute(
        """SELECT row.document, document.document, place.space, place.owner, row.all_day, row.favourite, row.mood,
               row.offset_seconds, words.text, row.when_ms, row.zone
           FROM row JOIN document ON document.id = row.document JOIN place ON place.id = row.place
               JOIN words ON words.document = row.document
           WHERE row.kind = 1 AND place.space > 0"""
    ):
        number, document, space, owner, all_day, favourite, mood, offset, text, when_ms, zone = row
        tags = sorted(tag for (tag,) in db.execute("SELECT tag FROM row_tag WHERE document = ?", (number,)))
        entries.append({
            "all_day": bool(all_day),
            "favourite": bool(favourite),
            "id": document.hex(),
            "mood": words(mood),
            "offset_seconds": offset,
            "owner": "" if space == 2 else owner.hex(),
            "tags": [words(tag) for tag in tags],
            "text": words(text),
            "when_ms": when_ms,
            "zone": words(zone),
        })
    for document, owner, item, stance, until_ms, chosen, note in db.execute(
        """SELECT document.document, place.owner, preference.item, preference.stance, preference.until_ms,
               preference.choices, preference.note
           FROM preference JOIN document ON document.id = preference.document JOIN place ON place.id = preference.place
           WHERE place.space > 0"""
    ):
        entries.append({
            "choices": [choice for choice in words(chosen).split("\x1f") if choice],
            "id": document.hex(),
            "item": words(item),
            "note": words(note),
            "owner": owner.hex(),
            "stance": stance,
            "until_ms": until_ms,
        })
    for document, owner, name, content in db.execute(
        """SELECT document.document, place.owner, record.what || '/' || record.id, record.content
           FROM record JOIN document ON document.id = record.document JOIN place ON place.id = record.place
           WHERE place.space > 0"""
    ):
        entries.append({"content": words(content), "id": document.hex(), "name": words(name), "owner": owner.hex()})
    entries.sort(key=lambda entry: (entry["id"], entry["owner"]))
    canonical = json.dumps(entries, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return len(entries), hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def words(text):
    return None if text is None else text.decode("utf-8")


def check_digests(phones):
    good = True
    digests = []
    for phone in phones:
        count, value = digest(phone["db"])
        digests.append(value)
        good &= say(count > 0, f"{phone['name']}'s file has {count:,} shared documents")
        good &= say(value == phone["digest"], f"{phone['name']}'s digest is {value}, and the phone said {phone['digest']}")
    return good & say(digests[0] == digests[1], "both digests are the same")


# Canaries


def canaries(phone):
    """What only this person may have. Of a shared page's working copy: what the shared text does not hold. Pages that were
    taken back are left out, since the other has read them."""
    db = phone["db"]
    texts = dict(db.execute(
        "SELECT document.document, words.text FROM words JOIN row USING (document) JOIN document ON document.id = words.document"
        " JOIN place ON place.id = row.place WHERE place.space = 1"
    ))
    found, pages = set(), 0
    for document, text, published in db.execute(
        """SELECT document.document, words.text, row.published FROM words JOIN row USING (document)
               JOIN document ON document.id = words.document JOIN place ON place.id = row.place WHERE place.space = 0"""
    ):
        if document.hex() in phone["taken_back"]:
            continue
        known = words(texts[published]) if published in texts else ""
        # The last line of `text` is the tags: words that anybody may use.
        title, _, body = words(text).rpartition("\n")[0].partition("\n")
        own = {needle for needle in distinctive(title, body) if needle not in known}
        pages += bool(own)
        found |= own
    found |= private_preferences(db) | private_records(db)
    return pages, found


def private_preferences(db):
    """The notes of preferences that are kept, and the names of the items that nothing is shared of."""
    private, shared = (
        {words(item): words(note) for item, note in db.execute(
            """SELECT preference.item, preference.note FROM preference JOIN place ON place.id = preference.place
               WHERE place.space = ? AND place.owner = (SELECT value FROM meta WHERE name = 'person')""", (space,)
        )}
        for space in (0, 1)
    )
    notes = {needle for note in private.values() for needle in distinctive("", note)}
    return {needle for needle in notes if not any(needle in note for note in shared.values())} | private.keys() - shared.keys()



def private_records(db):
    """What is written in records that are kept, and not in those that are shared."""
    private, shared = (
        [json.loads(content) for (content,) in db.execute(
            "SELECT record.content FROM record JOIN place ON place.id = record.place WHERE place.space IN (?, ?)", spaces
        )]
        for spaces in ((0, 0), (1, 2))
    )
    needles = {needle for record in private for needle in distinctive("", "\n".join(written(record)))}
    known = "\n".join(line for record in shared for line in written(record))
    return {needle for needle in needles if needle not in known}


def written(record):
    """The texts that people wrote in a record: long enough to be told from names of the format."""
    fields = [value for values in record.get("fields", {}).values() for value in values]
    texts = [record.get("text", ""), *(value for value in fields if isinstance(value, str)), *record.get("marks", ())]
    return [text for text in texts if " " in text]


def distinctive(title, text):
    found = {title}
    for line in text.split("\n"):
        if len(line) < PIECE:
            found.add(line.strip())
        else:
            found.update(line[start : start + PIECE] for start in [*range(0, len(line) - PIECE + 1, PIECE), len(line) - PIECE])
        found.update(re.findall(r"\bcanary-[\w-]+\w", line))
    return {needle for needle in found if len(needle.encode("utf-8")) >= SHORTEST}


def check_nothing_private(here, there):
    pages, needles = canaries(there)
    good = say(bool(needles), f"{there['name']} has {pages:,} pages with something private, {len(needles):,} phrases to look for")
    # The same phrases are in their own file: a search that does not see them there sees nothing.
    seen = search(there["db"], needles)
    good &= say(seen == needles, f"the search sees {len(seen):,} of them in {there['name']}'s own file")
    leaked = search(here["db"], needles)
    good &= say(not leaked, f"{len(leaked):,} of them are in {here['name']}'s file")
    for needle in sorted(leaked)[:10]:
        print(f"      {needle}")
    return good


def search(db, needles):
    wanted = {needle.encode("utf-8"): needle for needle in needles}
    # Longer ones first: one that begins another must not hide it. Overlaps are looked for, hence the look-ahead.
    pattern = re.compile(b"(?=(" + b"|".join(re.escape(needle) for needle in sorted(wanted, reverse=True)) + b"))")
    found = set()
    tables = [words(name) for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for table in tables:
        for row in db.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                if isinstance(value, bytes):
                    for form in (value, *unpacked(value)):
                        found.update(wanted[match] for match in pattern.findall(form))
    # A phrase that begins with another one is only matched as the longer.
    return found | {short for short in needles if any(long.startswith(short) for long in found)}


# What Automerge packs: https://automerge.org/automerge-binary-format-spec/

MAGIC = bytes.fromhex("856f4a83")
DOCUMENT, COMPRESSED_CHANGE = 0, 2
DEFLATED = 8


def unpacked(value):
    """The columns of a stored document, or a change, as they were before they were packed; as far as they can be read."""
    if not value.startswith(MAGIC):
        return []
    reader = Reader(value, 9)
    body = Reader(reader.take(reader.number()))
    if value[8] == COMPRESSED_CHANGE:
        return [zlib.decompress(body.rest(), -15)]
    if value[8] != DOCUMENT:
        return []
    for _ in range(body.number()):
        body.take(body.number())
    body.take(32 * body.number())
    columns = [(body.number(), body.number()) for _ in range(body.number())]
    columns += [(body.number(), body.number()) for _ in range(body.number())]
    packed = [(kind, body.take(length)) for kind, length in columns]
    return [zlib.decompress(column, -15) for kind, column in packed if kind & DEFLATED]


class Reader:
    def __init__(self, value, at=0):
        self.value, self.at = value, at

    def take(self, length):
        taken = self.value[self.at : self.at + length]
        if len(taken) != length:
            raise ValueError("a document ends too early")
        self.at += length
        return taken

    def number(self):
        """LEB128, without a sign."""
        number = shift = 0
        while True:
            (byte,) = self.take(1)
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number

    def rest(self):
        return self.value[self.at :]


main()
