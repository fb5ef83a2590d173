//! What single pages show, on trees of a few lines.

use scraper::{ElementRef, Html, Selector};
use xtask::Reading;
use xtask::source::{SourceFile, Tree};

use super::{Built, html, ours};

/// The site of these files.
fn site(files: &[(&str, &str)]) -> Built {
    let file = |&(name, text): &(&str, &str)| SourceFile::new(name, name, text.as_bytes().to_vec());
    let (config, pages) = files.iter().partition::<Vec<_>, _>(|(name, _)| name.ends_with("toml"));
    let tree = Tree {
        pages: pages.into_iter().map(file).collect(),
        config: config.into_iter().map(file).collect(),
        ..Tree::default()
    };
    let trees = vec![tree];
    let (spec, diags) = xtask::understand(&trees, None);
    let built = Built::new(Reading { trees, spec, diags });
    super::check(&built);
    built
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).expect("a selector of ours")).collect()
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    select(page, selector).into_iter().map(html::words).collect()
}

const FUNCTION: &str = "---\nUID: NF:a.Call\nreq.header: a.h\n---\n# Call function\n\n## -description\n\n\
    Calls **Other** and `Other()`, not **Call** or *other*. **LONG_NAME_OF_A_CONSTANT_THAT_BREAKS** is bold.\n\n\
    ## -parameters\n\n### -param Flags [in]\n\nType: **DWORD**\n\nSee **Flags** and [the **Other** one](nf-a-other.md).\n\n\
    ## -returns\n\nType: **DWORD**\n\n| Code | Meaning |\n|---|---|\n| **ERROR_A** | Never. |\n";
const OTHER: &str = "---\nUID: NF:a.Other\nreq.header: a.h\n---\n# Other function\n\n## -description\n\n\
    Is `ERROR_A` after *Call*, **Twice** and <b>ERROR_A</b>.\n\n## -returns\n\nType: **DWORD**\n";
const FLAGS: &str = "---\nUID: NS:a.Flags\nreq.header: a.h\n---\n# Flags structure\n\n## -struct-fields\n\n### -field dwA\n\nType: **DWORD**\n";
const CODES: &str = "# Codes\n\n| Return code/value | Description |\n|---|---|\n| <dl> <dt>**ERROR\\_A**</dt> <dt>5 (0x5)</dt> </dl> | A. |\n";

#[test]
fn a_name_that_stands_out_leads_to_its_page() {
    let site = site(&[
        ("a/nf-a-call.md", FUNCTION),
        ("a/nf-a-other.md", OTHER),
        ("a/ns-a-flags.md", FLAGS),
        ("a/nf-a-twice.md", &OTHER.replace("Other", "Twice")),
        ("a/ns-a-twice.md", &FLAGS.replace("Flags", "Twice")),
        ("codes/codes.md", CODES),
    ]);
    let links = |path: &str, part: &str| -> Vec<(String, String)> {
        let found = select(&site.pages[path], part).into_iter();
        found.map(|link| (html::words(link), link.attr("href").unwrap_or_default().to_owned())).collect()
    };
    let other = |words: &str| (words.to_owned(), "Other.html".to_owned());
    // Neither the page itself, nor a word that is called like an item but for its letters.
    assert_eq!(links("a/Call.html", ".lead a"), [other("Other"), other("Other()")]);
    // A parameter is not the structure of its name, and there is no link in a link.
    assert_eq!(links("a/Call.html", "#param-Flags td p a"), [other("the Other one")]);
    // Of two things of one name nobody can tell which is meant.
    let code = || ("ERROR_A".to_owned(), "../codes/ERROR_A.html".to_owned());
    assert_eq!(links("a/Other.html", ".lead a"), [code(), ("Call".to_owned(), "Call.html".to_owned()), code()]);
    let bold = select(&site.pages["a/Call.html"], ".lead strong").pop().expect("the last one is the long name");
    assert!(bold.inner_html().contains("LONG_NAME_<wbr>OF_A_"), "{}", bold.inner_html());
}

#[test]
fn differences_of_the_runtime_lead_to_what_they_name() {
    let runtime = "[[function]]\nname = \"Call\"\nimplemented = true\ndifferences = [{ row = \"b1\", \
        what = \"after Other it fails with ERROR_A; call again\" }]\n";
    let site = site(&[
        ("a/nf-a-call.md", FUNCTION),
        ("a/nf-a-other.md", OTHER),
        ("codes/codes.md", CODES),
        ("runtime.toml", runtime),
    ]);
    let page = &site.pages["a/Call.html"];
    assert_eq!(texts(page, ".differences li"), ["after Other it fails with ERROR_A; call again"]);
    assert_eq!(texts(page, ".differences a"), ["Other", "ERROR_A"]);
    // How it was found out is behind the source.
    let sources = texts(page, "#runtime details");
    assert!(sources.len() == 1 && sources[0].contains("shown by the test of row b1"), "{sources:?}");
}

#[test]
fn codes_that_the_runtime_never_returns_stand_with_the_reason() {
    let runtime = |code: &str| {
        format!(
            "[[function]]\nname = \"Call\"\nimplemented = true\n\
             never = [{{ code = \"{code}\", why = \"Other does it\" }}]\n"
        )
    };
    let files =
        |runtime| [("a/nf-a-call.md", FUNCTION), ("a/nf-a-other.md", OTHER), ("codes/codes.md", CODES), runtime];
    let page = &site(&files(("runtime.toml", &*runtime("ERROR_A")))).pages["a/Call.html"];
    assert_eq!(texts(page, ".never li"), ["ERROR_A: Other does it"]);
    assert_eq!(texts(page, ".never a"), ["ERROR_A", "Other"]);
}

#[test]
fn a_code_that_many_document_has_contents() {
    let functions: Vec<(String, String)> = (0..6)
        .map(|at| {
            (
                format!("a/nf-a-call{at}.md"),
                FUNCTION.replace("a.Call", &format!("a.Call{at}")).replace("# Call", &format!("# Call{at}")),
            )
        })
        .collect();
    let mut files: Vec<(&str, &str)> = functions.iter().map(|(name, text)| (&**name, &**text)).collect();
    files.push(("codes/codes.md", CODES));
    let many = site(&files);
    let page = &many.pages["codes/ERROR_A.html"];
    let targets: Vec<_> =
        select(page, "nav[aria-label='On this page'] a").iter().filter_map(|a| a.attr("href")).collect();
    assert_eq!(targets, ["#by-Call0", "#by-Call1", "#by-Call2", "#by-Call3", "#by-Call4", "#by-Call5"]);
    assert_eq!(select(page, "h3[id] > a[aria-label=Permalink]").len(), 6);
    // One needs neither: its address is that of the page.
    let one = site(&[("a/nf-a-call.md", FUNCTION), ("codes/codes.md", CODES)]);
    assert!(select(&one.pages["codes/ERROR_A.html"], "nav[aria-label='On this page'], h3[id]").is_empty());
}

#[test]
fn an_item_is_not_summed_up_by_a_remark_in_brackets() {
    let page = |uid: &str, text: &str| {
        format!("---\nUID: NF:a.{uid}\nreq.header: a.h\n---\n# {uid} function\n\n## -description\n\n{text}\n")
    };
    let texts = [
        ("Skipped", "[Applies to KMDF and UMDF]\n\nStarts it. And more.", "Starts it."),
        ("Behind", "<p>[Warning: gone [since] long.] Ends it. And more.</p>", "Ends it."),
        ("Alone", "[It is all there is.]", "[It is all there is.]"),
        ("Part", "[Part] of a sentence. And more.", "[Part] of a sentence."),
    ];
    let files: Vec<(String, String)> =
        texts.iter().map(|(uid, text, _)| (format!("a/nf-a-{uid}.md"), page(uid, text))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    let site = site(&files);
    for (uid, _, wanted) in texts {
        let page = &site.pages[&format!("a/{uid}.html")];
        assert_eq!(select(page, "meta[name=description]")[0].attr("content"), Some(wanted), "{uid}");
    }
}

#[test]
fn what_is_known_and_not_described_is_called_that() {
    let text = "---\nUID: NF:a.Call\nreq.header: a.h\n---\n# Call function\n\n## -parameters\n\n### -param one [in]\n\n\
        Type: **HNOTHING**\n\n## -returns\n\nType: **DWORD**\n";
    let page = site(&[("a/nf-a-call.md", text)]);
    let page = &page.pages["a/Call.html"];
    assert_eq!(texts(page, "#gaps li"), ["type of one: HNOTHING is described nowhere"]);
    assert!(!html::words(select(page, "#gaps")[0]).contains("does not say"));
    assert_eq!(select(page, "#gaps a[href='#findings']").len(), 1);
}

#[test]
fn members_and_fields_have_their_names_in_rust() {
    let site = ours();
    let (mut members, mut fields) = (0, 0);
    for family in &site.spec.families {
        let words = |item: usize| texts(&site.pages[&xtask::emit::site::item_paths(&site.spec)[item]], ".in-rust");
        for enum_ in &family.enums {
            let shown = words(enum_.origin.item);
            assert_eq!(shown.len(), enum_.members.len() + enum_.aliases.len(), "{}", enum_.origin.c_name);
            assert!(enum_.members.iter().all(|member| shown.iter().any(|it| member.rust_name == *it)), "{shown:?}");
            members += shown.len();
        }
        for struct_ in &family.structs {
            let shown = words(struct_.origin.item);
            let all = struct_.body.fields.iter();
            assert!(all.clone().all(|field| shown.iter().any(|it| it.starts_with(&format!("{}: ", field.rust_name)))));
            assert!(shown.len() >= all.len(), "{}: {shown:?}", struct_.origin.c_name);
            fields += shown.len();
        }
    }
    assert!(members > 100 && fields > 20, "{members} members, {fields} fields");
}

#[test]
fn numbers_that_pages_disagree_on_stand_there_once() {
    let page = |name: &str, number: u32| {
        let text = "---\nUID: NF:a.NAME\nreq.header: a.h\n---\n# NAME function\n\n## -parameters\n\n### -param flags [in]\n\n\
            Type: **DWORD**\n\n| Value | Meaning |\n|---|---|\n| **A_FLAG**<br>NUMBER | Text that says what it is. And more. |\n";
        text.replace("NAME", name).replace("NUMBER", &format!("0x{number:08X}"))
    };
    let (one, two, three) = (page("One", 4), page("Two", 2), page("Three", 4));
    let site = site(&[("a/nf-a-one.md", &one), ("a/nf-a-two.md", &two), ("a/nf-a-zthree.md", &three)]);
    let page = &site.pages["a/A_FLAG.html"];
    assert_eq!(texts(page, ".numbers dd > code")[..4], ["2", "0x2", "4", "0x4"]);
    assert_eq!(select(page, "h2[id] > a[aria-label=Permalink]").len(), 3);
    assert_eq!(select(page, "meta[name=description]")[0].attr("content"), Some("Text that says what it is."));
}

#[test]
fn very_many_codes_are_listed_once() {
    let list = |count: u32| {
        let row = |at: u32| format!("| <dl> <dt>**ERROR\\_{at}**</dt> <dt>{at} (0x{at:X})</dt> </dl> | A. |\n");
        format!(
            "# Codes\n\n| Return code/value | Description |\n|---|---|\n{}",
            (1..=count).map(row).collect::<String>()
        )
    };
    for (count, by_name) in [(500, 1), (501, 0)] {
        let site = site(&[("codes/codes.md", &list(count))]);
        assert_eq!(site.spec.codes.len(), usize::try_from(count).expect("it is a small number"));
        assert_eq!(select(&site.pages["codes.html"], "section#by-name").len(), by_name, "{count}");
    }
}

/// The families of which the runtime has most come first.
#[test]
fn the_index_begins_with_what_is_implemented() {
    let site = ours();
    let dot = Selector::parse(".dot").expect("a selector of ours");
    let implemented: Vec<usize> = select(&site.pages["index.html"], ".family:not(#codes)")
        .into_iter()
        .map(|family| family.select(&dot).count())
        .collect();
    assert_eq!(implemented.len(), 4);
    assert!(implemented.is_sorted_by(|one, next| one >= next) && implemented[0] > implemented[3], "{implemented:?}");
}

#[test]
fn constants_have_what_their_lists_say_of_them() {
    let site = ours();
    let text = |page: &str| {
        select(&site.pages[page], "article").iter().flat_map(scraper::ElementRef::text).collect::<String>()
    };
    let in_a_row = text("winhttp/API_READ_DATA.html");
    assert!(in_a_row.contains("WinHttpReadData."), "{in_a_row}");
    let with_values = text("winhttp/WINHTTP_OPTION_AUTOLOGON_POLICY.html");
    assert!(with_values.contains("WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW = 1"), "{with_values}");
    let value = text("winhttp/WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW.html");
    assert!(value.contains("A value of WINHTTP_OPTION_AUTOLOGON_POLICY"), "{value}");
    let pointer = text("winhttp/WINHTTP_NO_REFERER.html");
    assert!(pointer.contains("LPCWSTR"), "{pointer}");
}

/// Without the search index, which has a measure of its own. The rows of behaviour take a tenth: a row stands on the page of
/// each function that it is about.
#[test]
fn our_site_is_small() {
    const LARGEST: usize = 4_000_000;
    let (spec, options) = (ours().spec, xtask::emit::site::Options::default());
    let files = xtask::emit::site::emit(&spec, &options);
    let size: usize = files.iter().filter(|file| file.path != "search-index.js").map(|file| file.text.len()).sum();
    println!("the site has {size} bytes");
    assert!(size < LARGEST, "the site has {size} bytes");
}
