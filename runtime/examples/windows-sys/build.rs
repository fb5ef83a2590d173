//! Off Windows the functions of windows-sys are plain external ones. Here they come from an installed winws.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    if std::env::var_os("CARGO_CFG_WINDOWS").is_some() {
        return;
    }
    let output = Command::new("pkg-config").args(["--libs", "winws-names"]).output().expect("pkg-config can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for word in String::from_utf8_lossy(&output.stdout).split_whitespace() {
        println!("cargo:rustc-link-arg={word}");
        if let Some(folder) = word.strip_prefix("-L") {
            // The program finds the library where it was linked with it.
            println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
        }
    }
}
