//! Diagnostics: what is wrong, where, by which rule, and what to do about it. All of a run are shown at once.

mod findings;
mod render;

use std::borrow::Cow;

use rayon::slice::ParallelSliceMut as _;

use crate::source::Location;

pub use findings::{Finding, findings};
pub use render::{Format, counts, errors, render};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing needs to be done.
    Note,
    /// Probably wrong in the page; what was read is used all the same.
    Warning,
    /// Nothing is written until this is corrected.
    Error,
}

impl Severity {
    /// As rustc and GitHub call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a finding of a rule means for the run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// A note.
    Note,
    /// A warning.
    Warning,
    /// An error that makes one item incomplete and no other one wrong: a run that tolerates gaps leaves the item out.
    Gap,
    /// An error.
    Error,
}

macro_rules! rules {
    ($($variant:ident, $name:literal, $weight:ident, $explanation:literal;)*) => {
        /// What a finding is about. The name is stable: overrides and editors refer to it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $explanation] $variant,)*
        }

        impl Rule {
            /// Every rule, by name.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            const fn weight(self) -> Weight {
                match self { $(Self::$variant => Weight::$weight,)* }
            }

            /// What the rule is about and what to do, in a few sentences.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }
        }
    };
}

rules! {
    BinaryFile, "binary-file", Error,
        "The file contains NUL bytes, so it is not text. Remove it from the folder, or replace it with the page that \
         it should be.";
    BitField, "bit-field", Gap,
        "The structure has fields that are narrower than a byte. Each C compiler packs them in its own way, and Rust \
         has no such fields. Nothing is generated for the structure; its facts are kept.";
    ClashingName, "clashing-name", Gap,
        "Two items, members or parameters would get the same Rust name. Strip less of them in families.toml, or \
         correct the name.";
    CodeConflict, "code-conflict", Error,
        "Two places give one code different numbers. Correct the wrong one, or override it with a source.";
    ContradictingAttributes, "contradicting-attributes", Warning,
        "Two places disagree about which way the data of a parameter goes: its heading, the first words of its text, \
         or the annotation in its `Type:` line. The heading counts. Correct the other place.";
    DanglingLink, "dangling-link", Warning,
        "The link looks like a link to a page of this folder, but no page with that path, id or name was read. Correct \
         the target, or remove the link and keep its text.";
    DeadLink, "dead-link", Warning,
        "The link has no target, or a target that leads nowhere: nothing between the parentheses, a bare help id, or \
         the mark of a link that was never made. Give it a target, or remove the link and keep its text.";
    DemotedEntry, "demoted-entry", Warning,
        "A heading has the form `#### - NAME`. The page's template writes this form if it finds no symbol of that name \
         in the header: the name is misspelt, has changed, or is gone. The text is kept, but it is never emitted as a \
         member or parameter.";
    DocfxMark, "docfx-mark", Note,
        "The text has a mark of DocFX, the tool that publishes such pages. Images and videos are shown. Marks of rows, \
         columns, zones and tabs are left out, and their text is kept. Text that is included from another file is \
         missing. Write what should stand there as text.";
    DuplicateCode, "duplicate-code", Warning,
        "A return table lists a code twice. All its texts are kept, in the order of the page.";
    DuplicateItem, "duplicate-item", Gap,
        "Two pages describe one item of the same kind and name. Remove one of them.";
    DuplicateKey, "duplicate-key", Warning,
        "The front matter has a key twice. The first value counts.";
    DuplicateMember, "duplicate-member", Gap,
        "An enumeration or structure lists one name twice. Both entries are kept as facts. Remove one of them: until \
         then the item is incomplete.";
    DuplicateParam, "duplicate-param", Gap,
        "A function lists one parameter twice. Both entries are kept as facts. Remove one of them: until then the item \
         is incomplete.";
    EmptyPage, "empty-page", Gap,
        "The page has no text. Write it, or remove the file.";
    ExpiredOverride, "expired-override", Error,
        "An entry of overrides.toml changes nothing: no page has what the entry names, or the page now says the same. \
         Remove the entry. Overrides must not outlive their reason.";
    FrontMatterYaml, "front-matter-yaml", Warning,
        "The front matter is not valid YAML and was read line by line instead. Quote values that contain `: ` or start \
         with `*`, and indent with blanks.";
    GhostCode, "ghost-code", Warning,
        "No page lists a code of this name, but a page lists a code of nearly the same name: one letter of a word \
         differs, or one of the two names has an additional word that belongs to a prefix of `code-prefixes` in \
         families.toml. Correct the name in the page, or rename the code in overrides.toml.";
    HeadingAgainstDeclaration, "heading-against-declaration", Gap,
        "The C declaration on the page and the headings of its parameters or fields differ: in names, in their order, \
         in a direction, a type, a width, or in the kind of item. If the declaration of a structure or union is \
         complete and has the same names, the declaration counts. Otherwise the item is incomplete. Correct the \
         heading or the declaration.";
    InvalidConfig, "invalid-config", Error,
        "A configuration file cannot be read, or an entry in it is wrong. The message names the entry.";
    InvalidName, "invalid-name", Gap,
        "The name is not a C identifier, so nothing can be generated for it. Correct the heading.";
    LengthOfNothing, "length-of-nothing", Warning,
        "The text of a number speaks of the length of a buffer and names no parameter, but a pointer or array of the \
         function has no length. Buffer and length stay two arguments. Name the buffer in emphasis, or state `length_of` \
         in overrides.toml.";
    LineNotUnderstood, "line-not-understood", Note,
        "Every line of a page is used for a fact, is text, is skipped for a known reason, or is not understood. Something \
         on this line is lost: nothing that was made of the page has it. Correct the line, or teach the reader its \
         form.";
    LostRelation, "lost-relation", Warning,
        "The generated files have a length and its buffer as one slice, but the pages no longer say that the two \
         belong together. Correct the text of the length, or state `length_of` in overrides.toml.";
    MisspeltParam, "misspelt-param", Warning,
        "A word in emphasis is nearly the name of a parameter of this page. Relations between parameters are read from \
         such words. Write the name as the heading has it.";
    MissingName, "missing-name", Gap,
        "Nothing on the page says what it describes. It needs a UID, an api_name, a title or a heading of level 1.";
    MissingParams, "missing-params", Gap,
        "The declaration of a function has parameters, but the page describes none. Give each parameter a heading or a \
         term of its own, in a form that the templates know.";
    MissingReturn, "missing-return", Gap,
        "The page does not say how the function reports failure: its return section has no `Type:` line, and its codes \
         leave the question open. State the type, or override it with a source.";
    MissingType, "missing-type", Gap,
        "The page does not state the C type of a parameter. Add a `Type:` line, or override it with a source.";
    MissingValue, "missing-value", Gap,
        "Members of an enumeration have no value. Values are stated and never counted: add them to the headings, or \
         override them with a source.";
    MistypedHeading, "mistyped-heading", Gap,
        "A heading has the dash of the template but a word that the template does not have, or the name of a parameter \
         that only the declaration has; or an item of the template stands in the text, without the `#` marks of a \
         heading. It would be lost, so the item is incomplete. Write `### -param` or `### -field` before the name.";
    Mojibake, "mojibake", Warning,
        "The page has a doubly encoded character, such as the `Â` that a no-break space leaves behind. It is read as a \
         blank.";
    NestedTooDeep, "nested-too-deep", Warning,
        "Lists, quotes or tags are nested deeper than any page needs. Below that depth the text is kept without its \
         nesting.";
    NotUtf8, "not-utf8", Error,
        "The file is not UTF-8. Save it as UTF-8. Until then each invalid byte is read as U+FFFD.";
    OrphanItem, "orphan-item", Gap,
        "A `-param` or `-field` heading has no name that can be read. Correct the heading.";
    Overload, "overload", Warning,
        "Several pages describe functions of one name with different signatures. C++ allows that, C does not. No page \
         says which of them is the C function, so none is generated; facts.json keeps all. To generate one, keep only the \
         page of the function that a C program can call. Methods of classes are not meant.";
    PlaceholderName, "placeholder-name", Warning,
        "The header has no name for the parameter, and a tool has made one up, such as `unnamedParam1`. It is kept. \
         Give the name that the header should have, or write `*name* [in]` in the first line of the text.";
    SharedValue, "shared-value", Note,
        "Two enumerators of one enumeration have the same value. C allows this: the second one becomes another name of \
         the first. Correct the value if it should be different.";
    StrangeHeading, "strange-heading", Warning,
        "A heading stands among the headings of parameters but is not a parameter. Its text belongs to the parameter \
         above. Correct it, or set it at level 4.";
    TemplateText, "template-text", Warning,
        "Text of the page's template was never replaced: a value of the front matter, `TBD`, or the mark of a link \
         that was never made. It is read as missing. Write what belongs there.";
    TornTable, "torn-table", Warning,
        "A table is not closed, a row has more or fewer cells than the header, or a row of a table of codes has no \
         code. All text is kept.";
    UnionAsStructure, "union-as-structure", Warning,
        "The page has the template of a structure, but its declaration or its keywords say that the item is a union. \
         It is read as a union. If the keywords say both, the item is incomplete. Correct the title, or set `kind` in \
         overrides.toml.";
    UnclosedFence, "unclosed-fence", Warning,
        "A code fence or `<pre>` is never closed. It is read as text, so that it does not hide headings.";
    UncertainNumber, "uncertain-number", Warning,
        "Codes and numbers stand together, and it is not clear which number belongs to which code: two columns of \
         numbers differ, a column may only count the rows, or a name has a number on both sides. None of these numbers \
         is read. Say in the header which column has the values, for example with `Value` or `Hex`.";
    UnclearFailure, "unclear-failure", Gap,
        "The return section speaks of failure or of the last error but does not say plainly which value means failure: \
         it names no value, several values, a range, a code of no known kind, or a constant whose number no page gives. \
         The function in C would return 0, which may mean success. Say what the function returns on failure, or state \
         `failure` in overrides.toml.";
    UndocumentedCode, "undocumented-code", Warning,
        "A function names a code, but no page of codes lists its number. Add the code to one of those pages.";
    UndocumentedField, "undocumented-field", Warning,
        "The declaration on the page has a field without a heading. If all headings are found in the declaration, it \
         becomes a field without text, in its place. The item is incomplete, unless the field is a part without a \
         name. Add the heading, or correct the heading that should have this name.";
    UnevaluatedValue, "unevaluated-value", Gap,
        "A stated value cannot be computed, or does not fit the type. Correct it, or override it.";
    UngroupedFunction, "ungrouped-function", Warning,
        "families.toml has groups for the family of this function, but no group has the function: it is declared in C, \
         and no trait has a method for it. Add it to a group.";
    UnknownKind, "unknown-kind", Gap,
        "The page does not show whether it describes a function, an enumeration or something else. Give it a UID, or \
         the sections of a template.";
    UnfitTable, "unfit-table", Gap,
        "families.toml names a structure as a table of callbacks, but it is not one: every field must be a complete \
         callback of the same header that takes the object. No trait is generated for it.";
    UnknownType, "unknown-type", Gap,
        "The type of a parameter is not a basic type, and neither a page nor families.toml describes it.";
    UnreadCode, "unread-code", Warning,
        "A row or bullet names a code together with something else, or among entries that are not codes. It is kept as \
         text and does not become a code of the function. Give each code a cell of its own, and move everything else \
         into the text.";
    UnreadTable, "unread-table", Warning,
        "A table under the return section has no column of codes. It is kept as prose.";
    UnreadTree, "unread-tree", Note,
        "Links lead into a folder or a part of the site from which no page was read, so they cannot be checked. They \
         are counted together. Read that folder too, or correct the path.";
    UnspacedHeading, "unspaced-heading", Warning,
        "A heading of the template has no blank after its `#` marks. It is read as the heading that it should be, but \
         other readers of Markdown take it for text. Add the blank.";
    UntoldCodes, "untold-codes", Warning,
        "The function returns a handle or a pointer, and its page lists codes, so only the last error could tell the \
         codes apart. The last error is used if every code is a Win32 code and the text states the value on failure. \
         Say both.";
    UnusedDeclaration, "unused-declaration", Warning,
        "The page declares the enumeration in C, but the declaration cannot give members their values: it stands there \
         twice, leaves something out, holds a preprocessor line, or has other names than the headings. Correct what \
         the message names, or state the values.";
    ValueConflict, "value-conflict", Warning,
        "Two places state different values for one enumerator: the heading, the text or the syntax block of one page, \
         or two pages. On a page its heading counts, and each page keeps its own value. Correct the wrong one.";
    Variadic, "variadic", Gap,
        "The function takes any number of arguments. Rust cannot define such a function, and a safe method cannot take \
         them. Nothing is generated for it; its facts are kept.";
    WrongLevel, "wrong-level", Warning,
        "A heading of the template stands at the wrong level: sections belong at level 2, parameters and fields at \
         level 3. It is read all the same. Correct the number of marks.";
}

impl Rule {
    /// How bad a finding of this rule is.
    pub const fn severity(self) -> Severity {
        match self.weight() {
            Weight::Note => Severity::Note,
            Weight::Warning => Severity::Warning,
            Weight::Gap | Weight::Error => Severity::Error,
        }
    }

    /// The rule of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// By which rule.
    pub rule: Rule,
    /// How bad; the rule's severity unless the run allows it.
    pub severity: Severity,
    /// Where.
    pub location: Location,
    /// What was found: lower case, no full stop.
    pub message: String,
    /// What to do; most findings of a rule say the same.
    pub help: Option<Cow<'static, str>>,
}

/// The findings of a run, in the order they were made.
#[derive(Debug, Default)]
pub struct Diagnostics {
    /// The findings.
    pub list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a finding.
    pub fn report(&mut self, rule: Rule, location: Location, message: impl Into<String>) {
        self.push(rule, location, message.into(), None);
    }

    /// Adds a finding and what to do about it.
    pub fn report_help(
        &mut self,
        rule: Rule,
        location: Location,
        message: impl Into<String>,
        help: impl Into<Cow<'static, str>>,
    ) {
        self.push(rule, location, message.into(), Some(help.into()));
    }

    fn push(&mut self, rule: Rule, location: Location, message: String, help: Option<Cow<'static, str>>) {
        self.list.push(Diagnostic { rule, severity: rule.severity(), location, message, help });
    }

    /// Whether nothing may be written.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Makes warnings of the errors that only make an item incomplete. Such items are left out.
    pub fn tolerate_gaps(&mut self) {
        for diagnostic in self.list.iter_mut().filter(|diagnostic| diagnostic.rule.weight() == Weight::Gap) {
            diagnostic.severity = Severity::Warning;
        }
    }

    /// Sorts by place, so that the order of reading does not show.
    pub fn sort(&mut self) {
        self.list.par_sort_by(|a, b| (&a.location, a.rule, &a.message).cmp(&(&b.location, b.rule, &b.message)));
        self.list.dedup();
    }
}
