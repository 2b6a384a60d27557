"""Stores of known content: members, credentials, and pools filled with seeded objects over HTTP."""

import json
import queue
import random
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import stix
from .client import Client, basic, bearer
from .servers import Caveatd
from .setting import Certificate, Halt, Setting

FORM = 3  # Of population.json; another form makes kept stores anew.
ENVELOPE_OBJECTS = 2_500
CONNECTIONS = 4
PAGE = 100
CURSORS = 1_024  # Of which the deep pages of a store begin.
FIRST_CURSORS = 200_000  # Of which pages begin that nobody was given before.
MAIN = "main"
PAIRS = 4_000  # Visible and hidden objects each of a pool with hidden labels; visible ones of a pool without.


@dataclass
class Place:
    """A filled pool: its path, and the cursors that the measurements start from."""

    path: str
    start: str  # Before its first object.
    before_last: str  # Before its last hundred that the reader may see.
    head: str  # At its newest.

    def poll(self) -> str:
        return f"{self.path}?added_after={self.head}"

    def page(self, after: str) -> str:
        return f"{self.path}?limit={PAGE}&added_after={after}"


class Store:
    """A store in a folder of its own, with what is needed to read and write it."""

    def __init__(self, setting: Setting, folder: Path, seed: str):
        self.setting = setting
        self.folder = folder
        self.seed = seed
        self.tokens: dict[str, str] = {}
        self.password = ""
        self.places: dict[str, Place] = {}
        self.cursors: list[str] = []
        self.first_cursors: list[str] = []
        self.bank = ""  # The identity of the member that reads.
        self.ingest: float | None = None  # Objects a second, when it was filled in this run.

    @property
    def reader(self) -> str:
        return bearer(self.tokens["bench-reader"])

    @property
    def reader_basic(self) -> str:
        return basic("bench-reader", self.password)

    @property
    def writer(self) -> str:
        return bearer(self.tokens["bench-writer"])

    # Kept stores

    @property
    def _card(self) -> Path:
        return self.folder / "population.json"

    def load(self) -> bool:
        """Whether the folder holds a store that an earlier run filled; an unfinished one is made anew."""
        if self._card.exists():
            card = json.loads(self._card.read_text())
            if card["form"] == FORM:
                self.tokens, self.password = card["tokens"], card["password"]
                self.cursors, self.first_cursors = card["cursors"], card["first_cursors"]
                self.places = {name: Place(**place) for name, place in card["places"].items()}
                return True
        if (self.folder / "caveat.db").exists():
            self.setting.say(f"{self.folder.name}: not finished by an earlier run, made anew")
            shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        return False

    def keep(self):
        places = {name: vars(place) for name, place in self.places.items()}
        card = {"form": FORM, "tokens": self.tokens, "password": self.password, "places": places}
        card["cursors"], card["first_cursors"] = self.cursors, self.first_cursors
        self._card.touch(mode=0o600)
        self._card.write_text(json.dumps(card))

    def daemon(self, certificate: Certificate | None = None) -> Caveatd:
        return Caveatd(self.setting, self.folder, certificate)

    # Filling

    def populate(self, daemon: Caveatd):
        """Two members: customs write, a bank reads."""
        for name, kind, principal, roles in (
            ("bench-customs", "customs", "bench-writer", ["reader", "reporter", "publisher"]),
            ("bench-bank", "bank", "bench-reader", ["reader"]),
        ):
            member = self._member(daemon, name, kind)
            self.bank = f"identity--{member['id']}"
            daemon.admin("POST", "principals", {"name": principal, "member": name, "roles": roles})
            credential = daemon.admin("POST", "credentials", {"principal": principal, "type": "token"})
            self.tokens[principal] = credential["secret"]
        password = daemon.admin("POST", "credentials", {"principal": "bench-reader", "type": "password"})
        self.password = password["secret"]

    @staticmethod
    def _member(daemon: Caveatd, name: str, kind: str) -> dict:
        member = {"name": name, "title": name, "kind": kind, "sector": "", "jurisdiction": "NL"}
        return daemon.admin("POST", "members", member)

    def pool(self, daemon: Caveatd, name: str) -> str:
        """The path of a new pool's objects; everyone reads and writes it."""
        terms = {"reading": "everyone", "writing": "everyone", "ceiling": "red", "default_marking": "green"}
        pool = daemon.admin("POST", "pools", {"name": name, "title": name, "kind": "sharing"} | terms)
        return f"/caveat/collections/{pool['id']}/objects/"

    def fill(self, daemon: Caveatd, count: int):
        """Fills the main pool with `count` objects; the last hundred come in one envelope."""
        path = self.pool(daemon, MAIN)
        start = daemon.exchange()["tick"]
        seconds = self._post_many(daemon, path, count - PAGE)
        before_last = daemon.exchange()["tick"]
        with Client(daemon.address, self.writer) as writer:
            _post(writer, path, self._batch("last", PAGE))
        self._place(daemon, MAIN, path, start, before_last)
        self.cursors, self.first_cursors = self._find_cursors(daemon, self.places[MAIN])
        if count > 10 * ENVELOPE_OBJECTS:
            self.ingest = (count - PAGE) / seconds

    def addressees(self, daemon: Caveatd, count: int) -> list[list[str]]:
        """`count` different sets of members, and the reader's in none: as many labels."""
        width = count.bit_length()
        members = [self._member(daemon, f"bench-addressee-{number}", "bank") for number in range(width)]
        identities = [f"identity--{member['id']}" for member in members]
        return [
            [identity for bit, identity in enumerate(identities) if number >> bit & 1]
            for number in range(1, count + 1)
        ]

    def fill_hidden(self, daemon: Caveatd, addressees: list[list[str]]):
        """Fills a pool in which every second object is addressed to one of the sets, and so behind one of as many
        labels that the reader may not see."""
        labels = len(addressees)

        def pair(source: random.Random, number: int) -> list[str]:
            return [stix.addressed(source, addressees[number % labels]), stix.indicator(source)]

        self._fill_pairs(daemon, f"hidden-{labels}", pair)

    def fill_visible(self, daemon: Caveatd, addressees: list[list[str]]):
        """Fills a pool in which every object is addressed to one of the sets and the reader, so that it sees as many
        labels; the objects of one come together, as those of an advisory do."""
        labels = len(addressees)

        def one(source: random.Random, number: int) -> list[str]:
            return [stix.addressed(source, [*addressees[number * labels // PAIRS], self.bank])]

        self._fill_pairs(daemon, f"visible-{labels}", one)

    def _fill_pairs(self, daemon: Caveatd, name: str, objects: Callable[[random.Random, int], list[str]]):
        path = self.pool(daemon, name)
        source = self._source(name)
        start = before_last = daemon.exchange()["tick"]
        with Client(daemon.address, self.writer) as writer:
            for first in range(0, PAIRS, PAGE):
                before_last = daemon.exchange()["tick"]
                _post(writer, path, [one for number in range(first, first + PAGE) for one in objects(source, number)])
        self._place(daemon, name, path, start, before_last)

    def _place(self, daemon: Caveatd, name: str, path: str, start: str, before_last: str):
        place = Place(path, start, before_last, head="")
        with Client(daemon.address, self.reader) as reader:
            page = reader.get(place.page(before_last))
            place.head = page.headers["X-TAXII-Date-Added-Last"]
            held = page.json()
            if len(held["objects"]) != PAGE or held.get("more"):
                raise Halt(f"{name}: the page at the head has {len(held['objects'])} objects, not {PAGE}")
            if reader.get(place.poll()).json() != {}:
                raise Halt(f"{name}: the poll at the head is not empty")
        self.places[name] = place

    def _source(self, name: str) -> random.Random:
        return random.Random(f"{self.seed} {name}")

    def _batch(self, name: str, count: int) -> list[str]:
        source = self._source(name)
        return [stix.indicator(source) for _ in range(count)]

    def _post_many(self, daemon: Caveatd, path: str, count: int) -> float:
        """Posts `count` objects over several connections; the seconds that it took."""
        batches: queue.SimpleQueue[tuple[int, int]] = queue.SimpleQueue()
        for number, first in enumerate(range(0, count, ENVELOPE_OBJECTS)):
            batches.put((number, min(ENVELOPE_OBJECTS, count - first)))
        faults: list[BaseException] = []
        posted: list[int] = []

        def work():
            try:
                with Client(daemon.address, self.writer) as writer:
                    while not faults:
                        number, size = batches.get_nowait()
                        _post(writer, path, self._batch(f"batch {number}", size))
                        posted.append(size)
            except queue.Empty:
                pass
            except Exception as fault:  # Told by the main thread.
                faults.append(fault)

        started = told = time.monotonic()
        workers = [threading.Thread(target=work, daemon=True) for _ in range(CONNECTIONS)]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            time.sleep(0.05)
            if time.monotonic() - told > 10:
                told = time.monotonic()
                rate = sum(posted) / (told - started)
                text = f"{sum(posted):,} of {count:,} objects, {rate:,.0f}/s"
                self.setting.say(f"{self.folder.name}: {text}")
        if faults:
            raise faults[0]
        return time.monotonic() - started

    # Deep cursors

    def _find_cursors(self, daemon: Caveatd, place: Place) -> tuple[list[str], list[str]]:
        """Cursors all over a pool but its newest quarter, part of which a daemon has in memory: those of the deep pages,
        and others, in random order."""
        path = place.path.removesuffix("objects/") + "manifest/?limit=1000"
        dates: list[str] = []
        following = ""
        with Client(daemon.address, self.reader) as reader:
            while following is not None:
                page = reader.get(path + (f"&next={following}" if following else "")).json()
                dates += [entry["date_added"] for entry in page["objects"]]
                following = page.get("next")
        old = dates[: len(dates) * 3 // 4]
        self._source("cursors").shuffle(old)
        return sorted(old[:CURSORS]), old[CURSORS:][:FIRST_CURSORS]


def _post(writer: Client, path: str, objects: list[str]):
    status = writer.post(path, stix.envelope(objects)).json()
    if status["success_count"] != len(objects):
        raise Halt(f"{status['failure_count']} objects were refused: {status['failures'][0]}")
