"""`whychain` whose GitHub integration reads nothing until a file says that it is mended.

The file's name stands in `MENDED`. Run it as `python -m … serve`.
"""

import os
from pathlib import Path

from integrations.contract import Delivery, Integration, Malformed
from integrations.github import GitHub
from integrations.observation import Observations
from server import cli, vendors

MENDED = "WHYCHAIN_TEST_MENDED"


class Stumbling(GitHub):
    """GitHub with a fault that a later release mends."""

    def parse(self, delivery: Delivery) -> Observations:
        """Read it, if that is mended."""
        if not Path(os.environ[MENDED]).exists():
            raise Malformed("deployment.sha is missing")
        return GitHub.parse(self, delivery)


if __name__ == "__main__":
    found = vendors.found_integrations

    def with_a_fault() -> dict[str, Integration]:
        integrations = found()
        return {**integrations, "github": Stumbling(integrations["github"].manifest)}

    vendors.found_integrations = with_a_fault
    cli.main()
