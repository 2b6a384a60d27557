"""Vouchers for reports, from the report to the officer's desk and off line, over kill -9 and as months go by."""
import json
import re
import sqlite3
import subprocess

import zxingcpp
from conftest import CAVEAT, later_library, wait_for
from test_scenarios import DAY, Party, content, customs, legal, publish, restart, world  # noqa: F401
from test_reports import suspicion

OFFICE, AWB = "harbour-customs", "180-12345675"
CONTAINERS = ("MSKU0383250", "TGHU7599330", "HLXU2008419")


def tip(container):
    """What is reported: of a matter of its own, named by a container alone."""
    return suspicion(subjects=[{"kind": "CTR", "key": "c", "properties": {"containerNumber": [container]}}], relations=[])


def earn(world, legal, name="blue-anchor", containers=CONTAINERS):
    """Reports that customs accept at their best grade, and the close of their epoch: two vouchers for three."""
    forwarder = Party(world, name)
    for container in containers:
        made = forwarder.call("POST", "reports", {"authority": OFFICE, "content": tip(container)}, 201)
        legal.call("POST", f"reports/{made['id']}/accept", {"grade": "A1"})
    restart(world, 31 * DAY)
    return forwarder, wait_for(lambda: forwarder.call("GET", "entitlements")["entitlements"], "the close")


def cli(world, *words, member="blue-anchor", code=0):
    done = world.cli("entitlement", *words, member=member, check=False)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


def offline(seconds, *words):
    """Verifies with nobody to ask, no address and no token, for all it knows so many seconds later than it is."""
    environment = {"PATH": "/usr/bin", "LD_PRELOAD": str(later_library()), "CAVEAT_TEST_LATER": str(seconds)}
    return subprocess.run([CAVEAT, "entitlement", "verify", *words], capture_output=True, text=True, env=environment, timeout=60)


def read_qr(rows):
    """What a reader makes of rows of dark and light."""
    scale = 4
    line = [b"".join((b"\x00" if dark else b"\xff") * scale for dark in row) * scale for row in rows]
    picture = memoryview(b"".join(line)).cast("B", (len(rows) * scale, len(rows[0]) * scale))
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def of_terminal(text):
    rows = []
    for line in text.splitlines():
        cells = re.fullmatch("\x1b\\[38;5;16;48;5;231m(.*)\x1b\\[0m", line)[1]
        rows += [[cell in "\u2588\u2580" for cell in cells], [cell in "\u2588\u2584" for cell in cells]]
    return rows


def of_svg(text):
    side = int(re.search(r'viewBox="0 0 (\d+) ', text)[1])
    rows = [[False] * side for _ in range(side)]
    for column, row, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", text):
        rows[int(row)][int(column):int(column) + int(length)] = [True] * int(length)
    return rows


def balance(world):
    """The books of vouchers as they are stored: at each entry they balance, and each voucher is where they say."""
    store = sqlite3.connect(f"file:{world.data}/caveat.db?mode=ro", uri=True)
    accounts = {}
    for debit, credit, amount in store.execute("select debit, credit, amount from entitlement_entry order by number"):
        accounts[debit] = accounts.get(debit, 0) - amount
        accounts[credit] = accounts.get(credit, 0) + amount
        assert sum(accounts.values()) == 0
        assert all(count >= 0 for name, count in accounts.items() if not name.endswith(":issued"))
    assert accounts == dict(store.execute("select account, balance from entitlement_balance"))
    states = dict(store.execute("select 'fe:' || office || ':' || state, count(*) from entitlement group by 1"))
    store.close()
    assert states == {name: count for name, count in accounts.items() if count > 0}
    return {name.split(":")[2]: count for name, count in accounts.items() if count}


def test_a_voucher_is_reserved_shown_verified_off_line_and_redeemed_once(world, legal, tmp_path):
    forwarder, vouchers = earn(world, legal)
    assert [one["state"] for one in vouchers] == ["available", "available"] and balance(world) == {"issued": -2, "available": 2}
    statement = json.loads(world.cli("statement", OFFICE, "--form", "json", member="blue-anchor").stdout)
    assert {one["id"] for one in statement["entitlements"]} == {one["id"] for one in vouchers}
    world.kill()
    world.start(31 * DAY)
    held = json.loads(cli(world, "reserve", "--office", OFFICE, "--consignment", AWB, "--kind", "PRI", "--party", "Grey Heron Ltd", "--json"))
    world.kill()
    world.start(31 * DAY)
    assert held["state"] == "reserved" and held["reservation"]["kind"] == "PRI" and balance(world)["reserved"] == 1
    # What is reserved the office is told by the token alone.
    assert legal.call("GET", "entitlements")["entitlements"] == []
    legal.call("GET", f"entitlements/{held['id']}", status=404)
    token = cli(world, "show", held["id"], "--token").strip()
    assert read_qr(of_terminal(cli(world, "show", held["id"], "--qr"))) != []
    cli(world, "show", held["id"], "--svg", str(tmp_path / "token.svg"))
    shown = read_qr(of_svg((tmp_path / "token.svg").read_text()))[0]
    keys, file = tmp_path / "keys.json", tmp_path / "token.txt"
    keys.write_text(cli(world, "key", member="harbour-customs-legal"))
    file.write_text(shown + "\n")
    world.stop()
    trusted = ["--keys", str(keys), "--office", OFFICE, "--consignment"]
    for given in (token, shown, str(file)):
        good = offline(31 * DAY, given, *trusted, AWB)
        assert good.returncode == 0, good.stderr
        assert f"{OFFICE}\n" in good.stdout and "blue-anchor" in good.stdout and "PRI" in good.stdout and AWB in good.stdout
    found = json.loads(offline(31 * DAY, token, *trusted, AWB, "--json").stdout)
    assert (found["verdict"], found["id"], found["kind"]) == ("good", held["id"], "PRI")
    other = json.loads(keys.read_text())
    other["keys"][0]["public"] = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    (tmp_path / "other.json").write_text(json.dumps(other))
    header, payload, signature = token.split(".")
    for words, code in (
        ([token, *trusted, "180-12345686"], "other-consignment"),
        ([token, "--keys", str(keys), "--office", "city-police", "--consignment", AWB], "other-office"),
        ([token, "--keys", str(tmp_path / "other.json"), "--office", OFFICE, "--consignment", AWB], "unknown-key"),
        ([f"{header}.{payload[:-2]}{'A' if payload[-2] != 'A' else 'B'}{payload[-1]}.{signature}", *trusted, AWB], "signature"),
        ([f"{header}.{payload}", *trusted, AWB], None),
    ):
        wrong = offline(31 * DAY, *words)
        assert wrong.returncode == 1 and (code is None or f"not good: {code}: " in wrong.stderr), (words, wrong.stderr)
    assert "not good: not-yet-valid: " in offline(0, token, *trusted, AWB).stderr
    assert "not good: no-longer-valid: " in offline(62 * DAY, token, *trusted, AWB).stderr
    assert offline(31 * DAY, token, "--keys", str(keys), "--office", OFFICE).returncode == 64
    world.start(31 * DAY)
    mine = ["redeem", str(file), "--consignment", AWB]
    assert "needs the role officer" in cli(world, *mine, member="harbour-customs", code=1)
    assert "nothing here" in cli(world, *mine, member="city-police", code=1)
    assert "other-consignment" in cli(world, "redeem", held["id"], "--consignment", "BL-1", member="harbour-customs-legal", code=1)
    redeemed = json.loads(cli(world, *mine, "--json", member="harbour-customs-legal"))
    assert redeemed["state"] == "redeemed" and "token" not in redeemed
    restart(world, 31 * DAY)
    assert "redeemed: it was redeemed before" in cli(world, *mine, member="harbour-customs-legal", code=1)
    assert balance(world) == {"issued": -2, "available": 1, "redeemed": 1}
    assert [one["id"] for one in legal.call("GET", "entitlements")["entitlements"]] == [held["id"]]
    listed = cli(world, "list")
    assert re.search(rf"^redeemed +{OFFICE} +blue-anchor .* PRI +{AWB} ", listed, re.M) and "available" in listed


def test_what_is_linked_to_a_report_or_an_advisory_is_refused_and_tells_nobody_more(world, customs, legal):
    forwarder, _ = earn(world, legal)
    swift = Party(world, "swift-cargo")
    for words in (["--container", "MSKU0383250"], ["--party", "Grey Heron", "--container", "TGHU7599330"]):
        text = cli(world, "reserve", "--office", OFFICE, "--consignment", AWB, "--kind", "DOC", *words, code=1)
        assert "own-report: the consignment is linked to a report" in text
    tidewater = {"kind": "ORG", "key": "o", "properties": {"name": ["Tidewater Freight BV"]}}
    world.cli("admin", "member", "fact", "swift-cargo", "--add", "partnership:trial")
    made = swift.call("POST", "reports", {"authority": OFFICE, "content": suspicion(subjects=[tidewater], relations=[])}, 201)
    # Of what another reported the holder is told nothing; the office knows it.
    held = json.loads(cli(world, "reserve", "--office", OFFICE, "--consignment", AWB, "--kind", "DOC", "--party", "TIDEWATER FREIGHT", "--json"))
    text = cli(world, "redeem", held["id"], "--consignment", AWB, member="harbour-customs-legal", code=1)
    assert "subject: the number, a party or a container" in text
    assert forwarder.call("GET", f"entitlements/{held['id']}")["state"] == "reserved"
    ended = json.loads(cli(world, "void", held["id"], "--reason", "Not today.", "--json", member="harbour-customs-legal"))
    assert (ended["state"], ended["reason"]) == ("available", "Not today.")
    assert "reason" not in forwarder.call("GET", f"entitlements/{held['id']}")
    assert "not-reserved" in cli(world, "release", held["id"], code=1)
    # Of an advisory that it may read it is told.
    publish(customs, legal)
    wait_for(lambda: Party(world, "blue-anchor").poll(), "the advisory")
    text = cli(world, "reserve", "--office", OFFICE, "--consignment", AWB, "--kind", "DOC", "--party", "Brack, Ottoline", code=1)
    assert "subject: " in text
    swift.call("POST", f"reports/{made['id']}/retract")
    assert balance(world) == {"issued": -2, "available": 2}


def test_what_nobody_uses_lapses_and_expires_by_itself(world, legal):
    nowhere = cli(world, "reserve", "--office", "blue-anchor", "--consignment", AWB, "--kind", "DOC", member="blue-anchor", code=1)
    assert "office: no authority has this name" in nowhere
    forwarder, _ = earn(world, legal)
    body = {"office": OFFICE, "consignment": AWB, "kind": "OFF"}
    first, again = (forwarder.call("POST", "entitlements", body, 201, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first["id"] == again["id"] and balance(world)["reserved"] == 1
    forwarder.call("POST", "entitlements", body | {"kind": "DOC"}, 422, **{"Idempotency-Key": "k"})
    for fault, field in (({"kind": "XXX"}, "kind"), ({"consignment": "a b"}, "consignment"), ({"containers": ["MSKU0383251"]}, "containers[0]"), ({"more": 1}, "more")):
        answer = forwarder.call("POST", "entitlements", body | fault, 422)
        assert answer["field"] == field
    restart(world, 62 * DAY)
    wait_for(lambda: balance(world).get("available") == 2, "the reservation's lapse")
    assert forwarder.call("GET", f"entitlements/{first['id']}").get("token") is None
    restart(world, 121 * DAY)
    wait_for(lambda: balance(world) == {"issued": -2, "expired": 2}, "the end of their days")
    assert "no entitlement of harbour-customs that is available" in cli(
        world, "reserve", "--office", OFFICE, "--consignment", AWB, "--kind", "OFF", code=1
    )
    assert {one["state"] for one in forwarder.call("GET", "entitlements")["entitlements"]} == {"expired"}
