//! The lines of a page as words: what a reader of the page can see, without tags and marks.

use super::Noise;
use crate::markup::docfx::{has_mark, next, visible};
use crate::markup::fences::{closes_fence, opens_fence};
use crate::markup::html;
use crate::source::SourceFile;

/// One line of a page below its front matter.
#[derive(Debug, Default)]
pub(super) struct RawLine {
    /// Its words, in lower case.
    pub words: Vec<String>,
    /// Its text without blanks and tags, if there are no words on it.
    pub marks: String,
    /// Why there is nothing to account for, if that can be seen from the line alone.
    pub noise: Option<Noise>,
}

/// Tags that are marks and no text, beside those that make blocks.
const INLINE_TAGS: &[&str] =
    &["a", "b", "br", "code", "em", "font", "i", "img", "nobr", "span", "strong", "sub", "sup", "u"];

/// Tags that may stand within a word.
const WITHIN_WORDS: &[&str] = &["span", "u", "font", "nobr"];

/// The words of a text: runs of letters and digits in lower case, numbers as decimal ones.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(normal)
}

/// `0x10` and `16` are one word: a fact has the number, not its notation.
fn normal(word: &str) -> String {
    let lower = word.to_lowercase();
    if !lower.starts_with(|c: char| c.is_ascii_digit()) {
        return lower;
    }
    let digits = lower.trim_end_matches(['u', 'l']);
    let number = digits.strip_prefix("0x").map_or_else(|| digits.parse().ok(), |hex| u64::from_str_radix(hex, 16).ok());
    number.map_or(lower, |number| number.to_string())
}

/// The lines of a file from line `first` on, counted from 0.
pub(super) fn scan(file: &SourceFile, first: usize) -> Vec<RawLine> {
    let count = file.line_count();
    let fenced = fenced(file, first, count);
    let mut scan = Scan { lines: Vec::with_capacity(count.saturating_sub(first)), word: String::new() };
    scan.lines.push(RawLine::default());
    let mut index = first;
    let mut seen = Seen::default();
    while index < count {
        if let Some(mark) = fenced[index - first] {
            match mark {
                true => scan.fence(file.line(index)),
                false => scan.text(file.line(index)),
            }
            index += 1;
            scan.next_line();
            continue;
        }
        let run = fenced[index - first..].iter().take_while(|fenced| fenced.is_none()).count();
        let text = &file.text()[file.line_start(index)..file.line_start(index + run)];
        scan.markup(text, &mut seen);
        index += run;
        scan.end_word();
        scan.lines.resize_with(index - first, RawLine::default);
        scan.next_line();
    }
    scan.lines.truncate(count.saturating_sub(first));
    for (at, line) in scan.lines.iter_mut().enumerate() {
        let raw = file.line(first + at);
        if let Some(label) = label_of_definition(raw).filter(|_| fenced[at].is_none()) {
            let count = words(label).count();
            line.words.drain(..count.min(line.words.len()));
        }
        if fenced[at].is_none() && has_mark(raw) && next(raw, 0).is_some() {
            line.words = words(&visible(raw)).collect();
            if line.words.is_empty() {
                line.noise = Some(Noise::DocfxMark);
            }
        }
        if line.noise.is_none() && line.words.is_empty() && line.marks.is_empty() {
            let lower = raw.to_ascii_lowercase();
            let trimmed = lower.trim();
            line.noise = Some(match trimmed {
                "" => Noise::Blank,
                _ if trimmed.starts_with("<div") && trimmed.ends_with("</div>") => Noise::Spacer,
                _ if seen.comments.contains(&at) => Noise::Comment,
                _ => Noise::Tags,
            });
        } else if line.words.is_empty() && line.noise.is_none() {
            line.noise = of_marks(&line.marks);
        }
    }
    for span in &file.mojibake {
        let line = (span.line as usize).checked_sub(first + 1).and_then(|at| scan.lines.get_mut(at));
        if let Some(line) = line.filter(|line| line.noise == Some(Noise::Blank)) {
            line.noise = Some(Noise::Mojibake);
        }
    }
    scan.lines
}

/// The label of a link definition, `[label]: target`: it is no text, only what other lines call the target.
fn label_of_definition(line: &str) -> Option<&str> {
    let (label, target) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
    target.trim().contains(['/', '.', '#']).then_some(label)
}

/// What a line of nothing but marks is, where that needs no look at what is around it.
fn of_marks(marks: &str) -> Option<Noise> {
    let only = |set: &[char]| marks.chars().all(|c| set.contains(&c));
    match marks {
        "*" | "-" | "+" | "•" => Some(Noise::ListMark),
        _ if only(&['>']) => Some(Noise::ListMark),
        _ if only(&['=']) => Some(Noise::Rule),
        _ if marks.len() >= 3 && (only(&['-']) || only(&['*']) || only(&['_'])) => Some(Noise::Rule),
        _ if marks.contains('|') && only(&['|', '-', ':', '>']) => Some(Noise::TableMarks),
        _ => None,
    }
}

/// For each line whether it belongs to a closed fence, and if so whether it is one of its marks.
fn fenced(file: &SourceFile, first: usize, count: usize) -> Vec<Option<bool>> {
    let mut fenced = vec![None; count.saturating_sub(first)];
    let mut index = first;
    // The shortest fence of each mark that is known to be closed nowhere below.
    let mut unclosed = [usize::MAX; 2];
    while index < count {
        let open = opens_fence(file.line(index));
        let open = open.filter(|&(mark, len)| len < unclosed[usize::from(mark == b'~')]);
        if let Some((mark, len)) = open {
            if let Some(close) = (index + 1..count).find(|&at| closes_fence(file.line(at), mark, len)) {
                fenced[index - first..=close - first].fill(Some(false));
                fenced[index - first] = Some(true);
                fenced[close - first] = Some(true);
                index = close;
            } else {
                unclosed[usize::from(mark == b'~')] = len;
            }
        }
        index += 1;
    }
    fenced
}

/// What was met that needs more than one line.
#[derive(Default)]
struct Seen {
    /// Lines that a comment touches.
    comments: std::collections::BTreeSet<usize>,
}

struct Scan {
    lines: Vec<RawLine>,
    word: String,
}

impl Scan {
    fn line(&mut self) -> &mut RawLine {
        self.lines.last_mut().expect("there is always a current line")
    }

    fn next_line(&mut self) {
        self.end_word();
        self.lines.push(RawLine::default());
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word = normal(&self.word);
        self.word.clear();
        self.line().words.push(word);
    }

    fn char(&mut self, c: char) {
        if c.is_alphanumeric() {
            self.word.push(c);
            return;
        }
        self.end_word();
        match c {
            '\n' => self.next_line(),
            c if c.is_whitespace() => {}
            c => self.line().marks.push(c),
        }
    }

    fn text(&mut self, text: &str) {
        text.chars().for_each(|c| self.char(c));
        self.end_word();
    }

    /// The first or last line of a fence; only its language has words.
    fn fence(&mut self, line: &str) {
        self.text(line);
        if self.line().words.is_empty() {
            self.line().noise = Some(Noise::Fence);
        }
    }

    /// Text with tags, comments and entities.
    fn markup(&mut self, text: &str, seen: &mut Seen) {
        let mut at = 0;
        let last_comment = text.rfind("-->").unwrap_or(0);
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            let len = match c {
                '<' if at < last_comment && rest.starts_with("<!--") => html::comment(rest).inspect(|&len| {
                    for c in rest[..len].chars() {
                        seen.comments.insert(self.lines.len() - 1);
                        if c == '\n' {
                            self.next_line();
                        }
                    }
                }),
                '<' => html::tag(rest).filter(is_mark).map(|tag| self.tag(&tag, &rest[..tag.len])),
                '&' => entity(rest).map(|(c, len)| {
                    self.char(c);
                    len
                }),
                _ => None,
            };
            if len.is_none() {
                self.char(c);
            }
            at += len.unwrap_or(c.len_utf8());
        }
    }

    /// A tag: where it leads to is text, the rest of it is not.
    fn tag(&mut self, tag: &html::Tag<'_>, text: &str) -> usize {
        let anchor = tag.name == "a" && tag.attribute("href").is_none() && !tag.closing;
        if !anchor && !WITHIN_WORDS.contains(&&*tag.name) {
            self.end_word();
        }
        for name in ["href", "src", "alt"] {
            if let Some(value) = tag.attribute(name).filter(|_| matches!(&*tag.name, "a" | "img")) {
                let words: Vec<String> = words(&value).collect();
                self.line().words.extend(words);
            }
        }
        text.matches('\n').for_each(|_| self.next_line());
        tag.len
    }
}

fn is_mark(tag: &html::Tag<'_>) -> bool {
    tag.is_block() || INLINE_TAGS.contains(&&*tag.name)
}

/// An entity that stands for a character, and its length.
fn entity(text: &str) -> Option<(char, usize)> {
    let len = text.bytes().take(12).position(|b| b == b';')? + 1;
    let decoded = html::decode_entities(&text[..len]);
    let mut chars = decoded.chars();
    let only = chars.next().filter(|_| chars.next().is_none() && decoded.len() < len);
    only.map(|c| (c, len))
}
