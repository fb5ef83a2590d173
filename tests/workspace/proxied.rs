//! The examples `get` and `chat` through a proxy with a password that the environment names, with TLS and without: as processes,
//! because the environment belongs to all tests of this one.

use std::io::{self, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use winws_tests_generator::workspace;

use crate::folders::build_folder;

/// `user:word`, as Basic has it (RFC 7617 section 2).
const CREDENTIALS: &str = "Proxy-Authorization: Basic dXNlcjp3b3Jk";

/// Answers clients of a free port, each in a thread of its own.
fn serve(answer: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, answer) = (listener.local_addr().unwrap().port(), Arc::new(answer));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            thread::spawn(move || answer(stream).inspect_err(|error| println!("a connection ended: {error}")));
        }
    });
    port
}

/// Reads up to the empty line.
fn read_head(stream: &mut impl io::Read) -> io::Result<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    String::from_utf8(head).map_err(io::Error::other)
}

/// A proxy that leads to `behind` only, whatever server the client asks for: the site has no address that clients know.
fn proxy(name: &'static str, behind: u16) -> u16 {
    serve(move |mut client| {
        let head = read_head(&mut client)?;
        if !head.contains(&format!("\r\n{CREDENTIALS}\r\n")) {
            client.write_all(
                b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\
                Connection: close\r\n\r\n",
            )?;
            return Ok(());
        }
        let mut server = TcpStream::connect(("127.0.0.1", behind))?;
        if head.starts_with(&format!("CONNECT {name}:")) {
            client.write_all(b"HTTP/1.1 200 There you are\r\n\r\n")?;
        } else if head.starts_with(&format!("GET http://{name}/")) {
            server.write_all(head.as_bytes())?;
        } else {
            return Err(io::Error::other(head));
        }
        let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
        let there = thread::spawn(move || {
            io::copy(&mut from_client, &mut to_server).and_then(|_| to_server.shutdown(Shutdown::Write))
        });
        io::copy(&mut server, &mut client)?;
        client.shutdown(Shutdown::Write)?;
        there.join().expect("copying does not panic")
    })
}

/// A certificate for the name, which is its own authority, and the end of TLS that has it.
fn identity(name: &str) -> (String, Arc<ServerConfig>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    (made.cert.pem(), Arc::new(builder.with_single_cert(vec![made.cert.der().clone()], key).unwrap()))
}

/// Shows a document.
fn show(mut stream: impl io::Read + io::Write) -> io::Result<()> {
    read_head(&mut stream)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")?;
    stream.flush()
}

/// Sends back what comes.
fn echo(stream: impl io::Read + io::Write) -> io::Result<()> {
    let mut peer = tungstenite::accept(stream).map_err(|error| io::Error::other(error.to_string()))?;
    loop {
        match peer.read() {
            Ok(message) if message.is_text() => peer.send(message).map_err(io::Error::other)?,
            Ok(_) => {}
            Err(tungstenite::Error::ConnectionClosed) => return Ok(()),
            Err(error) => return Err(io::Error::other(error)),
        }
    }
}

/// Runs an example with one variable for proxies.
fn run(example: &str, url: &str, variable: &str, proxy: &str, authorities: &std::path::Path) -> Output {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let arguments = ["build", "--quiet", "--package", "winws", "--example", "get", "--example", "chat"];
        let built = Command::new(env!("CARGO")).current_dir(workspace()).args(arguments).status();
        assert!(built.unwrap().success());
    });
    let mut command = Command::new(build_folder().join("examples").join(example));
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command.arg(url).env(variable, proxy).env("SSL_CERT_FILE", authorities);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // One that was refused does not read it.
    process.stdin.take().expect("it is a pipe").write_all(b"one\ntwo\n").ok();
    process.wait_with_output().unwrap()
}

#[test]
#[cfg_attr(
    target_vendor = "apple",
    ignore = "needs SSL_CERT_FILE, which the verifier of Apple's systems does not read"
)]
fn examples_go_through_the_proxy_of_the_environment() {
    // Nobody can resolve it (RFC 6761 section 6.2), so only a proxy leads there.
    const NAME: &str = "site.test";
    let folder = tempfile::tempdir().unwrap();
    let authorities = folder.path().join("authorities.pem");
    let (certificate, config) = identity(NAME);
    std::fs::write(&authorities, certificate).unwrap();
    let over_tls = move |stream| StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
    let again = over_tls.clone();
    for (example, scheme, variable, behind, shown) in [
        ("get", "http", "http_proxy", serve(show), "200 OK\nContent-Length: 6\n\nhello\n"),
        (
            "get",
            "https",
            "https_proxy",
            serve(move |stream| show(over_tls(stream))),
            "200 OK\nContent-Length: 6\n\nhello\n",
        ),
        ("chat", "ws", "http_proxy", serve(echo), "one\ntwo\n"),
        ("chat", "wss", "https_proxy", serve(move |stream| echo(again(stream))), "one\ntwo\n"),
    ] {
        let (url, port) = (format!("{scheme}://{NAME}/"), proxy(NAME, behind));
        let known = run(example, &url, variable, &format!("http://user:word@127.0.0.1:{port}"), &authorities);
        let (said, errors) = (String::from_utf8_lossy(&known.stdout), String::from_utf8_lossy(&known.stderr));
        assert!(known.status.success() && said == shown, "{url}: {said}{errors}");
        // A proxy that nobody tells who we are.
        let unknown = run(example, &url, variable, &format!("http://127.0.0.1:{port}"), &authorities);
        let (said, errors) = (String::from_utf8_lossy(&unknown.stdout), String::from_utf8_lossy(&unknown.stderr));
        let refusal = if example == "get" { &said } else { &errors };
        assert!(refusal.contains("407") && !said.contains(shown), "{url}: {said}{errors}");
    }
}
