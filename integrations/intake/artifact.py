"""What an artifact was built from, as far as its package URL tells.

https://github.com/package-url/purl-spec describes them:
`pkg:type/namespace/name@version?qualifier=…#subpath`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from integrations.contract import Malformed
from integrations.intake import names

_PURL = re.compile(
    r"pkg:/*([a-z0-9.+-]+)/([^@?#]+)(?:@([^?#]*))?(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE
)
_GIT_HOSTS = {"github", "gitlab", "bitbucket"}
"""Types whose packages are repositories."""

_COMMIT = re.compile("(?:sha-|git-)?((?=[0-9]*[a-f])[0-9a-f]{7,64})")
"""With a letter in it, for digits alone are rather a day or a number; tags often say "sha-…"."""

_IMAGE = re.compile("sha256:([0-9a-f]{64})")
_WITH_COMMIT = re.compile("(.+?)(?:@([^/@#]*))?(?:#.*)?")


@dataclass(frozen=True, slots=True)
class _Package:
    """A package URL, taken apart."""

    kind: str
    path: str
    version: str
    qualifiers: Mapping[str, str]

    @property
    def source(self) -> tuple[str, str]:
        """The address of the source and its commit, "" where they are not told."""
        address = _WITH_COMMIT.fullmatch(self.qualifiers.get("vcs_url", ""))
        return (address[1], address[2] or "") if address else ("", "")

    @property
    def repository(self) -> str:
        """The source's, else what the package is called where it lies."""
        host, _, rest = self.path.partition("/")
        if self.source[0]:
            return self.source[0]
        if self.kind == "golang" and "." in host:
            return rest
        _, _, lies_at = self.qualifiers.get("repository_url", "").partition("/")
        return self.path if self.kind in _GIT_HOSTS or not lies_at else lies_at

    @property
    def commit(self) -> str | None:
        """The source's commit; else the version or the tag that is one; else an image's digest."""
        told = (self.source[1], self.version, self.qualifiers.get("tag", ""))
        found = [match[1] for text in told if (match := _COMMIT.fullmatch(text.lower()))]
        image = _IMAGE.fullmatch(self.version.lower())
        return next(iter(found), image[1] if image else None)


def origin_of(purl: str, member: str) -> tuple[str, str]:
    """The repository and the commit of an artifact.

    An image that tells no commit is known by its digest: what ran when, and what was rolled back
    to, can be told by it just as well.

    Raises:
        Malformed: it is no package URL, or tells neither commit nor digest.
    """
    package = _package(purl)
    if package is None:
        raise Malformed(f"{member} must be a package URL, as pkg:github/owner/name@sha")
    commit = package.commit
    if commit is None:
        raise Malformed(f"{member} tells no commit; add ?vcs_url=git+https://…@sha, or customData")
    return names.repository(package.repository, f"{member}: the repository", alone=True), commit


def _package(purl: str) -> _Package | None:
    parts = _PURL.fullmatch(purl)
    if parts is None:
        return None
    kind, path, version, query = parts.groups(default="")
    pairs = (pair.partition("=") for pair in query.split("&"))
    qualifiers = {name.lower(): unquote(value) for name, _, value in pairs}
    return _Package(kind.lower(), unquote(path).strip("/"), unquote(version), qualifiers)
