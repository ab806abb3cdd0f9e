//! One form for the many ways in which a value is written, so that the same value has the same pseudonym.

/// `matched` in the form that is hashed.
pub(super) fn normalised(entity: &str, matched: &str) -> String {
    let trimmed = matched.trim();
    let form = match entity {
        "EMAIL_ADDRESS" | "IP_ADDRESS" | "IP_ADDRESS_PUBLIC" => trimmed.to_lowercase(),
        "URL" | "URL_CREDENTIALS" => trimmed.to_owned(),
        "CREDIT_CARD" => digits(trimmed),
        _ if phone(entity) => digits(trimmed).trim_start_matches("00").to_owned(),
        // Issued secrets tell capitals from small letters.
        _ if super::issued(entity) => trimmed.to_owned(),
        _ => trimmed.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect(),
    };
    if form.is_empty() { trimmed.to_owned() } else { form }
}

/// Whether the entity is a phone number.
pub(super) fn phone(entity: &str) -> bool {
    entity.contains("PHONE") || entity.contains("MOBILE")
}

/// The decimal digits of `text`, full-width ones as ASCII.
pub(super) fn digits(text: &str) -> String {
    let ascii = |letter: char| match letter {
        '0'..='9' => Some(letter),
        '０'..='９' => char::from_digit(letter as u32 - '０' as u32, 10),
        _ => None,
    };
    text.chars().filter_map(ascii).collect()
}
