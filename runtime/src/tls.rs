//! What a program gives for connections with TLS: authorities to trust, a certificate of its own, and certificates not to trust.
//!
//! They are for [`SessionBuilder`](crate::SessionBuilder), and for the handles of [`WinHttp`](crate::WinHttp). The versions are TLS
//! 1.2 and 1.3. What is wrong with a server is a [`SecureFailure`], the source of a [`ConnectError`](crate::ConnectError).
//!
//! ```no_run
//! use winws::Session;
//! use winws::tls::Roots;
//!
//! let session = Session::builder().roots(Roots::from_pem(&std::fs::read("ca.pem")?)?).build()?;
//! let socket = session.connect("wss://localhost:8443/")?;
//! # drop(socket);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::net::tls::{ClientCertificate, Fault, Faults, InvalidPem, RevocationLists, Roots, SecureFailure};
