"""Federation: three daemons in a loop over TLS, killed and cut off at random, that end with the same."""
import json
import random
import signal
import subprocess
import time

import pytest
from conftest import CAVEATD, Trial, free_port, wait_for
from test_http import authority, certificate

NAMES = ("a", "b", "c")
ADVISORY = "extension-definition--a000590e-edba-48b4-8868-b2b4bd1d4a89"
RELEASE = "extension-definition--7e736e1c-7d94-423f-9e55-d7cc9ee5fbdf"


class Exchange:
    """One `caveatd serve` with TLS, a desk of customs and a bank that reads; it can be killed, cut off and started again."""

    def __init__(self, name, folder):
        self.name, self.folder, self.port = name, folder / name, free_port()
        self.folder.mkdir()
        authority(self.folder, "ca")
        certificate(self.folder, "server", "ca", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        self.socket, self.log = str(self.folder / "run/admin.sock"), self.folder / "log"
        (self.folder / "caveatd.yaml").write_text(
            f"listen: 127.0.0.1:{self.port}\nstore:\n  url: sqlite:{self.folder}/caveat.db\nadmin:\n  socket: {self.socket}\n"
            f"tls:\n  certificate: {self.folder}/server.pem\n  key: {self.folder}/server.key\n"
        )
        self.client = Trial(str(self.folder / "none"))
        self.client.card = {"url": f"https://127.0.0.1:{self.port}", "admin_socket": self.socket, "members": []}
        self.is_cut = False
        self.start()

    def start(self):
        self.log.write_text("")
        self.process = subprocess.Popen([CAVEATD, "serve", "--config", self.folder / "caveatd.yaml"], stderr=open(self.log, "w"))
        wait_for(lambda: "serving" in self.log.read_text() or self.process.poll() is not None, "the start")
        assert self.process.poll() is None, self.log.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def cut(self, is_cut):
        self.process.send_signal(signal.SIGSTOP if is_cut else signal.SIGCONT)
        self.is_cut = is_cut

    def admin(self, *words):
        out = self.client.cli("admin", *words, "--json").stdout
        return json.loads(out) if out else None

    def run(self, member, *words):
        """What a command prints, a line each."""
        done = self.client.cli(*words, "--ca", str(self.folder / "ca.pem"), "--json", member=member)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def join(self, member, kind, **principals):
        self.admin("member", "add", member, "--title", member, "--kind", kind, "--jurisdiction", "NL")
        for name, (unit, *roles) in principals.items():
            words = [word for role in roles for word in ("--role", role)] + (["--unit", unit] if unit else [])
            self.admin("principal", "add", name, "--member", member, *words)
            token = self.admin("credential", "add", "--principal", name, "--type", "token")["secret"]
            self.client.card["members"].append({"name": name, "token": token})

    def furnish(self):
        self.join("customs", "customs", drafter=("coast", "publisher", "reader"), chief=("inland", "approver", "officer", "auditor", "reader"))
        self.join("bank", "bank", clerk=(None, "reader"))
        self.admin("pool", "add", "warnings", "--title", "Warnings", "--reading", "everyone", "--writing", "authorities")
        for other in NAMES:
            if other != self.name:
                self.join(f"exchange-{other}", "exchange", **{f"link-{other}": (None, "reporter")})

    def peer(self, other, direction):
        """Adds another as a peer."""
        token = self.folder / f"{other.name}.token"
        token.write_text(other.client.token(f"link-{self.name}") + "\n")
        self.admin(
            "peer", "add", other.name, "--exchange", other.admin("exchange")["id"], "--public", other.admin("key", "show")["public"],
            "--as", f"link-{other.name}", "--url", f"https://127.0.0.1:{other.port}/caveat/", "--token-file", str(token),
            "--ca", str(other.folder / "ca.pem"), "--network", "127.0.0.0/8", "--pool", f"warnings=warnings:{direction}",
            "--ceiling", "amber", "--onward",
        )

    # What customs do.

    def file(self, text, marking="green"):
        file = self.folder / "advisory.json"
        example = json.loads(self.client.cli("advisory", "example", "ADV-MO").stdout)
        example["content"] |= {"facts": text, "title": text}
        example["terms"]["marking"] = marking
        file.write_text(json.dumps(example))
        return str(file)

    def approve(self, advisory):
        graded = self.run("chief", "advisory", "grade", advisory, "B2")[0]
        digest = graded.get("amendment", graded["version"])["digest"]
        self.run("chief", "advisory", "approve", advisory, "--digest", digest)

    def publish(self, text):
        made = self.run("drafter", "advisory", "draft", self.file(text), "--pool", "warnings", "--kind", "ADV-MO")[0]["id"]
        self.approve(made)
        return self.run("drafter", "advisory", "publish", made)[0]["id"]

    def amend(self, advisory, text):
        self.run("drafter", "advisory", "amend", advisory, self.file(text, "amber"), "--what", "More", "--why", "A second source")
        self.approve(advisory)
        self.run("drafter", "advisory", "publish-amendment", advisory)

    def recall(self, advisory):
        self.run("drafter", "advisory", "recall", advisory, "--reason", "error")

    def elsewhere(self, advisory):
        return self.run("chief", "who-saw", advisory)[0].get("elsewhere")

    # What the bank sees.

    def objects(self):
        return self.run("clerk", "poll", "warnings", "--reset")

    def full(self):
        """The facts of every advisory that is there in full and stands, as often as it is there."""
        reports = [o for o in self.objects() if o["type"] == "report" and not o.get("revoked")]
        said = [o["extensions"][ADVISORY] for o in reports]
        return sorted(s["facts"] for s in said if s["rendition"] == "full")

    def verified(self, keys):
        """Off line, what it serves: the verdicts."""
        file, trusted = self.folder / "served.json", self.folder / "keys.json"
        file.write_text(json.dumps({"type": "bundle", "id": "bundle--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11", "objects": self.objects()}))
        trusted.write_text(json.dumps(keys))
        return self.client.cli("verify", str(file), "--keys", str(trusted), check=False)


@pytest.fixture
def loop(tmp_path):
    made = {name: Exchange(name, tmp_path) for name in NAMES}
    try:
        for exchange in made.values():
            exchange.furnish()
        for name, after in zip(NAMES, "bca"):
            made[name].peer(made[after], "gives")
            made[after].peer(made[name], "takes")
        yield made
    finally:
        for exchange in made.values():
            if exchange.is_cut:
                exchange.cut(False)
            exchange.kill()


def test_an_advisory_goes_round_signed_and_comes_back_with_counts(loop):
    a, b, c = loop.values()
    made = a.publish("The seals differed.")
    wait_for(lambda: c.full() == ["The seals differed."], "the advisory at c", 30)
    assert b.full() == a.full() == c.full()
    verified = c.verified(c.admin("key", "export"))
    assert verified.returncode == 0 and "good" in verified.stdout, verified.stdout + verified.stderr
    without_a = {"keys": [k for k in c.admin("key", "export")["keys"] if k["exchange"] != a.admin("exchange")["id"]]}
    refused = c.verified(without_a)
    assert refused.returncode == 1 and "not among those that are trusted" in refused.stdout
    notes = [o for o in c.objects() if RELEASE in o.get("extensions", {})]
    ids = [e.admin("exchange")["id"] for e in (a, b, c)]
    assert {tuple(h["statement"]["exchange"] for h in n["extensions"][RELEASE]["custody"]) for n in notes} == {tuple(ids)}
    shown = a.admin("peer", "show", "b")
    assert shown["lacks"] == [] and shown["pools"][0]["dead_letters"] == 0
    a.admin("peer", "pause", "b")
    assert a.admin("peer", "show", "b")["pools"][0]["state"] == "paused"
    a.recall(made)
    a.admin("peer", "resume", "b")
    wait_for(lambda: c.full() == [], "the recall at c", 30)
    for exchange in (b, c):
        for owed in exchange.run("clerk", "recalls"):
            exchange.run("clerk", "recalls", "acknowledge", owed["report"])
    done = wait_for(lambda: (t := a.elsewhere(made)) and t["acknowledged"] >= 2 and t["awaited"] == 0 and t, "the counts", 30)
    assert done["acknowledged"] == done["holders"]
    assert "At other exchanges" in a.client.cli("who-saw", made, "--ca", str(a.folder / "ca.pem"), member="chief").stdout


def test_an_ordinary_taxii_server_is_a_peer_with_less(tmp_path, medallion):
    url, post = medallion
    a = Exchange("a", tmp_path)
    try:
        a.join("customs", "customs", drafter=("coast", "publisher", "reader"), chief=("inland", "approver", "officer", "auditor", "reader"))
        a.join("bank", "bank", clerk=(None, "reader"))
        a.admin("pool", "add", "warnings", "--title", "Warnings", "--reading", "everyone", "--writing", "authorities")
        a.join("elsewhere", "exchange", link=(None, "reporter"))
        password = a.folder / "password"
        password.write_text("Password0\n")
        root, place = url.split("collections/")
        shown = a.admin("peer", "add", "cert", "--as", "link", "--url", root, "--user", "admin", "--password-file", str(password),
                        "--network", "127.0.0.0/8", "--pool", f"warnings={place.strip('/')}:gives", "--ceiling", "green")
        assert [what.split()[0].strip(":") for what in shown["lacks"]] == ["custody", "recalls", "counts"]
        made = a.publish("The seals differed.")

        def held():
            answer = post.session.get(url + "objects/?limit=10", timeout=20)
            return answer.json().get("objects", [])

        objects = wait_for(lambda: [o for o in held() if o["type"] == "note"] and held(), "the release there", 30)
        assert {o["type"] for o in objects} >= {"report", "note"}
        a.recall(made)
        wait_for(lambda: any(o.get("revoked") for o in held()), "the recall there", 30)
        assert a.elsewhere(made) == {"holders": 0, "acknowledged": 0, "awaited": 1}, "nobody answers there"
    finally:
        a.kill()


@pytest.mark.parametrize("seed", [20261126, 7])
def test_a_loop_that_is_killed_and_cut_off_settles(loop, seed):
    chance = random.Random(seed)
    standing, recalled, number = {}, [], 0
    for step in range(16):
        victim = loop[chance.choice(NAMES)]
        fate = chance.choice(["kill", "cut", "none", "none"])
        if fate == "kill":
            victim.kill()
        elif fate == "cut":
            victim.cut(True)
        home = loop[chance.choice([n for n in NAMES if fate == "none" or n != victim.name])]
        own = [made for made, (at, _) in standing.items() if at is home]
        act = chance.choice(["publish", "amend", "recall"]) if own else "publish"
        number += 1
        text = f"Number {number} of {home.name}."
        if act == "publish":
            standing[home.publish(text)] = (home, text)
        elif act == "amend":
            made = chance.choice(own)
            home.amend(made, text)
            standing[made] = (home, text)
        else:
            made = chance.choice(own)
            home.recall(made)
            recalled.append((home, made))
            del standing[made]
        if chance.random() < 0.4 and fate == "none":
            loop[chance.choice(NAMES)].objects()
        time.sleep(chance.random() * 0.3)
        if fate == "kill":
            victim.start()
        elif fate == "cut":
            victim.cut(False)
    due = sorted(text for _, text in standing.values())
    for name, after in zip(NAMES, "bca"):
        # What waits for its turn after failures goes on at once.
        loop[name].admin("peer", "resume", after)
        loop[after].admin("peer", "resume", name)
    for exchange in loop.values():
        wait_for(lambda: exchange.full() == due, f"all that stands, once, at {exchange.name}", 40)
    for exchange in loop.values():
        keys = exchange.admin("key", "export")
        verified = exchange.verified(keys)
        assert "not among" not in verified.stdout and "was changed" not in verified.stdout, verified.stdout
        peers = [exchange.admin("peer", "show", other) for other in NAMES if other != exchange.name]
        assert [p["dead_letters"] for peer in peers for p in peer["pools"]] == [0, 0]
        for owed in exchange.run("clerk", "recalls"):
            if not owed.get("acknowledged"):
                exchange.run("clerk", "recalls", "acknowledge", owed["report"])
    for home, made in recalled:
        def has_counts():
            # None where it was taken back before it went anywhere.
            tally = home.elsewhere(made)
            return tally is None or tally["awaited"] == 0 and tally["acknowledged"] == tally["holders"]

        wait_for(has_counts, f"the counts of {made} at {home.name}", 40)
    assert any(home.elsewhere(made) for home, made in recalled), "a seed that recalls what was given"
