"""Installing and removing the add-ons, alone and together, in any order.

Most of it starts from a copy of a database with Odoo's own modules, for speed;
``bin/test tests/test_install_matrix.py -m slow`` installs each add-on from nothing.
"""

import itertools
import os
import re
import subprocess
import sys
import zipfile

import pytest
import requests

from bringup.paths import ADDONS, our_addons
from bringup.server import free_port
from support import group as group_of_companies
from support import schema
from support.database import Database
from support.group import Client
from support.public_methods import LIST, read_public_methods

COUNTER = itertools.count(1)
PORTAL_FIRST = ("service_portal", "spare_parts_bridge")
BRIDGE_FIRST = ("spare_parts_bridge", "service_portal")
OPTIONAL = {"spare_parts_bridge", "service_portal"}
# What the log of a machine may say, whatever we do.
FOREIGN = re.compile(
    r"wkhtmltopdf|unaccent|DeprecationWarning|geoip|Test mode|missing dependencies"
)


@pytest.fixture(scope="module")
def new_database(runtime):
    """``new_database("deps")``: a copy of a template; without one, a bare name."""
    made = []

    def make(template=None):
        name = f"matrix_{os.getpid()}_{next(COUNTER)}"
        if template:
            made.append(Database.copy_of(runtime, template, name))
        else:
            made.append(Database(runtime, name))
            made[-1].drop()
        return made[-1]

    yield make
    for database in made:
        database.drop()


@pytest.fixture(scope="module")
def dependencies(new_database):
    """What a database consists of before our add-ons come."""
    return schema.take(new_database("deps"))


@pytest.fixture(scope="module")
def together(new_database):
    """What a database consists of with all of them, installed by one command."""
    return schema.take(new_database("addons"))


def installed(database):
    """Our add-ons that are installed."""
    rows = database.sql(
        "SELECT name FROM ir_module_module WHERE state = 'installed' AND name IN %s",
        schema.OURS,
    )
    return {row["name"] for row in rows}


def install(database, *addons, options=()):
    """Install add-ons; returns warnings and errors of the log."""
    database.log.unlink(missing_ok=True)
    database.odoo("-i", ",".join(addons), *options)
    return warnings(database)


def warnings(database):
    """Lines of a database's log that complain."""
    if not database.log.exists():
        return []
    text = database.log.read_text(errors="replace")
    found = re.findall(r"^.* (?:WARNING|ERROR|CRITICAL) .*$", text, re.MULTILINE)
    return [line for line in found if not FOREIGN.search(line)]


def remove(database, *addons):
    """Uninstall add-ons; returns warnings and errors of the log."""
    database.log.unlink(missing_ok=True)
    database.module("uninstall", *addons)
    return warnings(database)


# Installing --------------------------------------------------------------------------


@pytest.mark.parametrize("order", [PORTAL_FIRST, BRIDGE_FIRST], ids="-".join)
def test_order_of_installing_makes_no_difference(order, new_database, together):
    """One after the other, in both orders, is the same as all at once."""
    database = new_database("deps")
    for number, addon in enumerate(order):
        assert install(database, addon) == []
        assert installed(database) & OPTIONAL == set(order[: number + 1])
        assert "crm_service" in installed(database)
    contents = schema.take(database)
    assert schema.added(together, contents) == {}
    assert schema.added(contents, together) == {}


def test_front_office_installs_on_an_empty_database_with_demo_data(new_database):
    """The portal, with the front office it stands on, needs nothing else."""
    database = new_database()
    found = install(database, "service_portal", options=["--with-demo"])
    assert [line for line in found if is_ours(line)] == []
    assert installed(database) == {"crm_service", "service_portal"}
    others = database.sql(
        "SELECT name FROM ir_module_module WHERE state = 'installed' "
        "AND name IN ('stock', 'repair', 'sale', 'account')"
    )
    assert others == []
    assert demo_failures(database) == []
    assert database.sql("SELECT count(*) FROM service_ticket")[0]["count"] > 0
    assert remove(database, "service_portal", "crm_service") == []
    assert leftovers(database) == []


def is_ours(line):
    """Whether a line of the log is about one of our add-ons."""
    return bool(re.search(r"crm_service|spare_parts_bridge|service_portal", line))


def demo_failures(database):
    """Add-ons whose demo data could not be loaded."""
    rows = database.sql(
        "SELECT module.name FROM ir_module_module module "
        "WHERE module.name IN %s AND state = 'installed' AND NOT demo",
        schema.OURS,
    )
    return [row["name"] for row in rows]


def leftovers(database):
    """Names that only we would give."""
    ours = re.compile(
        r"(^|[./])(service[._](ticket|stage|process|route|team|asset|api|contact|"
        r"external|throttle|track_)|parts[._](requisition|receipt|discrepancy|posting|"
        r"approval|stock_lock|guarded|role|missing|account|keeper)|"
        r"crm_service|spare_parts|service_portal)"
    )
    return [
        f"{kind} {name}"
        for kind, names in schema.take(database).items()
        for name in names
        if name and ours.search(name)
    ]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("demo", [True, False], ids=["demo", "bare"])
@pytest.mark.parametrize("addon", schema.OURS)
def test_addon_installs_and_leaves_from_nothing(addon, demo, new_database):
    """Alone on an empty database, with and without demo data, and away again."""
    database = new_database()
    found = install(database, addon, options=["--with-demo"] if demo else [])
    assert [line for line in found if is_ours(line)] == []
    assert installed(database) == {"crm_service", addon}
    if demo:
        assert demo_failures(database) == []
    assert remove(database, "crm_service") == []
    assert leftovers(database) == []


# Removing ----------------------------------------------------------------------------


def test_removed_addons_leave_nothing_behind(
    group_template, dependencies, make_server, new_database
):
    """After a whole loop the three are removed, and the rest of Odoo works on."""
    database = group_template.copy(f"{group_template.name}_removed")
    try:
        use(database, make_server)
        assert remove(database, "crm_service") == []
        assert installed(database) == set()
        contents = schema.take(database)
        assert schema.added(dependencies, schema.structure(contents)) == {}
        before = schema.structure(dependencies)
        assert schema.added(schema.structure(contents), before) == {}
        assert leftovers(database) == []
        assert_odoo_works(database, make_server)
    finally:
        database.drop()


def test_a_database_at_work_is_left_clean(world):
    """Tickets, contracts, charges and invoices hold nothing up when the add-ons go."""
    assert remove(world, "spare_parts_bridge") == []
    assert remove(world, "crm_service") == []
    assert installed(world) == set()
    assert leftovers(world) == []


def use(database, make_server):
    """Run a requisition to its end, and leave one open."""
    server = make_server(database)
    api = Client(server, "xmlrpc")
    values = {"type": "repair", "name": "Cold", "phone": "+49 30 901820"}
    number = api("agent").submit_ticket(values=values)["number"]
    for _round in range(2):
        name = api("keeper").submit_requisition(
            values={
                "warehouse": "SVC",
                "source_warehouse": "FRI",
                "ticket": number,
                "lines": [{"product": "SEAL", "quantity": 5}],
            }
        )["name"]
        for login in ("supervisor", "factory"):
            api(login).decide_requisition(name=name, decision="approve")
    api("factory").ship_requisition(name=name)
    answer = api("keeper").confirm_receipt(
        name=name, lines=[{"product": "SEAL", "accepted": 4}]
    )
    assert answer["discrepancies"]
    server.stop()


def assert_odoo_works(database, make_server):
    """Customers, deliveries and the web client do without us."""
    server = make_server(database)
    partner = server.rpc("admin").get_model("res.partner").create({"name": "Ann"})
    assert partner
    # whose roles in the warehouse are Odoo's own
    keeper = server.rpc("workshop")
    pickings = keeper.get_model("stock.picking")
    ids = pickings.search([("state", "=", "assigned"), ("company_id", "!=", False)])
    values = keeper.get_model("stock.picking.type").search_read(
        [("code", "=", "incoming")], ["default_location_dest_id"], limit=1
    )[0]
    supplier = keeper.get_model("stock.location").search([("usage", "=", "supplier")])
    product = keeper.get_model("product.product").search(
        [("default_code", "=", "SEAL")]
    )
    move = {"product_id": product[0], "product_uom_qty": 3}
    picking = pickings.create(
        {
            "picking_type_id": values["id"],
            "location_id": supplier[0],
            "location_dest_id": values["default_location_dest_id"][0],
            "move_ids": [(0, 0, move)],
        }
    )
    pickings.action_confirm([picking])
    pickings.button_validate([picking])
    assert pickings.search([("id", "=", picking), ("state", "=", "done")])
    assert isinstance(ids, list)
    session = requests.Session()
    page = session.get(f"{server.url}/web/login", timeout=60)
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page.text)[1]
    home = session.post(
        f"{server.url}/web/login",
        data={"login": "admin", "password": "admin", "csrf_token": token},
        timeout=120,
    )
    assert home.status_code == 200
    assert "/odoo" in home.url
    server.stop()


def test_bridge_is_removed_alone(new_database, make_server):
    """Without the bridge the front office and the portal go on."""
    database = new_database("addons")
    assert remove(database, "spare_parts_bridge") == []
    assert installed(database) == {"crm_service", "service_portal"}
    parts = [name for name in leftovers(database) if "parts" in name]
    # a phase of tickets and a date of units, with or without the bridge
    known = ("waiting_parts", "warranty_parts")
    assert [name for name in parts if not any(map(name.__contains__, known))] == []
    answer = database.shell(
        "answer = env['service.api'].submit_ticket("
        "{'type': 'repair', 'name': 'x', 'phone': '+49 30 901820'})\n"
    )
    assert answer["phase"] == "received"


# Looking over ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def overview(new_database):
    """What the registry tells of our models."""
    database = new_database("addons")
    return database.shell(
        f"import sys; sys.path.insert(0, {str(group_of_companies.FOLDER)!r})\n"
        "import registry_lint\nanswer = registry_lint.look(env)\n"
    )


def test_models_are_guarded_and_indexed(overview):
    """Access rights, company rules, indexes and SQL constraints of our models."""
    assert overview["problems"] == []


def test_public_methods_are_the_reviewed_ones(overview):
    """A new public method is reviewed and noted before it can be called."""
    if os.environ.get("REVIEWED"):
        head = [line for line in LIST.read_text().splitlines() if line.startswith("#")]
        LIST.write_text("\n".join([*head, *overview["methods"]]) + "\n")
    known = set(read_public_methods())
    assert sorted(set(overview["methods"]) - known) == []
    assert sorted(known - set(overview["methods"])) == []


SMOKE = (
    ("crm_service", "TestServiceApi"),
    ("spare_parts_bridge", "TestServiceApi"),
    ("service_portal", "TestTools"),
)


def test_official_runner_runs_our_tests(new_database, runtime):
    """Odoo's own runner finds and passes a class of each add-on."""
    database = new_database("addons")
    database.log.unlink(missing_ok=True)
    tags = ",".join(f"/{addon}:{name}" for addon, name in SMOKE)
    runtime.odoo(
        *("-d", database.name, "-u", ",".join(addon for addon, _name in SMOKE)),
        *("--test-tags", tags, "--stop-after-init", "--log-level=info"),
        *("--http-port", str(free_port())),
        what="Odoo's test runner failed.",
        log=database.log.name,
    )
    log = database.log.read_text()
    result = re.search(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", log)
    assert result, log[-2000:]
    failed, errors, tests = map(int, result.groups())
    assert (failed, errors) == (0, 0)
    assert tests >= len(SMOKE)
    for addon, name in SMOKE:
        assert re.search(rf"odoo\.addons\.{addon}\.tests\S*: Starting {name}\.", log), (
            addon
        )


@pytest.mark.parametrize("addon", our_addons())
def test_addon_is_a_pip_package(addon, tmp_path):
    """whool makes a wheel that holds the whole add-on."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q"]
        + ["-w", tmp_path, ADDONS / addon],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        names = set(package.namelist())
        meta = next(name for name in names if name.endswith("/METADATA"))
        metadata = package.read(meta).decode()
    folder = ADDONS / addon
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if path.is_dir() or "__pycache__" in relative.parts:
            continue
        if path.suffix in {".py", ".xml", ".csv", ".po", ".js", ".scss", ".png"}:
            assert f"odoo/addons/{addon}/{relative}" in names
    assert "Requires-Dist: odoo" in metadata
    assert re.search(r"^License", metadata, re.MULTILINE)
