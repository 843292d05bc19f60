"""Web pages: health, metrics, webhooks, and the rehearsal page while no platform is connected."""
