"""Words that redaction must not take for names too quickly.

They only ever soften the rule for a single word of a name: full names, handles and addresses are
replaced whatever words they are made of.
"""

_ORDINARY = """
ada admin all and any api app april are art august autumn ball banks bell best big bill black blue
bot branch bridge bright brown build bush but call can case cash castle chase church cloud code
cook cross crystal data dawn day days deploy dev did driver due early east engineer faith far field
fields for free friday frost gate gates general get gold good got grace grant gray green grey had
hall has helm her hill him his hook hooks hope house how iris its jade jasmine jenkins joy judge
july june justice kafka key keys king lake lane large last late law let link little lock long love
major man march mark marks max may min monday new night noble north not now off old one ops our out
own pack page park pascal pat per platform pool post price prince put rain ran red release rice
rich rivers rob root rose ruby run sage saturday see server service set sharp she shields short
silver skip small snow south spring stack stone storm street strong summer sunday support swift
system team temple test than the then thursday too tower travis trip try tuesday two use user via
wait ward was watch way web wednesday wells west white who why will winter wise wood woods word
work works worth yes yet you young
"""

ORDINARY_WORDS = frozenset(_ORDINARY.split())
"""Words of names that also begin ordinary sentences, folded: "Will it", "Mark as read"."""

MONTHS = frozenset({"march", "april", "may", "june", "july", "august"})

_BEFORE_MONTHS = (
    "after around before by during early end from in last late mid next of since this until"
)
BEFORE_MONTHS = frozenset(_BEFORE_MONTHS.split())
"""Words after which a month is a month."""

_ACTS = (
    "and asks began broke came can could did does drew felt forgot found gave goes got had has is "
    "knew made meant met might put ran read rolls said saw says sent set should shut thinks "
    "thought told took was went wants who will won would wrote"
)
ACTS = frozenset(_ACTS.split())
"""What people do in reports of incidents: after these, and words in -ed, a name is a name."""

_PARTICLES = (
    "abu bin bint dal das del della den der des dos ibn las los mac san ten ter the van vande "
    "vanden vander von zum zur"
)
PARTICLES = frozenset(_PARTICLES.split())
"""Words of names that name nobody by themselves."""
