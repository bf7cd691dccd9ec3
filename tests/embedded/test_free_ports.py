"""Servers that are started together are given ports that differ, though none of them listens yet."""

import random

import pytest
from embedded import ports


def test_no_port_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([17_101, 17_101, 17_101, 17_102, 17_101, 17_102, 17_103])
    monkeypatch.setattr(random, "randrange", lambda low, high: next(drawn))
    monkeypatch.setattr(ports, "free", lambda port: True)
    monkeypatch.setattr(ports, "_given", set())
    assert [ports.any_free(), ports.any_free(), ports.any_free()] == [17_101, 17_102, 17_103]
