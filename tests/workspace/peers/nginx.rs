//! nginx, which ends TLS before a server that knows nothing of it, and has documents itself.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use winws::Session;

use super::authority::Authority;
use super::request::Ask;
use super::running::{Running, Says};
use super::talk::talk;
use super::{Stack, echo_server, their_client};

/// nginx in the foreground, as whoever runs the tests, with files in a folder of its own. It takes part in no other nginx.
pub(super) struct Nginx<const N: usize> {
    _running: Running,
    folder: TempDir,
    pub(super) ports: [u16; N],
}

impl<const N: usize> Nginx<N> {
    /// `servers` are the blocks of this name, which listen on the ports.
    pub(super) fn start(authority: &Authority, servers: impl Fn([u16; N]) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("documents")).unwrap();
        let (running, ports) = Running::on_free_ports(|ports| {
            std::fs::write(folder.path().join("nginx.conf"), configuration(authority, &servers(ports))).unwrap();
            let mut command = Command::new("nginx");
            command.arg("-p").arg(folder.path()).args(["-c", "nginx.conf", "-e", "stderr"]);
            // It listens before it chooses how to wait.
            Running::start(command, Says::ToErrors, |line| line.contains("event method"))
        });
        Self { _running: running, folder, ports }
    }

    pub(super) fn document(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join("documents").join(name), bytes).unwrap();
    }
}

fn configuration(authority: &Authority, servers: &str) -> String {
    let path = |path: &Path| path.to_str().expect("temporary folders have plain names").to_owned();
    let (certificate, key) = (path(&authority.certificate()), path(&authority.key()));
    format!(
        "daemon off; master_process off; pid nginx.pid; error_log stderr notice;\n\
        events {{}}\n\
        http {{\n\
        access_log off; root documents;\n\
        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;\n\
        scgi_temp_path scgi;\n\
        ssl_certificate {certificate}; ssl_certificate_key {key};\n\
        map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}\n\
        {servers}\n}}\n"
    )
}

/// What leads to a WebSocket at `/chat`, as nginx' own documentation has it.
pub(super) fn chat(backend: u16) -> String {
    format!(
        "location /chat {{ proxy_pass http://127.0.0.1:{backend}; proxy_http_version 1.1; \
        proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; }}"
    )
}

/// The block of a server with TLS in front of a WebSocket.
fn in_front_of(backend: u16, port: u16, versions: &str) -> String {
    let chat = chat(backend);
    format!("server {{ listen 127.0.0.1:{port} ssl; ssl_protocols {versions}; {chat} }}\n")
}

#[test]
#[ignore = "needs nginx"]
fn our_client_talks_through_nginx() {
    let (authority, backend) = (Authority::new(), echo_server());
    let nginx = Nginx::start(&authority, |[old, new]| {
        in_front_of(backend, old, "TLSv1.2") + &in_front_of(backend, new, "TLSv1.3")
    });
    for port in nginx.ports {
        talk(&authority.session(), &format!("wss://localhost:{port}/chat"));
    }
}

#[test]
#[ignore = "needs nginx, and websockets of Python: WINWS_INTEROP_PYTHON"]
fn a_client_of_python_talks_to_our_server_through_nginx() {
    through_nginx(Stack::Python, "websockets_client.py");
}

#[test]
#[ignore = "needs nginx, and ws of Node.js: WINWS_INTEROP_NODE"]
fn a_client_of_node_talks_to_our_server_through_nginx() {
    through_nginx(Stack::Node, "ws_client.js");
}

/// Lets somebody else's client talk to our server, which nginx gives TLS.
fn through_nginx(stack: Stack, name: &str) {
    let (authority, backend) = (Authority::new(), echo_server());
    let nginx = Nginx::start(&authority, |[port]| in_front_of(backend, port, "TLSv1.2 TLSv1.3"));
    let url = format!("wss://localhost:{}/chat", nginx.ports[0]);
    their_client(stack, name, &url, Some(&authority.certificates()));
}

/// Where a site leads from HTTP to HTTPS, and from one document to another, nginx makes an absolute URL of it.
#[test]
#[ignore = "needs nginx"]
fn documents_come_over_tls() {
    let authority = Authority::new();
    let nginx = Nginx::start(&authority, |[plain, secure]| {
        format!(
            "server {{ listen 127.0.0.1:{plain}; return 301 https://localhost:{secure}$request_uri; }}\n\
            server {{ listen 127.0.0.1:{secure} ssl; location /old/ {{ return 302 /new.txt; }} }}\n"
        )
    });
    let [plain, secure] = nginx.ports;
    let text = (0..200_000).fold(String::new(), |text, number| text + &number.to_string() + "\n");
    nginx.document("new.txt", text.as_bytes());
    let document = format!("https://localhost:{secure}/new.txt");
    let session = authority.session();
    for url in [&document, &format!("http://localhost:{plain}/new.txt"), &format!("http://localhost:{plain}/old/a?b")] {
        let mut response = session.get(url).unwrap();
        assert_eq!((response.status(), response.url()), (200, document.clone()), "{url}");
        assert_eq!(response.header("Content-Length"), Some(&text.len().to_string()[..]), "{url}");
        assert!(std::io::read_to_string(&mut response).unwrap() == text, "{url}");
    }
    assert_eq!(session.get(&format!("https://localhost:{secure}/other")).unwrap().status(), 404);
    // The length of a document that does not come.
    let roots = authority.roots();
    let head = Ask { verb: "HEAD", is_secure: true, port: secure, target: "/new.txt", ..Ask::default() };
    let answer = Ask { roots: Some(&roots), ..head }.ask().unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.header("Content-Length"), Some(&text.len().to_string()[..]));
}

#[test]
#[ignore = "needs nginx"]
fn nginx_knows_our_client_by_its_certificate() {
    let authority = Authority::new();
    let trusted = authority.certificates();
    let nginx = Nginx::start(&authority, |[port]| {
        format!(
            "server {{ listen 127.0.0.1:{port} ssl; ssl_verify_client on; ssl_client_certificate {}; \
            location / {{ return 200 $ssl_client_s_dn; }} }}\n",
            trusted.display()
        )
    });
    let url = format!("https://localhost:{}/", nginx.ports[0]);
    // nginx lets everybody in, and then refuses the request: "No required SSL certificate was sent".
    assert_eq!(authority.session().get(&url).unwrap().status(), 400);
    let builder = Session::builder().roots(authority.roots());
    let session = builder.client_certificate(authority.client()).build().unwrap();
    let mut response = session.get(&url).unwrap();
    assert_eq!(std::io::read_to_string(&mut response).unwrap(), "CN=a client");
}
