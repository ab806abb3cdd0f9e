//! A view of a batch: some of its rows.

/// Some rows of one batch, a bit each. Made for a batch of a known length, and meaningless for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    words: Vec<u64>,
    rows: usize,
}

impl Selection {
    /// No row of a batch of `rows` records.
    pub fn none(rows: usize) -> Self {
        Self { words: vec![0; rows.div_ceil(64)], rows }
    }

    /// Every row of a batch of `rows` records.
    pub fn all(rows: usize) -> Self {
        Self::from_rows(rows, 0..rows)
    }

    /// These rows of a batch of `rows` records; numbers beyond its end are ignored.
    pub fn from_rows(rows: usize, chosen: impl IntoIterator<Item = usize>) -> Self {
        let mut selection = Self::none(rows);
        for row in chosen {
            selection.insert(row);
        }
        selection
    }

    /// Adds a row; beyond the end of the batch it is ignored.
    pub fn insert(&mut self, row: usize) {
        if row < self.rows {
            self.words[row / 64] |= 1 << (row % 64);
        }
    }

    /// Takes a row out.
    pub fn remove(&mut self, row: usize) {
        if row < self.rows {
            self.words[row / 64] &= !(1 << (row % 64));
        }
    }

    /// Whether the row is in it.
    #[inline]
    pub fn contains(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// How many rows are in it.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no row is in it.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many records the batch has that it was made for.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows in it, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.rows).filter(|row| self.contains(*row))
    }

    /// The rows that are not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self::from_rows(self.rows, (0..self.rows).filter(|row| !self.contains(*row)))
    }
}
