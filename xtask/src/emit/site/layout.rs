//! Rust tokens, laid out in lines and told apart by what they are, so that a page can colour and link them.
//!
//! Paths are cut down to what a reader needs: `super::` and the like are left out, as documentation of crates does.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::declaration::Token;
use super::here::Here;

/// Words of the language after which a blank stands whatever follows.
const KEYWORDS: &[&str] =
    &["pub", "fn", "unsafe", "extern", "enum", "struct", "union", "type", "const", "mut", "trait", "impl"];

/// Words after which what is declared stands.
const DECLARING: &[&str] = &["fn", "enum", "struct", "union", "type", "trait"];

/// Where the names of generated types lead.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    /// The page.
    pub here: Here<'a>,
    /// The family whose module the tokens stand in.
    pub family: &'a str,
    /// Types that this page itself describes, with the anchors.
    pub own: &'a [(&'a str, &'a str)],
}

/// Whole items, one below the other.
pub(super) fn items(tokens: impl IntoIterator<Item = TokenStream>, names: Names<'_>) -> Vec<Token> {
    let mut layout = Layout::new(names);
    for item in tokens {
        if !layout.out.is_empty() {
            layout.put("", "\n\n");
        }
        layout.lines(item, 0);
    }
    layout.out
}

/// A type, in one line.
pub(super) fn inline(tokens: TokenStream, names: Names<'_>) -> Vec<Token> {
    let mut layout = Layout::new(names);
    layout.run(tokens, 0);
    layout.out
}

struct Layout<'a> {
    names: Names<'a>,
    out: Vec<Token>,
    /// Whether the last token was a word, so that another one needs a blank before it.
    word: bool,
    /// Whether the last token wants a blank behind it, whatever follows.
    blank: bool,
    /// Whether what is declared comes next.
    declares: bool,
}

impl<'a> Layout<'a> {
    const fn new(names: Names<'a>) -> Self {
        Self { names, out: Vec::new(), word: false, blank: false, declares: false }
    }

    /// Adds text; plain pieces become one.
    fn put(&mut self, class: &'static str, text: &str) {
        match self.out.last_mut() {
            Some(last) if class.is_empty() && last.class.is_empty() => last.text.push_str(text),
            _ => self.out.push(Token { class, text: text.to_owned(), href: None }),
        }
        (self.word, self.blank) = (false, false);
    }

    fn line(&mut self, indent: usize) {
        self.put("", &format!("\n{}", " ".repeat(indent)));
    }

    /// A blank, if the last token needs one before a word.
    fn space(&mut self) {
        if self.word || self.blank {
            self.put("", " ");
        }
    }

    /// Tokens of which each comma or semicolon ends a line, and each attribute has a line of its own.
    fn lines(&mut self, tokens: TokenStream, indent: usize) {
        let mut statement: Vec<TokenTree> = Vec::new();
        let mut first = true;
        // Commas between the arguments of a type end no line.
        let (mut depth, mut dash) = (0_usize, false);
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let attribute = match (&token, tokens.peek()) {
                (TokenTree::Punct(mark), Some(TokenTree::Group(group))) if mark.as_char() == '#' => Some(group.clone()),
                _ => None,
            };
            if let Some(attribute) = attribute {
                tokens.next();
                if is_shown(&attribute.stream()) {
                    self.next_line(&mut first, indent);
                    self.put(
                        "a",
                        &format!("#[{}]", attribute.stream().to_string().replace(" (", "(").replace(" ,", ",")),
                    );
                }
                continue;
            }
            let mark = if let TokenTree::Punct(mark) = &token { mark.as_char() } else { ' ' };
            match mark {
                '<' => depth += 1,
                '>' if !dash => depth = depth.saturating_sub(1),
                _ => {}
            }
            dash = mark == '-';
            let ends = match &token {
                TokenTree::Punct(_) => matches!(mark, ',' | ';') && depth == 0,
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                _ => false,
            };
            statement.push(token);
            if ends || tokens.peek().is_none() {
                self.next_line(&mut first, indent);
                self.run(std::mem::take(&mut statement).into_iter().collect(), indent);
            }
        }
    }

    fn next_line(&mut self, first: &mut bool, indent: usize) {
        if !std::mem::take(first) {
            self.line(indent);
        }
    }

    /// Tokens in one line, but for braces and for several parameters.
    fn run(&mut self, tokens: TokenStream, indent: usize) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        // Whether a list of parameters comes next.
        let mut calls = false;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Ident(_) => {
                    let (path, after) = path(&tokens, at - 1);
                    at = after;
                    let keyword = path.len() == 1 && KEYWORDS.contains(&&*path[0]);
                    calls = path[0] == "fn" || (calls && self.declares);
                    self.word(&path, keyword, tokens.get(at));
                }
                TokenTree::Literal(literal) => {
                    self.space();
                    self.put("i", &literal.to_string());
                    self.blank = literal.to_string().starts_with('"');
                }
                TokenTree::Punct(mark) => self.mark(mark.as_char(), tokens.get(at)),
                TokenTree::Group(group) => self.group(group, indent, calls),
            }
        }
    }

    fn word(&mut self, path: &[String], keyword: bool, next: Option<&TokenTree>) {
        self.space();
        let is = |mark: char| matches!(next, Some(TokenTree::Punct(punct)) if punct.as_char() == mark);
        if keyword {
            self.put("k", &path[0]);
            // The type of a function has no name.
            let nameless = matches!(next, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
            self.declares = !nameless && DECLARING.contains(&&*path[0]);
            self.blank = !nameless;
            return;
        }
        if path[0] == "self" {
            self.put("k", "self");
            return;
        }
        let name = path.last().expect("a path has a last part");
        if std::mem::take(&mut self.declares) {
            self.put("n", name);
        } else if is(':') || is('=') {
            self.put("", name);
        } else {
            self.type_(path, name);
        }
        self.word = true;
    }

    fn type_(&mut self, path: &[String], name: &str) {
        let Names { here, family, own } = self.names;
        let parts: Vec<&str> = path.iter().map(|part| &**part).collect();
        let (family, shown) = match &parts[..] {
            ["crate", other, .., name] => (*other, format!("{other}::{name}")),
            _ => (family, name.to_owned()),
        };
        let anchor = own.iter().find(|(own, _)| *own == name).map(|(_, anchor)| (*anchor).to_owned());
        let href = anchor.or_else(|| here.to_generated(family, name));
        self.out.push(Token { class: "t", text: shown, href });
        self.blank = false;
    }

    fn mark(&mut self, mark: char, next: Option<&TokenTree>) {
        let arrow = mark == '-' && matches!(next, Some(TokenTree::Punct(next)) if next.as_char() == '>');
        match mark {
            _ if arrow => self.put("", " -"),
            '>' if self.out.last().is_some_and(|last| last.text.ends_with(" -")) => self.put("", "> "),
            '=' => self.put("", " = "),
            ',' | ';' | ':' => {
                self.put("", &mark.to_string());
                self.blank = next.is_some();
            }
            '&' | '*' => {
                self.space();
                self.put("", &mark.to_string());
            }
            _ => self.put("", &mark.to_string()),
        }
    }

    fn group(&mut self, group: &proc_macro2::Group, indent: usize, calls: bool) {
        const STEP: usize = 4;
        let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
        let commas = group.stream().into_iter().filter(is_comma).count();
        if self.blank || group.delimiter() == Delimiter::Brace {
            self.put("", " ");
        }
        match group.delimiter() {
            Delimiter::Brace => {
                self.put("", "{");
                self.line(indent + STEP);
                self.lines(group.stream(), indent + STEP);
                self.line(indent);
                self.put("", "}");
            }
            Delimiter::Parenthesis if calls && commas > 0 => {
                self.put("", "(");
                self.line(indent + STEP);
                self.lines(group.stream(), indent + STEP);
                if !self.out.last().is_some_and(|last| last.text.ends_with(',')) {
                    self.put("", ",");
                }
                self.line(indent);
                self.put("", ")");
            }
            Delimiter::Parenthesis | Delimiter::Bracket | Delimiter::None => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    _ => ("", ""),
                };
                self.put("", open);
                self.run(group.stream(), indent);
                self.put("", close);
            }
        }
    }
}

/// The parts of the path that begins at a place, and where it ends.
fn path(tokens: &[TokenTree], start: usize) -> (Vec<String>, usize) {
    let mut parts = Vec::new();
    let mut at = start;
    while let Some(TokenTree::Ident(part)) = tokens.get(at) {
        parts.push(part.to_string());
        at += 1;
        let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
        if !(colon(at) && colon(at + 1)) {
            break;
        }
        at += 2;
    }
    (parts, at)
}

/// Whether an attribute says something about the layout of data or how it behaves, and is no documentation.
fn is_shown(attribute: &TokenStream) -> bool {
    let first = attribute.clone().into_iter().next();
    matches!(first, Some(TokenTree::Ident(word)) if word == "repr" || word == "derive")
}
