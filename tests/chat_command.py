"""The command `whychain` with the toy chat of `tests.chat` installed, and nothing else."""

from server import app, cli
from tests.chat import Chat


def installed() -> dict[str, object]:
    return {"slack": Chat()}


if __name__ == "__main__":
    app.found_integrations = installed  # type: ignore[assignment]
    cli.main()
