"""The command `whychain` with one more integration installed: the toy of `tests.polled`."""

from server import cli, doctor, vendors
from tests.polled import Toy


def installed() -> dict[str, object]:
    return {"toy": Toy()}


if __name__ == "__main__":
    vendors.found_integrations = doctor.found_integrations = installed  # type: ignore[assignment]
    cli.main()
