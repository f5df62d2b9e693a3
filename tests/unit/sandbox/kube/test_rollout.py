"""A roll-out always arrives, and never serves with fewer pods than it could."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.sandbox.kube.rollout import Moves, PodFact, next_moves


def _pods(text: str) -> list[PodFact]:
    """Read pods from letters: `N` new and ready, `n` new and not yet, `O` and `o` old."""
    return [
        PodFact(name=f"{place}{letter}", current=letter in "Nn", ready=letter.isupper())
        for place, letter in enumerate(text)
    ]


@pytest.mark.parametrize(
    ("wanted", "pods", "moves"),
    [
        (2, "", Moves(start=2)),
        (2, "NN", Moves()),
        (0, "NN", Moves(stop=("0N", "1N"))),
        (1, "Nn", Moves(stop=("1n",))),
        (1, "nN", Moves(stop=("0n",))),
        (3, "NN", Moves(start=1)),
        (2, "OO", Moves(start=1)),
        (2, "OOn", Moves()),
        (2, "OON", Moves(start=1, stop=("0O",))),
        (2, "ON", Moves(start=1)),
        (2, "ONn", Moves()),
        (2, "ONN", Moves(stop=("0O",))),
        (2, "oo", Moves(start=2, stop=("0o", "1o"))),
        (1, "Onn", Moves(stop=("2n",))),
        (0, "ON", Moves(stop=("1N", "0O"))),
    ],
)
def test_the_next_moves(wanted: int, pods: str, moves: Moves) -> None:
    assert next_moves(wanted, _pods(pods)) == moves


@given(st.integers(0, 6), st.text("NnOo", max_size=8))
def test_it_arrives_and_serves_all_the_way(wanted: int, text: str) -> None:
    pods = _pods(text)
    serving = min(sum(pod.ready for pod in pods), wanted)
    for turn in range(50):
        moves = next_moves(wanted, pods)
        if moves == Moves() and all(pod.ready for pod in pods):
            break
        pods = [pod for pod in pods if pod.name not in moves.stop]
        assert sum(pod.ready for pod in pods) >= serving
        pods = [replace(pod, ready=True) for pod in pods]
        pods += [PodFact(name=f"{turn}/{number}", current=True, ready=False) for number in range(moves.start)]
        assert len(pods) <= max(wanted + 1, len(text))
    assert [pod.current and pod.ready for pod in pods] == [True] * wanted
