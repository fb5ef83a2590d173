//! With what challenges of the server and of the proxy are answered.

use std::fmt;

use super::{NotNow, Request};
use crate::protocol::http::{Basic, InvalidCredentials};
use crate::winhttp::options::{Part, Whose};
use crate::winhttp::session::lock;

/// A name and a password. A program sets both at once, or one by one as options.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Credentials {
    user: Option<String>,
    password: Option<String>,
}

impl fmt::Debug for Credentials {
    /// Shows no secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

impl Credentials {
    /// Both, if the Basic scheme can send them.
    pub(crate) fn new(user: &str, password: &str) -> Result<Self, InvalidCredentials> {
        Basic::new(user, password)?;
        Ok(Self { user: Some(user.to_owned()), password: Some(password.to_owned()) })
    }

    /// The answer, once both are there.
    fn basic(&self) -> Option<Basic> {
        // Each was checked when it was set.
        Basic::new(self.user.as_deref()?, self.password.as_deref()?).ok()
    }

    fn part(&mut self, part: Part) -> &mut Option<String> {
        match part {
            Part::User => &mut self.user,
            Part::Password => &mut self.password,
        }
    }
}

impl Request {
    /// With what a challenge of the proxy is answered, if a program has set it.
    pub(crate) fn proxy_credentials(&self) -> Option<Basic> {
        lock(&self.proxy_credentials).basic()
    }

    /// Sets name and password for answers to come.
    pub(crate) fn set_credentials(&self, whose: Whose, credentials: Credentials) -> Result<(), NotNow> {
        self.change_credentials(whose, |old| *old = credentials)
    }

    /// Sets one of the two.
    ///
    /// Fails in two ways: a call is under way, or the text is none that the Basic scheme can send.
    pub(in crate::winhttp) fn set_credential(
        &self,
        whose: Whose,
        part: Part,
        text: String,
    ) -> Result<Result<(), InvalidCredentials>, NotNow> {
        let checked = match part {
            Part::User => Basic::new(&text, ""),
            Part::Password => Basic::new("", &text),
        };
        if let Err(invalid) = checked {
            return Ok(Err(invalid));
        }
        self.change_credentials(whose, |credentials| *credentials.part(part) = Some(text)).map(Ok)
    }

    /// One of the two; empty if it was not set.
    pub(in crate::winhttp) fn credential(&self, whose: Whose, part: Part) -> String {
        lock(self.credentials_of(whose)).part(part).clone().unwrap_or_default()
    }

    fn change_credentials(&self, whose: Whose, change: impl FnOnce(&mut Credentials)) -> Result<(), NotNow> {
        let mut credentials = lock(self.credentials_of(whose));
        let mut changed = credentials.clone();
        change(&mut changed);
        self.look(|exchange| {
            // A call of asynchronous mode has begun when it returns, and takes the exchange later (b3.11).
            if exchange.is_under_way() {
                return Err(NotNow);
            }
            if whose == Whose::Server
                && let Some(basic) = changed.basic()
            {
                exchange.set_credentials(basic);
            }
            Ok(())
        })??;
        *credentials = changed;
        Ok(())
    }

    const fn credentials_of(&self, whose: Whose) -> &std::sync::Mutex<Credentials> {
        match whose {
            Whose::Server => &self.credentials,
            Whose::Proxy => &self.proxy_credentials,
        }
    }
}
