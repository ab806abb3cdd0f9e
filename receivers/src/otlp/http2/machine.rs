//! What an HTTP/2 server does with what it is sent (RFC 9113), without a socket, a task or a clock.
//!
//! Bytes go in in any pieces ([`Machine::receive`]), orders of the requests' tasks too ([`Machine::apply`]); what is to
//! be sent stands in `out`, what is to be done in `events`. Everything a peer can make it hold is bounded: a block of
//! fields by the limit of a list, requests by the limit of streams, their bytes by the windows.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use http::{HeaderMap, Request, StatusCode};

use super::fields::{self, Fields};
use super::frame::{self, Code, Head, Kind, Setting};
use super::hpack::Decoder;
use super::inbox::Inbox;
use super::input::Input;
use super::stream::Stream;

/// What a peer is held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Most requests at a time.
    pub(crate) streams: u32,
    /// What may be sent of a request, and of all of a connection, before it is read. Bytes.
    pub(crate) stream_window: u32,
    pub(crate) connection_window: u32,
    /// Largest frame. Bytes.
    pub(crate) frame: u32,
    /// Largest list of fields. Bytes.
    pub(crate) list: u32,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Event {
    Opened {
        stream: u32,
        request: Box<Request<()>>,
        inbox: Arc<Inbox>,
    },
    /// Nobody waits for the answer any more.
    Reset {
        stream: u32,
    },
}

/// What our own ping says that precedes the end of a connection: when it comes back, every request the peer had sent
/// before it knew is here.
const LAST_CALL: [u8; 8] = *b"lastcall";

/// How many streams are remembered that ended here before the peer ended them: it may still have sent for them.
const FORSAKEN: usize = 256;

/// How many frames a block of fields may come in.
const CONTINUATIONS: usize = 32;

/// A server's side of a connection.
pub(super) struct Machine {
    pub(super) limits: Limits,
    pub(super) input: Input,
    decoder: Decoder,
    /// A block of fields of which more frames come.
    block: Option<Block>,
    pub(super) streams: HashMap<u32, Stream>,
    /// The newest stream the peer began.
    newest: u32,
    forsaken: VecDeque<u32>,
    /// The target of the frame that is coming in.
    pub(super) target: Option<Arc<Inbox>>,
    /// What the peer may still send, and what it will be given back.
    pub(super) credit: i64,
    pub(super) released: i64,
    /// What may be sent, at all and on a new stream.
    pub(super) window: i64,
    pub(super) first_window: i64,
    /// Requests after this one are not taken: the connection ends.
    last: Option<u32>,
    failed: bool,
    /// Whether fields were sent.
    spoken: bool,
    pub(super) out: Vec<u8>,
    pub(super) events: Vec<Event>,
}

#[derive(Debug)]
struct Block {
    stream: u32,
    end_stream: bool,
    bytes: Vec<u8>,
    frames: usize,
}

impl Machine {
    pub(super) fn new(limits: Limits) -> Self {
        let mut out = Vec::new();
        let pairs = [
            (Setting::MaxConcurrentStreams, limits.streams),
            (Setting::InitialWindowSize, limits.stream_window),
            (Setting::MaxFrameSize, limits.frame),
            (Setting::MaxHeaderListSize, limits.list),
        ];
        frame::settings(&mut out, &pairs);
        let more = limits.connection_window.saturating_sub(frame::FIRST_WINDOW);
        if more > 0 {
            frame::window_update(&mut out, 0, more);
        }
        Self {
            limits,
            input: Input::default(),
            decoder: Decoder::new(4096),
            block: None,
            streams: HashMap::new(),
            newest: 0,
            forsaken: VecDeque::new(),
            target: None,
            credit: i64::from(limits.connection_window.max(frame::FIRST_WINDOW)),
            released: 0,
            window: i64::from(frame::FIRST_WINDOW),
            first_window: i64::from(frame::FIRST_WINDOW),
            last: None,
            failed: false,
            spoken: false,
            out,
            events: Vec::new(),
        }
    }

    /// Whether everything was said: no request is inside and none will be taken.
    pub(super) fn is_over(&self) -> bool {
        self.failed || (self.last.is_some() && self.streams.is_empty())
    }

    /// Whether the peer broke the protocol.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Asks the peer to send no more requests; those that are under way are taken.
    pub(super) fn drain(&mut self) {
        if self.last.is_none() {
            frame::goaway(&mut self.out, u32::MAX >> 1, Code::NoError);
            frame::ping(&mut self.out, 0, LAST_CALL);
        }
    }

    /// Asks whether the peer is there.
    pub(super) fn ping(&mut self) {
        frame::ping(&mut self.out, 0, *b"tollgate");
    }

    /// Ends the connection for what the peer did.
    pub(super) fn fail(&mut self, code: Code) {
        self.failed = true;
        frame::goaway(&mut self.out, self.last.unwrap_or(self.newest), code);
        for stream in self.streams.values() {
            stream.inbox.lose();
        }
    }

    /// A frame's head came: whether the frame may stand here, and so.
    pub(super) fn begin(&mut self, head: Head) -> Result<(), Code> {
        if head.length > self.limits.frame as usize {
            return Err(Code::FrameSize);
        }
        if !self.input.is_greeted() && head.kind != Kind::Settings {
            return Err(Code::Protocol);
        }
        let continued = self.block.as_ref().map(|block| block.stream);
        if (head.kind == Kind::Continuation || continued.is_some())
            && (head.kind != Kind::Continuation || continued != Some(head.stream))
        {
            return Err(Code::Protocol);
        }
        let of_connection = matches!(head.kind, Kind::Settings | Kind::Ping | Kind::GoAway);
        let of_either = matches!(head.kind, Kind::WindowUpdate | Kind::Unknown);
        if !of_either && of_connection != (head.stream == 0) {
            return Err(Code::Protocol);
        }
        match head.kind {
            Kind::Data => self.begin_data(head),
            Kind::Headers | Kind::Continuation => self.has_room(head.length),
            Kind::Priority if head.length != 5 => Err(Code::FrameSize),
            Kind::RstStream | Kind::WindowUpdate if head.length != 4 => Err(Code::FrameSize),
            Kind::Ping if head.length != 8 => Err(Code::FrameSize),
            Kind::Settings if !head.length.is_multiple_of(6) => Err(Code::FrameSize),
            Kind::Settings if head.has(frame::ACK) && head.length > 0 => Err(Code::FrameSize),
            Kind::Settings if head.length > frame::LEAST_MAX => Err(Code::EnhanceYourCalm),
            Kind::PushPromise => Err(Code::Protocol),
            _ => Ok(()),
        }
    }

    /// Whether so much more of a block of fields is taken.
    fn has_room(&self, more: usize) -> Result<(), Code> {
        let (had, frames) = self.block.as_ref().map_or((0, 0), |block| (block.bytes.len(), block.frames));
        let fits = had + more <= self.limits.list as usize && frames < CONTINUATIONS;
        if fits { Ok(()) } else { Err(Code::EnhanceYourCalm) }
    }

    /// A frame is there, whole.
    pub(super) fn finish(&mut self, head: Head, payload: &[u8]) -> Result<(), Code> {
        match head.kind {
            Kind::Data => self.finish_data(head),
            Kind::Headers => self.headers(head, payload)?,
            Kind::Continuation => {
                if let Some(mut block) = self.block.take() {
                    block.bytes.extend_from_slice(payload);
                    block.frames += 1;
                    self.block(block, head.has(frame::END_HEADERS))?;
                }
            }
            Kind::Priority => depends_on_itself(head.stream, payload)?,
            Kind::RstStream => self.rst_stream(head.stream)?,
            Kind::Settings if !head.has(frame::ACK) => self.settings(payload)?,
            Kind::Ping => self.pinged(head, payload),
            Kind::WindowUpdate => self.window_update(head.stream, payload)?,
            _ => {}
        }
        Ok(())
    }

    fn headers(&mut self, head: Head, payload: &[u8]) -> Result<(), Code> {
        let mut rest = payload;
        let mut padding = 0;
        if head.has(frame::PADDED) {
            let (first, after) = rest.split_first().ok_or(Code::FrameSize)?;
            (padding, rest) = (usize::from(*first), after);
        }
        if head.has(frame::PRIORITY) {
            let (priority, after) = rest.split_at_checked(5).ok_or(Code::FrameSize)?;
            depends_on_itself(head.stream, priority)?;
            rest = after;
        }
        let fields = rest.len().checked_sub(padding).ok_or(Code::Protocol)?;
        let bytes = rest[..fields].to_vec();
        let block = Block { stream: head.stream, end_stream: head.has(frame::END_STREAM), bytes, frames: 0 };
        self.block(block, head.has(frame::END_HEADERS))
    }

    /// A block of fields came, or a part of one. Each is decoded, whatever becomes of it: the next ones refer to it.
    fn block(&mut self, block: Block, whole: bool) -> Result<(), Code> {
        if !whole {
            self.block = Some(block);
            return Ok(());
        }
        let mut fields = Fields::default();
        let limit = self.limits.list as usize;
        let fits = self.decoder.decode(&block.bytes, limit, |name, value| fields.push(name, value));
        let fits = fits.map_err(|_| Code::Compression)?;
        if block.stream > self.newest {
            return self.open(&block, fields, fits);
        }
        if self.standing(block.stream) != Standing::Open {
            if !self.forsaken.contains(&block.stream) {
                return Err(Code::StreamClosed);
            }
            // Fields behind a body end it, whether anybody reads it or not.
            if !block.end_stream {
                frame::rst_stream(&mut self.out, block.stream, Code::Protocol);
            }
            return Ok(());
        }
        if block.end_stream && fits && fields.are_trailers() {
            self.ended(block.stream);
        } else {
            self.reset(block.stream, Code::Protocol);
        }
        Ok(())
    }

    fn open(&mut self, block: &Block, fields: Fields, fits: bool) -> Result<(), Code> {
        let id = block.stream;
        if id.is_multiple_of(2) {
            return Err(Code::Protocol);
        }
        self.newest = id;
        let opening = fields.request();
        if self.last.is_some() {
            // The peer was told: it takes the request elsewhere.
            self.forsake(id);
        } else if self.streams.len() >= self.limits.streams as usize {
            self.reset(id, Code::RefusedStream);
        } else if !fits {
            self.say(id, &fields::head(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &HeaderMap::new()), true);
            if !block.end_stream {
                self.reset(id, Code::NoError);
            }
        } else if let Some((request, declared)) = opening {
            let inbox = Arc::new(Inbox::new());
            let credit = i64::from(self.limits.stream_window);
            self.streams.insert(id, Stream::new(inbox.clone(), credit, self.first_window, declared));
            self.events.push(Event::Opened { stream: id, request: Box::new(request), inbox });
            if block.end_stream {
                self.ended(id);
            }
        } else {
            self.reset(id, Code::Protocol);
        }
        Ok(())
    }

    /// The peer has sent all of a stream.
    pub(super) fn ended(&mut self, id: u32) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.remote_closed = true;
        if stream.is_cut_short() {
            self.reset(id, Code::Protocol);
        } else {
            stream.inbox.end();
        }
    }

    /// Ends a stream for what the peer did with it. It keeps its place until its task has ended.
    pub(super) fn reset(&mut self, id: u32, code: Code) {
        frame::rst_stream(&mut self.out, id, code);
        self.forsake(id);
        self.lose(id);
    }

    fn lose(&mut self, id: u32) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.inbox.lose();
        (stream.remote_closed, stream.local_closed) = (true, true);
        stream.queue.clear();
        stream.trailers = None;
        let (held, done) = (std::mem::take(&mut stream.held), stream.done);
        self.release(held);
        self.events.push(Event::Reset { stream: id });
        // An answer that waited for a window had a place for nothing else.
        if done {
            self.remove(id);
        }
    }

    /// Says a block of fields. The first one begins with a table of no size (RFC 7541 section 4.2): none is used, and a
    /// peer whose settings made it smaller waits to hear so.
    pub(super) fn say(&mut self, id: u32, block: &[u8], end_stream: bool) {
        if std::mem::replace(&mut self.spoken, true) {
            frame::headers(&mut self.out, id, block, end_stream);
        } else {
            frame::headers(&mut self.out, id, &[&[0x20], block].concat(), end_stream);
        }
    }

    fn forsake(&mut self, id: u32) {
        if self.forsaken.len() == FORSAKEN {
            self.forsaken.pop_front();
        }
        self.forsaken.push_back(id);
    }

    /// A stream whose task has ended, and all of whose answer was sent.
    pub(super) fn remove(&mut self, id: u32) {
        let Some(stream) = self.streams.remove(&id) else { return };
        let code = if stream.local_closed { Code::NoError } else { Code::Internal };
        if !stream.remote_closed || !stream.local_closed {
            frame::rst_stream(&mut self.out, id, code);
            self.forsake(id);
        }
        self.release(stream.held);
    }

    fn rst_stream(&mut self, id: u32) -> Result<(), Code> {
        if id > self.newest {
            return Err(Code::Protocol);
        }
        // Who ended it knows that nothing may follow.
        self.forsaken.retain(|forsaken| *forsaken != id);
        self.lose(id);
        Ok(())
    }

    fn pinged(&mut self, head: Head, payload: &[u8]) {
        let Ok(payload) = <[u8; 8]>::try_from(payload) else { return };
        if !head.has(frame::ACK) {
            frame::ping(&mut self.out, frame::ACK, payload);
        } else if payload == LAST_CALL && self.last.is_none() {
            self.last = Some(self.newest);
            frame::goaway(&mut self.out, self.newest, Code::NoError);
        }
    }

    /// Whether a stream was begun and is not there any more, or is not heard any more.
    pub(super) fn standing(&self, id: u32) -> Standing {
        match self.streams.get(&id) {
            Some(stream) if !stream.remote_closed => Standing::Open,
            _ if id > self.newest || id.is_multiple_of(2) => Standing::Idle,
            _ if self.forsaken.contains(&id) => Standing::Forsaken,
            _ => Standing::Closed,
        }
    }
}

/// What may come for a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Idle,
    Open,
    /// Ended here first: what comes is not the peer's fault.
    Forsaken,
    Closed,
}

fn depends_on_itself(id: u32, priority: &[u8]) -> Result<(), Code> {
    let on = priority.first_chunk().map(|first| u32::from_be_bytes(*first) & (u32::MAX >> 1));
    if on == Some(id) { Err(Code::Protocol) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
