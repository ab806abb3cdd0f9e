//! Protobuf wire bytes: the growing output of the reader, and the cursor of the writer.

use std::ops::Range;

use super::error::WriteError;
use super::schema::wire_type;

/// Memory was refused.
#[derive(Debug)]
pub(super) struct OutOfBudget;

/// Wire bytes being written. Every byte of capacity is asked of `grow` before it is allocated.
pub(super) struct Output<'a> {
    bytes: Vec<u8>,
    grow: &'a mut dyn FnMut(usize) -> bool,
}

impl<'a> Output<'a> {
    /// No capacity yet: the first byte asks for the first block.
    pub(super) fn new(grow: &'a mut dyn FnMut(usize) -> bool) -> Self {
        Self { bytes: Vec::new(), grow }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Makes room for `more` bytes; capacity at least doubles, so asking is rare.
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), OutOfBudget> {
        let needed = self.bytes.len() + more;
        let capacity = self.bytes.capacity();
        if needed <= capacity {
            return Ok(());
        }
        let target = needed.max(capacity * 2);
        if !(self.grow)(target - capacity) {
            return Err(OutOfBudget);
        }
        self.bytes.reserve_exact(target - self.bytes.len());
        Ok(())
    }

    pub(super) fn varint(&mut self, mut value: u64) -> Result<(), OutOfBudget> {
        self.reserve(10)?;
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
        Ok(())
    }

    pub(super) fn tag(&mut self, number: u32, wire_type: u8) -> Result<(), OutOfBudget> {
        self.varint(u64::from(number) << 3 | u64::from(wire_type))
    }

    /// A scalar's bits in `wire_type`, without a tag.
    pub(super) fn scalar(&mut self, wire_type: u8, bits: u64) -> Result<(), OutOfBudget> {
        match wire_type {
            wire_type::FIXED64 => self.raw(&bits.to_le_bytes()),
            wire_type::FIXED32 => self.raw(&(bits as u32).to_le_bytes()),
            _ => self.varint(bits),
        }
    }

    /// A whole length-delimited field.
    pub(super) fn bytes(&mut self, number: u32, bytes: &[u8]) -> Result<(), OutOfBudget> {
        self.tag(number, wire_type::LEN)?;
        self.varint(bytes.len() as u64)?;
        self.raw(bytes)
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<(), OutOfBudget> {
        self.reserve(bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Begins a length-delimited field whose length is not known yet; the answer goes to `close` or `abandon`.
    pub(super) fn open(&mut self, number: u32) -> Result<Open, OutOfBudget> {
        let field = self.bytes.len();
        self.tag(number, wire_type::LEN)?;
        // One byte is kept for the length: most messages are attributes, which need no more.
        self.varint(0)?;
        Ok(Open { field, content: self.bytes.len() })
    }

    /// Ends the field that `open` began. A long one is moved to make room for its length: once per level, a memmove.
    pub(super) fn close(&mut self, open: &Open) -> Result<(), OutOfBudget> {
        let len = self.bytes.len() - open.content;
        let mut width = 1;
        while len >> (7 * width) != 0 {
            width += 1;
        }
        if width > 1 {
            self.reserve(width - 1)?;
            let end = self.bytes.len();
            self.bytes.resize(end + width - 1, 0);
            self.bytes.copy_within(open.content..end, open.content + width - 1);
        }
        for at in 0..width {
            let more = if at + 1 < width { 0x80 } else { 0 };
            self.bytes[open.content - 1 + at] = (len >> (7 * at)) as u8 & 0x7f | more;
        }
        Ok(())
    }

    /// Takes back the field that `open` began.
    pub(super) fn abandon(&mut self, open: &Open) {
        self.bytes.truncate(open.field);
    }

    /// Whether nothing was written since `open`.
    pub(super) fn is_empty_since(&self, open: &Open) -> bool {
        self.bytes.len() == open.content
    }

    /// Takes earlier bytes out.
    pub(super) fn cut(&mut self, range: Range<usize>) {
        self.bytes.drain(range);
    }

    /// Appends what `fill` writes into `most` zeroed bytes; it answers how many it used.
    pub(super) fn fill<E>(
        &mut self,
        most: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<Result<(), E>, OutOfBudget> {
        self.reserve(most)?;
        let start = self.bytes.len();
        self.bytes.resize(start + most, 0);
        let used = fill(&mut self.bytes[start..]);
        self.bytes.truncate(start + used.as_ref().map_or(0, |used| *used));
        Ok(used.map(|_| ()))
    }
}

/// Where an unfinished length-delimited field stands.
pub(super) struct Open {
    field: usize,
    content: usize,
}

/// One field's value as it stands on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) enum Raw<'w> {
    /// A scalar and its wire type.
    Scalar(u8, u64),
    /// A string, bytes, a message or a packed list.
    Bytes(&'w [u8]),
}

const TRUNCATED: WriteError = WriteError::new("wire bytes end inside a field");

/// Takes a varint off the front of `rest`.
pub(super) fn take_varint(rest: &mut &[u8]) -> Result<u64, WriteError> {
    // Tags and most lengths are one byte.
    if let Some((&byte @ ..0x80, after)) = rest.split_first() {
        *rest = after;
        return Ok(byte.into());
    }
    let mut value = 0;
    for (at, &byte) in rest.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            *rest = &rest[at + 1..];
            return Ok(value);
        }
    }
    Err(if rest.len() < 10 { TRUNCATED } else { WriteError::new("a varint is longer than ten bytes") })
}

/// Takes a scalar of `wire_type` off the front of `rest`.
pub(super) fn take_scalar(rest: &mut &[u8], wire_type: u8) -> Result<u64, WriteError> {
    match wire_type {
        wire_type::FIXED64 => {
            let (bytes, after) = rest.split_first_chunk().ok_or(TRUNCATED)?;
            *rest = after;
            Ok(u64::from_le_bytes(*bytes))
        }
        wire_type::FIXED32 => {
            let (bytes, after) = rest.split_first_chunk().ok_or(TRUNCATED)?;
            *rest = after;
            Ok(u32::from_le_bytes(*bytes).into())
        }
        wire_type::VARINT => take_varint(rest),
        _ => Err(WriteError::new("a field has an unknown wire type")),
    }
}

/// Takes a field off the front of `rest`: its number and value, `None` for a group, which OTLP has none of.
pub(super) fn take_field<'w>(rest: &mut &'w [u8]) -> Result<(u32, Option<Raw<'w>>), WriteError> {
    let tag = take_varint(rest)?;
    let number = u32::try_from(tag >> 3).map_err(|_| WriteError::new("a field number is out of range"))?;
    match (tag & 7) as u8 {
        wire_type::LEN => {
            let len = usize::try_from(take_varint(rest)?).map_err(|_| TRUNCATED)?;
            let (bytes, after) = rest.split_at_checked(len).ok_or(TRUNCATED)?;
            *rest = after;
            Ok((number, Some(Raw::Bytes(bytes))))
        }
        wire_type::START_GROUP => skip_group(rest).map(|()| (number, None)),
        wire_type::END_GROUP => Err(WriteError::new("a group ends that did not begin")),
        scalar => Ok((number, Some(Raw::Scalar(scalar, take_scalar(rest, scalar)?)))),
    }
}

/// Skips to the end of the group just begun; a count of what is open stands in for recursion.
fn skip_group(rest: &mut &[u8]) -> Result<(), WriteError> {
    let mut open = 1_usize;
    while open > 0 {
        match (take_varint(rest)? & 7) as u8 {
            wire_type::START_GROUP => open += 1,
            wire_type::END_GROUP => open -= 1,
            wire_type::LEN => {
                let len = usize::try_from(take_varint(rest)?).map_err(|_| TRUNCATED)?;
                *rest = rest.get(len..).ok_or(TRUNCATED)?;
            }
            scalar => drop(take_scalar(rest, scalar)?),
        }
    }
    Ok(())
}
