"""A pull of many objects from another caveatd, against what curl fetches of them and what the store takes in."""

import shutil
import subprocess
import time

from .client import TAXII, Client
from .load import median
from .report import Report, Row
from .setting import Halt, Setting
from .stores import MAIN, Store

FLOOR = 0.5
OBJECTS = 100_000
PAGE = 1_000  # Objects of the pages that a source asks for.
SECONDS_MAX = 300


def pull(setting: Setting, report: Report):
    """Several pulls, each beside what curl and the store did in the same round."""
    rounds = [_round(setting, number) for number in range(1, setting.scale.pull_rounds + 1)]
    pulled, fetched, ingested, peaks = zip(*rounds)
    slower = [min(pair) for pair in zip(fetched, ingested)]
    ratios = [ours / theirs for ours, theirs in zip(pulled, slower)]
    name = f"pull of {OBJECTS:,} objects : the slower of curl and ingest"
    row = Row("pull", name, "HTTP", median(ratios), max(ratios), floor=FLOOR)
    row.ours, row.theirs = median(pulled), median(slower)
    row.note = f"curl {median(fetched):,.0f}/s, ingest {median(ingested):,.0f}/s; most memory {max(peaks):.0f} MiB"
    report.add(row)


def _round(setting: Setting, number: int) -> tuple[float, float, float, float]:
    """Both daemons over empty stores; the one that gives has its objects taken in first, which tells what a store takes.

    Objects a second that were pulled, that curl fetched and that the store took in; and the memory of the puller in MiB.
    """
    setting.say(f"a pull of {OBJECTS:,} objects from another caveatd, {number} of {setting.scale.pull_rounds}")
    folders = [setting.data / f"pull-{side}-{number}-{setting.temporary.name}" for side in ("from", "to")]
    for folder in folders:
        folder.mkdir(mode=0o700)
    try:
        giver, taker = (Store(setting, folder, "pull") for folder in folders)
        with giver.daemon() as source, taker.daemon() as daemon:
            giver.populate(source)
            giver.fill(source, OBJECTS)
            fetched = _curl(setting, giver, source)
            taker.populate(daemon)
            pulled, peak = _pull(setting, giver, source, taker, daemon)
            return pulled, fetched, giver.ingest, peak
    finally:
        for folder in folders:
            shutil.rmtree(folder)


def _curl(setting: Setting, giver: Store, source) -> float:
    """Objects a second that one curl fetches, page by page over one connection, by `added_after`."""
    path = giver.places[MAIN].path
    dates = [giver.places[MAIN].start]
    with Client(source.address, giver.reader) as reader:
        following = ""
        while following is not None:
            page = reader.get(f"{path}?limit={PAGE}{following and f'&next={following}'}")
            following = page.json().get("next")
            dates.append(page.headers["X-TAXII-Date-Added-Last"])
    config = setting.temporary / "curl"
    config.touch(mode=0o600)
    lines = [f'header = "Authorization: {giver.reader}"', f'header = "Accept: {TAXII}"']
    for after in dates[:-1]:
        lines += [f'url = "{source.address.url}{path}?limit={PAGE}&added_after={after}"', 'output = "/dev/null"']
    config.write_text("\n".join(lines) + "\n")
    started = time.monotonic()
    done = subprocess.run(["curl", "--silent", "--show-error", "--fail", "--config", str(config)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Halt(f"curl: {done.stderr.strip()}")
    return OBJECTS / (time.monotonic() - started)


def _pull(setting: Setting, giver: Store, source, taker: Store, daemon) -> tuple[float, float]:
    """Objects a second of one pull, and the most memory that the daemon had, in MiB."""
    taker.pool(daemon, MAIN)
    secret = setting.temporary / "token"
    secret.touch(mode=0o600)
    secret.write_text(giver.reader.removeprefix("Bearer "))
    url = source.address.url + giver.places[MAIN].path.removesuffix("objects/")
    terms = {"name": "other", "kind": "taxii", "url": url, "pool": MAIN, "principal": "bench-writer"}
    daemon.admin("POST", "sources", terms | {"token_file": str(secret), "networks": ["127.0.0.1"]})
    started = time.monotonic()
    while time.monotonic() - started < SECONDS_MAX:
        state = daemon.admin("GET", "sources/other")
        if state["failures"] or state["quarantined"]:
            raise Halt(f"the pull failed: {state.get('fault')}, {state['quarantined']} in quarantine")
        if state.get("done"):
            seconds = time.monotonic() - started
            if daemon.exchange()["objects"] < OBJECTS:
                raise Halt("not every object was pulled")
            return OBJECTS / seconds, daemon.resident("VmHWM")
        time.sleep(0.02)
    raise Halt(f"the pull took more than {SECONDS_MAX} s")
