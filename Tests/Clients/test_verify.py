"""`caveat verify` over what another program signed by the words of docs/EXTENSIONS.md alone: openssl and json."""
import copy
import hashlib
import json
import subprocess
import uuid

import pytest
from stix2validator import ValidationOptions, validate_string

from conftest import CAVEAT, TLP, indicator

EXTENSION = "extension-definition--7e736e1c-7d94-423f-9e55-d7cc9ee5fbdf"
ALPHA, BETA, CUSTOMS = (str(uuid.uuid4()) for _ in range(3))


def canonical(value):
    """RFC 8785, of values without numbers that need more."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value):
    return hashlib.sha256(canonical(value)).hexdigest()


class Key:
    def __init__(self, folder, name):
        self.file, self.folder, self.name = folder / f"{name}.private", folder, name
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.file], check=True)
        der = subprocess.run(["openssl", "pkey", "-in", self.file, "-pubout", "-outform", "DER"], check=True, capture_output=True)
        self.public = der.stdout[-32:]
        self.id = hashlib.sha256(self.public).hexdigest()[:32]

    def sign(self, statement):
        text = self.folder / "statement"
        text.write_bytes(canonical(statement))
        done = subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.file, "-in", text], check=True, capture_output=True)
        return {"key": self.id, "signature": done.stdout.hex(), "statement": statement}

    def entry(self, exchange, **more):
        return {"exchange": exchange, "name": self.name, "public": self.public.hex(), "from": "2026-01-01T00:00:00.000000Z"} | more


def note(release, *custody):
    """The note about a release as an exchange gives it."""
    last = custody[-1]["statement"]
    return {
        "type": "note", "spec_version": "2.1", "id": f"note--{uuid.uuid4()}", "created": "2026-11-20T12:00:00.000Z",
        "modified": "2026-11-20T12:00:00.000Z", "created_by_ref": f"identity--{last['exchange']}",
        "content": "A release.", "object_marking_refs": [TLP[last["marking"]]],
        "object_refs": [one["id"] for one in release["statement"]["objects"]],
        "extensions": {EXTENSION: {"extension_type": "property-extension", "release": release, "custody": list(custody)}},
    }


class Case:
    def __init__(self, folder):
        self.folder = folder
        self.alpha, self.beta, self.customs = (Key(folder, name) for name in ("Alpha", "Beta", "Customs"))
        self.keys = {"keys": [
            self.alpha.entry(ALPHA), self.beta.entry(BETA), self.customs.entry(ALPHA, member=CUSTOMS)]}
        self.objects = [indicator(name="One", marking="green"), indicator(name="Zwei ü", marking="green")]

    def release(self, by=None, **more):
        """Signed by the exchange on behalf of its member, unless told otherwise."""
        statement = {
            "id": str(uuid.uuid4()), "number": 1, "purpose": "release", "exchange": ALPHA, "member": CUSTOMS, "signer": "exchange",
            "released": "2026-11-20T10:00:00.000000Z", "marking": "green",
            "objects": [{"id": one["id"], "modified": one["modified"], "sha256": digest(one)} for one in self.objects],
        } | more
        return (by or self.alpha).sign(statement)

    def hop(self, key, before, exchange, hour, marking="green", **more):
        return key.sign({
            "exchange": exchange, "received": f"2026-11-20T{hour}:00:00.000000Z", "released": f"2026-11-20T{hour}:30:00.000000Z",
            "marking": marking, "onward": True, "before": digest(before)} | more)

    def told(self, **more):
        release = self.release(**more)
        first = self.hop(self.alpha, release, ALPHA, 10, to=BETA)
        return note(release, first, self.hop(self.beta, first, BETA, 11, "amber"))

    def verify(self, objects, *words, keys=None):
        file, ring = self.folder / "file.json", self.folder / "keys.json"
        file.write_text(json.dumps({"objects": objects}, indent=1))
        ring.write_text(json.dumps(keys or self.keys))
        return subprocess.run(
            [CAVEAT, "verify", str(file), "--keys", str(ring), *words], capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return Case(tmp_path_factory.mktemp("verify"))


def test_what_was_released_and_passed_on_is_good(case):
    done = case.verify([*case.objects, case.told()])
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"good      {case.objects[0]['id']} {case.objects[0]['modified']}"
    assert "Customs, signed on its behalf by exchange Alpha" in lines[1] and "TLP:GREEN" in lines[1]
    assert "through exchange Alpha" in lines[2] and "for Beta alone" in lines[2]
    assert "through exchange Beta" in lines[3] and "TLP:AMBER" in lines[3]
    own = case.verify([*case.objects, case.told(by=case.customs, signer="member")], "--json")
    found = [json.loads(line) for line in own.stdout.splitlines()]
    assert own.returncode == 0 and [one["verdict"] for one in found] == ["good"] * 3
    assert found[2]["signer"] == "member" and [hop["exchange"] for hop in found[2]["hops"]] == [ALPHA, BETA]
    # A bundle, and objects a line, in any order of properties.
    file = case.folder / "lines"
    file.write_text("\n".join(json.dumps(dict(reversed(one.items()))) for one in [case.told(), *case.objects]))
    done = subprocess.run([CAVEAT, "verify", "-", "--keys", case.folder / "keys.json"], capture_output=True, stdin=file.open(), timeout=60)
    assert done.returncode == 0


def tampered(case):
    """A name, objects and what is said of them."""
    def changed(path, value):
        one = copy.deepcopy(case.told())
        place = one["extensions"][EXTENSION]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        return one

    first = case.objects[0]
    yield "content", [first | {"name": "Another"}, case.objects[1], case.told()], "its content was changed"
    yield "missing", [case.objects[1], case.told()], "is not here"
    yield "added", [*case.objects, indicator(name="Three"), case.told()], "no note names it"
    yield "marking", [*case.objects, changed(["release", "statement", "marking"], "clear")], "has a stricter marking"
    yield "member", [*case.objects, changed(["release", "statement", "member"], BETA)], "it was changed, or never signed"
    yield "time", [*case.objects, changed(["release", "statement", "released"], "2026-11-19T10:00:00.000000Z")], "it was changed"
    yield "hop", [*case.objects, changed(["custody", 0, "statement", "onward"], False)], "the hop of Beta does not follow"
    yield "hop's signature", [*case.objects, changed(["custody", 1, "signature"], "00" * 64)], "it was changed, or never signed"
    yield "hop's key", [*case.objects, changed(["custody", 1, "key"], case.alpha.id)], "of somebody else"
    yield "unknown key", [*case.objects, changed(["release", "key"], "0" * 32)], "not among those that are trusted"
    yield "no custody", [*case.objects, changed(["custody"], [1])], "custody"
    last = case.told()
    del last["extensions"][EXTENSION]["custody"][0]
    yield "cut", [*case.objects, last], "the first hop is not of the exchange that released it"
    wide = case.release(marking="amber")
    first = case.hop(case.alpha, wide, ALPHA, 10, "amber")
    yield "wider", [*case.objects, note(wide, first, case.hop(case.beta, first, BETA, 11))], "looser marking"
    alone = case.hop(case.alpha, wide, ALPHA, 10, "amber", to=CUSTOMS)
    yield "for another", [*case.objects, note(wide, alone, case.hop(case.beta, alone, BETA, 11, "amber"))], "was given to another than"
    kept = case.hop(case.alpha, wide, ALPHA, 10, "amber", onward=False)
    yield "passed on", [*case.objects, note(wide, kept, case.hop(case.beta, kept, BETA, 11, "amber", to=CUSTOMS))], "Beta was not to pass it on"
    other = case.release()
    yield "grafted", [*case.objects, note(other, *case.told()["extensions"][EXTENSION]["custody"])], "does not follow"
    refs = case.told() | {"object_refs": [case.objects[0]["id"]]}
    yield "references", [*case.objects, refs], "must name the objects of the release"
    yield "version", [case.objects[0] | {"modified": "2026-11-21T00:00:00.000Z"}, case.objects[1], case.told()], "no note names it as it is here"


def test_every_sort_of_tampering_is_told(case):
    for name, objects, words in tampered(case):
        done = case.verify(objects)
        assert done.returncode == 1 and words in done.stdout, f"{name}: {done.stdout}{done.stderr}"
        assert "are not good" in done.stderr and done.stderr.count("\n") == 1, name


def test_revoked_and_replaced_keys(case):
    told = case.told(by=case.customs, signer="member")

    def with_customs(**more):
        return {"keys": [case.alpha.entry(ALPHA), case.beta.entry(BETA), case.customs.entry(ALPHA, member=CUSTOMS, **more)]}

    # Alpha had it at 10:00, and its clock may be slow by up to twelve hours.
    early = case.verify([*case.objects, told], keys=with_customs(revoked="2026-11-20T22:00:00Z"))
    assert early.returncode == 1 and "revoked" in early.stdout
    assert case.verify([*case.objects, told], keys=with_customs(revoked="2026-11-20T23:30:00Z")).returncode == 0
    assert case.verify([*case.objects, told], keys=with_customs(until="2026-11-20T10:00:01Z")).returncode == 0
    late = case.verify([*case.objects, told], keys=with_customs(until="2026-11-20T10:00:00Z"))
    assert late.returncode == 1 and "did not count at 2026-11-20T10:00:00" in late.stdout


def test_misuse(case):
    assert subprocess.run([CAVEAT, "verify"], capture_output=True).returncode == 64
    assert subprocess.run([CAVEAT, "verify", "/nowhere"], capture_output=True).returncode == 1
    done = case.verify([*case.objects, case.told()], keys={"keys": [{"exchange": ALPHA}]})
    assert done.returncode == 1 and "keys[0].public" in done.stderr
    file = case.folder / "file.json"
    alone = subprocess.run([CAVEAT, "verify", str(file)], capture_output=True, text=True)
    assert alone.returncode == 1 and "--keys" in alone.stderr
    help_text = subprocess.run([CAVEAT, "verify", "--help"], capture_output=True, text=True)
    assert help_text.returncode == 0 and "unsigned" in help_text.stdout


def test_the_note_is_valid_stix(case):
    bundle = {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": [case.told()]}
    report = validate_string(json.dumps(bundle), ValidationOptions(version="2.1", disabled="201,202,210"))
    assert report.is_valid and not report.warnings, report.as_json()
