//! What programs in Rust set for the TLS of a handle. In C there is no such function: the system's store has all of it on Windows.

use winws_api::winhttp::{HInternet, SetOptionError};

use crate::net::tls::{ClientCertificate, RevocationLists, Roots};
use crate::winhttp::codes::BadHandle;
use crate::winhttp::settings::Settings;
use crate::winhttp::{Object, WinHttp};

impl WinHttp {
    /// Sets the authorities that vouch for the servers of a session or a request. At first they are those of the system.
    ///
    /// # Errors
    ///
    /// - `InvalidHandle` if the handle is not live.
    /// - `IncorrectHandleType` if it is neither that of a session nor that of a request.
    pub fn set_roots(&self, handle: HInternet, roots: Roots) -> Result<(), SetOptionError> {
        self.change_settings(handle, |settings| settings.roots = roots)
    }

    /// Sets the certificate that servers get which ask for one. `None` is none, as
    /// `WINHTTP_OPTION_CLIENT_CERT_CONTEXT` with no value.
    ///
    /// # Errors
    ///
    /// Those of [`set_roots`](Self::set_roots).
    pub fn set_client_certificate(
        &self,
        handle: HInternet,
        certificate: Option<ClientCertificate>,
    ) -> Result<(), SetOptionError> {
        self.change_settings(handle, |settings| settings.certificate = certificate)
    }

    /// Sets which certificates are no good any more. With `WINHTTP_ENABLE_SSL_REVOCATION` the lists must cover the whole chain of
    /// a server (b8.6).
    ///
    /// # Errors
    ///
    /// Those of [`set_roots`](Self::set_roots).
    pub fn set_revocation_lists(&self, handle: HInternet, lists: RevocationLists) -> Result<(), SetOptionError> {
        self.change_settings(handle, |settings| settings.revocation_lists = lists)
    }

    fn change_settings(&self, handle: HInternet, change: impl FnOnce(&mut Settings)) -> Result<(), SetOptionError> {
        match self.object(handle)? {
            Object::Session(session) => change(&mut session.settings()),
            Object::Request(request) => change(&mut request.settings()),
            Object::Connection(_) | Object::Socket(_) => return Err(BadHandle::WrongType.into()),
        }
        Ok(())
    }
}
