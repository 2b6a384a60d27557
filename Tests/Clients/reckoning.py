"""What docs/RECIPROCITY.md says that things earn, by plain arithmetic in milli-credits: beside the daemon's own, none of which it has."""
import datetime
import json
import math

import requests
from conftest import wait_for

# In seconds, of T.
HALF_LIFE = 48 * 3_600
BASE = {
    "accepted": 10_000, "corroborated": 15_000, "corroborating": 8_000, "seizure": 40_000, "answer": 6_000, "nil-answer": 3_000, "feedback": 2_000,
}
BUDGET = {"small": 40_000, "medium": 120_000, "large": 400_000}


def seen(timeliness, later=0):
    """When something was seen that has this T now, in the middle of the time for which it has it."""
    age = HALF_LIFE * math.log2(1_000 / (timeliness + 0.5))
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=later - age)
    return now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def score(credibility, relevance, novelty, timeliness):
    """Q."""
    return (400 * credibility + 200 * relevance + 250 * novelty + 150 * timeliness) // 1_000


def reliability(confirmed=0, refuted=0):
    """rho."""
    return 1_000 * (2 + confirmed) // (4 + confirmed + refuted)


def earns(event, quality, rho=500):
    return BASE[event] * quality * (500 + rho) // 1_000_000


def left(amount, days):
    """What is left of a lot that was posted so many days ago."""
    return amount * round(1_000_000 * 2 ** (-days / 180)) // 1_000_000


def counted(own, of_another):
    """What counts: of one other group no more than 35 % of what does, so 35 parts for 65 of all else."""
    return own + min(of_another, 35 * own // 65)


def in_credits(amount):
    """As a statement for people has it."""
    sign, amount = "-" if amount < 0 else "", abs(amount)
    return f"{sign}{amount // 1_000}.{amount % 1_000:03}"


def container(serial):
    """The number of a container, with its check digit (ISO 6346)."""
    number = f"MSKU{serial:06}"
    letters = [value for value in range(10, 39) if value % 11]
    values = [letters[ord(sign) - ord("A")] if sign.isalpha() else int(sign) for sign in number]
    return f"{number}{sum(value << place for place, value in enumerate(values)) % 11 % 10}"


def box(serial):
    """A subject."""
    return {"kind": "CTR", "key": f"c{serial}", "properties": {"containerNumber": [container(serial)]}}


def told(subjects, timeliness, later=0, **more):
    """A report that tells of these subjects, and of nothing else that could be compared."""
    return {
        "categories": ["TBM-MIS"], "severity": 3, "facts": "The weight is that of other goods.",
        "seen": seen(timeliness, later), "subjects": subjects,
    } | more


def shown(party, epochs=1, form="json", authority="harbour-customs"):
    """A statement as it is served, byte for byte; nothing before the first close."""
    place = f"{party.world.card['url']}/v1/statement?authority={authority}&epochs={epochs}&form={form}"
    answer = requests.get(place, headers=party.headers(), timeout=20)
    return answer.content if answer.status_code == 200 else b""


def closed(party, epoch, epochs=1, authority="harbour-customs"):
    """A statement once an epoch is closed."""
    def look():
        statement = json.loads(shown(party, epochs, authority=authority) or "{}")
        return statement if statement.get("epochs", [0, 0])[1] == epoch else None

    return wait_for(look, f"the close of epoch {epoch}", seconds=40)
