//! Compression of request bodies.

use std::io::Write;

use bytes::Bytes;
use pipeline::config::Findings;
use schemars::JsonSchema;
use serde::Deserialize;

/// How a request body is compressed.
///
/// Default `none`, where the Collector has `gzip`: gzip at level 1 costs twice, and at the Collector's
/// level 10 times, what all the rest of the pipeline does (2.3 and 11.6 us a span). Turn it on where
/// the network costs more than the CPU, and prefer `zstd` where the receiver takes it: smaller than
/// gzip and cheaper (1.7 us a span). Every OTLP receiver takes `gzip`; the Collector's take `zstd` too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// As it is.
    #[default]
    #[serde(alias = "")]
    None,
    /// gzip, level 1.
    Gzip,
    /// zstd, level 1.
    Zstd,
    /// zlib's format at level 1, as HTTP means `deflate`; only over HTTP.
    Deflate,
    /// The same under its own name; only over HTTP.
    Zlib,
    /// Not in this version: an error.
    Snappy,
}

impl Compression {
    /// The name on the wire; none for no compression.
    pub fn encoding(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
            Self::Deflate => Some("deflate"),
            Self::Zlib => Some("zlib"),
            Self::Snappy => Some("snappy"),
        }
    }

    /// What there is in the Collector and not here, or not for gRPC, where only `http` is more.
    pub fn check(self, http: bool, findings: &mut Findings) {
        match self {
            Self::Snappy => {
                let message = "`snappy` is not supported";
                findings.error("compression", "E232", message).hint("`zstd` is smaller and `none` costs less");
            }
            Self::Deflate | Self::Zlib if !http => {
                let message = "gRPC servers do not take `deflate` and `zlib`";
                findings.error("compression", "E232", message).hint("use `zstd` or `gzip`");
            }
            _ => {}
        }
    }

    /// The chunks, compressed as one stream.
    ///
    /// # Errors
    /// What the compressor says; writing to memory does not fail.
    pub fn compress(self, chunks: Vec<Bytes>) -> Result<Vec<Bytes>, String> {
        let written = match self {
            Self::None => return Ok(chunks),
            Self::Gzip => {
                let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                write(encoder, &chunks).and_then(flate2::write::GzEncoder::finish)
            }
            Self::Deflate | Self::Zlib => {
                let encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
                write(encoder, &chunks).and_then(flate2::write::ZlibEncoder::finish)
            }
            Self::Snappy => return Err("snappy is not supported".into()),
            Self::Zstd => zstd::Encoder::new(Vec::new(), 1)
                .and_then(|encoder| write(encoder, &chunks))
                .and_then(zstd::Encoder::finish),
        };
        written.map(|body| vec![Bytes::from(body)]).map_err(|error| format!("compression failed: {error}"))
    }
}

fn write<W: Write>(mut encoder: W, chunks: &[Bytes]) -> std::io::Result<W> {
    for chunk in chunks {
        encoder.write_all(chunk)?;
    }
    Ok(encoder)
}
