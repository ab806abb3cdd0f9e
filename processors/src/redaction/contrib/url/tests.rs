//! Both ways on what the Collector's own tests have, on what it leaves (run against it, version 0.159), and on text.

use super::*;

fn check(path: &str, theirs: &str, ours: &str) {
    assert_eq!(clustered(path, true), theirs, "contrib: {path}");
    assert_eq!(clustered(path, false), ours, "ours: {path}");
}

fn same(path: &str, expected: &str) {
    check(path, expected, expected);
}

#[test]
fn numbers_ids_and_gibberish_are_masked() {
    same("", "");
    same("123", "*");
    same("/123", "/*");
    same("123/", "*/");
    same("123/ljgdflgjf", "*/*");
    same("/**", "/*");
    same("/u/2", "/u/*");
    same("/v1/products/22j", "/v1/products/*");
    same("/products//org/3", "/products//org/*");
    same("/v1/k6-test-runs/1", "/v1/k6-test-runs/*");
    same("/usuarios/fdklsd/23993/trabajo/2", "/usuarios/*/*/trabajo/*");
    same("/Benutzer/fdklsd/Arbeit/2", "/Benutzer/*/Arbeit/*");
    same("/w/index.php/*", "/w/index.php/*");
    same("https://example.com/users/123/orders/af31be?x=1", "*//example.com/users/*/orders/*");
    same("/orders/7f9c24e8-3b12-4fb0-9a51-6f3c2f0e8d11/items", "/orders/*/items");
    same("/users/ada@example.com", "/users/*");
    same("/naïve/é1", "/*/*");
}

#[test]
fn words_stay() {
    for path in ["/products/", "/user-space/", "/user_space/", "/api/hello.world", "/getquote", "HTTP GET", "/attach"] {
        same(path, path);
    }
    same("GET /user_space/", "GET /user_space/");
}

#[test]
fn queries_and_fragments_go() {
    same("/attach?session_id=ddfsdsf&track_id=sjdklnfldsn", "/attach");
    same("/attach#section-1", "/attach");
    same("GET /api/cart?sessionId=55f4e5ea&currencyCode=USD", "GET /api/cart");
    same("?", "");
    same("attach12?", "*");
    same("*&", "*");
    same("/a#", "/a");
}

#[test]
fn what_the_collector_lets_through_is_masked_here() {
    check("/users/j4elk/job", "/users/j4elk/job", "/users/*/job");
    check("/users/fdklsd?x=1", "/users/fdklsd", "/users/*");
    check("/a%b/c", "/a%b/c", "/*/c");
}

#[test]
fn paths_end_after_ten_parts() {
    same("/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h/i");
    check("/a/b/c/d/e/f/g/h/1/j", "/a/b/c/d/e/f/g/h/**", "/a/b/c/d/e/f/g/h/*");
    check("/a/b/c/d/e/f/g/h/xkzq/j", "/a/b/c/d/e/f/g/h/**", "/a/b/c/d/e/f/g/h/*");
}

#[test]
fn only_urls_within_a_text_are_touched() {
    let check = |text: &str, expected: &str| assert_eq!(clustered_within(text), expected);
    check("see /users/123, or https://a.example/b/42?c=d.", "see /users/*, or *//a.example/b/*");
    check("GET \"/users/123\" took 15 ms", "GET \"/users/*\" took 15 ms");
    check("1/2 and/or 3", "1/2 and/or 3");
    check("", "");
}

#[test]
fn a_name_that_would_be_all_masked_stays() {
    let urls = Urls::new(&UrlSanitizer { enabled: true, ..UrlSanitizer::default() }, Compat::Contrib);
    assert_eq!(urls.span_name("GET /users/123").as_deref(), Some("GET /users/*"));
    assert_eq!(urls.span_name("/123"), None);
    assert_eq!(urls.span_name("chat"), None);
    let off = UrlSanitizer { enabled: true, sanitize_span_name: Some(false), ..UrlSanitizer::default() };
    assert_eq!(Urls::new(&off, Compat::Contrib).span_name("GET /users/123"), None);
}
