"""Proves that compare.py sees what it is there to see: python3 -m unittest discover tests/clients

Why this file exists: a comparison that finds nothing looks the same whether the records are equal or the comparison
is blind. Every field it must watch is changed here once, and every spelling it must forgive is tried once.
"""

import contextlib
import copy
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import compare  # noqa: E402 (its folder is not a package)

TRACE, SPAN = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"
SPANS = {
    "resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
        "schemaUrl": "https://example.com/resource",
        "scopeSpans": [{
            "scope": {"name": "lib", "version": "1", "attributes": [{"key": "team", "value": {"stringValue": "a"}}]},
            "schemaUrl": "https://example.com/scope",
            "spans": [{
                "traceId": TRACE, "spanId": SPAN, "parentSpanId": "00f067aa0ba902b7", "traceState": "a=b",
                "name": "chat", "kind": 3, "flags": 257,
                "startTimeUnixNano": "1700000000000000001", "endTimeUnixNano": "1700000000000000002",
                "attributes": [
                    {"key": "tokens", "value": {"intValue": "9007199254740993"}},
                    {"key": "cost", "value": {"doubleValue": 0.1}},
                    {"key": "empty", "value": {"stringValue": ""}},
                    {"key": "raw", "value": {"bytesValue": "+/8="}},
                    {"key": "nested", "value": {"kvlistValue": {"values": [
                        {"key": "list", "value": {"arrayValue": {"values": [{"boolValue": False}, {}]}}}]}}},
                ],
                "droppedAttributesCount": 1,
                "events": [{"timeUnixNano": "3", "name": "e", "attributes": [{"key": "k", "value": {"intValue": 0}}]}],
                "links": [{"traceId": TRACE, "spanId": SPAN, "traceState": "l=1", "flags": 256}],
                "status": {"code": 2, "message": "boom"},
            }],
        }],
    }]
}
LOGS = {
    "resourceLogs": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
        "scopeLogs": [{
            "scope": {"name": "lib"},
            "logRecords": [
                {"timeUnixNano": "5", "observedTimeUnixNano": "6", "severityNumber": 9, "severityText": "INFO",
                 "body": {"stringValue": "hello"}, "traceId": TRACE, "spanId": SPAN, "eventName": "ev"},
                {"timeUnixNano": "5", "body": {"stringValue": "world"}, "traceId": TRACE, "spanId": SPAN},
            ],
        }],
    }]
}


def span(request):
    return request["resourceSpans"][0]["scopeSpans"][0]["spans"][0]


def records(request):
    return request["resourceLogs"][0]["scopeLogs"][0]["logRecords"]


class Case(unittest.TestCase):
    def run_on(self, left, right, *options):
        """The exit code and the printed differences for two lists of lines (requests, or raw text)."""
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name, lines in (("left", left), ("right", right)):
                path = pathlib.Path(folder, name)
                text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
                path.write_text("".join(line + "\n" for line in text), encoding="utf-8")
                paths.append(str(path))
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = compare.main([*options, *paths])
            return code, out.getvalue().splitlines()

    def same(self, left, right):
        self.assertEqual(self.run_on(left, right), (0, []))

    def changed(self, request, edit, *expected):
        """One edit must give exit 1 and exactly one line, which holds every expected text."""
        edited = copy.deepcopy(request)
        edit(edited)
        for pair in (([request], [edited]), ([edited], [request])):
            code, lines = self.run_on(*pair)
            self.assertEqual((code, len(lines)), (1, 1), lines)
            for text in expected:
                self.assertIn(text, lines[0])


class Differences(Case):
    def test_every_field_of_a_span(self):
        for field, value in {
            "parentSpanId": "00f067aa0ba902b8", "traceState": "a=c", "kind": 1, "flags": 256,
            "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000000000003",
            "droppedAttributesCount": 0, "droppedEventsCount": 1, "droppedLinksCount": 1, "unheardOf": "x",
        }.items():
            with self.subTest(field):
                self.changed(SPANS, lambda request: span(request).update({field: value}), f": span.{field}: ")

    def test_what_a_record_inherits(self):
        def resource(request):
            request["resourceSpans"][0]["resource"]["attributes"][0]["value"] = {"stringValue": "other"}

        def scope(request):
            request["resourceSpans"][0]["scopeSpans"][0]["scope"].update(version="2")

        def scope_attribute(request):
            request["resourceSpans"][0]["scopeSpans"][0]["scope"].pop("attributes")

        def schema(request):
            request["resourceSpans"][0].pop("schemaUrl")

        def scope_schema(request):
            request["resourceSpans"][0]["scopeSpans"][0]["schemaUrl"] = "https://example.com/other"

        self.changed(SPANS, resource, 'resource.attributes["service.name"].stringValue', '"shop"', '"other"')
        self.changed(SPANS, scope, "scope.version")
        self.changed(SPANS, scope_attribute, "scope.attributes", "absent")
        self.changed(SPANS, schema, "resource schemaUrl", "absent")
        self.changed(SPANS, scope_schema, "scope schemaUrl")

    def test_attributes(self):
        def value(at, new):
            return lambda request: span(request)["attributes"][at].update(value=new)

        self.changed(SPANS, value(0, {"intValue": "9007199254740992"}), 'attributes.tokens.intValue', "740993")
        self.changed(SPANS, value(1, {"doubleValue": 0.10000000000000002}), "attributes.cost.doubleValue")
        self.changed(SPANS, value(2, {}), "attributes.empty.stringValue", "absent")
        self.changed(SPANS, value(3, {"bytesValue": "+/4="}), "attributes.raw.bytesValue", "fbff", "fbfe")
        self.changed(SPANS, lambda request: span(request)["attributes"].pop(), "attributes.nested", "absent")
        self.changed(SPANS, lambda request: span(request)["attributes"].reverse(), "attributes order")
        again = {"key": "tokens", "value": {"intValue": 7}}
        self.changed(SPANS, lambda request: span(request)["attributes"].append(again), 'attributes["tokens#2"]')

    def test_types_are_not_mixed_up(self):
        def deep(request):
            return span(request)["attributes"][4]["value"]["kvlistValue"]["values"][0]["value"]["arrayValue"]["values"]

        code, lines = self.run_on([SPANS], [self.edited(SPANS, lambda r: deep(r)[0].update(boolValue=0))])
        self.assertEqual((code, len(lines)), (1, 1))
        self.changed(SPANS, lambda request: deep(request)[0].update(boolValue=True), "arrayValue[0].boolValue")
        self.changed(SPANS, lambda request: deep(request).pop(), "arrayValue")

    def edited(self, request, edit):
        request = copy.deepcopy(request)
        edit(request)
        return request

    def test_events_links_and_status(self):
        self.changed(SPANS, lambda request: span(request)["events"][0].update(name="f"), "events[0].name")
        self.changed(SPANS, lambda request: span(request)["events"][0].update(attributes=[]), "events[0].attributes")
        self.changed(SPANS, lambda request: span(request)["events"].append({"name": "g"}), "events")
        self.changed(SPANS, lambda request: span(request)["links"][0].pop("traceState"), "links[0].traceState")
        self.changed(SPANS, lambda request: span(request)["status"].update(message=""), "status.message")

    def test_records_missing_doubled_and_changed(self):
        self.changed(LOGS, lambda request: records(request).pop(), "world", "present", "absent")
        self.changed(LOGS, lambda request: records(request).append(records(request)[0]), "hello", "present", "absent")
        self.changed(LOGS, lambda request: records(request)[1].update(body={"stringValue": "w"}), "body.stringValue")
        self.changed(LOGS, lambda request: records(request)[0].update(eventName="x"), "eventName")
        self.changed(LOGS, lambda request: records(request)[0].update(observedTimeUnixNano="7"), "observedTimeUnixNano")
        code, lines = self.run_on([SPANS], [self.edited(SPANS, lambda r: span(r).update(spanId="eee19b7ec3c1b175"))])
        self.assertEqual((code, len(lines)), (1, 2), "another id is another span")

    def test_nothing_is_not_equal_to_nothing(self):
        self.assertEqual(self.run_on([], [])[0], 1)
        self.assertEqual(self.run_on([SPANS], [])[0], 1)

    def test_what_is_no_otlp_json_is_refused(self):
        for line in ("{", "[]", '{"spans":[]}', self.with_field("kind", "SPAN_KIND_CLIENT"),
                     self.with_field("traceId", "W47/95gDgQPSabYzgT/GDA=="), self.with_field("flags", 1.5)):
            with self.subTest(line):
                self.assertEqual(self.run_on([SPANS], [line])[0], 2)

    def with_field(self, name, value):
        return self.edited(SPANS, lambda request: span(request).update({name: value}))


class Spellings(Case):
    def test_the_same_numbers_ids_and_bytes(self):
        other = copy.deepcopy(SPANS)
        span(other).update(traceId=TRACE.upper(), startTimeUnixNano=1700000000000000001, kind=3.0)
        span(other)["attributes"][0]["value"] = {"intValue": 9007199254740993}
        span(other)["attributes"][3]["value"] = {"bytesValue": "-_8"}
        span(other)["events"][0]["timeUnixNano"] = 3
        self.same([SPANS], [other])

    def test_defaults_may_be_written_out(self):
        other = copy.deepcopy(LOGS)
        records(other)[1].update(severityNumber=0, severityText="", attributes=[], droppedAttributesCount=0, flags=None)
        other["resourceLogs"][0]["schemaUrl"] = ""
        other["resourceLogs"][0]["resource"]["schemaUrl"] = "what the JavaScript SDK writes where it does not belong"
        self.same([LOGS], [other])

    def test_batching_and_the_order_of_records(self):
        other = copy.deepcopy(LOGS)
        second = copy.deepcopy(LOGS)
        del records(other)[0], records(second)[1]
        self.same([LOGS, SPANS], [SPANS, other, "", second])

    def test_schema_urls_may_be_ignored(self):
        other = copy.deepcopy(SPANS)
        del other["resourceSpans"][0]["schemaUrl"], other["resourceSpans"][0]["scopeSpans"][0]["schemaUrl"]
        self.assertEqual(self.run_on([SPANS], [other], "--ignore-schema-urls"), (0, []))
        span(other).update(name="other")
        self.assertEqual(self.run_on([SPANS], [other], "--ignore-schema-urls")[0], 1)

    def test_the_order_of_attributes_may_be_ignored(self):
        other = copy.deepcopy(SPANS)
        span(other)["attributes"].reverse()
        self.assertNotEqual(other, SPANS)
        self.assertEqual(self.run_on([SPANS], [other])[0], 1)
        self.assertEqual(self.run_on([SPANS], [other], "--ignore-order"), (0, []))
        span(other)["attributes"].pop()
        self.assertEqual(self.run_on([SPANS], [other], "--ignore-order")[0], 1)

    def test_a_jaeger_answer_is_opened(self):
        self.same([SPANS], [{"result": SPANS}])


if __name__ == "__main__":
    unittest.main()
