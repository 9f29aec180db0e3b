"""Titles of action items, vague and specific. Rules are tuned on the first of each pair of titles;
the second is held back, so that what they are worth can be measured."""

VAGUE = (
    "Improve our DDL review process",
    "Be more careful with migrations",
    "Better monitoring",
    "Look into the database timeouts",
    "Make deployments safer",
    "Review the on-call documentation",
    "Investigate why the queue grew",
    "Communicate better between teams",
    "Add more tests",
    "Think about a retry strategy",
    "Increase awareness of connection limits",
    "Fix the checkout",
    "Everyone should double-check their feature flags",
    "Discuss rollbacks with the platform team",
    "Improve alerting",
    "Consider a circuit breaker",
    "Train engineers on Kubernetes",
    "Clean up technical debt in billing",
    "Harden the payment service",
    "Add monitoring for the cache",
    "Strengthen change management",
    "Ensure this does not happen again",
    "Update the runbook",
    "Follow up with the vendor",
    "Revisit our timeout settings",
    "Optimise slow queries",
    "Enhance observability of the order pipeline",
    "Pay more attention in code review",
    "Work on the resilience of search",
    "The team needs to test migrations properly",
    "Automate more of the release process",
    "Explore canary deployments",
    "Raise the quality of our reviews",
    "Refactor the login service",
)

SPECIFIC = (
    (
        "Add automated DDL detection to the pre-merge risk check that flags ALTER TABLE … DROP "
        "COLUMN as high-risk"
    ),
    "Alert the payments on-call when the connection pool of orders-db stays above 80 % for 5 min",
    "Refuse a deployment in the release pipeline while the migration it depends on is not applied",
    (
        "Set a 2 s timeout on the calls from checkout to the tax service so that a slow answer "
        "fails fast"
    ),
    "Make the config service reject feature flags without an expiry date",
    "Write the steps to fail over orders-db into its runbook, tried once in staging",
    "Page the search on-call if the indexing lag exceeds 10 minutes",
    "Block merges to billing when the contract tests against the ledger API fail",
    (
        "Run the nightly restore of the user database in CI and fail the build when it takes "
        "longer than 30 minutes"
    ),
    "Cap the retries of the email worker at 5 with exponential backoff",
    "Add a canary stage to the checkout pipeline that rolls back when the error rate exceeds 1 %",
    (
        "Replace the shared Redis of sessions and carts with one cluster each so that an "
        "eviction of carts does not log users out"
    ),
    "Enable deletion protection on all production RDS instances in Terraform",
    "Let the linter in CI fail for SQL queries without a LIMIT in the reporting module",
    "Require a second approval in GitHub for changes under infra/dns",
    "Rotate the TLS certificates of the gateway by cert-manager 30 days before they expire",
    "Move the cron of the invoice run off the primary to the read replica before 1 December",
    "Show the replication lag on the database dashboard and alert above 60 s",
    "Add an integration test to the login service that covers an expired refresh token",
    "Limit the batch size of the import job to 500 rows per transaction",
    "Make the load balancer health check of the API verify its database connection",
    "Drop requests over 1 MB at the ingress with a 413",
    "Return a cached price from the catalogue service when the pricing API answers with a 5xx",
    "Split the deploy script so that migrations run in their own step before the pods restart",
    "Add a dead-letter queue to the order events consumer that keeps messages after 3 failures",
    "Lower the DNS TTL of api.example.com to 60 seconds",
    "Reject manifests without memory limits in the admission controller of the production cluster",
    "Record the deployment id in every log line of the gateway",
    "Send a message to #payments when a Stripe webhook has not arrived for 15 minutes",
    (
        "Test the rollback of the schema in the staging pipeline whenever a pull request "
        "touches migrations/"
    ),
    "Turn off automatic minor upgrades for the Kafka brokers in Terraform",
    "Reserve 20 connections of the primary for administrators in the pgbouncer configuration",
    "Add a check to the pre-commit hook of the infra repository that rejects open security groups",
    "Have the scheduler skip a run while the previous run of the same job is active",
)

OPEN_HALF = (VAGUE[::2], SPECIFIC[::2])
HELD_BACK = (VAGUE[1::2], SPECIFIC[1::2])
