"""The ledger: entries posted beside a bare SQLite loop of the same rows, closes of epochs, and tiers looked up."""

import json
import shutil
import subprocess

from .load import median
from .report import Report, Row
from .setting import ROOT, Halt, Setting

GROUPS = 20_000  # Whose entries are posted, two each.
GROUP = 200  # Rows of one transaction.
LOOP_SECONDS = 2
ROUNDS = 3
SMALL, LARGE = (100, 10_000), (10_000, 1_000_000)  # Groups and lots of a close.
LARGE_QUICK = (1_000, 100_000)
LOOKUP_NS = 1_000


def ledger(setting: Setting, report: Report):
    setting.build("LedgerBench")
    _posted(setting, report)
    small = _closed(setting, report, *SMALL)
    is_quick = setting.scale.sizes[-1] == 100_000
    groups, lots = LARGE_QUICK if is_quick else LARGE
    large = _closed(setting, report, groups, lots)
    row = Row("ledger", f"a lot of a close of {SMALL[1]:,} : of {lots:,}", "engine", (small / SMALL[1]) / (large / lots), floor=0.5)
    row.note = "1 is linear"
    report.add(row)
    looked = _bench("look", LARGE[0])
    report.add(Row("ledger", f"a tier looked up, {LARGE[0]:,} groups", "engine", looked["nanoseconds"], unit="ns", ceiling=LOOKUP_NS))


def _bench(*words) -> dict:
    done = subprocess.run([ROOT / ".build/release/LedgerBench", *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Halt(f"LedgerBench {words[0]}: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)


def _posted(setting: Setting, report: Report):
    ours, theirs = [], []
    for _ in range(ROUNDS):
        folder = setting.folder("ledger-post")
        found = _bench("post", folder, GROUPS)
        ours.append(found["rows"] / found["seconds"])
        loop = [setting.commit_loop(), "ledger", str(folder), str(LOOP_SECONDS), str(GROUP)]
        done = subprocess.run(loop, capture_output=True, text=True)
        if done.returncode != 0:
            raise Halt(done.stderr.strip())
        bare = json.loads(done.stdout)
        theirs.append(bare["rows"] / bare["seconds"])
        shutil.rmtree(folder)
    ratios = [mine / other for mine, other in zip(ours, theirs)]
    row = Row("ledger", f"entries posted, {GROUP} a transaction : a bare loop", "engine", median(ratios), best=max(ratios), floor=0.5)
    row.ours, row.theirs = median(ours), median(theirs)
    report.add(row)


def _closed(setting: Setting, report: Report, groups: int, lots: int) -> float:
    folder = setting.folder(f"ledger-{lots}")
    setting.say(f"entering {lots:,} claims of {groups:,} groups")
    _bench("fill", folder, groups, lots)
    closed = _bench("close", folder)
    if closed["groups"] != groups:
        raise Halt(f"{closed['groups']} of {groups} groups have a standing after the close")
    row = Row("ledger", f"close of {groups:,} groups with {lots:,} lots", "engine", closed["seconds"], unit="s")
    row.note = f"{closed['mebibytes']:,} MiB at the most; {lots / closed['seconds']:,.0f} lots/s"
    report.add(row)
    shutil.rmtree(folder)
    return closed["seconds"]
