//! The `failure` policy by the dialects of instrumentations: what each writes where something went wrong, and what it
//! writes of an ordinary run, which must not count.

use super::*;

/// The part that a trace of this record, beside a span that ended well, was kept for.
fn why_of(signal: Signal, record: Json) -> Option<String> {
    let block = json!({"policies": [{"name": "p", "type": "failure"}], "early_release": false});
    let mut trial = Trial::new(&block);
    let mut effects = trial.spans(0, &[span(1, &json!({}))]);
    effects.extend(trial.fold(signal, 1, &[record]));
    effects.extend(trial.wake(100_000));
    let entry = decided(&effects).0.votes[0].entry;
    entry.map(|entry| trial.parts.legend().policies[0].entries[usize::from(entry)].clone())
}

fn why(span: Json) -> Option<String> {
    why_of(Signal::Traces, span)
}

fn told(why: &str) -> Option<String> {
    Some(why.to_owned())
}

/// A value of OTLP for a piece of plain JSON.
fn value(plain: &Json) -> Json {
    match plain {
        Json::Null => json!({}),
        Json::Bool(value) => json!({"boolValue": value}),
        Json::Number(number) if number.is_i64() => int(number.as_i64().unwrap()),
        Json::Number(number) => json!({"doubleValue": number}),
        Json::String(value) => text(value),
        Json::Array(values) => json!({"arrayValue": {"values": values.iter().map(value).collect::<Vec<_>>()}}),
        Json::Object(_) => json!({"kvlistValue": {"values": pairs(plain)}}),
    }
}

fn pairs(plain: &Json) -> Json {
    plain.as_object().unwrap().iter().map(|(key, held)| json!({"key": key, "value": value(held)})).collect()
}

/// Why a span with these attributes, as plain JSON, counts.
fn of(attributes: &Json) -> Option<String> {
    why(span(1, &json!({"attributes": pairs(attributes)})))
}

/// Why a log record counts.
fn of_log(fields: &Json) -> Option<String> {
    why_of(Signal::Logs, log(1, fields))
}

/// Which attributes count as this part, and which as none.
fn table(part: &str, failed: &[Json], ordinary: &[Json]) {
    for attributes in failed {
        assert_eq!(of(attributes), told(part), "{attributes}");
    }
    for attributes in ordinary {
        assert_eq!(of(attributes), None, "{attributes}");
    }
}

#[test]
fn what_a_span_says_of_itself() {
    assert_eq!(why(span(1, &json!({}))), None);
    assert_eq!(why(span(1, &json!({"status": {"code": 2}}))), told("status_error"));
    assert_eq!(why(span(1, &json!({"events": [{"name": "exception"}]}))), told("exception_event"));
    assert_eq!(why(with(1, &json!({"success": {"boolValue": false}}))), told("success_false"));
    assert_eq!(why(with(1, &json!({"success": text("false")}))), told("success_false"));
    assert_eq!(why(with(1, &json!({"success": text("true")}))), None);
    assert_eq!(why(with(1, &json!({"error": text("overloaded")}))), told("error_attribute"));
    assert_eq!(why(with(1, &json!({"error": {"boolValue": false}}))), None);
    assert_eq!(why(with(1, &json!({"error": text("False")}))), None);
    assert_eq!(why(with(1, &json!({"status": text("Timeout")}))), told("status_attribute"));
    assert_eq!(why(with(1, &json!({"status": text("success")}))), None);
    table(
        "error_attribute",
        &[
            json!({"langfuse.observation.level": "ERROR"}),
            json!({"error": 1}),
            json!({"error": {"message": "overloaded"}}),
        ],
        &[
            json!({"langfuse.observation.level": "WARNING"}),
            json!({"langfuse.observation.level": "DEFAULT"}),
            json!({"error": null}),
            json!({"error": "null"}),
            json!({"error": "None"}),
            json!({"error": ""}),
            json!({"error": 0}),
            json!({"status": "ok", "success": "yes"}),
        ],
    );
}

#[test]
fn an_error_without_a_value_is_none() {
    let block = policy("failure", &json!({}));
    for block in [contrib(&block), block] {
        assert!(!keeps(&block, &[with(1, &json!({"error": {}}))]), "{block}");
    }
}

#[test]
fn finish_reasons() {
    let reasons = |value: Json| with(1, &json!({"gen_ai.response.finish_reasons": value}));
    let array = json!({"arrayValue": {"values": [text("stop"), text("content-filter")]}});
    assert_eq!(why(reasons(array)), told("finish_reason"));
    assert_eq!(why(reasons(text("[\"length\"]"))), told("finish_reason"));
    assert_eq!(why(reasons(text("stop"))), None);
    for reason in ["max_output_tokens", "model_context_window_exceeded", "guardrail_intervened", "PROHIBITED_CONTENT"] {
        assert_eq!(why(reasons(text(reason))), told("finish_reason"), "{reason}");
    }
    assert_eq!(why(with(1, &json!({"gen_ai.completion.0.finish_reason": text("length")}))), told("finish_reason"));
    assert_eq!(why(with(1, &json!({"gen_ai.completion.7.finish_reason": text("stop")}))), None);
    let messages = |reason: &str| json!([{"role": "assistant", "finish_reason": reason}]).to_string();
    let said = |messages: &str| with(1, &json!({"gen_ai.output.messages": text(messages)}));
    assert_eq!(why(said(&messages("length"))), told("finish_reason"));
    assert_eq!(why(said(&messages("stop"))), None);
    assert_eq!(why(said(&messages(r#"stop","content":"\"finish_reason\":\"length\""#))), None, "somebody quotes it");
    let message = json!({"kvlistValue": {"values": [{"key": "finish_reason", "value": text("content_filter")}]}});
    let listed = json!({"gen_ai.output.messages": {"arrayValue": {"values": [message]}}});
    assert_eq!(why(with(1, &listed)), told("finish_reason"));
    let choice =
        |reason: &str| json!({"name": "gen_ai.choice", "attributes": list(&json!({"finish_reason": text(reason)}))});
    assert_eq!(why(span(1, &json!({"events": [choice("stop"), choice("length")]}))), told("finish_reason"));
    assert_eq!(why(span(1, &json!({"events": [choice("stop")]}))), None);
}

#[test]
fn finish_reasons_of_many_dialects() {
    let output = |answer: &str| json!({"openinference.span.kind": "LLM", "output.value": answer});
    table(
        "finish_reason",
        &[
            json!({"gen_ai.response.finish_reasons": ["error"]}),
            json!({"gen_ai.response.finish_reasons": ["stop", "FinishReason.MAX_TOKENS"]}),
            json!({"gen_ai.response.finish_reasons": "FINISH_REASON_MAX_TOKENS"}),
            json!({"gen_ai.response.finish_reasons": "('model_length',)"}),
            json!({"gen_ai.response.finish_reasons": "['length']"}),
            json!({"gen_ai.response.finish_reasons": "[<FinishReason.SAFETY: 'SAFETY'>]"}),
            json!({"gen_ai.response.finish_reasons": "[stop length]"}),
            json!({"gen_ai.output.messages": r#"[{"role":"assistant","finish_reason":"error"}]"#}),
            json!({"ai.response.finishReason": "error"}),
            json!({"llm.response.finish_reason": "length"}),
            json!({"llm.response.stop_reason": "max_tokens"}),
            json!({"gen_ai.completion.9.finish_reason": "length"}),
            json!({"gen_ai.completion.0.finish_reason": "stop", "gen_ai.completion.12.finish_reason": "length"}),
            json!({"llm.completions.0.finish_reason": "stop", "llm.completions.3.finish_reason": "length"}),
            output(r#"{"choices":[{"finish_reason":"length","index":0}]}"#),
            output(r#"{"content":[],"stop_reason": "max_tokens"}"#),
            output(r#" {"stopReason":"guardrail_intervened"}"#),
            output(r#"{"candidates":[{"finishReason":"SAFETY"}]}"#),
        ],
        &[
            json!({"gen_ai.response.finish_reasons": ["stop"]}),
            json!({"gen_ai.response.finish_reasons": "['stop', 'tool_calls']"}),
            json!({"gen_ai.response.finish_reasons": "FinishReason.STOP"}),
            json!({"gen_ai.response.finish_reasons": "FINISH_REASON_"}),
            json!({"gen_ai.response.finish_reasons": "."}),
            json!({"stop_reason": "stopped without error"}),
            json!({"ai.response.finishReason": "tool-calls"}),
            json!({"llm.response.stop_reason": "end_turn"}),
            json!({"gen_ai.completion.0.finish_reason": "stop", "gen_ai.completion.0.content": "length"}),
            json!({"gen_ai.completion.0.finish_reason": "stop", "gen_ai.completion.x.finish_reason": "length"}),
            output(r#"{"choices":[{"finish_reason":"stop","message":{"content":"its length"}}]}"#),
            output(r#"{"choices":[{"message":{"content":"\"finish_reason\":\"length\""}}]}"#),
            output(r#"{"stop_reason":"end_turn","reason":"error","choices":["length"]}"#),
            output(r#"{"finish_reason":null,"stop_reason":["tool_use"]}"#),
            output(r#"in prose: "finish_reason":"length""#),
            json!({"openinference.span.kind": "CHAIN", "output.value": r#"{"finish_reason":"length"}"#}),
        ],
    );
}

#[test]
fn refusals() {
    let said = |messages: Json| json!({"gen_ai.output.messages": messages.to_string()});
    let parts = |kind: &str| json!([{"role": "assistant", "parts": [{"type": kind, "content": "I cannot"}]}]);
    let output = |refusal: Json| {
        let answer = json!({"choices": [{"finish_reason": "stop", "message": {"refusal": refusal}}]});
        json!({"openinference.span.kind": "LLM", "output.value": answer.to_string()})
    };
    let numbered =
        |refusal: &str| json!({"gen_ai.completion.0.finish_reason": "stop", "gen_ai.completion.0.refusal": refusal});
    table(
        "finish_reason",
        &[
            numbered("I cannot"),
            json!({"gen_ai.completion.0.refusal": "I cannot"}),
            json!({"gen_ai.completion.0.finish_reason": "stop", "gen_ai.completion.1.refusal": "I cannot"}),
            said(parts("refusal")),
            said(json!([{"role": "assistant", "refusal": "I cannot"}])),
            json!({"gen_ai.output.messages": parts("refusal")}),
            json!({"gen_ai.output.messages": [{"role": "assistant", "refusal": "I cannot"}]}),
            output(json!("I cannot")),
            json!({"gen_ai.output.messages": r#"[{"parts": [{"content": "no", "type" : "refusal"}]}]"#}),
        ],
        &[
            numbered(""),
            numbered("None"),
            said(parts("text")),
            said(json!([{"role": "assistant", "refusal": null}])),
            said(json!([{"parts": [{"type": "text", "content": "refusal"}]}])),
            said(json!([{"parts": [{"type": "text", "content": "{\"type\":\"refusal\", \"refusal\": \"no\"}"}]}])),
            json!({"gen_ai.output.messages": parts("text")}),
            json!({"gen_ai.output.messages": [{"role": "assistant", "refusal": null, "parts": "refusal"}]}),
            output(Json::Null),
            output(json!("")),
        ],
    );
    let block = policy("failure", &json!({"finish_reasons": ["length"]}));
    assert!(
        !keeps(&block, &[with(1, &json!({"gen_ai.completion.0.refusal": text("no")}))]),
        "it is a reason like others"
    );
}

#[test]
fn events_about_answers() {
    let event = |name: &str, attributes: Json| {
        why(span(1, &json!({"events": [{"name": "x"}, {"name": name, "attributes": pairs(&attributes)}]})))
    };
    let (choice, details) = ("gen_ai.choice", "gen_ai.client.inference.operation.details");
    let failed = told("finish_reason");
    for name in [choice, details] {
        assert_eq!(event(name, json!({"gen_ai.response.finish_reasons": ["length"]})), failed);
        assert_eq!(event(name, json!({"gen_ai.response.finish_reasons": ["stop"]})), None);
        assert_eq!(event(name, json!({"gen_ai.output.messages": [{"finish_reason": "error"}]})), failed);
        assert_eq!(event(name, json!({"gen_ai.input.messages": [{"finish_reason": "error"}]})), None);
    }
    assert_eq!(event(choice, json!({"gen_ai.event.content": r#"{"finish_reason":"length"}"#})), failed);
    assert_eq!(event(choice, json!({"gen_ai.event.content": r#"{"finish_reason":"tool_calls"}"#})), None);
    assert_eq!(event("gen_ai.user.message", json!({"finish_reason": "length"})), None);
}

#[test]
fn events_in_logs() {
    let failed = told("finish_reason");
    let choice = |body: Json| of_log(&json!({"eventName": "gen_ai.choice", "body": value(&body)}));
    assert_eq!(choice(json!({"finish_reason": "length"})), failed);
    assert_eq!(choice(json!({"finish_reason": "stop", "message": {"refusal": "I cannot"}})), failed);
    assert_eq!(choice(json!(r#"{"finish_reason":"length"}"#)), failed);
    assert_eq!(choice(json!({"finish_reason": "stop", "message": {"refusal": null, "content": "length"}})), None);
    assert_eq!(choice(json!(null)), None);
    let named = json!({"event.name": "gen_ai.choice"});
    assert_eq!(
        of_log(&json!({"attributes": pairs(&named), "body": value(&json!({"finish_reason": "length"}))})),
        failed
    );
    assert_eq!(of_log(&json!({"body": value(&json!({"finish_reason": "length"}))})), None);
    let details = json!({"gen_ai.response.finish_reasons": ["length"]});
    let name = "gen_ai.client.inference.operation.details";
    assert_eq!(of_log(&json!({"eventName": name, "attributes": pairs(&details)})), failed);

    let attributes = pairs(&json!({"finish_reason": "length"}));
    assert_eq!(of_log(&json!({"eventName": "gen_ai.choice", "attributes": attributes})), failed);

    let exception = |severity: i32| {
        let attributes = pairs(&json!({"exception.type": "ValueError"}));
        of_log(&json!({"eventName": "exception", "severityNumber": severity, "attributes": attributes}))
    };
    assert_eq!(exception(0), told("exception_event"));
    assert_eq!(exception(13), told("exception_event"));
    assert_eq!(exception(9), None, "it did no harm");
    assert_eq!(of_log(&json!({"attributes": pairs(&json!({"event.name": "exception"}))})), told("exception_event"));
    assert_eq!(
        of_log(&json!({"eventName": "session.start", "attributes": pairs(&json!({"exception": "none"}))})),
        None
    );
}

#[test]
fn calls_of_tools() {
    assert_eq!(why(with(1, &json!({"error.type": text("timeout")}))), told("error_attribute"));
    let late = json!({"gen_ai.operation.name": text("execute_tool"), "error.type": text("timeout")});
    assert_eq!(why(with(1, &late)), told("tool_call"));
    let tool = json!({"gen_ai.operation.name": text("execute_tool"), "is_error": {"boolValue": true}});
    assert_eq!(why(with(1, &tool)), told("tool_call"));
    assert_eq!(why(with(1, &json!({"tool_name": text("bash"), "success": text("false")}))), told("tool_call"));
    assert_eq!(why(with(1, &json!({"tool_name": text("bash")}))), None);
    let answered = |key: &str, result: &str| with(1, &json!({"tool_name": text("bash"), key: text(result)}));
    let key = "gen_ai.tool.call.result";
    assert_eq!(why(answered(key, r#"{"content": [], "isError" : true}"#)), told("tool_call"));
    assert_eq!(why(answered("output.value", r#"[{"type":"tool_result","is_error":true}]"#)), told("tool_call"));
    assert_eq!(why(answered(key, r#"{"isError":false}"#)), None);
    assert_eq!(why(answered(key, r#"{"text":"\"isError\":true"}"#)), None, "somebody quotes it");
    assert_eq!(why(with(1, &json!({key: text(r#"{"isError":true}"#)}))), None, "no tool");
}

#[test]
fn calls_of_tools_of_many_dialects() {
    let strands = |status: &str| json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.status": status});
    let chain = |output: &str| json!({"openinference.span.kind": "TOOL", "output.value": output});
    let vercel = |result: &str| json!({"ai.operationId": "ai.toolCall", "ai.toolCall.result": result});
    table(
        "tool_call",
        &[
            strands("error"),
            json!({"gen_ai.tool.name": "search", "tool.status": "error"}),
            chain(r#"{"content":"Error: no route","status":"error","tool_call_id":"1"}"#),
            chain(r#"{"content": "Error", "status" : "error"}"#),
            chain(r#"{"outputs":{"kwargs":{"status":"error","tool_call_id":"1"}}}"#),
            chain("content='Error: no route' name='search' tool_call_id='1' status='error'"),
            chain("[ToolMessage(content='Error: no route', status='error')]"),
            chain(r#"{"output":"content='Error' tool_call_id='1' status='error'","kwargs":{"name":"search"}}"#),
            chain("meta=None content=[TextContent(text='no route')] isError=True"),
            vercel(r#"{"isError":true}"#),
            json!({"ai.toolCall.name": "search", "ai.toolCall.result": r#"{"isError": true}"#}),
            json!({"langfuse.observation.type": "TOOL", "langfuse.observation.level": "ERROR"}),
            json!({"langfuse.observation.type": "tool", "langfuse.observation.output": r#"{"is_error":true}"#}),
            json!({"mcp.method.name": "tools/call", "error.type": "tool_error"}),
            json!({"gen_ai.tool.name": "search", "gen_ai.tool.call.result": {"isError": true}}),
            json!({"gen_ai.tool.name": "search", "gen_ai.tool.call.result": [{"type": "tool_result", "is_error": true}]}),
        ],
        &[
            strands("success"),
            chain(r#"{"content":"Error: is a word in it","status":"success","tool_call_id":"1","error":null}"#),
            chain(r#"{"content":"{\"status\":\"error\"}","status":"success"}"#),
            chain(r#"{"orders":[{"id":7,"status":"error"}]}"#),
            chain(r#"[{"id":7,"status":"error"}]"#),
            chain("content=\"its status='error' is old\" tool_call_id='1'"),
            chain("content='an error' tool_call_id='1' status='success'"),
            chain("the last line says error"),
            chain("thisError=True"),
            chain(r#"{"error":null,"is_error":false,"log":"error"}"#),
            vercel(r#"{"isError":false,"text":"an error"}"#),
            json!({"mcp.method.name": "tools/list"}),
            json!({"output.value": r#"{"status":"error","tool_call_id":"1"}"#}),
            json!({"openinference.span.kind": "CHAIN", "output.value": r#"{"isError":true}"#}),
            json!({"gen_ai.tool.status": "error"}),
            json!({"gen_ai.tool.name": "search", "gen_ai.tool.call.result": {"isError": false, "status": "success"}}),
        ],
    );
}

#[test]
fn calls_of_tools_are_counted() {
    let block = policy("sum", &json!({"count": "tool_calls", "over": 0}));
    let counts = |key: &str, value: &str| keeps(&block, &[with(1, &json!({key: text(value)}))]);
    for (key, value) in [
        ("gen_ai.operation.name", "execute_tool"),
        ("ai.operationId", "ai.toolCall"),
        ("ai.toolCall.name", "search"),
        ("langsmith.span.kind", "tool"),
        ("langfuse.observation.type", "tool"),
        ("tool.name", "search"),
        ("mcp.method.name", "tools/call"),
    ] {
        assert!(counts(key, value), "{key}: {value}");
    }
    for (key, value) in [
        ("gen_ai.operation.name", "chat"),
        ("ai.operationId", "ai.generateText"),
        ("langsmith.span.kind", "llm"),
        ("langfuse.observation.type", "generation"),
        ("tool.name", ""),
        ("mcp.method.name", "tools/list"),
    ] {
        assert!(!counts(key, value), "{key}: {value}");
    }
}
