//! Addresses of servers and what lets an app in, as they may be.

use url::{Host, Url};

use crate::error::InvalidInput;

/// Whether a place has to be reached over https.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tls {
    /// It has to be, unless its host is this device itself.
    #[default]
    Demanded,
    /// It may be without, as a server at home. Whoever is in that network then reads the credentials, and nothing of what people wrote.
    Optional,
}

/// The address of a folder or service: http or https, without credentials, query or fragment. It ends with a slash.
///
/// Errors: `MailboxPlace`.
pub(super) fn address(text: &str, tls: Tls) -> Result<Url, InvalidInput> {
    let mut url = Url::parse(text).map_err(|_| InvalidInput::MailboxPlace)?;
    let (is_safe, host) = match (url.scheme(), url.host()) {
        ("https", Some(host)) => (true, host),
        ("http", Some(host)) => (tls == Tls::Optional || is_this_device(&host), host),
        _ => return Err(InvalidInput::MailboxPlace),
    };
    let names_nobody = host == Host::Domain("");
    let has_more =
        !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some();
    if !is_safe || names_nobody || has_more {
        return Err(InvalidInput::MailboxPlace);
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

fn is_this_device(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
    }
}

/// What can stand in a header as one word.
///
/// Errors: `Credentials`.
pub(super) fn word(text: &str) -> Result<(), InvalidInput> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(()) } else { Err(InvalidInput::Credentials) }
}
