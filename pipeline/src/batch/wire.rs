//! The protobuf wire format: one reader of fields, and the few bytes we write ourselves.
//!
//! The reader accepts and refuses exactly what prost does (`tests/oracle.rs` holds the two together):
//! ten-byte varints, keys longer than need be, unknown fields and groups pass; a tag of zero, a wire
//! type of 6 or 7, a field past the end of its message do not.

use super::error::{DecodeError, Fault};

pub(super) const VARINT: u8 = 0;
pub(super) const I64: u8 = 1;
pub(super) const LEN: u8 = 2;
pub(super) const GROUP: u8 = 3;
const END_GROUP: u8 = 4;
pub(super) const I32: u8 = 5;

/// One field of a message, by its place in the bytes the reader was given.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) tag: u32,
    pub(super) wire: u8,
    /// Where the key begins.
    pub(super) start: usize,
    /// Where the payload begins; for `LEN` after the length.
    pub(super) body: usize,
    /// Where the next field begins.
    pub(super) end: usize,
    /// The value of a `VARINT`, else 0.
    pub(super) number: u64,
}

/// Reads the fields of one message, which ends where `bytes` ends.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// How many more levels of groups may open; see [`super::Limits::max_depth`].
    depth: usize,
}

impl<'a> Reader<'a> {
    /// Reads from `at` to the end of `bytes`; groups may nest `depth` levels.
    #[inline(always)]
    pub(super) fn new(bytes: &'a [u8], at: usize, depth: usize) -> Self {
        Self { bytes, at, depth }
    }

    /// Reads a message that was checked when the request was decoded: its depth is known to be bounded.
    #[inline(always)]
    pub(super) fn checked(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: usize::MAX }
    }

    /// The next field of a checked message.
    #[inline(always)]
    pub(super) fn next_checked(&mut self) -> Option<Field> {
        self.next().ok().flatten()
    }

    /// The next field, or `None` at the end of the message.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<Option<Field>, DecodeError> {
        if self.at >= self.bytes.len() {
            return Ok(None);
        }
        let start = self.at;
        let (tag, wire) = self.key()?;
        let mut number = 0;
        let mut body = self.at;
        match wire {
            LEN => {
                let length = self.varint()?;
                body = self.at;
                self.skip(length)?;
            }
            VARINT => number = self.varint()?,
            I64 => self.skip(8)?,
            I32 => self.skip(4)?,
            GROUP => self.skip_group(tag)?,
            _ => return Err(DecodeError::new(Fault::Group, start)),
        }
        Ok(Some(Field { tag, wire, start, body, end: self.at, number }))
    }

    /// The next field, if it is another such as `last`: the same key in one byte, and shorter than 128 bytes.
    #[inline(always)]
    pub(super) fn next_like(&mut self, last: &Field) -> Option<Field> {
        let &[key, length] = self.rest().first_chunk()?;
        let (start, body) = (self.at, self.at + 2);
        let end = body + usize::from(length);
        if key >= 0x80 || u32::from(key) != last.tag << 3 | u32::from(LEN) || length >= 0x80 || end > self.bytes.len() {
            return None;
        }
        self.at = end;
        Some(Field { tag: last.tag, wire: LEN, start, body, end, number: 0 })
    }

    #[inline(always)]
    fn key(&mut self) -> Result<(u32, u8), DecodeError> {
        let start = self.at;
        let key = self.varint()?;
        let (tag, wire) = (key >> 3, (key & 7) as u8);
        match u32::try_from(key) {
            Ok(_) if tag != 0 && wire <= I32 => Ok((tag as u32, wire)),
            _ => Err(DecodeError::new(Fault::Key, start)),
        }
    }

    /// Where the next field begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What is left of the message.
    #[inline(always)]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Moves on over fields that are `length` bytes long, which the caller has read.
    #[inline(always)]
    pub(super) fn advance(&mut self, length: usize) {
        self.at += length;
    }

    /// A base-128 number of at most ten bytes.
    #[inline(always)]
    pub(super) fn varint(&mut self) -> Result<u64, DecodeError> {
        match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Ok(u64::from(byte))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0;
        for (index, &byte) in self.bytes.iter().skip(self.at).take(10).enumerate() {
            if index == 9 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.at += index + 1;
                return Ok(value);
            }
        }
        Err(DecodeError::new(Fault::Varint, self.at))
    }

    #[inline(always)]
    fn skip(&mut self, length: u64) -> Result<(), DecodeError> {
        if length > (self.bytes.len() - self.at) as u64 {
            return Err(DecodeError::new(Fault::Truncated, self.at));
        }
        self.at += length as usize;
        Ok(())
    }

    /// Skips to behind the end of group `tag`, whose start key was just read.
    #[cold]
    fn skip_group(&mut self, tag: u32) -> Result<(), DecodeError> {
        let mut open = vec![tag];
        while let Some(&innermost) = open.last() {
            let start = self.at;
            let (tag, wire) = self.key()?;
            // Each field of a group is one level deeper than the group itself: so prost counts.
            if wire != END_GROUP && open.len() >= self.depth {
                return Err(DecodeError::new(Fault::TooDeep, start));
            }
            match wire {
                LEN => {
                    let length = self.varint()?;
                    self.skip(length)?;
                }
                VARINT => _ = self.varint()?,
                I64 => self.skip(8)?,
                I32 => self.skip(4)?,
                GROUP => open.push(tag),
                END_GROUP if tag == innermost => _ = open.pop(),
                _ => return Err(DecodeError::new(Fault::Group, start)),
            }
        }
        Ok(())
    }
}

/// Bytes of `value` as a varint.
#[inline]
pub(super) fn varint_len(value: u64) -> usize {
    // 9/64 is 1/7 rounded so that every bit length from 1 to 64 comes out right.
    ((value | 1).ilog2() as usize * 9 + 73) / 64
}

/// Bytes of a length-delimited field with a one-byte key and `length` bytes of payload.
#[inline]
pub(super) fn field_len(length: usize) -> usize {
    1 + varint_len(length as u64) + length
}

/// Writes `value` as a varint of the fewest bytes.
#[inline]
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes the key of field `tag` (1 to 15).
#[inline]
pub(super) fn put_key(out: &mut Vec<u8>, tag: u32, wire: u8) {
    put_varint(out, u64::from(tag << 3) | u64::from(wire));
}

/// Writes the key and the length of a length-delimited field.
#[inline]
pub(super) fn put_head(out: &mut Vec<u8>, tag: u32, length: usize) {
    put_key(out, tag, LEN);
    put_varint(out, length as u64);
}

/// Writes a whole length-delimited field.
#[inline]
pub(super) fn put_bytes(out: &mut Vec<u8>, tag: u32, payload: &[u8]) {
    put_head(out, tag, payload.len());
    out.extend_from_slice(payload);
}
