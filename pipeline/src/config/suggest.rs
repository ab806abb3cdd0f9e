//! Did you mean: the nearest of the names that would have been right.

/// The nearest name, where one is near enough to have been meant.
pub fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_', ' ', '.'], "");
    let score = |name: &str| {
        let (left, right) = (plain(wrong), plain(name));
        if left == right {
            1.0
        } else {
            strsim::jaro_winkler(&left, &right).max(strsim::normalized_damerau_levenshtein(&left, &right))
        }
    };
    let scored = names.into_iter().map(|name| (score(name), name));
    scored.filter(|(score, _)| *score >= 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// The hint that names what was meant.
pub(super) fn question(name: &str) -> String {
    format!("did you mean `{name}`?")
}

/// A hint: the nearest name, else all of them where they are few.
pub(super) fn hint<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let names: Vec<&str> = names.into_iter().collect();
    if let Some(name) = nearest(wrong, names.iter().copied()) {
        return Some(question(name));
    }
    let listed = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => Some("nothing is known here".into()),
        1..=24 => Some(format!("there is {listed}")),
        _ => None,
    }
}
