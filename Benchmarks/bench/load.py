"""Runs wrk, and the alternation of several loads."""

import json
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .client import TAXII, Address
from .setting import ROOT, Halt, Setting

CONNECTIONS = 64
THREADS = 2
SCRIPTS = ROOT / "Benchmarks/wrk"


@dataclass(frozen=True)
class Load:
    """What one run of wrk counted."""

    rate: float  # answers a second
    p50: float  # milliseconds
    p99: float
    answers: int


@dataclass(frozen=True)
class Target:
    """What wrk asks for: a path, or with a script whatever the script makes of its words."""

    address: Address
    authorization: str
    path: str
    script: str = "summary.lua"
    words: tuple[str, ...] = ()
    post: bool = False

    def run(self, seconds: int, seed: int = 0) -> Load:
        headers = [f"Authorization: {self.authorization}", f"Accept: {TAXII}"]
        if self.post:
            headers.append(f"Content-Type: {TAXII}")
        program = Setting.program("wrk")
        command = [program, f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
        command += ["-s", self.script] + [word for header in headers for word in ("-H", header)]
        command += [self.address.url + self.path]
        if self.words:
            command += ["--", *self.words, str(seed)]
        done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True)
        line = next((line for line in done.stdout.splitlines() if line.startswith("summary ")), None)
        if done.returncode != 0 or line is None:
            raise Halt(f"wrk: {done.stderr.strip() or done.stdout.strip()}")
        counted = json.loads(line.removeprefix("summary "))
        if counted["refused"] or counted["broken"]:
            what = f"{counted['refused']} answers were no success, {counted['broken']} connections broke"
            raise Halt(f"{self.address.url}{self.path}: {what}")
        rate = counted["requests"] / (counted["duration"] / 1e6)
        return Load(rate, counted["p50"] / 1000, counted["p99"] / 1000, counted["requests"])


def random_paths(address: Address, authorization: str, file: Path) -> Target:
    """A load over the paths in `file`, one a line, in random order."""
    return Target(address, authorization, "/", "polls.lua", (str(file),))


def alternate(rounds: int, *measures: Callable[[int], object]) -> list[list]:
    """Each measure in turn, `rounds` times; the results of each measure. A measure gets the number of its round."""
    found: list[list] = [[] for _ in measures]
    for number in range(1, rounds + 1):
        for place, measure in enumerate(measures):
            found[place].append(measure(number))
    return found


def median(values) -> float:
    return statistics.median(list(values))
