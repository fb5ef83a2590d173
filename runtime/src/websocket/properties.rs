//! WEB_SOCKET_PROPERTY: the settings that a caller of C gives to a session, and the ones that belong to the component.

use winws_api::KeptBufferMut;
use winws_api::websocket::{Property, PropertyType};

use super::Config;
use super::codes::BadArgument;
use crate::protocol::upgrade::VERSION;
use crate::raw::lent::Vouched;

/// How often an application should send a keep-alive where nothing else was set, in milliseconds.
const KEEPALIVE_INTERVAL: u32 = 30_000;

/// What a session is made of: its settings, and memory of the caller.
#[derive(Debug)]
pub(super) struct Settings {
    pub config: Config,
    pub memory: Option<KeptBufferMut>,
}

/// Reads settings on top of the defaults. Of a property that is there twice, the last one counts.
pub(super) fn read(defaults: Config, properties: &[Property], vouched: Vouched) -> Result<Settings, BadArgument> {
    let mut settings = Settings { config: defaults, memory: None };
    for property in properties {
        let config = settings.config;
        let number = || vouched.number(property).map_err(BadArgument::from);
        let size = || number().and_then(|size| usize::try_from(size).map_err(|_| BadArgument));
        match PropertyType::try_from(property.type_).map_err(|_| BadArgument)? {
            PropertyType::ReceiveBufferSize => {
                settings.config = config.with_receive_buffer(size()?).map_err(|_| BadArgument)?;
            }
            PropertyType::SendBufferSize => {
                settings.config = config.with_send_buffer(size()?).map_err(|_| BadArgument)?;
            }
            PropertyType::DisableMasking => settings.config = config.with_masking(number()? == 0),
            PropertyType::DisableUtf8Verification => settings.config = config.with_utf8_check(number()? == 0),
            PropertyType::AllocatedBuffer => {
                settings.memory = Some(vouched.memory(property)?);
            }
            PropertyType::KeepaliveInterval | PropertyType::SupportedVersions => return Err(BadArgument),
        }
    }
    Ok(settings)
}

/// Writes a property of the component, and says how many bytes it has.
pub(super) fn global(property: PropertyType, value: &mut [u8]) -> Result<u32, BadArgument> {
    let number = match property {
        PropertyType::KeepaliveInterval => KEEPALIVE_INTERVAL,
        // The array of the versions has one element.
        PropertyType::SupportedVersions => VERSION,
        PropertyType::ReceiveBufferSize
        | PropertyType::SendBufferSize
        | PropertyType::DisableMasking
        | PropertyType::AllocatedBuffer
        | PropertyType::DisableUtf8Verification => return Err(BadArgument),
    };
    let place = value.first_chunk_mut::<4>().ok_or(BadArgument)?;
    *place = number.to_ne_bytes();
    Ok(4)
}
