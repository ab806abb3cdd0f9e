//! Addresses are found whole, and what only looks like one is not.

use super::*;

fn found(text: &str) -> Vec<&str> {
    let marks = text.match_indices('@').chain(text.match_indices("%40"));
    let ats = marks.map(|(at, mark)| at..at + mark.len());
    ats.filter_map(|at| around(text, at)).map(|span| &text[span]).collect()
}

#[test]
fn addresses_are_found_whole() {
    for (text, address) in [
        ("mail bob@example.com.", "bob@example.com"),
        ("<bob.b+tag@mail.example.co.uk>,", "bob.b+tag@mail.example.co.uk"),
        ("email=bob@example.com&x=1", "bob@example.com"),
        ("GET /users/bob@example.com/orders", "bob@example.com"),
        ("?email=bob%40example.com&", "bob%40example.com"),
        ("?email=bob%2Btag%40example.com&", "bob%2Btag%40example.com"),
        ("to bob@example.com.Then", "bob@example.com"),
        ("(bob@example.com_)", "bob@example.com"),
        ("__bob@example.com__", "__bob@example.com"),
        ("mailto:bob@example.com?subject=x", "bob@example.com"),
        ("MAILTO:bob@intranet", "bob@intranet"),
        ("'bob@example.com'", "bob@example.com"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("{\"email\":\"bob@example.com\"}", "bob@example.com"),
        ("test.\"foo\".bar@example.com!", "test.\"foo\".bar@example.com"),
        ("\"john smith\"@example.com", "\"john smith\"@example.com"),
        ("jörg@münchen.de", "jörg@münchen.de"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("邮箱bob@example.com请联系", "bob@example.com"),
        ("a@xn--80ak6aa92e.com", "a@xn--80ak6aa92e.com"),
        ("bob@163.com", "bob@163.com"),
        ("bob@example.com:hunter2", "bob@example.com"),
        ("｜bob@example.com｜", "bob@example.com"),
        ("https://x.example/?to=bob@example.com", "bob@example.com"),
        ("...bob@example.com...", "bob@example.com"),
    ] {
        assert_eq!(found(text), [address], "{text:?}");
    }
}

#[test]
fn what_is_no_address_is_not_found() {
    for text in [
        "@types/node",
        "import x from '@scope/pkg'",
        "git@github.com:org/repo",
        "deploy@host.example.com:org/repo.git",
        "ssh://git@github.com/org/repo",
        "react@18.2.0",
        "react@18.2.0-rc.next",
        "@app.route('/')",
        "user@host",
        "info@presidio.",
        "none@lb.co_m",
        "mailto:bar",
        "logo@2x.png",
        "q@k.transpose(-2, -1)",
        "q@k.transpose",
        "none@none.codfm.",
        "none@none.com.dmf.",
        concat!("https://bob:", "secret@example.com/"),
        "https://bob@example.com/",
        "a@b",
        "@",
        "a@",
        "\"contact\":\"@example.com\"",
    ] {
        assert_eq!(found(text), [] as [&str; 0], "{text:?}");
    }
}

#[test]
fn long_runs_are_no_address() {
    assert_eq!(found(&format!("{}@example.com", "a".repeat(65))), [] as [&str; 0]);
    assert_eq!(found(&format!("{}@example.com", "a".repeat(64))).len(), 1);
}
