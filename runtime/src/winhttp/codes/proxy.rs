//! The failures of the functions that tell programs about proxies.

use winws_api::winhttp::{
    CreateProxyResolverError, DetectAutoProxyConfigUrlError, GetIeProxyConfigForCurrentUserError, GetProxyForUrlError,
    GetProxyForUrlExError, GetProxyResultError,
};

use super::{BadArgument, BadHandle};
use crate::raw::global::OutOfMemory;
use crate::winhttp::proxy::UnusableProxy;

/// Only an asynchronous session may have resolvers, and here none has.
#[derive(Clone, Copy, Debug)]
pub(in crate::winhttp) struct NoResolvers;

/// What a program asks for makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::winhttp) enum BadQuestion {
    /// The options contradict each other or have unknown values.
    Options,
    /// The URL of the request, or that of the script, is none.
    Url,
    /// The URL of the script is neither of http nor of https.
    Scheme,
}

/// Why there is no script that chooses proxies. Nothing looks for scripts here, and nothing runs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::winhttp) enum NoScript {
    /// The network tells no URL of one.
    Undetected,
    /// It was not fetched from its URL.
    Unreachable,
    /// The program allows other ways only, and none of them gives a proxy.
    Unwanted,
}

causes! {
    CreateProxyResolver => CreateProxyResolverError, by of_create_proxy_resolver {
        Handle(BadHandle),
        Mode(NoResolvers),
    }
}

fn of_create_proxy_resolver(cause: &CreateProxyResolver) -> CreateProxyResolverError {
    match cause {
        CreateProxyResolver::Handle(BadHandle::Stale) => CreateProxyResolverError::InvalidHandle,
        CreateProxyResolver::Handle(BadHandle::WrongType) | CreateProxyResolver::Mode(NoResolvers) => {
            CreateProxyResolverError::IncorrectHandleType
        }
    }
}

causes! {
    DetectAutoProxyConfigUrl => DetectAutoProxyConfigUrlError, by of_detect_auto_proxy_config_url {
        Argument(BadArgument),
        Script(NoScript),
    }
}

fn of_detect_auto_proxy_config_url(cause: &DetectAutoProxyConfigUrl) -> DetectAutoProxyConfigUrlError {
    match cause {
        DetectAutoProxyConfigUrl::Argument(BadArgument) => DetectAutoProxyConfigUrlError::InvalidParameter,
        // The function does not fetch the script.
        DetectAutoProxyConfigUrl::Script(NoScript::Undetected | NoScript::Unreachable | NoScript::Unwanted) => {
            DetectAutoProxyConfigUrlError::AutodetectionFailed
        }
    }
}

causes! {
    GetIeProxyConfig => GetIeProxyConfigForCurrentUserError, by of_get_ie_proxy_config {
        Environment(UnusableProxy),
        Memory(OutOfMemory),
    }
}

fn of_get_ie_proxy_config(cause: &GetIeProxyConfig) -> GetIeProxyConfigForCurrentUserError {
    match cause {
        // "There are no settings" would be an invitation to connect directly.
        GetIeProxyConfig::Environment(UnusableProxy::Scheme | UnusableProxy::Malformed) => {
            GetIeProxyConfigForCurrentUserError::InternalError
        }
        GetIeProxyConfig::Memory(OutOfMemory) => GetIeProxyConfigForCurrentUserError::NotEnoughMemory,
    }
}

causes! {
    GetProxyForUrl => GetProxyForUrlError, by of_get_proxy_for_url {
        Question(BadQuestion),
        Handle(BadHandle),
        Script(NoScript),
    }
}

fn of_get_proxy_for_url(cause: &GetProxyForUrl) -> GetProxyForUrlError {
    match cause {
        GetProxyForUrl::Question(BadQuestion::Options) => GetProxyForUrlError::InvalidParameter,
        GetProxyForUrl::Question(BadQuestion::Url) => GetProxyForUrlError::InvalidUrl,
        GetProxyForUrl::Question(BadQuestion::Scheme) => GetProxyForUrlError::UnrecognizedScheme,
        GetProxyForUrl::Handle(BadHandle::Stale) => GetProxyForUrlError::InvalidHandle,
        GetProxyForUrl::Handle(BadHandle::WrongType) => GetProxyForUrlError::IncorrectHandleType,
        GetProxyForUrl::Script(NoScript::Undetected) => GetProxyForUrlError::AutodetectionFailed,
        GetProxyForUrl::Script(NoScript::Unreachable) => GetProxyForUrlError::UnableToDownloadScript,
        GetProxyForUrl::Script(NoScript::Unwanted) => GetProxyForUrlError::AutoProxyServiceError,
    }
}

causes! {
    GetProxyForUrlEx => GetProxyForUrlExError, by of_get_proxy_for_url_ex {
        Question(BadQuestion),
        Handle(BadHandle),
    }
}

fn of_get_proxy_for_url_ex(cause: &GetProxyForUrlEx) -> GetProxyForUrlExError {
    match cause {
        GetProxyForUrlEx::Question(BadQuestion::Options) => GetProxyForUrlExError::InvalidParameter,
        GetProxyForUrlEx::Question(BadQuestion::Url) => GetProxyForUrlExError::InvalidUrl,
        GetProxyForUrlEx::Question(BadQuestion::Scheme) => GetProxyForUrlExError::UnrecognizedScheme,
        GetProxyForUrlEx::Handle(BadHandle::Stale) => GetProxyForUrlExError::InvalidHandle,
        GetProxyForUrlEx::Handle(BadHandle::WrongType) => GetProxyForUrlExError::IncorrectHandleType,
    }
}

causes! {
    GetProxyResult => GetProxyResultError, by of_get_proxy_result {
        Handle(BadHandle),
    }
}

fn of_get_proxy_result(cause: &GetProxyResult) -> GetProxyResultError {
    match cause {
        GetProxyResult::Handle(BadHandle::Stale) => GetProxyResultError::InvalidHandle,
        GetProxyResult::Handle(BadHandle::WrongType) => GetProxyResultError::IncorrectHandleType,
    }
}
