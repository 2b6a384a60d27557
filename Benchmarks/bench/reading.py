"""Polls and pages against nginx, Basic against bearer, and one size or number of labels against another."""

import contextlib

from .client import Client
from .load import THREADS, Load, Target, alternate, median, random_paths
from .report import Report, Row
from .servers import Caveatd, Nginx
from .setting import Certificate, Halt, Setting
from .stores import MAIN, PAGE, Store

FLOORS = {"poll": 0.4, "head": 0.25, "deep": 0.1}
POLL_P99_CEILING = 3.0
BASIC_FLOOR = 0.9
FLAT_FLOOR = 0.8
MANY_LABELS_FLOOR = 0.6  # Of a page with 25 labels on it against one with a single label.
FIRST_SHARE_MAX = 0.9  # Of the pages that were never given: that many asked for, and two threads may share them unevenly.
WARM_SECONDS = 1
DEEP_OBJECTS = 10_000  # Smaller stores have no depth: most of them is in a daemon's memory.


class Reading:
    """One daemon over the largest store, and nginx with the same answers."""

    def __init__(self, setting: Setting, report: Report, store: Store, daemon: Caveatd, certificate=None):
        self.setting = setting
        self.report = report
        self.store = store
        self.daemon = daemon
        self.certificate: Certificate | None = certificate
        self.transport = "TLS" if certificate else "HTTP"
        self.place = store.places[MAIN]

    @contextlib.contextmanager
    def against_nginx(self, wanted: set[str]):
        """Measures a stage (poll, head, deep) that is among the wanted ones, while nginx runs beside the daemon."""
        places = self.store.cursors if "deep" in wanted else []
        with Client(self.daemon.address, self.store.reader) as reader:
            empty = reader.get(self.place.poll())
            pages = {after: reader.get(self.place.page(after)).body for after in [self.place.before_last, *places]}
        with Nginx(self.setting, pages, empty, self.daemon.address, self.certificate) as nginx:
            self._compare_bytes(nginx, empty.body, pages)
            yield lambda stage: self._race(stage, FLOORS[stage], nginx)

    def _compare_bytes(self, nginx: Nginx, empty: bytes, pages: dict[str, bytes]):
        """nginx must answer what caveatd does, to the byte."""
        with Client(nginx.empty, "") as other:
            if other.get(self.place.poll()).body != empty:
                raise Halt("nginx answers another empty poll than caveatd")
        with Client(nginx.pages, "") as other, Client(self.daemon.address, self.store.reader) as reader:
            for after in list(pages)[:: max(1, len(pages) // 16)]:
                path = self.place.page(after)
                if not other.get(path).body == reader.get(path).body == pages[after]:
                    raise Halt(f"nginx and caveatd answer {path} differently")

    def target(self, stage: str, address=None, authorization: str | None = None) -> Target:
        """The load of a stage, on caveatd unless another address is given."""
        address = address or self.daemon.address
        authorization = authorization or self.store.reader
        if stage == "deep":
            file = self.setting.temporary / f"deep-{self.store.folder.name}"
            file.write_text("".join(self.place.page(after) + "\n" for after in self.store.cursors))
            return random_paths(address, authorization, file)
        path = self.place.page(self.place.before_last) if stage == "head" else self.place.poll()
        return Target(address, authorization, path)

    def _race(self, stage: str, floor: float, nginx: Nginx):
        names = {
            "poll": "empty poll",
            "head": f"page of {PAGE} at the head",
            "deep": f"page of {PAGE} deep in {self.setting.scale.sizes[-1]:,}",
        }
        self.setting.say(f"{self.transport}: {names[stage]}, against nginx")
        ours = self.target(stage)
        theirs = self.target(stage, nginx.empty if stage == "poll" else nginx.pages)
        mine, other = self._rounds(ours, theirs)
        name = f"{names[stage]} : nginx, rate"
        self.report.rates(stage, name, self.transport, mine, other, floor=floor)
        if stage == "deep":
            self._first(nginx)
        if stage == "poll":
            ratios = [load.p99 / against.p99 for load, against in zip(mine, other)]
            p99 = (median(load.p99 for load in mine), median(load.p99 for load in other))
            row = Row(stage, "empty poll : nginx, p99", self.transport, median(ratios), min(ratios), p99=p99)
            row.ceiling = POLL_P99_CEILING
            self.report.add(row)

    def _first(self, nginx: Nginx):
        """Deep pages of which each is given for the first time, so that its receipt is written."""
        scale = self.setting.scale
        self.setting.say(f"{self.transport}: the same, each for the first time")
        cursors = self.store.first_cursors
        share = len(cursors) // (scale.rounds + 1)
        theirs = self.target("deep", nginx.pages)

        def ours(number: int) -> Load:
            file = self.setting.temporary / f"first-{number}"
            file.write_text("".join(self.place.page(after) + "\n" for after in cursors[number * share :][:share]))
            target = Target(self.daemon.address, self.store.reader, "/", "polls.lua", (str(file), str(THREADS)))
            load = target.run(scale.seconds, number)
            if load.answers > FIRST_SHARE_MAX * share:
                raise Halt(f"{load.answers} pages were given in one round, and only {share} are new")
            return load

        mine, other = alternate(scale.rounds, ours, lambda number: theirs.run(scale.seconds, number))
        name = f"page of {PAGE} deep, each for the first time : nginx, rate"
        self.report.rates("deep", name, self.transport, mine, other, floor=FLOORS["deep"])

    def _rounds(self, ours: Target, theirs: Target):
        scale = self.setting.scale
        for target in (ours, theirs):
            target.run(WARM_SECONDS)
        return alternate(
            scale.rounds,
            lambda number: ours.run(scale.seconds, number),
            lambda number: theirs.run(scale.seconds, number),
        )

    def basic(self):
        """Basic with login and password against the same poll with the bearer token."""
        self.setting.say(f"{self.transport}: Basic against bearer")
        with_basic = Target(self.daemon.address, self.store.reader_basic, self.place.poll())
        with_bearer = Target(self.daemon.address, self.store.reader, self.place.poll())
        mine, other = self._rounds(with_basic, with_bearer)
        name = "empty poll with Basic : with bearer, rate"
        self.report.rates("basic", name, self.transport, mine, other, floor=BASIC_FLOOR)


def _flat(setting: Setting, report: Report, stage: str, what: str, unit: str, sides: list[tuple[int, Target]], *floors):
    """Each size against the smallest, in turns; the last floor is that of all that follow."""
    for _, target in sides:
        target.run(WARM_SECONDS)
    scale = setting.scale
    measures = [(lambda number, load=target: load.run(scale.flat_seconds, number)) for _, target in sides]
    found = alternate(scale.flat_rounds, *measures)
    for place, ((size, _), loads) in enumerate(list(zip(sides, found))[1:]):
        floor = floors[min(place, len(floors) - 1)]
        name = f"{what}: {size:,} : {sides[0][0]:,} {unit}, rate"
        report.rates(stage, name, "HTTP", loads, found[0], floor=floor)


def sizes(setting: Setting, report: Report, running: list[tuple[int, Store, Caveatd]]):
    """The empty poll and the head page of small and large stores; their deep pages for the record."""
    sides = {size: Reading(setting, report, store, daemon) for size, store, daemon in running}
    for stage, what in (("poll", "empty poll"), ("head", f"page of {PAGE} at the head")):
        setting.say(f"{what}, stores of {', '.join(f'{size:,}' for size in sides)} objects")
        targets = [(size, side.target(stage)) for size, side in sides.items()]
        _flat(setting, report, "sizes", what, "objects", targets, FLAT_FLOOR)
    targets = [(size, side.target("deep")) for size, side in sides.items() if size >= DEEP_OBJECTS]
    setting.say(f"deep pages, stores of {', '.join(f'{size:,}' for size, _ in targets)} objects")
    _flat(setting, report, "sizes", f"page of {PAGE} deep", "objects", targets, None)


def labels(setting: Setting, report: Report, store: Store, daemon: Caveatd):
    """Pools with more and more labels that the reader may not see, half of their objects hidden; and that it may."""
    for sight in ("hidden", "visible"):
        for kind, what in (
            ("poll", "empty poll"),
            ("head", f"page of {PAGE} at the head"),
            ("start", f"page of {PAGE} at the start"),
        ):
            setting.say(f"{what}, {', '.join(f'{count:,}' for count in setting.scale.labels)} {sight} labels")
            targets = []
            for count in setting.scale.labels:
                place = store.places[f"{sight}-{count}"]
                after = place.start if kind == "start" else place.before_last
                path = place.poll() if kind == "poll" else place.page(after)
                targets.append((count, Target(daemon.address, store.reader, path)))
            many = MANY_LABELS_FLOOR if (sight, kind) == ("visible", "start") else FLAT_FLOOR
            _flat(setting, report, "labels", what, f"{sight} labels", targets, FLAT_FLOOR, many)
