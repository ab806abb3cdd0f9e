//! Redis commands without their arguments: the command and its keys stay.

/// Which arguments of a command are keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    /// None.
    None,
    /// The first; all else is data.
    First,
    /// All.
    All,
    /// From the given place on every second, beginning with a key: the others are data.
    Pairs(usize),
    /// The first word says what is done.
    Subcommand,
}

/// The keys of a command, in capitals; `None` if it is not known.
fn keys(command: &str) -> Option<Keys> {
    Some(match command {
        "GET" | "DEL" | "UNLINK" | "EXISTS" | "MGET" | "TTL" | "PTTL" | "TYPE" | "INCR" | "DECR" | "TOUCH"
        | "STRLEN" | "GETDEL" | "PERSIST" | "DUMP" | "LLEN" | "SCARD" | "SMEMBERS" | "ZCARD" | "HLEN" | "HGETALL"
        | "HKEYS" | "HVALS" | "SINTER" | "SUNION" | "SDIFF" | "WATCH" | "RENAME" | "RENAMENX" | "PFCOUNT"
        | "PFMERGE" | "SUBSCRIBE" | "UNSUBSCRIBE" | "PSUBSCRIBE" | "PING" | "MULTI" | "UNWATCH" | "DISCARD"
        | "INFO" | "DBSIZE" | "TIME" | "SELECT" | "HGET" | "HMGET" | "HEXISTS" | "HDEL" | "EXPIRE" | "PEXPIRE"
        | "EXPIREAT" | "LRANGE" | "LPOP" | "RPOP" | "SPOP" | "LINDEX" | "ZRANGE" | "ZREVRANGE" | "INCRBY"
        | "DECRBY" | "LTRIM" | "BLPOP" | "BRPOP" | "RPOPLPUSH" | "SCAN" | "KEYS" => Keys::All,
        "SET" | "SETNX" | "GETSET" | "APPEND" | "LPUSHX" | "RPUSHX" | "SISMEMBER" | "SMISMEMBER" | "ZRANK"
        | "ZREVRANK" | "ZSCORE" | "ZMSCORE" | "LREM" | "LSET" | "SETBIT" | "SETEX" | "PSETEX" | "SETRANGE"
        | "ZINCRBY" | "SMOVE" | "RESTORE" | "LINSERT" | "LPUSH" | "RPUSH" | "SREM" | "ZREM" | "SADD" | "GEOHASH"
        | "GEOPOS" | "GEODIST" | "GEOADD" | "GEORADIUS" | "GEORADIUSBYMEMBER" | "GEOSEARCH" | "ZADD" | "BITFIELD"
        | "LPOS" | "PUBLISH" | "PFADD" | "XADD" | "HINCRBY" | "HINCRBYFLOAT" | "INCRBYFLOAT" | "GETEX" => Keys::First,
        "HSET" | "HMSET" | "HSETNX" => Keys::Pairs(1),
        "MSET" | "MSETNX" => Keys::Pairs(0),
        "AUTH" | "HELLO" | "EVAL" | "EVALSHA" | "FCALL" | "ECHO" | "MIGRATE" => Keys::None,
        "CONFIG" | "CLIENT" | "CLUSTER" | "COMMAND" | "DEBUG" | "SCRIPT" | "ACL" | "OBJECT" | "MEMORY" | "XGROUP"
        | "FUNCTION" | "SLOWLOG" | "LATENCY" | "MODULE" => Keys::Subcommand,
        _ => return None,
    })
}

/// Whether `word` is a command, in capitals as programs send it.
pub(super) fn begins(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_uppercase()) && keys(word).is_some()
}

/// The commands of `text`, one a line, with `?` in place of data. Of a command that is not known all arguments are
/// data.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (words, after) = command(rest);
        if let [name, arguments @ ..] = words.as_slice() {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(name);
            push_arguments(name, arguments, &mut out);
        }
        rest = after;
    }
    out
}

fn push_arguments(name: &str, arguments: &[&str], out: &mut String) {
    let keys = keys(&name.to_ascii_uppercase()).unwrap_or(Keys::None);
    let mut masked = false;
    for (at, argument) in arguments.iter().enumerate() {
        let key = match keys {
            Keys::None => false,
            Keys::All => true,
            Keys::First | Keys::Subcommand => at == 0,
            Keys::Pairs(from) => at < from || (at - from).is_multiple_of(2),
        };
        // Data that follows data says nothing more.
        if key || !masked {
            out.push(' ');
            out.push_str(if key { argument } else { "?" });
        }
        masked = !key;
    }
}

/// The words of the first command, and what follows it. Quotes hold spaces and line ends, and `\` holds a quote.
fn command(text: &str) -> (Vec<&str>, &str) {
    let mut words = Vec::new();
    let (mut start, mut quoted, mut escaped) = (None, false, false);
    for (at, letter) in text.char_indices() {
        let edge = !quoted && letter.is_ascii_whitespace();
        if !edge {
            start.get_or_insert(at);
        } else if let Some(from) = start.take() {
            words.push(&text[from..at]);
        }
        if edge && letter == '\n' {
            return (words, text[at..].trim_start());
        }
        quoted ^= letter == '"' && !escaped && !words.is_empty();
        escaped = letter == '\\' && !escaped;
    }
    words.extend(start.map(|from| &text[from..]));
    (words, "")
}
