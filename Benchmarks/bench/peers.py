"""How many queries a second others answer: `peers.py RECORDS QUERIES ANSWERS`, all JSON lines; prints one JSON object."""

import json
import sys
import time
import types
from pathlib import Path

from followthemoney import model
from followthemoney.proxy import EntityProxy
from nomenklatura.matching import get_algorithm
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

SECONDS = 10  # Of one measurement.
LIKEST = 5


def rate(queries: list, ask) -> float:
    started, asked = time.monotonic(), 0
    for query in queries:
        ask(query)
        asked += 1
        if time.monotonic() - started > SECONDS:
            break
    return asked / (time.monotonic() - started)


def entity(id: str, value: dict) -> EntityProxy:
    made = model.make_entity(value["schema"])
    made.id = id
    for name, values in value["properties"].items():
        if name in made.schema.properties:
            made.add(name, values, quiet=True)
    return made


def main(records: str, queries: str, answers: str):
    lines = [json.loads(line) for line in Path(records).read_text().splitlines()]
    asked = {one["id"]: one["query"] for one in map(json.loads, Path(queries).read_text().splitlines())}
    names = [name.lower() for one in lines for name in one["properties"].get("name", []) + one["properties"].get("alias", [])]
    rates = {}
    texts = [query["properties"]["name"][0].lower() for query in asked.values() if query["properties"].get("name")]
    for name, scorer in (("rapidfuzz Jaro-Winkler over all", JaroWinkler.normalized_similarity),
                         ("rapidfuzz token_sort_ratio over all", fuzz.token_sort_ratio)):
        rates[name] = rate(texts, lambda text: process.extract(text, names, scorer=scorer, limit=LIKEST))
    known = {one["id"]: one for one in lines}
    algorithm = get_algorithm("logic-v2")
    config = algorithm.default_config()
    pairs = []
    for answer in map(json.loads, Path(answers).read_text().splitlines()):
        query = asked[answer["id"]]
        pairs.append((query, [known[id] for id, _ in answer["results"]]))

    def compare(pair):
        query, likest = pair
        left = entity("query", query)
        scores = [algorithm.compare(left, entity(one["id"], one), config).score for one in likest]
        return sorted(scores, reverse=True)[:LIKEST]

    rates["nomenklatura logic-v2 of the likest 25"] = rate(pairs, compare)
    print(json.dumps(rates))


main(*sys.argv[1:])
