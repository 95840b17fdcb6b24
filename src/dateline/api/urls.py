"""The API's routes, one router a subject."""

from ninja import NinjaAPI

api = NinjaAPI(title="Dateline", version="1")
