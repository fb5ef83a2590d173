//! What is wrong with a server's certificate, or with its TLS.

use std::error::Error;
use std::fmt;

/// One kind of fault. Each has a [code](Self::code) and a flag in WinHTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No authority that is trusted has signed it, or it is that of an authority itself.
    Authority,
    /// It has expired, or is not valid yet.
    Date,
    /// It is for other names.
    Name,
    /// It is not for servers.
    Usage,
    /// Its authority has revoked it.
    Revoked,
    /// Revocation was to be checked, and could not be.
    Revocation,
    /// It is malformed, a signature is wrong, or something else.
    Certificate,
    /// There was no agreement on how to talk: an alert, nothing in common, or the end of the stream.
    Channel,
}

/// A set of faults.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults(u8);

impl Faults {
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn with(self, fault: Fault) -> Self {
        Self(self.0 | 1 << fault as u8)
    }

    pub(crate) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether the fault is one of them.
    pub const fn has(self, fault: Fault) -> bool {
        self.0 & 1 << fault as u8 != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The faults in it, in the order of their kinds.
    pub fn iter(self) -> impl Iterator<Item = Fault> {
        Fault::ALL.into_iter().filter(move |&fault| self.has(fault))
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Fault {
    const ALL: [Self; 8] = [
        Self::Authority,
        Self::Date,
        Self::Name,
        Self::Usage,
        Self::Revoked,
        Self::Revocation,
        Self::Certificate,
        Self::Channel,
    ];

    const fn text(self) -> &'static str {
        match self {
            Self::Authority => "no trusted authority has signed the certificate",
            Self::Date => "the certificate has expired or is not valid yet",
            Self::Name => "the certificate is for another name",
            Self::Usage => "the certificate is not for servers",
            Self::Revoked => "the certificate was revoked",
            Self::Revocation => "no list says whether the certificate was revoked",
            Self::Certificate => "the certificate is malformed or has a wrong signature",
            Self::Channel => "the server agreed to no secure channel",
        }
    }
}

/// What a user can do something about, and the kind of the fault does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remark {
    /// The server shows what `openssl req -x509` makes: its certificate signs itself and is marked as an authority.
    IsAuthority,
    /// Nobody is trusted: a system without a list of authorities, or an environment that names an empty one.
    TrustsNobody,
    /// The first bytes of the server are not those of TLS. Most often its port is for HTTP.
    IsNotTls,
}

impl Remark {
    const fn fault(self) -> Fault {
        match self {
            Self::IsAuthority | Self::TrustsNobody => Fault::Authority,
            Self::IsNotTls => Fault::Channel,
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::IsAuthority => {
                "it is marked as an authority itself, and a server needs one with basicConstraints=CA:FALSE"
            }
            Self::TrustsNobody => "no authorities of the system were found; SSL_CERT_FILE can name a file of them",
            Self::IsNotTls => "it does not speak TLS at this port",
        }
    }
}

/// Why there is no TLS with a server: the [source](Error::source) of a [`ConnectError`](crate::ConnectError) with the code
/// `ERROR_WINHTTP_SECURE_FAILURE`. Its own source is what the implementation of TLS or the system said.
#[derive(Debug)]
pub struct SecureFailure {
    pub(crate) faults: Faults,
    pub(crate) remark: Option<Remark>,
    pub(crate) source: Option<Box<dyn Error + Send + Sync>>,
}

impl SecureFailure {
    pub(super) fn of(fault: Fault, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { faults: Faults::NONE.with(fault), remark: None, source: Some(source.into()) }
    }

    /// All that was found.
    pub const fn faults(&self) -> Faults {
        self.faults
    }
}

impl fmt::Display for SecureFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{}", fault.text())?;
            if let Some(remark) = self.remark.filter(|remark| remark.fault() == fault) {
                write!(f, " ({})", remark.text())?;
            }
        }
        Ok(())
    }
}

impl Error for SecureFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text is what a user has to go by, so it says what to do where that is known.
    #[test]
    fn a_remark_stands_behind_the_fault_that_it_is_about() {
        let faults = Faults::NONE.with(Fault::Authority).with(Fault::Name);
        let failure = |remark| SecureFailure { faults, remark, source: None }.to_string();
        assert_eq!(
            failure(Some(Remark::IsAuthority)),
            "no trusted authority has signed the certificate (it is marked as an authority itself, and a server needs one with \
             basicConstraints=CA:FALSE); the certificate is for another name"
        );
        let plain = "no trusted authority has signed the certificate; the certificate is for another name";
        assert_eq!([failure(None), failure(Some(Remark::IsNotTls))], [plain, plain]);
    }
}
