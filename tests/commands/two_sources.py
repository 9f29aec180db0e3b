"""Sources beside GitHub that tell of deployments."""

from integrations.observation import PersonRef
from server.commands.observe import Source

INTAKE = Source("intake", "Intake")
ARGO = Source("argo", "Argo")

BOB = PersonRef("intake", "bob", name="Bob")
