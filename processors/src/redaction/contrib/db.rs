//! Literals out of database statements, by the kind of database: which statement is whose, and in which attributes.
//!
//! What is masked is at least what the Collector's sanitizer (datadog-agent's obfuscator) masks: numbers, strings,
//! digits in names; arguments of commands; all values of JSON. Comments, unclosed quotes and what cannot be read,
//! which it lets through, are masked too.

mod collector_redis;
mod collector_sql;
mod json;
mod redis;
mod sql;

use std::collections::HashSet;

use super::config::{Compat, DbQueries, DbSanitizer};

/// How statements of a kind are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Sql,
    Redis,
    Memcached,
    Json,
}

/// A kind of database that is on.
#[derive(Clone, Debug)]
struct Database {
    language: Language,
    attributes: HashSet<String>,
    /// Values of `db.system.name` and `db.system`.
    systems: Vec<&'static str>,
}

/// The kinds that are on, in the Collector's order.
#[derive(Clone, Debug)]
pub(super) struct Databases {
    all: Vec<Database>,
    names: bool,
    fallback: bool,
    exact: bool,
    /// The Collector looks at attributes at all only if one of the first five kinds lists some.
    attributes: bool,
}

/// The SQL databases that the Collector knows.
const SQL: &[&str] = &["other_sql", "mysql", "postgresql", "mariadb", "sqlite"];

/// Those that it does not.
const MORE_SQL: &[&str] = &[
    "actian.ingres",
    "aws.redshift",
    "bigquery",
    "cassandra",
    "clickhouse",
    "cockroachdb",
    "databricks",
    "db2",
    "derby",
    "duckdb",
    "firebirdsql",
    "gcp.bigquery",
    "gcp.spanner",
    "h2",
    "h2database",
    "hanadb",
    "hive",
    "hsqldb",
    "ibm.db2",
    "ibm.informix",
    "ibm.netezza",
    "informix",
    "ingres",
    "instantdb",
    "maxdb",
    "microsoft.sql_server",
    "mssql",
    "mssqlcompact",
    "netezza",
    "oracle",
    "oracle.db",
    "postgres",
    "presto",
    "progress",
    "redshift",
    "sap.hana",
    "sap.maxdb",
    "snowflake",
    "spanner",
    "sqlserver",
    "sybase",
    "teradata",
    "tidb",
    "trino",
    "vertica",
];

impl Databases {
    /// Whether any kind is on.
    pub(super) fn any_on(&self) -> bool {
        !self.all.is_empty()
    }

    pub(super) fn new(config: &DbSanitizer, compat: Compat) -> Self {
        let exact = compat == Compat::Contrib;
        let sql = if exact { SQL.to_vec() } else { [SQL, MORE_SQL].concat() };
        let kinds: [(Language, &DbQueries, Vec<&'static str>); 7] = [
            (Language::Sql, &config.sql, sql),
            (Language::Redis, &config.redis, vec!["redis"]),
            (Language::Redis, &config.valkey, vec!["valkey"]),
            (Language::Memcached, &config.memcached, vec!["memcached"]),
            (Language::Json, &config.mongo, vec!["mongodb"]),
            (Language::Json, &config.opensearch, vec!["opensearch"]),
            (Language::Json, &config.es, vec!["elasticsearch"]),
        ];
        let lists = |(_, queries, _): &(_, &DbQueries, _)| queries.enabled && !queries.attributes.is_empty();
        let attributes = kinds.iter().take(if exact { 5 } else { 7 }).any(lists);
        let on = kinds.into_iter().enumerate().filter(|(_, (_, queries, _))| queries.enabled);
        let all = on.map(|(at, (language, queries, systems))| {
            // The Collector parses the attributes of the last two, and does not use them.
            let listed: &[String] = if exact && at >= 5 { &[] } else { &queries.attributes };
            Database { language, attributes: listed.iter().cloned().collect(), systems }
        });
        Self {
            all: all.collect(),
            names: config.sanitize_span_name.unwrap_or(true),
            fallback: config.allow_fallback_without_system,
            exact,
            attributes,
        }
    }

    /// What becomes of an attribute of something with the kind of database `system`, if it changes.
    pub(super) fn attribute(&self, key: &str, text: &str, system: &str, log: bool) -> Option<String> {
        if !self.attributes {
            return None;
        }
        let mut listed = self.all.iter().filter(|database| database.attributes.contains(key)).peekable();
        listed.peek()?;
        let known = self.of(system).filter(|database| database.attributes.contains(key));
        let cleaned = match known {
            // The Collector reads attributes in the dialect of the last name that it sanitized, mostly of the same kind.
            Some(database) => self.clean(database.language, text, if self.exact && !self.names { "" } else { system }),
            None if system.is_empty() && (self.fallback || log && self.exact) => {
                listed.try_fold(text.to_owned(), |text, database| self.clean(database.language, &text, system))
            }
            None if self.exact => None,
            // Listed, and whose it is is not known: the language it has the look of, or else the first.
            None => {
                let like = listed.clone().find(|database| self.is_like(database.language, text)).or(listed.next());
                like.and_then(|database| self.clean(database.language, text, system))
            }
        };
        cleaned.filter(|cleaned| cleaned != text)
    }

    /// What becomes of a string in a log body, if it changes. The Collector takes each for a statement of all kinds;
    /// ours only what has the look of one, and listed keys.
    pub(super) fn body(&self, key: &str, text: &str) -> Option<String> {
        if self.exact {
            let clean = |text: String, database: &Database| self.clean(database.language, &text, "");
            return self.all.iter().try_fold(text.to_owned(), clean).filter(|cleaned| cleaned != text);
        }
        let listed = self.attribute(key, text, "", true);
        let like = || self.all.iter().find(|database| self.is_like(database.language, text));
        let cleaned = listed.or_else(|| like().and_then(|database| self.clean(database.language, text, "")));
        cleaned.filter(|cleaned| cleaned != text)
    }

    /// What becomes of the name of a span with the kind of database `system`, if it changes.
    pub(super) fn span_name(&self, name: &str, system: &str) -> Option<String> {
        let database = self.of(system).filter(|_| self.names)?;
        // Names such as `find users` are no statements: only what cannot be one is masked whole.
        if !self.exact && database.language == Language::Json && !self.is_like(Language::Json, name) {
            return None;
        }
        self.clean(database.language, name, system).filter(|cleaned| cleaned != name)
    }

    fn of(&self, system: &str) -> Option<&Database> {
        self.all.iter().find(|database| database.systems.contains(&system))
    }

    /// A statement without its literals.
    fn clean(&self, language: Language, text: &str, system: &str) -> Option<String> {
        Some(match language {
            Language::Sql if self.exact => collector_sql::clean(text, system == "mysql"),
            Language::Sql => sql::clean(text, sql::Dialect::of(system)),
            Language::Redis if self.exact => collector_redis::clean(text),
            Language::Redis => redis::clean(text),
            Language::Memcached => memcached(text, self.exact).to_owned(),
            // What follows the value stays.
            Language::Json if self.exact => match json::clean(text) {
                Some(cleaned) => cleaned + &text[text.trim_end_matches([' ', '\t', '\n', '\r']).len()..],
                None => text.to_owned(),
            },
            Language::Json => json::clean_lines(text),
        })
    }

    /// Whether a text has the look of a statement.
    fn is_like(&self, language: Language, text: &str) -> bool {
        let text = text.trim_start();
        let word = text.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
        match language {
            Language::Sql => sql::begins(word) && text.len() > word.len(),
            Language::Redis => redis::begins(word),
            Language::Memcached => memcached_begins(word),
            Language::Json => text.starts_with(['{', '[']),
        }
    }
}

/// The first line: what follows a storage command is its value.
fn memcached(text: &str, exact: bool) -> &str {
    let line = if exact { text.split("\r\n").next() } else { text.split(['\r', '\n']).find(|line| !line.is_empty()) };
    line.unwrap_or_default().trim()
}

fn memcached_begins(word: &str) -> bool {
    ["set", "add", "replace", "append", "prepend", "cas", "get", "gets", "delete", "incr", "decr", "touch"]
        .contains(&word)
}

#[cfg(test)]
mod tests;
