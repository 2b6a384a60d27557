"""What is put off by the tier of a group (row 14), for pollers that know `added_after` alone, over the real programs."""
import json
import os
import subprocess
import uuid

import pytest
import requests
from conftest import CAVEATD, TAXII, Serve, indicator, later_library, wait_for
from taxii2client.v21 import Collection

HOUR = 3_600
TERMS = "tier:\n  restricted:\n    delay_hours: 24\n  basic:\n    delay_hours: 24\n"


class Exchange:
    """A bank, which is basic, and the police, who write to one pool, at an exchange that puts things off by a day."""

    def __init__(self, folder):
        (folder / "terms.yaml").write_text(TERMS)
        self.folder = folder
        self.serve = Serve(folder, reciprocity={"terms": str(folder / "terms.yaml")})
        self.operator = self.serve.operator()
        for name, kind in (("bank", "bank"), ("police", "police")):
            self.operator.cli("admin", "member", "add", name, "--title", name, "--kind", kind, "--jurisdiction", "NL")
            self.operator.cli("admin", "principal", "add", name, "--member", name, "--role", "reader", "--role", "reporter", "--role", "publisher")
            made = self.operator.cli("admin", "credential", "add", "--principal", name, "--type", "token", "--json")
            self.operator.card["members"].append({"name": name, "token": json.loads(made.stdout)["secret"]})
        words = ["--reading", "everyone", "--writing", "everyone", "--default-marking", "green"]
        self.operator.cli("admin", "pool", "add", "warnings", "--title", "Warnings", *words)

    def restart(self, later, terms=TERMS):
        """Kills it, and starts it so many seconds later."""
        self.serve.process.kill()
        self.serve.process.wait()
        (self.folder / "terms.yaml").write_text(terms)
        environment = os.environ | {"LD_PRELOAD": str(later_library()), "CAVEAT_TEST_LATER": str(later)}
        log = open(self.serve.log, "w")
        self.serve.process = subprocess.Popen([CAVEATD, "serve", "--config", self.folder / "caveatd.yaml"], stderr=log, env=environment)
        wait_for(lambda: "serving" in self.serve.log.read_text(), "the start")

    def get(self, member, path):
        headers = {"Authorization": f"Bearer {self.operator.token(member)}"}
        return requests.get(self.operator.card["url"] + path, headers=headers, timeout=20)

    def until(self):
        return self.get("bank", "/v1/quotas").json().get("until")

    def publish(self, member, made):
        headers = {"Authorization": f"Bearer {self.operator.token(member)}", "Content-Type": TAXII}
        place = f"{self.operator.card['url']}/caveat/collections/warnings/objects/"
        answer = requests.post(place, data=json.dumps({"objects": [made]}), headers=headers, timeout=20)
        assert answer.status_code == 202 and answer.json()["success_count"] == 1, answer.text

    def poll(self, member, after=None):
        """What another's client is given after a time, and the last time of that."""
        place = self.get(member, "/caveat/collections/warnings/").json()["id"]
        collection = Collection(
            f"{self.operator.card['url']}/caveat/collections/{place}/", user=member, password=self.operator.token(member))
        found = collection.get_objects(**({"added_after": after} if after else {})).get("objects", [])
        last = self.get(member, f"/caveat/collections/warnings/objects/?added_after={after or '1970-01-01T00:00:00Z'}")
        return [one["id"] for one in found], last.headers.get("X-TAXII-Date-Added-Last", after)


@pytest.fixture
def exchange(tmp_path):
    made = Exchange(tmp_path)
    yield made
    made.serve.process.kill()
    made.serve.process.wait()


def test_a_poller_is_given_what_was_put_off_once_it_is_due(exchange):
    wait_for(exchange.until, "the calendar")
    assert "until" not in exchange.get("police", "/v1/quotas").json()
    exchange.restart(HOUR)
    first, own = indicator(), indicator()
    exchange.publish("police", first)
    exchange.publish("bank", own)
    assert exchange.poll("police")[0] == [first["id"], own["id"]]
    # One's own comes at once, and takes the cursor past what was put off.
    given, last = exchange.poll("bank")
    assert given == [own["id"]]
    place = "/caveat/collections/warnings/objects"
    absent = f"indicator--{uuid.uuid4()}"
    for suffix in ("", "versions/"):
        put_off, none = (exchange.get("bank", f"{place}/{name}/{suffix}") for name in (first["id"], absent))
        assert put_off.status_code == none.status_code == 404 and put_off.content == none.content
        assert exchange.get("police", f"{place}/{first['id']}/{suffix}").status_code == 200
    manifest = exchange.get("bank", "/caveat/collections/warnings/manifest/").json()
    assert [one["id"] for one in manifest["objects"]] == [own["id"]]
    # Stopped when it falls due.
    exchange.restart(24 * HOUR)
    assert exchange.poll("bank", last)[0] == []
    exchange.restart(26 * HOUR)
    wait_for(lambda: exchange.poll("bank", last)[0], "what was put off")
    given, later = exchange.poll("bank", last)
    assert given == [first["id"]] and later > last
    assert exchange.poll("bank", later)[0] == []
    # A later version of what it has comes at once.
    exchange.publish("police", first | {"modified": "2026-02-01T00:00:00.000Z"})
    assert exchange.poll("bank", later)[0] == [first["id"]]
    # Without delays all is given that was put off, whatever was due.
    second = indicator()
    exchange.publish("police", second)
    last = exchange.poll("bank", later)[1]
    assert exchange.poll("bank", last)[0] == []
    exchange.restart(27 * HOUR, terms="")
    wait_for(lambda: exchange.poll("bank", last)[0] == [second["id"]], "what was put off")
    assert exchange.until() is None


def test_delays_of_terms_are_checked(tmp_path):
    for text, words in (("tier:\n  basic:\n    delay_hours: 25\n", "0 to 24 hours"), ("tier:\n  basic:\n    delay_hours: 12\n", "must not be below")):
        (tmp_path / "terms.yaml").write_text(text)
        (tmp_path / "caveatd.yaml").write_text(f"listen: 127.0.0.1:0\nstore:\n  url: sqlite:{tmp_path}/x.db\nadmin:\n  socket: {tmp_path}/run/x.sock\n"
                                               f"reciprocity:\n  terms: {tmp_path}/terms.yaml\n")
        done = subprocess.run([CAVEATD, "serve", "--config", tmp_path / "caveatd.yaml"], capture_output=True, text=True, timeout=20)
        assert done.returncode == 1 and words in done.stderr, done.stderr
