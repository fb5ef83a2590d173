//! Declarations as C has them, in pieces that the page can colour and link.

use super::here::Here;
use super::number::Number;
use crate::c::names::is_identifier;
use crate::c::types::CType;
use crate::draft::{Body, Convention, Draft, Field, Function, Kind, Member, as_c_sees};

/// A piece of a declaration.
pub(super) struct Token {
    /// What it is, as the stylesheet calls it; empty for punctuation.
    pub class: &'static str,
    /// Its text.
    pub text: String,
    /// Where it is described.
    pub href: Option<String>,
}

/// A type around the name at its bottom, which may have a page of its own.
pub(super) struct TypeText {
    /// What stands before the name.
    pub before: String,
    /// The name.
    pub base: String,
    /// Where the name is described.
    pub href: Option<String>,
    /// What stands after the name.
    pub after: String,
}

impl TypeText {
    /// The type as it is written elsewhere, cut at the name at its bottom.
    pub(super) fn new(here: Here<'_>, c_type: &CType) -> Self {
        let (mut before, mut after) = (String::new(), String::new());
        around(c_type, &mut before, &mut after);
        Self { before, base: c_type.base().to_owned(), href: here.to_type(c_type), after }
    }
}

fn around(c_type: &CType, before: &mut String, after: &mut String) {
    match c_type {
        CType::Named(_) => {}
        CType::Const(inner) if matches!(**inner, CType::Pointer(_)) => {
            around(inner, before, after);
            after.push_str(" const");
        }
        CType::Const(inner) => {
            before.push_str("const ");
            around(inner, before, after);
        }
        CType::Pointer(inner) => {
            around(inner, before, after);
            after.push('*');
        }
        CType::Array(inner, dimension) => {
            around(inner, before, after);
            after.push('[');
            after.push_str(dimension);
            after.push(']');
        }
        CType::Of(name, inner) => {
            before.push_str(name);
            before.push('(');
            around(inner, before, after);
            after.push(')');
        }
    }
}

/// The declaration of a function, callback, enumeration, structure or union; nothing for other kinds. What the page does
/// not say is a comment in it; how a function is called is shown for complete ones, as the headers have it.
pub(super) fn declaration(here: Here<'_>, draft: &Draft, complete: bool) -> Vec<Token> {
    let mut out = Tokens { here, complete, list: Vec::new() };
    match &draft.body {
        Body::Function(function) => out.function(draft, function),
        Body::Enum(members, _) if !members.is_empty() => out.enumeration(draft, members),
        Body::Struct(fields, _) if !fields.is_empty() => out.record(draft, fields),
        Body::Enum(..) | Body::Struct(..) | Body::Ioctl(_) | Body::Codes(_) | Body::Text => {}
    }
    out.list
}

/// How deep parts of structures may nest.
const MAX_DEPTH: usize = 16;

/// A field and the parts of its path.
type Entry<'a> = (Vec<&'a str>, &'a Field);

struct Tokens<'a> {
    here: Here<'a>,
    complete: bool,
    list: Vec<Token>,
}

impl Tokens<'_> {
    fn push(&mut self, class: &'static str, text: &str) {
        self.list.push(Token { class, text: text.to_owned(), href: None });
    }

    fn function(&mut self, draft: &Draft, function: &Function) {
        if draft.kind == Kind::Callback {
            self.push("k", "typedef ");
        }
        match (&function.returns.c_type, &function.returns.convention) {
            (Some(c_type), _) => self.c_type(&c_type.value),
            // The convention says it: nothing else returns an HRESULT.
            (None, Some(convention)) if convention.value == Convention::HResult => self.push("t", "HRESULT"),
            (None, _) => self.push("gap", "/* type not stated */"),
        }
        let (open, close) = match (draft.kind == Kind::Callback, self.complete) {
            (true, true) => (" (CALLBACK *", ")("),
            (true, false) => (" (*", ")("),
            (false, true) => (" WINAPI ", "("),
            (false, false) => (" ", "("),
        };
        self.push("", open);
        self.push("n", &draft.name.value);
        self.push("", close);
        for (index, param) in function.params.iter().enumerate() {
            self.push("", if index == 0 { "\n  " } else { ",\n  " });
            let Some(c_type) = &param.c_type else {
                self.push("gap", "/* type not stated */");
                self.push("", &format!(" {}", param.name.value));
                continue;
            };
            // The dimensions of an array stand behind its name.
            let (element, dimensions) = array(&c_type.value);
            self.c_type(element);
            self.push("", &format!(" {}{dimensions}", param.name.value));
        }
        self.push(
            "",
            if function.params.is_empty() && self.complete {
                "void);"
            } else if function.params.is_empty() {
                ");"
            } else {
                "\n);"
            },
        );
    }

    fn record(&mut self, draft: &Draft, fields: &[Field]) {
        let keyword = if draft.kind == Kind::Union { "union" } else { "struct" };
        self.push("k", &format!("typedef {keyword} "));
        self.push("n", &draft.name.value);
        self.push("", " {");
        let entries: Vec<Entry<'_>> =
            fields.iter().map(|field| (field.name.value.split('.').collect(), field)).collect();
        self.fields(&entries, 0);
        self.push("", "\n} ");
        self.push("n", &draft.name.value);
        self.push("", ";");
    }

    /// The fields whose first `depth` parts of the path have been read. Those below one that is declared in its place
    /// stand in its braces.
    fn fields(&mut self, entries: &[Entry<'_>], depth: usize) {
        let mut rest = entries;
        while let Some(((path, field), after)) = rest.split_first() {
            let below = |(inner, _): &&Entry<'_>| inner.len() > path.len() && inner.starts_with(path);
            let inner = if depth < MAX_DEPTH { after.iter().take_while(below).count() } else { 0 };
            let (inner, after) = after.split_at(inner);
            rest = after;
            let name = path.last().expect("a split has a last part");
            self.push("", &format!("\n{}", "  ".repeat(depth + 1)));
            match (&field.nested, &field.c_type) {
                (Some(nested), _) => {
                    self.push("k", nested.value.name());
                    self.push("", " {");
                    self.fields(inner, depth + 1);
                    let dimensions = field.dimensions.as_ref().map_or("", |dimensions| &dimensions.value);
                    // C reaches the fields of an unnamed part directly.
                    let name = if is_identifier(name) { format!(" {name}{dimensions}") } else { String::new() };
                    self.push("", &format!("\n{}}}{name};", "  ".repeat(depth + 1)));
                    continue;
                }
                (None, Some(c_type)) => {
                    let (element, dimensions) = array(&c_type.value);
                    self.c_type(element);
                    self.push("", &format!(" {name}{dimensions}"));
                }
                (None, None) => {
                    self.push("gap", "/* type not stated */");
                    self.push("", &format!(" {name}"));
                }
            }
            if let Some(bits) = &field.bits {
                self.push("", " : ");
                self.push("i", &bits.value.to_string());
            }
            self.push("", ";");
            self.fields(inner, depth + 1);
        }
    }

    fn enumeration(&mut self, draft: &Draft, members: &[Member]) {
        if let Some(c_type) = &draft.stands_for {
            return self.macros(draft, &c_type.value, members);
        }
        self.push("k", "typedef enum ");
        self.push("n", &draft.name.value);
        self.push("", " {");
        for member in members {
            self.push("", "\n  ");
            self.push("", &member.name.value);
            let Some(value) = &member.value else {
                self.push("", ", ");
                self.push("gap", "/* value not stated */");
                continue;
            };
            self.push("", " = ");
            // The least number has no literal of type `int`: C knows only the one without the sign.
            match as_c_sees(value.value) == i128::from(i32::MIN) {
                true => self.push("i", "-2147483647 - 1"),
                false => self.push("i", &Number::member(value.value).decimal),
            }
            self.push("", ",");
        }
        self.push("", "\n} ");
        self.push("n", &draft.name.value);
        self.push("", ";");
    }

    /// An enumeration whose name stands for a number, with a macro for each value.
    fn macros(&mut self, draft: &Draft, c_type: &CType, members: &[Member]) {
        self.push("k", "typedef ");
        self.c_type(c_type);
        self.push("", " ");
        self.push("n", &draft.name.value);
        self.push("", ";\n");
        for member in members {
            self.push("k", "\n#define ");
            self.push("", &format!("{} ", member.name.value));
            match &member.value {
                Some(value) => self.push("i", &Number::member(value.value).decimal),
                None => self.push("gap", "/* value not stated */"),
            }
        }
    }

    fn c_type(&mut self, c_type: &CType) {
        let TypeText { before, base, href, after } = TypeText::new(self.here, c_type);
        if !before.is_empty() {
            self.push("k", &before);
        }
        self.list.push(Token { class: "t", text: base, href });
        if !after.is_empty() {
            self.push("", &after);
        }
    }
}

/// The element of an array of arrays, and all dimensions from the outside in.
fn array(c_type: &CType) -> (&CType, String) {
    match c_type {
        CType::Array(inner, dimension) => {
            let (element, inner) = array(inner);
            (element, format!("{inner}[{dimension}]"))
        }
        other => (other, String::new()),
    }
}
