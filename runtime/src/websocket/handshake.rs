//! The handshake of a session: headers in arrays, as C lends and gets them.

use winws_api::websocket::{
    BeginClientHandshakeError, BeginClientHandshakeOutput, BeginServerHandshakeError, BeginServerHandshakeOutput,
    EndClientHandshakeError, EndServerHandshakeError, Handle, Handshake, HttpHeader,
};

use super::codes::BadArgument;
use super::component::Component;
use super::endpoint::Agreeing;
use super::table::{Call, Disallowed};
use crate::protocol::http::Headers;
use crate::protocol::upgrade::{Offer, accept};
use crate::raw::lent::HeaderArray;

impl Component {
    /// The headers of a request or a response.
    fn headers(&self, headers: &[HttpHeader]) -> Result<Headers, BadArgument> {
        Ok(self.vouched.headers(headers)?.into_iter().collect())
    }
}

impl Handshake for Component {
    /// `initial_headers` are the application's, which sends them in any case; ours take the place of those with one name.
    fn begin_client_handshake(
        &self,
        web_socket: Handle,
        subprotocols: &[&str],
        extensions: &[&str],
        initial_headers: &[HttpHeader],
    ) -> Result<BeginClientHandshakeOutput, BeginClientHandshakeError> {
        self.headers(initial_headers)?;
        let offer = Offer::new(subprotocols, extensions)?;
        let headers = HeaderArray::new(offer.headers());
        let agreeing = Agreeing { offer: Some(offer), headers };
        let (additional_headers, additional_header_count) = self
            .with(web_socket, |endpoint| -> Result<_, BeginClientHandshakeError> {
                Ok(endpoint.begin(Call::BeginClient, agreeing)?)
            })?;
        Ok(BeginClientHandshakeOutput { additional_headers, additional_header_count })
    }

    fn begin_server_handshake(
        &self,
        web_socket: Handle,
        subprotocol_selected: Option<&str>,
        extension_selected: &[&str],
        request_headers: &[HttpHeader],
    ) -> Result<BeginServerHandshakeOutput, BeginServerHandshakeError> {
        let request = self.headers(request_headers)?;
        let (response_headers, response_header_count) =
            self.with(web_socket, |endpoint| -> Result<_, BeginServerHandshakeError> {
                endpoint.allows(Call::BeginServer)?;
                let response = accept(&request, subprotocol_selected, extension_selected)?;
                Ok(endpoint.begin(Call::BeginServer, Agreeing { offer: None, headers: HeaderArray::new(response) })?)
            })?;
        Ok(BeginServerHandshakeOutput { response_headers, response_header_count })
    }

    /// An empty array for the extensions says that nobody wants to know them.
    fn end_client_handshake(
        &self,
        web_socket: Handle,
        response_headers: &[HttpHeader],
        selected_extensions: &mut [u32],
        selected_extension_count: Option<&mut u32>,
        selected_subprotocol: Option<&mut u32>,
    ) -> Result<(), EndClientHandshakeError> {
        let response = self.headers(response_headers)?;
        if !selected_extensions.is_empty() && selected_extension_count.is_none() {
            return Err(BadArgument.into());
        }
        let agreement = self.with(web_socket, |endpoint| -> Result<_, EndClientHandshakeError> {
            endpoint.allows(Call::EndClient)?;
            let offer = endpoint.offer().ok_or(Disallowed::Handshake)?;
            if !selected_extensions.is_empty() && selected_extensions.len() < offer.extension_count() {
                return Err(BadArgument.into());
            }
            let agreement = offer.check(&response)?;
            endpoint.open(Call::EndClient)?;
            Ok(agreement)
        })?;
        let mut written = 0;
        for (place, index) in selected_extensions.iter_mut().zip(&agreement.extensions) {
            *place = number(*index);
            written += 1;
        }
        if let Some(count) = selected_extension_count {
            *count = written;
        }
        if let (Some(place), Some(index)) = (selected_subprotocol, agreement.protocol) {
            *place = number(index);
        }
        Ok(())
    }

    fn end_server_handshake(&self, web_socket: Handle) -> Result<(), EndServerHandshakeError> {
        self.with(web_socket, |endpoint| Ok(endpoint.open(Call::EndServer)?))
    }
}

/// An index into an array whose length was 32 bits wide.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
