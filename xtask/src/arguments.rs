//! The arguments of the command line. What each command does is not here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use xtask::emit::site::{BaseUrl, SourceUrl};

/// Reads reference pages as the specification and writes what they say.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Write the Rust crate, the C headers and facts.json.
    Codegen {
        /// Write nothing; exit with 1 if something would change.
        #[arg(long)]
        check: bool,
        /// Leave incomplete items out instead of refusing to write.
        #[arg(long)]
        partial: bool,
        #[command(flatten)]
        input: Input,
        /// The crate's folder [default: generated].
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Report what is wrong with the pages.
    Lint {
        #[command(flatten)]
        input: Input,
        /// How findings are shown.
        #[arg(long, value_enum, default_value_t)]
        message_format: MessageFormat,
        /// Say what a rule of findings or of derivation is about; without a name, list them all.
        #[arg(long, value_name = "RULE", num_args = 0..=1, default_missing_value = "")]
        explain: Option<String>,
    },
    /// Print facts.json, and on standard error how many facts rest on each rule of derivation.
    Facts {
        #[command(flatten)]
        input: Input,
        /// With each fact, where it comes from.
        #[arg(long)]
        sources: bool,
    },
    /// Print an item, code, constant, member or field with the source of every fact, and the rows of behaviour of a function.
    Explain {
        /// A C name; `STRUCTURE.field` for one of several.
        name: String,
        #[command(flatten)]
        input: Input,
    },
    /// Print the Rust name of every C name.
    Names {
        #[command(flatten)]
        input: Input,
    },
    /// Write the documentation site.
    Site {
        #[command(flatten)]
        input: Input,
        /// The site's folder [default: site].
        #[arg(long, value_name = "DIR", conflicts_with = "serve")]
        out: Option<PathBuf>,
        /// Where the pages can be seen: the address of their folder, or one with {path} and {line} in it.
        #[arg(long, value_name = "URL")]
        source_url: Option<SourceUrl>,
        /// Where it will be, such as https://example.org/winws/: pages name their addresses, and there is a sitemap.
        #[arg(long, value_name = "URL")]
        base_url: Option<BaseUrl>,
        /// Write nothing; serve the site on this machine, and show every change of a page at once.
        #[arg(long, conflicts_with = "base_url")]
        serve: bool,
        /// The port to serve on; one that is free if none is given.
        #[arg(long, value_name = "PORT", default_value_t = 0, requires = "serve")]
        port: u16,
    },
    /// Print what a stage makes of one page.
    Dump {
        /// The page.
        page: PathBuf,
        /// The stage.
        #[arg(long, value_enum)]
        stage: Stage,
    },
    /// Build the C library and put it below a folder, with its headers, the porting kit, and what pkg-config and CMake ask for.
    Install {
        /// The folder that programs will know, such as /usr/local.
        #[arg(long, value_name = "DIR")]
        prefix: PathBuf,
        /// What stands before the prefix for now, for those who make packages.
        #[arg(long, value_name = "DIR")]
        destdir: Option<PathBuf>,
        /// The folder of libraries, below the prefix unless it is absolute.
        #[arg(long, value_name = "DIR", default_value = "lib")]
        libdir: PathBuf,
        /// Remove what was installed there.
        #[arg(long)]
        uninstall: bool,
    },
    /// Print what makes a shell complete the arguments.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
}

#[derive(Args)]
pub(super) struct Input {
    /// Folders of pages; each is read with its own overrides.toml and families.toml [default: specs].
    #[arg(long = "specs", value_name = "DIR")]
    pub specs: Vec<PathBuf>,
    /// Read this file instead of the first folder's overrides.toml.
    #[arg(long, value_name = "FILE")]
    pub overrides: Option<PathBuf>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub(super) enum MessageFormat {
    #[default]
    Human,
    Json,
    Github,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Stage {
    Page,
    Draft,
    Spec,
}
