"""What is hidden from one is absent for one: no byte, and no class of time, tells the two apart in any call that names something."""
import functools
import hashlib
import http.client
import itertools
import json
import re
import sqlite3
import statistics
import time
import uuid
from urllib.parse import urlsplit

import pytest
from conftest import TAXII, Trial, indicator
from test_reports import ROUTE, suspicion
from test_scenarios import FACT, Party, content, join, later, person

SAMPLES = 120
ROUNDS = 4
#: Medians that are further apart are of another class: one read or one decoding more.
CLASS = 1.5
SECRET = json.dumps(suspicion(relations=[]))
SALT = "5a" * 16
HERON = "heron"


def large(**more):
    """Content whose decoding takes its time."""
    organisations = [
        {"kind": "ORG", "key": f"o{number}", "properties": {"name": [f"Tidewater {number} BV"], "notes": ["x" * 200]}} for number in range(60)
    ]
    return content(facts="x" * 20_000, subjects=[person(), *organisations], **more)


class Stranger(Party):
    """Every role there is, on one connection."""

    def __init__(self, world, name, kind):
        join(world, name, kind=kind, partner=False)
        roles = ("reader", "reporter", "publisher", "approver", "officer", "auditor", "operator")
        world.cli("admin", "principal", "change", name, *[word for role in roles for word in ("--role", role)])
        super().__init__(world, name)
        self.connection = self.connect(world)

    @staticmethod
    def connect(world):
        place = urlsplit(world.card["url"])
        return http.client.HTTPConnection(place.hostname, place.port, timeout=20)

    def ask(self, method, path, body=None, **more):
        """Status, headers but for the date, and body."""
        headers = self.headers(more)
        if body is not None:
            headers["Content-Type"] = TAXII if path.startswith("/caveat/") else "application/json"
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        return answer.status, [one for one in answer.getheaders() if one[0].lower() != "date"], answer.read()


class World:
    """The trial, with something that strangers may not see for each of the reasons that there are."""

    def __init__(self, trial):
        self.trial, self.collections, collection = trial, {}, trial.collection
        trial.collection = lambda name: self.collections.get(name) or collection(name)
        self.customs, self.legal = Party(trial, "harbour-customs"), Party(trial, "harbour-customs-legal")
        self.partner = join(trial, "partner")
        self.stranger, self.unit = Stranger(trial, "stranger", "bank"), Stranger(trial, "unit", "fiu")
        self.pools()
        self.forces()
        links = f"{trial.data}-links.json"
        other = person(properties={"name": ["Someone Else"], "birthDate": ["1980-01-01"]})
        with open(links, "w") as file:
            json.dump([other], file)
        trial.cli("admin", "member", "link", "stranger", links)
        police = Party(trial, "city-police").call("GET", "members")["members"]
        named = [one["identity"] for own in police for one in own.get("principals", [])] + [trial.identity("city-police")]
        self.advisories = {
            "RED": self.publish({"marking": "red", "addressees": named}, large()),
            "AMBER+STRICT": self.publish({"marking": "amber+strict", "addressees": named}),
            "SARX": self.publish({"marking": "amber+strict", "addressees": named, "caveats": ["SARX"]}),
            "compartment": self.publish({"compartment": HERON}),
            "purpose": self.publish({"purposes": ["P05"]}),
            "weak": self.publish({}, grade="E5"),
            "embargo": self.publish({"embargo": later(days=2)}),
            "conflict": self.publish({}, content(subjects=[other])),
            "closed pool": self.publish({}, pool="closed"),
            "recalled": self.publish({}, recalled=True),
            "draft": self.customs.call("POST", "advisories", {"pool": "open", "kind": "ADV-SUB", "content": large()}, 201),
        }
        #: Of this one strangers have the form without names; the others are hidden.
        self.shared = self.publish({})
        self.dossiers(named)
        # Much that the stranger was given makes no look for what a name stands for any longer: a receipt for each set of objects.
        place = f"/caveat/collections/{trial.collection('open')}/objects/"
        seen = sorted({one["id"] for one in json.loads(self.stranger.ask("GET", place)[2])["objects"]})[:8]
        for count in range(1, len(seen)):
            for ids in itertools.combinations(seen, count):
                assert self.stranger.ask("GET", f"{place}?match[id]={','.join(ids)}")[0] == 200
        digest = hashlib.sha256(bytes.fromhex(SALT) + SECRET.encode()).hexdigest()
        self.observed = self.stranger.call("POST", "observations", {"digest": digest}, 201)["observation"]

    def pools(self):
        terms = {
            "open": ("--reading", "everyone", "--writing", "everyone", "--ceiling", "red"),
            "closed": ("--reading", "enrolled", "--writing", "enrolled"),
            "checked": ("--reading", "everyone", "--writing", "everyone", "--second-person"),
        }
        for name, words in terms.items():
            made = self.trial.cli("admin", "pool", "add", name, "--title", name, *words, "--json")
            self.collections[name] = json.loads(made.stdout)["id"]
        self.trial.cli("admin", "pool", "enrol", "closed", "harbour-customs", "--reads", "--writes")
        for name in ("harbour-customs", "harbour-customs-legal"):
            self.trial.cli("admin", "principal", "change", name, "--clear", HERON)

    def forces(self):
        """A task force that strangers know nothing of, and one that they lead."""
        for name, lead in (("forced", "harbour-customs"), ("ours", "stranger")):
            made = self.trial.cli("admin", "pool", "add", name, "--title", name, "--lead", lead, "--ends", later(days=9), "--json")
            self.collections[name] = json.loads(made.stdout)["id"]
        self.trial.cli("admin", "pool", "enrol", "ours", "partner", "--reads", "--writes")

    def publish(self, terms, said=None, pool="open", grade="B3", recalled=False):
        said = said or content()
        made = self.customs.call("POST", "advisories", {"pool": pool, "kind": "ADV-SUB", "content": said, "terms": terms}, 201)
        place = f"advisories/{made['id']}"
        graded = self.customs.call("POST", f"{place}/grade", {"grade": grade})
        self.legal.call("POST", f"{place}/approve", {"digest": graded["version"]["digest"]})
        made = self.customs.call("POST", f"{place}/publish")
        if recalled:
            self.partner.pool = pool
            self.partner.poll()
            self.customs.call("POST", f"{place}/recall", {"reason": "error"})
        return made

    def dossiers(self, named):
        """Reports, requests, statuses and objects that are others'."""
        writer, bank = Party(self.trial, "blue-anchor"), Party(self.trial, "first-harbour-bank")
        self.trial.cli("admin", "member", "fact", "north-oil", "--add", FACT)
        said = suspicion(facts="x" * 20_000, relations=[], subjects=large()["subjects"])
        self.report = writer.call("POST", "reports", {"authority": "harbour-customs", "content": said}, 201)["id"]
        self.request = bank.call("POST", "requests", {"to": "deepwater", "content": said}, 201)["id"]
        self.status = self.trial.publish("blue-anchor", "commons", [indicator() for _ in range(50)])["id"]
        self.pending = self.trial.publish("blue-anchor", "checked", [indicator() for _ in range(50)])["id"]
        hidden = indicator(marking="red-1", addressees=named, description="x" * 50_000)
        self.indicator = hidden["id"]
        self.trial.publish("blue-anchor", "commons", [hidden])

    def released(self, made):
        """Rendition, object and tick of all that was ever let out of an advisory, which nobody but the store tells."""
        with sqlite3.connect(f"file:{self.trial.data}/caveat.db?mode=ro", uri=True) as store:
            return store.execute(
                "select r.rendition, r.object, r.tick from rendition r join advisory a on a.number = r.advisory where a.id = ? order by r.tick",
                (made["id"],),
            ).fetchall()

    def objects(self, made):
        """The ids of those, by rendition."""
        found = {}
        for rendition, identity, _ in self.released(made):
            found.setdefault(rendition, []).append(identity)
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    running = Trial(str(tmp_path_factory.mktemp("absence") / "data")).start()
    try:
        yield World(running)
    finally:
        running.stop()


def twin(name):
    """A name that nothing has, of the same form and length."""
    if name in ("closed", "forced"):
        return f"z{name[1:]}"
    return re.sub("[0-9a-f]{8}-[0-9a-f-]{27}", str(uuid.uuid4()), re.sub("[0-9]{5}$", "99999", name) if name.startswith("CVT") else name)


def on_advisory(name):
    place = f"/v1/advisories/{name}"
    said = {"content": content(), "terms": {}}
    steps = {
        "edit": said, "grade": {"grade": "B2"}, "confirm-grade": None, "approve": {"digest": "00" * 32}, "publish": None,
        "amend": said | {"what": "a", "why": "b"}, "publish-amendment": None, "review": {}, "withdraw": {"reason": "resolved"},
        "recall": {"reason": "error"}, "ratify": {"digest": "00" * 32}, "dispute": {"reason": "Another."}, "settle": None,
        "consents": {"reader": "north-oil", "purpose": "P02", "rendition": "full", "until": later(days=1)},
        "refuse-consent": {"reader": "north-oil", "purpose": "P02"}, "erase": {"reason": "retention"}, "none": None,
    }
    yield from ((method, place + part, None) for method in ("GET", "HEAD") for part in ("", "/receipts", "/explain?member=north-oil", "/consents"))
    yield "GET", f"/v1/feedback?advisory={name}", None
    yield from (("POST", f"{place}/{step}", body) for step, body in steps.items())
    yield "POST", "/v1/task-forces/ours/release", {"member": "partner", "advisory": name}
    yield "POST", "/v1/task-forces/ours/choose", {"disposal": "keep", "contribution": name}


def on_copy(observed, report):
    """Calls on the report of a rendition, for those that hold it."""
    yield "POST", f"/v1/recalls/{report}/acknowledge", {"note": "removed"}
    yield "POST", "/v1/reliances", {"report": report, "decision": "account 17 closed"}
    yield "GET", f"/v1/reliances?report={report}", None
    yield "POST", "/v1/consents", {"report": report, "purpose": "P02", "reason": "Our client."}
    yield "POST", "/v1/feedback", {"report": report, "outcome": "OM-FPM"}
    yield "POST", "/v1/confirmations", {"report": report, "observation": observed, "salt": SALT, "text": SECRET}


def on_report(name):
    place = f"/v1/reports/{name}"
    yield from (("GET", place, None), ("POST", f"{place}/say", {"text": "This."}), ("POST", f"{place}/add", {"content": suspicion()}))
    yield from (("HEAD", place, None), ("POST", f"{place}/accept", None), ("POST", f"{place}/retract", None))
    yield "POST", f"{place}/want-more", {"text": "Which?"}
    yield "POST", f"{place}/refuse", {"reason": "too-little"}
    yield "POST", f"{place}/outcome", {"outcome": "OA-SEI"}


def on_request(name):
    place = f"/v1/requests/{name}"
    yield from (("GET", place, None), ("POST", f"{place}/answer", {"answer": "nil"}), ("POST", f"{place}/close", None))


def on_status(name):
    yield "GET", f"/caveat/status/{name}/", None
    yield "POST", f"/v1/pending/{name}", {"decision": "approve"}


def on_object(pool, identity):
    place = f"/caveat/collections/{pool}/objects/{identity}/"
    yield from (("GET", place, None), ("HEAD", place, None), ("GET", f"{place}versions/", None), ("DELETE", place, None))
    yield from (("GET", f"{place}?match[version]={version}&added_after=2026-01-01T00:00:00Z", None) for version in ("all", "first"))
    yield from (("GET", f"/caveat/collections/{pool}/{kind}/?match[id]={identity}", None) for kind in ("objects", "manifest"))
    yield "POST", f"/v1/contributions/{identity}/received", None
    yield "POST", "/v1/task-forces/ours/choose", {"disposal": "keep", "contribution": identity}


def on_force(pool):
    place = f"/v1/task-forces/{pool}"
    yield from (("GET", place, None), ("HEAD", place, None), ("POST", f"{place}/choose", {"disposal": "keep"}))
    yield "POST", f"{place}/release", {"member": "north-oil", "history": True}


def on_pool(pool):
    place = f"/caveat/collections/{pool}/"
    yield from (("GET", place + part, None) for part in ("", "objects/", "manifest/", f"objects/{indicator(7)['id']}/"))
    yield "POST", f"{place}objects/", {"objects": [indicator(7)]}
    yield "DELETE", f"{place}objects/{indicator(7)['id']}/", None
    yield "POST", "/v1/requests", {"to": pool, "content": suspicion(subjects=[ROUTE], relations=[])}
    yield "POST", "/v1/advisories", {"pool": pool, "kind": "ADV-SUB", "content": content()}


def hidden(world):
    """What the stranger may not see, by its name, and what can be asked of it."""
    on_copy_of = functools.partial(on_copy, world.observed)
    on_open = functools.partial(on_object, "open")
    for made in world.advisories.values():
        found = world.objects(made)
        reports = {one for objects in found.values() for one in objects if one.startswith("report--")}
        yield from ((on_advisory, name) for name in (made["id"], made.get("reference"), *reports) if name)
        yield from ((on_copy_of, report) for report in reports)
        yield from ((on_open, name) for name in reports | {objects[-1] for objects in found.values()})
    found = world.objects(world.shared)
    for name in {*found["full"], *found["tearline"]} - set(found["non-nominal"]):
        yield on_open, name
        yield from ((calls, name) for calls in (on_advisory, on_copy_of) if name.startswith("report--"))
    yield from ((on_report, world.report), (on_request, world.request), (on_status, world.status), (on_status, world.pending))
    yield functools.partial(on_object, "commons"), world.indicator
    pools = [place for name in ("closed", "forced") for place in (name, world.collections[name])]
    yield from ((calls, name) for name in pools for calls in (on_pool, on_force))


def test_no_byte_differs_between_hidden_and_absent(world):
    world.stranger.pool = "open"
    world.stranger.poll()
    held = [one["id"] for one in world.stranger.held.values() if one["type"] == "report"]
    assert held == [one for one in world.objects(world.shared)["non-nominal"] if one.startswith("report--")]
    seen = set()
    for calls, name in hidden(world):
        for one, other in zip(calls(name), calls(twin(name)), strict=True):
            absent = world.stranger.ask(*other)
            assert world.stranger.ask(*one) == absent, one
            seen.add(absent[0])
    # A pool that a body names is a value of it.
    assert seen == {200, 404, 422}, seen
    # A financial intelligence unit consents to what it was given alone.
    for kind in ("RED", "AMBER+STRICT", "SARX"):
        for name in (world.advisories[kind]["id"], world.advisories[kind]["reference"]):
            for one, other in zip(on_advisory(name), on_advisory(twin(name)), strict=True):
                assert world.unit.ask(*one) == world.unit.ask(*other), one


def test_no_listing_names_what_is_hidden(world):
    stranger = world.stranger
    told = b"".join(
        stranger.ask("GET", path)[2]
        for path in (
            *(f"/v1/{listing}" for listing in ("advisories", "recalls", "reports", "requests", "pending", "consents", "contributions")), "/caveat/collections/",
            *(f"/caveat/collections/{pool}/{kind}/?match[version]=all" for pool in ("open", "commons", "warnings") for kind in ("objects", "manifest")),
        )
    )
    assert world.collections["open"].encode() in told
    for calls, name in hidden(world):
        # A problem says "Not found", and a pool's title is a word.
        assert name.encode() not in told or name == "closed", name


def test_no_event_tells_where_something_hidden_stands(world):
    def beginning(tick):
        stream = Stranger.connect(world.trial)
        stream.request("GET", "/v1/events", headers=world.stranger.headers({"Last-Event-ID": str(tick)}))
        answer = stream.getresponse()
        told = answer.read(1_000)
        stream.close()
        return answer.status, told

    _, _, tick = world.released(world.advisories["RED"])[0]
    hidden, absent = beginning(tick), beginning(tick + 1)
    assert hidden == absent and hidden[0] == 200 and b"data: " in hidden[1]


def ratio(reader, one, other):
    """How many times as long as the quicker the slower of two calls takes, by the medians of many, in turn."""
    times = ([], [])
    for _ in range(SAMPLES):
        for place, call in enumerate((one, other)):
            start = time.perf_counter()
            reader.ask(*call)
            times[place].append(time.perf_counter() - start)
    medians = [statistics.median(each) for each in times]
    return max(medians) / min(medians)


def timed(world):
    """Calls by names of what costs most to read and to decode; of those that go one way, one each."""
    red = world.advisories["RED"]
    full = next(one for one in world.objects(red)["full"] if one.startswith("report--"))
    ways = ("", "/receipts", "/explain?member=north-oil", "/grade", "/dispute", "/settle", "/consents", "feedback")
    for name in (red["id"], red["reference"], full):
        for one, other in zip(on_advisory(name), on_advisory(twin(name)), strict=True):
            if one[0] != "HEAD" and (one[1].endswith(tuple(f"{name}{way}" for way in ways)) or "feedback" in one[1]):
                yield one, other
    whole = (
        (functools.partial(on_copy, world.observed), full), (on_request, world.request), (on_status, world.status), (on_status, world.pending),
        (functools.partial(on_object, "open"), full), (functools.partial(on_object, "commons"), world.indicator),
    )
    for calls, name in whole:
        yield from zip(calls(name), calls(twin(name)), strict=True)
    for calls, name, count in ((on_advisory, world.advisories["draft"]["id"], 1), (on_report, world.report, 3), (on_pool, "closed", 3)):
        yield from list(zip(calls(name), calls(twin(name)), strict=True))[:count]


def test_no_class_of_time_differs_between_hidden_and_absent(world):
    """Noise is not the same in each of some rounds; a class is."""
    apart = {}
    for one, other in timed(world):
        rounds = (ratio(world.stranger, one, other) for _ in range(ROUNDS))
        found = []
        while len(found) < ROUNDS and not (found and found[-1] < CLASS):
            found.append(next(rounds))
        if found[-1] >= CLASS:
            apart[one[:2]] = found
    assert not apart, apart
