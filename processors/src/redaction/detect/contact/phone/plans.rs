//! Numbering plans: how many digits follow each country code, without the trunk prefix.

use std::ops::RangeInclusive;

/// The most digits E.164 gives a number, the country code among them.
pub(super) const DIGITS_MAX: usize = 15;
/// The fewest an international number has: the small plans of the Pacific, or old local lines.
const DIGITS_MIN: usize = 6;
/// The most digits of a country code.
pub(super) const CODE_MAX: usize = 3;

/// A country code and the lengths its national numbers have, from the plans ITU-T publishes (E.164, national
/// numbering plans). Where a plan is open the range is wide; where sources differ it is the wider.
const PLANS: &[(u16, u8, u8)] = &[
    (1, 10, 10),
    (7, 10, 10),
    (20, 8, 10),
    (27, 9, 10),
    (30, 10, 10),
    (31, 9, 11),
    (32, 8, 9),
    (33, 9, 9),
    (34, 9, 9),
    (36, 8, 9),
    (39, 6, 12),
    (40, 9, 9),
    (41, 9, 10),
    (43, 6, 13),
    (44, 9, 10),
    (45, 8, 8),
    (46, 7, 10),
    (47, 8, 8),
    (48, 9, 9),
    (49, 4, 13),
    (51, 8, 9),
    (52, 10, 11),
    (53, 6, 10),
    (54, 10, 11),
    (55, 10, 11),
    (56, 9, 9),
    (57, 8, 10),
    (58, 10, 10),
    (60, 8, 10),
    (61, 9, 10),
    (62, 7, 12),
    (63, 8, 10),
    (64, 8, 10),
    (65, 8, 8),
    (66, 8, 9),
    (81, 9, 10),
    (82, 7, 10),
    (84, 9, 10),
    (86, 9, 11),
    (90, 10, 10),
    (91, 10, 10),
    (92, 9, 10),
    (93, 9, 9),
    (94, 9, 9),
    (95, 7, 10),
    (98, 10, 10),
    (211, 9, 9),
    (212, 9, 9),
    (213, 8, 9),
    (216, 8, 8),
    (218, 8, 9),
    (220, 7, 7),
    (221, 9, 9),
    (222, 8, 8),
    (223, 8, 8),
    (224, 8, 9),
    (225, 8, 10),
    (226, 8, 8),
    (227, 8, 8),
    (228, 8, 8),
    (229, 8, 10),
    (230, 7, 8),
    (231, 7, 9),
    (232, 8, 8),
    (233, 9, 9),
    (234, 7, 10),
    (235, 8, 8),
    (236, 8, 8),
    (237, 8, 9),
    (238, 7, 7),
    (239, 7, 7),
    (240, 9, 9),
    (241, 7, 8),
    (242, 9, 9),
    (243, 7, 9),
    (244, 9, 9),
    (245, 7, 9),
    (246, 7, 7),
    (247, 4, 6),
    (248, 7, 7),
    (249, 9, 9),
    (250, 9, 9),
    (251, 9, 9),
    (252, 7, 9),
    (253, 8, 8),
    (254, 7, 10),
    (255, 9, 9),
    (256, 9, 9),
    (257, 8, 8),
    (258, 8, 9),
    (260, 9, 9),
    (261, 9, 10),
    (262, 9, 9),
    (263, 7, 10),
    (264, 8, 9),
    (265, 7, 9),
    (266, 8, 8),
    (267, 7, 8),
    (268, 8, 8),
    (269, 7, 7),
    (290, 4, 5),
    (291, 7, 7),
    (297, 7, 7),
    (298, 6, 6),
    (299, 6, 6),
    (350, 8, 8),
    (351, 9, 9),
    (352, 6, 11),
    (353, 7, 10),
    (354, 7, 9),
    (355, 8, 9),
    (356, 8, 8),
    (357, 8, 8),
    (358, 6, 12),
    (359, 7, 9),
    (370, 8, 8),
    (371, 8, 8),
    (372, 7, 8),
    (373, 8, 8),
    (374, 8, 8),
    (375, 9, 10),
    (376, 6, 9),
    (377, 8, 9),
    (378, 6, 10),
    (380, 9, 9),
    (381, 7, 9),
    (382, 8, 9),
    (383, 8, 9),
    (385, 8, 9),
    (386, 8, 8),
    (387, 8, 9),
    (389, 8, 8),
    (420, 9, 9),
    (421, 9, 9),
    (423, 7, 9),
    (500, 5, 5),
    (501, 7, 7),
    (502, 8, 8),
    (503, 8, 8),
    (504, 8, 8),
    (505, 8, 8),
    (506, 8, 8),
    (507, 7, 8),
    (508, 6, 9),
    (509, 8, 8),
    (590, 9, 9),
    (591, 8, 8),
    (592, 7, 7),
    (593, 8, 9),
    (594, 9, 9),
    (595, 9, 9),
    (596, 9, 9),
    (597, 6, 7),
    (598, 8, 8),
    (599, 7, 8),
    (670, 7, 8),
    (672, 6, 6),
    (673, 7, 7),
    (674, 7, 7),
    (675, 7, 8),
    (676, 5, 7),
    (677, 5, 7),
    (678, 5, 7),
    (679, 7, 7),
    (680, 7, 7),
    (681, 6, 6),
    (682, 5, 5),
    (683, 4, 7),
    (685, 5, 7),
    (686, 5, 8),
    (687, 6, 6),
    (688, 5, 7),
    (689, 6, 8),
    (690, 4, 7),
    (691, 7, 7),
    (692, 7, 7),
    (800, 8, 8),
    (808, 8, 8),
    (850, 8, 10),
    (852, 8, 9),
    (853, 8, 8),
    (855, 8, 9),
    (856, 8, 10),
    (870, 9, 12),
    (878, 10, 12),
    (880, 8, 10),
    (881, 8, 9),
    (882, 7, 12),
    (883, 9, 12),
    (886, 8, 9),
    (888, 8, 12),
    (960, 7, 7),
    (961, 7, 8),
    (962, 8, 9),
    (963, 8, 9),
    (964, 8, 10),
    (965, 8, 8),
    (966, 9, 9),
    (967, 7, 9),
    (968, 8, 8),
    (970, 8, 9),
    (971, 8, 9),
    (972, 8, 9),
    (973, 8, 8),
    (974, 8, 8),
    (975, 8, 8),
    (976, 8, 8),
    (977, 8, 10),
    (979, 9, 9),
    (992, 9, 9),
    (993, 8, 8),
    (994, 9, 9),
    (995, 9, 9),
    (996, 9, 9),
    (998, 9, 9),
];

/// How many digits a number has, its country code among them, that begins with these: five digits of it or all.
///
/// In the plan of North America (code 1) neither the area nor the exchange begins with 0 or 1.
pub(super) fn totals(head: &[u8]) -> Option<RangeInclusive<usize>> {
    let code = (1..=head.len().min(CODE_MAX)).find(|length| plan(&head[..*length]).is_some())?;
    let american = || matches!(head, [_, b'2'..=b'9', _, _, b'2'..=b'9', ..]);
    if head[0] == b'1' && !american() { None } else { totals_of(&head[..code]) }
}

/// How many digits a number has, its country code among them, of which this is all of the code.
#[inline]
pub(super) fn totals_of(code: &[u8]) -> Option<RangeInclusive<usize>> {
    let (_, shortest, longest) = plan(code)?;
    let [shortest, longest] = [shortest, longest].map(|length| code.len() + usize::from(*length));
    Some(shortest.max(DIGITS_MIN)..=longest.min(DIGITS_MAX))
}

/// The country codes and lengths, for made-up numbers.
#[cfg(any(test, feature = "samples"))]
pub(in crate::redaction::detect::contact) fn samples() -> impl Iterator<Item = (u16, usize)> {
    PLANS.iter().filter(|plan| plan.1 > 6).map(|(code, _, longest)| (*code, usize::from(*longest)))
}

/// Where the plan of each code is; behind all of them where there is none.
static BY_CODE: [u8; 1000] = {
    assert!(PLANS.len() < u8::MAX as usize);
    let (mut places, mut at) = ([u8::MAX; 1000], 0);
    while at < PLANS.len() {
        places[PLANS[at].0 as usize] = at as u8;
        at += 1;
    }
    places
};

/// Whether this is the code of a country, as [`plan`] takes it.
#[inline]
pub(super) fn is_code(digits: &[u8]) -> bool {
    plan(digits).is_some()
}

/// The plan of a country code, of which all digits are given: at most [`CODE_MAX`], the first of them no zero.
#[inline]
fn plan(code: &[u8]) -> Option<&'static (u16, u8, u8)> {
    let number = code.iter().fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
    PLANS.get(usize::from(*BY_CODE.get(number)?))
}

#[cfg(test)]
mod tests;
