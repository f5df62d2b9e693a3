"""Which steps `--tags` and `--skip-tags` leave out.

| the step carries | `--tags` | `--skip-tags` | it is |
|---|---|---|---|
| no tag | any | any | carried out |
| tags, none of them named | named | – | left out |
| tags, one of them named | named | – | carried out |
| tags, one of them named | any | named | left out |

The tags of a branch are carried by everything inside it, those of a playbook (in a sweep) by its health checks.
"""

from collections.abc import Iterable, Mapping

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.model.outcomes import Cause
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.settings import RunSettings
from playbook_engine.plan.walk import playbook_steps


def left_out(tags: tuple[str, ...], settings: RunSettings) -> Cause | None:
    """Return why a step that carries these tags is left out; None when it is not."""
    skipped = [tag for tag in tags if tag in settings.skip_tags]
    if skipped:
        return Cause("tags", f"it carries '{skipped[0]}', which --skip-tags leaves out")
    if settings.tags and tags and not settings.tags & set(tags):
        return Cause("tags", f"it carries {', '.join(tags)}, and --tags asks for {', '.join(sorted(settings.tags))}")
    return None


def covered(outer: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags that something carries inside of something that carries tags."""
    return tuple(dict.fromkeys((*outer, *own)))


def chosen(playbook: Playbook, settings: RunSettings) -> bool:
    """Return whether a sweep asks anything of a playbook: one of its health checks, or it as a whole, is meant."""
    if not settings.tags:
        return True
    carried = {*playbook.tags, *(tag for check in playbook.health for tag in check.tags)}
    return bool(settings.tags & carried)


def known(playbooks: Iterable[Playbook], *, sweep: bool = False) -> frozenset[str]:
    """Return every tag that `--tags` can mean."""
    found: set[str] = set()
    for playbook in playbooks:
        found.update(playbook.tags if sweep else ())
        for step in playbook.health if sweep else playbook_steps(playbook):
            found.update(step.tags)
    return frozenset(found)


def check(settings: RunSettings, have: frozenset[str], problems: Problems) -> None:
    """Report each tag that no step carries."""
    wanted: Mapping[str, frozenset[str]] = {"--tags": settings.tags, "--skip-tags": settings.skip_tags}
    for option, tags in wanted.items():
        for tag in sorted(tags - have):
            listed = f"The tags are: {', '.join(sorted(have))}." if have else "No step carries a tag."
            message = f"{option} {tag}: no step carries the tag '{tag}'"
            problems.error("unknown-tag", message, None, did_you_mean(tag, have) or listed)
