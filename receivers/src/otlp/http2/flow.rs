//! Windows, both ways (RFC 9113 section 5.2): what a peer may send, what it may be sent, and the data itself.

use bytes::Buf;

use super::frame::{self, Code, END_STREAM, Head, MAX_WINDOW, PADDED};
use super::link::Order;
use super::machine::{Machine, Standing};

impl Machine {
    /// Data is announced: whether there is a window for it, and who it is for.
    pub(super) fn begin_data(&mut self, head: Head) -> Result<(), Code> {
        let length = signed(head.length);
        self.target = None;
        if head.has(PADDED) && length == 0 {
            return Err(Code::FrameSize);
        }
        if length > self.credit {
            return Err(Code::FlowControl);
        }
        self.credit -= length;
        match self.standing(head.stream) {
            Standing::Idle => return Err(Code::Protocol),
            Standing::Open => {}
            standing => {
                if standing == Standing::Closed {
                    self.reset(head.stream, Code::StreamClosed);
                }
                self.release(length);
                return Ok(());
            }
        }
        let Some(stream) = self.streams.get_mut(&head.stream) else { return Ok(()) };
        if length > stream.credit {
            self.reset(head.stream, Code::FlowControl);
            self.release(length);
            return Ok(());
        }
        stream.credit -= length;
        stream.came += head.length as u64;
        self.target = Some(stream.inbox.clone());
        if stream.expected.is_some() {
            self.release(length);
        } else {
            stream.held += length;
            self.release(0);
        }
        Ok(())
    }

    /// Data, without padding.
    pub(super) fn deliver(&mut self, data: &[u8]) {
        if let Some(inbox) = &self.target {
            inbox.push(data, self.limits.stream_window as usize);
        }
    }

    /// A frame of data is there.
    pub(super) fn finish_data(&mut self, head: Head) {
        let padded = self.input.overhead();
        if self.target.take().is_none() {
            return;
        }
        if padded > 0
            && let Some(stream) = self.streams.get_mut(&head.stream)
        {
            stream.came -= padded as u64;
            // What is read gives back what is read; padding nobody reads.
            stream.credit += signed(padded);
            frame::window_update(&mut self.out, head.stream, u32::try_from(padded).unwrap_or(0));
            let held = stream.held.min(signed(padded));
            stream.held -= held;
            self.release(held);
        }
        if head.has(END_STREAM) {
            self.ended(head.stream);
        }
    }

    /// Gives `bytes` back to the connection's window: told when it is worth a frame, or when the peer has little left.
    pub(super) fn release(&mut self, bytes: i64) {
        self.released += bytes;
        if self.released > 0 && self.released * 2 >= self.credit && !self.has_failed() {
            self.credit += self.released;
            frame::window_update(&mut self.out, 0, u32::try_from(self.released).unwrap_or(0));
            self.released = 0;
        }
    }

    /// Does what the task of a request asks for.
    pub(super) fn apply(&mut self, order: Order) {
        if self.has_failed() {
            return;
        }
        match order {
            Order::Expect { stream, length } => self.expect(stream, length),
            Order::Release { stream, bytes } => self.read(stream, signed(bytes)),
            Order::Head { stream: id, block, end } => {
                if let Some(stream) = self.streams.get_mut(&id).filter(|stream| !stream.local_closed) {
                    stream.local_closed = end;
                    self.say(id, &block, end);
                }
            }
            Order::Data { stream: id, bytes } => {
                if let Some(stream) = self.streams.get_mut(&id).filter(|stream| !stream.local_closed) {
                    stream.queue.push_back(bytes);
                    self.pump(id);
                }
            }
            Order::Trailers { stream: id, block } => {
                if let Some(stream) = self.streams.get_mut(&id).filter(|stream| !stream.local_closed) {
                    stream.trailers = Some(block);
                    self.pump(id);
                }
            }
            Order::Done { stream: id } => {
                let Some(stream) = self.streams.get_mut(&id) else { return };
                stream.done = true;
                // An answer that waits for the peer's window is sent yet.
                if stream.trailers.is_none() {
                    self.remove(id);
                }
            }
        }
    }

    fn expect(&mut self, id: u32, length: usize) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.expected = Some(length as u64);
        let held = std::mem::take(&mut stream.held);
        let missing = stream.missing();
        if let Some(step) = u32::try_from(missing).ok().filter(|step| *step > 0) {
            stream.credit += missing;
            frame::window_update(&mut self.out, id, step);
        }
        self.release(held);
    }

    /// Something was read in pieces: the connection has it back at once, the stream when it is worth a frame.
    fn read(&mut self, id: u32, bytes: i64) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        let bytes = bytes.min(stream.held);
        stream.held -= bytes;
        stream.owed += bytes;
        if stream.owed * 2 >= i64::from(self.limits.stream_window) && !stream.remote_closed {
            let step = std::mem::take(&mut stream.owed);
            stream.credit += step;
            frame::window_update(&mut self.out, id, u32::try_from(step).unwrap_or(0));
        }
        self.release(bytes);
    }

    /// Sends what the windows let through of an answer.
    fn pump(&mut self, id: u32) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        while let Some(piece) = stream.queue.front_mut() {
            let room = self.window.min(stream.window).clamp(0, signed(frame::LEAST_MAX));
            let length = piece.len().min(usize::try_from(room).unwrap_or(0));
            if length == 0 && !piece.is_empty() {
                return;
            }
            frame::data(&mut self.out, id, &piece[..length], false);
            piece.advance(length);
            self.window -= signed(length);
            stream.window -= signed(length);
            if piece.is_empty() {
                stream.queue.pop_front();
            }
        }
        if let Some(block) = stream.trailers.take() {
            stream.local_closed = true;
            let done = stream.done;
            match block.is_empty() {
                true => frame::data(&mut self.out, id, &[], true),
                false => self.say(id, &block, true),
            }
            if done {
                self.remove(id);
            }
        }
    }

    /// Sends on after a window was opened.
    fn pump_all(&mut self) {
        let waiting = self.streams.iter().filter(|(_, stream)| !stream.queue.is_empty());
        for id in waiting.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.pump(id);
        }
    }

    pub(super) fn window_update(&mut self, id: u32, payload: &[u8]) -> Result<(), Code> {
        let step = payload.first_chunk().map_or(0, |step| u32::from_be_bytes(*step) & (u32::MAX >> 1));
        if id == 0 {
            self.window += i64::from(step);
            if step == 0 || self.window > MAX_WINDOW {
                return Err(if step == 0 { Code::Protocol } else { Code::FlowControl });
            }
            self.pump_all();
            return Ok(());
        }
        let Some(stream) = self.streams.get_mut(&id) else {
            return if self.standing(id) == Standing::Idle { Err(Code::Protocol) } else { Ok(()) };
        };
        stream.window += i64::from(step);
        if step == 0 {
            self.reset(id, Code::Protocol);
        } else if stream.window > MAX_WINDOW {
            self.reset(id, Code::FlowControl);
        } else {
            self.pump(id);
        }
        Ok(())
    }

    /// The peer's settings: two of them mean something to who only answers.
    pub(super) fn settings(&mut self, payload: &[u8]) -> Result<(), Code> {
        for pair in payload.as_chunks::<6>().0 {
            let [a, b, value @ ..] = *pair;
            let value = u32::from_be_bytes(value);
            match u16::from_be_bytes([a, b]) {
                0x2 if value > 1 => return Err(Code::Protocol),
                0x4 => self.first_window(i64::from(value))?,
                0x5 if !(1 << 14..1 << 24).contains(&value) => return Err(Code::Protocol),
                _ => {}
            }
        }
        frame::settings_ack(&mut self.out);
        self.pump_all();
        Ok(())
    }

    /// A new window for what is sent on a stream: those that are open change by as much (section 6.9.2).
    fn first_window(&mut self, window: i64) -> Result<(), Code> {
        if window > MAX_WINDOW {
            return Err(Code::FlowControl);
        }
        let change = window - std::mem::replace(&mut self.first_window, window);
        for stream in self.streams.values_mut() {
            stream.window += change;
            if stream.window > MAX_WINDOW {
                return Err(Code::FlowControl);
            }
        }
        Ok(())
    }
}

/// A length of something that is in memory: far below what would not fit.
fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
