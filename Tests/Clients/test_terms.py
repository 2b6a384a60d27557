"""The terms of an authority's ledger, from an operator's proposal to a statement that goes by them, over the real programs."""
import json
import re

import requests
from conftest import wait_for
from test_reports import suspicion
from test_scenarios import Party, customs, legal, restart, world  # noqa: F401

DAY = 86_400
TERMS = "earning:\n  accepted: 20000\ntier:\n  demotion_epochs: 1\n"


def test_terms_are_proposed_announced_and_counted_by(world, legal, tmp_path):
    forwarder = Party(world, "blue-anchor")
    file = tmp_path / "terms.yaml"

    def admin(*words, **options):
        return world.cli("admin", "terms", *words, **options)

    def accepted():
        made = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 201)
        legal.call("POST", f"reports/{made['id']}/accept")

    def statement(closed):
        def look():
            shown = world.cli("statement", "harbour-customs", "--form", "json", member="blue-anchor", check=False)
            return json.loads(shown.stdout) if shown.returncode == 0 else {"epochs": [0, 0]}

        wait_for(lambda: look()["epochs"][1] == closed, "the close")
        return look()

    accepted()
    # What is no pool's, what numbers days, and what is no file of terms is refused by name.
    for text, words in (("requests:\n  line: 40\n", "requests.line: holds between groups"), ("epoch:\n  days: 14\n", "epoch.days: is 14"),
                        ("tier:\n  basic:\n    screenings_per_day: 900\n", "reciprocity.terms"), ("earning: [1]\n", "earning: must be a mapping"),
                        ("earning:\n  accepted: much\n", "earning.accepted: is much"), ("nothing: 1\n", "nothing: is no figure"), ("", "are those that count")):
        file.write_text(text)
        refused = admin("propose", "harbour-customs", str(file), check=False)
        assert refused.returncode == 1 and words in refused.stderr, refused.stderr
    assert admin("withdraw", "harbour-customs", check=False).returncode == 1
    file.write_text(TERMS + "#" * 32_768)
    assert "leave out what has its default" in admin("propose", "harbour-customs", str(file), check=False).stderr
    file.write_text(TERMS)
    assert admin("propose", "nobody-at-all", str(file), check=False).returncode == 1
    shown = admin("propose", "harbour-customs", str(file)).stdout
    assert "customs-inbox, in epoch 1" in shown and "earning.accepted 20000 milli-credits (default 10000)" in shown and "announced" in shown
    # A reader is told before they count, but not when the ledger began.
    told = world.cli("statement", "terms", "harbour-customs", member="blue-anchor").stdout
    assert "announced" in told and "tier.demotion_epochs 1 epochs (default 2)" in told and not re.search(r"\b20\d\d-", told)
    read = forwarder.call("GET", "terms?authority=harbour-customs")
    assert [(one["version"], one["state"]) for one in read["terms"]] == [(0, "in-force"), (1, "announced")] and "date" not in read["terms"][1]
    assert forwarder.call("GET", "terms?authority=customs-inbox") == read
    assert "no pool that you read" in forwarder.call("GET", "terms?authority=no-such-pool", status=404)["detail"]
    assert requests.get(f"{world.card['url']}/v1/terms?authority=harbour-customs", timeout=20).status_code == 401
    assert "announced" not in admin("withdraw", "harbour-customs").stdout
    admin("propose", "harbour-customs", str(file))
    restart(world, 31 * DAY)
    first = statement(1)
    assert [line["base"] for line in first["lines"]] == [10_000]
    assert [(one["version"], one["epoch"]) for one in first["terms"]] == [(0, 1), (2, 2)]
    accepted()
    restart(world, 61 * DAY)
    second = statement(2)
    assert [line["base"] for line in second["lines"]] == [20_000] and second["opening"] == first["closing"]
    assert second["terms"] == [{"version": 2, "epoch": 2, "date": first["epoch_dates"][1], "figures": {"earning.accepted": 20_000, "tier.demotion_epochs": 1}}]
    text = world.cli("statement", "harbour-customs", member="blue-anchor").stdout
    assert "version 2 from epoch 2" in text and "earning.accepted 20000 milli-credits (default 10000)" in text
    every = json.loads(admin("show", "customs-inbox", "--json").stdout)
    assert [(one["version"], one["state"]) for one in every["terms"]] == [(0, "over"), (1, "withdrawn"), (2, "in-force")]
    assert every["terms"][1]["ended"] >= every["terms"][1]["proposed"] and every["terms"][2]["date"] == first["epoch_dates"][1]
