//! What the typesetter sees: one constant file, its data, and fonts.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue as _};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

/// The template; it never changes with the document.
const TEMPLATE: &str = include_str!("template.typ");

/// The fonts inside the program, see `assets/fonts/README.md`.
const FONTS: [&[u8]; 7] = [
    include_bytes!("../../../../assets/fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../../../assets/fonts/NotoSansMono-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/NotoSansSC-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/NotoEmoji-Regular.ttf"),
];

/// The built-in fonts, then the given ones.
pub(super) fn fonts(given: &[Vec<u8>]) -> Result<Vec<Font>, String> {
    let mut fonts: Vec<Font> = FONTS.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))).collect();
    for (number, bytes) in given.iter().enumerate() {
        let before = fonts.len();
        fonts.extend(Font::iter(Bytes::new(bytes.clone())));
        if fonts.len() == before {
            return Err(format!("font {} is no font: expected TTF, OTF or TTC", number + 1));
        }
    }
    Ok(fonts)
}

/// The families of fonts, each once, in order.
pub(super) fn families(fonts: &[Font]) -> Vec<String> {
    let mut families: Vec<String> = Vec::new();
    for font in fonts {
        if !families.contains(&font.info().family) {
            families.push(font.info().family.clone());
        }
    }
    families
}

/// The world of one document.
pub(super) struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    source: Source,
}

impl Press {
    pub(super) fn new(fonts: Vec<Font>, json: Vec<u8>) -> Self {
        let mut inputs = Dict::new();
        inputs.insert("document".into(), Bytes::new(json).into_value());
        Self {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            source: Source::detached(TEMPLATE),
        }
    }
}

impl World for Press {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _id: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
