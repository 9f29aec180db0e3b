"""The command `whychain` with the toy chat of `tests.chat` installed, and nothing else."""

from server import cli, vendors
from tests.chat import Chat


def installed() -> dict[str, object]:
    return {"slack": Chat()}


if __name__ == "__main__":
    vendors.found_integrations = installed  # type: ignore[assignment]
    cli.main()
