//! What a text is: markup, script, data or prose, judged by how it begins.

use std::borrow::Cow;

use super::Class::{self, Css, Html, JavaScript, Json, ShellScript, SourceMap, Svg, Text, Video, Xml};
use super::bytes::{contains, head};

type Named = (Class, &'static str);

/// How much of a text is looked at to tell its kind.
const HEAD: usize = 8 * 1024;

/// Interpreters that run JavaScript: a bundle's own language, whatever the file is for.
const JAVASCRIPT_RUNNERS: &[&str] = &["node", "nodejs", "deno", "bun", "ts-node", "tsx", "zx", "jsc", "qjs", "d8"];

/// What the bytes are if they are a text at all.
pub(super) fn sniff(bytes: &[u8]) -> Option<Named> {
    if !is_text(bytes) {
        return None;
    }
    let text = decoded_head(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    Some(
        shebang(text)
            .or_else(|| text.starts_with("<?php").then_some((ShellScript, "PHP script")))
            .or_else(|| markup(text))
            .or_else(|| json(text, bytes))
            .or_else(|| plain_marks(text))
            .or_else(|| looks_like_javascript(text).then_some((JavaScript, "JavaScript")))
            .or_else(|| looks_like_css(text).then_some((Css, "CSS")))
            .unwrap_or((Text, "text")),
    )
}

/// Whether the bytes read as text: UTF-16 by its mark, UTF-8, or mostly ASCII with letters of an old code page.
/// A few control characters are borne, for scripts hold them in strings.
fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        let strange =
            |character: &char| character.is_control() && !character.is_whitespace() || *character == '\u{fffd}';
        let text = decoded_head(bytes);
        return bytes.len() >= 4 && text.chars().filter(strange).count() <= text.chars().count() / 50;
    }
    // The begin is enough to tell text from noise; whether all of it is UTF-8 is asked of every byte.
    let begin = head(bytes, HEAD);
    let controls = begin.iter().filter(|byte| matches!(byte, 0..=6 | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F)).count();
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return controls <= begin.len() / 50;
    }
    let foreign = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    controls == 0 && foreign <= bytes.len() / 5
}

fn decoded_head(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = head(bytes, HEAD);
    match bytes {
        [0xFF, 0xFE, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0,
        [0xFE, 0xFF, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0,
        _ => String::from_utf8_lossy(bytes),
    }
}

/// `#!` with an absolute path, as the kernel wants it; `env` and its options are passed over.
fn shebang(text: &str) -> Option<Named> {
    let line = text.strip_prefix("#!")?.lines().next()?.trim();
    if !line.starts_with('/') {
        return None;
    }
    let mut words = line.split_ascii_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let first = words.next()?;
    let interpreter =
        if first == "env" { words.find(|word| !word.starts_with('-') && !word.contains('='))? } else { first };
    let family = interpreter.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
    if JAVASCRIPT_RUNNERS.contains(&interpreter) {
        return Some((JavaScript, "JavaScript with a shebang"));
    }
    Some(match family {
        "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "fish" | "csh" | "tcsh" => (ShellScript, "shell script"),
        "python" | "pypy" => (ShellScript, "Python script"),
        "ruby" | "jruby" => (ShellScript, "Ruby script"),
        "perl" | "raku" => (ShellScript, "Perl script"),
        "php" => (ShellScript, "PHP script"),
        "lua" | "luajit" | "texlua" => (ShellScript, "Lua script"),
        "pwsh" | "powershell" => (ShellScript, "PowerShell script"),
        "tclsh" | "wish" | "expect" => (ShellScript, "Tcl script"),
        _ => (ShellScript, "script with a shebang"),
    })
}

/// HTML as the WHATWG MIME sniffing standard (7.1) begins it; XML by its declaration, told apart by its root.
fn markup(text: &str) -> Option<Named> {
    const PAGES: &[&str] = &[
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<iframe",
        "<style",
        "<title",
        "<meta",
        "<div",
        "<link",
    ];
    let rest = after_comments(text);
    let begins = |word: &str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if PAGES.iter().any(|page| begins(page)) {
        return Some((Html, "HTML page"));
    }
    if begins("<svg") || begins("<!doctype svg") {
        return Some((Svg, "SVG image"));
    }
    if !begins("<?xml") && !begins("<!doctype") {
        return None;
    }
    Some(if rest.contains("<svg") {
        (Svg, "SVG image")
    } else if rest.contains("<plist") {
        (Xml, "XML property list")
    } else if rest.contains("<html") {
        (Html, "XHTML page")
    } else {
        (Xml, "XML document")
    })
}

/// The text behind leading `<!-- … -->`; a comment that does not end in the head leaves nothing.
fn after_comments(mut text: &str) -> &str {
    while let Some(comment) = text.strip_prefix("<!--") {
        text = comment.split_once("-->").map_or("", |(_, rest)| rest.trim_start());
    }
    text
}

fn json(text: &str, bytes: &[u8]) -> Option<Named> {
    let second = |open| text.strip_prefix(open).and_then(|rest: &str| rest.trim_start().chars().next());
    let object = matches!(second('{'), Some('"' | '}'));
    let list = matches!(second('['), Some('{' | '[' | ']' | '"' | '-' | '0'..='9' | 't' | 'f' | 'n'));
    if !object && !list {
        return None;
    }
    // ECMA-426: a source map is an object with `version` and `mappings` (or `sections`).
    let map = object
        && contains(bytes, b"\"mappings\"")
        && contains(bytes, b"\"version\"")
        && contains(bytes, b"\"sources\"");
    Some(if map { (SourceMap, "source map") } else { (Json, "JSON") })
}

fn plain_marks(text: &str) -> Option<Named> {
    if text.starts_with("#EXTM3U") {
        return Some((Video, "HLS playlist"));
    }
    // Git LFS: the pointer stands where the file should.
    text.starts_with("version https://git-lfs.github.com/spec/").then_some((Text, "Git LFS pointer"))
}

/// Whether a text begins as a script does. For texts whose name says nothing or something else, so it is strict.
fn looks_like_javascript(text: &str) -> bool {
    /// Beginnings that prose and other languages do not have.
    const SURE: &[&str] = &[
        "\"use strict\"",
        "'use strict'",
        "\"use client\"",
        "(function",
        "!function",
        ";(function",
        "(()=>",
        "(() =>",
        "(async",
        "import{",
        "import {",
        "import*",
        "import *",
        "import\"",
        "import '",
        "import \"",
        "import(",
        "export{",
        "export {",
        "export*",
        "export * ",
        "export default ",
        "export const ",
        "export function ",
        "export class ",
        "globalThis.",
        "window.",
        "self.",
        "document.",
        "eval(",
        "alert(",
        "(self.",
        "(this",
        "(globalThis",
        "define([",
        "define(\"",
        "require(",
        "module.exports",
        "Object.defineProperty(",
        "System.register(",
    ];
    let text = after_script_comments(text);
    if SURE.iter().any(|start| text.starts_with(start)) {
        return true;
    }
    let declared = ["var ", "let ", "const ", "function ", "async function ", "class "].iter().any(|start| {
        text.strip_prefix(start)
            .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_alphabetic() || "_${[".contains(next)))
    });
    // `let me explain` and `function` in prose or in a shell lack one of these marks.
    declared
        && text.contains('(')
        && text.contains(';')
        && (text.contains('=') || text.contains('{'))
        && text.contains(')')
}

fn after_script_comments(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        text = if let Some(comment) = text.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, rest)| rest)
        } else if let Some(comment) = text.strip_prefix("//") {
            comment.split_once('\n').map_or("", |(_, rest)| rest)
        } else {
            return text;
        }
    }
}

fn looks_like_css(text: &str) -> bool {
    let text = after_script_comments(text);
    [
        "@charset ",
        "@font-face",
        "@import ",
        "@media ",
        "@layer ",
        "@keyframes ",
        ":root{",
        ":root {",
        "html{",
        "body{",
        "*{",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}
