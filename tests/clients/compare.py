#!/usr/bin/env python3
"""Compares two files of OTLP JSON lines record by record and prints every difference.

Why this file exists: "what came out is what went in" has to be checked against the files of other programs (an SDK's
serializer, the Collector's file exporter, Jaeger's API), which batch, order and spell the same records differently.

    compare.py [--ignore-schema-urls] [--ignore-order] LEFT RIGHT
                                 exit 0: the same records; 1: they differ (every difference on stdout) or LEFT holds
                                 no record at all; 2: a file cannot be read as OTLP JSON lines

Every line is an ExportTraceServiceRequest or ExportLogsServiceRequest; `{"result": {...}}` (Jaeger's answer) is opened.
A record is a span or log record together with its resource, its scope and both schema URLs, so batching makes no
difference. The rest is compared as OTLP means it: a number is a number whether written 1 or "1" or 1.0, a default is
the same as an absent field (but an empty string value is not an absent value), ids are hex in either case, bytes are
base64 in either alphabet. The order of attributes, events and links counts; the order of records does not. A record
delivered twice is one too many. `--ignore-schema-urls` is for Jaeger, whose memory storage does not keep them;
`--ignore-order`, of attributes, for the Collector, which moves the last one into the place of one that it removes.
Standard library only.
"""

import argparse
import base64
import binascii
import json
import sys
from collections import Counter, defaultdict

SIGNALS = {"resourceSpans": ("scopeSpans", "spans", "span"), "resourceLogs": ("scopeLogs", "logRecords", "log record")}
HEX = {"traceId", "spanId", "parentSpanId"}
WHOLE = {
    "startTimeUnixNano", "endTimeUnixNano", "timeUnixNano", "observedTimeUnixNano", "intValue", "kind", "code",
    "flags", "severityNumber", "droppedAttributesCount", "droppedEventsCount", "droppedLinksCount",
}
# The members of AnyValue's oneof: present and default is not the same as absent.
VALUES = {"stringValue", "boolValue", "intValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue"}


class Malformed(Exception):
    """The input is not what OTLP JSON allows; the message says where."""


def whole(value, path):
    """A 32 or 64-bit integer or an enum: OTLP JSON allows a number or a decimal string, never a name."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Malformed(f"{path}: not an integer: {value!r}")
    if isinstance(value, float):
        if not value.is_integer():
            raise Malformed(f"{path}: not an integer: {value!r}")
        return int(value)
    try:
        return int(value)
    except ValueError:
        raise Malformed(f"{path}: not an integer: {value!r}") from None


def double(value, path):
    """A double as its shortest exact spelling, so that NaN equals NaN and -0.0 differs from 0.0."""
    try:
        return f"double {float(value)!r}"
    except (TypeError, ValueError):
        raise Malformed(f"{path}: not a double: {value!r}") from None


def octets(value, path):
    """Bytes as hex, from base64 with or without padding, in the standard or the URL alphabet."""
    try:
        text = value.replace("-", "+").replace("_", "/").rstrip("=")
        return "bytes " + base64.b64decode(text + "=" * (-len(text) % 4), validate=True).hex()
    except (AttributeError, binascii.Error):
        raise Malformed(f"{path}: not base64: {value!r}") from None


def identifier(value, path):
    """A trace or span id: hex in either case, never base64."""
    try:
        return bytes.fromhex(value).hex()
    except (TypeError, ValueError):
        raise Malformed(f"{path}: not a hex id: {value!r}") from None


def keyed(pairs, path):
    """Attributes by key, with the order of the keys beside them: a missing one then reads as that, not as a shift."""
    found, order = {}, []
    for at, pair in enumerate(pairs):
        if not isinstance(pair, dict) or not isinstance(pair.get("key", ""), str):
            raise Malformed(f"{path}[{at}]: not a key and a value: {pair!r}")
        key = pair.get("key", "")
        name, again = key, 1
        while name in found:
            again += 1
            name = f"{key}#{again}"
        order.append(name)
        found[name] = normal(pair.get("value") or {}, f"{path}[{key!r}]")
    return {"by key": found, "order": order} if found else {}


def scalar(name, value, path):
    if name in WHOLE:
        return whole(value, path)
    if name == "doubleValue":
        return double(value, path)
    if name == "bytesValue":
        return octets(value, path)
    if name in HEX:
        return identifier(value, path)
    return value


def normal(node, path):
    """One JSON value in canonical form; defaults inside an object are left out, but for the members of AnyValue."""
    if isinstance(node, list):
        return [normal(item, f"{path}[{at}]") for at, item in enumerate(node)]
    if not isinstance(node, dict):
        return node
    out = {}
    for name, value in node.items():
        here = f"{path}.{name}" if path else name
        if value is None:
            continue
        if name == "attributes":
            value = keyed(value, here)
        elif name == "kvlistValue":
            value = keyed(value.get("values") or [], here)
        elif name == "arrayValue":
            value = normal(value.get("values") or [], here)
        elif isinstance(value, (dict, list)):
            value = normal(value, here)
        else:
            value = scalar(name, value, here)
        if name in VALUES or value not in ("", 0, False, [], {}):
            out[name] = value
    return out


def records_of(request, where):
    """Every record of one request, each with what it inherits from its resource and its scope."""
    for signal, (scopes, records, kind) in SIGNALS.items():
        for group in request.get(signal) or []:
            resource = dict(group.get("resource") or {})
            # The JavaScript SDK's serializer writes the schema URL here as well; OTLP's Resource has no such field.
            resource.pop("schemaUrl", None)
            for scope in group.get(scopes) or []:
                for record in scope.get(records) or []:
                    whole_record = {
                        "resource": resource,
                        "resource schemaUrl": group.get("schemaUrl"),
                        "scope": scope.get("scope") or {},
                        "scope schemaUrl": scope.get("schemaUrl"),
                        kind: record,
                    }
                    try:
                        yield kind, normal(whole_record, "")
                    except Malformed as fault:
                        raise Malformed(f"{where}: {fault}") from None


def read(path):
    found = {kind: [] for _, _, kind in SIGNALS.values()}
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"{path}:{number}"
            try:
                request = json.loads(line)
            except json.JSONDecodeError as fault:
                raise Malformed(f"{where}: not JSON: {fault}") from None
            if isinstance(request, dict) and "result" in request:
                request = request["result"]
            if not isinstance(request, dict) or set(request) - set(SIGNALS):
                raise Malformed(f"{where}: neither spans nor log records")
            for kind, record in records_of(request, where):
                found[kind].append(record)
    return found


def canonical(record):
    return json.dumps(record, sort_keys=True, ensure_ascii=False)


def identity(kind, record):
    """What makes two records the same one: the fields no hop has any business changing."""
    inner = record.get(kind, {})
    ids = (inner.get("traceId", ""), inner.get("spanId", ""))
    return (*ids, inner.get("name", "")) if kind == "span" else (inner.get("timeUnixNano", 0), *ids)


def rank(kind, record):
    """The order in which records of one identity are paired: by name and body first, then by all the rest."""
    inner = record.get(kind, {})
    return inner.get("eventName", ""), canonical(inner.get("body", {})), canonical(record)


def label(kind, key, record):
    body = record.get(kind, {}).get("body", {})
    return f"{kind} {' '.join(str(part) for part in key if part)}" + (f" {canonical(body)[:60]}" if body else "")


def differences(left, right, path):
    """Every place where two canonical values differ, as (path, left, right)."""
    if isinstance(left, dict) and isinstance(right, dict):
        if set(left) == set(right) == {"by key", "order"}:
            yield from differences(left["by key"], right["by key"], path)
            same_keys = set(left["order"]) == set(right["order"])
            if same_keys and left["order"] != right["order"]:
                yield f"{path} order", left["order"], right["order"]
            return
        for name in sorted(set(left) | set(right)):
            step = f"{path}.{name}" if name.isidentifier() else f"{path}[{json.dumps(name, ensure_ascii=False)}]"
            yield from differences(left.get(name), right.get(name), step)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for at, pair in enumerate(zip(left, right)):
            yield from differences(*pair, f"{path}[{at}]")
    elif left != right or type(left) is not type(right):
        yield path, left, right


def shown(value):
    return "absent" if value is None else json.dumps(value, ensure_ascii=False)


def unequal(ours, theirs):
    """Both lists without what stands in both, so that one changed record among many is shown as that one."""
    spare = Counter(canonical(record) for record in theirs)
    kept = []
    for record in ours:
        text = canonical(record)
        if spare[text]:
            spare[text] -= 1
        else:
            kept.append(record)
    return kept, [record for record in theirs if take(spare, canonical(record))]


def take(spare, text):
    spare[text] -= 1
    return spare[text] >= 0


def compare(kind, left, right):
    """The differences between two lists of records of one kind, as lines."""
    sides = (defaultdict(list), defaultdict(list))
    for side, records in zip(sides, (left, right)):
        for record in records:
            side[identity(kind, record)].append(record)
    for key in sorted(set(sides[0]) | set(sides[1])):
        ours, theirs = unequal(*(sorted(side[key], key=lambda record: rank(kind, record)) for side in sides))
        for a, b in zip(ours, theirs):
            for path, was, is_now in differences(a, b, ""):
                yield f"{label(kind, key, a)}: {path.lstrip('.')}: {shown(was)} != {shown(is_now)}"
        for record in ours[len(theirs):]:
            yield f"{label(kind, key, record)}: present != absent"
        for record in theirs[len(ours):]:
            yield f"{label(kind, key, record)}: absent != present"


def unordered(node):
    """The same record without the order of its attributes."""
    if isinstance(node, list):
        return [unordered(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {name: unordered(value) for name, value in node.items() if name != "order" or "by key" not in node}


def main(argv=None):
    parser = argparse.ArgumentParser(description="Compare two files of OTLP JSON lines record by record.")
    parser.add_argument("--ignore-schema-urls", action="store_true", help="for a backend that does not keep them")
    parser.add_argument("--ignore-order", action="store_true", help="of attributes and of the entries of maps")
    parser.add_argument("left")
    parser.add_argument("right")
    args = parser.parse_args(argv)
    try:
        left, right = read(args.left), read(args.right)
    except (Malformed, OSError, UnicodeDecodeError) as fault:
        print(f"compare.py: {fault}", file=sys.stderr)
        return 2
    if args.ignore_schema_urls:
        for record in (record for side in (left, right) for records in side.values() for record in records):
            record.pop("resource schemaUrl", None)
            record.pop("scope schemaUrl", None)
    if args.ignore_order:
        left, right = ({kind: unordered(records) for kind, records in side.items()} for side in (left, right))
    lines = [line for kind in left for line in compare(kind, left[kind], right[kind])]
    for line in lines:
        print(line)
    counts = ", ".join(f"{kind}s {len(left[kind])} and {len(right[kind])}" for kind in left)
    print(f"compare.py: {counts}; differences: {len(lines)}", file=sys.stderr)
    if not any(left.values()):
        print(f"compare.py: {args.left} holds no record, so nothing was compared", file=sys.stderr)
        return 1
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
