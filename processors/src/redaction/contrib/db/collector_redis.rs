//! Redis commands, exactly as the Collector's sanitizer leaves them (datadog-agent's obfuscator): of the commands that
//! it knows the arguments that it knows for data become `?`, of all others none.

/// The commands of `text` without their data.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    let mut first = true;
    loop {
        let (name, arguments, after) = command(rest);
        if !name.is_empty() {
            if !std::mem::take(&mut first) {
                out.push('\n');
            }
            push(name, arguments, &mut out);
        }
        match after {
            Some(after) => rest = after,
            None => return out,
        }
    }
}

/// The first command with its arguments, and what follows its line.
fn command(text: &str) -> (&str, Vec<&str>, Option<&str>) {
    let text = if text.starts_with(' ') { text.trim_start_matches([' ', '\t', '\r']) } else { text };
    let end = text.find([' ', '\n']).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut arguments = Vec::new();
    loop {
        // White space between two of a line.
        if rest.starts_with(' ') {
            rest = rest.trim_start_matches([' ', '\t', '\r']);
        }
        if let Some(after) = rest.strip_prefix('\n') {
            return (name, arguments, Some(after));
        }
        if rest.is_empty() {
            return (name, arguments, None);
        }
        let (argument, after) = rest.split_at(argument(rest));
        arguments.push(argument);
        rest = after;
    }
}

/// The length of the argument at the start. Quotes hold spaces and line ends, and `\` holds a quote.
fn argument(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\\' if !escaped => {
                escaped = true;
                continue;
            }
            b'"' if !escaped => quoted = !quoted,
            b' ' | b'\n' if !quoted => return at,
            _ => {}
        }
        escaped = false;
    }
    text.len()
}

fn push(name: &str, mut arguments: Vec<&str>, out: &mut String) {
    out.push_str(name);
    if arguments.is_empty() {
        return;
    }
    match name.to_uppercase().as_str() {
        "AUTH" => arguments = vec!["?"],
        "APPEND" | "GETSET" | "LPUSHX" | "GEORADIUSBYMEMBER" | "RPUSHX" | "SET" | "SETNX" | "SISMEMBER" | "ZRANK"
        | "ZREVRANK" | "ZSCORE" => mask(&mut arguments, 1),
        "HSETNX" | "LREM" | "LSET" | "SETBIT" | "SETEX" | "PSETEX" | "SETRANGE" | "ZINCRBY" | "SMOVE" | "RESTORE" => {
            mask(&mut arguments, 2);
        }
        "LINSERT" => mask(&mut arguments, 3),
        "GEOHASH" | "GEOPOS" | "GEODIST" | "LPUSH" | "RPUSH" | "SREM" | "ZREM" | "SADD" => {
            arguments.truncate(2);
            mask(&mut arguments, 1);
        }
        "GEOADD" => mask_each(&mut arguments, 1, 3),
        "HSET" | "HMSET" => mask_each(&mut arguments, 1, 2),
        "MSET" | "MSETNX" => mask_each(&mut arguments, 0, 2),
        "CONFIG" if arguments[0].to_uppercase() == "SET" => mask(&mut arguments, 2),
        "BITFIELD" => {
            // `SET type offset value`, of the last such before a value is found.
            let mut set = 0;
            for (at, argument) in arguments.iter_mut().enumerate() {
                if argument.to_uppercase() == "SET" {
                    set = at;
                }
                if set > 0 && at - set == 3 {
                    *argument = "?";
                    break;
                }
            }
        }
        "ZADD" => {
            let option = |argument: &&str| matches!(*argument, "NX" | "XX" | "CH" | "INCR");
            let first = arguments.iter().skip(1).position(|argument| !option(argument)).map(|at| at + 1);
            let first = first.unwrap_or(arguments.len() - 1);
            mask_each(&mut arguments, first, 2);
        }
        _ => {}
    }
    out.push(' ');
    out.push_str(&arguments.join(" "));
}

fn mask(arguments: &mut [&str], at: usize) {
    if let Some(argument) = arguments.get_mut(at) {
        *argument = "?";
    }
}

/// From `start` on the last of each `step`.
fn mask_each(arguments: &mut [&str], start: usize, step: usize) {
    arguments.iter_mut().skip(start + step - 1).step_by(step).for_each(|argument| *argument = "?");
}
