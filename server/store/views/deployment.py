"""How deployments and their pull requests are read."""

from sqlalchemy import Double, Integer, Text, any_, bindparam, func, select

from server.domain.deployment import PRODUCTION
from server.store.tables import attribution_candidate, deployment, pull_request, service, suspect
from server.store.views.sight import moment, texts

is_production = deployment.c.environment.regexp_match(PRODUCTION, flags="i")

PREFERRED = (is_production.desc(), deployment.c.effective_at.desc())
"""Of several deployments of one commit: production's, else the newest."""

DEPLOYMENTS = {
    "services": deployment.c.service_id.in_(
        select(service.c.id).where(service.c.slug == any_(texts("services")))
    ),
    "repositories": deployment.c.repository == any_(texts("repositories")),
    "environments": deployment.c.environment == any_(texts("environments")),
    "status": deployment.c.status == any_(texts("status")),
    "finished_after": deployment.c.finished_at > moment("finished_after"),
    "finished_before": deployment.c.finished_at < moment("finished_before"),
}
"""The conditions of `DeploymentWhere`."""

BY_REPOSITORY = deployment.c.repository == bindparam("repository", type_=Text)
PULL_REQUEST_REPOSITORY = pull_request.c.repository == bindparam("repository", type_=Text)
PULL_REQUEST_NUMBER = pull_request.c.number == bindparam("number", type_=Integer)

BY_SHA = deployment.c.sha == func.lower(bindparam("sha", type_=Text))
BY_ENVIRONMENT = deployment.c.environment == bindparam("environment", type_=Text)

SUSPECTED = suspect.c.probability >= bindparam("min_probability", type_=Double)
LIKELIEST = attribution_candidate.c.rank <= bindparam("first", type_=Integer)
