//! The words of shell scripts, each with its place. It is a tokenizer and no shell: it expands nothing and runs nothing.

/// One word or operator of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word without its quotes; an expression `${{ … }}` is kept as it is written.
    pub text: String,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// Whether it is an operator, such as `&&` or `>`.
    pub operator: bool,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A line end ends a command.
    Lines,
    /// A line end is a blank, as in YAML's folded and plain texts; an empty line ends a command.
    Folded,
}

/// The most words of one script.
const MOST_WORDS: usize = 100_000;
/// The longest line of blanks that is taken for an empty one.
const MOST_INDENT: usize = 200;

/// The lines of a script, each as its words. Comments are left out.
pub fn lines(text: &str, base: usize, style: Style) -> Vec<Vec<Word>> {
    let mut scan = Scan { text, base, at: 0, lines: Vec::new(), line: Vec::new(), words: 0, lonely: [false; 2] };
    while scan.words < MOST_WORDS && scan.step(style) {}
    scan.end_line();
    scan.lines
}

/// The commands of a line: its words between operators that join commands. Where output is sent to stays with its command.
pub fn commands(line: &[Word]) -> impl Iterator<Item = &[Word]> {
    line.split(|word| word.operator && !word.text.starts_with('>') && !word.text.starts_with('<'))
        .filter(|words| !words.is_empty())
}

struct Scan<'a> {
    text: &'a str,
    base: usize,
    at: usize,
    lines: Vec<Vec<Word>>,
    line: Vec<Word>,
    words: usize,
    /// Whether the rest holds no closing `'` and no closing `"`.
    lonely: [bool; 2],
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn end_line(&mut self) {
        if !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }

    fn push(&mut self, text: String, at: usize, operator: bool) {
        self.words += 1;
        self.line.push(Word { text, offset: self.base + at, operator });
    }

    /// Reads on to the next word; whether there is more.
    fn step(&mut self, style: Style) -> bool {
        let Some(first) = self.rest().chars().next() else { return false };
        match first {
            '\n' | '\r' => {
                self.at += 1;
                let after = self.rest().get(..MOST_INDENT).unwrap_or_else(|| self.rest());
                let empty = first == '\n' && after.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
                if style == Style::Lines || empty {
                    self.end_line();
                }
            }
            '#' => self.at += self.rest().find(['\n', '\r']).unwrap_or(self.rest().len()),
            '\\' if self.rest().starts_with("\\\n") => self.at += 2,
            '\\' if self.rest().starts_with("\\\r\n") => self.at += 3,
            _ if first.is_whitespace() => self.at += first.len_utf8(),
            _ => match operator(self.rest()) {
                Some(operator) if expression(self.rest()).is_none() => {
                    let at = self.at;
                    self.at += operator.len();
                    self.push(operator.to_owned(), at, true);
                }
                _ => self.word(),
            },
        }
        true
    }

    fn word(&mut self) {
        let start = self.at;
        let mut text = String::new();
        while let Some(character) = self.rest().chars().next() {
            let rest = self.rest();
            if let Some(length) = expression(rest) {
                text.push_str(rest.get(..length).unwrap_or_default());
                self.at += length;
                continue;
            }
            match character {
                '\'' | '"' => self.quoted(character, &mut text),
                '\\' if rest.starts_with("\\\n") => {
                    self.at += 2;
                    break;
                }
                '\\' => {
                    let next = rest.chars().nth(1);
                    text.push(next.unwrap_or('\\'));
                    self.at += 1 + next.map_or(0, char::len_utf8);
                }
                _ if character.is_whitespace() || operator(rest).is_some() => break,
                _ => {
                    text.push(character);
                    self.at += character.len_utf8();
                }
            }
        }
        // Nothing was read: a lone operator character that is none.
        if self.at == start {
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        }
        self.push(text, start, false);
    }

    /// A text in quotes; an apostrophe without a second one is a character.
    fn quoted(&mut self, quote: char, text: &mut String) {
        let index = usize::from(quote == '"');
        let inside = self.rest().get(1..).unwrap_or_default();
        let lonely = self.lonely.get(index).copied().unwrap_or(true);
        let end = if lonely { None } else { closing(inside, quote) };
        match end.and_then(|end| inside.get(..end)) {
            Some(content) => {
                text.push_str(&content.replace("\\\n", " "));
                self.at += content.len() + 2;
            }
            None => {
                if let Some(lonely) = self.lonely.get_mut(index) {
                    *lonely = true;
                }
                self.at += 1;
            }
        }
    }
}

/// Where a quoted text ends.
fn closing(inside: &str, quote: char) -> Option<usize> {
    if quote == '\'' {
        return inside.find('\'');
    }
    let mut escaped = false;
    let mut skip = 0;
    for (at, character) in inside.char_indices() {
        if at < skip {
            continue;
        }
        if let Some(length) = inside.get(at..).and_then(expression) {
            skip = at + length;
        } else if character == '"' && !escaped {
            return Some(at);
        }
        escaped = character == '\\' && !escaped;
    }
    None
}

/// The length of an expression that a CI system fills in, or of a plain `$(NAME)` of Azure and make, at the text's begin.
fn expression(text: &str) -> Option<usize> {
    /// Longer ones are taken for text.
    const LONGEST: usize = 500;
    let after = text.strip_prefix('$')?;
    let head: &str = after.get(..LONGEST).unwrap_or(after);
    if after.starts_with("{{") {
        return head.find("}}").map(|end| end + 3);
    }
    if after.starts_with('{') {
        return head.find('}').map(|end| end + 2);
    }
    let name = head.strip_prefix('(')?;
    let end = name.find(')')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (end > 0 && name.bytes().take(end).all(plain)).then_some(end + 3)
}

fn operator(text: &str) -> Option<&'static str> {
    const OPERATORS: [&str; 16] =
        ["&&", "||", ";;", ">>", "<<-", "<<<", "<<", ">&", "$(", ";", "|", "&", ">", "<", "(", ")"];
    if text.starts_with('`') {
        return Some("`");
    }
    OPERATORS.into_iter().find(|operator| text.starts_with(operator))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, style: Style) -> Vec<Vec<String>> {
        lines(text, 0, style).into_iter().map(|line| line.into_iter().map(|word| word.text).collect()).collect()
    }

    #[test]
    fn words_have_no_quotes_and_comments_are_no_words() {
        let text = "npx \"@capgo/cli\"@latest upload \\\n  --a='b c' # --no-key\n# npx\necho it's ok && x>y";
        let expected: Vec<Vec<String>> =
            [vec!["npx", "@capgo/cli@latest", "upload", "--a=b c"], vec!["echo", "its", "ok", "&&", "x", ">", "y"]]
                .into_iter()
                .map(|line| line.into_iter().map(str::to_owned).collect())
                .collect();
        assert_eq!(shown(text, Style::Lines), expected);
        assert_eq!(shown("a\n  b\n\nc", Style::Folded), [vec!["a", "b"], vec!["c"]]);
    }

    #[test]
    fn expressions_stay_whole() {
        assert_eq!(
            shown("a --k ${{ secrets.A || 'x y' }} \"${{ b }}\" $(VAR)", Style::Lines),
            [["a", "--k", "${{ secrets.A || 'x y' }}", "${{ b }}", "$(VAR)"]]
        );
        assert_eq!(shown("X=$(a b)", Style::Lines), [["X=", "$(", "a", "b", ")"]]);
        let line = lines("a && b --c > d | e", 10, Style::Lines).remove(0);
        assert_eq!(line[2].offset, 15);
        assert_eq!(commands(&line).map(<[Word]>::len).collect::<Vec<_>>(), [1, 4, 1]);
    }

    #[test]
    fn hostile_texts_end() {
        for text in ["'", "\"", "\\", "$", "${{", "$(", "`", "\"${{", "'\"'\"", "#", "\\\n", "a\\"] {
            shown(text, Style::Lines);
            shown(&text.repeat(20_000), Style::Folded);
        }
    }
}
