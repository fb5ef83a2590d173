//! Bad input of every kind: a finding with its place and the right exit code, never a panic, and soon.

use std::collections::BTreeSet;
use std::sync::mpsc;
use std::time::Duration;

use proptest::prelude::*;

use winws_tests_generator::entry;
use winws_tests_generator::stage::{self, Stage};
use xtask::c::values::{self, Outcome};
use xtask::diag::{Diagnostics, Rule};
use xtask::model::Spec;
use xtask::source::{Span, Tree};

/// A watchdog, not a measure: what has not come back by then never will, or takes quadratic time. On an idle machine
/// each input takes well under a second.
const WATCHDOG: Duration = Duration::from_secs(60);

fn understand(tree: &Tree) -> (Spec, Diagnostics) {
    xtask::understand(std::slice::from_ref(tree), None)
}

/// Reads the pages in a thread of its own, so that an input on which that never ends is named too.
fn hangs(tree: Tree) -> Option<String> {
    let (done, finished) = mpsc::channel();
    std::thread::spawn(move || {
        drop(understand(&tree));
        // Nobody listens any more once the watchdog has barked.
        done.send(()).ok();
    });
    finished.recv_timeout(WATCHDOG).err().map(|error| error.to_string())
}

/// A page, the rule that it breaks, and the line and column of the finding.
const PAGES: &[(&str, &[u8], Rule, u32, u32)] = &[
    ("an empty file", b"", Rule::EmptyPage, 1, 1),
    ("blanks only", b" \n\t\n\n", Rule::EmptyPage, 1, 1),
    ("a binary file", b"# X function\n\0\x01\x02", Rule::BinaryFile, 1, 1),
    ("bytes that are no UTF-8", b"# X function\n\nCaf\xE9\n", Rule::NotUtf8, 3, 4),
    ("bytes cut within a character", b"# X function\n## -remarks\n\xE2\x80", Rule::NotUtf8, 3, 1),
    ("a doubly encoded blank", b"# X callback\n## -remarks\n\xC3\x82\xC2\xA0\n", Rule::Mojibake, 3, 1),
    ("no kind", b"# X\ntext\n", Rule::UnknownKind, 1, 3),
    ("a name that is code", b"# x(); fn evil() enumeration\n", Rule::InvalidName, 1, 3),
    ("a name of many lines", b"---\napi_name: [\"A\\nB\"]\n---\n# A structure\n", Rule::InvalidName, 2, 11),
    ("broken YAML", b"---\nUID: [NE:a.X\n---\n# X enumeration\n", Rule::FrontMatterYaml, 3, 1),
    ("front matter that never ends", b"---\nUID: NE:a.X\n", Rule::FrontMatterYaml, 1, 1),
    ("a key twice", b"---\nUID: NE:a.X\nUID: NE:a.Y\n---\n# X enumeration\n", Rule::DuplicateKey, 3, 1),
    ("a parameter twice", b"# X function\n### -param a\n### -param a\n", Rule::DuplicateParam, 3, 12),
    ("a member twice", b"## -enum-fields\n### -field A:1\n### -field A:1\n", Rule::DuplicateMember, 3, 12),
    ("a parameter without a name", b"# X function\n### -param\n", Rule::OrphanItem, 2, 5),
    ("a parameter with a bad name", b"# X function\n### -param a\"#b\n", Rule::InvalidName, 2, 12),
    ("a member with a bad name", b"## -enum-fields\n### -field ]] fn evil() {}:1\n", Rule::InvalidName, 2, 12),
    ("a field with a bad name", b"## -struct-fields\n### -field */\n", Rule::InvalidName, 2, 13),
    ("a value that is none", b"## -enum-fields\n### -field A:0x\n", Rule::UnevaluatedValue, 2, 14),
    ("a value without end", b"## -enum-fields\n### -field A:((1\n", Rule::UnevaluatedValue, 2, 14),
    ("a value that overflows", b"## -enum-fields\n### -field A:1<<63<<63\n", Rule::UnevaluatedValue, 2, 14),
    ("a member without a value", b"## -enum-fields\n### -field A\n", Rule::MissingValue, 2, 12),
    ("a table that is not closed", b"# X function\n## -returns\n<table><tr><td>A\n", Rule::TornTable, 3, 1),
    ("a row with a cell too many", b"# X callback\n## -remarks\n|A|B|\n|-|-|\n|1|2|3|\n", Rule::TornTable, 5, 1),
    ("a fence that is not closed", b"# X callback\n## -remarks\n```c\n## -returns\n", Rule::UnclosedFence, 3, 1),
    ("a dangling link", b"# X callback\n## -remarks\n[x](nf-gone.md)\n", Rule::DanglingLink, 3, 1),
];

#[test]
fn bad_pages_have_located_findings() {
    for &(what, bytes, rule, line, column) in PAGES {
        let tree = stage::page(bytes);
        let (_, diags) = understand(&tree);
        let text = stage::rendered(&diags, &tree);
        let found = diags.list.iter().find(|finding| finding.rule == rule);
        let found = found.unwrap_or_else(|| panic!("{what}: there is no {}:\n{text}", rule.name()));
        let Span { line: at_line, column: at_column, .. } = found.location.span;
        assert_eq!((at_line, at_column), (line, column), "{what}:\n{text}");
        assert!(text.contains(&format!("page.md:{line}:{column}")), "{what}:\n{text}");
        let shown = tree.pages[0].line(line as usize - 1).trim_end();
        assert!(text.contains(shown), "{what}: the line is not shown:\n{text}");
        assert_eq!(found.severity, rule.severity(), "{what}");
    }
}

/// Every rule is shown by a fixture or by a bad page.
#[test]
fn every_rule_has_a_case() {
    let mut shown: BTreeSet<Rule> = PAGES.iter().map(|&(_, _, rule, _, _)| rule).collect();
    shown.extend(Stage::ALL.into_iter().flat_map(stage::rules_shown));
    let deep = stage::page(format!("# X callback\n## -remarks\n{}", "<div>".repeat(100)));
    shown.extend(understand(&deep).1.list.iter().map(|finding| finding.rule));
    // tests/generator/accounting.rs shows each of its kinds.
    shown.insert(Rule::LineNotUnderstood);
    // tests/generator/codegen.rs shows what the committed output lost.
    shown.insert(Rule::LostRelation);
    let missing: Vec<&str> = Rule::ALL.iter().filter(|rule| !shown.contains(rule)).map(|rule| rule.name()).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

/// Rules are called by their names, each of which says one thing.
#[test]
fn rules_have_names_of_their_own() {
    let names: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    assert_eq!(names.len(), Rule::ALL.len());
    for &rule in Rule::ALL {
        assert_eq!(Rule::by_name(rule.name()), Some(rule));
        assert!(rule.explanation().ends_with('.'), "{}", rule.name());
    }
}

const DEEP: usize = 100_000;

/// One page for each thing that nests, nested deeper than any stack.
fn deep_pages() -> Vec<(&'static str, Tree)> {
    let remarks = |text: String| stage::page(format!("# X callback\n\n## -remarks\n\n{text}\n"));
    let nest = |open: &str, close: &str| remarks(format!("{}x{}", open.repeat(DEEP), close.repeat(DEEP)));
    let value = |open: &str, close: &str| {
        let text = format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP));
        stage::page(format!("## -enum-fields\n\n### -field A:{text}\n"))
    };
    let stairs = |step: &str| {
        // The indent grows by two blanks a line: 1,000 lines are half a megabyte.
        remarks((0..1_000).flat_map(|depth| ["  ".repeat(depth), format!("{step}x\n")]).collect())
    };
    vec![
        ("quotes", nest(">", "")),
        ("quotes with blanks", nest("> ", "")),
        ("list markers", nest("* ", "")),
        ("numbers", nest("1. ", "")),
        ("stairs of lists", stairs("* ")),
        ("stairs of numbers", stairs("1. ")),
        ("div", nest("<div>", "</div>")),
        ("div never closed", nest("<div>", "")),
        ("div never opened", nest("", "</div>")),
        ("b", nest("<b>", "</b>")),
        ("b never closed", nest("<b>", "")),
        ("table", nest("<table><tr><td>", "</td></tr></table>")),
        ("table never closed", nest("<table><tr><td>", "")),
        ("cells", nest("<td>", "")),
        ("dl", nest("<dl><dt>", "</dt></dl>")),
        ("li", nest("<ul><li>", "")),
        ("li alone", nest("<li>", "")),
        ("blockquote", nest("<blockquote>", "</blockquote>")),
        ("pre", nest("<pre>", "</pre>")),
        ("span", nest("<span>", "</span>")),
        ("links", nest("<a href='x'>", "</a>")),
        ("brackets", nest("[", "]")),
        ("brackets of links", nest("[", "](x)")),
        ("images", nest("![", "](x)")),
        ("open brackets", nest("[", "")),
        ("parentheses of a link", nest("[x](", ")")),
        ("stars", nest("*", "*")),
        ("stars with letters", nest("*a ", " a*")),
        ("pairs of stars", nest("**a ", " a**")),
        ("underscores", nest("_a ", " a_")),
        ("backticks", nest("`", "")),
        ("growing backticks", remarks((1..1_000).map(|len| "`".repeat(len) + " ").collect())),
        ("angles", nest("<", ">")),
        ("open angles", nest("<a ", "")),
        ("open tags with a quote", nest("<b \"", "")),
        ("comments", nest("<!--", "")),
        ("entities", nest("&", ";")),
        ("pipes", nest("|", "")),
        ("pipe table", remarks(format!("{0}\n{1}\n{0}", "|a".repeat(DEEP / 10), "|-".repeat(DEEP / 10)))),
        ("short pipe rows", remarks(format!("|a|b|\n|-|-|\n{}", "|x\n".repeat(DEEP / 10)))),
        ("fences", remarks("```\n".repeat(DEEP + 1))),
        ("open fences", remarks((0..1_000).map(|len| "`".repeat(1_010 - len) + "\n").collect())),
        ("tildes", remarks((0..1_000).map(|len| "~".repeat(1_010 - len) + "\n").collect())),
        ("headings", remarks("#### x\n".repeat(DEEP / 10))),
        ("sections", stage::page("## -remarks\n".repeat(DEEP / 10))),
        ("escapes", nest("\\", "")),
        ("parentheses of a value", value("(", ")")),
        ("open parentheses of a value", value("(", "")),
        ("casts of a value", value("(int)", "")),
        ("signs of a value", value("-", "")),
        ("sum of a value", value("1+", "")),
        ("shifts of a value", value("1<<", "")),
        ("references", {
            let members = (0..1_000).map(|at| format!("### -field A{at}:A{} + 1\n", at + 1));
            stage::page(format!("## -enum-fields\n{}### -field A1000:1\n", members.collect::<String>()))
        }),
        ("members", {
            let members: Vec<String> = (0..2_000).map(|at| format!("### -field A{at}:{at}\n")).collect();
            stage::page(format!("## -enum-fields\n{}", members.concat()))
        }),
        ("brackets of attributes", stage::page(format!("# X function\n### -param a {}\n", "[".repeat(DEEP)))),
        ("words of attributes", stage::page(format!("# X function\n### -param a [{}in]\n", "in,".repeat(DEEP)))),
        ("brackets in a body", stage::page(format!("# X function\n### -param a\n{}\n", "[".repeat(DEEP)))),
        ("stars of a type", stage::page(format!("# X function\n### -param a\nType: T{}\n", "*".repeat(DEEP)))),
        ("dimensions of a type", stage::page(format!("# X function\n### -param a\nType: T{}\n", "[]".repeat(DEEP)))),
        ("YAML lists", stage::page(format!("---\nUID: {}\n---\n# X function\n", "[".repeat(DEEP)))),
        ("YAML maps", stage::page(format!("---\nUID: {}\n---\n# X function\n", "{a: ".repeat(DEEP)))),
        ("YAML aliases", stage::page("---\na: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n---\n# X function\n")),
    ]
}

/// One page for each thing in a declaration that nests or goes on.
fn deep_declarations() -> Vec<(&'static str, Tree)> {
    let fields = |text: String| stage::page(format!("# S structure\n### -field a\n## -syntax\n```cpp\n{text}\n```\n"));
    let declared = |open: &str, close: &str| {
        fields(format!("struct S {{ {} int a; {} }};", open.repeat(DEEP), close.repeat(DEEP)))
    };
    vec![
        ("structures in structures", declared("struct {", "} a;")),
        ("structures never closed", declared("struct A {", "")),
        ("structures never opened", declared("", "} a;")),
        ("structures one after another", fields("struct S { int a; };\n".repeat(DEEP / 10))),
        ("fields of structures", {
            let fields: Vec<String> = (0..DEEP / 10).map(|at| format!("### -field a{at}\n")).collect();
            let fields = fields.concat();
            stage::page(format!(
                "# S structure\n{fields}## -syntax\n```cpp\n{}```\n",
                "struct { int b; };\n".repeat(DEEP / 10)
            ))
        }),
        ("fields without a heading", declared("int a; ", "")),
        (
            "parts without a heading",
            fields(format!("struct S {{ int a; {} }};", "union { int b; }; ".repeat(DEEP / 10))),
        ),
        ("long names of parts", {
            let names = "a".repeat(DEEP);
            fields(format!("struct S {{ struct {{ {} }} {names}; }};", "int a; ".repeat(DEEP / 10)))
        }),
        ("declarators of a field", declared("int a, ", "")),
        ("words of a field", declared("const ", "")),
        (
            "declarators of many words",
            fields(format!("struct S {{ {} int a{}; }};", "const ".repeat(DEEP), ", b".repeat(DEEP))),
        ),
        ("blocks of no fields", declared("enum {", "}")),
        ("blocks in a row", declared("const {} struct {} ", "")),
        ("brackets of a field", declared("[", "]")),
        ("parentheses of a field", declared("int (", ")")),
        ("open parentheses of a field", declared("(", ";")),
        ("stars of a field", declared("int *", "")),
        ("dimensions of a field", fields(format!("struct S {{ int a{}; }};", "[2]".repeat(DEEP)))),
        ("width of a field", fields(format!("struct S {{ int a : {}1; }};", "(".repeat(DEEP)))),
        ("conditions", fields(format!("{}struct S {{ int a; }};", "#if X\n".repeat(DEEP / 10)))),
        ("attributes of the syntax block", {
            let text = format!("f([{}in] int a);", "reads(a),".repeat(DEEP));
            stage::page(format!("# F function\n### -param a\n## -syntax\n```cpp\n{text}\n```\n"))
        }),
        ("dimensions of a heading", stage::page(format!("# S structure\n### -field a{}\n", "[1]".repeat(DEEP)))),
        ("lengths", {
            let params: Vec<String> =
                (0..2_000).map(|at| format!("### -param a{at} [in, reads(a{})]\n", at + 1)).collect();
            stage::page(format!("# F function\n{}", params.concat()))
        }),
    ]
}

#[test]
fn nesting_is_bounded_in_depth_and_time() {
    let cases = deep_pages().into_iter().chain(deep_declarations());
    let slow: Vec<String> = cases.filter_map(|(what, tree)| Some(format!("{what}: {}", hangs(tree)?))).collect();
    assert!(slow.is_empty(), "{slow:#?}");
}

/// An expression, for a reference that computes it without any text.
#[derive(Clone, Debug)]
enum Expr {
    Literal(u32, &'static str),
    Name,
    Unary(char, Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
}

/// What `NAME` stands for.
const NAME: i128 = 0x51A;

impl Expr {
    fn text(&self) -> String {
        match self {
            Self::Literal(number, "0x") => format!("0x{number:X}"),
            Self::Literal(number, suffix) => format!("{number}{suffix}"),
            Self::Name => "NAME".to_owned(),
            Self::Unary(sign, inner) => format!("{sign} ({})", inner.text()),
            Self::Binary(operator, left, right) => format!("({}) {operator} ({})", left.text(), right.text()),
        }
    }

    fn value(&self) -> Option<i128> {
        let value = match self {
            Self::Literal(number, _) => i128::from(*number),
            Self::Name => NAME,
            Self::Unary('-', inner) => -inner.value()?,
            Self::Unary(_, inner) => !inner.value()?,
            Self::Binary(operator, left, right) => {
                let (left, right) = (left.value()?, right.value()?);
                match *operator {
                    "|" => left | right,
                    "&" => left & right,
                    "^" => left ^ right,
                    "+" => left + right,
                    "-" => left - right,
                    "*" => left.checked_mul(right)?,
                    "/" if right != 0 => left / right,
                    "%" if right != 0 => left % right,
                    "<<" if (0..64).contains(&right) => left << right,
                    ">>" if (0..64).contains(&right) => left >> right,
                    _ => return None,
                }
            }
        };
        (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value).then_some(value)
    }
}

fn exprs() -> impl Strategy<Value = Expr> {
    let number = prop_oneof![0_u32..100, any::<u32>()];
    let literal = (number, prop::sample::select(vec!["", "u", "L", "UL", "0x"]));
    let leaf = prop_oneof![4 => literal.prop_map(|(number, form)| Expr::Literal(number, form)), 1 => Just(Expr::Name)];
    leaf.prop_recursive(6, 32, 2, |inner| {
        let operators = vec!["|", "&", "^", "+", "-", "*", "/", "%", "<<", ">>"];
        prop_oneof![
            (prop::sample::select(vec!['-', '~']), inner.clone())
                .prop_map(|(sign, inner)| Expr::Unary(sign, Box::new(inner))),
            (prop::sample::select(operators), inner.clone(), inner).prop_map(|(operator, left, right)| Expr::Binary(
                operator,
                Box::new(left),
                Box::new(right)
            )),
        ]
    })
}

/// A change of a page.
#[derive(Clone, Debug)]
enum Change {
    Delete(usize),
    Double(usize),
    Swap(usize, usize),
    Cut(usize, usize),
    Insert(usize, u8),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let at = any::<usize>;
    let change = prop_oneof![
        at().prop_map(Change::Delete),
        at().prop_map(Change::Double),
        (at(), at()).prop_map(|(a, b)| Change::Swap(a, b)),
        (at(), 1_usize..20).prop_map(|(from, len)| Change::Cut(from, len)),
        (at(), prop::sample::select(b"`|<>*_[](){}#-:\\\"'&; \t\n\r\xC2\xA0\xFF".to_vec()))
            .prop_map(|(at, byte)| Change::Insert(at, byte)),
    ];
    prop::collection::vec(change, 1..12)
}

fn changed(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for change in changes {
        let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|&b| b == b'\n').map(<[u8]>::to_vec).collect();
        let (count, len) = (lines.len().max(1), bytes.len() + 1);
        match *change {
            _ if bytes.is_empty() => {}
            Change::Delete(at) => drop(lines.remove(at % count)),
            Change::Double(at) => lines.insert(at % count, lines[at % count].clone()),
            Change::Swap(a, b) => lines.swap(a % count, b % count),
            Change::Cut(at, length) => {
                bytes.drain(at % len..(at % len + length).min(bytes.len()));
                continue;
            }
            Change::Insert(at, byte) => {
                bytes.insert(at % len, byte);
                continue;
            }
        }
        bytes = lines.concat();
    }
    bytes
}

/// A line of front matter, most of them well-formed.
fn yaml_line() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        4 => "[A-Za-z0-9/(<_\\\\][A-Za-z0-9 .,:#'\"()\\[\\]{}*&!|>%@`~?=/\\\\_-]{0,12}".boxed(),
        1 => "\\PC{0,8}".boxed(),
        2 => prop::sample::select(vec!["", "null", "~", "true", "1.10", "0x10", "1e3", ".inf", "y", "<<", "=", "2020-01-01"])
            .prop_map(str::to_owned)
            .boxed(),
        1 => prop::sample::select(vec!["\"a: b\"", "'it''s'", "[a, \"b\"]", "[a,", "b]", "\"open", "|", ">", "*x", "&x a", "!t a"])
            .prop_map(str::to_owned)
            .boxed(),
    ];
    let start = prop_oneof![
        6 => "[a-d]: ".boxed(),
        1 => "[a-d]:".boxed(),
        4 => " {0,2}- ".boxed(),
        1 => " {0,2}-".boxed(),
        1 => " {1,3}".boxed(),
        1 => prop::sample::select(vec!["? ", "# ", "a b: ", "12: ", "\t", "", "... ", "%T ", "y: ", "null: "])
            .prop_map(str::to_owned)
            .boxed(),
    ];
    (start, value).prop_map(|(start, value)| format!("{start}{}\n", value.replace('\n', " ")))
}

/// A name that stands on another line than its mark has a place that exists.
#[test]
fn a_term_over_lines_has_places_on_the_page() {
    entry::page(b"# Fn function\n\n## Parameters\n\n<dl>\n<dt>\n`\nhFirst` [in]</dt>\n<dd>Text.</dd>\n</dl>\n");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn values_are_what_c_computes(expr in exprs()) {
        let found = values::evaluate(&expr.text(), |name| (name == "NAME").then_some(NAME));
        match expr.value() {
            Some(value) => prop_assert_eq!(found, Outcome::Value(value), "{}", expr.text()),
            None => prop_assert!(matches!(found, Outcome::Invalid(_)), "{} is {:?}", expr.text(), found),
        }
    }

    #[test]
    fn no_value_is_a_panic(text in "[0-9a-fxXuULlA-C_ ()'+*/%|&^~<>,-]{0,40}|\\PC{0,40}") {
        entry::value(&text);
        entry::c_type(&text);
    }

    #[test]
    fn the_line_scan_reads_what_yaml_reads(lines in prop::collection::vec(yaml_line(), 0..12)) {
        entry::front_matter(format!("---\n{}---\n", lines.concat()).as_bytes());
    }

    #[test]
    fn changed_pages_are_read(index in any::<prop::sample::Index>(), changes in changes()) {
        let pages = [stage::pages(Stage::Parse), stage::pages(Stage::Lower)].concat();
        let (_, bytes) = index.get(&pages);
        entry::page(&changed(bytes, &changes));
    }
}
