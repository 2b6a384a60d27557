"""Random histories with kill -9: what was acknowledged is there, once, and no poller misses what it may see.

CAVEAT_KILLS says how often the daemon is killed (4; the nightly form has 50), CAVEAT_SEED which history it is.
"""
import json
import os
import random
import threading
import uuid

import requests

from conftest import TAXII, Node, Trial, free_port, indicator, wait_for

KILLS = int(os.environ.get("CAVEAT_KILLS", "4"))
SEED = int(os.environ.get("CAVEAT_SEED", "1"))
WRITERS, READERS = ("swift-cargo", "blue-anchor"), ("north-oil", "first-harbour-bank")


class History:
    """Writers and pollers against one or more addresses, each of which may go away at any moment."""

    def __init__(self, addresses, tokens, collection, seed):
        self.addresses, self.tokens, self.collection = addresses, tokens, collection
        self.writing_ended, self.ended = threading.Event(), threading.Event()
        self.acknowledged, self.seen, self.faults = {}, {}, []
        self.random = random.Random(seed)

    def url(self, dice):
        return f"{dice.choice(self.addresses)}/caveat/collections/{self.collection}/"

    def write(self, member, dice):
        """Posts envelopes; one that is not answered is sent again, the same, until it is."""
        headers = {"Authorization": f"Bearer {self.tokens[member]}", "Content-Type": TAXII}
        while not self.writing_ended.is_set():
            made = [
                indicator(marking=dice.choice(["green", "red"]), id=f"indicator--{uuid.UUID(int=dice.getrandbits(128), version=4)}")
                for _ in range(dice.randint(1, 5))
            ]
            while True:
                try:
                    answer = requests.post(self.url(dice) + "objects/", json={"objects": made}, headers=headers, timeout=5)
                except requests.RequestException:
                    continue
                if answer.status_code == 503:
                    continue
                if answer.status_code != 202 or answer.json()["success_count"] != len(made):
                    self.faults.append(answer.text)
                    return
                break
            for one in made:
                self.acknowledged[one["id"]] = (member, "red" if "e828b379" in one["object_marking_refs"][0] else "green")

    def poll(self, member, way, dice, key):
        """Follows only `added_after`, or only `next` for as long as there is one. Goes on until all is read at the end."""
        headers = {"Authorization": f"Bearer {self.tokens[member]}"}
        seen = self.seen.setdefault(key, [])
        after, token, query = None, None, {}
        while True:
            last = self.ended.is_set()
            limit = dice.randint(1, 7)
            if not token:
                query = {"added_after": after} if after else {}
            parameters = query | {"limit": limit} | ({"next": token} if token else {})
            try:
                answer = requests.get(self.url(dice) + "objects/", params=parameters, headers=headers, timeout=5)
            except requests.RequestException:
                continue
            if answer.status_code == 503:
                continue
            if answer.status_code != 200:
                self.faults.append(f"{way} {answer.text}")
                return
            page = answer.json()
            found = [one["id"] for one in page.get("objects", [])]
            if len(found) > limit:
                self.faults.append(f"{way}: {len(found)} objects for a limit of {limit}")
            seen += found
            if found:
                after = answer.headers["X-TAXII-Date-Added-Last"]
            token = page.get("next") if way == "next" else None
            if last and not page.get("more") and not found:
                return

    def run(self, kill, kills):
        dice = random.Random(self.random.random())
        daemonic = {"daemon": True}  # One that hangs fails the test, and does not keep it from ending.
        writers = [
            threading.Thread(target=self.write, args=(m, random.Random(dice.random())), **daemonic) for m in WRITERS for _ in (1, 2)
        ]
        pollers = [
            threading.Thread(target=self.poll, args=(m, way, random.Random(dice.random()), (m, way)), **daemonic)
            for m in READERS + WRITERS[:1]
            for way in ("added_after", "next")
        ]
        for thread in writers + pollers:
            thread.start()
        try:
            for number in range(kills):
                goal = len(self.acknowledged) + dice.randint(1, 40)
                wait_for(lambda: len(self.acknowledged) >= goal or self.faults, f"writing before kill {number}", 60)
                kill(dice)
            goal = len(self.acknowledged) + 20
            wait_for(lambda: len(self.acknowledged) >= goal or self.faults, "writing after the last kill", 60)
        finally:
            # The pollers end after the last write is answered: what is committed later they cannot have.
            for event, threads in ((self.writing_ended, writers), (self.ended, pollers)):
                event.set()
                for thread in threads:
                    thread.join(60)
        assert not self.faults, self.faults[:3]
        assert not any(thread.is_alive() for thread in writers + pollers)

    def check(self, before):
        """Compares with what the exchange has now: each acknowledged object once, each poller what it may see."""
        for member in (*WRITERS, *READERS):
            headers = {"Authorization": f"Bearer {self.tokens[member]}"}
            records, token = [], None
            while True:
                parameters = {"match[version]": "all"} | ({"next": token} if token else {})
                page = requests.get(self.url(self.random) + "manifest/", params=parameters, headers=headers, timeout=20).json()
                records += page.get("objects", [])
                token = page.get("next")
                if not token:
                    break
            dates = [record["date_added"] for record in records]
            assert dates == sorted(set(dates)), "dates are unique and in order"
            held = [record["id"] for record in records if record["id"] not in before]
            assert len(held) == len(set(held)), "each object once"
            visible = {i for i, (author, mark) in self.acknowledged.items() if mark == "green" or author == member}
            assert visible <= set(held), "every acknowledged object is there"
            for (reader, way), seen in self.seen.items():
                if reader == member:
                    assert [i for i in seen if i not in before] == held, f"{reader} by {way}"
        print(f"\n{len(self.acknowledged)} objects acknowledged, {len(self.seen)} pollers agree")


def test_one_daemon_on_sqlite(tmp_path):
    trial = Trial(str(tmp_path / "data"), port=free_port()).start()
    tokens = {m["name"]: m["token"] for m in trial.card["members"]}
    listed = trial.get("north-oil", "collections/commons/manifest/").json()["objects"]
    history = History([trial.card["url"]], tokens, trial.collection("commons"), SEED)

    def kill(dice):
        trial.kill()
        trial.start()

    try:
        history.run(kill, KILLS)
        history.check({record["id"] for record in listed})
    finally:
        trial.stop()


def test_two_daemons_on_one_postgresql(tmp_path, postgres):
    nodes = [Node(tmp_path, number, postgres.url) for number in (0, 1)]
    for node in nodes:
        node.start()
    operator = Trial(str(tmp_path / "none"))
    operator.card = {"url": "", "admin_socket": nodes[0].socket, "members": []}
    tokens = {}
    for name in (*WRITERS, *READERS):
        operator.cli("admin", "member", "add", name, "--title", name, "--kind", "bank", "--jurisdiction", "NL")
        operator.cli("admin", "principal", "add", name, "--member", name, "--role", "reader", "--role", "reporter")
        made = operator.cli("admin", "credential", "add", "--principal", name, "--type", "token", "--json").stdout
        tokens[name] = json.loads(made)["secret"]
    operator.cli("admin", "pool", "add", "commons", "--title", "Commons", "--reading", "everyone", "--writing", "everyone")
    addresses = [f"http://127.0.0.1:{node.port}" for node in nodes]
    # What one node has just taken, the other serves; what one has just revoked, the other refuses.
    headers = {"Authorization": f"Bearer {tokens['north-oil']}"}
    for address in addresses:
        assert requests.get(f"{address}/caveat/collections/commons/", headers=headers, timeout=20).status_code == 200
    history = History(addresses, tokens, "commons", SEED + 1)

    def kill(dice):
        node = dice.choice(nodes)
        node.kill()
        node.start()

    try:
        history.run(kill, KILLS)
        history.check(set())
        operator.card["admin_socket"] = nodes[1].socket
        operator.cli("admin", "principal", "suspend", "north-oil")
        for address in addresses:
            assert requests.get(f"{address}/taxii2/", headers=headers, timeout=20).status_code == 401
    finally:
        for node in nodes:
            node.process.terminate()
        for node in nodes:
            assert node.process.wait(20) == 0
