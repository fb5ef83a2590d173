//! The command line: one call, diagnostics, exit code.

mod arguments;

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use arguments::{Cli, Command, Input, MessageFormat, Stage};
use xtask::c::names::closest;
use xtask::diag::{self, Format, Rule};
use xtask::emit::site::{FINDINGS, Options, SourceUrl};
use xtask::install::{self, Place};
use xtask::model::Spec;
use xtask::progress::Progress;
use xtask::sync::{self, Change, Mode};
use xtask::{Reading, derivation, emit, lost, serve};

/// What the shell is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Fine = 0,
    Findings = 1,
    Unreadable = 2,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(outcome) => ExitCode::from(outcome as u8),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(Outcome::Unreadable as u8)
        }
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Codegen { check, partial, input, out } => {
            codegen(&input, &out.unwrap_or_else(|| project("generated")), check, partial)
        }
        Command::Lint { explain: Some(rule), .. } if rule.is_empty() => list_rules(),
        Command::Lint { explain: Some(rule), .. } => explain_rule(&rule),
        Command::Lint { input, message_format, explain: None } => {
            let mut reading = input.read()?;
            let accounts = reading.account();
            let format = match message_format {
                MessageFormat::Human => Format::Human,
                MessageFormat::Json => Format::Json,
                MessageFormat::Github => Format::Github,
            };
            let color = format == Format::Human && wants_color(std::io::stdout().is_terminal());
            // What could not be read comes first: the last lines are the totals.
            let outcome = reading_outcome(&reading);
            print(&diag::render(&reading.diags, &reading.trees, format, color))?;
            if format == Format::Human {
                if reading.diags.list.is_empty() {
                    print("no findings\n")?;
                }
                print(&accounts.summary())?;
            }
            Ok(outcome)
        }
        Command::Facts { input, sources } => {
            let reading = input.read()?;
            let mut out = BufWriter::new(std::io::stdout().lock());
            let written = emit::json::write_facts(&reading.spec, sources, &mut out);
            // On a terminal the counts stand below the facts, and not among them.
            let written = written.and_then(|derived| out.flush().map(|()| derived));
            if let Ok(derived) = &written {
                eprint!("{}", derived.summary());
            }
            listened(written.map(drop))?;
            Ok(report_unreadable(&reading))
        }
        Command::Explain { name, input } => {
            let reading = input.read()?;
            let items = reading.spec.find(&name);
            if items.is_empty() {
                let near = emit::explain::near(&reading.spec, &name);
                match emit::explain::part(&reading.spec, &name) {
                    Some(text) => print(&text)?,
                    None if name.contains("::") => {
                        anyhow::bail!(
                            "no page describes `{name}`; `explain` takes C names, and `names` lists those of Rust beside them"
                        )
                    }
                    None if near.is_empty() => anyhow::bail!("no page describes `{name}`"),
                    None => anyhow::bail!("no page describes `{name}`; is {} meant?", near.join(" or ")),
                }
            }
            for item in items {
                print(&emit::explain::explain(item))?;
                print(&emit::behaviour::explain(&reading.spec, item))?;
            }
            Ok(report_unreadable(&reading))
        }
        Command::Names { input } => {
            let reading = input.read()?;
            print(&emit::names::names(&reading.spec))?;
            Ok(report_unreadable(&reading))
        }
        Command::Site { input, source_url, serve: true, port, .. } => serve_site(&input, source_url, port),
        Command::Site { input, out, source_url, base_url, .. } => {
            let out = out.unwrap_or_else(|| project("site"));
            let reading = input.read()?;
            let options = Options { base_url, live: None, source_url, findings: reading.findings() };
            let files = emit::site::emit(&reading.spec, &options);
            let changes = sync::sync(&out, &["."], &files, Mode::Write)?;
            let foreign: Vec<Change> =
                changes.into_iter().filter(|change| matches!(change, Change::Foreign(_))).collect();
            let outcome = report_changes(&foreign, &out, Mode::Write).max(report_unreadable(&reading));
            if let Some(counts) = diag::counts(&reading.diags) {
                // The site has them all, and those of a whole tree would fill screens.
                eprintln!("{counts}, {}; `cargo xtask lint` has them too", out.join(FINDINGS).display());
            }
            eprintln!("{} pages, {}", reading.spec.items.len(), out.join("index.html").display());
            // The process ends here. Of a whole tree it would take long to give all of it back piece by piece.
            std::mem::forget((reading, options, files));
            Ok(outcome)
        }
        Command::Dump { page, stage } => dump(&page, stage),
        Command::Install { prefix, destdir, libdir, uninstall } => {
            install(&Place::new(&prefix, destdir.as_deref(), &libdir)?, uninstall, destdir.is_some())
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "xtask", &mut script);
            listened(io::stdout().write_all(&script))?;
            Ok(Outcome::Fine)
        }
    }
}

impl Input {
    /// Reads the pages. A command reads once, and the process ends with it: taking many small pieces of memory apart one by
    /// one would be a tenth of its time.
    fn read(&self) -> anyhow::Result<ManuallyDrop<Reading>> {
        // The bar moves the cursor, which a dumb terminal cannot.
        let can_move = anstyle_query::term_supports_color();
        let progress = if can_move { Progress::on_terminal() } else { Progress::unseen() };
        xtask::read(&self.folders(), self.overrides.as_deref(), Some(&progress)).map(ManuallyDrop::new)
    }

    /// The folders that are read.
    fn folders(&self) -> Vec<PathBuf> {
        if self.specs.is_empty() { vec![project("specs")] } else { self.specs.clone() }
    }
}

fn codegen(input: &Input, out: &Path, check: bool, partial: bool) -> anyhow::Result<Outcome> {
    let mut read = input.read()?;
    let reading: &mut Reading = &mut read;
    if partial {
        reading.diags.tolerate_gaps();
    }
    // A folder that nothing was written to yet has no facts.
    if let Ok(committed) = std::fs::read_to_string(out.join("facts.json")) {
        lost::report(&committed, &reading.spec, &mut reading.diags);
    }
    show(reading);
    let outcome = reading_outcome(reading);
    if outcome != Outcome::Fine {
        eprintln!("nothing was written");
        return Ok(outcome);
    }
    let files = emit::crate_files(&reading.spec);
    let mode = if check { Mode::Check } else { Mode::Write };
    let mut changes = sync::sync(out, emit::CRATE_FOLDERS, &files, mode)?;
    changes.extend(sync::fill(out, &emit::companions(&reading.spec), mode)?);
    let mut outcome = report_changes(&changes, out, mode);
    let written = changes.iter().filter(|change| !matches!(change, Change::Foreign(_))).count();
    let all = files.len();
    match (check, written) {
        (false, 0) => eprintln!("{}: {all} files, all of them up to date", out.display()),
        (false, _) => eprintln!("{}: {all} files, {written} of them changed", out.display()),
        (true, 0) => eprintln!("{}: {all} files are what the pages say", out.display()),
        (true, _) => {}
    }
    if let Some(manifest) = sync::by_hand(out, emit::MANIFEST)? {
        for feature in emit::manifest::lacking(&reading.spec, &manifest) {
            eprintln!(
                "error: {} is kept by hand and needs, under [features]: {feature}",
                out.join(emit::MANIFEST).display()
            );
            outcome = Outcome::Findings;
        }
    }
    if partial {
        eprint!("{}", emit::left_out::left_out(&reading.spec));
    }
    Ok(outcome)
}

/// A folder of the project, also from below it: beside the nearest `specs` with families.toml in it.
fn project(folder: &str) -> PathBuf {
    let mut root = PathBuf::new();
    while !root.join("specs/families.toml").is_file() {
        root.push("..");
        // Above the root of the disk there is nothing, and more levels than this has nobody.
        if root.components().count() > 64 {
            return folder.into();
        }
    }
    root.join(folder)
}

fn install(place: &Place, uninstall: bool, is_staged: bool) -> anyhow::Result<Outcome> {
    if uninstall {
        println!("{} files removed", install::uninstall(place)?);
        return Ok(Outcome::Fine);
    }
    let input = Input { specs: vec![project("specs")], overrides: None };
    let reading = input.read()?;
    let outcome = reading_outcome(&reading);
    if outcome != Outcome::Fine {
        show(&reading);
        return Ok(outcome);
    }
    let count = install::install(&project("."), &reading.spec, place)?;
    let pkg_config = place.pkg_config();
    match is_staged {
        true => println!("{count} files installed, for {}", pkg_config.display()),
        false => {
            println!("{count} files installed; pkg-config finds them with PKG_CONFIG_PATH={}", pkg_config.display());
        }
    }
    Ok(Outcome::Fine)
}

/// Whether a terminal may get colours: not with `NO_COLOR`, nor where `TERM` is `dumb`.
fn wants_color(is_terminal: bool) -> bool {
    is_terminal && !anstyle_query::no_color() && anstyle_query::term_supports_color()
}

/// Serves the site until somebody ends it. What cannot be read is shown with what could be read last.
fn serve_site(input: &Input, source_url: Option<SourceUrl>, port: u16) -> anyhow::Result<Outcome> {
    let mut last = Spec::default();
    let mut options = Options { source_url, ..Options::default() };
    let watched: Vec<PathBuf> = input.folders().into_iter().chain(input.overrides.clone()).collect();
    serve::serve(port, &watched, || {
        let errors = match input.read().map(ManuallyDrop::into_inner) {
            Ok(reading) => {
                let errors = diag::errors(&reading.diags, &reading.trees);
                options.findings = reading.findings();
                last = reading.spec;
                errors
            }
            Err(error) => format!("error: {error:#}\n"),
        };
        eprint!("{errors}");
        options.live = Some(errors);
        emit::site::emit(&last, &options)
    })?;
    Ok(Outcome::Fine)
}

/// Says what was done, or what would have to be.
fn report_changes(changes: &[Change], out: &Path, mode: Mode) -> Outcome {
    let repair = "run `cargo xtask codegen`";
    let mut outcome = Outcome::Fine;
    for change in changes {
        let path = out.join(change.path());
        let path = path.display();
        match (change, mode) {
            (Change::Foreign(_), _) => {
                eprintln!("error: {path} was not generated and does not belong here: move it, or `rm {path}`");
            }
            (Change::Missing(_), Mode::Write) => eprintln!("created {path}"),
            (Change::Differs(..), Mode::Write) => eprintln!("changed {path}"),
            (Change::Stray(_), Mode::Write) => eprintln!("removed {path}"),
            (Change::Missing(_), Mode::Check) => eprintln!("error: {path} is missing: {repair}"),
            (Change::Differs(_, diff), Mode::Check) => {
                eprintln!("error: {path} is not what the pages say: change the pages, and {repair}\n{diff}");
            }
            (Change::Stray(_), Mode::Check) => eprintln!("error: {path} is not generated any more: {repair}"),
        }
        if mode == Mode::Check || matches!(change, Change::Foreign(_)) {
            outcome = Outcome::Findings;
        }
    }
    outcome
}

fn explain_rule(name: &str) -> anyhow::Result<Outcome> {
    if let Some(rule) = derivation::by_name(name) {
        print(&format!("{} (derivation)\n\n{}\n", rule.name, rule.explanation))?;
        return Ok(Outcome::Fine);
    }
    let Some(rule) = Rule::by_name(name) else {
        let derivations = derivation::ALL.iter().map(|rule| rule.name);
        let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).chain(derivations).collect();
        match closest(name, names.iter().copied()) {
            Some(near) => {
                anyhow::bail!("there is no rule `{name}`; is `{near}` meant? `lint --explain` lists all rules")
            }
            None => anyhow::bail!("there is no rule `{name}`; there are {}", names.join(", ")),
        }
    };
    print(&format!("{} ({})\n\n{}\n", rule.name(), rule.severity().name(), rule.explanation()))?;
    Ok(Outcome::Fine)
}

/// Every rule with what it is about: those of findings, then those by which facts follow from others.
fn list_rules() -> anyhow::Result<Outcome> {
    let findings = Rule::ALL.iter().map(|rule| (rule.name(), rule.severity().name(), rule.explanation()));
    let derivations = derivation::ALL.iter().map(|rule| (rule.name, "derivation", rule.explanation));
    let lines =
        findings.chain(derivations).map(|(name, kind, explanation)| format!("{name} ({kind}): {explanation}\n"));
    print(&lines.collect::<Vec<_>>().concat())?;
    Ok(Outcome::Fine)
}

fn dump(page: &Path, stage: Stage) -> anyhow::Result<Outcome> {
    let reading = xtask::read(&[page.to_owned()], None, None)?;
    for file in reading.trees.iter().flat_map(|tree| &tree.pages) {
        let mut diags = diag::Diagnostics::default();
        let page = xtask::parse::parse(file, &mut diags);
        match stage {
            Stage::Page => print(&format!("{page:#?}\n"))?,
            Stage::Draft => print(&format!("{:#?}\n", xtask::lower::lower(&page, &mut diags)))?,
            Stage::Spec => print(&format!("{:#?}\n", reading.spec))?,
        }
    }
    show(&reading);
    Ok(reading_outcome(&reading))
}

/// Prints to standard output.
fn print(text: &str) -> anyhow::Result<()> {
    listened(io::stdout().write_all(text.as_bytes()))
}

/// A reader that has gone away is no failure of ours.
fn listened(result: io::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Shows all findings on standard error.
fn show(reading: &Reading) {
    let color = wants_color(std::io::stderr().is_terminal());
    eprint!("{}", diag::render(&reading.diags, &reading.trees, Format::Human, color));
}

fn report_unreadable(reading: &Reading) -> Outcome {
    let mut outcome = Outcome::Fine;
    for file in reading.trees.iter().flat_map(|tree| &tree.unreadable) {
        eprintln!("error: cannot read {}: {}", file.path, file.why);
        outcome = Outcome::Unreadable;
    }
    outcome
}

fn reading_outcome(reading: &Reading) -> Outcome {
    let findings = if reading.diags.has_errors() { Outcome::Findings } else { Outcome::Fine };
    findings.max(report_unreadable(reading))
}
