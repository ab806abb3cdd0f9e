//! Values as the Collector writes them as text, byte for byte: for the patterns that look at any type.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pipeline::batch::ValueRef;

/// The text of a value: a map or an array as JSON.
pub fn as_text(value: &ValueRef<'_>) -> String {
    match value {
        ValueRef::Empty => String::new(),
        ValueRef::String(text) => text.as_str().to_owned(),
        ValueRef::Bool(flag) => flag.to_string(),
        ValueRef::Int(number) => number.to_string(),
        ValueRef::Double(number) => double(*number),
        ValueRef::Bytes(bytes) => STANDARD.encode(bytes),
        // JSON knows no infinities: what holds one is nothing there.
        ValueRef::Array(_) | ValueRef::KvList(_) => {
            let mut out = String::new();
            json(value, &mut out).map_or_else(String::new, |()| out)
        }
    }
}

/// As ECMAScript does: an exponent from 1e21 on, and below 1e-6.
fn double(number: f64) -> String {
    let size = number.abs();
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if size >= 1e21 {
        return format!("{number:e}").replace('e', "e+");
    }
    if size != 0.0 && size < 1e-6 { format!("{number:e}") } else { number.to_string() }
}

/// Appends a value in JSON, the keys of maps sorted, of several the last; `None` if JSON has no such value.
fn json(value: &ValueRef<'_>, out: &mut String) -> Option<()> {
    match value {
        ValueRef::Empty => out.push_str("null"),
        ValueRef::Double(number) if !number.is_finite() => return None,
        ValueRef::String(_) | ValueRef::Bytes(_) => quoted(&as_text(value), out),
        ValueRef::Bool(_) | ValueRef::Int(_) | ValueRef::Double(_) => out.push_str(&as_text(value)),
        ValueRef::Array(values) => {
            out.push('[');
            for (at, value) in values.values().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                json(&value, out)?;
            }
            out.push(']');
        }
        ValueRef::KvList(entries) => {
            let sorted: std::collections::BTreeMap<_, _> = entries.entries().collect();
            out.push('{');
            for (at, (key, value)) in sorted.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                quoted(key.as_str(), out);
                out.push(':');
                json(value, out)?;
            }
            out.push('}');
        }
    }
    Some(())
}

/// A string of JSON, with the escapes that Go's encoder writes.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\x08' => out.push_str("\\b"),
            '\x0C' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1F' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", letter as u32)),
            letter => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests;
