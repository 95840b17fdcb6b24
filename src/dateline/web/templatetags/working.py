"""What the working pages print: sentences of the other rooms in the page's language."""

from django import template

from dateline.web.work.reasons import reason
from dateline.web.work.telling import told

register = template.Library()
register.filter("told", told)
register.filter("reason", reason)
