"""The public tracking page against real worker processes.

What one process and one test transaction cannot show: counters that hold across
workers, forged addresses, and answers that take the same time.
"""

import re
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

WORKERS = 4
# More than this at once would only wait in the server's queue of connections.
AT_ONCE = 24
PATH = "/service/track"
TIMEOUT = 120
PHONE = "+33612345678"
OTHER_PHONE = "+33698765432"

TICKETS_SCRIPT = """
env.company.country_id = env.ref("base.fr")
tickets = env["service.ticket"].create([
    {"name": "The fridge is warm", "partner_name": "Odile", "partner_phone": %(phone)r}
    for _i in range(%(count)s)
])
answer = [[ticket.number, ticket._get_track_url()] for ticket in tickets]
env.cr.commit()
"""


class Visitor:
    """A browser with its own session, which has opened the form."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        # A worker process serves one request a connection.
        self.session.headers["Connection"] = "close"
        page = self.session.get(url + PATH, timeout=TIMEOUT).text
        self.token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page).group(1)

    def ask(self, number, phone, **headers):
        """Send the form; the answer, redirects not followed."""
        return self.session.post(
            self.url + PATH,
            data={"csrf_token": self.token, "number": number, "phone": phone},
            headers=headers,
            allow_redirects=False,
            timeout=TIMEOUT,
        )

    def follow(self, path):
        """Open an address; the answer, redirects followed."""
        return self.session.get(self.url + path, timeout=TIMEOUT)


@pytest.fixture(scope="module")
def tracked(make_database):
    """A database with tickets to follow: (database, numbers, paths of links)."""
    database = make_database("addons")
    answer = database.shell(TICKETS_SCRIPT % {"phone": PHONE, "count": 40})
    numbers = [number for number, _url in answer]
    paths = [url[url.index(PATH) :] for _number, url in answer]
    yield database, numbers, paths
    database.drop()


@pytest.fixture(scope="module")
def direct(tracked, make_server):
    """Worker processes that visitors reach without a proxy."""
    server = make_server(tracked[0], workers=WORKERS)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def proxied(tracked, make_server):
    """Worker processes that trust one proxy."""
    server = make_server(tracked[0], workers=2, options=["--proxy-mode"])
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def fresh_counters(tracked):
    """Each test begins with nobody counted."""
    tracked[0].sql("DELETE FROM service_throttle")


def _by_proxy(*addresses):
    """Headers of a request that came through a proxy."""
    forwarded = ", ".join(addresses)
    return {"X-Forwarded-For": forwarded, "X-Forwarded-Host": "service.example"}


def _statuses(answers):
    return [answer.status_code for answer in answers]


def test_a_hundred_misses_at_once_get_ten_answers(tracked, direct):
    """Nothing is lost between workers, and nothing is let through."""
    with ThreadPoolExecutor(8) as pool:
        visitors = list(pool.map(Visitor, [direct.url] * 100))
    start = threading.Barrier(AT_ONCE)

    def miss(index):
        if index < AT_ONCE:
            start.wait()
        return visitors[index].ask(f"SR{index:09d}", f"+336111{index:05d}")

    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = _statuses(pool.map(miss, range(len(visitors))))
    assert time.monotonic() - begun < 60, "slower than the window: no proof"
    assert statuses.count(404) == 10
    assert statuses.count(429) == 90


def test_one_number_is_closed_for_all_workers_after_five_misses(tracked, direct):
    _database, numbers, _paths = tracked
    with ThreadPoolExecutor(8) as pool:
        visitors = list(pool.map(Visitor, [direct.url] * 8))
        misses = pool.map(lambda v: v.ask(numbers[0], OTHER_PHONE), visitors)
    assert sorted(_statuses(misses)) == [404] * 5 + [429] * 3
    refused = visitors[0].ask(numbers[0], PHONE)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert visitors[1].ask(numbers[1], PHONE).status_code == 303


def test_fifty_forged_addresses_are_one_visitor(tracked, direct):
    visitor = Visitor(direct.url)
    answers = []
    for i in range(50):
        forged = f"198.51.100.{i}"
        answers.append(
            visitor.ask(
                f"SR{i:09d}",
                f"+336222{i:05d}",
                Forwarded=f"for={forged}",
                **{"X-Real-IP": forged, "Client-IP": forged, **_by_proxy(forged)},
            )
        )
    assert _statuses(answers) == [404] * 10 + [429] * 40


def test_behind_a_proxy_only_the_proxy_s_own_entry_counts(tracked, proxied):
    visitor = Visitor(proxied.url)
    answers = [
        visitor.ask(
            f"SR{i:09d}",
            f"+336333{i:05d}",
            **_by_proxy(f"198.51.100.{i}", "203.0.113.7"),
        )
        for i in range(12)
    ]
    assert _statuses(answers) == [404] * 10 + [429] * 2
    other = visitor.ask("SR0", PHONE, **_by_proxy("203.0.113.8"))
    assert other.status_code == 404


def test_a_network_of_ipv6_addresses_is_one_visitor(tracked, proxied):
    visitor = Visitor(proxied.url)
    answers = [
        visitor.ask(f"SR{i}", f"+336444{i:05d}", **_by_proxy(f"2001:db8:1:2::{i:x}"))
        for i in range(12)
    ]
    assert _statuses(answers) == [404] * 10 + [429] * 2
    neighbour = visitor.ask("SR0", PHONE, **_by_proxy("2001:db8:1:3::1"))
    assert neighbour.status_code == 404


def test_nobody_can_lock_out_a_customer_who_has_a_link(tracked, proxied):
    _database, numbers, paths = tracked
    attacker = Visitor(proxied.url)
    for i in range(12):
        attacker.ask(numbers[2], PHONE[:-1] + str(i % 8), **_by_proxy("203.0.113.9"))
    customer = Visitor(proxied.url)
    assert customer.ask(numbers[2], PHONE).status_code == 429
    page = customer.follow(paths[2])
    assert page.status_code == 200
    assert numbers[2] in page.text


def test_counters_are_committed_and_name_nobody(tracked, direct):
    database, numbers, _paths = tracked
    Visitor(direct.url).ask(numbers[3], OTHER_PHONE)
    rows = database.sql("SELECT * FROM service_throttle")
    # two windows for the address, one for the number, one for the phone
    assert len(rows) == 4
    assert all(row["hits"] == 1 for row in rows)
    written = " ".join(map(str, rows))
    for secret in (numbers[3], OTHER_PHONE, "127.0.0.1"):
        assert secret not in written


def test_a_session_is_known_to_all_workers(tracked, direct):
    _database, numbers, _paths = tracked
    visitor = Visitor(direct.url)
    assert visitor.ask(numbers[4], PHONE).status_code == 303
    for _i in range(2 * WORKERS):
        assert numbers[4] in visitor.follow(f"{PATH}/status").text


def test_every_miss_takes_the_same_time(tracked, proxied):
    """Unknown, malformed and wrong phone cannot be told apart with a watch."""
    _database, numbers, _paths = tracked
    visitor = Visitor(proxied.url)
    kinds = {
        "wrong phone": lambda i: numbers[5 + i],
        "unknown": lambda i: f"SR{i:08d}A",
        "malformed": lambda i: f"?{i}",
    }
    seconds = {kind: [] for kind in kinds}
    for i in range(30):
        for place, (kind, number) in enumerate(kinds.items()):
            begun = time.perf_counter()
            answer = visitor.ask(
                number(i),
                f"+336555{i:04d}{place}",
                **_by_proxy(f"203.0.{place + 1}.{i}"),
            )
            seconds[kind].append(time.perf_counter() - begun)
            assert answer.status_code == 404
    medians = {kind: statistics.median(times) for kind, times in seconds.items()}
    # The noise of one request is far above the difference that we look for.
    noise = max(statistics.stdev(times) for times in seconds.values())
    spread = max(medians.values()) - min(medians.values())
    assert spread < max(noise, 0.25 * min(medians.values())), medians
