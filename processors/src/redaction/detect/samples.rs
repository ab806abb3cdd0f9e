//! Every family with its made-up values, for tests, the leak canary and the fuzz targets: one list, so that none of them
//! misses a family.

use super::Family;
use super::contact::{self, Contact};
use super::financial::{self, Financial};
use super::ids::{self, Ids};
use super::network::{self, Network};
use super::secrets::{self, Secrets};

/// Draws a value of an entity by a seed; `None` where the family has no such entity.
pub type Sample = fn(&str, u64) -> Option<String>;

/// One for all, as it makes itself ready once.
static IDS: Ids = Ids::all();

/// The families, each with what draws its values.
pub static FAMILIES: [(&dyn Family, Sample); 5] = [
    (&Contact, contact::samples::sample),
    (&Financial, financial::samples::sample),
    (&IDS, ids::samples::sample),
    (&Network, network::samples::sample),
    (&Secrets, secrets::samples::sample),
];
