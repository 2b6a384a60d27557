"""The rows of a report, and how they are printed."""

import json
import os
import time
from dataclasses import asdict, dataclass

from .load import Load, median
from .setting import JIFFIES, Setting


@dataclass
class Row:
    """One measured quantity and the floor or ceiling that it is held to."""

    stage: str
    name: str
    transport: str
    value: float | None  # The median ratio of adjacent runs, or a quantity with a unit; none when it failed.
    best: float | None = None
    floor: float | None = None
    ceiling: float | None = None
    unit: str = ""
    ours: float | None = None  # Absolute rates a second, medians.
    theirs: float | None = None
    p50: tuple[float, ...] = ()  # Milliseconds: ours, theirs.
    p99: tuple[float, ...] = ()
    note: str = ""
    load: float = 0  # The machine's load average at the end.
    foreign: float = 0  # Processors kept busy meanwhile by what is not part of the run.

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "FAIL"
        if self.floor is None and self.ceiling is None:
            return ""
        reached = self.floor is None or self.value >= self.floor
        return "pass" if reached and (self.ceiling is None or self.value < self.ceiling) else "FAIL"


class Report:
    def __init__(self, setting: Setting, facts: dict):
        self.setting = setting
        self.facts = facts
        self.rows: list[Row] = []
        self._others = Others(setting)

    def add(self, row: Row):
        row.load = os.getloadavg()[0]
        row.foreign = self._others.since_last()
        self.rows.append(row)
        verdict, name, transport, limit, value, *_ = _cells(row)
        self.setting.say(f"  {verdict or '-':4}  {name}, {transport}: {value} (must be {limit}) {row.note}")

    def failed(self, stage: str, transport: str, fault: Exception):
        """A row of a stage that could not be measured."""
        self.add(Row(stage, f"{stage}: not measured", transport, None, note=str(fault)))

    def rates(self, stage: str, name: str, transport: str, ours: list[Load], theirs: list[Load], **more):
        """A row of the ratio of two rates, round by round."""
        ratios = [mine.rate / other.rate for mine, other in zip(ours, theirs)]
        self.add(
            Row(
                stage,
                name,
                transport,
                value=median(ratios),
                best=max(ratios),
                ours=median(load.rate for load in ours),
                theirs=median(load.rate for load in theirs),
                p50=(median(load.p50 for load in ours), median(load.p50 for load in theirs)),
                p99=(median(load.p99 for load in ours), median(load.p99 for load in theirs)),
                **more,
            )
        )

    @property
    def passed(self) -> bool:
        return all(row.verdict != "FAIL" for row in self.rows)

    def json(self) -> str:
        rows = [asdict(row) | {"verdict": row.verdict} for row in self.rows]
        return json.dumps({"facts": self.facts, "rows": rows, "passed": self.passed}, indent=1)

    def text(self) -> str:
        head = ["", "measure", "", "must be", "median", "best", "caveatd/s", "other/s"]
        head += ["p50 ms", "p99 ms", "load", "others", ""]
        lines = [head] + [_cells(row) for row in self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        left = {0, 1, 2, 3, len(head) - 1}
        table = [
            "  ".join(cell.ljust(w) if n in left else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths)))
            for line in lines
        ]
        facts = [f"{name}: {value}" for name, value in self.facts.items()]
        missed = [row.name for row in self.rows if row.verdict == "FAIL"]
        end = "every floor is reached" if not missed else f"{len(missed)} missed: {'; '.join(missed)}"
        return "\n".join(facts + [""] + [line.rstrip() for line in table] + ["", end])


def _cells(row: Row) -> list[str]:
    value = "none" if row.value is None else _figure(row.value) + (f" {row.unit}" if row.unit else "")
    limit = f">= {row.floor:g}" if row.floor is not None else f"< {row.ceiling:g}" if row.ceiling is not None else "-"
    return [
        row.verdict,
        row.name,
        row.transport,
        limit + (f" {row.unit}" if row.unit and limit != "-" else ""),
        value,
        _figure(row.best),
        _figure(row.ours),
        _figure(row.theirs),
        "/".join(_figure(value) for value in row.p50),
        "/".join(_figure(value) for value in row.p99),
        f"{row.load:.1f}",
        f"{row.foreign:.1f}",
        row.note,
    ]


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


class Others:
    """How many processors are kept busy by what is not part of the run: a figure to distrust measurements by."""

    SHORTEST_SECONDS = 1.0

    def __init__(self, setting: Setting):
        self.setting = setting
        self.figure = 0.0
        self.time, self.busy, self.own = self._now()

    def _now(self) -> tuple[float, int, int]:
        with open("/proc/stat") as file:
            user, nice, system, _idle, _wait, _irq, _softirq, steal = map(int, file.readline().split()[1:9])
        return time.monotonic(), user + nice + system + steal, self.setting.own_jiffies()

    def since_last(self) -> float:
        """Since the last row; rows that come together share it."""
        now, busy, own = self._now()
        if now - self.time >= self.SHORTEST_SECONDS:
            self.figure = max(0.0, (busy - self.busy - own + self.own) / JIFFIES / (now - self.time))
            self.time, self.busy, self.own = now, busy, own
        return self.figure
