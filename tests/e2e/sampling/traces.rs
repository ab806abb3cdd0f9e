//! What both sides are sent: thousands of traces from a seed, in waves, each trace scattered over requests and
//! resources, with every type of attribute, odd times, ids and trace states; and what comes late.

use serde_json::{Value as Json, json};

/// How many waves there are, and traces in each.
const WAVES: usize = 40;
const TRACES: usize = 50;
/// Spans in a request, more or less.
const SPANS: usize = 50;
/// When it all happens, milliseconds.
const EPOCH: u64 = 1_790_000_000_000;
/// A trace id that stands for none.
const NO_ID: &str = "00000000000000000000000000000000";

/// Everything to be sent.
pub(super) struct Traffic {
    /// Requests that belong together: all that comes of a trace in time is in one wave.
    pub(super) waves: Vec<Vec<Json>>,
    /// What comes of them when they are decided.
    pub(super) late: Vec<Json>,
    /// What waits when the process stops.
    pub(super) pending: Vec<Json>,
}

impl Traffic {
    /// All requests, each with its wave.
    pub(super) fn requests(&self) -> impl Iterator<Item = (usize, &Json)> {
        self.waves
            .iter()
            .chain([&self.late, &self.pending])
            .enumerate()
            .flat_map(|(wave, all)| all.iter().map(move |one| (wave, one)))
    }
}

/// The same numbers in each run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 32
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// An id of a trace.
    pub(super) fn trace_id(&mut self) -> String {
        (0..4).map(|_| format!("{:08x}", self.next())).collect()
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// Makes spans, with ids that no other span has.
struct Maker {
    dice: Dice,
    spans: u64,
    /// Ids of traces before.
    known: Vec<String>,
}

/// All of it.
pub(super) fn all() -> Traffic {
    let mut maker = Maker { dice: Dice(20_260_101), spans: 0, known: Vec::new() };
    let waves = (0..WAVES).map(|_| maker.wave(TRACES)).collect();
    let late = maker.late();
    let pending = maker.pending();
    Traffic { waves, late, pending }
}

impl Maker {
    fn wave(&mut self, traces: usize) -> Vec<Json> {
        let mut spans = Vec::new();
        for _ in 0..traces {
            let id = self.id();
            spans.extend(self.trace(&id));
            self.known.push(id);
        }
        self.requests(spans)
    }

    fn late(&mut self) -> Vec<Json> {
        let mut spans = Vec::new();
        for at in 0..self.known.len() {
            let id = self.known[at].clone();
            if self.dice.one_in(6) {
                let more = 1 + self.dice.below(2);
                spans.extend((0..more).map(|_| self.span(&id, "")).collect::<Vec<_>>());
            }
        }
        self.requests(spans)
    }

    /// New traces, of which some have the last 8 bytes of a known one.
    fn pending(&mut self) -> Vec<Json> {
        let mut spans = Vec::new();
        for at in (0..self.known.len()).step_by(40) {
            let id = format!("{}{}", &self.dice.trace_id()[..16], &self.known[at][16..]);
            spans.extend(self.trace(&id));
        }
        for _ in 0..TRACES {
            let id = self.id();
            spans.extend(self.trace(&id));
        }
        self.requests(spans)
    }

    fn id(&mut self) -> String {
        match self.dice.below(100) {
            // In one wave only: it is one trace, however many it stands for.
            0..10 if self.known.len() < TRACES => NO_ID.to_owned(),
            1 => format!("{:032x}", self.spans + 1),
            2 => format!("{}{}", &NO_ID[..16], &self.dice.trace_id()[..16]),
            _ => self.dice.trace_id(),
        }
    }

    /// The spans of a trace: with one root or two or none, and some of them twice.
    fn trace(&mut self, id: &str) -> Vec<Json> {
        let spans = match self.dice.below(100) {
            0 => 60 + self.dice.below(30),
            1..20 => 1,
            20..80 => 2 + self.dice.below(4),
            _ => 4 + self.dice.below(8),
        };
        let roots = self.dice.pick(&[1, 1, 1, 1, 1, 1, 0, 0, 2]);
        let mut all = Vec::new();
        for at in 0..spans {
            let parent = if at < roots { String::new() } else { format!("{:016x}", self.spans.max(1)) };
            let span = self.span(id, &parent);
            if self.dice.one_in(50) {
                all.push(span.clone());
            }
            all.push(span);
        }
        all
    }

    fn span(&mut self, id: &str, parent: &str) -> Json {
        self.spans += 1;
        let (start, end) = self.times();
        let status = match self.dice.below(25) {
            0 => json!({"code": 2, "message": "failed"}),
            1..4 => json!({"code": 1}),
            _ => json!({}),
        };
        let name = self.dice.pick(&["GET /cart", "POST /order", "chat gpt", "execute_tool search", ""]);
        let mut span = json!({"traceId": id, "spanId": format!("{:016x}", self.spans), "name": name,
            "kind": self.dice.below(6), "startTimeUnixNano": start.to_string(), "endTimeUnixNano": end.to_string(),
            "status": status, "attributes": self.attributes(9)});
        if !parent.is_empty() {
            span["parentSpanId"] = parent.into();
        }
        if self.dice.one_in(12) {
            span["traceState"] = self.dice.pick(STATES).into();
        }
        if self.dice.one_in(8) {
            span["flags"] = self.dice.pick(&[1, 256, 257, 0x300, 2, 3]).into();
        }
        if self.dice.one_in(10) {
            let names = ["exception", "retry", ""];
            let event = |maker: &mut Self| {
                json!({"name": maker.dice.pick(&names), "timeUnixNano": start.to_string(),
                    "attributes": maker.attributes(4)})
            };
            span["events"] = (0..1 + self.dice.below(3)).map(|_| event(self)).collect();
        }
        span
    }

    /// Start and end, nanoseconds: around thresholds, and some that cannot be.
    fn times(&mut self) -> (u64, u64) {
        let start = (EPOCH + self.dice.below(4) as u64) * 1_000_000 + self.dice.pick(&[0, 0, 1, 999_999]);
        let long = self.dice.pick(&[0, 1, 20, 50, 96, 99, 100, 101, 102, 150, 199, 200, 201, 300, 498, 500, 502]);
        let long = if self.dice.one_in(12) { long * 10 } else { long };
        let end = start + long * 1_000_000 + self.dice.pick(&[0, 0, 0, 1, 999_999]);
        match self.dice.below(300) {
            0..4 => (0, end),
            4..8 => (start, 0),
            8..11 => (0, 0),
            11..18 => (start, start - long * 1_000_000),
            18..20 => (start, start + 400 * 365 * 86_400_000_000_000),
            20 => (start, u64::MAX),
            21 => (u64::MAX - 5, u64::MAX),
            22 => (1, end),
            _ => (start, end),
        }
    }

    /// Each of the keys that blocks ask for with a chance of one in `rare`.
    fn attributes(&mut self, rare: usize) -> Json {
        let mut all = Vec::new();
        for key in ["tenant", "http.route", "retries", "amount", "flag", "mixed", "gen_ai.system"] {
            let value = self.value(key);
            // Twice, of which the first counts; to us one without a value is none.
            let twice = self.dice.one_in(20) && value != json!({});
            if self.dice.one_in(rare) {
                all.push(json!({"key": key, "value": value}));
                let second = self.value(key);
                all.extend(twice.then(|| json!({"key": key, "value": second})));
            }
        }
        if self.dice.one_in(300) {
            all.push(json!({"key": "payload", "value": {"stringValue": "x".repeat(20_000)}}));
        }
        all.into()
    }

    fn value(&mut self, key: &str) -> Json {
        let integers: &[i64] = &[-5, -1, 0, 1, 2, 3, 5, 10, 99, 100, 101, 500, i64::MIN, i64::MAX];
        match key {
            "tenant" => {
                json!({"stringValue": self.dice.pick(&["a", "b", "test", "prod-eu", "Prod", "prod", "", "ärger"])})
            }
            "http.route" => json!({"stringValue": self.dice.pick(
                &["/health", "/healthz", "/api/health", "/cart/7", "/cart", "/order?x=1", "line\n/health", "/ADMIN"])}),
            "retries" => json!({"intValue": self.dice.pick(integers).to_string()}),
            "flag" => json!({"boolValue": self.dice.one_in(2)}),
            "gen_ai.system" => json!({"stringValue": self.dice.pick(&["openai", "anthropic"])}),
            _ => match self.dice.below(9) {
                0 => json!({"stringValue": self.dice.pick(&["a", "7", "true", ""])}),
                1 | 2 => json!({"intValue": self.dice.pick(integers).to_string()}),
                3 => json!({"doubleValue": self.dice.pick(&[0.0, 1.5, 7.0, -1.0, 99.5, 500.0])}),
                4 => json!({"boolValue": self.dice.one_in(2)}),
                5 => json!({"bytesValue": self.dice.pick(&["AQL/", "YQ==", ""])}),
                6 => json!({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "7"}]}}),
                7 => json!({"kvlistValue": {"values": [{"key": "tenant", "value": {"stringValue": "a"}}]}}),
                _ => json!({}),
            },
        }
    }

    /// Scatters spans over requests, resources and scopes.
    fn requests(&mut self, mut spans: Vec<Json>) -> Vec<Json> {
        self.dice.shuffle(&mut spans);
        let mut requests = Vec::new();
        for part in spans.chunks(SPANS) {
            let mut resources = Vec::new();
            let mut rest = part;
            while !rest.is_empty() {
                let (these, others) = rest.split_at((1 + self.dice.below(24)).min(rest.len()));
                rest = others;
                let attributes = self.attributes(300);
                let (first, second) = these.split_at(self.dice.below(these.len() + 1));
                let scopes = [first, second].map(|spans| json!({"scope": {"name": "s"}, "spans": spans}));
                resources.push(json!({"resource": {"attributes": attributes}, "scopeSpans": scopes}));
            }
            requests.push(json!({"resourceSpans": resources}));
        }
        requests
    }
}

/// Trace states: of vendors, of consistent sampling, and some that cannot be read.
const STATES: &[&str] = &[
    "vendor=a",
    "vendor=b",
    "other=a,vendor=a",
    "vendor=a,vendor=b",
    " vendor=a , other=1",
    "vendor = a",
    "vendor=",
    "VENDOR=a",
    "vendor=a=b",
    "vendor=a;b",
    ",vendor=a",
    "vendor=a,,other=1",
    "tenant@vendor=a",
    "1vendor=a",
    "vendor",
    "vendor=ä",
    "ot=th:8",
    "ot=rv:ffffffffffffff",
    "ot=rv:00000000000001;th:0,vendor=a",
    "ot=th:zz",
];
