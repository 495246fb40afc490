"""Records the requests and answers that ``docs/integration.md`` shows.

Usage: record_examples.py [--url http://127.0.0.1:8069] [--db demo] [--check]

Each example of the page, between ``<!-- example NAME -->`` and ``<!-- end -->``, is
sent to a running demo, and replaced by what was sent and answered. With ``--check``
the page is left alone, and only what kind of answer comes is compared: the status,
and the keys and types of the answer.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import requests

from loop.clients import Demo, WebSession
from loop.examples import EXAMPLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "integration.md"
BLOCK = re.compile(r"(<!-- example (\w+) -->\n).*?(\n<!-- end -->)", re.DOTALL)
DEMO_URL = "http://127.0.0.1:8069"
SHOWN_ROWS = 3
WIDTH = 88


def main():
    """Record or check all examples; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default=DEMO_URL)
    parser.add_argument("--db", default="demo")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    recorder = Recorder(Demo(arguments.url, arguments.db))
    blocks = recorder.record()
    page = PAGE.read_text()
    lacking = set(blocks) ^ {match[1] for match in BLOCK.findall(page)}
    if lacking:
        print(f"The page and the examples differ in: {', '.join(sorted(lacking))}.")
        return 1
    if arguments.check:
        return recorder.check(page)
    page = BLOCK.sub(lambda m: f"{m[1]}\n{blocks[m[2]]}{m[3]}", page)
    PAGE.write_text(page.replace(arguments.url, DEMO_URL))
    print(f"{len(blocks)} examples recorded in {PAGE}.")
    return 0


class Recorder:
    """Sends the examples, one after the other.

    :param Demo demo: a running demo
    """

    def __init__(self, demo):
        self.demo = demo
        # An administrator's login tells Odoo the address that its links begin with.
        WebSession(demo, "admin")
        self.keys = {}
        # What later examples need from earlier answers.
        self.known = {}
        self.answers = {}

    def record(self):
        """Send all examples; return {name: Markdown}."""
        return {example.name: self._send(example) for example in EXAMPLES}

    def _send(self, example):
        body = example.body(self.known)
        url = f"{self.demo.url}/json/2/service.api/{example.method}"
        answer = requests.post(
            url, json=body, headers=self._headers(example.login), timeout=60
        )
        content = answer.json()
        self.answers[example.name] = (answer.status_code, content)
        if answer.status_code == 200:
            self.known[example.name] = content
        return format_block(example, body, answer.status_code, content)

    def _headers(self, login):
        if not login:
            return {}
        if login not in self.keys:
            self.keys[login] = self.demo.make_api_key(login)
        return {"Authorization": f"Bearer {self.keys[login]}"}

    def check(self, page):
        """Compare the page with what came now; return the exit code."""
        different = 0
        for _head, name, _end in BLOCK.findall(page):
            shown = BLOCK.search(page[page.index(f"<!-- example {name} -->") :])[0]
            status, content = self.answers[name]
            shape = get_shape(cut(content, status))
            status_shown, content_shown = parse_block(shown)
            if (status_shown, get_shape(content_shown)) != (status, shape):
                print(f"{name}: the page shows {status_shown}, now {status} came.")
                print(f"  {get_shape(content_shown)}\n  {shape}")
                different += 1
        print(f"{len(self.answers)} examples sent, {different} differ from the page.")
        return 1 if different else 0


def format_block(example, body, status, content):
    """Return request and answer as Markdown."""
    key = f"${example.login.upper()}_KEY" if example.login else ""
    header = f'  -H "Authorization: Bearer {key}" \\\n' if key else ""
    return (
        "```sh\n"
        f"curl $URL/json/2/service.api/{example.method} \\\n"
        f'{header}  -H "Content-Type: application/json" \\\n'
        f"  -d '{format_json(body)}'\n"
        "```\n\n"
        f"Answer, {status}:\n\n"
        "```json\n"
        f"{format_json(cut(content, status))}\n"
        "```\n"
    )


def cut(content, status):
    """Leave out a server's traceback, and rows of a long list."""
    if status != 200:
        return {key: content[key] for key in ("name", "message")}
    if isinstance(content, list) and len(content) > SHOWN_ROWS:
        return content[:SHOWN_ROWS]
    return content


def format_json(value, indent=0, used=0):
    """Return JSON that puts on one line what fits on it.

    :param int indent: how far the lines that follow go in
    :param int used: what is taken of the first line already
    """
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent + used < WIDTH or not isinstance(value, dict | list):
        return flat
    if isinstance(value, dict):
        names = [f"{json.dumps(key)}: " for key in value]
        brackets, items = "{}", value.values()
    else:
        names = [""] * len(value)
        brackets, items = "[]", value
    margin = " " * (indent + 2)
    lines = f",\n{margin}".join(
        name + format_json(item, indent + 2, len(name))
        for name, item in zip(names, items, strict=True)
    )
    return f"{brackets[0]}\n{margin}{lines}\n{' ' * indent}{brackets[1]}"


def parse_block(text):
    """Return the status and the answer that a block of the page shows."""
    found = re.search(r"Answer, (\d+):\s+```json\n(.*?)```", text, re.DOTALL)
    return (int(found[1]), json.loads(found[2])) if found else (None, None)


def get_shape(value):
    """Return the keys and types of a value, whatever the values are."""
    if isinstance(value, dict):
        return {key: get_shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [get_shape(value[0])] if value else []
    if isinstance(value, bool) or value is None:
        return "nothing"
    return "number" if isinstance(value, int | float) else "text"


if __name__ == "__main__":
    sys.exit(main())
