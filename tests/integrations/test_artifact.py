"""Package URLs as pipelines write them, and what they tell of repository and commit."""

import pytest

from integrations.contract import Malformed
from integrations.intake.artifact import origin_of

SHA = "234fd47e07d1004f0aed9c"
DIGEST = "0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427"


@pytest.mark.parametrize(
    ("purl", "repository", "commit"),
    [
        (f"pkg:github/acme/shop@{SHA}", "acme/shop", SHA),
        (f"pkg:github/acme/shop@{SHA.upper()}#src/app", "acme/shop", SHA),
        (f"PKG:GitLab/acme/web/shop@{SHA}", "acme/web/shop", SHA),
        (f"pkg:bitbucket/acme/shop@{SHA}?repository_url=git.example.com/x", "acme/shop", SHA),
        (f"pkg:golang/mygit.com/myorg/myapp@{SHA}", "myorg/myapp", SHA),
        (f"pkg:generic/shop?vcs_url=git%2Bhttps://git.acme.org/acme/shop.git%40{SHA}",
         "acme/shop", SHA),
        (f"pkg:maven/org.acme/shop@1.2?vcs_url=git+ssh://git@acme.org/acme/shop@{SHA}%23sub",
         "acme/shop", SHA),
        (f"pkg:oci/shop@sha256:{DIGEST}?repository_url=ghcr.io/acme/shop&tag=sha-{SHA}",
         "acme/shop", SHA),
        (f"pkg:oci/shop@sha256%3A{DIGEST}?repository_url=ghcr.io/acme/shop&tag=v1.4",
         "acme/shop", DIGEST),
        (f"pkg:oci/shop@sha256%3A{DIGEST}?tag=20260131", "shop", DIGEST),
        (f"pkg:oci/myapp@sha256%3A{DIGEST}", "myapp", DIGEST),
        (f"pkg:docker/acme/shop@sha256%3A{DIGEST}?repository_url=gcr.io", "acme/shop", DIGEST),
        (f"pkg:oci/shop@sha256%3A{DIGEST}?vcs_url=https://github.com/acme/shop", "acme/shop",
         DIGEST),
    ],
)  # fmt: skip
def test_an_artifact_tells_its_origin(purl: str, repository: str, commit: str) -> None:
    assert origin_of(purl, "artifactId") == (repository, commit)


@pytest.mark.parametrize(
    "purl",
    [
        "",
        "shop",
        DIGEST,
        "pkg:",
        "pkg:oci",
        "pkg:oci/",
        "pkg:oci/@",
        "pkg:oci/shop",
        "pkg:github/acme/shop@v1.4.2",
        "pkg:generic/shop@20260131",
        f"pkg:github/acme/sh%20op@{SHA}",
        f"pkg:github/%00/shop@{SHA}",
        f"pkg:oci/{'x' * 300}@{SHA}",
        f"pkg:oci/shop@{SHA}?vcs_url=@{SHA}",
    ],
)
def test_an_artifact_that_tells_none_is_refused_by_its_member(purl: str) -> None:
    with pytest.raises(Malformed, match="artifactId"):
        origin_of(purl, "artifactId")
