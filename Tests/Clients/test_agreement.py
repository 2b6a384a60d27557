"""For random worlds, what every interface serves is what the rules permit: the rules written down a second time, here.

CAVEAT_SEED says which worlds they are.
"""
import json
import os
import random
import uuid

import pytest
import requests

from conftest import TAXII, Serve, indicator

SEED = int(os.environ.get("CAVEAT_SEED", "1"))
KINDS = {"customs": True, "police": True, "bank": False, "energy": False}
LEVELS = ["clear", "green", "amber", "amber+strict", "red"]
NOBODY = f"indicator--{uuid.UUID(int=1, version=4)}"


class World:
    """Members with two principals each, pools of random terms, and everything that was published, as the rules see it."""

    def __init__(self, folder, seed):
        self.dice = random.Random(seed)
        self.serve = Serve(folder, rate={"requests_per_second": 0, "failures_per_minute": 1000}, log={"level": "notice"})
        self.operator = self.serve.operator()
        self.root = f"http://127.0.0.1:{self.serve.port}/caveat/"
        self.members, self.principals, self.pools, self.known = {}, {}, {}, []
        for kind in KINDS:
            self.members[kind] = {"id": self.admin("member", "add", kind, "--kind", kind, "--title", kind, "--jurisdiction", "NL")["id"], "active": True}
            for number in (1, 2):
                roles = self.dice.choice([["reader", "reporter"], ["reader", "publisher"], ["reader"], ["reporter"]])
                name = f"{kind}-{number}"
                made = self.admin("principal", "add", name, "--member", kind, *[w for r in roles for w in ("--role", r)])
                token = self.admin("credential", "add", "--principal", name, "--type", "token")["secret"]
                self.principals[name] = {"id": made["id"], "member": kind, "roles": roles, "token": token}
        for number in range(4):
            terms = {
                "reading": self.dice.choice(["everyone", "authorities", "enrolled"]),
                "writing": self.dice.choice(["everyone", "everyone", "authorities", "enrolled"]),
                "ceiling": self.dice.choice(LEVELS[2:]), "default-marking": self.dice.choice(LEVELS[:3]),
            }
            made = self.admin("pool", "add", f"pool-{number}", "--title", "P", *[w for k, v in terms.items() for w in (f"--{k}", v)])
            self.pools[f"pool-{number}"] = terms | {"id": made["id"], "enrolled": {}}
        for _ in range(6):
            self.enrol()

    def admin(self, *words):
        return json.loads(self.operator.cli("admin", *words, "--json").stdout)

    def enrol(self):
        pool, member = self.dice.choice(list(self.pools)), self.dice.choice(list(self.members))
        rights = self.dice.choice([("--reads",), ("--writes",), ("--reads", "--writes")])
        self.operator.cli("admin", "pool", "enrol", pool, member, *rights)
        self.pools[pool]["enrolled"][member] = rights

    def change(self):
        """One change of rights, which holds from the next request on."""
        pool = self.dice.choice(list(self.pools))
        match self.dice.randrange(4):
            case 0: self.enrol()
            case 1:
                self.pools[pool]["reading"] = self.dice.choice(["everyone", "authorities", "enrolled"])
                self.operator.cli("admin", "pool", "change", pool, "--reading", self.pools[pool]["reading"])
            case 2:
                name = self.dice.choice(list(self.principals))
                self.principals[name]["roles"] = self.dice.choice([["reader", "reporter"], ["reader"], ["reporter"]])
                self.operator.cli("admin", "principal", "change", name, *[w for r in self.principals[name]["roles"] for w in ("--role", r)])
            case 3:
                member = self.dice.choice(list(self.members))
                self.members[member]["active"] = not self.members[member]["active"]
                self.operator.cli("admin", "member", "resume" if self.members[member]["active"] else "suspend", member)

    # The rules.

    def admits(self, pool, member, audience, right):
        given = right in self.pools[pool]["enrolled"].get(member, ())
        return {"everyone": True, "authorities": KINDS[member] or given, "enrolled": given}[self.pools[pool][audience]]

    def reads(self, who, pool):
        return "reader" in who["roles"] and self.admits(pool, who["member"], "reading", "--reads")

    def writes(self, who, pool):
        if not self.members[who["member"]]["active"]:
            return False
        return bool({"reporter", "publisher"} & set(who["roles"])) and self.admits(pool, who["member"], "writing", "--writes")

    def sees(self, who, one):
        if not self.reads(who, one["pool"]) or not self.members[who["member"]]["active"]:
            return False
        named = f"identity--{who['id']}" in one["addressees"]
        if one["level"] == "red":
            return named or one["author"] == who["id"]
        if one["level"] != "amber+strict" and not one["addressees"]:
            return True
        return named or one["member"] == who["member"] or f"identity--{self.members[who['member']]['id']}" in one["addressees"]

    # What happens.

    def publish(self):
        name, pool = self.dice.choice(list(self.principals)), self.dice.choice(list(self.pools))
        who = self.principals[name]
        number = list(self.principals).index(name) // 2 * 100 + self.dice.randrange(5)
        identities = [f"identity--{x['id']}" for x in (*self.members.values(), *self.principals.values())]
        level = self.dice.choice([None, *LEVELS, "red-1"])
        addressees = self.dice.sample(identities, self.dice.randrange(3))
        made = indicator(
            number, modified=f"2026-02-{self.dice.randint(10, 28)}T00:00:00.{len(self.known):03}Z", marking=level,
            addressees=addressees, name=f"step {len(self.known)}",
        )
        answer = self.call("POST", name, f"collections/{pool}/objects/", data=json.dumps({"objects": [made]}))
        level = {None: self.pools[pool]["default-marking"], "red-1": "red"}.get(level, level)
        if not self.members[who["member"]]["active"]:
            assert answer.status_code == (403 if self.reads(who, pool) else 404)
        elif not self.writes(who, pool):
            assert answer.status_code == (403 if self.reads(who, pool) else 404)
        else:
            allowed = LEVELS.index(level) <= LEVELS.index(self.pools[pool]["ceiling"])
            assert answer.status_code == 202 and answer.json()["success_count"] == (1 if allowed else 0), answer.text
            if allowed:
                self.known.append({
                    "object": made, "pool": pool, "author": who["id"], "member": who["member"], "level": level,
                    "addressees": addressees, "status": answer.json()["id"],
                })

    def call(self, method, name, path, **options):
        headers = {"Authorization": f"Bearer {self.principals[name]['token']}", "Content-Type": TAXII}
        return requests.request(method, self.root + path, headers=headers, timeout=20, **options)

    def pages(self, name, path, key, **parameters):
        """Everything of a paged resource, with pages of a random size."""
        found, parameters = [], parameters | {"limit": self.dice.randint(1, 7)}
        while True:
            answer = self.call("GET", name, path, params=parameters)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page.get(key, [])
            if not page.get("more"):
                return found
            parameters["next"] = page["next"]

    # What is compared.

    def compare(self, name):
        who = self.principals[name]
        listed = {c["id"]: (c["can_read"], c["can_write"]) for c in self.call("GET", name, "collections/").json().get("collections", [])}
        rights = {terms["id"]: (self.reads(who, pool), self.writes(who, pool)) for pool, terms in self.pools.items()}
        assert listed == {pool: rights for pool, rights in rights.items() if any(rights)}
        for one in self.known:
            assert self.call("GET", name, f"status/{one['status']}/").status_code == (200 if one["author"] == who["id"] else 404)
        for pool in self.pools:
            path = f"collections/{pool}/"
            if not self.reads(who, pool):
                for place in ("objects/", "manifest/", f"objects/{NOBODY}/", f"objects/{NOBODY}/versions/"):
                    assert self.call("GET", name, path + place).status_code == (403 if self.writes(who, pool) else 404)
                continue
            self.compare_pool(name, path, [one["object"] for one in self.known if one["pool"] == pool and self.sees(who, one)])

    def compare_pool(self, name, path, visible):
        def chosen(best):
            return [one for one in visible if one["modified"] == best(x["modified"] for x in visible if x["id"] == one["id"])]

        for version, expected in (("last", chosen(max)), ("first", chosen(min)), ("all", visible)):
            match = {"match[version]": version}
            # What was gained later comes at the time of the gain: each once, in another order.
            served = self.pages(name, path + "objects/", "objects", **match)
            assert sorted(served, key=str) == sorted(expected, key=str)
            records = self.pages(name, path + "manifest/", "objects", **match)
            assert [(r["id"], r["version"]) for r in records] == [(one["id"], one["modified"]) for one in served]
            assert records == sorted(records, key=lambda record: record["date_added"])
        absent = self.call("GET", name, f"{path}objects/{NOBODY}/")
        for identity in sorted({one["object"]["id"] for one in self.known}):
            versions = [one for one in visible if one["id"] == identity]
            for suffix in ("", "versions/"):
                answer = self.call("GET", name, f"{path}objects/{identity}/{suffix}", params={"match[version]": "all"} if not suffix else {})
                if versions:
                    found = answer.json().get("objects" if not suffix else "versions")
                    expected = versions if not suffix else [v["modified"] for v in versions]
                    assert sorted(found, key=str) == sorted(expected, key=str)
                else:
                    assert (answer.status_code, answer.content, set(answer.headers)) == (404, absent.content, set(absent.headers))
                    refused = self.call("DELETE", name, f"{path}objects/{identity}/")
                    assert refused.status_code in (403, 404) and refused.content == self.call("DELETE", name, f"{path}objects/{NOBODY}/").content


@pytest.mark.parametrize("seed", range(SEED, SEED + 2))
def test_what_is_served_is_what_the_rules_permit(tmp_path, seed):
    world = World(tmp_path, seed)
    try:
        for _ in range(3):
            for _ in range(16):
                world.publish()
            world.change()
        for name in world.principals:
            world.compare(name)
        assert len(world.known) > 5
    finally:
        world.serve.stop()
