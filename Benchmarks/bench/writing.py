"""Durable writes of one object each against a bare SQLite loop that commits groups of the same size."""

import contextlib
import json
import sqlite3
import subprocess

from . import stix
from .load import CONNECTIONS, Load, Target, alternate, median
from .report import Report, Row
from .servers import Caveatd
from .setting import Certificate, Halt, Setting
from .stores import MAIN, Store

FLOOR = 0.5
GROUPS = (16, 32, 64)
SYNC_SECONDS = 1


class Writing:
    """A daemon over a store of its own that is empty at first, and bare loops on the same disk."""

    def __init__(self, setting: Setting, report: Report, certificate: Certificate | None = None):
        self.setting = setting
        self.report = report
        self.certificate = certificate
        self.transport = "TLS" if certificate else "HTTP"
        # Beside the stores, so that a kept folder's disk is the one that is measured.
        self.folder = setting.data / f"writing-{self.transport.lower()}-{setting.temporary.name}"
        self.store = Store(setting, self.folder, "writing")
        self.group = CONNECTIONS
        self.is_measured = False
        self._seen = 0  # The tick of the newest status that was counted.

    def __enter__(self):
        self.folder.mkdir(mode=0o700)
        return self

    def __exit__(self, *_):
        for file in self.folder.iterdir():
            file.unlink()
        self.folder.rmdir()

    @contextlib.contextmanager
    def daemon(self):
        """The daemon, and the load of 64 writers on it."""
        with self.store.daemon(self.certificate) as daemon:
            self.store.populate(daemon)
            template = self.setting.temporary / "envelope"
            template.write_bytes(stix.envelope([stix.TEMPLATE]))
            path = self.store.pool(daemon, MAIN)
            words = (str(template),)
            yield daemon, Target(daemon.address, self.store.writer, path, "posts.lua", words, post=True)

    def measure(self):
        self.setting.say(f"{self.transport}: durable writes of one object, against bare SQLite")
        scale = self.setting.scale
        groups = GROUPS if self.transport == "HTTP" else ()
        with self.daemon() as (daemon, target):
            target.run(1)
            self._look(daemon)
            posts, syncs, same, *others = alternate(
                scale.write_rounds,
                lambda number: self._posts(daemon, target, scale.write_seconds, number),
                lambda _: self._syncs(),
                lambda _: self._loop(self.group),
                *[(lambda _, group=group: self._loop(group)) for group in groups],
            )
        measured = "measured" if self.is_measured else "assumed"
        note = f"{median(syncs):,.0f} fsync/s; group {measured}"
        self._add(f"group of {self.group}", posts, same, FLOOR, note)
        for group, rows in zip(groups, others):
            self._add(f"group of {group}", posts, rows, None, "")

    def _add(self, what: str, posts: list[Load], rows: list[float], floor: float | None, note: str):
        ratios = [load.rate / rate for load, rate in zip(posts, rows)]
        name = f"durable write : bare SQLite row, {what}"
        row = Row("post", name, self.transport, median(ratios), max(ratios), floor=floor, note=note)
        row.ours, row.theirs = median(load.rate for load in posts), median(rows)
        row.p50, row.p99 = (median(load.p50 for load in posts),), (median(load.p99 for load in posts),)
        self.report.add(row)

    def _posts(self, daemon: Caveatd, target: Target, seconds: int, seed: int) -> Load:
        """One round; what was answered must be stored."""
        before = daemon.exchange()["objects"]
        load = target.run(seconds, seed)
        stored = daemon.exchange()["objects"] - before
        if stored < load.answers:
            raise Halt(f"{load.answers} objects were answered with 202, and {stored} are stored")
        self._look(daemon)
        return load

    def _look(self, daemon: Caveatd):
        """Finds how many writes shared a commit on average since the last look.

        All requests of one transaction carry its time in their status, so the statuses that the store keeps tell it.
        """
        moment = "json_extract(cast(body as text), '$.request_timestamp')"
        query = f"select count(*), count(distinct {moment}), max(tick) from status where tick > ?"
        try:
            opened = sqlite3.connect(f"file:{daemon.database}?mode=ro", uri=True)
            with contextlib.closing(opened) as database:
                requests, commits, tick = database.execute(query, (self._seen,)).fetchone()
            self.group, self._seen, self.is_measured = max(1, round(requests / commits)), tick, True
        except (sqlite3.Error, ZeroDivisionError):
            self.group, self.is_measured = CONNECTIONS, False

    def _loop(self, group: int) -> float:
        seconds = str(self.setting.scale.loop_seconds)
        found = self._run(["rows", str(self.folder), seconds, str(group), str(stix.OBJECT_BYTES)])
        return found["rows"] / found["seconds"]

    def _syncs(self) -> float:
        found = self._run(["fsync", str(self.folder), str(SYNC_SECONDS)])
        return found["syncs"] / found["seconds"]

    def _run(self, words: list[str]) -> dict:
        done = subprocess.run([self.setting.commit_loop(), *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise Halt(done.stderr.strip())
        return json.loads(done.stdout)
