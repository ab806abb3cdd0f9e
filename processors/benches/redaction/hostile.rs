//! Text that is nearly something all over: what each family stumbles over most often, repeated.

/// The kinds, by the family that they are hard for.
pub(crate) const KINDS: [&str; 29] = [
    "ats",
    "locals",
    "domains",
    "digits",
    "phones",
    "plus",
    "cards",
    "ibans",
    "groups",
    "nine digits",
    "ssns",
    "wallets",
    "ethereum",
    "capitals",
    "colons",
    "octets",
    "urls",
    "parameters",
    "prefixes",
    "names",
    "pems",
    "hexadecimal",
    "backslashes",
    "brackets",
    "rows",
    "words",
    "headers",
    "spaces",
    "braces",
];

/// About so many bytes of a kind.
pub(crate) fn text(kind: &str, bytes: usize) -> String {
    let piece = match kind {
        "ats" => "a@".to_owned(),
        "locals" => format!("{}@b.c ", "a.b-c+d_e".repeat(7)),
        "domains" => "a@b.co.de.co.de.co.de.co.de.co.de.1 ".to_owned(),
        "digits" => "1 2 3 4 ".to_owned(),
        "phones" => "030 90 18 20 7 ".to_owned(),
        "plus" => "+49+1+44+".to_owned(),
        "cards" => "4111 1111 1111 1112 ".to_owned(),
        "ibans" => "DE89 3704 0044 0532 0130 01 ".to_owned(),
        "groups" => "AB 12 34 56 C 78-90 ".to_owned(),
        "nine digits" => "123456789 ".to_owned(),
        "ssns" => "ssn 123-45-6789, ".to_owned(),
        "wallets" => format!("1{} ", "BoatSLRHtKNngkdXEeobR76b53LETtpyV"),
        "ethereum" => format!("0x{} ", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        "capitals" => "ABCDEFGH IJKLMNOPQRS ".to_owned(),
        "colons" => "a:b::c:".to_owned(),
        "octets" => "1.2.3.4.5.".to_owned(),
        "urls" => "https://a:b@/".to_owned(),
        "parameters" => "?token=&code=a&sig=".to_owned(),
        "prefixes" => ["sk-a1", "eyJ", "ghp_a1", "xoxb-a1-", "token=", "password:", "auth: "].concat(),
        "names" => "password: none, secret= \"\" token: x ".to_owned(),
        "pems" => format!("-----BEGIN {} KEY-----", "PRIVATE"),
        "hexadecimal" => "4bf92f3577b34da6a3ce929d0e0e4736 ".to_owned(),
        "backslashes" => r"\\\n\".to_owned(),
        "rows" => "48213 7 391 20 5604 88 13972 2\n".to_owned(),
        "headers" => "eyJ.".to_owned(),
        "spaces" => "48\u{a0}213\u{a0}391\u{a0}7 ".to_owned(),
        "braces" => "[:X123".to_owned(),
        "words" => "id 123456789, account no 1234567-89 ".to_owned(),
        _ => "[{\"a\":[".to_owned(),
    };
    let text = piece.repeat(bytes / piece.len() + 1);
    // So framed it is taken for JSON first.
    if kind == "brackets" { text + "]" } else { text }
}
