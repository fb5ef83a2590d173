//! Declarations of structures and unions: their fields with type and width, those of parts that are declared in their
//! place below them. What cannot be read has no type; nothing is made up for it.

use super::names::is_identifier;
use super::text::{packing, without_comments, without_directives};
use super::tokens::{Token, tokens};
use super::types::{self, CType};
use super::values::{self, Outcome};

/// How deep parts may stand in parts.
const MAX_DEPTH: usize = 32;

/// How many words a type may have, with what annotates it.
const MAX_WORDS: usize = 64;

/// A declaration such as `typedef struct _X { DWORD a; } X, *PX;`.
#[derive(Debug, Default)]
pub struct Declaration {
    /// Its tag and what is declared with it.
    pub names: Vec<String>,
    /// Whether it is one of a union.
    pub is_union: bool,
    /// Its fields in order, each after the part it stands in.
    pub fields: Vec<Declared>,
    /// Whether there is nothing in it that could not be read.
    pub complete: bool,
    /// The line of the text that packs or aligns fields, from 0.
    pub packing: Option<u32>,
}

/// A field of a declaration.
#[derive(Debug)]
pub struct Declared {
    /// The part it stands in, by its place.
    pub within: Option<usize>,
    /// Its name; a part may have none.
    pub name: Option<String>,
    /// What it is.
    pub what: What,
    /// Its line, from 0.
    pub line: u32,
    /// Whether a preprocessor condition decides that it is there.
    pub conditional: bool,
}

/// What a field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A value of a type, maybe of some of its bits only.
    Value(CType, Option<u32>),
    /// A structure or union that is declared in its place.
    Part(PartKind),
    /// A field whose type could not be read, such as a pointer to a function.
    Unknown,
}

/// What a declaration or a part of one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A structure.
    Struct,
    /// A union.
    Union,
}

/// What a name stands for that headers write only for compilers that want one: `DUMMYUNIONNAME2`.
pub fn dummy(name: &str) -> Option<PartKind> {
    let kinds = [("DUMMYUNIONNAME", PartKind::Union), ("DUMMYSTRUCTNAME", PartKind::Struct)];
    let numbered = |number: &str| number.bytes().all(|b| b.is_ascii_digit());
    kinds.into_iter().find(|(dummy, _)| name.strip_prefix(dummy).is_some_and(numbered)).map(|(_, kind)| kind)
}

/// The structures and unions that are declared in a text.
pub fn declarations(text: &str) -> Vec<Declaration> {
    let bare = without_comments(text);
    let packing = packing(&bare);
    let (clean, conditional) = without_directives(&bare);
    let mut reader = Reader { conditional, starts: vec![0], ..Reader::default() };
    reader.starts.extend(clean.match_indices('\n').map(|(at, _)| at + 1));
    let tokens = tokens(&clean);
    tokens.iter().for_each(|token| reader.token(token));
    if let ([], Some(done)) = (&reader.open[..], reader.done.take()) {
        let names = std::mem::take(&mut reader.statement);
        reader.finish(done, &names);
    }
    reader.found.iter_mut().for_each(|declaration| declaration.packing = packing);
    reader.found
}

impl Declaration {
    /// Whether two declarations say the same, wherever they stand.
    pub fn says_as(&self, other: &Self) -> bool {
        let alike = |(one, other): (&Declared, &Declared)| {
            (one.within, &one.name, &one.what, one.conditional)
                == (other.within, &other.name, &other.what, other.conditional)
        };
        self.is_union == other.is_union
            && self.complete == other.complete
            && self.packing.is_some() == other.packing.is_some()
            && self.fields.len() == other.fields.len()
            && self.fields.iter().zip(&other.fields).all(alike)
    }
}

/// A block that is open.
enum Open {
    /// That of a declaration.
    Declaration,
    /// That of the part at this place.
    Part(usize),
    /// One that holds no fields.
    Other,
}

#[derive(Default)]
struct Reader<'a> {
    found: Vec<Declaration>,
    /// The declaration that is being read.
    current: Declaration,
    open: Vec<Open>,
    /// Blocks within one that holds no fields.
    skipped: usize,
    statement: Vec<Token<'a>>,
    /// The part that has just been closed: what follows are its names.
    closed: Option<usize>,
    /// The declaration that has just been closed.
    done: Option<Declaration>,
    starts: Vec<usize>,
    conditional: Vec<bool>,
}

impl<'a> Reader<'a> {
    fn token(&mut self, token: &Token<'a>) {
        if let Some(Open::Other) = self.open.last() {
            match token.text {
                "{" => self.skipped += 1,
                "}" if self.skipped > 0 => self.skipped -= 1,
                "}" => {
                    self.open.pop();
                    self.statement.push(Token { text: Token::BLOCK, at: token.at });
                }
                _ => {}
            }
            return;
        }
        match token.text {
            "{" => self.open_block(),
            "}" => self.close_block(),
            ";" => self.end_statement(),
            _ => self.statement.push(*token),
        }
    }

    fn open_block(&mut self) {
        let statement = std::mem::take(&mut self.statement);
        let nested = !self.open.is_empty();
        let head = head(&statement).filter(|&(start, _)| !nested || is_annotation(&statement[..start]));
        let Some((start, kind)) = head.filter(|_| self.open.len() < MAX_DEPTH && self.closed.is_none()) else {
            self.current.complete = false;
            self.open.push(Open::Other);
            self.statement = if nested { statement } else { Vec::new() };
            return;
        };
        if nested {
            let declared = self.declared(None, What::Part(kind), statement[start].at);
            self.open.push(Open::Part(self.current.fields.len()));
            self.current.fields.push(declared);
        } else {
            if let Some(done) = self.done.take() {
                self.finish(done, &statement[..start]);
            }
            let words = statement[start + 1..].iter().take_while(|token| token.text != ":");
            let tag = words.last().map(|tag| tag.text.to_owned());
            let complete = !statement[start..].iter().any(|token| token.text == ":");
            let names = tag.into_iter().collect();
            self.current = Declaration { names, is_union: kind == PartKind::Union, complete, ..Declaration::default() };
            self.open.push(Open::Declaration);
        }
    }

    fn close_block(&mut self) {
        match self.open.last() {
            None => self.statement.clear(),
            // The last field may lack its mark.
            Some(_) => self.end_statement(),
        }
        match self.open.pop() {
            Some(Open::Part(part)) => self.closed = Some(part),
            Some(Open::Declaration) => self.done = Some(std::mem::take(&mut self.current)),
            Some(Open::Other) | None => {}
        }
    }

    fn end_statement(&mut self) {
        let statement = std::mem::take(&mut self.statement);
        if self.open.is_empty() {
            if let Some(done) = self.done.take() {
                self.finish(done, &statement);
            }
        } else if let Some(part) = self.closed.take() {
            self.name_part(part, &statement);
        } else {
            self.fields(&statement);
        }
    }

    fn finish(&mut self, mut done: Declaration, names: &[Token<'_>]) {
        done.names.extend(names.iter().filter(|token| token.is_word()).map(|token| token.text.to_owned()));
        self.found.push(done);
    }

    /// What stands after the block of a part: nothing, or its name.
    fn name_part(&mut self, part: usize, names: &[Token<'_>]) {
        match names {
            [] => {}
            [name] if is_name(name.text) => self.current.fields[part].name = Some(name.text.to_owned()),
            // An array of it, a pointer to it, several of it: what it has is no field of this one's.
            _ => {
                self.current.complete = false;
                let first = names.split(|token| token.text == ",").next().expect("a split has a first part");
                let words = || first.iter().filter(|token| token.is_word());
                let field = &mut self.current.fields[part];
                field.what = What::Unknown;
                field.name = words().next().filter(|_| words().count() == 1).map(|name| name.text.to_owned());
            }
        }
    }

    /// The fields of a statement: `const T *a[2], b : 3`.
    fn fields(&mut self, statement: &[Token<'a>]) {
        let Some(first) = statement.first() else { return };
        let storage = ["typedef", "static", "friend", "using", "extern", "virtual", "template"];
        if storage.contains(&first.text) || !statement.iter().all(Token::is_known) {
            self.current.complete = false;
            let piece = statement.split(|token| token.text == ":" || token.text == "=").next();
            let piece = piece.expect("a split has a first part");
            let name = piece.iter().rev().find(|token| is_name(token.text));
            if let Some(name) = name.filter(|_| !storage.contains(&first.text) && !has_comma(statement)) {
                self.add(*name, What::Unknown);
            }
            return;
        }
        let mut base: &[Token<'a>] = &[];
        for (index, piece) in statement.split(|token| token.text == ",").enumerate() {
            let (declarator, bits) = match piece.iter().position(|token| token.text == ":") {
                Some(colon) => (&piece[..colon], Some(&piece[colon + 1..])),
                None => (piece, None),
            };
            let end = declarator.iter().rposition(|token| !token.is_dimension()).map_or(0, |last| last + 1);
            let (body, dimensions) = declarator.split_at(end);
            if let [.., pointer, arguments] = body
                && arguments.is_group()
                && let Some(name) = function_pointer(pointer)
            {
                self.add(name, What::Unknown);
                continue;
            }
            let Some((name, before)) = body.split_last().filter(|(name, _)| is_name(name.text)) else {
                // Bits without a name are a gap between fields, and none of them.
                self.current.complete &= bits.is_some() && !body.is_empty();
                continue;
            };
            let stars = before.iter().position(|token| token.text == "*").unwrap_or(before.len());
            let (words, pointers) = before.split_at(stars);
            if index == 0 {
                base = words;
                if !base.iter().any(|token| is_type_word(token)) {
                    self.current.complete &= bits.is_some();
                    continue;
                }
            } else if !words.iter().all(|token| is_qualifier(token.text)) {
                self.current.complete = false;
                continue;
            }
            let what = value(base, pointers, dimensions, bits).unwrap_or(What::Unknown);
            self.add(*name, what);
        }
    }

    fn add(&mut self, name: Token<'_>, what: What) {
        let declared = self.declared(Some(name.text.to_owned()), what, name.at);
        self.current.fields.push(declared);
    }

    fn declared(&self, name: Option<String>, what: What, at: usize) -> Declared {
        let within = self.open.iter().rev().find_map(|open| match open {
            Open::Part(part) => Some(*part),
            _ => None,
        });
        let line = self.starts.partition_point(|&start| start <= at) - 1;
        let conditional = self.conditional.get(line).copied().unwrap_or_default();
        let line = u32::try_from(line).expect("a page has fewer than 2^32 lines");
        Declared { within, name, what, line, conditional }
    }
}

/// The keyword of a structure or union whose block follows: between them there is its tag, after what aligns it, and
/// what it is derived from.
fn head(statement: &[Token<'_>]) -> Option<(usize, PartKind)> {
    let stop = |token: &Token<'_>| matches!(token.text, "struct" | "union" | "enum" | "class") || !token.is_known();
    let start = statement.iter().rposition(stop)?;
    let kind = match statement[start].text {
        "struct" => PartKind::Struct,
        "union" => PartKind::Union,
        _ => return None,
    };
    let tag = statement[start + 1..].split(|token| token.text == ":").next().expect("a split has a first part");
    // `struct A f(void) {` is a function.
    let words = tag.iter().all(|token| token.is_word() || token.is_group());
    (words && tag.last().is_none_or(|tag| is_name(tag.text))).then_some((start, kind))
}

/// Whether the words before a part are none of a field: qualifiers, attributes and at most one macro.
fn is_annotation(words: &[Token<'_>]) -> bool {
    let free = |&at: &usize| {
        let called = words.get(at + 1).is_some_and(Token::is_group);
        !words[at].is_group() && !words[at].is_dimension() && !is_qualifier(words[at].text) && !called
    };
    words.len() <= MAX_WORDS && words.iter().all(Token::is_known) && (0..words.len()).filter(free).count() <= 1
}

fn value(
    base: &[Token<'_>],
    pointers: &[Token<'_>],
    dimensions: &[Token<'_>],
    bits: Option<&[Token<'_>]>,
) -> Option<What> {
    // A name with arguments before the type, which aligns or annotates it; alone it is a type itself.
    let is_call = |at: usize| base[at].is_word() && base.get(at + 1).is_some_and(Token::is_group);
    let called = |at: usize| is_call(at) || base[at].is_group() && at > 0 && is_call(at - 1);
    if base.len() > MAX_WORDS {
        return None;
    }
    let bare: Vec<&Token<'_>> = (0..base.len()).filter(|&at| !called(at)).map(|at| &base[at]).collect();
    let words = if bare.iter().any(|token| is_type_word(token)) { bare } else { base.iter().collect() };
    // `[size_is(n)]` before a type is no dimension.
    let words = words.into_iter().filter(|token| !token.is_dimension());
    let all = words.chain(pointers).chain(dimensions).map(|token| token.text);
    let c_type = types::parse(&all.collect::<Vec<_>>().join(" "))?;
    let bits = match bits {
        None => None,
        Some(bits) => {
            let text = bits.iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
            let Outcome::Value(width) = values::evaluate(&text, |_| None) else { return None };
            Some(u32::try_from(width).ok().filter(|width| (1..=64).contains(width))?)
        }
    };
    Some(What::Value(c_type, bits))
}

/// The name in `(NTAPI *Name)`.
fn function_pointer<'a>(group: &Token<'a>) -> Option<Token<'a>> {
    let star = group.text.strip_prefix('(').and_then(|inner| inner.find('*'))? + 1;
    let name = group.text[star + 1..].split([')', '[']).next()?.trim();
    is_name(name).then_some(Token { text: name, at: group.at })
}

fn has_comma(statement: &[Token<'_>]) -> bool {
    statement.iter().any(|token| token.text == ",")
}

fn is_qualifier(word: &str) -> bool {
    matches!(word, "const" | "CONST" | "volatile" | "struct" | "union" | "enum" | "typedef" | "far" | "FAR")
}

/// Whether a word may be a type or a part of its name.
fn is_type_word(token: &Token<'_>) -> bool {
    is_identifier(token.text) && !is_qualifier(token.text)
}

/// Whether a word may be the name of a field.
fn is_name(word: &str) -> bool {
    let keyword = matches!(
        word,
        "int" | "long" | "short" | "char" | "unsigned" | "signed" | "double" | "float" | "void" | "const" | "volatile"
    );
    is_identifier(word) && !keyword && !is_qualifier(word)
}
