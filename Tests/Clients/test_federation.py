"""Federation: three daemons in a loop over TLS, let in by tokens or by certificates, killed and cut off at random."""
import contextlib
import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import CAVEATD, Trial, free_port, wait_for
from test_http import authority, certificate

NAMES = ("a", "b", "c")
ADVISORY = "extension-definition--a000590e-edba-48b4-8868-b2b4bd1d4a89"
RELEASE = "extension-definition--7e736e1c-7d94-423f-9e55-d7cc9ee5fbdf"


def uri(exchange):
    """What a certificate of an exchange calls it."""
    return f"urn:exchange:{exchange}"


class Exchange:
    """One `caveatd serve` with TLS, a desk of customs and a bank that reads; it can be killed, cut off and started again.

    Others come to it with a token, or, where `is_mutual`, with nothing but a certificate of its own authority.
    """

    def __init__(self, name, folder, is_mutual=False):
        self.name, self.folder, self.port, self.is_mutual = name, folder / name, free_port(), is_mutual
        self.folder.mkdir()
        self.ways = {}
        authority(self.folder, "ca")
        self.trust("ca")
        certificate(self.folder, "server", "ca", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        self.socket, self.log = str(self.folder / "run/admin.sock"), self.folder / "log"
        (self.folder / "caveatd.yaml").write_text(
            f"listen: 127.0.0.1:{self.port}\nstore:\n  url: sqlite:{self.folder}/caveat.db\nadmin:\n  socket: {self.socket}\n"
            f"tls:\n  certificate: {self.folder}/server.pem\n  key: {self.folder}/server.key\n"
            + (f"  client_ca: {self.folder}/members.pem\n" if is_mutual else "")
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

    def read_again(self):
        """Has it read its certificates and authorities again."""
        before = self.log.read_text().count("certificates read again")
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.log.read_text().count("certificates read again") > before, "the reading")

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

    def enrol(self, member, kind, **principals):
        self.admin("member", "add", member, "--title", member, "--kind", kind, "--jurisdiction", "NL")
        for name, (unit, *roles) in principals.items():
            words = [word for role in roles for word in ("--role", role)] + (["--unit", unit] if unit else [])
            self.admin("principal", "add", name, "--member", member, *words)

    def join(self, member, kind, **principals):
        self.enrol(member, kind, **principals)
        for name in principals:
            token = self.admin("credential", "add", "--principal", name, "--type", "token")["secret"]
            self.client.card["members"].append({"name": name, "token": token})

    def let_in(self, other):
        """Lets another exchange in, by a token or by a certificate: b by the URI in it, the others by its fingerprint."""
        link = f"link-{other}"
        if self.is_mutual:
            self.enrol(f"exchange-{other}", "exchange", **{link: (None, "reporter")})
            self.ways[other] = self.issue(link, other)
            self.know(other, *(("--uri", uri(other)) if other == "b" else self.ways[other][:2]))
        else:
            self.join(f"exchange-{other}", "exchange", **{link: (None, "reporter")})
            token = self.folder / f"{link}.token"
            token.write_text(self.client.token(link) + "\n")
            self.ways[other] = ["--token-file", str(token)]

    def issue(self, file, other, days="30", by="ca"):
        """A client certificate with the URI of another exchange, by an authority of this one: where it and its key are."""
        certificate(self.folder, file, by, f"subjectAltName=URI:{uri(other)}\nextendedKeyUsage=clientAuth\n", days)
        return ["--certificate", str(self.folder / f"{file}.pem"), "--key", str(self.folder / f"{file}.key")]

    def know(self, other, *certificate):
        """Knows another exchange by a certificate."""
        self.admin("credential", "add", "--principal", f"link-{other}", "--type", "certificate", *certificate)

    def trust(self, *authorities):
        """By whose certificates others may come in, once that is read again."""
        (self.folder / "members.pem").write_text("".join((self.folder / f"{name}.pem").read_text() for name in authorities))

    def furnish(self):
        self.join("customs", "customs", drafter=("coast", "publisher", "reader"), chief=("inland", "approver", "officer", "auditor", "reader"))
        self.join("bank", "bank", clerk=(None, "reader"))
        self.admin("pool", "add", "warnings", "--title", "Warnings", "--reading", "everyone", "--writing", "authorities")
        for other in NAMES:
            if other != self.name:
                self.let_in(other)

    def peer(self, other, direction):
        """Adds another as a peer."""
        self.admin(
            "peer", "add", other.name, "--exchange", other.admin("exchange")["id"], "--public", other.admin("key", "show")["public"],
            "--as", f"link-{other.name}", "--url", f"https://127.0.0.1:{other.port}/caveat/", *other.ways[self.name],
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

    def gives(self, other):
        """How it goes with the one pool that it gives to a peer."""
        return self.admin("peer", "show", other.name)["pools"][0]

    def mend(self, other):
        """Goes on with a peer as it was agreed on at first, and what waits for its turn at once."""
        self.admin("peer", "change", other.name, *other.ways[self.name], "--ca", str(other.folder / "ca.pem"))
        self.admin("peer", "resume", other.name)

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


@contextlib.contextmanager
def three(folder, is_mutual):
    """Three exchanges of which each gives to the next."""
    made = {name: Exchange(name, folder, is_mutual) for name in NAMES}
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


@pytest.fixture
def loop(tmp_path, request):
    with three(tmp_path, is_mutual=request.param == "certificate") as made:
        yield made


@pytest.fixture(scope="module")
def mutual(tmp_path_factory):
    with three(tmp_path_factory.mktemp("mutual"), is_mutual=True) as made:
        yield made


@pytest.mark.parametrize("loop", ["token", "certificate"], indirect=True)
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
    a.admin("peer", "change", "b", "--pool", "warnings=warnings:takes")
    a.admin("peer", "change", "b", "--pool", "warnings=warnings:gives")
    refused = a.client.cli("admin", "peer", "change", "b", "--pool", "warnings=elsewhere", check=False)
    assert refused.returncode == 1 and "come back as they were" in refused.stderr
    a.admin("peer", "pause", "b")
    assert a.admin("peer", "show", "b")["pools"][0]["state"] == "paused"
    listed = next(peer for peer in a.admin("peer", "list")["peers"] if peer["name"] == "b")
    assert (listed["state"], listed["dead_letters"]) == ("paused", 0)
    told = {other: a.run("chief", "explain", made, "--as", f"exchange-{other}")[0] for other in "bc"}
    assert (told["b"]["given"], told["b"]["reason"]) == (True, "it was given there")
    assert (told["c"]["given"], told["c"]["reason"]) == (False, "the pool is not shared"), "A gives to B alone"
    table = a.client.cli("explain", made, "--as", "exchange-c", "--ca", str(a.folder / "ca.pem"), member="chief").stdout
    assert "GIVEN" in table and "the pool is not shared" in table
    a.recall(made)
    a.admin("peer", "resume", "b")
    wait_for(lambda: c.full() == [], "the recall at c", 30)
    reference = a.run("chief", "advisory", "show", made)[0]["reference"]
    for exchange in (b, c):
        for owed in exchange.run("clerk", "recalls"):
            assert owed["reference"] == reference, "as the exchange calls it that released it"
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


def strange(host, guest, third):
    """Of another authority, though it is known by its fingerprint."""
    way = third.issue("foreign", guest.name)
    host.know(guest.name, *way[:2])
    return way


def expired(host, guest, third):
    """Of the right authority and known by its fingerprint."""
    way = host.issue("expired", guest.name, days="-1")
    host.know(guest.name, *way[:2])
    return way


BROKEN_OFF, UNKNOWN = "could not be reached, or broke the connection off", "answered with status 401"
MISTRUSTED = "could not be trusted: check its certificate and its name"


@pytest.mark.parametrize(
    ("giver", "wrong", "fault"),
    [
        pytest.param("a", strange, BROKEN_OFF, id="another authority"),
        pytest.param("b", lambda host, guest, third: third.issue("foreign", guest.name), BROKEN_OFF, id="another authority, the right URI"),
        pytest.param("a", lambda host, guest, third: host.issue("unknown", guest.name), UNKNOWN, id="another fingerprint"),
        pytest.param("b", lambda host, guest, third: host.issue("unknown", "nobody"), UNKNOWN, id="another URI"),
        pytest.param("a", expired, BROKEN_OFF, id="expired"),
        pytest.param("b", lambda host, guest, third: host.issue("expired", guest.name, days="-1"), BROKEN_OFF, id="expired, the right URI"),
        pytest.param("a", lambda host, guest, third: ["--ca", str(third.folder / "ca.pem")], MISTRUSTED, id="the other's is not trusted"),
    ],
)
def test_a_certificate_that_is_not_the_peers_is_refused_and_nothing_is_lost(mutual, giver, wrong, fault):
    names = NAMES[NAMES.index(giver):] + NAMES[:NAMES.index(giver)]
    home, host, third = (mutual[name] for name in names)
    recalled = home.publish(f"Before {fault}.")
    wait_for(lambda: home.full() == host.full() == third.full(), "what went before", 30)
    standing = host.full()
    home.admin("peer", "change", host.name, *wrong(host, home, third))
    published = home.publish("While it is refused.")
    home.recall(recalled)
    refused = wait_for(lambda: (now := home.gives(host)).get("fault") and now, "the refusal", 30)
    assert refused["fault"] == fault and refused["state"] == "retrying" and refused["dead_letters"] == 0
    assert host.full() == third.full() == standing
    home.mend(host)
    due = home.full()
    assert due.count("While it is refused.") == 1
    for exchange in (host, third):
        wait_for(lambda: exchange.full() == due, f"what waited, once, at {exchange.name}", 30)
    mended = home.gives(host)
    assert mended["state"] == "flowing" and mended["dead_letters"] == 0 and "fault" not in mended
    home.recall(published)
    wait_for(lambda: third.full() == home.full(), "the recall at the end", 30)


def test_a_certificate_of_another_peer_brings_nothing_of_ones_own(mutual):
    a, b, c = mutual.values()
    standing = b.full()
    a.admin("peer", "change", "b", *b.ways["c"])
    made = a.publish("By another's certificate.")
    wait_for(lambda: a.gives(b)["dead_letters"] > 0, "the refusal", 30)
    refused = a.gives(b)
    assert [int(why.split(":")[0]) for why in refused["refused"]] == [refused["dead_letters"]] and "not this object" in refused["refused"][0], refused
    assert b.full() == c.full() == standing
    a.mend(b)
    assert a.admin("peer", "replay", "b")["refused"] == 0
    for exchange in (b, c):
        wait_for(lambda: exchange.full() == a.full(), f"what was refused, once, at {exchange.name}", 30)
    assert a.gives(b)["dead_letters"] == 0
    a.recall(made)
    wait_for(lambda: c.full() == a.full(), "the recall at the end", 30)


def test_client_certificates_and_their_authority_are_rotated_and_nothing_fails(mutual):
    a, b, c = mutual.values()
    # Known by its fingerprint: the new one beside the old, which ends once the new is in use.
    old, ended = b.admin("credential", "list", "--principal", "link-a")["credentials"], b.ways["a"]
    assert {credential["type"] for credential in old} == {"certificate"}
    b.ways["a"] = b.issue("link-a-next", "a")
    b.know("a", *b.ways["a"][:2])
    a.admin("peer", "change", "b", *b.ways["a"])
    for credential in old:
        b.admin("credential", "revoke", credential["id"])
    # Known by its URI, and of a new authority that is trusted beside the old one.
    authority(c.folder, "ca-next")
    c.trust("ca", "ca-next")
    c.read_again()
    c.ways["b"] = c.issue("link-b-next", "b", by="ca-next")
    b.admin("peer", "change", "c", *c.ways["b"])
    made = a.publish("After the rotation.")
    for exchange in (b, c):
        wait_for(lambda: exchange.full() == a.full(), f"what was released after it, at {exchange.name}", 30)
    for giver, taker in ((a, b), (b, c)):
        now = giver.gives(taker)
        assert now["state"] == "flowing" and now["dead_letters"] == 0 and "fault" not in now
    # What was revoked is not let in any more.
    a.admin("peer", "change", "b", *ended)
    a.recall(made)
    assert wait_for(lambda: a.gives(b).get("fault"), "the refusal of the old one", 30) == UNKNOWN
    a.mend(b)
    for exchange in (b, c):
        wait_for(lambda: exchange.full() == a.full(), f"the recall at {exchange.name}", 30)


def test_a_client_certificate_that_is_renewed_in_its_file_is_shown_from_then_on(mutual):
    a, b, _ = mutual.values()
    a.recall(a.publish("Over a connection that is open."))
    wait_for(lambda: a.gives(b)["state"] == "flowing" and b.full() == a.full(), "what went before", 30)
    old = b.admin("credential", "list", "--principal", "link-a")["credentials"]
    name = Path(b.ways["a"][1]).stem
    b.know("a", *b.issue(name, "a")[:2])
    for credential in old:
        if credential["state"] == "active":
            b.admin("credential", "revoke", credential["id"])
    a.publish("After the renewal.")
    wait_for(lambda: b.full() == a.full(), "what was released after it", 15)


@pytest.mark.parametrize("loop", ["token"], indirect=True)
def test_a_token_is_replaced_and_nothing_is_lost(loop):
    a, b, _ = loop.values()
    for credential in b.admin("credential", "list", "--principal", "link-a")["credentials"]:
        b.admin("credential", "revoke", credential["id"])
    a.publish("Before the token was replaced.")
    assert wait_for(lambda: a.gives(b).get("fault"), "the refusal", 30) == UNKNOWN
    listed = next(peer for peer in a.admin("peer", "list")["peers"] if peer["name"] == "b")
    assert (listed["state"], listed["fault"]) == ("retrying", UNKNOWN)
    token = a.folder / "next.token"
    token.write_text(b.admin("credential", "add", "--principal", "link-a", "--type", "token")["secret"] + "\n")
    a.admin("peer", "change", "b", "--token-file", str(token))
    a.admin("peer", "resume", "b")
    wait_for(lambda: b.full() == a.full() == ["Before the token was replaced."], "what waited", 30)
    assert a.gives(b)["dead_letters"] == 0 and "fault" not in a.gives(b)


@pytest.mark.parametrize(("loop", "seed"), [("token", 20261126), ("certificate", 7)], indirect=["loop"])
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
