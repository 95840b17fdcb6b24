"""The addresses of the pages."""

from django.urls import include, path, re_path

from dateline.web import (
    acknowledging,
    confirming,
    feeds,
    health,
    hub,
    newsroom,
    pushing,
    release,
    screen,
    sitemaps,
    unsubscribing,
)

_LANG = r"(?P<lang>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)"
_KEY = r"(?P<key>[a-z2-7]{26})"
_KIND = r"\.(?P<kind>rss|atom|json)"
_SECTOR = r"(?P<sector>[a-z]+:[A-Za-z0-9-]+)"

urlpatterns = [
    path("", newsroom.home),
    path("healthz", health.healthz),
    path("metrics", health.metrics),
    path(".well-known/dateline.json", health.well_known),
    path("robots.txt", sitemaps.robots),
    path("sitemap.xml", sitemaps.index),
    path("sitemap-<int:number>.xml", sitemaps.page),
    path("news-sitemap.xml", sitemaps.news),
    path("unsubscribe/<str:token>", unsubscribing.unsubscribe),
    path("confirm/<str:token>", confirming.confirm),
    path("acknowledge/<str:token>", acknowledging.acknowledge),
    path("hub", hub.hub),
    path("push-worker.js", pushing.worker),
    path("push/<str:token>", pushing.tap),
    path("feeds/", feeds.index),
    re_path(rf"^feeds/{_LANG}{_KIND}$", feeds.current),
    re_path(rf"^feeds/{_LANG}/archive/(?P<page>[0-9]{{1,9}}){_KIND}$", feeds.archive),
    re_path(rf"^feeds/{_LANG}/{_SECTOR}{_KIND}$", feeds.current),
    re_path(rf"^feeds/{_LANG}/{_SECTOR}/archive/(?P<page>[0-9]{{1,9}}){_KIND}$", feeds.archive),
    path("", include("dateline.web.work.urls")),
    re_path(rf"^{_LANG}/$", newsroom.newsroom),
    path("screen/ticket", screen.screen_ticket),
    re_path(rf"^{_LANG}/screen$", screen.screen),
    re_path(rf"^{_LANG}/sector/$", newsroom.sector_names),
    re_path(rf"^{_LANG}/sector/{_SECTOR}/$", newsroom.newsroom),
    re_path(rf"^{_LANG}/{_KEY}$", release.release),
    re_path(rf"^{_LANG}/{_KEY}\.(?P<extension>json|xml|html|txt)$", release.release),
]
