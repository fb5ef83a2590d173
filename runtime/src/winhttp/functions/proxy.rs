//! The trait of proxies: what the environment says, and that there are no scripts.

use std::ptr;

use winws_api::WideChar;
use winws_api::winhttp::{
    AutoproxyOptions, CreateProxyResolverError, CurrentUserIeProxyConfig, DetectAutoProxyConfigUrlError,
    GetDefaultProxyConfigurationError, GetIeProxyConfigForCurrentUserError, GetProxyForUrlError, GetProxyForUrlExError,
    GetProxyResultError, HInternet, Proxy, ProxyInfo, ProxyResult, sys,
};

use crate::raw::global::Global;
use crate::raw::lent::Vouched;
use crate::winhttp::WinHttp;
use crate::winhttp::codes::{BadArgument, BadHandle, BadQuestion, NoResolvers, NoScript};
use crate::winhttp::proxy::Environment;

/// Ways to detect the URL of a script.
const DETECTIONS: u32 = sys::WINHTTP_AUTO_DETECT_TYPE_DHCP | sys::WINHTTP_AUTO_DETECT_TYPE_DNS_A;

/// Where a proxy may come from other than a script.
const ALLOWANCES: u32 =
    sys::WINHTTP_AUTOPROXY_ALLOW_AUTOCONFIG | sys::WINHTTP_AUTOPROXY_ALLOW_STATIC | sys::WINHTTP_AUTOPROXY_ALLOW_CM;

/// How a script is found and run.
const MANNERS: u32 = sys::WINHTTP_AUTOPROXY_HOST_KEEPCASE
    | sys::WINHTTP_AUTOPROXY_HOST_LOWERCASE
    | sys::WINHTTP_AUTOPROXY_RUN_INPROCESS
    | sys::WINHTTP_AUTOPROXY_RUN_OUTPROCESS_ONLY
    | sys::WINHTTP_AUTOPROXY_NO_DIRECTACCESS
    | sys::WINHTTP_AUTOPROXY_NO_CACHE_CLIENT
    | sys::WINHTTP_AUTOPROXY_NO_CACHE_SVC
    | sys::WINHTTP_AUTOPROXY_SORT_RESULTS;

/// The flags that say where to look. One of them must be there.
const SOURCES: u32 = sys::WINHTTP_AUTOPROXY_AUTO_DETECT | sys::WINHTTP_AUTOPROXY_CONFIG_URL | ALLOWANCES;

impl Proxy for WinHttp {
    /// Resolvers belong to asynchronous sessions, and those have none here (b9.21).
    fn create_proxy_resolver(&self, session: HInternet) -> Result<HInternet, CreateProxyResolverError> {
        self.session(session)?;
        Err(NoResolvers.into())
    }

    /// Nothing is asked: no network is taken to have a script.
    fn detect_auto_proxy_config_url<W: WideChar>(
        &self,
        auto_detect_flags: u32,
    ) -> Result<*mut W, DetectAutoProxyConfigUrlError> {
        if auto_detect_flags == 0 || auto_detect_flags & !DETECTIONS != 0 {
            return Err(BadArgument.into());
        }
        Err(NoScript::Undetected.into())
    }

    /// Safe code could make up the pointers, so only the C function frees what they lead to.
    fn free_proxy_result<W: WideChar>(&self, proxy_result: &mut ProxyResult<W>) {
        if let Some(vouched) = self.vouched {
            vouched.free_proxy_result(proxy_result);
        }
        *proxy_result = ProxyResult::default();
    }

    /// There is no configuration of the machine.
    fn get_default_proxy_configuration<W: WideChar>(
        &self,
        proxy_info: &mut ProxyInfo<W>,
    ) -> Result<(), GetDefaultProxyConfigurationError> {
        *proxy_info = ProxyInfo { access_type: sys::WINHTTP_ACCESS_TYPE_NO_PROXY, ..ProxyInfo::default() };
        Ok(())
    }

    /// The settings are what the environment says, without its credentials (b9.12).
    fn get_ie_proxy_config_for_current_user<W: WideChar>(
        &self,
        proxy_config: &mut CurrentUserIeProxyConfig<W>,
    ) -> Result<(), GetIeProxyConfigForCurrentUserError> {
        let lists = Environment::PROCESS.lists()?;
        let wide = |text: Option<String>| text.map(|text| Global::wide(&text)).transpose();
        let (proxy, bypass) = (wide(lists.proxies)?, wide(lists.bypass)?);
        *proxy_config = CurrentUserIeProxyConfig {
            auto_detect: 0,
            auto_config_url: ptr::null_mut(),
            proxy: proxy.map_or(ptr::null_mut(), Global::hand_out),
            proxy_bypass: bypass.map_or(ptr::null_mut(), Global::hand_out),
        };
        Ok(())
    }

    /// Fails always, as there are no scripts (b9.12). Safe code could make up the URL of a script, so only the C function reads it.
    fn get_proxy_for_url<W: WideChar>(
        &self,
        session: HInternet,
        url: &str,
        auto_proxy_options: &AutoproxyOptions<W>,
    ) -> Result<ProxyInfo<W>, GetProxyForUrlError> {
        let script = judge(url, auto_proxy_options, self.vouched)?;
        self.session(session)?;
        Err(script.into())
    }

    /// Fails always: there are no resolvers.
    fn get_proxy_for_url_ex<W: WideChar>(
        &self,
        resolver: HInternet,
        url: &str,
        auto_proxy_options: &AutoproxyOptions<W>,
        _context: usize,
    ) -> Result<(), GetProxyForUrlExError> {
        judge(url, auto_proxy_options, self.vouched)?;
        self.object(resolver)?;
        Err(BadHandle::WrongType.into())
    }

    /// Fails always: there are no resolvers.
    fn get_proxy_result<W: WideChar>(&self, resolver: HInternet) -> Result<ProxyResult<W>, GetProxyResultError> {
        self.object(resolver)?;
        Err(BadHandle::WrongType.into())
    }
}

/// Looks at what a program asks for, as the page of WINHTTP_AUTOPROXY_OPTIONS says, and says why there is no script. That is the
/// answer of the last source that the options name.
fn judge<W: WideChar>(
    url: &str,
    options: &AutoproxyOptions<W>,
    vouched: Option<Vouched>,
) -> Result<NoScript, BadQuestion> {
    let has = |flag| options.flags & flag != 0;
    let (detects, fetches) = (has(sys::WINHTTP_AUTOPROXY_AUTO_DETECT), has(sys::WINHTTP_AUTOPROXY_CONFIG_URL));
    let is_known = options.flags & !(SOURCES | MANNERS) == 0 && options.auto_detect_flags & !DETECTIONS == 0;
    let is_consistent =
        detects == (options.auto_detect_flags != 0) && fetches != options.auto_config_url.is_null() && has(SOURCES);
    if !is_known || !is_consistent || !options.lpv_reserved.is_null() || options.dw_reserved != 0 {
        return Err(BadQuestion::Options);
    }
    if !is_url(url) {
        return Err(BadQuestion::Url);
    }
    if !fetches {
        return Ok(if detects { NoScript::Undetected } else { NoScript::Unwanted });
    }
    let vouched = vouched.ok_or(BadQuestion::Options)?;
    let script = vouched.string(options.auto_config_url).ok().flatten().ok_or(BadQuestion::Options)?;
    if !is_url(&script) {
        return Err(BadQuestion::Url);
    }
    let scheme = script.split(':').next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err(BadQuestion::Scheme);
    }
    Ok(NoScript::Unreachable)
}

/// Whether a text has a scheme and a host.
fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        let is_scheme = scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        is_scheme && !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':', '@'])
    })
}
