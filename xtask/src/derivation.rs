//! The rules by which facts follow from other facts, each with what it does. A fact that no page states in so many words names
//! one of these as its source.

use std::collections::BTreeMap;

use crate::fact::Source;

/// A rule of derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// The stable name, which sources of facts have.
    pub name: &'static str,
    /// What it makes of what, and when.
    pub explanation: &'static str,
}

/// Every rule, by name.
pub const ALL: &[Derivation] = &[
    Derivation {
        name: "array-of-heading",
        explanation: "The heading of a field or parameter has dimensions, and its type has none: the type is an array of \
                      these dimensions.",
    },
    Derivation {
        name: "failure-of-constant",
        explanation: "A sentence names a constant as the value on failure, and a page gives its number: the function returns \
                      that number.",
    },
    Derivation {
        name: "failure-of-sentence",
        explanation: "A sentence says plainly which value the function returns on failure.",
    },
    Derivation {
        name: "hresult-of-win32-code",
        explanation: "A code is written as HRESULT_FROM_WIN32(X): the macro makes its number from the number of X.",
    },
    Derivation {
        name: "last-error-of-codes",
        explanation: "A function returns a handle or pointer, every code that it lists is a Win32 one, and the text states the \
                      value on failure: the last error tells which code it is.",
    },
    Derivation {
        name: "length-in-bytes",
        explanation: "A sentence or an annotation says of which buffer a parameter is the length, and that it counts bytes.",
    },
    Derivation {
        name: "length-sentence",
        explanation: "A sentence says of which buffer a parameter is the length, and not what it counts.",
    },
    Derivation {
        name: "name-from-file",
        explanation: "Nothing on the page names the item, so it has the name of the file.",
    },
    Derivation {
        name: "name-from-title",
        explanation: "The title of the front matter, without header and kind, is the item's name.",
    },
    Derivation {
        name: "name-from-uid",
        explanation: "The UID, without kind, header and what tells overloads apart, is the item's name.",
    },
    Derivation {
        name: "nesting-of-declaration",
        explanation: "A field stands inside an unnamed part of the declaration: its name is a path through that part.",
    },
    Derivation {
        name: "number-of-code",
        explanation: "A function's page names a code, and a page of codes lists it: it has the number listed there.",
    },
    Derivation {
        name: "optional-of-sentence",
        explanation: "A sentence about this parameter says, without a condition, that it can be NULL or is optional.",
    },
    Derivation {
        name: "return-convention-of-codes",
        explanation: "A function returns a number. If it lists codes, and none is an HRESULT, the number is a Win32 code; \
                      otherwise it is a value. A list counts only if most of its rows are codes.",
    },
    Derivation {
        name: "return-convention-of-pointer",
        explanation: "A function returns a pointer: it is a value, and the value shows whether the call failed.",
    },
    Derivation {
        name: "return-convention-of-prose",
        explanation: "The return section shows how failure is reported. It names a type of codes or a success code of that \
                      type, names the function that returns the last error, or says that nothing is returned.",
    },
    Derivation {
        name: "return-convention-of-sentence",
        explanation: "A function returns a number, and sentences say that success is 0 and failure a code: it is a Win32 code.",
    },
    Derivation {
        name: "return-convention-of-type",
        explanation: "The return type tells how failure is reported: HRESULT, NTSTATUS, void, or a value.",
    },
    Derivation {
        name: "return-type-from-codes",
        explanation: "No return type is stated, and every code of the function is an HRESULT: the function returns an \
                      HRESULT. A list counts only if most of its rows are codes.",
    },
    Derivation {
        name: "typedef-of-tag",
        explanation: "A page has the name of a tag with an underscore, and its description has the name without the \
                      underscore in bold: that is the public name of the type.",
    },
    Derivation {
        name: "value-of-declaration",
        explanation: "The page has exactly one declaration of the enumeration. It is complete, stands under no preprocessor \
                      condition and has the names of the headings. An enumerator without a value is 0 if it is the first, \
                      otherwise one more than the enumerator before it (C11, 6.7.2.2).",
    },
    Derivation {
        name: "value-of-expression",
        explanation: "An enumerator's value is stated as an expression, which was computed.",
    },
];

/// The rule of that name.
pub fn by_name(name: &str) -> Option<&'static Derivation> {
    ALL.iter().find(|rule| rule.name == name)
}

/// How many facts rest on each rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub BTreeMap<&'static str, usize>);

impl Counts {
    /// Counts a fact, once for each rule that it rests on, directly or by what it was made of.
    pub fn add(&mut self, source: &Source) {
        // Most facts are stated.
        if !matches!(source, Source::Derived { .. }) {
            return;
        }
        let mut rules = Vec::new();
        collect(source, &mut rules);
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            *self.0.entry(rule).or_default() += 1;
        }
    }

    /// Adds the counts of other facts.
    pub fn merge(&mut self, other: &Self) {
        for (rule, count) in &other.0 {
            *self.0.entry(rule).or_default() += count;
        }
    }

    /// A line for each rule.
    pub fn summary(&self) -> String {
        let facts = |count: usize| if count == 1 { "1 fact rests".to_owned() } else { format!("{count} facts rest") };
        let lines = self.0.iter().map(|(rule, &count)| format!("{} on {rule}\n", facts(count)));
        lines.collect::<Vec<_>>().concat()
    }
}

fn collect(source: &Source, rules: &mut Vec<&'static str>) {
    if let Source::Derived { rule, from } = source {
        rules.push(rule);
        from.iter().for_each(|source| collect(source, rules));
    }
}
