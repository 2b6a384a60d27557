"""Two firms of one owner that send customs two hundred tips about few matters: what they have of it, over the real programs."""
import collections
import datetime
import json

import pytest
from reckoning import box, closed, container, earns, left, score, shown, told
from test_entitlement import AWB, OFFICE, cli
from test_reports import commit
from test_scenarios import DAY, Party, join, restart

EPOCHS, TIPS, MATTERS = 4, 50, 7
GRADES, AGES = ("B3", None, "C4", "D5", "A3"), (700, 900, 800, 640)
CREDIBILITY = {None: 500, "A3": 500, "B3": 500, "C4": 250, "D5": 0}


def accept(legal, report, grade):
    legal.call("POST", f"reports/{report}/accept", {"grade": grade} if grade else {})


class Farm:
    """The two firms, and one that tells of as many matters as they, each once in an epoch."""

    def __init__(self, world, legal):
        self.world, self.legal = world, legal
        self.north, self.south = (join(world, name, "freight-forwarder", group="quay") for name in ("north-quay", "south-quay"))
        self.lone = join(world, "lone-mill", "freight-forwarder")
        self.first = self.found = None
        # What each tip is worth, by epochs and matters.
        self.worth = {}

    def report(self, party, content):
        return party.call("POST", "reports", {"authority": OFFICE, "content": content}, 201)["id"]

    def season(self, epoch):
        """An epoch of it."""
        later = epoch * 30 * DAY + (3_600 if epoch else 0)
        if later:
            restart(self.world, later)
        for number in range(TIPS):
            matter, grade, age = number % MATTERS, GRADES[number % 5], AGES[number // MATTERS % 4]
            firm = (self.north, self.south)[number % 2]
            if (epoch, number) == (0, MATTERS):
                report = self.corroborating(later, age)
            else:
                report = self.report(firm, told([box(matter)], age, later))
                self.first = report if (epoch, number) == (0, 0) else self.first
            accept(self.legal, report, grade)
            worth = earns("accepted", score(CREDIBILITY[grade], 300, 1_000, age))
            self.worth.setdefault((epoch, matter), []).append(worth)
        for matter in range(MATTERS):
            accept(self.legal, self.report(self.lone, told([box(100 + matter)], max(AGES), later)), "B3")

    def corroborating(self, later, age):
        """South's report of what north had reported first, with more in it, which it had committed before."""
        content = told([box(0), box(50)], age, later)
        kept = commit(self.south, content)
        report = self.report(self.south, content)
        self.south.call("POST", f"reports/{report}/observed", kept)
        self.found = report
        return report


@pytest.fixture(scope="module")
def farm(trial):
    legal = Party(trial, "harbour-customs-legal")
    made = Farm(trial, legal)
    for epoch in range(EPOCHS):
        made.season(epoch)
        if epoch == 0:
            finding = legal.call("POST", f"reports/{made.first}/corroborate", {"by": made.found})
            assert (finding["finding"], finding["reason"]) == ("OS-SIG", "same-group")
    restart(trial, EPOCHS * 30 * DAY + 7_200)
    closed(made.lone, EPOCHS, EPOCHS)
    return made


def by_epochs(statement):
    sums = collections.Counter()
    for line in statement["lines"]:
        sums[line["epoch"]] += line["posted"]
    return dict(sums)


def vouchers(statement):
    """How many expire on which day of the ledger."""
    began = datetime.date.fromisoformat(statement["epoch_dates"][0])
    days = (datetime.date.fromisoformat(one["expires_date"]) - began for one in statement["entitlements"])
    return dict(sorted(collections.Counter(day.days for day in days).items()))


def test_two_hundred_tips_earn_what_their_matters_do_and_no_firm_more_than_its_group(farm):
    north, lone = (json.loads(shown(party, EPOCHS)) for party in (farm.north, farm.lone))
    assert sum(len(tips) for tips in farm.worth.values()) == EPOCHS * TIPS == len(north["lines"]) == 200
    assert {epoch + 1 for epoch, _ in farm.worth} == {1, 2, 3, 4} and len(farm.worth) == EPOCHS * MATTERS
    # Of one matter in one window the greatest counts: seven of them, each at a Q of 645.
    best = score(500, 300, 1_000, 900)
    assert best == 645 and {max(tips) for tips in farm.worth.values()} == {earns("accepted", best)} == {6_450}
    assert by_epochs(north) == dict.fromkeys(range(1, 5), MATTERS * 6_450) == dict.fromkeys(range(1, 5), 45_150)
    assert sum(sum(tips) for tips in farm.worth.values()) > 5 * north["posted"], "what a tip each would have brought"
    # Whoever tells of as many matters once has the same, and what is left of it, but for what is rounded off each lot.
    assert by_epochs(lone) == by_epochs(north) and lone["posted"] == north["posted"] == 180_600
    kept = {name: sum(left(line["posted"], 120 - 30 * line["epoch"]) for line in one["lines"]) for name, one in (("n", north), ("l", lone))}
    assert (north["closing"]["earned"], lone["closing"]["earned"]) == (kept["n"], kept["l"])
    assert lone["closing"]["earned"] == sum(MATTERS * left(6_450, age) for age in (90, 60, 30, 0))
    assert 0 <= lone["closing"]["earned"] - north["closing"]["earned"] < 2 * EPOCHS * MATTERS
    # One account: both are told the very same, and it is of neither.
    for form in ("json", "text", "csv"):
        both = [shown(party, EPOCHS, form) for party in (farm.north, farm.south)]
        assert both[0] == both[1] and b"quay" in shown(farm.north, EPOCHS, "text")
    assert north["group"] == "quay" and b"north-quay" not in shown(farm.south, EPOCHS) + shown(farm.south, EPOCHS, "text")
    # That one corroborates the other is a sighting, and earns nothing.
    assert [(one["item"], one["reason"]) for one in north["sightings"]] == [(farm.found, "same-group")] and lone["sightings"] == []
    assert north["events"] == {"accepted": 180_600} and north["counterparts"] == {OFFICE: 180_600}
    assert north["standing"]["total"] == north["closing"]["earned"] and north["reliability"] == 500


def test_vouchers_for_tips_are_ten_a_quarter_and_none_for_what_one_reported(farm):
    world, legal = farm.world, farm.legal
    # 45.150 credits are four an epoch; at the third there is room for two, and at the fourth the first are out of it.
    issued = {120: 4, 150: 4, 180: 2, 210: 4}
    for party in (farm.north, farm.south, farm.lone):
        assert vouchers(json.loads(shown(party, EPOCHS))) == issued
    held = {party.name: party.call("GET", "entitlements")["entitlements"] for party in (farm.north, farm.south)}
    assert held["north-quay"] == held["south-quay"]
    assert collections.Counter(one["state"] for one in held["north-quay"]) == {"available": 10, "expired": 4}
    # What either of the two reported neither uses one for.
    reserve = ("reserve", "--office", OFFICE, "--consignment", AWB, "--kind", "PRI", "--container")
    for name in ("north-quay", "south-quay"):
        for matter in (0, 50):
            assert "own-report: " in cli(world, *reserve, container(matter), member=name, code=1)
    # Nor does it help to reserve it first and to report then, or to leave it out of the papers.
    voucher = json.loads(cli(world, *reserve, container(70), "--json", member="south-quay"))["id"]
    farm.report(farm.north, told([box(70)], 900, EPOCHS * 30 * DAY + 7_200))
    silent = json.loads(cli(world, "reserve", "--office", OFFICE, "--consignment", "BL-1", "--kind", "DOC", "--json", member="south-quay"))["id"]
    for held, words in ((voucher, ["--consignment", AWB]), (silent, ["--consignment", "BL-1", "--container", container(3)])):
        assert "own-report: " in cli(world, "redeem", held, *words, member=legal.name, code=1)
        assert farm.south.call("GET", f"entitlements/{held}")["state"] == "reserved"
    # The same papers without it are in order.
    assert json.loads(cli(world, "redeem", silent, "--consignment", "BL-1", "--json", member=legal.name))["state"] == "redeemed"
    states = collections.Counter(one["state"] for one in farm.north.call("GET", "entitlements")["entitlements"])
    assert states == {"available": 8, "expired": 4, "reserved": 1, "redeemed": 1}
