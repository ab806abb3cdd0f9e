//! HPACK (RFC 7541), the header compression of HTTP/2: what a request's header block says, and a response's fields.
//!
//! The decoder is written for bytes of a peer that nobody trusts. Whatever the block, it is read once from front to
//! back, nothing panics, and what a connection keeps is the dynamic table it announced and two small scratch buffers.
//! The encoder keeps nothing: a response has a handful of fields, and a table on our side would buy a few bytes for
//! state that has to be right for every peer.

mod huffman;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;
use table::Table;

/// Integers over this are refused: nothing in a block that fits in memory needs one (RFC 7541 5.1 demands a limit).
const MAX_INTEGER: u64 = 1 << 31;
/// Shift of the fifth and last continuation byte of an integer that is allowed.
const MAX_SHIFT: u32 = 28;
/// What a scratch buffer may keep between blocks, bytes: one long cookie must not stay with the connection for good.
const KEEP_SCRATCH: usize = 4096;

/// Why a header block cannot be decoded. Each is a connection error `COMPRESSION_ERROR` to the peer (RFC 9113 4.3):
/// the table may be out of step afterwards, so the decoder must not be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Error {
    /// An integer over 2^31 or with more than 5 continuation bytes (RFC 7541 5.1).
    Integer,
    /// A string with EOS in it, or padding over 7 bits or not all ones (RFC 7541 5.2).
    Huffman,
    /// Index 0, or one past the end of both tables (RFC 7541 2.3.3, 6.1).
    Index,
    /// The block ends inside a field.
    Truncated,
    /// A table size over the announced one, or an update after a field (RFC 7541 4.2, 6.3).
    TableSize,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "HPACK integer out of bounds",
            Self::Huffman => "HPACK string is not valid Huffman code",
            Self::Index => "HPACK index is in neither table",
            Self::Truncated => "HPACK block ends inside a field",
            Self::TableSize => "HPACK table size update out of bounds or out of place",
        })
    }
}

impl std::error::Error for Error {}

/// One connection's decoding state: its dynamic table, at most `table` bytes as RFC 7541 4.1 counts them.
pub(crate) struct Decoder {
    table: Table,
    name: Vec<u8>,
    value: Vec<u8>,
}

impl Decoder {
    /// `table`: the `SETTINGS_HEADER_TABLE_SIZE` that we announced, bytes.
    ///
    /// Under the protocol's 4096 this only suits peers that wait for our SETTINGS: the others fill 4096 bytes at first
    /// (RFC 9113 6.5.2). Over 4096 it is taken from the start, without the peer's size update; this decodes the same,
    /// as entries count from the newest and a peer does not name those it has evicted.
    pub(crate) fn new(table: usize) -> Self {
        Self { table: Table::new(table), name: Vec::new(), value: Vec::new() }
    }

    /// Decodes one complete header block (RFC 7541 3.2), the HEADERS frame's fragment and all its CONTINUATIONs'.
    ///
    /// Calls `each(name, value)` for every field in order, until the list is over `limit` bytes (RFC 9113 6.5.2: name,
    /// value and 32 a field): that field and those after it are decoded only to keep the table in step. So `each` is
    /// called at most `limit / 32` times. Ok(true) when the list kept to the limit.
    ///
    /// Allocates at most the larger of `limit` and the table's size for a string, and reads the block in time linear
    /// in its length. Names and values are any bytes: RFC 9113 8.2.1's rules for them are the caller's to check.
    ///
    /// # Errors
    /// See [`Error`]; fields before the faulty one have been passed to `each` by then.
    pub(crate) fn decode(&mut self, block: &[u8], limit: usize, each: impl FnMut(&[u8], &[u8])) -> Result<bool, Error> {
        let mut list = List { left: Some(limit), each };
        let mut input = block;
        let mut fields = false;
        while let Some(&first) = input.first() {
            match first {
                0x80.. => {
                    let index = integer(&mut input, 7)?;
                    let (name, value) = self.table.get(index).ok_or(Error::Index)?;
                    list.add(name, value);
                }
                0x40.. => self.literal(&mut input, 6, limit, &mut list)?,
                // RFC 7541 4.2: updates come before the fields. Some peers send the smallest and the last of several.
                0x20.. if fields => return Err(Error::TableSize),
                0x20.. => {
                    let size = integer(&mut input, 5)?;
                    self.table.resize(size)?;
                    continue;
                }
                // "Without indexing" and "never indexed" differ only for those who pass fields on.
                _ => self.literal(&mut input, 4, limit, &mut list)?,
            }
            fields = true;
        }
        for scratch in [&mut self.name, &mut self.value] {
            scratch.clear();
            scratch.shrink_to(KEEP_SCRATCH);
        }
        Ok(list.left.is_some())
    }

    /// A literal field (RFC 7541 6.2). The name's index has 6 bits in those that go into the table, 4 in the others.
    fn literal<F: FnMut(&[u8], &[u8])>(
        &mut self,
        input: &mut &[u8],
        bits: u32,
        limit: usize,
        list: &mut List<F>,
    ) -> Result<(), Error> {
        // A string of this length is over the limit and over the table: nobody will see it, its length is enough.
        let most = limit.max(self.table.max()).saturating_add(1);
        let name = match integer(input, bits)? {
            0 => string(input, most, &mut self.name)?,
            index => self.table.get(index).ok_or(Error::Index)?.0,
        };
        let value = string(input, most, &mut self.value)?;
        list.add(name, value);
        if bits == 6 {
            // Copied before anything is evicted: `name` may be of the entry that has to go (RFC 7541 4.4).
            let entry = self.table.entry(name, value);
            self.table.insert(entry);
        }
        Ok(())
    }
}

/// The fields on their way to the caller, as long as they keep to the limit.
struct List<F> {
    /// Bytes left of the limit; None once a field was over it.
    left: Option<usize>,
    each: F,
}

impl<F: FnMut(&[u8], &[u8])> List<F> {
    fn add(&mut self, name: &[u8], value: &[u8]) {
        // RFC 9113 6.5.2 counts a field of the list as RFC 7541 4.1 counts an entry of the table.
        self.left = self.left.and_then(|left| left.checked_sub(table::size(name, value)));
        if self.left.is_some() {
            (self.each)(name, value);
        }
    }
}

/// Takes an integer with a prefix of `bits` bits, 1 to 8, off the front of `input` (RFC 7541 5.1).
fn integer(input: &mut &[u8], bits: u32) -> Result<usize, Error> {
    let (&first, mut rest) = input.split_first().ok_or(Error::Truncated)?;
    let mask = u8::MAX >> (8 - bits);
    let mut value = u64::from(first & mask);
    if first & mask == mask {
        let mut shift = 0;
        loop {
            if shift > MAX_SHIFT {
                return Err(Error::Integer);
            }
            let (&byte, tail) = rest.split_first().ok_or(Error::Truncated)?;
            rest = tail;
            value += u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
            shift += 7;
        }
    }
    if value > MAX_INTEGER {
        return Err(Error::Integer);
    }
    *input = rest;
    usize::try_from(value).map_err(|_| Error::Integer)
}

/// Takes a string off the front of `input` (RFC 7541 5.2): bytes of the block itself, or `scratch` with the first
/// `most` bytes of what the Huffman code stands for.
fn string<'a, 'b: 'a>(input: &mut &'b [u8], most: usize, scratch: &'a mut Vec<u8>) -> Result<&'a [u8], Error> {
    let huffman = input.first().is_some_and(|&first| first >= 0x80);
    let len = integer(input, 7)?;
    let (bytes, rest) = input.split_at_checked(len).ok_or(Error::Truncated)?;
    *input = rest;
    if !huffman {
        return Ok(bytes);
    }
    scratch.clear();
    huffman::decode(bytes, most, scratch)?;
    Ok(scratch)
}

/// Appends a field to a header block, without Huffman code and without a word to the peer's table, so that blocks may
/// be encoded in any order (RFC 7541 6.2.2).
///
/// What the static table holds whole is one byte (6.1): `:status` 200, 204, 206, 304, 400, 404 and 500 are. Names it
/// holds are their index. At most `name.len() + value.len()` and 21 bytes are appended; names have to be in lower
/// case (RFC 9113 8.2.1).
pub(crate) fn encode(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    match table::find(name, value) {
        Some((index, true)) => return put_integer(out, 0x80, 7, index),
        Some((index, false)) => put_integer(out, 0, 4, index),
        None => {
            out.push(0);
            put_integer(out, 0, 7, name.len());
            out.extend_from_slice(name);
        }
    }
    put_integer(out, 0, 7, value.len());
    out.extend_from_slice(value);
}

/// Appends an integer with a prefix of `bits` bits under the bits of `first` (RFC 7541 5.1).
fn put_integer(out: &mut Vec<u8>, first: u8, bits: u32, value: usize) {
    let mask = u8::MAX >> (8 - bits);
    let mut rest = match u8::try_from(value) {
        Ok(value) if value < mask => return out.push(first | value),
        _ => value - usize::from(mask),
    };
    out.push(first | mask);
    while rest >= 0x80 {
        let [low, ..] = (rest as u64).to_le_bytes();
        out.push(low | 0x80);
        rest >>= 7;
    }
    let [low, ..] = (rest as u64).to_le_bytes();
    out.push(low);
}
