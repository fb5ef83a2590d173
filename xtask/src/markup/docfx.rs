//! DocFX's own marks, as they stand in a line of text: `:::image …:::`, `[!VIDEO …]`, `[!INCLUDE […](…)]`.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// A mark, as it stands in a text.
pub struct Mark<'a> {
    /// Where it begins, in bytes.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// Its name.
    pub name: &'a str,
    /// What takes its place.
    pub what: What,
}

/// What takes the place of a mark.
pub enum What {
    /// An image: source and alternative text.
    Image(String, String),
    /// Text.
    Text(String),
    /// A link to a video.
    Video(String),
    /// Nothing.
    Nothing,
}

/// The marks between colons.
const NAMES: &[&str] = &[
    "code",
    "column",
    "column-end",
    "image",
    "image-end",
    "moniker",
    "moniker-end",
    "no-loc",
    "row",
    "row-end",
    "video",
    "zone",
    "zone-end",
];

/// How many attributes a mark may have.
const MOST: usize = 16;

/// Whether a text may have a mark; it is asked for every page.
pub fn has_mark(text: &str) -> bool {
    static MARKS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [Finder::new(":::"), Finder::new("[!")]);
    MARKS.iter().any(|mark| mark.find(text.as_bytes()).is_some())
}

/// The first mark at or after a place.
pub fn next(text: &str, from: usize) -> Option<Mark<'_>> {
    let bytes = text.as_bytes();
    let candidates = memchr::memchr2_iter(b':', b'[', &bytes[from..]).map(|at| from + at);
    candidates.into_iter().find_map(|at| match &bytes[at..] {
        [b':', b':', b':', ..] => of_colons(text, at),
        [b'[', b'!', ..] => of_bracket(text, at),
        _ => None,
    })
}

/// `:::name key="value":::`; what only opens or closes something need not have the last colons.
fn of_colons(text: &str, from: usize) -> Option<Mark<'_>> {
    let start = text.len() - text[from + 3..].trim_start_matches([' ', ':']).len();
    let end = text[start..].find(|c: char| !c.is_ascii_lowercase() && c != '-').map_or(text.len(), |end| start + end);
    let name = text[start..end].trim_end_matches('-');
    if !NAMES.contains(&name) {
        return None;
    }
    let mut to = end;
    let mut attributes = Vec::new();
    while attributes.len() < MOST {
        let rest = text[to..].trim_start();
        let Some((key, value)) = rest.split_once("=\"") else { break };
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
            break;
        }
        let Some(close) = value.find('"') else { break };
        attributes.push((key, &value[..close]));
        to = text.len() - value.len() + close + 1;
    }
    let rest = text[to..].trim_start();
    if rest.starts_with(":::") {
        to = text.len() - rest.len() + 3;
    }
    let value = |key: &str| attributes.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned());
    let what = match name {
        "image" => value("source").map(|source| What::Image(source, value("alt-text").unwrap_or_default())),
        "video" => value("source").map(What::Video),
        "no-loc" => value("text").map(What::Text),
        _ => None,
    };
    Some(Mark { from, to, name, what: what.unwrap_or(What::Nothing) })
}

/// `[!VIDEO address]`, `[!div class="…"]` and, as far as the line is asked, `[!INCLUDE [title](path)]`.
fn of_bracket(text: &str, from: usize) -> Option<Mark<'_>> {
    let inner = &text[from + 2..];
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inner.len());
    let (name, rest) = inner.split_at(end);
    if takes_from_elsewhere(name) {
        let title = rest.trim_start().strip_prefix('[')?;
        let close = title.find(")]")?;
        let to = text.len() - title.len() + close + 2;
        return Some(Mark { from, to, name, what: What::Nothing });
    }
    let is_video = name.eq_ignore_ascii_case("video");
    if !is_video && !name.eq_ignore_ascii_case("div") {
        return None;
    }
    let close = rest.find(']')?;
    let to = text.len() - rest.len() + close + 1;
    let what = if is_video { What::Video(rest[..close].trim().to_owned()) } else { What::Nothing };
    Some(Mark { from, to, name, what })
}

/// Whether a word announces that text or code of another file stands here.
pub fn takes_from_elsewhere(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "include" || name == "code" || name.starts_with("code-")
}

/// What a reader sees of a line: its text, with the alternative text of images.
pub fn visible(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), 0);
    while let Some(mark) = next(line, rest) {
        out.push_str(&line[rest..mark.from]);
        out.push(' ');
        rest = mark.to;
        match mark.what {
            What::Image(_, text) | What::Text(text) => out.push_str(&text),
            What::Video(_) | What::Nothing => {}
        }
        out.push(' ');
    }
    out + &line[rest..]
}
