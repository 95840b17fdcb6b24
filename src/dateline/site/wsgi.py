"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from dateline.site import home, vocabulary

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dateline.site.settings")
vocabulary.take_up(home.where())
application = get_wsgi_application()
