"""A peer of `npm run bench -- connectors`: a tap of the Singer SDK (Meltano) over the same vendor, messages to standard output.

It fetches, types and writes JSON lines; it maps, hashes and stores nothing. Its last line on standard error is the seconds that took.
usage: python peer-singer.py vendor-url page-size
"""

import sys
import time

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.pagination import BaseOffsetPaginator

vendor, size = sys.argv[1], int(sys.argv[2])


class Paginator(BaseOffsetPaginator):
    def has_more(self, response):
        return len(response.json()["data"]) == size


class People(RESTStream):
    name = "people"
    path = "/people"
    url_base = vendor
    primary_keys = ("id",)
    records_jsonpath = "$.data[*]"
    schema = th.PropertiesList(
        th.Property("id", th.IntegerType),
        *(th.Property(name, th.StringType) for name in ("first_name", "last_name", "email", "mobile", "born", "padding")),
        th.Property("updated_at", th.DateTimeType),
        th.Property(
            "addresses",
            th.ArrayType(th.ObjectType(th.Property("town", th.StringType), th.Property("country", th.StringType))),
        ),
    ).to_dict()

    def get_new_paginator(self):
        return Paginator(start_value=0, page_size=size)

    def get_url_params(self, context, next_page_token):
        return {"limit": size, "offset": next_page_token or 0}


class Bench(Tap):
    name = "tap-bench"
    config_jsonschema = {"type": "object", "properties": {}}

    def discover_streams(self):
        return [People(self)]


began = time.perf_counter()
Bench(config={}).sync_all()
sys.stdout.flush()
print(time.perf_counter() - began, file=sys.stderr)
