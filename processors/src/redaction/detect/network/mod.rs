//! What the network shows: secrets in URLs, addresses, and when asked for, URLs and dates themselves.

mod date;
mod ip;
mod mac;
mod query;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod url;

use super::contact::edges::{hit, wanted};
use super::marks::Mark;
use super::{Class, Detector, Family, Hits, Marks};

const CREDENTIALS: usize = 0;
const SECRET: usize = 1;
const IP: usize = 2;
const IP_PUBLIC: usize = 3;
const MAC: usize = 4;
const URL: usize = 5;
const DATE: usize = 6;

/// A detector that counts when asked for.
const fn asked(entity: &'static str, about: &'static str) -> Detector {
    Detector { entity, class: Class::C, words: &[], about }
}

const DETECTORS: [Detector; 7] = [
    Detector {
        entity: "URL_CREDENTIALS",
        class: Class::A,
        words: &[],
        about: "user name and password before the host of a URL, or a token in their place",
    },
    Detector {
        entity: "URL_SECRET",
        class: Class::A,
        words: &[],
        about: "the value of a URL's parameter that is secret by name: token, sig, X-Amz-Signature",
    },
    asked("IP_ADDRESS", "an IPv4 or IPv6 address, with zone and prefix length"),
    asked("IP_ADDRESS_PUBLIC", "an IPv4 or IPv6 address reachable from everywhere, with its port"),
    asked("MAC_ADDRESS", "a hardware address of six octets"),
    asked("URL", "a URL, or a host name under a top-level domain in use"),
    asked("DATE_TIME", "a date, with the time of day after it"),
];

/// Secrets in URLs, addresses, URLs, dates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Network;

impl Family for Network {
    fn detectors(&self) -> &'static [Detector] {
        &DETECTORS
    }

    fn find(&self, text: &str, marks: &Marks, on: &[bool], hits: &mut Hits) {
        at_colons(text, marks, on, hits);
        if wanted(on, CREDENTIALS) {
            let sources = marks.each(Mark::At).filter_map(|at| url::data_source(text, at));
            hits.extend(sources.map(|span| hit(&span, CREDENTIALS)));
        }
        if wanted(on, SECRET) {
            query::each(text, marks.each(Mark::Equals), |span| hits.push(hit(&span, SECRET)));
        }
        at_digits(text, marks, on, hits);
        if wanted(on, MAC) {
            mac::each(text, marks, |span| hits.push(hit(&span, MAC)));
        }
        if wanted(on, URL) {
            bare_urls(text, hits);
        }
    }
}

fn at_colons(text: &str, marks: &Marks, on: &[bool], hits: &mut Hits) {
    let (credentials, urls) = (wanted(on, CREDENTIALS), wanted(on, URL));
    let ips = wanted(on, IP) || wanted(on, IP_PUBLIC);
    if !credentials && !urls && !ips {
        return;
    }
    let (mut url_done, mut ip_done) = (0, 0);
    for at in marks.each(Mark::Colon) {
        if (credentials || urls)
            && let Some(authority) = url::Authority::behind(text, at)
        {
            if credentials && let Some(span) = authority.credentials(text) {
                hits.push(hit(&span, CREDENTIALS));
            }
            if urls
                && at >= url_done
                && let Some(span) = authority.url(text)
            {
                url_done = span.end;
                hits.push(hit(&span, URL));
            }
        }
        if ips && at >= ip_done {
            let (end, address) = ip::v6(text, at, ip_done);
            ip_done = end;
            push_address(address, on, hits);
        }
    }
}

fn at_digits(text: &str, marks: &Marks, on: &[bool], hits: &mut Hits) {
    let ips = wanted(on, IP) || wanted(on, IP_PUBLIC);
    let dates = wanted(on, DATE);
    if !ips && !dates {
        return;
    }
    let bytes = text.as_bytes();
    let (mut date_done, mut before) = (0, 0);
    marks.each_ahead(|at, ahead| {
        let end = at + ahead.run(0);
        let after = bytes.get(end).copied().unwrap_or_default();
        // Of a number with others beside it, one byte from both, only that byte tells anything.
        let between = at == std::mem::replace(&mut before, end) + 1 && ahead.gap(end - at) == 1;
        if between && !matches!(after, b'-' | b'.' | b'/' | b'T') {
            return;
        }
        if ips && after == b'.' && ip::is_worth(bytes, at, end - at) {
            push_address(ip::v4(text, at, ahead), on, hits);
        }
        if dates
            && at >= date_done
            && date::is_worth(bytes, at, ahead)
            && let Some(span) = date::at(text, at)
        {
            date_done = span.end;
            hits.push(hit(&span, DATE));
        }
    });
}

fn push_address(address: Option<ip::Address>, on: &[bool], hits: &mut Hits) {
    let Some(address) = address else { return };
    if wanted(on, IP) {
        hits.push(hit(&address.span, IP));
    }
    if wanted(on, IP_PUBLIC) && ip::is_public(address.ip) {
        let end = address.span.end.max(address.port);
        hits.push(hit(&(address.span.start..end), IP_PUBLIC));
    }
}

/// Names without a scheme have no mark but their dots.
fn bare_urls(text: &str, hits: &mut Hits) {
    let urls = hits.iter().rev().filter(|hit| usize::from(hit.detector) == URL);
    let mut known: Vec<_> = urls.map(|hit| hit.start..hit.end).collect();
    let (mut from, mut at) = (0, 0);
    // What was looked at is stepped over whole: in some texts every second byte is a dot.
    while let Some(dot) = text.as_bytes().get(at..).and_then(|rest| memchr::memchr(b'.', rest)).map(|next| at + next) {
        while known.last().is_some_and(|span| (span.end as usize) <= dot) {
            from = from.max(known.pop().map_or(0, |span| span.end as usize));
        }
        at = match known.last().filter(|span| span.start as usize <= dot) {
            Some(span) => span.end as usize,
            None => {
                let (end, span) = url::bare(text, dot, from);
                from = from.max(end);
                hits.extend(span.map(|span| hit(&span, URL)));
                from.max(dot + 1)
            }
        };
    }
}

#[cfg(test)]
mod tests;
