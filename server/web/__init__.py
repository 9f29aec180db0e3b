"""The doors: GraphQL over HTTP and WebSocket, webhooks, health, and the GraphiQL page."""
