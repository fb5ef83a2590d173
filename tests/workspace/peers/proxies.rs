//! tinyproxy and squid, with and without a password, between our clients and nginx.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use winws::Session;
use winws_api::winhttp::sys;
use winws_tests_generator::workspace;

use super::authority::Authority;
use super::echo_server;
use super::nginx::{Nginx, chat};
use super::request::Ask;
use super::running::{Running, Says};
use super::talk::talk;
use crate::folders::build_folder;

/// The address that proxies connect from. The site lets nobody else in, so whoever gets in has come through a proxy.
const FROM: &str = "127.0.0.3";

/// The user of proxies that have a password.
const USER: &str = "user";

/// The variables that curl reads.
const VARIABLES: [&str; 8] =
    ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Tinyproxy,
    Squid,
}

impl Kind {
    /// The password, and how a URL has it. tinyproxy knows letters, digits and few marks.
    const fn password(self) -> (&'static str, &'static str) {
        match self {
            Self::Tinyproxy => ("a-word", "a-word"),
            Self::Squid => ("a%b:c@", "a%25b%3ac%40"),
        }
    }
}

/// A proxy in the foreground, with files in a folder of its own.
struct Proxy {
    _running: Running,
    _folder: TempDir,
    port: u16,
    has_password: bool,
}

impl Proxy {
    fn start(kind: Kind, has_password: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Started as root, squid becomes a user of its own.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let (running, [port]) = Running::on_free_ports(|[port]| match kind {
            Kind::Tinyproxy => tinyproxy(folder.path(), port, has_password),
            Kind::Squid => squid(folder.path(), port, has_password),
        });
        Self { _running: running, _folder: folder, port, has_password }
    }
}

fn tinyproxy(folder: &Path, port: u16, has_password: bool) -> Result<(Running, String), String> {
    let basic =
        if has_password { format!("BasicAuth {USER} {}\n", Kind::Tinyproxy.password().0) } else { String::new() };
    let text = format!("Listen 127.0.0.1\nPort {port}\nBind {FROM}\nLogLevel Info\n{basic}");
    let path = folder.join("tinyproxy.conf");
    std::fs::write(&path, text).unwrap();
    let mut command = Command::new("tinyproxy");
    command.arg("-d").arg("-c").arg(path);
    Running::start(command, Says::ToOutput, |line| line.ends_with("Accepting connections."))
}

fn squid(folder: &Path, port: u16, has_password: bool) -> Result<(Running, String), String> {
    let (words, path) = (folder.join("words"), folder.join("squid.conf"));
    let hashed = Command::new("openssl")
        .args(["passwd", "-apr1", Kind::Squid.password().0])
        .output()
        .expect("there is an openssl");
    std::fs::write(&words, format!("{USER}:{}", String::from_utf8(hashed.stdout).unwrap())).unwrap();
    let access = if has_password {
        format!(
            "auth_param basic program /usr/lib/squid/basic_ncsa_auth {}\n\
            acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n",
            words.display()
        )
    } else {
        "http_access allow all\n".to_owned()
    };
    let text = format!(
        "http_port 127.0.0.1:{port}\ntcp_outgoing_address {FROM}\n{access}\
        cache deny all\ncache_log /dev/null\naccess_log none\npid_filename none\npinger_enable off\n\
        visible_hostname localhost\n"
    );
    std::fs::write(&path, text).unwrap();
    let mut command = Command::new("squid");
    command.args(["-N", "-d", "1", "-f"]).arg(path);
    Running::start(command, Says::ToErrors, |line| line.contains("Accepting HTTP Socket connections"))
}

/// A site for which one has to go through a proxy.
struct Site {
    authority: Authority,
    nginx: Nginx<2>,
    text: String,
}

impl Site {
    fn start() -> Self {
        let (authority, chat) = (Authority::new(), chat(echo_server()));
        let nginx = Nginx::start(&authority, |[plain, secure]| {
            let server = |listen: String| format!("server {{ listen {listen}; allow {FROM}; deny all; {chat} }}\n");
            server(format!("127.0.0.1:{plain}")) + &server(format!("127.0.0.1:{secure} ssl"))
        });
        let text = (0..50_000).fold(String::new(), |text, number| text + &number.to_string() + "\n");
        nginx.document("text.txt", text.as_bytes());
        Self { authority, nginx, text }
    }

    /// Whether there is TLS, and the port.
    fn ways(&self) -> [(bool, u16); 2] {
        let [plain, secure] = self.nginx.ports;
        [(false, plain), (true, secure)]
    }
}

/// Through a proxy that the program names.
fn named(kind: Kind) {
    let site = Site::start();
    let roots = site.authority.roots();
    for proxy in [false, true].map(|has_password| Proxy::start(kind, has_password)) {
        let of_all = format!("127.0.0.1:{}", proxy.port);
        let of_each = format!("http=127.0.0.1:{0};https=http://127.0.0.1:{0}", proxy.port);
        let (password, _) = kind.password();
        let right = [(sys::WINHTTP_AUTH_TARGET_PROXY, USER, password)];
        let wrong = [(sys::WINHTTP_AUTH_TARGET_PROXY, USER, "c")];
        let for_the_server = [(sys::WINHTTP_AUTH_TARGET_SERVER, USER, password)];
        for (is_secure, port) in site.ways() {
            let at = format!("{kind:?}, password: {}, TLS: {is_secure}", proxy.has_password);
            let ask = Ask { verb: "GET", is_secure, port, target: "/text.txt", roots: Some(&roots), ..Ask::default() };
            for list in [&of_all, &of_each] {
                let ask = Ask { proxy: Some((list, "")), ..ask };
                let answer = Ask { credentials: &right, ..ask }.ask().unwrap();
                assert_eq!(answer.status, 200, "{at}: {}", answer.head);
                assert!(answer.body == site.text.as_bytes(), "{at}: {} bytes", answer.body.len());
                let chat = Ask { target: "/chat", credentials: &right, ..ask };
                assert_eq!(chat.echo("zwölf").unwrap().unwrap(), "zwölf", "{at}");
                if proxy.has_password {
                    // Those of the server are none of the proxy's business. To a wrong password tinyproxy says what a server says.
                    let to_wrong = if kind == Kind::Tinyproxy { 401 } else { 407 };
                    for (credentials, status) in [(&[][..], 407), (&for_the_server, 407), (&wrong, to_wrong)] {
                        let ask = Ask { credentials, ..ask };
                        let chat = Ask { target: "/chat", ..ask };
                        for answer in [ask.ask().unwrap(), chat.echo("").unwrap().unwrap_err()] {
                            let header = if status == 401 { "WWW-Authenticate" } else { "Proxy-Authenticate" };
                            let challenge = answer.header(header).unwrap_or_default();
                            assert_eq!(
                                (answer.status, challenge.starts_with("Basic ")),
                                (status, true),
                                "{at}: {answer:?}"
                            );
                        }
                    }
                }
            }
            // The site itself refuses who comes directly.
            for proxy in [None, Some((&of_all[..], "localhost"))] {
                assert_eq!(Ask { proxy, credentials: &right, ..ask }.ask().unwrap().status, 403, "{at}");
            }
            let session = Session::builder().roots(roots.clone()).proxy(&of_all, "").unwrap();
            let session = session.proxy_credentials(USER, password).unwrap().build().unwrap();
            talk(&session, &format!("{}://localhost:{port}/chat", if is_secure { "wss" } else { "ws" }));
        }
    }
}

/// The examples `get` and `chat`, through a proxy that the environment names.
fn from_the_environment(kind: Kind) {
    let arguments = ["build", "--quiet", "--package", "winws", "--example", "get", "--example", "chat"];
    let built = Command::new(env!("CARGO")).current_dir(workspace()).args(arguments).status().unwrap();
    assert!(built.success());
    let site = Site::start();
    let example = |name: &str, url: &str, variables: &[(&str, &str)]| {
        let mut command = Command::new(build_folder().join("examples").join(name));
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command.env("SSL_CERT_FILE", site.authority.certificates()).envs(variables.iter().copied()).arg(url);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        // One that was refused does not read it.
        process.stdin.take().expect("it is a pipe").write_all("zwölf\nlines\n".as_bytes()).ok();
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (said, output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for proxy in [false, true].map(|has_password| Proxy::start(kind, has_password)) {
        let url = |user: &str| format!("http://{user}127.0.0.1:{}", proxy.port);
        let user = if proxy.has_password { format!("{USER}:{}@", kind.password().1) } else { String::new() };
        let (right, without) = (url(&user), url(""));
        for (is_secure, port) in site.ways() {
            let at = format!("{kind:?}, password: {}, TLS: {is_secure}", proxy.has_password);
            let (http, ws, variable) =
                if is_secure { ("https", "wss", "https_proxy") } else { ("http", "ws", "http_proxy") };
            let (document, room) =
                (format!("{http}://localhost:{port}/text.txt"), format!("{ws}://localhost:{port}/chat"));
            for variable in [variable, "all_proxy"] {
                let (said, is_well, errors) = example("get", &document, &[(variable, &right)]);
                assert!(is_well && said.starts_with("200 OK\n"), "{at}: {errors}");
                assert!(said.split_once("\n\n").is_some_and(|(_, body)| body == site.text), "{at}");
                let (said, is_well, errors) = example("chat", &room, &[(variable, &right)]);
                assert!(is_well && said == "zwölf\nlines\n", "{at}: {said}{errors}");
            }
            if proxy.has_password {
                let (said, _, errors) = example("get", &document, &[(variable, &without)]);
                assert!(said.starts_with("407 "), "{at}: {said}{errors}");
                let (_, is_well, errors) = example("chat", &room, &[(variable, &without)]);
                assert!(!is_well && errors.contains("407"), "{at}: {errors}");
            }
            // The site itself refuses who comes directly.
            let direct = [(variable, &right[..]), ("no_proxy", "example.com,localhost")];
            let (said, _, errors) = example("get", &document, &direct);
            assert!(said.starts_with("403 "), "{at}: {said}{errors}");
            let (_, is_well, errors) = example("chat", &room, &direct);
            assert!(!is_well && errors.contains("403"), "{at}: {errors}");
        }
    }
}

#[test]
#[ignore = "needs tinyproxy and nginx"]
fn named_tinyproxy() {
    named(Kind::Tinyproxy);
}

#[test]
#[ignore = "needs squid, openssl and nginx"]
fn named_squid() {
    named(Kind::Squid);
}

#[test]
#[ignore = "needs tinyproxy and nginx"]
fn tinyproxy_from_the_environment() {
    from_the_environment(Kind::Tinyproxy);
}

#[test]
#[ignore = "needs squid, openssl and nginx"]
fn squid_from_the_environment() {
    from_the_environment(Kind::Squid);
}
