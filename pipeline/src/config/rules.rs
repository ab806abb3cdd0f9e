//! What every file is checked against: the components there are and the schema of a file of them, made once.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

use super::schema::strict;
use super::shape::Shape;
use crate::registry::Registry;

/// A registry with its schema. Making one costs milliseconds: a process makes it once.
pub struct Rules {
    pub(super) registry: Registry,
    schema: Value,
    /// Compiled when the first file is validated; a component without a schema that is one leaves none.
    validator: OnceLock<Option<Validator>>,
}

impl Rules {
    /// The rules for files of these components.
    pub fn of(registry: Registry) -> Self {
        Self { schema: strict(&registry), registry, validator: OnceLock::new() }
    }

    /// The shape of a whole file.
    pub(super) fn shape(&self) -> Shape<'_> {
        Shape::root(&self.schema)
    }

    /// What tells where a file breaks the schema. A test holds that there is one.
    pub(super) fn validator(&self) -> Option<&Validator> {
        self.validator.get_or_init(|| jsonschema::draft7::new(&self.schema).ok()).as_ref()
    }
}
