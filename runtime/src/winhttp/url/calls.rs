//! Tests of WinHttpCrackUrl and WinHttpCreateUrl: what their pages say, and where those say nothing, what Windows does by the results that
//! Wine's public tests record of it.

mod crack;
mod create;

use winws_api::WideChar;
use winws_api::winhttp::{CrackUrlError, UrlComponents};

use super::{crack::crack, create::create};
use crate::raw::lent::Vouched;

/// The units of a text, with a zero behind them.
fn units<W: WideChar>(text: &str) -> Vec<W> {
    let mut units = Vec::new();
    text.chars().chain(['\0']).for_each(|char| units.extend_from_slice(W::encode(char, &mut [W::ZERO; 2])));
    units
}

fn text<W: WideChar>(units: &[W]) -> String {
    W::chars(units).map(|char| char.unwrap_or('\u{fffd}')).collect()
}

fn size<W: WideChar>() -> u32 {
    u32::try_from(size_of::<UrlComponents<W>>()).unwrap()
}

/// A structure that asks for pointers to all parts, as programs do it.
fn pointers<W: WideChar>() -> UrlComponents<W> {
    let length = u32::MAX;
    UrlComponents {
        struct_size: size::<W>(),
        scheme_length: length,
        user_name_length: length,
        password_length: length,
        host_name_length: length,
        url_path_length: length,
        extra_info_length: length,
        ..Default::default()
    }
}

/// Buffers for all parts: of scheme, user name, password, host, path and extra information.
struct Buffers<W>([Vec<W>; 6]);

impl<W: WideChar> Buffers<W> {
    /// All are filled with something.
    fn new() -> Self {
        Self([0; 6].map(|_| units("x").repeat(200)))
    }

    /// A structure that asks for copies in them; a part without room is not asked for.
    fn ask(&mut self, rooms: [u32; 6]) -> UrlComponents<W> {
        let [scheme, user, password, host, path, extra] = &mut self.0;
        let place = |buffer: &mut Vec<W>, room: u32| match room {
            0 => std::ptr::null_mut(),
            _ => buffer.as_mut_ptr(),
        };
        UrlComponents {
            struct_size: size::<W>(),
            scheme: place(scheme, rooms[0]),
            scheme_length: rooms[0],
            user_name: place(user, rooms[1]),
            user_name_length: rooms[1],
            password: place(password, rooms[2]),
            password_length: rooms[2],
            host_name: place(host, rooms[3]),
            host_name_length: rooms[3],
            url_path: place(path, rooms[4]),
            url_path_length: rooms[4],
            extra_info: place(extra, rooms[5]),
            extra_info_length: rooms[5],
            ..Default::default()
        }
    }

    /// What has been written, up to the zeros.
    fn texts(&self) -> [String; 6] {
        self.0.each_ref().map(|buffer| text(buffer.split(|&unit| unit == W::ZERO).next().unwrap()))
    }
}

fn lengths<W: WideChar>(url: &UrlComponents<W>) -> [u32; 6] {
    [
        url.scheme_length,
        url.user_name_length,
        url.password_length,
        url.host_name_length,
        url.url_path_length,
        url.extra_info_length,
    ]
}

/// Cracks a URL into buffers.
fn copies<W: WideChar>(url: &str, flags: u32) -> Result<([String; 6], UrlComponents<W>), CrackUrlError> {
    let (mut buffers, url) = (Buffers::new(), units::<W>(url));
    let mut components = buffers.ask([200; 6]);
    crack(Vouched::of_a_test(), &url[..url.len() - 1], flags, &mut components)?;
    let texts = buffers.texts();
    let counts = texts.each_ref().map(|text| u32::try_from(units::<W>(text).len()).unwrap() - 1);
    assert_eq!(lengths(&components), counts, "{texts:?}");
    Ok((texts, components))
}

/// Both ways over many URLs: each part with each other one.
#[test]
fn a_url_that_is_cracked_and_created_is_the_same_url() {
    let mut count = 0;
    for scheme in ["http", "https", "HTTP"] {
        for credentials in ["", "u@", "u:p@", ":p@", "a%40b:c%3Ad@", "u:p:q@"] {
            for host in ["h", "a.example.", "h%20t", "127.0.0.1", "[::1]", "[fe80::1%25eth0]", "hö.st", "\u{1F980}"] {
                for port in ["", ":8080", ":0", ":65535"] {
                    for path in ["", "/", "/a/b;c", "/%20%zz%", "/@:[]", "/ö \u{1F980}"] {
                        for extra in ["", "?", "?a=b&c?d", "#", "#f#g", "?q/#f?"] {
                            let url = format!("{scheme}://{credentials}{host}{port}{path}{extra}");
                            same::<u16>(&url);
                            same::<u32>(&url);
                            count += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(count > 10_000);
}

/// All texts of up to four of these characters: nothing panics, and what a crack finds in a URL it finds in what a create makes of
/// it again.
#[test]
fn what_a_created_url_has_is_what_it_was_made_of() {
    let mut texts = vec![String::new()];
    for _ in 0..4 {
        let longer =
            texts.iter().flat_map(|text| "h:/@?#[]%07\u{1F980}".chars().map(move |char| format!("{text}{char}")));
        texts = longer.chain(texts.iter().cloned()).collect();
        texts.sort_unstable();
        texts.dedup();
    }
    let mut urls = 0;
    for text in texts {
        let Ok((parts, mut components)) = copies::<u16>(&format!("http://{text}"), 0) else { continue };
        let mut buffers = parts.each_ref().map(|part| units::<u16>(part));
        let [scheme, user_name, password, host_name, url_path, extra_info] = buffers.each_mut().map(Vec::as_mut_ptr);
        components = UrlComponents { scheme, user_name, password, host_name, url_path, extra_info, ..components };
        let (mut created, mut length) = ([0; 32], 32);
        assert_eq!(create(Vouched::of_a_test(), &components, 0, &mut created, &mut length), Ok(()), "{text}");
        let created = self::text(&created[..usize::try_from(length).unwrap()]);
        let again = copies::<u16>(&created, 0).map(|(parts, components)| (parts, components.port));
        assert_eq!(again, Ok((parts, components.port)), "{text}, {created}");
        urls += 1;
    }
    assert!(urls > 1000, "{urls} of the texts are URLs");
}

fn same<W: WideChar>(url: &str) {
    let (vouched, wide) = (Vouched::of_a_test(), units::<W>(url));
    let (text_of_it, end) = (&wide[..wide.len() - 1], wide.len());
    let mut buffers = Buffers::new();
    for mut components in [pointers(), buffers.ask([200; 6])] {
        assert_eq!(crack(vouched, text_of_it, 0, &mut components), Ok(()), "{url}");
        let (mut again, mut length) = (vec![W::ZERO; end], u32::try_from(end).unwrap());
        assert_eq!(create(vouched, &components, 0, &mut again, &mut length), Ok(()), "{url}");
        assert_eq!(text(&again), format!("{url}\0"));
        assert_eq!(usize::try_from(length).unwrap(), end - 1);
    }
}
