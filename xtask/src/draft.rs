//! What one page claims, with gaps where it does not say. Data only.

mod functions;

use std::sync::Arc;

use crate::c::types::CType;
use crate::fact::Fact;
use crate::prose::Prose;
use crate::source::{Location, Span};

pub use crate::c::attributes::Direction;
pub use functions::{
    Afterwards, CharactersIf, Convention, DocumentedCode, Function, Ioctl, Param, Part, Returns, Unit, Until,
};

/// The flaw of an item that may be a structure or a union.
pub const UNKNOWN_RECORD: &str = "what it is: a structure or a union";

/// One page's claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The page as diagnostics show it.
    pub path: Arc<str>,
    /// The page below the folder that was read.
    pub page: Arc<str>,
    /// What the page describes.
    pub kind: Kind,
    /// Where the text about it begins: its heading, else its description.
    pub place: Location,
    /// Its C name; for pages of codes, their title.
    pub name: Fact<String>,
    /// Its other C names, such as a structure's tag.
    pub aliases: Vec<Fact<String>>,
    /// The id that links of this family of pages use.
    pub uid: Option<Fact<String>>,
    /// The id that older links use.
    pub asset_id: Option<String>,
    /// Where it is declared, and on which systems it is.
    pub requirements: Requirements,
    /// The text of the page.
    pub docs: Docs,
    /// What is on the page and could not be made a fact of: the item is incomplete.
    pub flaws: Vec<String>,
    /// Constants and option flags that it lists with their numbers, beside what it is about.
    pub constants: Vec<Constant>,
    /// The type that the name of an enumeration stands for, where the header has that and a macro for each value.
    pub stands_for: Option<Fact<CType>>,
    /// Where the published page about it says something else.
    pub public: Vec<Public>,
    /// What depends on the kind.
    pub body: Body,
}

/// Where the published page about an item says something else than ours, or does not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    /// The parameters, fields, members or codes that it is about; none if it is about the item.
    pub parts: Vec<String>,
    /// What the published page says.
    pub says: String,
    /// What is right.
    pub right: String,
    /// How that is known.
    pub source: String,
    /// The entry of `overrides.toml`.
    pub location: Location,
}

/// What a page describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A function, method or macro.
    Function,
    /// A function that the program supplies.
    Callback,
    /// An enumeration.
    Enum,
    /// A structure.
    Struct,
    /// A union.
    Union,
    /// A control code.
    Ioctl,
    /// A COM interface.
    Interface,
    /// A C++ class.
    Class,
    /// A list of codes with their numbers.
    Codes,
    /// A header or a technology.
    Overview,
    /// A page that describes no item.
    Topic,
}

impl Kind {
    /// Whether it is a function, whoever supplies it.
    pub const fn is_function(self) -> bool {
        matches!(self, Self::Function | Self::Callback)
    }

    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Function,
        Self::Callback,
        Self::Enum,
        Self::Struct,
        Self::Union,
        Self::Ioctl,
        Self::Interface,
        Self::Class,
        Self::Codes,
        Self::Overview,
        Self::Topic,
    ];

    /// As `facts.json` and `overrides.toml` call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Callback => "callback",
            Self::Enum => "enum",
            Self::Struct => "struct",
            Self::Union => "union",
            Self::Ioctl => "ioctl",
            Self::Interface => "interface",
            Self::Class => "class",
            Self::Codes => "codes",
            Self::Overview => "overview",
            Self::Topic => "topic",
        }
    }
}

/// Where an item is declared, and on which systems it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// The header.
    pub header: Option<Fact<String>>,
    /// The import library.
    pub lib: Option<Fact<String>>,
    /// The DLL.
    pub dll: Option<Fact<String>>,
    /// The first Windows client that has it.
    pub client: Option<Fact<String>>,
    /// The first Windows Server that has it.
    pub server: Option<Fact<String>>,
}

/// The text of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    /// What it is.
    pub description: Arc<Prose>,
    /// What else there is to know.
    pub remarks: Arc<Prose>,
    /// Where to read on.
    pub see_also: Arc<Prose>,
    /// Sections that the template does not know, each with its heading.
    pub others: Vec<(String, Arc<Prose>)>,
}

/// What depends on the kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Functions and callbacks.
    Function(Box<Function>),
    /// Enumerations.
    Enum(Vec<Member>, Vec<Demoted>),
    /// Structures and unions.
    Struct(Vec<Field>, Vec<Demoted>),
    /// I/O controls.
    Ioctl(Box<Ioctl>),
    /// Pages of codes.
    Codes(Vec<Code>),
    /// Kinds of which only the text is kept.
    Text,
}

/// A member of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: Fact<String>,
    /// The value as the page writes it.
    pub stated: Option<Fact<String>>,
    /// Where a whole declaration on the page has it without a value: the enumerator before it, none before the first.
    pub follows: Option<Fact<Option<String>>>,
    /// Its value.
    pub value: Option<Fact<i128>>,
    /// What the page says of it.
    pub docs: Arc<Prose>,
}

/// A field of a structure; `a.b` names a field of a nested one. As in a parameter, what few have lies apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Fact<String>,
    /// Its width in bits.
    pub bits: Option<Box<Fact<u32>>>,
    /// Its type.
    pub c_type: Option<Fact<CType>>,
    /// The array dimensions that its heading states: `[256]`. Its type has them too, if it is known.
    pub dimensions: Option<Box<Fact<String>>>,
    /// Whether it is a structure or union that is declared in its place, whose fields follow as `a.b`.
    pub nested: Option<Box<Fact<Kind>>>,
    /// What it leads to may be strings of `WCHAR`s, although its type does not say so.
    pub wide: Option<Box<Fact<()>>>,
    /// What holds of it when a call that it was passed to is over.
    pub afterwards: Afterwards,
    /// What the page says of it.
    pub docs: Arc<Prose>,
}

/// `#### - NAME`: text for which the page's template found no symbol. Never a member or parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demoted {
    /// The heading.
    pub name: Fact<String>,
    /// The text under it.
    pub docs: Arc<Prose>,
}

/// A code and its number, from a page of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its name.
    pub name: Fact<String>,
    /// Its number.
    pub number: Fact<u32>,
    /// What it means.
    pub docs: Arc<Prose>,
}

/// A constant or option flag and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// Its name.
    pub name: Fact<String>,
    /// Its number; that of a pointer is 0, or -1 as 32 bits.
    pub number: Fact<u32>,
    /// The digits that the page writes it with, if it does so in hexadecimal.
    pub hex_digits: Option<usize>,
    /// Its type, if the page states one, as it does of pointers.
    pub c_type: Option<Fact<CType>>,
    /// The constant under whose heading the page has it: an option that it is a value of.
    pub under: Option<String>,
    /// What the page says of it; a copy of a part of the text that it stands in.
    pub docs: Arc<Prose>,
}

impl Draft {
    /// A place in this page.
    pub fn at(&self, span: Span) -> Location {
        Location { path: self.path.clone(), span }
    }

    /// What it returns: of an I/O control, the codes of its status block.
    pub fn returns(&self) -> Option<&Returns> {
        match &self.body {
            Body::Function(function) => Some(&function.returns),
            Body::Ioctl(ioctl) => Some(&ioctl.status),
            _ => None,
        }
    }

    /// The same, to change it.
    pub fn returns_mut(&mut self) -> Option<&mut Returns> {
        match &mut self.body {
            Body::Function(function) => Some(&mut function.returns),
            Body::Ioctl(ioctl) => Some(&mut ioctl.status),
            _ => None,
        }
    }

    /// The names of its parameters, fields, members, codes and constants.
    pub fn parts(&self) -> Vec<&str> {
        let codes = self.returns().into_iter().flat_map(|returns| &returns.codes).map(|code| &code.name);
        let mut names: Vec<&Fact<String>> = codes.chain(self.constants.iter().map(|constant| &constant.name)).collect();
        match &self.body {
            Body::Function(function) => names.extend(function.params.iter().map(|param| &param.name)),
            Body::Enum(members, _) => names.extend(members.iter().map(|member| &member.name)),
            Body::Struct(fields, _) => names.extend(fields.iter().map(|field| &field.name)),
            Body::Codes(codes) => names.extend(codes.iter().map(|code| &code.name)),
            Body::Ioctl(_) | Body::Text => {}
        }
        names.into_iter().map(|name| &*name.value).collect()
    }

    /// Its parameters, if it is a function or callback.
    pub fn function(&self) -> Option<&Function> {
        match &self.body {
            Body::Function(function) => Some(function),
            _ => None,
        }
    }

    /// Each piece of text of the page, to change its links; those of constants are copies of parts of these.
    pub fn proses_mut(&mut self) -> Vec<&mut Arc<Prose>> {
        let docs = &mut self.docs;
        let mut all = vec![&mut docs.description, &mut docs.remarks, &mut docs.see_also];
        all.extend(docs.others.iter_mut().map(|(_, prose)| prose));
        match &mut self.body {
            Body::Function(function) => {
                all.extend(function.params.iter_mut().map(|param| &mut param.docs));
                all.extend(function.demoted.iter_mut().map(|demoted| &mut demoted.docs));
                all.push(&mut function.returns.docs);
                let codes = function.returns.codes.iter_mut();
                all.extend(codes.flat_map(|code| code.texts.iter_mut().map(|text| &mut text.value)));
            }
            Body::Enum(members, demoted) => {
                all.extend(members.iter_mut().map(|member| &mut member.docs));
                all.extend(demoted.iter_mut().map(|demoted| &mut demoted.docs));
            }
            Body::Struct(fields, demoted) => {
                all.extend(fields.iter_mut().map(|field| &mut field.docs));
                all.extend(demoted.iter_mut().map(|demoted| &mut demoted.docs));
            }
            Body::Ioctl(ioctl) => {
                all.extend(ioctl.parts.iter_mut().map(|part| &mut part.docs));
                all.push(&mut ioctl.status.docs);
                let codes = ioctl.status.codes.iter_mut();
                all.extend(codes.flat_map(|code| code.texts.iter_mut().map(|text| &mut text.value)));
            }
            Body::Codes(codes) => all.extend(codes.iter_mut().map(|code| &mut code.docs)),
            Body::Text => {}
        }
        all
    }
}

/// An enumerator as C's `int` has it: 0x80000000 and above are negative. What no `int` can hold stays as it is.
pub fn as_c_sees(value: i128) -> i128 {
    u32::try_from(value).map_or(value, |bits| i128::from(bits.cast_signed()))
}
