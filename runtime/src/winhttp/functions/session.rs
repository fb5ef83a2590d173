//! The trait of sessions, connections, options and URLs.

use std::sync::Arc;

use winws_api::WideChar;
use winws_api::winhttp::{
    CloseHandleError, ConnectError, CrackUrlError, CreateUrlError, HInternet, OpenError, QueryOptionError, Session,
    SetOptionError, SetStatusCallbackError, SetTimeoutsError, StatusCallback, UrlComponents, sys,
};

use crate::winhttp::asynchronous::Life;
use crate::winhttp::callbacks::Listener;
use crate::winhttp::codes::{BadArgument, BadHandle, NoReactor};
use crate::winhttp::host::Host;
use crate::winhttp::proxy::Proxies;
use crate::winhttp::session::{Connection, Session as SessionObject};
use crate::winhttp::settings::{Number, Settings, UNLIMITED};
use crate::winhttp::{Object, WinHttp, access, url};

impl Session for WinHttp {
    /// The proxy of the machine and the automatic one are what the environment says when a request is sent (b9.9).
    fn open(
        &self,
        agent: Option<&str>,
        access_type: u32,
        proxy: Option<&str>,
        proxy_bypass: Option<&str>,
        flags: u32,
    ) -> Result<HInternet, OpenError> {
        if flags & !sys::WINHTTP_FLAG_ASYNC != 0 {
            return Err(BadArgument.into());
        }
        let proxies = match (access_type, proxy, proxy_bypass) {
            (sys::WINHTTP_ACCESS_TYPE_NAMED_PROXY, Some(list), bypass) => Proxies::named(list, bypass)?,
            (sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None) => Proxies::None,
            (sys::WINHTTP_ACCESS_TYPE_DEFAULT_PROXY | sys::WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, None, None) => {
                Proxies::Automatic
            }
            _ => return Err(BadArgument.into()),
        };
        let session = SessionObject::new(agent)?;
        session.settings().proxies = proxies;
        let object = Object::Session(Arc::new(session));
        let life = if flags == 0 { None } else { Some(Life::of_session(object.clone()).map_err(|_| NoReactor)?) };
        Ok(self.insert(object, HInternet::NULL, life))
    }

    fn connect(
        &self,
        session: HInternet,
        server_name: &str,
        server_port: u16,
        reserved: u32,
    ) -> Result<HInternet, ConnectError> {
        if reserved != 0 {
            return Err(BadArgument.into());
        }
        let host = Host::parse(server_name)?;
        let parent = self.session(session)?;
        let above = self.entry(session)?.life;
        let object = Object::Connection(Arc::new(Connection::new(parent, host, server_port)));
        let life = Self::life_below(above.as_ref(), &object)?;
        Ok(self.insert(object, session, life))
    }

    fn close_handle(&self, internet: HInternet) -> Result<(), CloseHandleError> {
        Ok(self.close(internet)?)
    }

    fn set_timeouts(
        &self,
        internet: HInternet,
        resolve_timeout: i32,
        connect_timeout: i32,
        send_timeout: i32,
        receive_timeout: i32,
    ) -> Result<(), SetTimeoutsError> {
        let timeouts = [
            (Number::ResolveTimeout, resolve_timeout),
            (Number::ConnectTimeout, connect_timeout),
            (Number::SendTimeout, send_timeout),
            (Number::ReceiveTimeout, receive_timeout),
        ];
        if timeouts.iter().any(|&(_, timeout)| timeout < -1) {
            return Err(BadArgument.into());
        }
        let set = |settings: &mut Settings| {
            for (number, timeout) in timeouts {
                settings.set(number, u32::try_from(timeout).unwrap_or(UNLIMITED));
            }
        };
        match self.object(internet)? {
            Object::Session(session) => set(&mut session.settings()),
            Object::Request(request) => set(&mut request.settings()),
            Object::Connection(_) | Object::Socket(_) => return Err(BadHandle::WrongType.into()),
        }
        Ok(())
    }

    /// Without a handle, `WINHTTP_OPTION_PROXY` is the proxy of the machine.
    fn query_option<W: WideChar>(
        &self,
        internet: HInternet,
        option: u32,
        buffer: &mut [u8],
        buffer_length: &mut u32,
    ) -> Result<(), QueryOptionError> {
        if internet == HInternet::NULL && option == sys::WINHTTP_OPTION_PROXY {
            return access::query_proxy::<W>(&Proxies::None, buffer, buffer_length);
        }
        let entry = self.entry(internet)?;
        access::query::<W>(&entry, option, buffer, buffer_length)
    }

    /// Safe code could make up the texts of `WINHTTP_OPTION_PROXY`, so only the C function can set it.
    fn set_option<W: WideChar>(&self, internet: HInternet, option: u32, buffer: &[u8]) -> Result<(), SetOptionError> {
        access::set::<W>(&self.entry(internet)?.object, option, buffer, self.vouched)
    }

    /// In synchronous mode a callback comes in the thread of the call that it reports on, in asynchronous mode in any thread. Safe
    /// code could make up a callback, so only the C function can set one.
    fn set_status_callback<W: WideChar>(
        &self,
        internet: HInternet,
        internet_callback: StatusCallback,
        notification_flags: u32,
        reserved: usize,
    ) -> Result<StatusCallback, SetStatusCallbackError> {
        if reserved != 0 {
            return Err(BadArgument.into());
        }
        let listener = match (internet_callback, self.vouched) {
            (None, _) => None,
            (Some(_), None) => return Err(BadArgument.into()),
            (callback, Some(vouched)) => Some(Listener::new::<W>(callback, notification_flags, vouched)),
        };
        let former = self.object(internet)?.replace_listener(listener);
        Ok(former.and_then(|listener| listener.function()))
    }

    fn crack_url<W: WideChar>(
        &self,
        url: &[W],
        flags: u32,
        url_components: &mut UrlComponents<W>,
    ) -> Result<(), CrackUrlError> {
        url::crack(self.vouched.ok_or(BadArgument)?, url, flags, url_components)
    }

    fn create_url<W: WideChar>(
        &self,
        url_components: &UrlComponents<W>,
        flags: u32,
        url: &mut [W],
        url_length: &mut u32,
    ) -> Result<(), CreateUrlError> {
        url::create(self.vouched.ok_or(BadArgument)?, url_components, flags, url, url_length)
    }
}
