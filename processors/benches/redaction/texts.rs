//! Text of the kinds that telemetry of AI workloads holds, made to any length.

use std::fmt::Write as _;

const CLEAN: &[&str] = &[
    "Summarise the attached complaint in three sentences and propose a friendly answer.",
    "The customer ordered 12 chairs, paid in full, and has been waiting for 5 weeks.",
    "You are a careful assistant: answer in plain English, and never invent a policy.",
    "If the model is not sure, it says so; it does not guess what an understanding of the configuration costs.",
    "Explain the difference between a queue and a stack to somebody who has never written a program.",
    "Requests are measured end to end, so nobody has to wonder whether the gateway or the backend was slow.",
    "Translate the following paragraph into French, and keep the tone of the original (formal, short).",
    "In 2026 the team moved 40 % of its traffic to the new region without anybody noticing.",
    "What are the steps to renew a passport? List them in order, with the documents for each step.",
    "Write a haiku about distributed tracing. Then explain why the second line works.",
];
const ACCENTS: &[&str] = &[
    "Fasse die beigefügte Beschwerde in drei Sätzen zusammen und schlage eine höfliche Lösung vor.",
    "Le client a commandé 12 chaises, a tout payé, et attend depuis déjà cinq semaines.",
    "Explique a alguien que nunca ha programado la diferencia entre una cola y una pila, con ejemplos sencillos.",
    "Můžete prosím přeložit následující odstavec do češtiny a zachovat původní tón?",
    "Jeśli model nie jest pewien, mówi o tym; nie zgaduje, ile kosztuje zrozumienie konfiguracji.",
];
const CJK: &[&str] = &[
    "请用三句话概括所附的投诉，并提出一个友好的答复。",
    "客户订购了12把椅子，已全额付款，并且已经等了五个星期。",
    "次の段落を英語に翻訳し、元の文の調子を保ってください。",
    "모델이 확신하지 못하면 그렇게 말하고, 추측하지 않습니다.",
];
const LOGS: &[&str] = &[
    "2026-11-20T12:34:56.789012Z INFO http.server.request.duration=0.123 status=200",
    "url=https://example.com/v1/chat/completions method=POST user_agent=python-requests/2.31.0",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 sampled=true",
    "module=pipeline::worker::decode level: ok took 12.5ms for 256 records",
    "File \"/usr/lib/python3/dist-packages/requests/sessions.py\", line 587, in request",
    "request 3f2504e0-4f89-11d3-9a0c-0305e82c3301 retried 2 times, 10.0.0.0/8 refused",
];
const BASE64: &[&str] =
    &["iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk/M9QDwADhgGAWjR9awAAAABJRU5ErkJg"];

/// The kinds that have no personal data in them.
pub(crate) const KINDS: [&str; 6] = ["clean", "accents", "cjk", "logs", "json", "base64"];

/// A generator that is the same everywhere.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// About so many bytes of a kind.
pub(crate) fn text(kind: &str, bytes: usize) -> String {
    let (pieces, join) = match kind {
        "accents" => (ACCENTS, " "),
        "cjk" => (CJK, ""),
        "logs" => (LOGS, "\n"),
        "base64" => (BASE64, ""),
        "json" => return messages(bytes),
        _ => (CLEAN, " "),
    };
    let mut chance = Chance(1);
    let mut text = String::with_capacity(bytes + 256);
    while text.len() < bytes {
        text.push_str(pieces[chance.below(pieces.len())]);
        text.push_str(join);
    }
    text
}

/// A conversation as `gen_ai.input.messages` has it.
fn messages(bytes: usize) -> String {
    let mut chance = Chance(2);
    let mut text = String::from("[");
    while text.len() < bytes {
        let (role, content) = (["user", "assistant"][chance.below(2)], CLEAN[chance.below(CLEAN.len())]);
        let call = format!("call_{:08x}", chance.below(1 << 30));
        let join = if text.len() > 1 { "," } else { "" };
        let part = r#"{"type":"text","content":"#;
        let _ = write!(
            text,
            r#"{join}{{"role":"{role}","parts":[{part}"{content}\n"}}],"id":"{call}","index":{}}}"#,
            chance.below(9)
        );
    }
    text + "]"
}

/// Clean text of which one sentence in twenty has something in it.
pub(crate) fn with_hits(bytes: usize) -> String {
    let token = format!("ghp_{}", "a1B2c3D4".repeat(5));
    let hits = [
        "write to ada.lovelace@example.com".to_owned(),
        "call +49 30 901820 after six".to_owned(),
        "paid with 4111 1111 1111 1111".to_owned(),
        "send it to DE89 3704 0044 0532 0130 00".to_owned(),
        "my ssn is 536-90-4399".to_owned(),
        format!("the github token {token}"),
        "open https://bob:hunter22x@example.com/x".to_owned(),
    ];
    let mut chance = Chance(3);
    let mut text = String::with_capacity(bytes + 256);
    while text.len() < bytes {
        text.push_str(CLEAN[chance.below(CLEAN.len())]);
        text.push(' ');
        if chance.below(20) == 0 {
            text.push_str(&hits[chance.below(hits.len())]);
            text.push_str(". ");
        }
    }
    text
}
