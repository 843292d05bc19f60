"""Web pages: health and metrics, files by signed links, the home page, and the rehearsal page while no platform is connected.

No platform: their webhooks and pages are put onto the app by their own doors.
"""
