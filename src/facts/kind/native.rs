//! Signatures of machine code, managed code and engine bytecode. Each asks for more than its magic number,
//! because compressed data begins with anything.

use super::Class::{self, Bytecode, ManagedCode, NativeCode, Package, WebAssembly};
use super::bytes::{contains, has, head, place, u16_be, u16_le, u32_be, u32_le};

type Named = (Class, &'static str);

/// Marks that are long or odd enough to need no second look.
const MARKS: &[(&[u8], Named)] = &[
    // LLVM `llvm/Bitcode/BitcodeReader.h`: raw magic and the wrapper 0x0B17C0DE, little-endian.
    (b"BC\xC0\xDE", (NativeCode, "LLVM bitcode")),
    (b"\xDE\xC0\x17\x0B", (NativeCode, "LLVM bitcode wrapper")),
    // Swift `lib/Serialization/ModuleFormat.h`: SWIFTMODULE_SIGNATURE.
    (b"\xE2\x9C\xA8\x0E", (NativeCode, "Swift module")),
    (b"!<thin>\n", (NativeCode, "thin static archive")),
    // Hermes `BytecodeFileFormat.h`: MAGIC 0x1F1903C103BC1FC6 and the delta form (its complement).
    (b"\xC6\x1F\xBC\x03\xC1\x03\x19\x1F", (Bytecode, "Hermes bytecode")),
    (b"\x39\xE0\x43\xFC\x3E\xFC\xE6\xE0", (Bytecode, "Hermes delta bytecode")),
    // LuaJIT `lj_bcdump.h`, versions 1 and 2.
    (b"\x1bLJ\x01", (Bytecode, "LuaJIT bytecode")),
    (b"\x1bLJ\x02", (Bytecode, "LuaJIT bytecode")),
    (b"RITE0", (Bytecode, "mruby bytecode")),
    (b"FasdUAS ", (Bytecode, "compiled AppleScript")),
];

/// Android runtime files: a four-byte mark, three digits, NUL (AOSP `libdexfile/dex`, `runtime/oat.h`).
const ANDROID: &[(&[u8], Named)] = &[
    (b"dex\n", (ManagedCode, "DEX bytecode")),
    (b"dey\n", (ManagedCode, "ODEX bytecode")),
    (b"cdex", (ManagedCode, "compact DEX bytecode")),
    (b"vdex", (ManagedCode, "VDEX bytecode")),
    (b"oat\n", (ManagedCode, "OAT code")),
    (b"art\n", (ManagedCode, "ART image")),
];

/// What native, managed or byte code the bytes are.
pub(super) fn sniff(bytes: &[u8]) -> Option<Named> {
    let marked = |table: &[(&[u8], Named)]| table.iter().find(|row| bytes.starts_with(row.0)).map(|row| row.1);
    marked(MARKS)
        .or_else(|| android_version(bytes).then(|| marked(ANDROID)).flatten())
        .or_else(|| elf(bytes))
        .or_else(|| mach_o(bytes))
        .or_else(|| fat_or_class(bytes))
        .or_else(|| portable_executable(bytes))
        .or_else(|| static_archive(bytes))
        .or_else(|| wasm(bytes))
        .or_else(|| script_engine(bytes))
}

fn android_version(bytes: &[u8]) -> bool {
    bytes.get(4..7).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit)) && bytes.get(7) == Some(&0)
}

/// ELF specification, figure 4-4: class 1 or 2, data 1 or 2, version 1; then `e_type`.
fn elf(bytes: &[u8]) -> Option<Named> {
    let valid = has(bytes, 0, b"\x7FELF")
        && matches!(bytes.get(4), Some(1 | 2))
        && matches!(bytes.get(5), Some(1 | 2))
        && bytes.get(6) == Some(&1);
    if !valid {
        return None;
    }
    // Android's oat files are ELF files whose dynamic symbols name the `oatdata` section.
    if contains(head(bytes, 64 * 1024), b"oatdata\0") {
        return Some((ManagedCode, "OAT code in ELF"));
    }
    let kind = if bytes.get(5) == Some(&1) { u16_le(bytes, 16) } else { u16_be(bytes, 16) };
    Some(match kind {
        Some(1) => (NativeCode, "ELF object file"),
        Some(2) => (NativeCode, "ELF executable"),
        Some(3) => (NativeCode, "ELF shared object"),
        _ => (NativeCode, "ELF file"),
    })
}

/// `mach/machine.h`: the processor families, with or without the 64-bit marks.
fn is_processor(number: u32) -> bool {
    matches!(number & 0xFF00_0000, 0 | 0x0100_0000 | 0x0200_0000)
        && matches!(number & 0x00FF_FFFF, 1 | 6 | 7 | 8 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 18)
}

/// `mach-o/loader.h`: four magics by word size and byte order, a processor, a file type of 1 to 12.
fn mach_o(bytes: &[u8]) -> Option<Named> {
    let read = match u32_be(bytes, 0)? {
        0xFEED_FACE | 0xFEED_FACF => u32_be,
        0xCEFA_EDFE | 0xCFFA_EDFE => u32_le,
        _ => return None,
    };
    if !is_processor(read(bytes, 4)?) {
        return None;
    }
    match read(bytes, 12)? {
        1 => Some((NativeCode, "Mach-O object file")),
        2 => Some((NativeCode, "Mach-O executable")),
        6 => Some((NativeCode, "Mach-O dynamic library")),
        8 => Some((NativeCode, "Mach-O bundle")),
        3..=12 => Some((NativeCode, "Mach-O file")),
        _ => None,
    }
}

/// `CAFEBABE` begins both fat Mach-O files (`mach-o/fat.h`: number of slices) and Java classes (JVMS 4.1: minor and
/// major version, of which the major is at least 45): the next word tells them apart.
fn fat_or_class(bytes: &[u8]) -> Option<Named> {
    let magic = u32_be(bytes, 0)?;
    let next = u32_be(bytes, 4)?;
    let fat = (1..45).contains(&next) && is_processor(u32_be(bytes, 8)?);
    match magic {
        0xCAFE_BABE | 0xCAFE_BABF if fat => Some((NativeCode, "Mach-O fat binary")),
        // Preview features of the language set the minor version to 65535; before Java 12 it was 0 to 3.
        0xCAFE_BABE if (45..=200).contains(&(next & 0xFFFF)) && matches!(next >> 16, 0..=3 | 0xFFFF) => {
            Some((ManagedCode, "Java class"))
        }
        _ => None,
    }
}

/// Microsoft PE format: `MZ`, the offset of the new header at 0x3C, and `PE\0\0` there.
fn portable_executable(bytes: &[u8]) -> Option<Named> {
    if !bytes.starts_with(b"MZ") {
        return None;
    }
    let header = place(u32_le(bytes, 0x3C)?);
    if !has(bytes, header, b"PE\0\0") {
        return None;
    }
    let traits = u16_le(bytes, header.checked_add(22)?)?;
    Some((NativeCode, if traits & 0x2000 == 0 { "PE executable" } else { "PE library (DLL)" }))
}

/// The `ar` format; a Debian package is an `ar` whose first member is `debian-binary`.
fn static_archive(bytes: &[u8]) -> Option<Named> {
    if !bytes.starts_with(b"!<arch>\n") {
        None
    } else if has(bytes, 8, b"debian-binary") {
        Some((Package, "Debian package"))
    } else {
        Some((NativeCode, "static library archive"))
    }
}

/// WebAssembly core specification 5.5.16: version 1; the component model has layer 1 in the upper half.
fn wasm(bytes: &[u8]) -> Option<Named> {
    let version = bytes.strip_prefix(b"\0asm").and_then(|rest| u32_le(rest, 0))?;
    match version {
        1 => Some((WebAssembly, "WebAssembly module")),
        0x0001_0000..=0x0001_00FF => Some((WebAssembly, "WebAssembly component")),
        _ => None,
    }
}

fn script_engine(bytes: &[u8]) -> Option<Named> {
    // Lua `lundump.h`: ESC `Lua`, then the version as two digits.
    if has(bytes, 0, b"\x1bLua") && matches!(bytes.get(4), Some(0x50..=0x5F)) {
        return Some((Bytecode, "Lua bytecode"));
    }
    // CPython `importlib/_bootstrap_external.py`: a number per release, CR LF. 3000 to 3999 is Python 3.
    if has(bytes, 2, b"\r\n") && bytes.len() >= 16 && matches!(u16_le(bytes, 0), Some(3000..=3999 | 62_011..=62_211)) {
        return Some((Bytecode, "Python bytecode"));
    }
    // Erlang: an IFF file of the type BEAM.
    (has(bytes, 0, b"FOR1") && has(bytes, 8, b"BEAM")).then_some((Bytecode, "Erlang bytecode"))
}

/// V8 `code-serializer.h`: magic `0xC0DE0000 ^ size`, little-endian. Too short to be believed without the extension.
pub(super) fn is_v8_code_cache(bytes: &[u8]) -> bool {
    u32_le(bytes, 0).is_some_and(|magic| magic & 0xFFFF_F000 == 0xC0DE_0000) && bytes.len() >= 24
}
