"""Words that redaction must not take for names too quickly.

They only ever soften the rule for a single word of a name: full names, handles and addresses are
replaced whatever words they are made of.
"""

_ORDINARY = """
ada admin all and any api app april are art august autumn ball banks bear bell belle best big bill
black blue bot branch bridge bright brown build bush but cal call cam can case cash castle cat
chase chip chuck church cliff cloud code cook cross crystal daisy data dawn day days dean deploy
dev dick did don dot drew driver due early east ed engineer faith far field fields for frank free
friday frost gate gates gene general get ginger gold good got grace grant gray green grey had hall
has helm her hill him his hook hooks hope house how iris its jack jade jasmine jenkins josh joy
judge july june justice kafka key keys king kit lake lane large last late law let lex link little
lock long love major man march mark marks mat max may min misty mo monday nat new nick night noble
north not now off old one ops our out own pack page park pascal pat patty peg penny per platform
pool post price prince put rain ran ray red reg release rice rich rivers rob root rose ruby run
sage sandy saturday see server service set sharp she shields short silver skip sly small snow south
spring stack stan stone storm street strong sue summer sunday support swift system team temple test
than the then thursday too tower travis trip try tuesday two use user val via vic wait ward was
watch way web wednesday wells west white who why will winter wise wood woods word work works worth
yes yet you young
"""

ORDINARY_WORDS = frozenset(_ORDINARY.split())
"""Words of names that also begin ordinary sentences, folded: "Will it", "Mark as read"."""

MONTHS = frozenset({"march", "april", "may", "june", "july", "august"})

_BEFORE_MONTHS = (
    "after around before by during each early end every from in last late mid next of since the "
    "this until"
)
BEFORE_MONTHS = frozenset(_BEFORE_MONTHS.split())
"""Words after which a month is a month."""

_ACTS = """
asks began broke brought built came can caught chose closes confirms could did does drew drove felt
finds forgot found gave goes got had has heard held is joins kept knew led made meant merges met
might notices opens put ran read reverts rolls said saw says sent set should shut spoke suggests
suspects takes tells thinks thought told took understood wants was went who will woke won would
writes wrote
"""
ACTS = frozenset(_ACTS.split())
"""What people do in reports of incidents: after these, and words in -ed, a name is a name."""

_PARTICLES = (
    "abu bin bint dal das del della den der des dos ibn las los mac san ten ter the van vande "
    "vanden vander von zum zur"
)
PARTICLES = frozenset(_PARTICLES.split())
"""Words of names that name nobody by themselves."""

SAYINGS = (
    *("grace period", "grace time", "hope for the best", "hope is no", "rose gold"),
    *("mark and sweep", "mark as", "mark is set"),
    *(f"{modal} {verb}" for modal in ("may", "will") for verb in ("be", "have", "not", "only")),
)
"""How phrases begin in which a name is but a word, whatever its first letter, folded."""

_LABELS = """
assigned assignee attendees author by call cc commander deployer facilitator from ic lead oncall
owner pair participants present primary reporter responder responders reviewer scribe secondary to
"""
LABELS = frozenset(_LABELS.split())
"""The last words of labels that tell of people: "Owner: Will", "On call: May"."""

_CALLS = "ask asked by cc hey hi paged ping pinged thank thanks thx told"
CALLS = frozenset(_CALLS.split())
"""Words that are followed by somebody, whatever they are called and however it is written."""

_JOINERS = "after and as because before but so then until when where while"
JOINERS = frozenset(_JOINERS.split())
"""Words after which a sentence goes on with another subject: "then EH merged it"."""

_ABBREVIATIONS = """
aaa ab ac ad ai am api apm asg aws az bc bff bgp bi cd cdc cdn ci cli cm cors cpu cr crm csp csr
css cto cvs cve da db dba dc ddl ddos de dlq dml dns dr ds ec ecs eks eol erp es et etl eu faq fe
fs ga gb gc gcp gdpr gke gmt gpu gui ha hpa ha hr hs http ia iam ic id ide ios io iot ip ir is it
jit js json jvm jwt k kb kms kpi la lb ldap lfs llm lru ltv ma mb mfa ml mq mr ms mtu na nas nat
ndb nfs nic no ny oci ok okr olap ops orm os ot pc pdf pg pii pk pki pm po poc pod pr ps pt pvc qa
qos qps ram raid rbac rc rds re rest rfc rn ro rpc rps rpm rt rto rpo rw sa sc sdk se sg sha sla
slb sli slo sm sms sni sns sp sql sqs sre ssd ssh ssl sso sto sts svc sw tb tbd tcp td tf tls tps
ts tsdb tt ttl tv ui uk uid ups url us usb ux utc uuid va vcs vm vpc vpn vs wal wan wip wo xml xss
"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
"""Initials that are rather abbreviations, folded: only a signature means who has them."""

POINTED = frozenset({"ad", "am", "bc", "dc", "eg", "eu", "ie", "la", "pm", "ps", "uk", "un", "us"})
"""Abbreviations that are written with points."""
