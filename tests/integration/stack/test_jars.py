"""Does nothing but the locked jars ever get onto the class path?"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bellhop_common.errors import Wrong
from bellhop_local.stack.certificates import usual_certificates
from bellhop_local.stack.jars import Jar, ensure_jars, locked_jars, sha256
from bellhop_local.stack.progress import Silent

FIRST = locked_jars()[0]


@dataclass
class Shop:
    """A repository that hands out copies of the good jars, and spoilt ones as often as told."""

    good: Path
    spoilt: int = 0
    asked: list[str] = field(default_factory=list)

    def fetch(self, jar: Jar, folder: Path) -> Path:
        self.asked.append(jar.name)
        target = jar.path(folder)
        target.parent.mkdir(parents=True)
        if self.spoilt > 0:
            self.spoilt -= 1
            target.write_bytes(jar.path(self.good).read_bytes()[:1000])
        else:
            shutil.copy(jar.path(self.good), target)
        return target


@pytest.fixture
def shop(cache: Path) -> Shop:
    ensure_jars(cache, Silent())
    return Shop(cache / "jars")


@pytest.fixture
def lacking_one(shop: Shop, tmp_path: Path) -> Path:
    """A cache with every jar but the first."""
    shutil.copytree(shop.good, tmp_path / "jars", copy_function=lambda src, dst: Path(dst).hardlink_to(src))
    FIRST.path(tmp_path / "jars").unlink()
    return tmp_path


def test_the_lock_names_46_jars_each_with_its_sha256() -> None:
    jars = locked_jars()
    assert len(jars) == 46
    assert {len(jar.sha256) for jar in jars} == {64}
    assert (FIRST.artifact, FIRST.version) == ("kafka_2.13", "4.2.0")


def test_only_what_is_absent_is_fetched(shop: Shop, lacking_one: Path) -> None:
    paths = ensure_jars(lacking_one, Silent(), shop.fetch)
    assert shop.asked == ["kafka_2.13-4.2.0.jar"]
    assert [sha256(path) for path in paths] == [jar.sha256 for jar in locked_jars()]


def test_the_second_time_nothing_is_fetched(shop: Shop, lacking_one: Path) -> None:
    ensure_jars(lacking_one, Silent(), shop.fetch)
    shop.asked.clear()
    ensure_jars(lacking_one, Silent(), shop.fetch)
    assert shop.asked == []


def test_a_jar_that_was_truncated_in_the_cache_is_fetched_again(shop: Shop, lacking_one: Path) -> None:
    FIRST.path(lacking_one / "jars").write_bytes(b"PK")
    ensure_jars(lacking_one, Silent(), shop.fetch)
    assert shop.asked == ["kafka_2.13-4.2.0.jar"]


def test_a_wrong_jar_is_fetched_once_more(shop: Shop, lacking_one: Path) -> None:
    shop.spoilt = 1
    ensure_jars(lacking_one, Silent(), shop.fetch)
    assert shop.asked == ["kafka_2.13-4.2.0.jar", "kafka_2.13-4.2.0.jar"]


def test_a_jar_that_is_wrong_twice_is_named_and_not_kept(shop: Shop, lacking_one: Path) -> None:
    shop.spoilt = 2
    with pytest.raises(Wrong, match=r"org\.apache\.kafka:kafka_2\.13-4\.2\.0\.jar was fetched twice"):
        ensure_jars(lacking_one, Silent(), shop.fetch)
    assert not FIRST.path(lacking_one / "jars").exists()
    assert list((lacking_one / "jars").glob(".fetching-*")) == []


@pytest.mark.parametrize(
    ("environ", "trusted"),
    [
        ({"SSL_CERT_FILE": "/ours.pem"}, "/ours.pem"),
        ({"SSL_CERT_FILE": "/ours.pem", "REQUESTS_CA_BUNDLE": "/chosen.pem"}, "/chosen.pem"),
        ({}, None),
    ],
)
def test_a_fetch_trusts_what_the_machine_trusts(
    environ: dict[str, str], trusted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with usual_certificates():
        assert os.environ.get("REQUESTS_CA_BUNDLE") == trusted
    assert os.environ.get("REQUESTS_CA_BUNDLE") == environ.get("REQUESTS_CA_BUNDLE")


def test_what_a_killed_fetch_left_is_removed(shop: Shop, lacking_one: Path) -> None:
    left = lacking_one / "jars" / ".fetching-left"
    left.mkdir()
    ensure_jars(lacking_one, Silent(), shop.fetch)
    assert not left.exists()
