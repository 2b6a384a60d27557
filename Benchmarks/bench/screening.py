"""Screening: the engine alone, beside brute force with rapidfuzz and beside nomenklatura, and the calls over HTTP."""

import json
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

from .client import Client
from .report import Report, Row
from .setting import ROOT, Halt, Setting
from .stores import Store

SIZE = 100_000  # Records, where the goals stand and the peers are asked.
SIZES_QUICK, SIZES_FULL = (10_000, SIZE), (10_000, SIZE, 1_000_000)
MILLION_P50_MS, P50_MS, P99_MS = 5, 1, 5
QUERIES_A_SECOND, HTTP_A_SECOND = 2_000, 1_000
BYTES_A_NAME = 400
BATCH = 100  # Asked about in one call.
BATCHES = 30
PEERS = ("rapidfuzz==3.14.6", "nomenklatura==4.17.4")
INDEXED_SECONDS_MAX = 60


def screen(setting: Setting, report: Report):
    folder = setting.folder("screening")
    corpus, queries = _lists(setting, folder)
    setting.build("ScreeningBench")
    for size in SIZES_QUICK if setting.scale.sizes[-1] == SIZE else SIZES_FULL:
        measured = json.loads(_bench("speed", corpus, queries, size))
        _engine(report, size, measured)
        if size == SIZE:
            ours = measured["per_s"]
    made = folder / "made.jsonl"
    made.write_text(_bench("make", corpus, SIZE))
    _peers(setting, report, ours, made, queries, folder)
    _over_http(setting, report, made, queries)


def _bench(*words) -> str:
    program = str(ROOT / ".build/release/ScreeningBench")
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Halt(f"ScreeningBench {words[0]}: {done.stderr.strip()}")
    return done.stdout


def _engine(report: Report, size: int, measured: dict):
    is_goal = size == SIZE
    note = f"built in {measured['build_s']:.1f} s, {measured['hits']:,} hits of {measured['queries']:,} queries"

    def row(name: str, value: float, unit: str, **limits):
        report.add(Row("screen", f"{size:,} records: {name}", "engine", value, unit=unit, note=note, **limits))

    row("queries a second, one thread", measured["per_s"], "/s", floor=QUERIES_A_SECOND if is_goal else None)
    ceiling = P50_MS if is_goal else MILLION_P50_MS if size > SIZE else None
    row("a query, median", measured["p50_ms"], "ms", ceiling=ceiling)
    row("a query, 99th percentile", measured["p99_ms"], "ms", ceiling=P99_MS if is_goal else None)
    row("memory of the index, a name", measured["bytes_a_name"], "bytes", ceiling=BYTES_A_NAME)


def _peers(setting: Setting, report: Report, ours: float, made: Path, queries: Path, folder: Path):
    """Peers are asked about the same among the same. nomenklatura gets ours' likest, so that finding them costs it nothing."""
    python = ROOT / ".build/bench-peers/bin/python"
    if not python.exists() or subprocess.run([python, "-c", "import rapidfuzz, nomenklatura"], capture_output=True).returncode != 0:
        setting.say("installing " + " and ".join(PEERS))
        shutil.rmtree(python.parents[1], ignore_errors=True)
        for command in (["python3", "-m", "venv", python.parents[1]], [python, "-m", "pip", "install", "-q", *PEERS]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise Halt(f"{PEERS}: {done.stderr.strip()[-500:]}")
    answers = folder / "answers.jsonl"
    answers.write_text(_bench("score", made, queries))
    done = subprocess.run(
        [python, ROOT / "Benchmarks/bench/peers.py", made, queries, answers], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Halt(f"peers.py: {done.stderr.strip()[-500:]}")
    for name, rate in json.loads(done.stdout).items():
        row = Row("screen", f"{SIZE:,} records: queries a second : {name}", "engine", ours / rate, floor=1)
        row.ours, row.theirs = ours, rate
        report.add(row)


def _over_http(setting: Setting, report: Report, made: Path, queries: Path):
    folder = setting.data / f"screening-{setting.temporary.name}"
    folder.mkdir(mode=0o700)
    try:
        store = Store(setting, folder, "screening")
        with store.daemon() as daemon:
            store.populate(daemon)
            _import(setting, store, daemon, made)
            with Client(daemon.address, store.reader) as reader:
                _measure(report, reader, queries)
    finally:
        shutil.rmtree(folder)


def _import(setting: Setting, store: Store, daemon, made: Path):
    caveat = str(Path(setting.caveatd).with_name("caveat"))
    token = setting.temporary / "screening-token"
    token.touch(mode=0o600)
    token.write_text(store.tokens["bench-writer"])
    setting.say(f"importing {SIZE:,} records")
    place = ["--socket", daemon.socket]
    for words in (
        ["admin", "pool", "add", "list", "--title", "list", "--kind", "official-list", "--reading", "everyone",
         "--writing", "enrolled", *place],
        ["admin", "pool", "enrol", "list", "bench-customs", "--reads", "--writes", *place],
        ["import", "ftm", str(made), "--source", "made", "--pool", "list", "--url", daemon.address.url,
         "--token-file", str(token)],
    ):
        done = subprocess.run([caveat, *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise Halt(f"caveat {' '.join(words[:3])}: {done.stderr.strip()[-500:]}")


def _measure(report: Report, reader: Client, queries: Path):
    asked = [json.loads(line)["query"] for line in queries.read_text().splitlines()]
    batches = [asked[first:first + BATCH] for first in range(0, len(asked) - BATCH + 1, BATCH)]
    bodies = [json.dumps({"queries": {f"q{n}": one for n, one in enumerate(batch)}}).encode() for batch in batches]
    headers = reader.headers | {"Content-Type": "application/json", "Accept": "application/json"}

    def match(body: bytes) -> int:
        reader.connection.request("POST", "/v1/match", body, headers)
        answer = reader.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise Halt(f"POST /v1/match: {answer.status}: {text[:300].decode(errors='replace')}")
        return sum(len(one["results"]) for one in json.loads(text)["responses"].values())

    # The index follows the store: the first answers are of part of it.
    deadline, found = time.monotonic() + INDEXED_SECONDS_MAX, -1
    while (now := match(bodies[0])) != found or now == 0:
        if time.monotonic() > deadline:
            raise Halt("screening finds nothing of what was imported")
        found = now
        time.sleep(1)
    started, hits = time.monotonic(), 0
    for number in range(BATCHES):
        hits += match(bodies[number % len(bodies)])
    rate = BATCHES * BATCH / (time.monotonic() - started)
    row = Row("screen", f"{SIZE:,} records: queries a second, {BATCH} a call", "HTTP", rate, unit="/s", floor=HTTP_A_SECOND)
    row.note = f"one connection; {hits:,} hits with receipts"
    report.add(row)


def _lists(setting: Setting, folder: Path) -> tuple[Path, Path]:
    """The lists that CAVEAT_BENCH_LISTS names, or invented ones, from which as many records as are wanted are made."""
    named = os.environ.get("CAVEAT_BENCH_LISTS")
    if named:
        return Path(named) / "corpus.ftm.jsonl", Path(named) / "queries.jsonl"
    source = random.Random("caveat screening")
    lines = (ROOT / "Sources/Screening/Data/frequencies.txt").read_text().splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split()[1:] if len(word) > 3]
    corpus, queries = folder / "corpus.ftm.jsonl", folder / "queries.jsonl"
    records = [_record(source, words, number) for number in range(5_000)]
    corpus.write_text("".join(json.dumps(record) + "\n" for record in records))
    with queries.open("w") as file:
        for number, record in enumerate(source.sample(records, 2_000)):
            properties = dict(record["properties"])
            properties["name"] = [_misspelt(source, properties["name"][0])]
            if source.random() < 0.5:
                properties.pop("birthDate", None)
            query = {"schema": record["schema"], "properties": properties}
            file.write(json.dumps({"id": f"q{number}", "query": query}) + "\n")
    return corpus, queries


def _record(source: random.Random, words: list[str], number: int) -> dict:
    schema = source.choices(("Person", "Company", "Vessel"), (6, 3, 1))[0]
    names = [" ".join(source.sample(words, source.choice((2, 2, 3)))) for _ in range(source.choice((1, 1, 2)))]
    properties = {"name": names[:1], "alias": names[1:], "country": [source.choice(("ru", "ir", "cy", "nl", "pa"))]}
    if schema == "Person":
        properties["birthDate"] = [f"{source.randint(1940, 2000)}-{source.randint(1, 12):02}-{source.randint(1, 28):02}"]
    if schema == "Company":
        properties["name"] = [f"{names[0]} {source.choice(('LLC', 'GmbH', 'Ltd', 'S.A.'))}"]
    return {"id": f"invented-{number}", "schema": schema, "properties": {k: v for k, v in properties.items() if v}}


def _misspelt(source: random.Random, name: str) -> str:
    words = name.split(" ")
    word = source.randrange(len(words))
    if source.random() < 0.3:
        return " ".join(reversed(words))
    if len(words[word]) > 3:
        place = source.randrange(1, len(words[word]) - 1)
        words[word] = words[word][:place] + words[word][place + source.randint(0, 1):]
    return " ".join(words)
