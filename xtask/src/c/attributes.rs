//! The words that annotate a parameter, in a heading (`[in, optional]`) or before a type (`_In_reads_bytes_opt_(n)`).
//! This is the only place that judges them.

use super::names::is_identifier;

/// Which way a parameter's data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the callee.
    In,
    /// From the callee.
    Out,
    /// Both.
    InOut,
}

impl Direction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::In, Self::Out, Self::InOut];

    /// As `facts.json` calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::InOut => "inout",
        }
    }

    /// As everything else says it, and as a heading has it: `[in, out]`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::In | Self::Out => self.name(),
            Self::InOut => "in, out",
        }
    }

    /// The direction of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.name() == name)
    }

    /// Whether data goes to the callee.
    pub const fn goes_in(self) -> bool {
        matches!(self, Self::In | Self::InOut)
    }

    /// Whether data comes from the callee.
    pub const fn goes_out(self) -> bool {
        matches!(self, Self::Out | Self::InOut)
    }
}

/// What one part of an attribute means: `in_reads_opt_(n)` has the parts `in`, `reads` and `opt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `in`, `out`, `inout`
    Way(Direction),
    /// `opt`, `optional`
    Optional,
    /// `reads`: data of a stated length goes in.
    Reads,
    /// `writes`: data of a stated length comes out.
    Writes,
    /// `updates`: both.
    Updates,
    /// `bytes`: the length counts bytes.
    Bytes,
    /// `to`: a second length says how much was written.
    To,
    /// `all`, `z`: what is there is written to its end, or ends with a zero. Neither changes what the length is.
    Detail,
    /// `retval`, `ref`: words of interfaces that say nothing of what is read here.
    Foreign,
}

impl Part {
    /// The meaning of a part in lower case.
    pub fn of(part: &str) -> Option<Self> {
        Some(match part {
            "in" | "out" | "inout" => Self::Way(Direction::by_name(part)?),
            "opt" | "optional" => Self::Optional,
            "reads" => Self::Reads,
            "writes" => Self::Writes,
            "updates" => Self::Updates,
            "bytes" => Self::Bytes,
            "to" => Self::To,
            "all" | "z" => Self::Detail,
            "retval" | "ref" => Self::Foreign,
            _ => return None,
        })
    }
}

/// The parts of an attribute's name.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    head(word).split('_').filter(|part| !part.is_empty())
}

fn head(word: &str) -> &str {
    word.split('(').next().expect("a split has a first part")
}

/// Whether a word in the brackets of a heading is an attribute, as opposed to a dimension or text.
pub fn is_attribute(word: &str) -> bool {
    let stem = word.split(['(', '[']).next().expect("a split has a first part").trim_matches('*');
    let first = stem.split('_').find(|part| !part.is_empty()).and_then(Part::of);
    matches!(first, Some(Part::Way(_) | Part::Optional | Part::Reads | Part::Writes | Part::Foreign))
}

/// What an attribute says of the direction: `in_reads_bytes_opt_(n)` says `in`, and `in_out` says `inout`.
pub fn direction(word: &str) -> Option<Direction> {
    let word = head(word).trim_matches('_');
    let word = word.strip_prefix("com_").unwrap_or(word);
    if word.starts_with("inout") || word.starts_with("in_out") {
        return Some(Direction::InOut);
    }
    match word.split('_').next().expect("a split has a first part") {
        "outptr" => Some(Direction::Out),
        first => Direction::by_name(first),
    }
}

/// Whether an attribute says that its parameter may be left out.
pub fn is_optional(word: &str) -> bool {
    parts(word).any(|part| Part::of(part) == Some(Part::Optional))
}

/// Whether the length that an attribute names counts bytes, whatever the buffer holds: `_In_reads_bytes_(n)`.
pub fn counts_bytes(word: &str) -> bool {
    parts(word).any(|part| Part::of(part) == Some(Part::Bytes))
}

/// The parameter that an attribute names as the length of its own one: `in_reads_bytes_opt_(n)` and `writes_to(n, m)`
/// name `n`. An expression is none.
pub fn length_in(word: &str) -> Option<&str> {
    let (name, arguments) = word.split_once('(')?;
    let arguments = arguments.trim_end().strip_suffix(')')?;
    // The way is a matter of its own.
    let mut parts = parts(name).map(Part::of).skip_while(|part| matches!(part, Some(Part::Way(_))));
    let says = matches!(parts.next(), Some(Some(Part::Reads | Part::Writes | Part::Updates)));
    let (mut written, mut known) = (false, true);
    for part in parts {
        written |= part == Some(Part::To);
        known &= matches!(part, Some(Part::Bytes | Part::Optional | Part::To | Part::Detail));
    }
    let length = match arguments.split_once(',') {
        // The second one says how much was written.
        Some((length, _)) if written => length,
        Some(_) => return None,
        None => arguments,
    };
    Some(length.trim()).filter(|length| says && known && is_identifier(length))
}

/// Whether a token of a declaration is an annotation: `_In_opt_`, `IN` and the like. A name with arguments that starts
/// with an underscore is one too; no type looks so.
pub(super) fn is_annotation(token: &str, next: Option<&String>) -> bool {
    let sal = token.starts_with('_') && token.len() > 2;
    let old = |mark: &str| token.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    matches!(token, "IN" | "OUT" | "INOUT" | "OPTIONAL")
        || sal && (token.ends_with('_') || next.is_some_and(|next| next.starts_with('(')))
        || ["__in", "__out", "__inout", "__deref"].into_iter().any(old)
}
