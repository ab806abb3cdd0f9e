//! Who is let in and who is not, for each kind of stored password; what is sent.

use base64::Engine;

use super::*;

fn basic(user: &str, password: &str) -> Vec<u8> {
    let login = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    format!("Basic {login}").into_bytes()
}

fn users(htpasswd: &str) -> Authenticator {
    Authenticator::Basic(Basic::of_users(Basic::read_htpasswd(htpasswd).unwrap()))
}

#[tokio::test]
async fn a_bearer_admits_its_tokens_and_no_other() {
    let tokens = [Secret::from("one".to_owned()), Secret::from("two".to_owned())];
    let auth = Authenticator::Bearer(Bearer::of_tokens("X-Token", "Key", &tokens));
    assert_eq!(auth.header(), "x-token");
    assert_eq!(auth.value().unwrap().expose(), "Key one");
    assert!(auth.admits(Some(b"Key one")).await);
    assert!(auth.admits(Some(b"Key two")).await);
    for wrong in ["Key three", "one", "Key one ", "Key on", ""] {
        assert!(!auth.admits(Some(wrong.as_bytes())).await, "{wrong:?}");
    }
    assert!(!auth.admits(None).await);
}

#[tokio::test]
async fn a_token_file_gives_a_token_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tokens");
    std::fs::write(&path, "first\n\n  second \n").unwrap();
    let bearer = Bearer::of_file("Authorization", "", &path).unwrap();
    assert!(bearer.admits(b"first") && bearer.admits(b"second") && !bearer.admits(b""));
    std::fs::write(&path, "\n").unwrap();
    assert!(Bearer::of_file("Authorization", "", &path).is_err());
}

#[tokio::test]
async fn each_kind_of_password_is_checked() {
    let bcrypt = bcrypt::hash("secret", 4).unwrap().replacen("$2b$", "$2y$", 1);
    // `htpasswd -s`: SHA-1 of "secret".
    let table = format!("# users\nann:secret\n\nbob:{bcrypt}\ncid:{{SHA}}5en6G6MezRroT3XKqkdPOmY/BfQ=\n");
    let auth = users(&table);
    for user in ["ann", "bob", "cid", "bob"] {
        assert!(auth.admits(Some(&basic(user, "secret"))).await, "{user}");
        assert!(!auth.admits(Some(&basic(user, "Secret"))).await, "{user}");
        assert!(!auth.admits(Some(&basic(user, ""))).await, "{user}");
    }
    assert!(!auth.admits(Some(&basic("dan", "secret"))).await);
    for wrong in [&b"Basic"[..], b"Basic !!!", b"Bearer x", b"Basic YQ==", b""] {
        assert!(!auth.admits(Some(wrong)).await);
    }
    assert!(auth.value().is_none());
}

#[test]
fn a_table_that_cannot_be_checked_is_refused_by_line_and_without_its_secret() {
    for (table, line) in [("ann:x\nbob", "line 2"), ("ann:$apr1$hunter2$x", "line 1"), ("a:$2y$10$cut", "line 1")] {
        let error = Basic::read_htpasswd(table).unwrap_err();
        assert!(error.starts_with(line) && !error.contains("hunter2"), "{error}");
    }
    assert!(Basic::read_htpasswd(&format!("a:$2y$31${}", "x".repeat(53))).is_err(), "a day of a core");
}

#[test]
fn a_login_is_sent_in_base64() {
    let auth = Authenticator::Basic(Basic::of_login("ann", &Secret::from("s:t".to_owned())));
    assert_eq!(auth.value().unwrap().expose(), "Basic YW5uOnM6dA==");
    assert!(!format!("{auth:?}").contains("YW5u"));
}
