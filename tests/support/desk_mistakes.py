"""Which mistakes do people make in a desk file? Each is planted into the example, with what must be said of it."""

from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "services" / "router" / "examples" / "support.yaml"
TEXT = EXAMPLE.read_text()
# What stands there, what is written instead, and what is said then.
MISTAKES = {
    "call-back to who never rang": (
        "whatsapp: {weight: 15}",
        "whatsapp: {weight: 15, call_back: true}",
        "channels.whatsapp.call_back: got true, expected false: only who rang can be called back",
    ),
    "unknown queue in a target": (
        "- {queue: front, tier: 1}",
        "- {queue: frnt, tier: 1}",
        "default[0].queue: got 'frnt', expected the name of a queue: billing, experts, front",
    ),
    "missing default": (
        "default:\n  - {queue: front, tier: 1}\n",
        "",
        "got no default, expected a value for default",
    ),
    "expression that does not compile": (
        "when: customer.vip && time.open",
        "when: customer.vip &&",
        "rules[3].when: got 'customer.vip &&' (Failed to parse",
    ),
    "expression with a misspelt field": (
        "when: customer.vip && time.open",
        "when: customer.wip && time.open",
        "unknown field customer.wip), expected one of flags, locale, segment, vip",
    ),
    "expression that fails on the sample contact": (
        "when: customer.vip && time.open",
        "when: contact.subject > 3",
        "fails on the sample contact",
    ),
    "entry point that nobody serves": (
        "{name: shop-events, channel: event}",
        "{name: shop-events, channel: telegram}",
        "entry_points[5].channel: got 'telegram', which nobody serves",
    ),
    "target whose skill nobody has": (
        'require: ["refunds:2"]',
        'require: ["refunds:5"]',
        "rules[1].targets[0]: got tier 1, refunds:5 on chat, email, event, form, phone, whatsapp, which nobody serves",
    ),
    "agent in an unknown team": (
        "display_name: Diana Marsh\n    team: front",
        "display_name: Diana Marsh\n    team: frond",
        "agents[3].team: got 'frond', expected the name of a team: experts, front, money",
    ),
    "agent in an unknown tier": (
        "display_name: Irina Stone\n    team: experts\n    tier: 2",
        "display_name: Irina Stone\n    team: experts\n    tier: 7",
        "agents[8].tier: got '7', expected the name of a tier: 1, 2, 3",
    ),
    "agent twice": ("  - id: boris", "  - id: ana", "agents[1].id: got 'ana', expected its own id; agents[0]"),
    "queue twice": (
        "- {name: billing, priority: 60",
        "- {name: front, priority: 60",
        "queues[1].name: got 'front', expected its own name; queues[0] has this one",
    ),
    "key twice": ("calendar: office\nlocale: en", "locale: en\nlocale: en", "YAML that can't be read"),
    "misspelt key": (
        "time_zone: Europe/Sofia\ncalendar",
        "timezone: Europe/Sofia\ncalendar",
        "got the key 'timezone', expected a key that the schema has; did you mean 'time_zone'?",
    ),
    "duration without a unit": (
        "wrap_up: 60s",
        "wrap_up: 60",
        "channels.phone.wrap_up: got 60, expected a duration has a unit: write 60s, 60m, 60h or 60d",
    ),
    "unknown channel": ("  whatsapp: {weight: 15}", "  whatsup: {weight: 15}", "channels.whatsup: got 'whatsup'"),
    "priority out of range": (
        "tier: 3, priority: 95",
        "tier: 3, priority: 950",
        "got 950, expected less than or equal to 100",
    ),
    "level out of range": ("skills: {refunds: 4}", "skills: {refunds: 6}", "agents[6].skills.refunds: got 6"),
    "unknown strategy": ("strategy: longest_idle", "strategy: whoever", "queues[0].strategy: got 'whoever'"),
    "unknown time zone": (
        "time_zone: Europe/Sofia\ncalendar",
        "time_zone: Europe/Sofja\ncalendar",
        "time_zone: got 'Europe/Sofja', expected an IANA time zone such as 'Europe/Sofia'",
    ),
    "hours that nobody can read": ('hours: "Mo-Fr 09:00', 'hours: "Mo-Fri 9', "calendars[0].hours: got 'Mo-Fri 9"),
    "holidays of nowhere": ("holidays: BG}", "holidays: XX}", "calendars[0].holidays: got 'XX', expected countries"),
    "closed on no date": (
        "holidays: BG}",
        'holidays: BG, closed: ["2026-13-40"]}',
        "calendars[0].closed: got '2026-13-40', expected a date such as '2026-12-28'",
    ),
    "condition of an sla policy with a misspelt name": (
        "  - name: standard\n    calendar: office",
        "  - name: standard\n    when: customer.vipp\n    calendar: office",
        "sla[0].when: got 'customer.vipp' (unknown field customer.vipp), expected one of locale, segment, vip",
    ),
    "unknown calendar": (
        "strategy: longest_idle, calendar: office",
        "strategy: longest_idle, calendar: offic",
        "queues[0].calendar: got 'offic', expected the name of a calendar: office",
    ),
    "unknown sla policy": ("calendar: office, sla: standard}", "calendar: office, sla: gold}", "got 'gold'"),
    "publisher of an unknown entry point": (
        "entry_points: [shop-events]}",
        "entry_points: [shop]}",
        "publishers[0].entry_points[0]: got 'shop', expected the name of an entry point",
    ),
    "capacity below one contact": (
        "    display_name: George Hill\n",
        "    display_name: George Hill\n    capacity: 50\n",
        "agents[6].capacity: got 50, too little for one phone, expected at least 100, or fewer channels",
    ),
    "yaml that is broken": ("locales: [en, bg, zh]", "locales: [en, bg, zh", "YAML that can't be read"),
}
