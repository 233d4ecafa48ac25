"""Where do messages go that nobody must really get? Stand-ins for a mail server and for the WhatsApp Cloud API."""
