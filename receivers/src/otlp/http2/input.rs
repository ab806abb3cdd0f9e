//! Where a connection stands in the bytes it is sent: frames, however they are cut.

use super::frame::{self, Code, HEAD, Head, Kind, PREFACE};
use super::machine::Machine;

/// A place in the bytes of a connection.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// Bytes of the preface that came.
    preface: usize,
    /// Whether the first frame came, which holds the client's settings.
    greeted: bool,
    raw: [u8; HEAD],
    had: usize,
    head: Head,
    inside: bool,
    /// Bytes of the frame still to come.
    left: usize,
    /// Of those, padding, once that is known.
    padding: usize,
    padding_known: bool,
    /// What came of a frame that is read when it is whole; frames of data are not.
    payload: Vec<u8>,
}

/// So much room for payloads is kept from frame to frame.
const KEEP: usize = 4 << 10;

impl Input {
    pub(super) fn is_greeted(&self) -> bool {
        self.greeted
    }

    /// What of the frame is not data: its padding, and the byte that says how long that is.
    pub(super) fn overhead(&self) -> usize {
        if self.head.has(frame::PADDED) { self.padding + 1 } else { 0 }
    }
}

impl Machine {
    /// Takes what the peer sent.
    ///
    /// # Errors
    /// The connection is to be ended: see [`Machine::fail`].
    pub(in super::super) fn receive(&mut self, bytes: &[u8]) -> Result<(), Code> {
        let mut rest = self.preface(bytes)?;
        while !rest.is_empty() {
            rest = if self.input.inside { self.payload(rest)? } else { self.head(rest)? };
        }
        Ok(())
    }

    fn preface<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Code> {
        let missing = &PREFACE[self.input.preface..];
        let (part, rest) = bytes.split_at(missing.len().min(bytes.len()));
        if !missing.starts_with(part) {
            return Err(Code::Protocol);
        }
        self.input.preface += part.len();
        Ok(rest)
    }

    fn head<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Code> {
        let input = &mut self.input;
        let (part, rest) = bytes.split_at((HEAD - input.had).min(bytes.len()));
        input.raw[input.had..input.had + part.len()].copy_from_slice(part);
        input.had += part.len();
        if input.had < HEAD {
            return Ok(rest);
        }
        input.had = 0;
        input.head = Head::read(input.raw);
        (input.left, input.padding) = (input.head.length, 0);
        input.padding_known = !input.head.has(frame::PADDED);
        input.payload.clear();
        input.payload.shrink_to(KEEP);
        let head = input.head;
        self.begin(head)?;
        self.input.greeted = true;
        self.input.inside = head.length > 0;
        if head.length == 0 {
            self.finish(head, &[])?;
        }
        Ok(rest)
    }

    fn payload<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Code> {
        let (part, rest) = bytes.split_at(self.input.left.min(bytes.len()));
        let head = self.input.head;
        match head.kind {
            Kind::Data => self.data(part)?,
            Kind::GoAway | Kind::Unknown => {}
            _ => self.input.payload.extend_from_slice(part),
        }
        self.input.left -= part.len();
        if self.input.left == 0 {
            self.input.inside = false;
            let payload = std::mem::take(&mut self.input.payload);
            let finished = self.finish(head, &payload);
            self.input.payload = payload;
            finished?;
        }
        Ok(rest)
    }

    /// A part of a frame of data: without its padding it goes to where the request comes together.
    fn data(&mut self, part: &[u8]) -> Result<(), Code> {
        let input = &mut self.input;
        let (mut data, mut left) = (part, input.left);
        if !input.padding_known
            && let Some((length, rest)) = data.split_first()
        {
            (input.padding, input.padding_known) = (usize::from(*length), true);
            (data, left) = (rest, left - 1);
            if input.padding > left {
                return Err(Code::Protocol);
            }
        }
        let length = left.saturating_sub(input.padding).min(data.len());
        self.deliver(&data[..length]);
        Ok(())
    }
}
