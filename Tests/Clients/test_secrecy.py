"""What is under an embargo moves no statement of anybody until it is lifted: one exchange, and copies of it in which one word more was said."""
import json
import shutil

import pytest
import requests
from conftest import Trial
from reckoning import BUDGET, box, closed, earns, left, reliability, score, shown, told
from test_bad_faith import add_officers
from test_reports import commit, everything
from test_scenarios import DAY, FACT, HOUR, Party, join, later, publish

OFFICE = "harbour-customs"
# The ledger begins once whoever is in the trial from its start may corroborate; an embargo ends on its day 39.
START = 91 * DAY
MEMBERS = ("blue-anchor", "anchor-berth", "swift-cargo", "first-harbour-bank", "north-oil", "city-police", OFFICE)
TOLD = score(500, 300, 1_000, 917)
CONFIRMED = score(1_000, 300, 1_000, 917)
# Of what the second tells the first told its container, of two.
CONFIRMING = score(1_000, 300, 500, 749)
LATE = score(500, 300, 1_000, 648)
ACCEPTED, CORROBORATED = earns("accepted", TOLD), earns("corroborated", CONFIRMED)
OLD = left(ACCEPTED, 30) + left(CORROBORATED, 30)


def report(party, subjects, timeliness):
    return party.call("POST", "reports", {"authority": OFFICE, "content": told(subjects, timeliness, START)}, 201)["id"]


def begin(world):
    """What all of them have: two forwarders' reports of one box, a report that nobody has looked at yet, and an advisory."""
    customs, legal, first, second = (Party(world, name) for name in (OFFICE, "harbour-customs-legal", "blue-anchor", "swift-cargo"))
    bank = Party(world, "first-harbour-bank")
    join(world, "anchor-berth", "freight-forwarder", group="blue-anchor")
    for name in ("bank-1", "bank-2"):
        join(world, name)
    world.cli("admin", "member", "fact", second.name, "--add", FACT)
    add_officers(world)
    world.kill()
    world.start(START)
    made = {"first": report(first, [box(1)], 917), "late": report(first, [box(3)], 648)}
    content = told([box(1), box(2)], 749, START)
    kept = commit(second, content)
    made["second"] = second.call("POST", "reports", {"authority": OFFICE, "content": content}, 201)["id"]
    second.call("POST", f"reports/{made['second']}/observed", kept)
    for name in ("first", "second"):
        legal.call("POST", f"reports/{made[name]}/accept", {"grade": "B3"})
    found = legal.call("POST", f"reports/{made['first']}/corroborate", {"by": made["second"]})
    assert found["finding"] == "OS-COR"
    made["advisory"] = publish(customs, legal)["id"]
    bank.poll()
    made["stix"] = bank.report("full")["id"]
    bank.call("POST", "feedback", {"report": made["stix"], "outcome": "OM-FPM"}, 201)
    world.stop()
    return made


# What more is said in each of the copies.
def nothing(world, made):
    pass


def embargoed(outcome):
    def say(world, made):
        body = {"outcome": outcome, "embargo": later(seconds=START + 39 * DAY + HOUR)}
        Party(world, "harbour-customs-legal").call("POST", f"reports/{made['first']}/outcome", body)

    return say


def sealed(world, made):
    """That it was reported to the unit, which financial intelligence units alone are shown, and is never lifted."""
    Party(world, "first-harbour-bank").call("POST", "feedback", {"report": made["stix"], "outcome": "OM-RPT"}, 201)


MORE = {"open": nothing, "seizure": embargoed("OA-SEI"), "mistaken": embargoed("OA-MIS"), "sealed": sealed}


class Copies:
    """The same exchange several times, with the same keys, ids and tokens, and with the same calls at the same times."""

    def __init__(self, folder, more):
        self.folder, self.more, self.worlds, self.first = folder, more, {}, Trial(str(folder / "origin"))

    def begin(self):
        self.made = begin(self.first.start())
        for name in self.more:
            shutil.copytree(self.first.data, self.folder / name)
            self.worlds[name] = Trial(str(self.folder / name))
            self.worlds[name].extra = self.first.extra
        self.at(0)
        for name, say in self.more.items():
            say(self.worlds[name], self.made)

    def at(self, day):
        """Each is killed, and started on a day of the ledger."""
        for world in self.worlds.values():
            if world.process:
                world.kill()
            world.start(START + day * DAY + (HOUR if day else 600))

    def party(self, world, name):
        return Party(self.worlds[world], name)

    def close(self, epoch):
        """Waits until an epoch is closed everywhere: the advisories' pool began its ledger, too."""
        for name in self.worlds:
            for authority in (OFFICE, "warnings"):
                closed(self.party(name, "blue-anchor"), epoch, authority=authority)

    def statements(self, world):
        """All that anybody is told by statements, byte for byte, by whose, of what, and in which form."""
        return {
            (name, authority, form): shown(self.party(world, name), 2, form, authority)
            for name in MEMBERS for authority in (OFFICE, "warnings") for form in ("json", "text", "csv")
        }

    def differing(self):
        """Whose statements differ from those where nothing more was said, in each of the others; each is there."""
        told = {world: self.statements(world) for world in self.more}
        plain = told.pop("open")
        assert all(plain.values())
        assert all(all(other.values()) and other.keys() == plain.keys() for other in told.values())
        return {world: {key[:2] for key in plain if plain[key] != other[key]} for world, other in told.items()}

    def statement(self, world, name, epochs=1):
        return json.loads(shown(self.party(world, name), epochs))


@pytest.fixture
def copies(tmp_path, request):
    made = Copies(tmp_path, {name: MORE[name] for name in getattr(request, "param", MORE)})
    try:
        made.begin()
        yield made
    finally:
        for world in (made.first, *made.worlds.values()):
            if world.process and world.process.poll() is None:
                world.stop()


def outcomes(copies, world, name="blue-anchor"):
    return [one["outcome"] for one in copies.party(world, name).call("GET", f"reports/{copies.made['first']}")["outcomes"]]


def tag(copies, world, name):
    """The tag of the report, as somebody is shown it."""
    party = copies.party(world, name)
    place = f"{party.world.card['url']}/v1/reports/{copies.made['first']}"
    return requests.get(place, headers=party.headers(), timeout=20).headers["ETag"]


def check_that_nobody_is_told(copies):
    """Neither by a statement nor by any other route, but for who said it, is anything told of it."""
    assert copies.differing() == {"seizure": set(), "mistaken": set(), "sealed": set()}
    for name, item in (("blue-anchor", "first"), ("swift-cargo", "second"), ("city-police", "first")):
        told = {world: everything(copies.party(world, name), {"id": copies.made[item]}) for world in copies.more}
        assert told["open"]["/v1/reports"][0] == 200
        assert [world for world in copies.more if told[world] != told["open"]] == [], name
    assert len({tag(copies, world, "blue-anchor") for world in copies.more}) == 1
    assert len({tag(copies, world, "harbour-customs-legal") for world in copies.more}) == 3, "the seizure, the mistake, and neither"
    overviews = {world.cli("admin", "reciprocity", "--json").stdout for world in copies.worlds.values()}
    assert len(overviews) == 1 and json.loads(overviews.pop())["ledgers"][0]["tiers"] == {"T0": 0, "T1": 6, "T2": 0, "T3": 0}


def check_seizure(plain, seized):
    """It is in the total alone; rho knows of it from this close on."""
    assert plain["posted"] == earns("accepted", LATE, reliability()) and plain["closing"]["earned"] == OLD + plain["posted"]
    late, seizure = earns("accepted", LATE, reliability(1)), earns("seizure", CONFIRMED, reliability(1))
    assert (seized["not_itemised"], plain["not_itemised"]) == (seizure, 0)
    assert seized["posted"] == late + seizure and seized["closing"]["earned"] == OLD + late + seizure
    assert {key for key in plain if plain[key] != seized[key]} == {
        "closing", "counterparts", "events", "lines", "not_itemised", "posted", "reliability", "share", "signature", "standing", "tier"}
    assert (plain["tier"], seized["tier"]) == ("T0", "T1"), "too little at two closes, and enough at the second"
    assert [(line["event"], line["rho"], line["posted"]) for line in seized["lines"]] == [("accepted", 600, late)]
    assert seized["events"] == {"accepted": late} and "seizure" not in json.dumps(seized)
    assert seized["share"] == (2_000 * seized["standing"]["total"] + BUDGET["medium"]) // (2 * BUDGET["medium"])


def check_mistake(copies, anchor, swift):
    """Both sides of what was corroborated by it have it taken back, as of the day after the embargo, and its voucher goes."""
    gone = left(ACCEPTED, 10) + left(CORROBORATED, 10)
    assert [(one["item"], one["amount"], one["reason"]) for one in anchor["clawed_back"]] == [(copies.made["first"], gone, "error")]
    late = earns("accepted", LATE, reliability(0, 1))
    assert anchor["posted"] == anchor["closing"]["earned"] == late and anchor["reliability"] == 400
    assert [one["state"] for one in anchor["entitlements"]] == ["withdrawn"]
    other = left(earns("corroborating", CONFIRMING), 10)
    assert [(one["item"], one["amount"], one["reason"]) for one in swift["clawed_back"]] == [(copies.made["second"], other, "other")]
    own = earns("accepted", score(500, 300, 500, 749))
    assert swift["opening"]["earned"] == earns("corroborating", CONFIRMING) + own
    assert swift["closing"]["earned"] == left(own, 30) and swift["reliability"] == 500


def test_no_statement_moves_until_an_embargo_is_lifted_and_then_by_what_was_under_it(copies):
    assert outcomes(copies, "seizure", "harbour-customs-legal") == ["OA-SEI"] and outcomes(copies, "seizure") == []
    copies.at(31)
    copies.close(1)
    assert copies.differing() == {"seizure": set(), "mistaken": set(), "sealed": set()}
    first = copies.statement("seizure", "blue-anchor")
    assert first["posted"] == first["closing"]["earned"] == ACCEPTED + CORROBORATED
    assert [one["state"] for one in first["entitlements"]] == ["available"]
    # What is accepted while it is under the embargo is worth the same; it is lifted before the epoch closes.
    copies.at(35)
    for world in copies.more:
        copies.party(world, "harbour-customs-legal").call("POST", f"reports/{copies.made['late']}/accept", {"grade": "B3"})
    check_that_nobody_is_told(copies)
    copies.at(45)
    # By now the reporter reads it in its report, and its account does not tell of it before the close.
    assert [outcomes(copies, world) for world in copies.more] == [[], ["OA-SEI"], ["OA-MIS"], []]
    assert copies.differing() == {"seizure": set(), "mistaken": set(), "sealed": set()}
    copies.at(61)
    copies.close(2)
    anchor = {(name, OFFICE) for name in ("blue-anchor", "anchor-berth")}
    assert copies.differing() == {"seizure": anchor, "mistaken": anchor | {("swift-cargo", OFFICE)}, "sealed": set()}
    told = {world: copies.statement(world, "blue-anchor") for world in copies.more}
    assert all(one["opening"] == first["closing"] for one in told.values())
    assert [one["state"] for one in told["open"]["entitlements"]] == ["available"]
    check_seizure(told["open"], told["seizure"])
    check_mistake(copies, told["mistaken"], copies.statement("mistaken", "swift-cargo"))


@pytest.mark.parametrize("copies", [("open", "seizure")], indirect=True)
def test_bad_faith_is_fined_the_same_whatever_is_under_an_embargo(copies):
    copies.at(10)
    for world in copies.more:
        for name, action in (("ann", "propose"), ("ben", "second")):
            copies.party(world, name).call("POST", f"reports/{copies.made['first']}/{action}-bad-faith", {"reason": "The pictures are old."})
    # Twice what it would have brought, but for the seizure; it decays, and nothing comes back once the embargo is over.
    fine = 2 * (ACCEPTED + CORROBORATED)
    for epoch, penalty in ((1, left(fine, 20)), (2, left(fine, 50))):
        copies.at(30 * epoch + 1)
        copies.close(epoch)
        assert copies.differing() == {"seizure": set()}
        told = copies.statement("seizure", "blue-anchor", epoch)
        assert [(one["item"], one["amount"]) for one in told["fines"]] == [(copies.made["first"], fine)] and fine == 38_350
        assert told["closing"] == {"earned": 0, "penalty": penalty} and told["standing"]["total"] == -penalty
        assert told["posted"] == told["not_itemised"] == 0 and told["entitlements"] == [] and told["reliability"] == reliability(0, 1)
        swift = copies.statement("seizure", "swift-cargo", epoch)
        assert swift["events"] == {"accepted": earns("accepted", score(500, 300, 500, 749))}
    assert outcomes(copies, "seizure") == ["OA-SEI"] and outcomes(copies, "open") == []
