//! How people are reached: email addresses and phone numbers.

pub(super) mod domain;
pub(in crate::redaction) mod edges;
mod email;
mod phone;
#[cfg(test)]
pub(super) mod proving;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod wide;

use std::ops::Range;

use super::marks::{Ahead, Mark};
use super::{Class, Detector, Family, Hits, Marks};
use edges::{hit, wanted};
use phone::Phone;

const EMAIL: usize = 0;
/// Each is followed by the detector of the same numbers as dialled within the country.
const PHONE: usize = 1;
const PHILIPPINE: usize = 3;
const TURKISH: usize = 5;

const PHONE_WORDS: &[&str] = &[
    "phone",
    "phones",
    "telephone",
    "tel",
    "mobile",
    "cell",
    "cellphone",
    "cellular",
    "landline",
    "callback",
    "dial",
    "fax",
    "sms",
    "text me",
    "whatsapp",
    "viber",
    "voicemail",
    "hotline",
    "contact",
    "contact number",
    "reach me",
    "msisdn",
    "phone number",
    "phonenumber",
    "pager",
    "telefon",
    "telefonnummer",
    "rufnummer",
    "handy",
    "handynummer",
    "mobil",
    "mobilnummer",
    "mobiltelefon",
    "durchwahl",
    "telefono",
    "telefone",
    "celular",
    "movil",
    "fijo",
    "cellulare",
    "portable",
    "telephonique",
    "telefoon",
    "telefoonnummer",
    "mobiel",
    "puhelin",
    "puhelinnumero",
    "tlf",
    "telefonu",
    "telefonszam",
    "komorka",
    "gsm",
    "phone no",
    "mob",
    "ph",
    "nomor telepon",
    "hp",
    "call me",
    "call us",
    "call my",
    "call him",
    "call her",
    "call them",
    "call at",
    "call on",
    "call now",
    "please call",
    "to call",
    "or call",
    "just call",
    "caller id",
    "signal number",
    "手机",
    "手機",
    "电话",
    "電話",
    "联系方式",
    "携帯",
    "전화",
    "휴대폰",
    "핸드폰",
    "연락처",
    "โทรศัพท์",
    "เบอร์โทร",
    "телефон",
    "тел",
    "моб",
    "мобильный",
    "телефону",
    "телефона",
    "τηλεφωνο",
    "τηλ",
    "κινητο",
    "טלפון",
    "נייד",
    "هاتف",
    "الهاتف",
    "جوال",
    "फोन",
    "मोबाइल",
];
const TURKISH_WORDS: &[&str] = &[
    "telefon",
    "telefonu",
    "telefonum",
    "numara",
    "numaram",
    "numarasi",
    "cep",
    "cep no",
    "gsm",
    "tel",
    "phone",
    "mobile",
    "ara",
    "arayin",
    "faks",
    "fax",
    "iletisim",
    "whatsapp",
    "sms",
];
const PHILIPPINE_WORDS: &[&str] = &[
    "phone",
    "mobile",
    "cell",
    "cellphone",
    "cp",
    "cp no",
    "contact",
    "text",
    "sms",
    "tel",
    "numero",
    "telepono",
    "selpon",
    "tawag",
    "viber",
    "whatsapp",
    "gcash",
    "globe",
    "smart",
    "msisdn",
    "call me",
    "call us",
    "please call",
];

const DETECTORS: [Detector; 7] = [
    Detector {
        entity: "EMAIL_ADDRESS",
        class: Class::A,
        words: &[],
        about: "an email address at a domain whose top level is in use",
    },
    Detector {
        entity: "PHONE_NUMBER",
        class: Class::A,
        words: &[],
        about: "an international phone number: +, country code, the length of its plan; extension included",
    },
    Detector {
        entity: "PHONE_NUMBER",
        class: Class::B,
        words: PHONE_WORDS,
        about: "a phone number as dialled within a country: usual groups, or a trunk prefix",
    },
    Detector {
        entity: "PH_MOBILE_NUMBER",
        class: Class::A,
        words: &[],
        about: "a mobile number of the Philippines: +63 9 and nine digits",
    },
    Detector {
        entity: "PH_MOBILE_NUMBER",
        class: Class::B,
        words: PHILIPPINE_WORDS,
        about: "a mobile number of the Philippines as dialled there: 09 and nine digits",
    },
    Detector {
        entity: "TR_PHONE_NUMBER",
        class: Class::A,
        words: &[],
        about: "a phone number of Turkey: +90 and ten digits",
    },
    Detector {
        entity: "TR_PHONE_NUMBER",
        class: Class::B,
        words: TURKISH_WORDS,
        about: "a phone number of Turkey as dialled there: ten digits of an area or mobile code",
    },
];

/// Email addresses and phone numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Contact;

impl Family for Contact {
    fn detectors(&self) -> &'static [Detector] {
        &DETECTORS
    }

    fn find(&self, text: &str, marks: &Marks, on: &[bool], hits: &mut Hits) {
        let emails = wanted(on, EMAIL);
        let phones = on.iter().skip(PHONE).any(|on| *on);
        if emails {
            for at in marks.each(Mark::At) {
                find_email(text, at..at + 1, hits);
            }
        }
        let (mut done, bytes) = (0, text.as_bytes());
        marks.each_ahead(|at, ahead| {
            if emails && bytes[..at].last() == Some(&b'%') && bytes[at..].starts_with(b"40") {
                find_email(text, at - 1..at + 2, hits);
            }
            if phones
                && at >= done
                && let Some(phone) = phone::at(text, at, ahead)
            {
                done = phone.span.end;
                push_phone(&phone, phone.span.clone(), on, hits);
            }
        });
        if phones && marks.full() {
            find_wide(text, on, hits);
        }
    }
}

fn find_wide(text: &str, on: &[bool], hits: &mut Hits) {
    for piece in wide::pieces(text) {
        let first = piece.narrow.bytes().position(|byte| byte.is_ascii_digit());
        if let Some(phone) =
            first.and_then(|first| phone::at(&piece.narrow, first, Ahead::of(piece.narrow.as_bytes(), first)))
        {
            push_phone(&phone, piece.place(&phone.span), on, hits);
        }
    }
}

fn find_email(text: &str, at: Range<usize>, hits: &mut Hits) {
    hits.extend(email::around(text, at).map(|span| hit(&span, EMAIL)));
}

fn push_phone(phone: &Phone, span: Range<usize>, on: &[bool], hits: &mut Hits) {
    let national = usize::from(!phone.international);
    let kinds = [(phone.general, PHONE), (phone.philippine, PHILIPPINE), (phone.turkish, TURKISH)];
    for (is, detector) in kinds.map(|(is, kind)| (is, kind + national)) {
        if is && wanted(on, detector) {
            hits.push(hit(&span, detector));
        }
    }
}

#[cfg(test)]
mod tests;
