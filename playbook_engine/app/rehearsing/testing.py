"""All scenarios of a command, and what they cover."""

from collections.abc import Iterable, Iterator, Sequence

from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing.files import Meant
from playbook_engine.app.rehearsing.playing import Played
from playbook_engine.app.rehearsing.reading import Cast, Library
from playbook_engine.app.rehearsing.scene import Scene, Scenes
from playbook_engine.app.rehearsing.side_by_side import play_all
from playbook_engine.diagnostics import Problems
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.rehearsed import Covered, EdgeKey, Finding, Report
from playbook_engine.rehearsal import leftovers
from playbook_engine.rehearsal.edges import edges


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be tested, and how much must be covered."""

    meant: Meant
    only: str | None = None
    """A part of the names of scenarios."""
    coverage: bool = False
    fail_under: float | None = None


def test(wanted: Wanted, config: Config) -> Report:
    """Play all scenarios that are meant.

    Raises:
        InvalidInput: a rehearsal, or what it is for, has problems; all of them are listed.
        UsageError: there is nothing to play.
    """
    library, problems = Library.of(config), Problems()
    casts = _casts(wanted.meant, library, problems)
    scenes = [found for cast in casts for found in _scenes(cast, wanted.only, library, problems)]
    playbooks = [library.shelf.read(path, problems) for path in wanted.meant.playbooks if wanted.coverage]
    if problems.has_errors:
        raise InvalidInput(problems.sorted())
    if not scenes and not wanted.coverage:
        raise _nothing(wanted, casts)
    played = play_all(scenes)
    return Report(
        scenarios=tuple(each.rehearsed for each in played),
        leftovers=() if wanted.only else tuple(_leftovers(casts, scenes, played)),
        coverage=_coverage(casts, playbooks, played, library) if wanted.coverage else None,
        fail_under=wanted.fail_under,
    )


def _casts(meant: Meant, library: Library, problems: Problems) -> list[Cast]:
    """Return the rehearsals that are meant, those beside other playbooks left out."""
    beside = (path for path in meant.beside if library.is_for(path, meant.playbooks))
    paths = sorted({*meant.rehearsals, *beside})
    return [cast for path in paths if (cast := library.cast(path, problems)) is not None]


def _scenes(cast: Cast, only: str | None, library: Library, problems: Problems) -> Iterator[Scene]:
    scenes = Scenes(cast, library)
    for scenario in cast.rehearsal.scenarios:
        if only is None or only.casefold() in scenario.name.casefold():
            bound = scenes.scene(scenario, problems)
            if bound is not None:
                yield bound


def _nothing(wanted: Wanted, casts: Sequence[Cast]) -> UsageError:
    if casts and wanted.only:
        names = [scenario.name for cast in casts for scenario in cast.rehearsal.scenarios]
        return UsageError(
            f"--filter {wanted.only}: no scenario has this in its name", f"There are: {'; '.join(names)}."
        )
    typed = ", ".join(wanted.meant.typed)
    return UsageError(f"there is no rehearsal for {typed}", "Write one as rehearsals/NAME.yml beside the playbook.")


def _leftovers(casts: Sequence[Cast], scenes: Sequence[Scene], played: Sequence[Played]) -> Iterator[Finding]:
    """Yield each answer that the scenarios of a file share and none of them used."""
    for cast in casts:
        used: set[int] = set()
        for each, one in zip(scenes, played, strict=True):
            used |= one.used if each.cast is cast else frozenset()
        yield from leftovers.unused(cast.rehearsal.answers, used)


def _coverage(
    casts: Sequence[Cast], playbooks: Iterable[Playbook | None], played: Sequence[Played], library: Library
) -> tuple[Covered, ...]:
    taken = frozenset[EdgeKey]().union(*(one.edges for one in played))
    rehearsed = {cast.playbook.source.name for cast in casts}
    mains = [*(cast.playbook for cast in casts), *(each for each in playbooks if each is not None)]
    members = {each.source.name: each for main in mains for each in library.family(main)}
    return tuple(
        Covered(
            name=playbook.name,
            source=playbook.source,
            edges=edges(playbook),
            taken=taken,
            rehearsed=name in rehearsed,
        )
        for name, playbook in sorted(members.items())
    )
