"""How why-chains are read."""

from sqlalchemy import ARRAY, Text, func

from server.store.tables import why
from server.store.views.sight import told

why_next_questions = func.string_to_array(
    told(why.c.next_questions), "\n", type_=ARRAY(Text)
).label("next_questions")
