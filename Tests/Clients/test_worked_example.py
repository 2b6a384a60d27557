"""The worked example of reciprocity over half a year of the real programs, each figure of it beside plain arithmetic.

Where it has what no caller can bring about, the nearest is taken. An answer has a C of 500, for nobody grades it, so that
eight of them stand for four and for nine words on advisories, which count in their pool's own ledger. Whoever
corroborates has its own report accepted, too.
"""
import json

import pytest
from conftest import wait_for
from reckoning import BUDGET, box, closed, counted, earns, left, reliability, score, shown, told
from test_entitlement import AWB, OFFICE, cli
from test_reports import commit
from test_scenarios import DAY, EXTENSION, HOUR, Party, is_advisory, join, later, publish, restart
from test_scenarios import customs, legal, world  # noqa: F401

# When the forwarder joins, and its first report begins the ledger: the bank is old enough to corroborate.
START = 91 * DAY
TIP, CONFIRMED = score(500, 1_000, 1_000, 917), score(1_000, 1_000, 1_000, 917)
BANK, SECOND = score(1_000, 1_000, 600, 749), score(500, 1_000, 600, 648)
ANSWER = score(500, 1_000, 1_000, 971)
ANSWERS, WORDS = 8, 9
# What the forwarder is credited: for what, how much, on which day, and whether by another group.
LOTS = [
    ("accepted", earns("accepted", TIP), 30, False), ("corroborated", earns("corroborated", CONFIRMED), 30, True),
    ("seizure", earns("seizure", CONFIRMED, reliability(1)), 60, False), ("accepted", earns("accepted", SECOND, reliability(1)), 60, False),
] + ANSWERS * [("answer", earns("answer", ANSWER, reliability(1)), 90, False)]
MISTAKE, FOUND = LOTS[3], 130


def of(name):
    """Something that has a name."""
    return {"kind": "ORG", "key": name.split()[0].lower(), "roles": ["CZ"], "properties": {"name": [name]}}


def standing(day):
    """What the forwarder has on a day, and what counts of it."""
    own, another = (
        sum(left(amount, day - since) for event, amount, since, is_another in LOTS
            if since <= day and is_another == wanted and not (amount == MISTAKE[1] and day >= FOUND))
        for wanted in (False, True))
    return own + another, counted(own, another)


def share(total, size):
    """r, to the nearest thousandth."""
    return (2_000 * total + BUDGET[size]) // (2 * BUDGET[size])


class Example:
    """Who is in it, and what they do."""

    def __init__(self, world, customs, legal):
        self.world, self.customs, self.legal = world, customs, legal
        self.bank = Party(world, "first-harbour-bank")
        world.cli("admin", "member", "change", "first-harbour-bank", "--size", "large")
        self.at(0)
        self.forwarder = join(world, "forwarder", "freight-forwarder")
        words = ("--about", "Boxes that are not what they say", "--category", "TBM-MIS", "--until", later(seconds=START + 200 * DAY))
        world.cli("requirement", "add", "boxes", *words, member=legal.name)

    def at(self, day, hours=1):
        """Kills it, and starts it on a day of the ledger."""
        self.later = START + day * DAY + (hours * HOUR if day else 0)
        restart(self.world, self.later)

    def report(self, party, content):
        return party.call("POST", "reports", {"authority": OFFICE, "content": content}, 201)["id"]

    def accept(self, report):
        self.legal.call("POST", f"reports/{report}/accept", {"grade": "B3"})

    def first_month(self):
        """Days 0 to 5: a tip, another's independent observation of it, and a seizure under an embargo."""
        self.tip = self.report(self.forwarder, told([box(1), of("Grey Heron Ltd")], 917, self.later))
        self.accept(self.tip)
        self.at(3)
        seen = told([box(1), box(2), of("Curlew Trading")], 749, self.later)
        kept = commit(self.bank, seen)
        self.observed = self.report(self.bank, seen)
        self.bank.call("POST", f"reports/{self.observed}/observed", kept)
        self.accept(self.observed)
        assert self.legal.call("POST", f"reports/{self.tip}/corroborate", {"by": self.observed})["finding"] == "OS-COR"
        self.at(5)
        self.legal.call("POST", f"reports/{self.tip}/outcome", {"outcome": "OA-SEI", "embargo": later(seconds=START + 39 * DAY + HOUR)})

    def third_month(self):
        """Days 70 and 75: answers to customs, words on advisories, and two vouchers."""
        self.at(70)
        asked = [
            self.customs.call("POST", "requests", {"to": "forwarder", "content": told([box(100 + number)], 900, self.later)}, 201)["id"]
            for number in range(ANSWERS)]
        for _ in range(WORDS):
            publish(self.customs, self.legal)
        self.at(70, hours=3)
        for request in asked:
            self.forwarder.call("POST", f"requests/{request}/answer", {"answer": "positive", "text": "A customer until May."})
        self.forwarder.poll()
        held = [one["id"] for one in self.forwarder.received if is_advisory(one) and one["extensions"][EXTENSION]["rendition"] == "full"]
        assert len(held) == WORDS
        for report in held:
            self.forwarder.call("POST", "feedback", {"report": report, "outcome": "OM-FPM"}, 201)
        self.at(75)
        reserve = ("reserve", "--office", OFFICE, "--consignment", AWB, "--kind", "PRI", "--party")
        self.voucher = json.loads(cli(self.world, *reserve, "Blue Tern BV", "--json", member="forwarder"))["id"]
        assert "own-report: " in cli(self.world, *reserve, "GREY HERON LTD", member="forwarder", code=1)
        self.at(75, hours=5)
        cli(self.world, "redeem", self.voucher, "--consignment", AWB, member=self.legal.name)

    def close(self, epoch, party=None, epochs=1):
        return closed(party or self.forwarder, epoch, epochs)


@pytest.fixture
def example(world, customs, legal):
    return Example(world, customs, legal)


def check(statement, epoch, tier):
    """Every figure of one epoch of the forwarder: what it opens with, what comes and goes, and what it stands at."""
    day = 30 * epoch
    opening, closing = (standing(of)[0] if of else 0 for of in (day - 30, day))
    new = sum(amount for _, amount, since, _ in LOTS if since == day)
    gone = left(MISTAKE[1], FOUND - MISTAKE[2]) if day - 30 <= FOUND < day else 0
    assert (statement["opening"]["earned"], statement["posted"], statement["closing"]["earned"]) == (opening, new, closing)
    assert sum(one["amount"] for one in statement["clawed_back"]) == gone and statement["decayed"] == opening + new - gone - closing
    total = standing(day)[1]
    assert statement["standing"] == {"counted": total, "penalties": 0, "remaining": closing, "total": total}
    assert (statement["share"], statement["tier"]) == (share(total, "medium"), tier)
    assert statement["reliability"] == reliability(day > 40, day > FOUND)
    return closing


def parts(statement):
    """C, R, U, T, Q, rho and what was posted, by events and items."""
    return {
        (line["event"], line["item"]): tuple(line[key] for key in ("C", "R", "U", "T", "Q", "rho", "posted"))
        for line in statement["lines"]
    }


def check_bank(example):
    """It has a report of its own accepted, too, and of what came with the forwarder's no more counts than 35 %."""
    statement = example.close(1, example.bank)
    own, with_another = earns("accepted", score(500, 1_000, 600, 749)), earns("corroborating", BANK)
    assert (own, with_another) == (6_620, 6_896)
    assert parts(statement) == {
        ("accepted", example.observed): (500, 1_000, 600, 749, 662, 500, own),
        ("corroborating", example.observed): (1_000, 1_000, 600, 749, 862, 500, with_another),
    }
    assert statement["closing"]["earned"] == statement["standing"]["remaining"] == 13_516
    assert statement["standing"]["total"] == counted(own, with_another) == 6_620 + 3_564
    assert statement["share"] == share(10_184, "large") == 25


def test_the_worked_example_comes_out_to_the_digit(example):
    example.first_month()
    example.at(31)
    statement = example.close(1)
    assert check(statement, 1, "T1") == 22_675
    assert parts(statement) == {
        ("accepted", example.tip): (500, 1_000, 1_000, 917, 787, 500, 7_870),
        ("corroborated", example.tip): (1_000, 1_000, 1_000, 917, 987, 500, 14_805),
    }
    assert statement["standing"]["total"] == 7_870 + 35 * 7_870 // 65, "one other group corroborated it"
    assert len(statement["entitlements"]) == 2 and {one["expires"] for one in statement["entitlements"]} == {120}
    check_bank(example)

    mistaken = example.report(example.forwarder, told([box(2), box(3), of("Sandpiper Lines")], 648, example.later))
    example.accept(mistaken)
    example.at(61)
    statement = example.close(2)
    assert check(statement, 2, "T1") == 70_745 and statement["share"] == 590
    assert parts(statement) == {("accepted", mistaken): (500, 1_000, 600, 648, 647, 600, 7_117)} and statement["not_itemised"] == 43_428

    example.third_month()
    example.at(91)
    statement = example.close(3)
    # 63.025 of what was before, and eight answers.
    assert check(statement, 3, "T2") == 63_025 + 8 * 5_247 == 105_001 and statement["share"] == 875
    assert {line[:6] for line in parts(statement).values()} == {(500, 1_000, 1_000, 971, 795, 600)} and len(statement["lines"]) == ANSWERS
    example.at(121)
    statement = example.close(4)
    check(statement, 4, "T2")
    wait_for(lambda: "available" not in [one["state"] for one in example.forwarder.call("GET", "entitlements")["entitlements"]], "the expiry")
    assert {one["id"] == example.voucher: one["state"] for one in example.forwarder.call("GET", "entitlements")["entitlements"]} == {
        True: "redeemed", False: "expired"}
    # The pool's ledger began on day 70 with the first of the words; there rho knows of no seizure.
    pool = closed(example.forwarder, 1, authority="warnings")
    assert pool["posted"] == pool["not_itemised"] == pool["closing"]["earned"] == WORDS * earns("feedback", 1_000) == 18_000

    example.at(FOUND)
    example.legal.call("POST", f"reports/{mistaken}/outcome", {"outcome": "OA-MIS"})
    example.at(151)
    statement = example.close(5)
    check(statement, 5, "T2")
    assert [(one["item"], one["amount"], one["reason"]) for one in statement["clawed_back"]] == [(mistaken, 5_435, "error")]
    # Below the line of demotion at two closes it falls by one.
    example.at(181)
    statement = example.close(6)
    check(statement, 6, "T2")
    assert statement["share"] < 600 <= share(standing(150)[1], "medium")
    example.at(211)
    check(example.close(7), 7, "T1")
    check_books(example)


def check_books(example):
    """What was issued is what both have, what time took, and what was taken back."""
    forwarder, bank = (json.loads(shown(party, 7)) for party in (example.forwarder, example.bank))
    issued = forwarder["posted"] + bank["posted"]
    assert issued == 22_675 + 43_428 + 7_117 + 8 * 5_247 + 13_516
    assert issued == sum(one["closing"]["earned"] + one["decayed"] for one in (forwarder, bank)) + 5_435
    assert forwarder["closing"]["earned"] == standing(210)[0] and bank["closing"]["earned"] == left(6_620, 180) + left(6_896, 180)
