"""What bin/demo and bin/test say and do when a machine is not as it should be."""

import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import types
from pathlib import Path

import pytest

from bringup import (
    archive,
    demo,
    odoo_source,
    paths,
    postgres,
    python_env,
    server,
    steps,
    system_packages,
    templates,
    test_lanes,
    testing,
)


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """A cache folder of this test only."""
    monkeypatch.setenv("SERVICE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


# Ports -----------------------------------------------------------------------


def test_taken_port_names_the_program_and_another_port():
    with socket.socket() as listener:
        listener.bind((server.HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(steps.Failure) as caught:
            server.check_port(port)
    assert f"Port {port} is taken." in str(caught.value)
    assert f"process {os.getpid()}" in str(caught.value)
    assert f"PORT={port + 1}" in str(caught.value)


def test_free_port_passes():
    server.check_port(server.free_port())


@pytest.mark.parametrize("text", ["", None])
def test_port_has_a_default(text):
    assert demo.read_port(text) == 8069


@pytest.mark.parametrize("text", ["http", "0", "70000", "-1"])
def test_impossible_port_is_refused(text):
    with pytest.raises(steps.Failure, match="no port"):
        demo.read_port(text)


def test_unknown_option_is_refused(own_cache):
    with pytest.raises(steps.Failure, match="--frehs"):
        demo.command(["--frehs"])


# The machine -----------------------------------------------------------------


def test_missing_postgresql_names_the_package(own_cache, monkeypatch):
    monkeypatch.setattr(system_packages, "POSTGRES_FOLDERS", ())
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(steps.Failure) as caught:
        system_packages.ensure(system_packages.NEEDS[:1])
    assert "lacks the database" in str(caught.value)
    assert "sudo apt-get install postgresql" in str(caught.value)


def test_missing_chromium_is_said_once_and_not_fatal(own_cache, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    for _time in range(2):
        system_packages.ensure(system_packages.TEST_NEEDS[:1])
    said = capsys.readouterr().out
    assert said.count("chromium is missing: the browser tests.") == 1


def test_full_disk_is_noticed_before_downloading(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=10 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(steps.Failure) as caught:
        paths.check_space(tmp_path)
    assert "not enough room" in str(caught.value)
    assert "10 MB free" in str(caught.value)
    assert "SERVICE_CACHE=" in str(caught.value)


def test_disk_that_fills_up_on_the_way_is_explained():
    failure = steps.failure_from_os_error(OSError(errno.ENOSPC, "No space", "/x/y"))
    assert "The disk is full (/x/y)." in str(failure)
    assert "Free about 3 GB" in str(failure)


def test_failing_program_is_quoted():
    with pytest.raises(steps.Failure) as caught:
        steps.run(
            ["sh", "-c", "echo broken >&2; exit 3"], what="It failed.", todo="Try."
        )
    assert str(caught.value).splitlines()[0] == "FAILED: It failed."
    assert "ended with code 3" in str(caught.value)
    assert "broken" in str(caught.value)
    assert "What to do: Try." in str(caught.value)


@pytest.mark.parametrize("version", [(3, 9), (3, 14), (2, 7)])
def test_unfit_python_is_refused(version):
    with pytest.raises(steps.Failure, match="cannot run Odoo 19"):
        python_env.check_python(version)


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
def test_fit_python_passes(version):
    python_env.check_python(version)


def test_interrupted_command_says_how_to_go_on(capsys):
    def command(arguments):
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as caught:
        steps.main(command)
    assert caught.value.code == 130
    assert "Run the same command again" in capsys.readouterr().out


def test_entry_point_without_a_python_says_what_to_install():
    done = subprocess.run(
        ["bin/demo"],
        env={**os.environ, "PYTHON": "/nowhere/python3"},
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "No Python that can run Odoo 19 was found at /nowhere/python3" in done.stdout
    assert "Odoo 19 wants Python 3.10 to 3.13" in done.stdout


# Where Odoo comes from ---------------------------------------------------------


def make_odoo(folder, series):
    """A folder that looks like a checkout of Odoo."""
    (folder / "odoo").mkdir(parents=True)
    release = f"version_info = ({series.replace('.', ', ')}, 0, 'final', 0, '')\n"
    (folder / "odoo" / "release.py").write_text(release)
    return folder


def test_odoo_home_of_another_series_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(make_odoo(tmp_path, "18.0")))
    with pytest.raises(steps.Failure) as caught:
        odoo_source.find(sys.executable)
    assert "does not hold Odoo 19.0" in str(caught.value)
    assert "Its release is 18.0" in str(caught.value)


def test_odoo_home_without_odoo_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(steps.Failure, match="does not hold Odoo 19.0"):
        odoo_source.find(sys.executable)


def test_odoo_home_brings_the_addons_beside_it(tmp_path, monkeypatch):
    (tmp_path / "addons" / "web").mkdir(parents=True)
    (tmp_path / "addons" / "web" / "__manifest__.py").write_text("{}")
    monkeypatch.setenv("ODOO_HOME", str(make_odoo(tmp_path, "19.0")))
    source = odoo_source.find(sys.executable)
    assert source.site == tmp_path
    assert source.addons == (tmp_path / "addons",)


def test_archive_of_the_machine_is_used_and_security_is_not():
    listing = (
        "http://mirror/debian-security/ bookworm-security main\n"
        "http://mirror/debian/ bookworm main\n"
        "http://mirror/debian/ bookworm contrib\n"
    )
    assert archive.parse_targets(listing) == [("http://mirror/debian/", "bookworm")]


def test_sources_name_the_newest_suite_and_the_stable_one():
    origin = archive.Origin("http://mirror/debian", ("sid", "trixie"), "/k.gpg")
    assert archive.sources_list("debian", origin).splitlines() == [
        "deb [signed-by=/k.gpg] http://mirror/debian sid main",
        "deb [signed-by=/k.gpg] http://mirror/debian trixie main",
    ]


def test_missing_keyring_names_its_package(tmp_path):
    with pytest.raises(steps.Failure) as caught:
        archive.find_keyring("debian", tmp_path)
    assert "Install the package debian-archive-keyring" in str(caught.value)


def offers(**changes):
    """What an archive offers: every wanted package in one version."""
    everything = {name: ["1.0"] for name in archive.WANTED}
    everything.update({"odoo-19": ["19.0-2"], "fonts-font-awesome": ["7.0", "4.7"]})
    return {**everything, **changes}


def test_locked_version_is_taken_while_it_is_there():
    locked = {"libjs-jquery": ("3.7", "")}
    chosen = archive.choose_versions(offers(**{"libjs-jquery": ["4.0", "3.7"]}), locked)
    assert chosen["libjs-jquery"] == "3.7"


def test_newer_version_is_taken_when_the_archive_moved_on():
    locked = {"odoo-19": ("19.0-1", "")}
    assert archive.choose_versions(offers(), locked)["odoo-19"] == "19.0-2"


def test_font_awesome_is_of_the_layout_that_odoo_links_to():
    assert archive.choose_versions(offers(), {})["fonts-font-awesome"] == "4.7"


def test_archive_without_odoo_says_what_to_do():
    with pytest.raises(steps.Failure) as caught:
        archive.choose_versions(offers(**{"odoo-19": ["20.0-1"]}), {})
    assert "does not offer the package odoo-19" in str(caught.value)
    assert "ODOO_HOME=" in str(caught.value)


def test_file_that_differs_from_the_lock_is_refused(tmp_path):
    package = tmp_path / "odoo-19_19.0-1_all.deb"
    package.write_bytes(b"not what was locked")
    with pytest.raises(steps.Failure, match="not the file that was locked"):
        archive._compare_with_lock(package, {"odoo-19": ("19.0-1", "0" * 64)})


def test_archive_out_of_reach_falls_back_to_an_earlier_odoo(own_cache, monkeypatch):
    earlier = own_cache / "odoo-19" / "earlier"
    earlier.mkdir(parents=True)
    (earlier / "packages.txt").write_text("odoo-19 19.0\n")

    def fail(home, folder):
        raise steps.Failure("The package archive could not be read.")

    monkeypatch.setattr(archive, "_fetch_into", fail)
    assert archive.fetch() == earlier / archive.SITE


def test_broken_links_are_found(tmp_path):
    (tmp_path / "fine").symlink_to(tmp_path)
    (tmp_path / "jquery.js").symlink_to("../gone/jquery.js")
    assert archive.broken_links(tmp_path) == [tmp_path / "jquery.js"]


# Locks -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["odoo", "test", "lint"])
def test_every_locked_package_has_a_version_and_hashes(name):
    text = (paths.REQUIREMENTS / f"{name}.txt").read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.M))
    assert blocks
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+", block), block
        assert "--hash=sha256:" in block
    assert "://" not in text


def test_archive_lock_covers_every_package():
    locked = archive.read_lock()
    assert set(locked) == set(archive.WANTED)
    assert all(len(digest) == 64 for _version, digest in locked.values())


def test_installed_lock_file_is_not_installed_again(own_cache, monkeypatch):
    environment = python_env.PythonEnv("odoo")
    environment.folder.mkdir(parents=True)
    digest = paths.short_hash((paths.REQUIREMENTS / "odoo.txt").read_text(), 16)
    (environment.folder / "odoo.installed").write_text(digest)
    monkeypatch.setattr(environment, "_works", lambda: True)
    monkeypatch.setattr(python_env, "run", lambda *a, **k: pytest.fail("ran pip"))
    environment.ensure("odoo")


def test_changed_lock_file_is_installed(own_cache, monkeypatch):
    environment = python_env.PythonEnv("odoo")
    environment.folder.mkdir(parents=True)
    (environment.folder / "odoo.installed").write_text("of another day")
    ran = []
    monkeypatch.setattr(environment, "_works", lambda: True)
    monkeypatch.setattr(python_env, "run", lambda args, **k: ran.append(args))
    environment.ensure("odoo")
    assert "--require-hashes" in ran[0]


# Processes ---------------------------------------------------------------------


def test_pid_file_of_a_killed_server_is_forgotten(own_cache):
    pid_file = demo.PidFile()
    child = subprocess.Popen(["sleep", "60"])
    pid_file.write(child.pid, 8069)
    child.kill()
    child.wait()
    assert pid_file.read() is None
    assert not pid_file.path.exists()


def test_pid_of_a_stranger_is_never_stopped(own_cache):
    pid_file = demo.PidFile()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        pid_file.write(stranger.pid, 8069)
        assert not pid_file.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_stubborn_process_is_ended():
    script = "trap '' TERM; echo ready; while true; do sleep 0.1; done"
    stubborn = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE)
    stubborn.stdout.readline()
    server.stop_pid(stubborn.pid, patience=0.5)
    assert stubborn.wait(5) == -signal.SIGKILL
    stubborn.stdout.close()


# PostgreSQL ----------------------------------------------------------------------


def test_socket_path_is_short_enough(monkeypatch, tmp_path):
    monkeypatch.setenv("SERVICE_CACHE", str(tmp_path / ("deep" * 50)))
    path = postgres.socket_folder("demo") / f".s.PGSQL.{postgres.PORT}"
    assert len(str(path)) < 107


def test_socket_folder_of_somebody_else_is_refused(tmp_path):
    target = tmp_path / "elsewhere"
    target.mkdir()
    (tmp_path / "socket").symlink_to(target)
    with pytest.raises(steps.Failure, match="belongs to somebody else"):
        postgres.make_private_folder(tmp_path / "socket")


def test_socket_folder_lets_nobody_else_in(tmp_path):
    postgres.make_private_folder(tmp_path / "socket")
    assert (tmp_path / "socket").stat().st_mode & 0o777 == 0o700


@pytest.fixture
def cluster(own_cache):
    """A database server of this test only, gone afterwards."""
    cluster = postgres.Cluster("killed", durable=False).ensure()
    yield cluster
    cluster.stop()
    # Outside of the cache when PostgreSQL's user may not enter pytest's folder.
    outside = not cluster.home.is_relative_to(own_cache)
    shutil.rmtree(cluster.home.parent if outside else cluster.home)
    shutil.rmtree(cluster.socket, ignore_errors=True)


def test_killed_database_server_is_started_again(cluster):
    cluster.sql("CREATE TABLE kept (id int)")
    pid = cluster.pid()
    os.kill(pid, signal.SIGKILL)
    while server.alive(pid):
        pass
    assert cluster.pid() is None
    cluster.ensure()
    assert cluster.ready()
    assert cluster.sql("SELECT count(*) FROM kept") == ["0"]


def test_stale_pid_of_another_process_does_not_keep_it_down(cluster):
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert cluster.pid() is None
    assert cluster.ensure().ready()


def test_interrupted_initialisation_is_done_again(cluster):
    cluster.stop()
    cluster.data.rename(cluster.home / "data.part")
    assert cluster.ensure().ready()


def test_database_server_listens_on_no_network(cluster):
    assert cluster.sql("SHOW listen_addresses") == [""]
    assert cluster.sql("SELECT rolsuper FROM pg_roles WHERE rolname='odoo'") == ["f"]


def test_data_of_another_postgresql_is_explained(cluster):
    cluster.stop()
    version = cluster.data / "PG_VERSION"
    kept = version.read_text()
    version.write_text("9\n")
    with pytest.raises(steps.Failure, match="made by PostgreSQL 9"):
        cluster.ensure()
    version.write_text(kept)


# Templates and arguments ---------------------------------------------------------


def test_template_follows_sources_and_not_tests(runtime, tmp_path, monkeypatch):
    addon = tmp_path / "addons" / "some_addon"
    (addon / "tests").mkdir(parents=True)
    (addon / "__manifest__.py").write_text("{'depends': ['mail']}")
    for module in (templates, paths):
        monkeypatch.setattr(module, "ADDONS", tmp_path / "addons")
    monkeypatch.setattr(templates, "PROJECT", tmp_path)
    before = templates.key(runtime, "addons")
    (addon / "tests" / "test_some.py").write_text("")
    assert templates.key(runtime, "addons") == before
    (addon / "models.py").write_text("")
    assert templates.key(runtime, "addons") != before


def test_arguments_are_sorted_into_both_kinds_of_tests():
    arguments = [
        "-k",
        "tests",
        "addons",
        "tests/test_setup.py::test_x",
        "-x",
    ]
    options, unit, top = testing.sort_arguments(arguments)
    assert options == ["-k", "tests", "-x"]
    assert unit == ["addons"]
    assert top == ["tests/test_setup.py::test_x"]


def test_every_add_on_is_tested_in_one_lane():
    lanes = test_lanes.unit_folders()
    addons = [Path(path).parent.name for lane in lanes for path in lane]
    assert sorted(addons) == sorted(paths.our_addons())


def test_lanes_run_beside_each_other_and_print_one_after_the_other(tmp_path, capfd):
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / f"test_{name}.py").write_text(
            "import pathlib, time\n"
            f"def test_it():\n    pathlib.Path({str(tmp_path / name)!r}).touch()\n"
            f"    while not pathlib.Path({str(tmp_path / other)!r}).exists():\n"
            "        time.sleep(0.1)\n"
            f"    assert {name!r} == 'one'\n"
        )
    ready = types.SimpleNamespace(
        python=sys.executable, environment=lambda **more: {**os.environ, **more}
    )
    arguments = ["-p", "no:odoo", "-p", "no:cacheprovider", f"--rootdir={tmp_path}"]
    runs = [
        test_lanes.Run(
            ready, f"lane-{name}", [*arguments, str(tmp_path / f"test_{name}.py")], True
        )
        for name in ("one", "two")
    ]
    test_lanes.watch(runs)
    results = [run.finish() for run in runs]
    assert [result[:2] for result in results] == [("lane-one", 0), ("lane-two", 1)]
    assert [result[3]["failures"] for result in results] == [0, 1]
    printed = capfd.readouterr().out
    assert printed.index("1 passed") < printed.index("1 failed")


def test_run_without_any_test_fails(capsys):
    with pytest.raises(steps.Failure, match="Not a single test"):
        testing.summarise([("unit", 5, 1.0, {"tests": 0})], filtered=True)


def test_failed_run_decides_the_exit_code(capsys):
    good, bad = ("unit", 0, 1.0, {"tests": 3}), ("top", 1, 1.0, {"tests": 2})
    assert testing.summarise([good, bad], filtered=False) == 1
    assert testing.summarise([good], filtered=False) == 0


def test_configuration_holds_no_secret_and_no_database_list():
    text = (paths.PROJECT / "odoo.conf").read_text()
    assert not re.search(r"^(admin_passwd|db_password|smtp_password)", text, re.M)
    assert re.search(r"^list_db = False$", text, re.M)


def test_cache_is_outside_of_the_repository():
    ignored = (paths.PROJECT / ".gitignore").read_text().split()
    assert "/.cache/" in ignored
    assert Path(paths.PROJECT / ".cache").parent == paths.PROJECT
