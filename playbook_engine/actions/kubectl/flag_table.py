"""Every flag that a line can have, what its value may be, and why some are refused."""

from collections.abc import Iterable, Mapping

from playbook_engine.actions.kubectl import checks, refused
from playbook_engine.actions.kubectl.checks import Check
from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A flag by its long name; `check` is None for a switch, which is given alone, or with `=true` or `=false`.

    `option` is its name in the request. `is_on` says that a switch is on unless it is given as `=false`. `refusal`
    says why a known flag is not taken. `shown` is the value as the reference has it.
    """

    name: str
    letter: str = ""
    check: Check | None = None
    option: str = ""
    is_on: bool = False
    refusal: str | None = None
    shown: str = ""

    @property
    def key(self) -> str:
        return self.option or self.name


def _refused(name: str, about: refused.Refused) -> Flag:
    return Flag(name=name, letter=about.letter, check=str if about.takes else None, refusal=about.reason)


FLAGS: Mapping[str, Flag] = {
    "namespace": Flag(name="namespace", letter="n", check=checks.namespace, shown="NAME"),
    "selector": Flag(name="selector", letter="l", check=checks.selector, shown="LABELS"),
    "pod-selector": Flag(name="pod-selector", check=checks.selector, shown="LABELS"),
    "field-selector": Flag(name="field-selector", check=checks.field_selector, shown="FIELDS"),
    "output": Flag(name="output", letter="o", check=checks.output, shown="json|yaml|name|wide|jsonpath={.path}"),
    "all-namespaces": Flag(name="all-namespaces", letter="A"),
    "ignore-not-found": Flag(name="ignore-not-found"),
    "no-headers": Flag(name="no-headers"),
    "show-labels": Flag(name="show-labels"),
    "sort-by": Flag(name="sort-by", check=checks.json_path, shown="{.path}"),
    "sort-by-use": Flag(name="sort-by", check=checks.measure, shown="cpu|memory"),
    "tail": Flag(name="tail", check=checks.lines, shown="LINES"),
    "since": Flag(name="since", check=checks.whole_seconds, shown="DURATION"),
    "since-time": Flag(name="since-time", check=checks.moment, shown="TIME"),
    "limit-bytes": Flag(name="limit-bytes", check=checks.positive, shown="BYTES"),
    "timestamps": Flag(name="timestamps"),
    "previous": Flag(name="previous", letter="p"),
    "all-containers": Flag(name="all-containers"),
    "container": Flag(name="container", letter="c", check=checks.container, shown="NAME"),
    "containers": Flag(name="containers", check=checks.container, option="container", shown="NAME"),
    "each-container": Flag(name="containers"),
    "for": Flag(name="for", check=checks.kind_and_name, shown="KIND/NAME"),
    "types": Flag(name="types", check=checks.event_types, shown="Normal,Warning"),
    "subresource": Flag(name="subresource", check=checks.subresource, shown="NAME"),
    "timeout": Flag(name="timeout", check=checks.duration, shown="DURATION"),
    "revision": Flag(name="revision", check=checks.count, shown="N"),
    "to-revision": Flag(name="to-revision", check=checks.count, shown="N"),
    "replicas": Flag(name="replicas", check=checks.count, shown="N"),
    "current-replicas": Flag(name="current-replicas", check=checks.count, shown="N"),
    "dry-run": Flag(name="dry-run", check=checks.dry_run, shown="server"),
    "overwrite": Flag(name="overwrite"),
    "patch": Flag(name="patch", letter="p", check=str, shown="JSON"),
    "type": Flag(name="type", check=checks.patch_type, shown="strategic|merge|json"),
    "filename": Flag(name="filename", letter="f", check=checks.file_name, shown="FILE"),
    "server-side": Flag(name="server-side", is_on=True, shown="always on"),
    "force-conflicts": Flag(name="force-conflicts"),
    "field-manager": Flag(name="field-manager", check=checks.manager, shown="NAME"),
    "from": Flag(name="from", check=checks.cron_job, shown="cronjob/NAME"),
    "grace-period": Flag(name="grace-period", check=checks.grace, shown="SECONDS"),
    "cascade": Flag(name="cascade", check=checks.cascade, shown="background|foreground|orphan"),
    "now": Flag(name="now"),
    "force": Flag(name="force"),
    "wait": Flag(name="wait", is_on=True, shown="on unless =false"),
    "ignore-daemonsets": Flag(name="ignore-daemonsets"),
    "delete-emptydir-data": Flag(name="delete-emptydir-data"),
    "all": Flag(name="all"),
    "prefix": Flag(name="prefix"),
    "resource-version": Flag(name="resource-version", check=checks.version, shown="VERSION"),
    **{name: _refused(name, about) for name, about in refused.FLAGS.items()},
}


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of a line; where two verbs give one name or letter different meanings, the verb's own come first."""

    own: tuple[Flag, ...]

    @classmethod
    def of(cls, keys: Iterable[str]) -> "Flags":
        return cls(tuple(FLAGS[key] for key in keys))

    def named(self, name: str) -> Flag | None:
        return next((flag for flag in (*self.own, *FLAGS.values()) if flag.name == name), None)

    def lettered(self, letter: str) -> Flag | None:
        """Return what a letter means; one that is refused anyway comes before one that belongs to another verb."""
        refused = (flag for flag in FLAGS.values() if flag.refusal is not None)
        known = (*self.own, *refused, *FLAGS.values())
        return next((flag for flag in known if letter and flag.letter == letter), None)
