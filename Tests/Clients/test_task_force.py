"""A task force from its first advisory to its closing, end to end against the real daemon, with kill -9 on the way."""
import json

import pytest
import requests
from conftest import TAXII, indicator, wait_for
from test_scenarios import Party, content, is_advisory, join, later, restart, world  # noqa: F401 (a fixture)

POOL = "heron"
LIFETIME = 3_600


class Force:
    """A task force that customs lead, with a bank and a carrier that were there from the beginning."""

    def __init__(self, world):
        self.world = world
        ends = later(seconds=LIFETIME)
        world.cli("admin", "pool", "add", POOL, "--title", "Heron", "--lead", "harbour-customs", "--closing", "return", "--ends", ends)
        self.customs, self.legal = Party(world, "harbour-customs", POOL), Party(world, "harbour-customs-legal", POOL)
        self.members = {}
        for name in ("bank-1", "carrier-1"):
            self.join(name)
        pools = json.loads(world.cli("admin", "pool", "show", POOL, "--json").stdout)
        # Parties poll a pool by its name on the card, which has only those of the trial.
        world.card["pools"].append({"name": POOL, "collection": pools["id"]})
        self.collection = pools["id"]
        given = world.start

        def start(later=0):
            given(later)
            world.card["pools"].append({"name": POOL, "collection": self.collection})

        world.start = start

    def join(self, name):
        party = join(self.world, name)
        party.pool = POOL
        self.world.cli("admin", "principal", "change", name, "--role", "reader", "--role", "reporter", "--role", "officer")
        self.world.cli("admin", "pool", "enrol", POOL, name, "--reads", "--writes")
        self.members[name] = party
        return party

    def publish(self, title):
        made = self.customs.call("POST", "advisories", {"pool": POOL, "kind": "ADV-SUB", "content": content(title=title)}, 201)
        graded = self.customs.call("POST", f"advisories/{made['id']}/grade", {"grade": "B3"})
        self.legal.call("POST", f"advisories/{made['id']}/approve", {"digest": graded["version"]["digest"]})
        return self.customs.call("POST", f"advisories/{made['id']}/publish")

    def call(self, party, path, name=POOL):
        """What TAXII answers about the pool, without what every answer has of its own."""
        answer = requests.get(self.world.url(path.format(name)), headers=party.headers({"Accept": TAXII}), timeout=20)
        return answer.status_code, answer.text.replace(name, "POOL")


def titles(objects):
    return sorted(one["name"] for one in objects if is_advisory(one))


@pytest.fixture
def force(world):  # noqa: F811
    return Force(world)


def test_task_force(force):
    world, customs, bank, carrier = force.world, force.customs, force.members["bank-1"], force.members["carrier-1"]
    first, second = force.publish("First"), force.publish("Second")
    mine = [indicator(1), indicator(2), indicator(3)]
    assert world.post("bank-1", POOL, mine).json()["success_count"] == 3
    restart(world)
    for party in (bank, carrier):
        assert titles(party.poll()) == ["First", "Second"]

    # A late joiner sees what comes from now on, and of before what the lead releases: also where it only goes on polling.
    port = force.join("port-1")
    assert port.poll() == []
    for one in mine + bank.received:
        for path in ("collections/{}/objects/" + one["id"] + "/", "collections/{}/objects/" + one["id"] + "/versions/"):
            assert force.call(port, path)[0] == 404
    assert force.call(port, "collections/{}/manifest/") == (200, "{}")
    third = force.publish("Third")
    assert titles(port.poll()) == ["Third"]
    restart(world)
    world.cli("task-force", "release", POOL, "port-1", "--advisory", first["reference"], member="harbour-customs")
    assert titles(port.poll()) == ["First"]
    bank.call("POST", f"task-forces/{POOL}/release", {"member": "port-1", "history": True}, 403)
    restart(world)
    customs.call("POST", f"task-forces/{POOL}/release", {"member": "port-1", "history": True}, 204)
    new = port.poll()
    assert titles(new) == ["Second"] and {one["id"] for one in mine} <= {one["id"] for one in new}

    # One that is suspended, and one that left, are told of recalls alone.
    world.cli("admin", "member", "suspend", "carrier-1")
    world.cli("admin", "pool", "remove", POOL, "port-1")
    fourth = force.publish("Fourth")
    customs.call("POST", f"advisories/{third['id']}/recall", {"reason": "error"})
    customs.call("POST", f"advisories/{first['id']}/recall", {"reason": "error"})
    restart(world)
    stubs = [one for one in carrier.poll() if is_advisory(one)]
    assert len(stubs) == 1 and stubs[0]["revoked"] and "Fourth" not in json.dumps(carrier.received)
    assert force.call(port, "collections/{}/objects/")[0] == 404
    assert len(port.call("GET", "recalls")["recalls"]) == 2

    # Each owner chooses: customs by its advisories, the bank by its objects; what nobody chose for is returned.
    world.cli("task-force", "choose", POOL, "destroy", "--of", second["reference"], member="harbour-customs")
    customs.call("POST", f"task-forces/{POOL}/choose", {"disposal": "keep", "contribution": fourth["id"]}, 204)
    bank.call("POST", f"task-forces/{POOL}/choose", {"disposal": "destroy", "contribution": mine[0]["id"]}, 204)
    bank.call("POST", f"task-forces/{POOL}/choose", {"disposal": "keep", "contribution": mine[1]["id"]}, 204)
    carrier.call("POST", f"task-forces/{POOL}/choose", {"disposal": "keep", "contribution": mine[1]["id"]}, 404)
    assert "contribution: is none of yours" in world.cli(
        "task-force", "choose", POOL, "keep", "--of", mine[1]["id"], member="carrier-1", check=False).stderr
    assert customs.call("POST", f"task-forces/{POOL}/release", {"member": "nobody", "history": True}, 404)["field"] == "member"
    held = json.loads(world.cli("task-force", "show", POOL, "--json", member="bank-1").stdout)["choices"]
    assert {one["contribution"]: one["disposal"] for one in held} == {mine[0]["id"]: "destroy", mine[1]["id"]: "keep"}

    # It dies before its end and lives again after it: the end comes all the same.
    assert json.loads(world.cli("admin", "pool", "show", POOL, "--json").stdout)["state"] == "active"
    restart(world, LIFETIME)
    assert json.loads(world.cli("admin", "pool", "show", POOL, "--json").stdout)["state"] == "ended"
    for party in (customs, force.legal, bank, carrier, port):
        for path in ("collections/{}/", "collections/{}/objects/", "collections/{}/manifest/"):
            for name in (POOL, force.collection):
                assert force.call(party, path, name) == force.call(party, path, "0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11")
        assert POOL not in force.call(party, "collections/", "nothing")[1]
    for party in (carrier, port):
        there, not_there = (
            requests.get(f"{world.card['url']}/v1/task-forces/{name}", headers=party.headers(), timeout=20) for name in (POOL, "nothing"))
        assert (there.status_code, there.text) == (not_there.status_code, not_there.text) == (404, not_there.text)
    drafted = {"kind": "ADV-SUB", "content": content()}
    assert customs.call("POST", "advisories", drafted | {"pool": POOL}, 422) == customs.call(
        "POST", "advisories", drafted | {"pool": "nothing"}, 422)

    # What was chosen is done, by itself.
    def closed():
        contributions = bank.call("GET", "contributions")["contributions"]
        return contributions if len(contributions) == 2 else None

    kept = wait_for(closed, "the closing")
    restart(world, LIFETIME)
    assert {one["object"]["id"]: one["disposal"] for one in kept} == {mine[1]["id"]: "keep", mine[2]["id"]: "return"}
    assert [one["object"] for one in kept if one["disposal"] == "return"] == [mine[2]]
    wait_for(lambda: customs.call("GET", f"advisories/{second['id']}")["version"]["content"]["title"] != "Second", "the erasing")
    assert "Brack" not in json.dumps(customs.call("GET", f"advisories/{second['id']}"))
    for one, title in ((first, "First"), (third, "Third"), (fourth, "Fourth")):
        assert customs.call("GET", f"advisories/{one['id']}")["version"]["content"]["title"] == title
    # The owner says that it has what was returned, and the exchange forgets it; nobody else may.
    carrier.call("POST", f"contributions/{mine[2]['id']}/received", {}, 404)
    world.cli("task-force", "received", mine[2]["id"], member="bank-1")
    printed = world.cli("task-force", "contributions", member="bank-1").stdout.splitlines()
    assert [json.loads(line) for line in printed] == [mine[1]]
    # What is owed is owed still.
    for party, count in ((carrier, 1), (port, 2)):
        assert len(party.call("GET", "recalls")["recalls"]) == count
        report = party.call("GET", "recalls")["recalls"][0]["report"]
        party.call("POST", f"recalls/{report}/acknowledge", {}, 204)
    bank.call("POST", f"task-forces/{POOL}/choose", {"disposal": "keep"}, 404)
