"""Through which doors do arrivals come in? LMTP, HTTP, WebSocket; each hands in at the front desk."""
