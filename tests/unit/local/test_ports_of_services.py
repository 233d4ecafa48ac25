"""Does every process of the four services get a port of its own?"""

from pathlib import Path

from bellhop_local.demo.processes import Services


def test_no_port_is_given_twice(tmp_path: Path) -> None:
    for _ in range(20):
        services = Services(tmp_path, {}, replicas=3)
        ports = [*services.ports.values()]
        ports += [port for one in services.replicas for port in (one.port, one.lmtp_port)]
        assert len(ports) == len(set(ports)) == 29
