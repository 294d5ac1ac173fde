//! Images, fonts, sound, film and known web data, by content. `infer` answers where its test is strict enough;
//! where it looks at two or three bytes only, the test here asks for more.

use super::Class::{self, Audio, Data, Font, Image, Pdf, Video};
use super::bytes::{has, place, u16_be, u16_le, u32_be, u32_le};

type Named = (Class, &'static str);
type Test = fn(&[u8]) -> bool;

/// In this order: the strict tests first.
const TESTS: &[(Test, Named)] = &[
    (|bytes| has(bytes, 0, b"\x89PNG\r\n\x1A\n"), (Image, "PNG image")),
    (infer::image::is_jpeg, (Image, "JPEG image")),
    (|bytes| has(bytes, 0, b"GIF87a") || has(bytes, 0, b"GIF89a"), (Image, "GIF image")),
    (|bytes| riff(bytes, b"WEBP"), (Image, "WebP image")),
    (infer::image::is_avif, (Image, "AVIF image")),
    (infer::image::is_heif, (Image, "HEIF image")),
    (infer::image::is_jpeg2000, (Image, "JPEG 2000 image")),
    (is_jxl, (Image, "JPEG XL image")),
    (is_icon, (Image, "icon")),
    (is_bmp, (Image, "BMP image")),
    (is_tiff, (Image, "TIFF image")),
    (|bytes| has(bytes, 0, b"8BPS\0\x01"), (Image, "Photoshop image")),
    (|bytes| has(bytes, 0, b"icns") && length_at(bytes, 4), (Image, "Apple icon image")),
    (|bytes| has(bytes, 0, b"qoif") && bytes.len() > 22, (Image, "QOI image")),
    (|bytes| has(bytes, 0, b"#?RADIANCE\n") || has(bytes, 0, b"#?RGBE\n"), (Image, "Radiance HDR image")),
    (|bytes| has(bytes, 0, b"\x76\x2F\x31\x01\x02"), (Image, "OpenEXR image")),
    (|bytes| has(bytes, 0, b"\xABKTX 11\xBB\r\n\x1A\n"), (Image, "KTX texture")),
    (|bytes| has(bytes, 0, b"\xABKTX 20\xBB\r\n\x1A\n"), (Image, "KTX2 texture")),
    (|bytes| has(bytes, 0, b"DDS \x7C\0\0\0"), (Image, "DDS texture")),
    (|bytes| has(bytes, 0, b"\x13\xAB\xA1\x5C"), (Image, "ASTC texture")),
    (|bytes| has(bytes, 0, b"PVR\x03"), (Image, "PVR texture")),
    (|bytes| is_woff(bytes, b"wOFF"), (Font, "WOFF font")),
    (|bytes| is_woff(bytes, b"wOF2"), (Font, "WOFF2 font")),
    (is_sfnt, (Font, "TrueType or OpenType font")),
    (|bytes| has(bytes, 0, b"ttcf\0\x01\0\0") || has(bytes, 0, b"ttcf\0\x02\0\0"), (Font, "font collection")),
    (is_eot, (Font, "Embedded OpenType font")),
    (|bytes| has(bytes, 0, b"%PDF-"), (Pdf, "PDF document")),
    (|bytes| has(bytes, 0, b"ID3") && bytes.get(3).is_some_and(|version| *version <= 4), (Audio, "MP3 audio")),
    (|bytes| has(bytes, 0, b"OggS\0"), (Audio, "Ogg media")),
    (|bytes| has(bytes, 0, b"fLaC"), (Audio, "FLAC audio")),
    (|bytes| riff(bytes, b"WAVE"), (Audio, "WAV audio")),
    (infer::audio::is_aiff, (Audio, "AIFF audio")),
    (|bytes| has(bytes, 0, b"MThd\0\0\0\x06"), (Audio, "MIDI music")),
    (|bytes| has(bytes, 0, b"#!AMR\n") || has(bytes, 0, b"#!AMR-WB\n"), (Audio, "AMR audio")),
    (|bytes| has(bytes, 0, b"caff\0\x01"), (Audio, "Core Audio file")),
    (|bytes| has(bytes, 4, b"ftypM4A") || has(bytes, 4, b"ftypM4B"), (Audio, "MPEG-4 audio")),
    (|bytes| has(bytes, 4, b"ftyp") && length_at(bytes, 0), (Video, "ISO media (MP4, QuickTime)")),
    (|bytes| has(bytes, 4, b"moov") || has(bytes, 4, b"styp"), (Video, "QuickTime film")),
    (|bytes| has(bytes, 0, b"\x1A\x45\xDF\xA3"), (Video, "Matroska or WebM video")),
    (|bytes| riff(bytes, b"AVI "), (Video, "AVI video")),
    (|bytes| has(bytes, 0, b"FLV\x01"), (Video, "Flash video")),
    (infer::video::is_wmv, (Video, "Windows media")),
    (|bytes| has(bytes, 0, b"\0\0\x01\xBA") || has(bytes, 0, b"\0\0\x01\xB3"), (Video, "MPEG video")),
    (is_transport_stream, (Video, "MPEG transport stream")),
    (is_mpeg_audio, (Audio, "MPEG audio")),
    (|bytes| has(bytes, 0, b"glTF\x01\0\0\0") || has(bytes, 0, b"glTF\x02\0\0\0"), (Data, "glTF binary model")),
    (|bytes| has(bytes, 0, b"RIVE"), (Data, "Rive animation")),
    (|bytes| has(bytes, 0, b"DRACO\x02"), (Data, "Draco mesh")),
    (|bytes| has(bytes, 0, b"PMTiles"), (Data, "PMTiles map")),
    (|bytes| has(bytes, 0, b"bplist00"), (Data, "binary property list")),
];

/// What media or web data the bytes are.
pub(super) fn sniff(bytes: &[u8]) -> Option<Named> {
    TESTS.iter().find(|(test, _)| test(bytes)).map(|row| row.1)
}

fn riff(bytes: &[u8], form: &[u8]) -> bool {
    has(bytes, 0, b"RIFF") && has(bytes, 8, form)
}

/// Whether the big-endian length at `offset` is one that fits the file.
fn length_at(bytes: &[u8], offset: usize) -> bool {
    u32_be(bytes, offset).is_some_and(|length| length >= 8 && place(length) <= bytes.len())
}

/// JPEG XL: the container's signature box; the bare codestream `FF 0A` is left to the extension.
fn is_jxl(bytes: &[u8]) -> bool {
    has(bytes, 0, b"\0\0\0\x0CJXL \r\n\x87\n")
}

/// ICO and CUR: reserved 0, type 1 or 2, some images, and the first image's reserved byte 0 and place inside the file.
fn is_icon(bytes: &[u8]) -> bool {
    (has(bytes, 0, b"\0\0\x01\0") || has(bytes, 0, b"\0\0\x02\0"))
        && u16_le(bytes, 4).is_some_and(|images| (1..=256).contains(&images))
        && bytes.get(9) == Some(&0)
        && u32_le(bytes, 18).is_some_and(|offset| offset >= 22 && place(offset) < bytes.len())
}

/// BMP: `BM`, reserved zeros, and a known size of the second header; two letters alone begin many a text.
fn is_bmp(bytes: &[u8]) -> bool {
    has(bytes, 0, b"BM")
        && has(bytes, 6, b"\0\0\0\0")
        && matches!(u32_le(bytes, 14), Some(12 | 40 | 52 | 56 | 108 | 124))
}

fn is_tiff(bytes: &[u8]) -> bool {
    let inside = |offset: Option<u32>| offset.is_some_and(|offset| offset >= 8 && place(offset) < bytes.len());
    (has(bytes, 0, b"II*\0") && inside(u32_le(bytes, 4))) || (has(bytes, 0, b"MM\0*") && inside(u32_be(bytes, 4)))
}

/// W3C WOFF 1 and 2: signature, flavour, total length, number of tables.
fn is_woff(bytes: &[u8], mark: &[u8]) -> bool {
    has(bytes, 0, mark)
        && u32_be(bytes, 8).is_some_and(|length| length >= 44)
        && u16_be(bytes, 12).is_some_and(|tables| (1..=4096).contains(&tables))
}

/// OpenType: a known version, some tables, and the first table's tag in printable characters.
fn is_sfnt(bytes: &[u8]) -> bool {
    (has(bytes, 0, b"\0\x01\0\0") || has(bytes, 0, b"OTTO") || has(bytes, 0, b"true"))
        && u16_be(bytes, 4).is_some_and(|tables| (1..=512).contains(&tables))
        && bytes.get(12..16).is_some_and(|tag| tag.iter().all(|byte| matches!(byte, b' '..=b'~')))
        && u32_be(bytes, 20).is_some_and(|offset| place(offset) < bytes.len())
}

/// W3C EOT: the file's size, a known version, and `LP` at 34.
fn is_eot(bytes: &[u8]) -> bool {
    has(bytes, 34, b"LP") && matches!(u32_le(bytes, 8), Some(0x0001_0000 | 0x0002_0001 | 0x0002_0002))
}

/// ISO 13818-1: packets of 188 bytes, each of which begins with 0x47.
fn is_transport_stream(bytes: &[u8]) -> bool {
    let packet = |number: usize| bytes.get(number * 188) == Some(&0x47);
    packet(0) && packet(1) && packet(2) && (bytes.len() < 565 || packet(3))
}

/// Two MPEG audio frames, or AAC frames, in a row: one frame's mark of eleven bits is met by chance too often.
fn is_mpeg_audio(bytes: &[u8]) -> bool {
    frame_length(bytes, 0).is_some_and(|length| bytes.len() <= length || frame_length(bytes, length).is_some())
}

/// The length of the MPEG audio (ISO 11172-3) or ADTS (ISO 13818-7) frame at `offset`.
fn frame_length(bytes: &[u8], offset: usize) -> Option<usize> {
    /// Layer III in kbit/s, version 1 and versions 2 and 2.5.
    const RATES: [[usize; 14]; 2] = [
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];
    let frame = bytes.get(offset..offset.checked_add(6)?)?;
    let &[first, second, third, fourth, fifth, sixth] = frame else { return None };
    if first != 0xFF {
        return None;
    }
    if second & 0xF6 == 0xF0 {
        let length = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
        return (length > 7).then_some(length);
    }
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    if second & 0xE0 != 0xE0 || version == 1 || layer != 1 {
        return None;
    }
    let first_version = version == 3;
    let rate = RATES.get(usize::from(!first_version))?.get(usize::from(third >> 4).checked_sub(1)?)?;
    let hertz = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))?
        >> match version {
            3 => 0,
            2 => 1,
            _ => 2,
        };
    let padding = usize::from(third >> 1 & 1);
    Some(if first_version { 144 } else { 72 } * rate * 1000 / hertz + padding)
}
