//! The source of windows-sys and of our `sys` modules, as far as it declares what C has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use syn::parse::{ParseStream, Parser};
use syn::{
    Attribute, Fields, FnArg, ForeignItem, GenericArgument, Item, NamedArg, PathArguments, PointerMutability,
    ReturnType, Signature, Type,
};
use winws_tests_generator::workspace;

/// The names of one module.
#[derive(Default)]
pub(crate) struct Module {
    /// Constants, with their types.
    pub constants: BTreeMap<String, Type>,
    /// Names for other types.
    pub aliases: BTreeMap<String, Type>,
    /// Structures and unions.
    pub records: BTreeMap<String, Record>,
    /// Functions.
    pub functions: BTreeMap<String, Call>,
}

/// A structure or union.
pub(crate) struct Record {
    pub union: bool,
    pub fields: Vec<(String, Type)>,
}

/// What is called: parameters with their names, and what comes back.
#[derive(Clone)]
pub(crate) struct Call {
    pub params: Vec<(String, Type)>,
    pub result: Option<Type>,
}

/// How types of a module are written so that two modules can be compared.
pub(crate) struct Names<'a> {
    pub module: &'a Module,
    /// Where the module has names from that it does not declare.
    pub core: Option<&'a Module>,
    /// Types that are compared by name, with the name that both go by.
    pub known: &'a BTreeMap<String, String>,
}

/// The folder of windows-sys.
pub(crate) fn windows_sys() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(find)
}

fn find() -> PathBuf {
    let host = output(Command::new("rustc").args(["--print", "host-tuple"]));
    let cargo = std::env::var_os("CARGO").expect("tests are run by cargo");
    // Without the other platforms' packages, which need not be here.
    let metadata = output(
        Command::new(cargo)
            .args(["metadata", "--format-version=1", "--locked", "--filter-platform", host.trim()])
            .current_dir(workspace()),
    );
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("metadata is JSON");
    let is_it = |package: &&serde_json::Value| {
        package["name"] == "windows-sys" && package["version"].as_str().is_some_and(|it| it.starts_with("0.61."))
    };
    let packages = metadata["packages"].as_array().expect("there are packages");
    let package = packages.iter().find(is_it).expect("the tests depend on windows-sys 0.61");
    let manifest = package["manifest_path"].as_str().expect("a package has a manifest");
    Path::new(manifest).parent().expect("a manifest is in a folder").join("src")
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("the program can be started");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the program writes UTF-8")
}

/// Reads a module. What is there for 32-bit machines only is left out.
pub(crate) fn read(path: &Path) -> Module {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut module = Module::default();
    for item in syn::parse_file(&text).expect("the source is Rust").items {
        module.add(item);
    }
    module
}

impl Module {
    /// Adds types of another module.
    pub(crate) fn take(&mut self, mut other: Self, names: &[&str]) {
        for &name in names {
            let (record, alias) = (other.records.remove(name), other.aliases.remove(name));
            assert!(record.is_some() || alias.is_some(), "the module has no {name}");
            self.records.extend(record.map(|it| (name.to_owned(), it)));
            self.aliases.extend(alias.map(|it| (name.to_owned(), it)));
        }
    }

    fn add(&mut self, item: Item) {
        match item {
            Item::Const(item) => _ = self.constants.insert(item.ident.to_string(), *item.ty),
            Item::Type(item) => _ = self.aliases.insert(item.ident.to_string(), *item.ty),
            Item::Struct(item) if !is_32_bit(&item.attrs) => {
                self.add_record(&item.ident.to_string(), false, item.fields);
            }
            Item::Union(item) if !is_32_bit(&item.attrs) => {
                self.add_record(&item.ident.to_string(), true, Fields::Named(item.fields));
            }
            Item::ForeignMod(block) => {
                for item in block.items {
                    let ForeignItem::Fn(item) = item else { panic!("only functions are foreign") };
                    self.add_function(item.sig);
                }
            }
            Item::Macro(item) => {
                // link!("x.dll" "system" fn Name(..) -> ..), at times with another literal for the name in the DLL.
                let signature = |input: ParseStream| {
                    while input.parse::<syn::LitStr>().is_ok() {}
                    input.parse::<Signature>()
                };
                self.add_function(signature.parse2(item.mac.tokens).expect("the macro declares a function"));
            }
            Item::Struct(_) | Item::Union(_) | Item::Use(_) | Item::Impl(_) | Item::Mod(_) => {}
            _ => panic!("an item of a kind that no header's module has had so far"),
        }
    }

    fn add_record(&mut self, name: &str, union: bool, fields: Fields) {
        let named = |field: syn::Field| Some((field.ident?.to_string(), field.ty));
        let fields = fields.into_iter().filter_map(named).collect();
        assert!(self.records.insert(name.to_owned(), Record { union, fields }).is_none(), "{name} is there twice");
    }

    fn add_function(&mut self, signature: Signature) {
        let param = |arg: FnArg| {
            let FnArg::Typed(arg) = arg else { panic!("C has no receivers") };
            let syn::Pat::Ident(name) = *arg.pat else { panic!("a parameter has a name") };
            (name.ident.to_string(), *arg.ty)
        };
        let params = signature.inputs.into_iter().map(param).collect();
        self.functions.insert(signature.ident.to_string(), Call { params, result: result(signature.output) });
    }

    /// A function, or what a callback's type says: an optional pointer to a function.
    pub(crate) fn call(&self, name: &str) -> Call {
        if let Some(function) = self.functions.get(name) {
            return function.clone();
        }
        let Some(Type::FnPtr(pointer)) = self.aliases.get(name).and_then(optional) else {
            panic!("nobody knows {name}")
        };
        let param = |arg: &NamedArg| {
            let (name, _) = arg.name.as_ref().expect("a parameter has a name");
            (name.to_string(), arg.ty.clone())
        };
        Call { params: pointer.inputs.iter().map(param).collect(), result: result(pointer.output.clone()) }
    }
}

fn is_32_bit(attributes: &[Attribute]) -> bool {
    let cfg = |attribute: &Attribute| Some(attribute.meta.require_list().ok()?.tokens.to_string());
    attributes.iter().any(|attribute| cfg(attribute).is_some_and(|cfg| cfg == "target_arch = \"x86\""))
}

fn result(output: ReturnType) -> Option<Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, type_) => Some(*type_),
    }
}

/// What is in an `Option`.
fn optional(type_: &Type) -> Option<&Type> {
    let Type::Path(path) = type_ else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(type_) => Some(type_),
        _ => None,
    }
}

impl Names<'_> {
    /// A type without what does not count: `const`, aliases, signs of characters.
    pub(crate) fn text(&self, type_: &Type) -> String {
        match type_ {
            Type::Ptr(pointer) => format!("*{}", self.text(&pointer.elem)),
            Type::Path(path) => {
                let name = path.path.segments.last().expect("a path has a name").ident.to_string();
                self.named(&name, optional(type_))
            }
            Type::Array(array) => {
                let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(len), .. }) = &array.len else {
                    panic!("an array is as long as a number says")
                };
                format!("[{}; {}]", self.text(&array.elem), len.base10_digits())
            }
            Type::FnPtr(_) => panic!("a callback has a name"),
            _ => panic!("a type of a kind that no header's module has had so far"),
        }
    }

    fn named(&self, name: &str, optional: Option<&Type>) -> String {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        if let Some(type_) = optional {
            return self.text(type_);
        }
        if let Some(record) = self.module.records.get(name) {
            return self.body(record);
        }
        let alias = self.module.aliases.get(name).or_else(|| self.core.and_then(|core| core.aliases.get(name)));
        match (alias, name) {
            (Some(type_), _) => self.text(type_),
            (None, "c_void") => "void".to_owned(),
            (None, "u8" | "i8" | "c_char") => "u8".to_owned(),
            (None, "u16" | "i32" | "u32" | "u64" | "i64" | "usize" | "isize") => name.to_owned(),
            (None, _) => panic!("nobody knows {name}"),
        }
    }

    /// A structure or union, field by field.
    pub(crate) fn body(&self, record: &Record) -> String {
        let fields = record.fields.iter().map(|(name, type_)| format!("{name}: {}", self.text(type_)));
        let kind = if record.union { "union" } else { "struct" };
        format!("{kind} {{ {} }}", fields.collect::<Vec<_>>().join(", "))
    }

    /// A function's parameters and result. windows-sys writes parameters in small letters.
    pub(crate) fn call(&self, call: &Call) -> String {
        let params = call.params.iter().map(|(name, type_)| format!("{}: {}", name.to_lowercase(), self.text(type_)));
        let result = call.result.as_ref().map_or_else(|| "void".to_owned(), |type_| self.text(type_));
        format!("({}) -> {result}", params.collect::<Vec<_>>().join(", "))
    }

    /// Whether a pointer is `const`, be it by an alias.
    pub(crate) fn is_const(&self, type_: &Type) -> bool {
        match type_ {
            Type::Ptr(pointer) => matches!(pointer.mutability, PointerMutability::Const(_)),
            Type::Path(path) => {
                let name = path.path.segments.last().expect("a path has a name").ident.to_string();
                let alias =
                    self.module.aliases.get(&name).or_else(|| self.core.and_then(|core| core.aliases.get(&name)));
                self.is_const(alias.unwrap_or_else(|| panic!("{name} is no pointer")))
            }
            _ => panic!("no pointer"),
        }
    }

    /// The names of the constants of a type.
    pub(crate) fn constants_of(&self, type_: &str) -> BTreeSet<String> {
        let is_it = |known: &Type| matches!(known, Type::Path(path) if path.path.is_ident(type_));
        self.module.constants.iter().filter(|(_, known)| is_it(known)).map(|(name, _)| name.clone()).collect()
    }
}
