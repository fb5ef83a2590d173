//! Diagnostics: what is wrong, where, by which rule, and what to do about it. All of a run are shown at once.

mod findings;
mod render;

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
    /// Nothing is written until this is mended.
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
        "The file holds NUL bytes: it is no text. Remove it from the folder or replace it by the page it should be.";
    BitField, "bit-field", Gap,
        "The structure has fields that are narrower than a byte. C packs them as its compiler likes and Rust has no such \
         fields, so nothing is generated for it; its facts are kept.";
    ClashingName, "clashing-name", Gap,
        "Two items, members or parameters would get one Rust name. Strip less of them in families.toml, or mend the name.";
    CodeConflict, "code-conflict", Error,
        "Two places give one code different numbers. Mend the wrong one, or override it with a source.";
    ContradictingAttributes, "contradicting-attributes", Warning,
        "Two places say differently which way a parameter's data goes: its heading, the first words of its text, or the \
         annotation in its `Type:` line. The heading counts. Mend the other one.";
    DanglingLink, "dangling-link", Warning,
        "The link looks like one to a page of this folder's kind, but no page with that path, id or name was read. \
         Mend the target, or drop the link and keep its text.";
    DeadLink, "dead-link", Warning,
        "The link has no target, or one that can lead nowhere: nothing between the parentheses, a bare help id, the \
         mark of a link that was never made. Give it a target, or keep its text only.";
    DemotedEntry, "demoted-entry", Warning,
        "A heading of the form `#### - NAME` is documentation for which the page's template found no symbol in the \
         header: the name is misspelt, renamed or gone. Its text is kept, but it is never emitted as a member or \
         parameter.";
    DocfxMark, "docfx-mark", Note,
        "The text has a mark of DocFX, the tool that publishes such pages. Images and videos are shown as what they are; \
         rows, columns, zones and tabs are left out and their text is kept; text that is in another file is not there. \
         Write what should stand there as text.";
    DuplicateCode, "duplicate-code", Warning,
        "A return table lists a code again. All its texts are kept, in the order of the page.";
    DuplicateItem, "duplicate-item", Gap,
        "Two pages describe one item of the same kind and name. Remove one of them.";
    DuplicateKey, "duplicate-key", Warning,
        "The front matter has a key twice. The first one counts.";
    DuplicateMember, "duplicate-member", Gap,
        "An enumeration or structure lists one name twice. Both entries are kept as facts, and the item is incomplete \
         until one of them is removed.";
    DuplicateParam, "duplicate-param", Gap,
        "A function lists one parameter twice. Both entries are kept as facts, and the item is incomplete until one of \
         them is removed.";
    EmptyPage, "empty-page", Gap,
        "The page has no text at all. Write it or remove the file.";
    ExpiredOverride, "expired-override", Error,
        "An entry of overrides.toml changes nothing: no page has what it speaks of, or the page says the same by now. \
         Remove the entry; overrides must not outlive their reason.";
    FrontMatterYaml, "front-matter-yaml", Warning,
        "The front matter is no valid YAML and was read line by line instead. Quote values that hold `: ` or start \
         with `*`, and indent with blanks.";
    GhostCode, "ghost-code", Warning,
        "A code of this name is listed nowhere, but one of nearly the same name is: a letter of one of its words differs, \
         or one has a word more that belongs to a prefix of `code-prefixes` in families.toml. Mend the name in the page, \
         or rename it in overrides.toml.";
    HeadingAgainstDeclaration, "heading-against-declaration", Gap,
        "The C on the page and the headings of its parameters or fields differ: in names, in their order, in a direction, \
         a type, a width, or in what the item is. Where the declaration of a structure or union is whole and has the same \
         names it counts; otherwise the item is incomplete. Mend the heading or the declaration.";
    InvalidConfig, "invalid-config", Error,
        "A configuration file cannot be read as what it should be. The message says which key is wrong.";
    InvalidName, "invalid-name", Gap,
        "The name is no C identifier, so nothing can be generated for it. Mend the heading.";
    LengthOfNothing, "length-of-nothing", Warning,
        "The text of a number speaks of the length of a buffer and names no parameter, though a pointer or array of the \
         function has no length. Buffer and length stay two arguments. Name the buffer in emphasis, or state `length_of` in \
         overrides.toml.";
    LineNotUnderstood, "line-not-understood", Note,
        "Every line of a page is used for a fact, is text, is noise of a known kind, or is not understood. These lines \
         are not: something on them is in nothing that was made of the page. Mend the line, or teach the reader its form.";
    LostRelation, "lost-relation", Warning,
        "What was generated before has a length and its buffer as one slice, and the pages no longer say that they belong \
         together. Mend the text of the length, or state `length_of` in overrides.toml.";
    MisspeltParam, "misspelt-param", Warning,
        "An emphasised word is nearly the name of a parameter of this page. Relations between parameters are read from such \
         words. Write the name as the heading has it.";
    MissingName, "missing-name", Gap,
        "Nothing on the page says what it describes: neither the UID, api_name, the title nor a heading of level 1.";
    MissingParams, "missing-params", Gap,
        "The declaration of a function has parameters and its page describes none. Give each one a heading or a term of its \
         own in one of the forms of the templates.";
    MissingReturn, "missing-return", Gap,
        "The page does not say how the function reports failure: there is no `Type:` line under its return section \
         and its codes do not tell. State the type, or override it with a source.";
    MissingType, "missing-type", Gap,
        "The page does not state the C type of a parameter. Add a `Type:` line, or override it with a source.";
    MissingValue, "missing-value", Gap,
        "An enumeration's members have no value. Values are stated, never counted: add them to the headings, or \
         override them with a source.";
    MistypedHeading, "mistyped-heading", Gap,
        "A heading has the dash of the template and no word that it knows, or the name of a parameter that only the \
         declaration has. What stands under it would be missing from the item, so that the item is incomplete. Write `-param` \
         or `-field` before the name.";
    Mojibake, "mojibake", Warning,
        "A doubly encoded character, such as the `Â` that a no-break space leaves behind. It is read as a blank.";
    NestedTooDeep, "nested-too-deep", Warning,
        "Lists, quotes or tags are nested deeper than any page needs. What lies deeper is kept without its nesting.";
    NotUtf8, "not-utf8", Error,
        "The file is no UTF-8. Save it as UTF-8; until then the bytes that are none read as U+FFFD.";
    OrphanItem, "orphan-item", Gap,
        "A `-param` or `-field` heading cannot be read: no name can be made of it. Mend the heading.";
    Overload, "overload", Warning,
        "A function of C++ has several signatures, each with a page of its own, and is no method. C has one function of a \
         name, and nothing says which of them that is, so that none is generated; the facts of all are kept. Keep the page \
         of the one that C has.";
    PlaceholderName, "placeholder-name", Warning,
        "The name is one that a tool made up where the header has none, such as `unnamedParam1`. It is kept. Give the \
         name that the header should have, or the first line of text as `*name* [in]`.";
    SharedValue, "shared-value", Note,
        "Two enumerators of one enumeration have one value. C allows it: the second one becomes another name of the first. \
         Mend the value if it was to be a value of its own.";
    StrangeHeading, "strange-heading", Warning,
        "A heading stands where the template has those of parameters, and is none of them. Its text belongs to the parameter \
         above. Mend it, or set it at level 4.";
    TemplateText, "template-text", Warning,
        "Text of the page's template was left in: values of the front matter that nobody filled in, `TBD` for a text, \
         the mark of a link that was never made. It says nothing and is read as missing. Write what belongs there.";
    TornTable, "torn-table", Warning,
        "A table is not closed, a row has another number of cells than its header, or one of codes names none. All text \
         is kept.";
    UnionAsStructure, "union-as-structure", Warning,
        "The page has the template of a structure, but its declaration or its keywords say that the item is a union. It is \
         read as a union, unless the keywords say both: then it is incomplete. Mend the title, or set `kind` in \
         overrides.toml.";
    UnclosedFence, "unclosed-fence", Warning,
        "A code fence or `<pre>` is never closed. It is read as text, so that it hides no heading.";
    UncertainNumber, "uncertain-number", Warning,
        "Codes and numbers stand together, and it cannot be told which number is whose: two columns of numbers differ, a \
         column may only count the rows, or a name has a number before and behind it. None of these numbers is read. Say in \
         the header which column has the values, such as `Value` or `Hex`.";
    UnclearFailure, "unclear-failure", Gap,
        "The return section speaks of failure or of the last error and does not say plainly which value comes with failure: it \
         names none, several, a range, a code of no known kind, or a constant whose number no page gives. A function in C \
         would return 0, which may be success. Say what it returns on failure, or state `failure` in overrides.toml.";
    UndocumentedCode, "undocumented-code", Warning,
        "A function names a code whose number no page lists, though there are pages of codes. Add it to one of them.";
    UndocumentedField, "undocumented-field", Warning,
        "The declaration on the page has a field for which the page has no heading. It is a fact of the page: where all \
         headings are found in the declaration it becomes a field without text, in its place. The item is incomplete, \
         unless the field is a part without a name. Add the heading, or mend the one that is meant.";
    UnevaluatedValue, "unevaluated-value", Gap,
        "A stated value is no expression that can be computed, or does not fit the type. Mend it, or override it.";
    UngroupedFunction, "ungrouped-function", Warning,
        "The family of a function has groups in families.toml, and none of them has the function: it is declared in C, and \
         no trait has a method for it. Add it to a group.";
    UnknownKind, "unknown-kind", Gap,
        "Nothing tells whether the page describes a function, an enumeration or anything else. Give it a UID or the \
         sections of one of the templates.";
    UnfitTable, "unfit-table", Gap,
        "families.toml names a structure as a table of callbacks, and it is none: every field must be a complete callback of \
         the same header that takes the object. No trait is generated for it.";
    UnknownType, "unknown-type", Gap,
        "A parameter's type is neither a basic type nor described by any page or by families.toml.";
    UnreadCode, "unread-code", Warning,
        "A row or bullet names a code together with something else, or among others that are no codes. It is kept as text and \
         is no code of the function. Name each code alone in its cell, and move what is no code into the text.";
    UnreadTable, "unread-table", Warning,
        "A table under the return section has no column of codes. It is kept as prose.";
    UnreadTree, "unread-tree", Note,
        "Links lead into a folder or a part of the site of which no page was read, so that nothing can be said of them. \
         They are counted once for all. Read that tree too, or mend the path if it was to be another one.";
    UnspacedHeading, "unspaced-heading", Warning,
        "A heading of the template has no blank behind its marks. It is read as the heading that it was to be, and other \
         readers of Markdown take it for text. Set the blank.";
    UntoldCodes, "untold-codes", Warning,
        "The function returns a handle or pointer and its page lists codes, so only the last error could tell them. That is \
         read from it where every code is a Win32 one and the text states the value on failure. Say both.";
    UnusedDeclaration, "unused-declaration", Warning,
        "The page declares the enumeration in C, and members without a stated value do not get theirs from it: it stands \
         there twice, leaves something out, holds a preprocessor line, or has other names than the headings. Mend what the \
         message names, or state the values.";
    ValueConflict, "value-conflict", Warning,
        "Two places state different values for one enumerator: the heading, the text or the syntax block of one page, \
         or two pages. The heading counts on its page, and each page keeps its own. Mend the wrong one.";
    Variadic, "variadic", Gap,
        "The function takes any number of arguments. Rust can neither define such a function nor make a safe method of it, so \
         nothing is generated for it; its facts are kept.";
    WrongLevel, "wrong-level", Warning,
        "A section or an item of the template stands at another level than it should: sections at level 2, parameters \
         and fields at level 3. It is read by its own word. Mend the number of marks.";
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
    /// What to do.
    pub help: Option<String>,
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
    pub fn report_help(&mut self, rule: Rule, location: Location, message: impl Into<String>, help: impl Into<String>) {
        self.push(rule, location, message.into(), Some(help.into()));
    }

    fn push(&mut self, rule: Rule, location: Location, message: String, help: Option<String>) {
        self.list.push(Diagnostic { rule, severity: rule.severity(), location, message, help });
    }

    /// Whether nothing may be written.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Takes the error out of what only makes an item incomplete: such items are left out, and said to be.
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
