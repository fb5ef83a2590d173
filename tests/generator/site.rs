//! The site, read back by an HTML parser: well-formed, linked, complete, and safe whatever the pages say.
//!
//! Every check runs over our specs and over hostile pages; `corpus/site.rs` runs them over real ones.

mod behaviour;
mod facts;
mod hostile;
mod html;
mod pages;
mod search;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use scraper::{Html, Selector};
use xtask::Reading;
use xtask::draft::Kind;
use xtask::emit::site::{self, Catalogue, Options, Paths, SourceUrl};
use xtask::model::Spec;
use xtask::sync::{MARK, OutputFile};

/// A site and what it was made of.
pub(crate) struct Built {
    spec: Spec,
    options: Options,
    files: BTreeMap<String, String>,
    pages: BTreeMap<String, Html>,
}

impl Built {
    pub(crate) fn new(reading: Reading) -> Self {
        let source_url = Some("https://example.com/tree".parse().expect("this is an address"));
        let options = Options { source_url, findings: reading.findings(), ..Options::default() };
        let spec = reading.spec;
        let all = site::emit(&spec, &options);
        let count = all.len();
        let files: BTreeMap<String, String> = all.into_iter().map(|file| (file.path, file.text)).collect();
        assert_eq!(files.len(), count, "two files have one path");
        let folded: BTreeSet<String> = files.keys().map(|path| path.to_lowercase()).collect();
        assert_eq!(folded.len(), count, "two paths differ in case only");
        let html = files.iter().filter(|(path, _)| is_html(path));
        let pages = html.map(|(path, text)| (path.clone(), Html::parse_document(text))).collect();
        Self { spec, options, files, pages }
    }
}

fn is_html(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "html")
}

fn specs() -> PathBuf {
    winws_tests_generator::workspace().join("specs")
}

fn ours() -> Built {
    Built::new(xtask::read(&[specs()], None, None).expect("our specs can be read"))
}

fn hostile() -> Built {
    let trees = vec![hostile::tree()];
    let (spec, diags) = xtask::understand(&trees, None);
    Built::new(Reading { trees, spec, diags })
}

/// Everything that holds for any site.
pub(crate) fn check(site: &Built) {
    every_page_is_well_formed(site);
    every_page_has_the_same_frame(site);
    only_known_elements_and_attributes(site);
    the_only_script_is_a_file_of_ours(site);
    every_link_resolves(site);
    headings_do_not_skip_levels(site);
    every_file_carries_the_mark(site);
    search::everything_can_be_found(&site.spec, &site.files, &site.pages);
    facts::every_fact_is_on_its_page(&site.spec, &site.files, &site.pages);
    behaviour::every_row_is_on_its_pages(site);
    facts::no_text_is_lost(&site.spec, &site.pages);
    everything_has_its_page(site);
    every_finding_is_on_its_page(site);
}

/// Codes, constants and families have pages with their numbers, and what each function says of a code is on its page.
fn everything_has_its_page(site: &Built) {
    let catalogue = Catalogue::new(&site.spec);
    let paths = Paths::new(&site.spec, &catalogue);
    let words = |path: &str| html::text(site.pages.get(path).unwrap_or_else(|| panic!("{path} is missing")));
    for (code, path) in catalogue.codes.iter().zip(&paths.codes) {
        let shown = words(path);
        let mut needed = vec![html::squeeze(code.name)];
        needed.extend(code.entry.map(|entry| html::squeeze(&entry.docs.plain())));
        needed.extend(code.number.map(|number| match number.value {
            short @ 0..=0xFFFF => format!("Decimal {short} Hexadecimal 0x{short:X}"),
            long => format!("Decimal {long} Hexadecimal 0x{long:08X}"),
        }));
        for by in &code.documented {
            needed.push(html::squeeze(&site.spec.items[by.item].draft.name.value));
            needed.extend(by.code.texts.iter().map(|text| html::squeeze(&text.value.plain())));
        }
        for words in needed {
            assert!(shown.contains(&words), "{path}: `{words}` is not in: {shown}");
        }
    }
    for (constant, path) in catalogue.constants.iter().zip(&paths.constants) {
        let shown = words(path);
        for listed in &constant.listed {
            let item = html::squeeze(&site.spec.items[listed.item].draft.name.value);
            let number = listed.constant.number.value;
            // A pointer of all bits is -1, however many there are.
            let signed = listed.constant.c_type.is_some();
            let number = if signed { number.cast_signed().to_string() } else { number.to_string() };
            for words in [constant.name, &number, &item] {
                assert!(shown.contains(words), "{path}: `{words}` is not in: {shown}");
            }
        }
    }
    for (family, path) in &paths.families {
        let shown = words(path);
        let items = site.spec.items.iter().filter(|item| item.family == *family && item.draft.kind != Kind::Codes);
        for item in items {
            let name = html::squeeze(&item.draft.name.value);
            assert!(shown.contains(&name), "{path}: `{name}` is not in: {shown}");
        }
    }
    let all = words("codes.html");
    for name in catalogue.codes.iter().map(|code| html::squeeze(code.name)) {
        assert!(all.contains(&name), "{name} is not among all codes");
    }
}

fn every_finding_is_on_its_page(site: &Built) {
    let paths = site::item_paths(&site.spec);
    let pages = site.spec.items.iter().zip(&paths).map(|(item, path)| (&*item.draft.path, path.as_str()));
    let pages: BTreeMap<&str, &str> = pages.collect();
    let mut shown: BTreeMap<&str, String> = BTreeMap::new();
    for finding in &site.options.findings {
        let path = pages.get(&*finding.location.path).copied().unwrap_or("findings.html");
        let words = shown.entry(path).or_insert_with(|| html::text(&site.pages[path]).replace('`', ""));
        for needed in [&*finding.message, finding.rule, finding.severity, finding.help.as_deref().unwrap_or_default()] {
            // What stands between backticks is shown as code.
            let needed = html::squeeze(&needed.replace('`', ""));
            assert!(words.contains(&needed), "{path}: `{needed}` is not in: {words}");
        }
    }
}

#[test]
fn our_site_is_sound() {
    let site = ours();
    check(&site);
    search::is_small(&site.files);
}

/// What a reader copies is what the crate and the headers have, but for white space, comments and the ways to types.
#[test]
fn every_signature_stands_in_the_crate() {
    let site = ours();
    let crate_: String = xtask::emit::crate_files(&site.spec).iter().map(|file| bare(&file.text)).collect();
    let mut seen = 0;
    for (path, page) in &site.pages {
        for (id, parts) in [("as-c", 1), ("as-rust", usize::MAX), ("as-raw", usize::MAX)] {
            let selector = Selector::parse(&format!("#{id}")).expect("a selector of ours");
            let Some(code) = page.select(&selector).next() else { continue };
            for item in code.text().collect::<String>().splitn(parts, "\n\n") {
                let item = bare(item);
                // The headers name a structure first and list its fields later.
                let fields = item.strip_prefix("typedef").filter(|item| item.starts_with(['s', 'u']) && id == "as-c");
                let fields = fields.and_then(|item| Some(&item[..=item.rfind('}')?]));
                let inner = item.strip_prefix("unsafeextern\"system\"{").and_then(|item| item.strip_suffix('}'));
                // An enumeration of C has a constant for each member.
                for item in fields.or(inner).map_or_else(|| each(&item, id), |one| vec![one]) {
                    assert!(crate_.contains(item), "{path}: {id} is not what the crate has: {item}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 250, "only {seen} signatures were compared");
}

fn each<'a>(item: &'a str, id: &str) -> Vec<&'a str> {
    match id == "as-raw" && !item.contains('{') {
        true => item.split_inclusive(';').collect(),
        false => vec![item],
    }
}

/// Code without comments, attributes but `repr` and `derive`, white space, ways to types and commas at ends.
fn bare(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let other = |line: &str| {
        let line = line.trim_start();
        line.starts_with("//")
            || (line.starts_with("#[") && !line.starts_with("#[repr") && !line.starts_with("#[derive"))
    };
    let kept = code.lines().filter(|line| !other(line)).collect::<String>();
    let mut out: String = kept.split_whitespace().collect();
    for (from, to) in [("super::", ""), ("crate::", ""), ("core::ffi::", ""), (",)", ")"), (",}", "}"), (",>", ">")] {
        out = out.replace(from, to);
    }
    out
}

#[test]
fn hostile_pages_make_a_sound_site() {
    let site = hostile();
    assert_eq!(site.spec.items.len(), hostile::PAGES.len(), "every hostile page describes an item");
    check(&site);
}

#[test]
fn what_a_hostile_page_says_is_shown_as_text() {
    let site = hostile();
    let all: String = site.pages.values().map(html::text).collect();
    for words in hostile::SHOWN {
        assert!(all.contains(&html::squeeze(words)), "`{words}` is not shown");
    }
}

#[test]
fn the_same_pages_elsewhere_give_the_same_bytes() {
    let copy = tempfile::tempdir().expect("there is room for a copy");
    copy_folder(&specs(), copy.path());
    // One page more, so that there are findings: they name files, but not where these are.
    for name in ["again.md", "and_again.md"] {
        std::fs::write(copy.path().join(name), "---\nUID: NE:x.AGAIN\n---\n# AGAIN enumeration\n\n[x](nowhere.md)\n")
            .expect("a page can be written");
    }
    let other = tempfile::tempdir().expect("there is room for another copy");
    copy_folder(copy.path(), other.path());
    let texts = |root: &Path| {
        let reading = xtask::read(&[root.to_owned()], None, None).expect("the copy can be read");
        let options = Options { findings: reading.findings(), ..Options::default() };
        assert!(!options.findings.is_empty(), "the pages have findings");
        let files = site::emit(&reading.spec, &options).into_iter();
        files.map(|OutputFile { path, text }| (path, text)).collect::<Vec<_>>()
    };
    let (here, there) = (texts(copy.path()), texts(other.path()));
    let place = copy.path().to_str().expect("folders of tests have plain names");
    assert!(here.iter().all(|(_, text)| !text.contains(place)), "the site has the path of the folder");
    assert_eq!(there, here);
}

/// Where the site will be is in every page but the one for what is not there, and the map has all of them.
#[test]
fn pages_name_their_addresses_where_they_are_known() {
    let spec = xtask::read(&[specs()], None, None).expect("our specs can be read").spec;
    let base_url = Some("https://example.org/winws".parse().expect("it is an address"));
    let files = site::emit(&spec, &Options { base_url, ..Options::default() });
    let text = |path: &str| &files.iter().find(|file| file.path == path).expect("the file is there").text;
    let canonical = Selector::parse("link[rel=canonical]").expect("a selector of ours");
    let mut addresses = BTreeSet::new();
    for file in files.iter().filter(|file| is_html(&file.path) && file.path != "404.html") {
        let page = Html::parse_document(&file.text);
        let found: Vec<_> = page.select(&canonical).filter_map(|link| link.attr("href")).collect();
        let path = if file.path == "index.html" { "" } else { &file.path };
        assert_eq!(found, [format!("https://example.org/winws/{path}")], "{}", file.path);
        addresses.insert(found[0].to_owned());
    }
    let map = text("sitemap.xml");
    let listed: Vec<&str> = map.split("<loc>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(listed, addresses.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(map.contains(MARK), "{map}");
    // It is shown at addresses of any depth.
    let missing = text("404.html");
    assert!(missing.contains("href=\"https://example.org/winws/style.css\"") && !missing.contains("canonical"));
}

#[test]
fn only_an_address_says_where_a_site_will_be() {
    let known = ["https://example.org", "http://127.0.0.1:8000/a/b/", "https://example.org/%20"];
    let others = ["", "example.org", "https://", "https:///a", "javascript:alert(1)", "https://a/?b", "https://a/#b"];
    let marks = ["https://a b", "https://a\"b", "https://a<b", "https://a\nb", "ftp://a"];
    for text in known {
        assert!(text.parse::<site::BaseUrl>().is_ok(), "{text}");
    }
    for text in others.iter().chain(&marks) {
        assert!(text.parse::<site::BaseUrl>().is_err(), "{text}");
    }
}

#[test]
fn nothing_read_makes_a_sound_site_too() {
    let (spec, diags) = xtask::understand(&[], None);
    check(&Built::new(Reading { trees: Vec::new(), spec, diags }));
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the folder can be listed") {
        let entry = entry.expect("the folder can be listed");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir(&target).expect("a folder can be made");
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("a file can be copied");
        }
    }
}

#[test]
fn the_address_of_the_pages_is_one_that_a_link_may_have() {
    let line = |url: &str| url.parse::<SourceUrl>().map(|url| url.line("a b/c&d.md", 7));
    assert_eq!(line("https://example.com/x/"), Ok("https://example.com/x/a%20b/c%26d.md#L7".to_owned()));
    let with_places = "HTTP://example.com/{path}?plain=1#L{line}";
    assert_eq!(line(with_places), Ok("HTTP://example.com/a%20b/c%26d.md?plain=1#L7".to_owned()));
    for refused in ["", "javascript:alert(1)", "file:///x", "//example.com", "https://", "https://a b", "data:,{path}"]
    {
        assert!(line(refused).is_err(), "{refused} is taken");
    }
}

fn every_page_is_well_formed(site: &Built) {
    for (path, page) in &site.pages {
        assert!(page.errors.is_empty(), "{path}: {:?}", page.errors);
        let text = &site.files[path];
        let control = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        assert_eq!(control, None, "{path}: a control character, which HTML cannot have");
        let ids = html::attributes(page, "id");
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(distinct.len(), ids.len(), "{path}: an id stands twice in {ids:?}");
        assert!(ids.iter().all(|id| !id.is_empty() && !id.contains(char::is_whitespace)), "{path}: {ids:?}");
        for id in html::attributes(page, "for") {
            assert!(distinct.contains(id), "{path}: nothing has the id `{id}` that a label names");
        }
        let tabs = html::attributes(page, "for").len();
        let open = html::attributes(page, "checked").len();
        assert_eq!(open, usize::from(tabs > 0), "{path}: of {tabs} tabs {open} are open");
    }
}

fn every_page_has_the_same_frame(site: &Built) {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'; \
                  form-action 'none'";
    for (path, page) in &site.pages {
        assert!(site.files[path].starts_with("<!doctype html>\n"), "{path}");
        let one = |selector: &str| {
            let found: Vec<_> = page.select(&Selector::parse(selector).expect("a selector of ours")).collect();
            assert_eq!(found.len(), 1, "{path}: {selector}");
            found[0]
        };
        assert_eq!(one("meta[http-equiv]").attr("content"), Some(policy), "{path}");
        assert!(!html::squeeze(&one("title").inner_html()).is_empty(), "{path} has no title");
        assert!(one("meta[name=description]").attr("content") > Some(""), "{path} does not say what it is about");
        assert!(!html::squeeze(&one("h1").inner_html()).is_empty(), "{path} has an empty h1");
        for landmark in ["html[lang]", "main", "body > header", "body > footer"] {
            one(landmark);
        }
    }
}

/// The one script of a page is a file of the site, in the head, where no text of a page is.
fn the_only_script_is_a_file_of_ours(site: &Built) {
    let script = Selector::parse("script").expect("a selector of ours");
    for (path, page) in &site.pages {
        let found: Vec<_> = page.select(&script).collect();
        assert_eq!(found.len(), 1, "{path}");
        assert_eq!(html::resolve(path, found[0].attr("src").expect("no script stands in a page")), "site.js", "{path}");
        assert_eq!(found[0].inner_html(), "", "{path}");
        assert_eq!(
            found[0].parent().and_then(|it| it.value().as_element()).map(scraper::node::Element::name),
            Some("head"),
            "{path}"
        );
        assert_eq!(html::attributes(page, "src").len(), 1, "{path}: something else is loaded");
    }
}

/// Nothing of a page can become markup: what is there is what the templates write.
fn only_known_elements_and_attributes(site: &Built) {
    for (path, page) in &site.pages {
        for element in html::elements(page) {
            assert!(html::ELEMENTS.contains(&element.name()), "{path}: <{}>", element.name());
            for (name, value) in element.attrs() {
                assert!(html::ATTRIBUTES.contains(&name), "{path}: <{} {name}=\"{value}\">", element.name());
            }
        }
    }
}

fn every_link_resolves(site: &Built) {
    let ids = |page| html::attributes(page, "id").into_iter().collect::<BTreeSet<&str>>();
    let anchors: BTreeMap<&str, BTreeSet<&str>> =
        site.pages.iter().map(|(path, page)| (path.as_str(), ids(page))).collect();
    for (path, page) in &site.pages {
        for element in html::elements(page) {
            let Some(href) = element.attr("href") else { continue };
            if html::is_absolute(href) {
                assert_eq!(element.name(), "a", "{path}: {href} is loaded from elsewhere");
                assert_eq!(element.attr("rel"), Some("noopener"), "{path}: {href}");
                continue;
            }
            let (file, anchor) = href.split_once('#').map_or((href, None), |(file, anchor)| (file, Some(anchor)));
            let target = html::resolve(path, file);
            assert!(site.files.contains_key(&target), "{path}: {href} leads nowhere");
            let Some(anchor) = anchor else { continue };
            assert!(anchors[&*target].contains(anchor), "{path}: {href} leads to no place of {target}");
        }
    }
    let style = &site.files["style.css"];
    assert!(!style.contains("url(") && !style.contains("@import"), "the stylesheet loads something");
}

fn headings_do_not_skip_levels(site: &Built) {
    for (path, page) in &site.pages {
        let mut last = 0;
        for element in html::elements(page) {
            let Some(level) = element.name().strip_prefix('h').and_then(|level| level.parse::<u8>().ok()) else {
                continue;
            };
            assert!(level <= last + 1, "{path}: h{level} after h{last}");
            last = level;
        }
    }
}

/// Sync removes only what carries the mark. The facts and their schema are part of every site.
fn every_file_carries_the_mark(site: &Built) {
    for (path, text) in site.files.iter().filter(|(path, _)| !path.starts_with("facts.")) {
        let at = text.find(MARK);
        assert!(at.is_some_and(|at| at + MARK.len() <= 500), "{path}: the mark is at {at:?}");
    }
}
