//! Parameters and results of functions and callbacks, ready to be shown.

use super::anchors::{Anchors, error_ids};
use super::declaration::TypeText;
use super::here::Here;
use super::number::Number;
use super::prose::Blocks;
use super::provenance::Cited;
use super::signature::RustParam;
use crate::draft::{Afterwards, CharactersIf, Convention, DocumentedCode, Function, Param, Returns};

/// A parameter.
pub(super) struct ParamRow<'a> {
    pub id: String,
    pub name: &'a str,
    pub c_type: Option<TypeText>,
    pub dimensions: Option<&'a str>,
    pub rust: Option<RustParam>,
    pub direction: Option<&'static str>,
    /// What is said of it in one word: that it is optional, or reserved.
    pub said: Vec<&'static str>,
    pub optional_if: Option<&'a str>,
    /// The parameter whose length this one states, and its anchor if it is one of this function's.
    pub length_of: Option<(&'a str, Option<String>)>,
    /// What that length counts, where it is stated by itself.
    pub length_unit: Option<&'static str>,
    /// When that length counts wide characters instead of bytes.
    pub characters_if: Option<&'a CharactersIf>,
    pub docs: Blocks<'a>,
    pub null_terminated: bool,
    /// The lengths that say that the string ends with a zero.
    pub terminated_if: Option<String>,
    /// Whether what it leads to may be wide strings.
    pub wide: bool,
    pub afterwards: &'a Afterwards,
    pub sources: Vec<Cited<'a>>,
}

/// What a function returns.
pub(super) struct ReturnView<'a> {
    /// What the section is called.
    pub title: &'static str,
    /// Whether there is a type: a control code has none.
    pub typed: bool,
    pub c_type: Option<TypeText>,
    /// Whether the type is `HRESULT` because the codes are, although the page states none.
    pub implied: bool,
    /// How failure is reported: as facts.json calls it, and in words.
    pub convention: Option<(&'static str, &'static str)>,
    /// What it returns on failure, where the convention does not say it.
    pub failure: Option<i64>,
    pub docs: Blocks<'a>,
    pub errors: Vec<ErrorRow<'a>>,
    /// Where the page says that there may be other codes.
    pub open: Option<Vec<Cited<'a>>>,
    pub sources: Vec<Cited<'a>>,
}

/// A code that the page lists.
pub(super) struct ErrorRow<'a> {
    pub id: String,
    pub name: &'a str,
    /// Its page.
    pub href: Option<String>,
    pub number: Option<Number>,
    pub texts: Vec<Blocks<'a>>,
    pub sources: Vec<Cited<'a>>,
}

/// The parameters, in order; `rust` are their types there, where a method has them.
pub(super) fn params<'a>(
    here: Here<'a>,
    function: &'a Function,
    rust: Vec<Option<RustParam>>,
    anchors: &mut Anchors,
) -> Vec<ParamRow<'a>> {
    let mut rust = rust.into_iter();
    let claim = |param: &Param| anchors.claim("param-", &param.name.value);
    let ids: Vec<String> = function.params.iter().map(claim).collect();
    let anchor = |name: &str| function.params.iter().position(|param| param.name.value == name);
    let mut row = |(param, id): (&'a Param, &String)| {
        let mut sources = vec![here.cite("name", &param.name.source)];
        sources.extend(param.c_type.as_ref().map(|fact| here.cite("type", &fact.source)));
        sources.extend(param.dimensions.as_ref().map(|fact| here.cite("dimensions", &fact.source)));
        sources.extend(param.direction.as_ref().map(|fact| here.cite("direction", &fact.source)));
        sources.extend(param.optional.as_ref().map(|fact| here.cite("optional", &fact.source)));
        sources.extend(param.optional_if.as_ref().map(|fact| here.cite("optional under a condition", &fact.source)));
        sources.extend(param.reserved.as_ref().map(|fact| here.cite("reserved", &fact.source)));
        sources.extend(param.length_of.as_ref().map(|fact| here.cite("length of", &fact.source)));
        sources.extend(param.stated_unit().map(|fact| here.cite("unit of the length", &fact.source)));
        sources.extend(param.characters_if.as_ref().map(|fact| here.cite("counts characters", &fact.source)));
        sources.extend(param.null_terminated.as_ref().map(|fact| here.cite("ends with", &fact.source)));
        sources.extend(param.terminated_if.as_ref().map(|fact| here.cite("ends with a zero", &fact.source)));
        sources.extend(param.wide.as_ref().map(|fact| here.cite("wide strings", &fact.source)));
        sources.extend(afterwards(here, &param.afterwards));
        let said = [param.optional.as_ref().map(|_| "optional"), param.reserved.as_ref().map(|_| "reserved")];
        let said = said.into_iter().flatten().collect();
        ParamRow {
            id: id.clone(),
            name: &param.name.value,
            c_type: param.c_type.as_ref().map(|c_type| TypeText::new(here, &c_type.value)),
            dimensions: param.dimensions.as_ref().map(|dimensions| &*dimensions.value),
            rust: rust.next().flatten(),
            direction: param.direction.as_ref().map(|direction| direction.value.words()),
            said,
            optional_if: param.optional_if.as_ref().map(|sentence| &*sentence.value),
            length_of: param.length_of.as_ref().map(|of| (&*of.value, anchor(&of.value).map(|at| ids[at].clone()))),
            length_unit: param.stated_unit().map(|unit| unit.value.name()),
            characters_if: param.characters_if.as_ref().map(|fact| &fact.value),
            docs: Blocks::new(here, &param.docs, 2),
            null_terminated: param.null_terminated.is_some(),
            terminated_if: param.terminated_if_any().map(|fact| fact.value),
            wide: param.wide.is_some(),
            afterwards: &param.afterwards,
            sources,
        }
    };
    function.params.iter().zip(&ids).map(&mut row).collect()
}

/// Where it comes from what holds when a call is over.
pub(super) fn afterwards<'a>(here: Here<'a>, afterwards: &'a Afterwards) -> Vec<Cited<'a>> {
    let Afterwards { kept_until, lent_until, written_on_failure, aliased } = afterwards;
    let until = kept_until.iter().map(|fact| ("kept", fact)).chain(lent_until.iter().map(|fact| ("lent", fact)));
    let until = until.map(|(label, fact)| here.cite(label, &fact.source));
    let written = written_on_failure.first().map(|fact| here.cite("written on failure", &fact.source));
    let cited = until.chain(written);
    cited.chain(aliased.as_ref().map(|fact| here.cite("pointed into", &fact.source))).collect()
}

/// The result, and the codes in the order of the page.
pub(super) fn returns<'a>(here: Here<'a>, returns: &'a Returns) -> ReturnView<'a> {
    let mut sources = Vec::new();
    sources.extend(returns.c_type.as_ref().map(|fact| here.cite("type", &fact.source)));
    sources.extend(returns.convention.as_ref().map(|fact| here.cite("failure", &fact.source)));
    sources.extend(returns.failure.as_ref().map(|fact| here.cite("value on failure", &fact.source)));
    ReturnView {
        title: "Return value",
        typed: true,
        c_type: returns.c_type.as_ref().map(|c_type| TypeText::new(here, &c_type.value)),
        implied: returns.convention.as_ref().is_some_and(|fact| fact.value == Convention::HResult),
        convention: returns
            .convention
            .as_ref()
            .map(|fact| (fact.value.name(), in_words(fact.value, returns.failure.is_some()))),
        failure: returns.failure.as_ref().map(|fact| fact.value),
        docs: Blocks::new(here, &returns.docs, 2),
        errors: returns.codes.iter().zip(error_ids(returns)).map(|(code, id)| error(here, code, id)).collect(),
        open: returns.open.as_ref().map(|fact| vec![here.cite("other codes", &fact.source)]),
        sources,
    }
}

/// The codes of an I/O control's status block.
pub(super) fn status<'a>(here: Here<'a>, status: &'a Returns) -> ReturnView<'a> {
    ReturnView { title: "Status", typed: false, ..returns(here, status) }
}

fn error<'a>(here: Here<'a>, code: &'a DocumentedCode, id: String) -> ErrorRow<'a> {
    let mut sources = vec![here.cite("name", &code.name.source)];
    sources.extend(code.number.as_ref().map(|fact| here.cite("number", &fact.source)));
    sources.extend(code.texts.iter().map(|fact| here.cite("text", &fact.source)));
    ErrorRow {
        id,
        name: &code.name.value,
        href: here.to_code(code),
        number: code.number.as_ref().map(|number| Number::code(number.value)),
        texts: code.texts.iter().map(|text| Blocks::new(here, &text.value, 3)).collect(),
        sources,
    }
}

const fn in_words(convention: Convention, has_value: bool) -> &'static str {
    match convention {
        Convention::Win32 => "It returns a Win32 code; 0 is success.",
        Convention::HResult => "It returns an HRESULT; failure is negative.",
        Convention::NtStatus => "It returns an NTSTATUS; failure is negative.",
        Convention::LastError if has_value => "It returns a value of its own and sets the thread's last error.",
        Convention::LastError => "It returns 0 (FALSE, NULL) and sets the thread's last error.",
        Convention::Void => "It returns nothing.",
        Convention::Value if has_value => "One value that it returns is failure.",
        Convention::Value => "It returns a value that is no failure.",
    }
}
