//! Error objects of webservices.h, through the C functions.

use std::ptr::{null, null_mut};

use winws::api::webservices::{ErrorPropertyId as Id, WsString};
use winws::ffi::webservices::{
    WS_ERROR, WS_ERROR_PROPERTY, WsAddErrorString, WsAddErrorString_w32, WsCreateError, WsFreeError,
    WsGetErrorProperty, WsGetErrorString, WsGetErrorString_w32, WsResetError, WsSetErrorProperty,
};

const S_OK: i32 = 0;
const E_INVALIDARG: i32 = 0x8007_0057_u32.cast_signed();
const WS_E_INVALID_OPERATION: i32 = 0x803D_0003_u32.cast_signed();

/// An object that is freed with this value.
struct Object(*mut WS_ERROR);

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: nobody reads its strings any more.
        unsafe { WsFreeError(self.0) };
    }
}

fn create(properties: &[WS_ERROR_PROPERTY]) -> Result<Object, i32> {
    let mut error = null_mut();
    let count = u32::try_from(properties.len()).unwrap();
    // SAFETY: the values are there.
    let code = unsafe { WsCreateError(properties.as_ptr(), count, &raw mut error) };
    if code == S_OK {
        return Ok(Object(error));
    }
    assert!(error.is_null(), "a call that fails writes nothing");
    Err(code)
}

fn property(id: i32, value: &[u8]) -> WS_ERROR_PROPERTY {
    WS_ERROR_PROPERTY { id, value: value.as_ptr().cast_mut().cast(), valueSize: u32::try_from(value.len()).unwrap() }
}

impl Object {
    fn new() -> Self {
        create(&[]).unwrap()
    }

    fn add(&self, text: &str) {
        let mut units: Vec<u16> = text.encode_utf16().collect();
        let string = WsString { length: u32::try_from(units.len()).unwrap(), chars: units.as_mut_ptr() };
        // SAFETY: the units are there.
        assert_eq!(unsafe { WsAddErrorString(self.0, &raw const string) }, S_OK);
    }

    fn add_wide(&self, text: &str) {
        let mut units: Vec<u32> = text.chars().map(u32::from).collect();
        let string = WsString { length: u32::try_from(units.len()).unwrap(), chars: units.as_mut_ptr() };
        // SAFETY: the units are there.
        assert_eq!(unsafe { WsAddErrorString_w32(self.0, &raw const string) }, S_OK);
    }

    fn string(&self, index: u32) -> Result<WsString, i32> {
        let mut string = WsString { length: 99, chars: null_mut() };
        // SAFETY: there is room for the string.
        match unsafe { WsGetErrorString(self.0, index, &raw mut string) } {
            S_OK => Ok(string),
            code => {
                assert_eq!(string.length, 99, "a call that fails writes nothing");
                Err(code)
            }
        }
    }

    fn text(&self, index: u32) -> Result<String, i32> {
        self.string(index).map(read)
    }

    fn set(&self, id: Id, value: &[u8]) -> i32 {
        let size = u32::try_from(value.len()).unwrap();
        // SAFETY: the value is there.
        unsafe { WsSetErrorProperty(self.0, id as i32, value.as_ptr().cast(), size) }
    }

    /// A number of this many bytes, with room for more.
    fn get(&self, id: Id, size: usize) -> u32 {
        let mut value = [0xEE; 8];
        // SAFETY: there is room for the value.
        assert_eq!(unsafe { WsGetErrorProperty(self.0, id as i32, value.as_mut_ptr().cast(), 8) }, S_OK);
        assert!(value[size..].iter().all(|&byte| byte == 0xEE), "no more is written than the value");
        let mut number = [0; 4];
        number[..size].copy_from_slice(&value[..size]);
        u32::from_le_bytes(number)
    }

    fn count(&self) -> u32 {
        self.get(Id::StringCount, 4)
    }

    fn language(&self) -> u32 {
        self.get(Id::LangId, 2)
    }
}

fn read(string: WsString) -> String {
    // SAFETY: the object that the string belongs to is there.
    let units = unsafe { std::slice::from_raw_parts(string.chars, string.length as usize) };
    String::from_utf16(units).unwrap()
}

#[test]
fn b10_2_1_an_object_is_created_with_a_language_or_nothing() {
    let (german, zero, code) = (0x0407_u16.to_ne_bytes(), 0_u16.to_ne_bytes(), 7_u32.to_ne_bytes());
    let language = property(Id::LangId as i32, &german);
    assert_eq!(create(std::slice::from_ref(&language)).unwrap().language(), 0x0407);
    let size = |size| WS_ERROR_PROPERTY { valueSize: size, ..property(Id::LangId as i32, &german) };
    for wrong in [
        vec![property(Id::OriginalErrorCode as i32, &code)],
        vec![property(Id::StringCount as i32, &code)],
        vec![property(3, &german)],
        vec![property(-1, &german)],
        vec![property(Id::LangId as i32, &german), property(Id::LangId as i32, &german)],
        vec![property(Id::LangId as i32, &german), property(Id::OriginalErrorCode as i32, &code)],
        vec![property(Id::LangId as i32, &zero)],
        vec![property(Id::LangId as i32, &code)],
        vec![size(0)],
        vec![size(1)],
        vec![WS_ERROR_PROPERTY { value: null_mut(), ..size(2) }],
    ] {
        assert_eq!(create(&wrong).err(), Some(E_INVALIDARG));
    }
    let mut error = null_mut();
    // SAFETY: the pointers are null where they may be.
    unsafe {
        assert_eq!(WsCreateError(null(), 0, null_mut()), E_INVALIDARG);
        assert_eq!(WsCreateError(null(), 1, &raw mut error), E_INVALIDARG);
    }
    assert!(error.is_null());
}

#[test]
fn b10_2_2_without_a_language_it_is_english() {
    assert_eq!(Object::new().language(), 0x0409);
}

#[test]
fn b10_2_3_the_newest_string_comes_first() {
    let object = Object::new();
    assert_eq!((object.count(), object.text(0)), (0, Err(E_INVALIDARG)));
    object.add("it broke");
    let first = object.string(0).unwrap();
    object.add("");
    object.add_wide("Zürich \u{1F600}");
    assert_eq!(object.count(), 3);
    let texts = [0, 1, 2].map(|index| object.text(index).unwrap());
    assert_eq!(texts, ["Zürich \u{1F600}", "", "it broke"]);
    // A string stays where it is while others come.
    for _ in 0..100 {
        object.add("more");
    }
    assert_eq!(read(first), "it broke");
    let mut wide = WsString::<u32>::default();
    // SAFETY: there is room for the string, whose units are there.
    let units = unsafe {
        assert_eq!(WsGetErrorString_w32(object.0, 102, &raw mut wide), S_OK);
        std::slice::from_raw_parts(wide.chars, wide.length as usize)
    };
    assert_eq!(units, "it broke".chars().map(u32::from).collect::<Vec<_>>());
}

/// Units that are no character come back as they were, and those of another size say that there was one.
#[test]
fn b10_2_3_half_of_a_pair() {
    let object = Object::new();
    let mut units = [0xD83D_u16, u16::from(b'a')];
    let string = WsString { length: 2, chars: units.as_mut_ptr() };
    let mut wide = WsString::<u32>::default();
    // SAFETY: the units are there, and so is room for the string.
    unsafe {
        assert_eq!(WsAddErrorString(object.0, &raw const string), S_OK);
        let same = object.string(0).unwrap();
        assert_eq!(std::slice::from_raw_parts(same.chars, 2), units);
        assert_eq!(WsGetErrorString_w32(object.0, 0, &raw mut wide), S_OK);
        assert_eq!(std::slice::from_raw_parts(wide.chars, wide.length as usize), [0xFFFD, u32::from(b'a')]);
    }
}

#[test]
fn b10_2_4_the_text_of_the_code_comes_last() {
    let object = Object::new();
    assert_eq!(object.get(Id::OriginalErrorCode, 4), 0);
    assert_eq!(object.set(Id::OriginalErrorCode, &0x8007_0057_u32.to_ne_bytes()), S_OK);
    assert_eq!((object.get(Id::OriginalErrorCode, 4), object.count()), (0x8007_0057, 1));
    object.add("it broke");
    assert_eq!((object.count(), object.text(0).unwrap()), (2, "it broke".to_owned()));
    let text = object.text(1).unwrap();
    assert!(text.contains("E_INVALIDARG") && text.contains("0x80070057"), "{text}");
    // The text of another code takes its place, and whoever has read the first one still may.
    let old = object.string(1).unwrap();
    assert_eq!(object.set(Id::OriginalErrorCode, &0x8999_0001_u32.to_ne_bytes()), S_OK);
    assert!(object.text(1).unwrap().contains("0x89990001"));
    assert_eq!(read(old), text);
    assert_eq!(object.set(Id::OriginalErrorCode, &0_u32.to_ne_bytes()), S_OK);
    assert_eq!((object.count(), object.text(1)), (1, Err(E_INVALIDARG)));
}

#[test]
fn b10_2_5_a_string_that_is_not_there() {
    let object = Object::new();
    object.add("one");
    assert_eq!([1, 2, u32::MAX].map(|index| object.text(index)), [const { Err(E_INVALIDARG) }; 3]);
    let nothing = WsString { length: 1, chars: null_mut() };
    // SAFETY: the pointers are null where they are said to be wrong.
    unsafe {
        assert_eq!(WsGetErrorString(object.0, 0, null_mut()), E_INVALIDARG);
        assert_eq!(WsAddErrorString(object.0, null()), E_INVALIDARG);
        assert_eq!(WsAddErrorString(object.0, &raw const nothing), E_INVALIDARG);
        assert_eq!(WsGetErrorProperty(object.0, 0, null_mut(), 4), E_INVALIDARG);
        let mut value = [0_u8; 4];
        for (id, size) in [(0, 3), (1, 0), (2, 1), (3, 4), (-1, 4)] {
            assert_eq!(WsGetErrorProperty(object.0, id, value.as_mut_ptr().cast(), size), E_INVALIDARG, "{id}, {size}");
        }
        assert_eq!(value, [0; 4]);
    }
    assert_eq!(object.count(), 1);
}

#[test]
fn b10_2_6_the_language_comes_first() {
    let german = 0x0407_u16.to_ne_bytes();
    let object = Object::new();
    assert_eq!(object.set(Id::LangId, &german), S_OK);
    for wrong in [&[0, 0][..], &[], &[7], &[7, 4, 0], &[7, 4, 0, 0]] {
        assert_eq!(object.set(Id::LangId, wrong), E_INVALIDARG, "{wrong:?}");
    }
    for wrong in [&[][..], &[1], &[1, 0], &[1, 0, 0], &[1, 0, 0, 0, 0]] {
        assert_eq!(object.set(Id::OriginalErrorCode, wrong), E_INVALIDARG, "{wrong:?}");
    }
    assert_eq!(object.set(Id::StringCount, &[0; 4]), E_INVALIDARG);
    assert_eq!(object.set(Id::OriginalErrorCode, &[1, 0, 0, 0]), S_OK);
    assert_eq!(object.set(Id::LangId, &german), WS_E_INVALID_OPERATION);
    assert_eq!(object.set(Id::OriginalErrorCode, &[0; 4]), S_OK);
    assert_eq!(object.set(Id::LangId, &0x0411_u16.to_ne_bytes()), S_OK);
    object.add("one");
    assert_eq!(object.set(Id::LangId, &german), WS_E_INVALID_OPERATION);
    assert_eq!(object.language(), 0x0411);
}

#[test]
fn b10_2_7_a_reset_empties_the_object() {
    let german = 0x0407_u16.to_ne_bytes();
    let object = create(&[property(Id::LangId as i32, &german)]).unwrap();
    assert_eq!(object.set(Id::LangId, &0x0411_u16.to_ne_bytes()), S_OK);
    object.add("one");
    assert_eq!(object.set(Id::OriginalErrorCode, &[1, 0, 0, 0]), S_OK);
    // SAFETY: nobody reads its strings any more.
    assert_eq!(unsafe { WsResetError(object.0) }, S_OK);
    assert_eq!((object.count(), object.get(Id::OriginalErrorCode, 4), object.language()), (0, 0, 0x0407));
    assert_eq!(object.set(Id::LangId, &0x0411_u16.to_ne_bytes()), S_OK);
}

#[test]
fn b10_2_8_what_is_no_object_is_an_invalid_argument() {
    let freed = Object::new().0;
    let made_up = std::ptr::without_provenance_mut(12345);
    for error in [null_mut(), freed, made_up] {
        let object = std::mem::ManuallyDrop::new(Object(error));
        assert_eq!(object.text(0), Err(E_INVALIDARG));
        assert_eq!(object.set(Id::OriginalErrorCode, &[1, 0, 0, 0]), E_INVALIDARG);
        let string = WsString::<u16>::default();
        let mut value = [0_u8; 4];
        // SAFETY: the object is none, and the other pointers lead to what is there.
        unsafe {
            assert_eq!(WsAddErrorString(error, &raw const string), E_INVALIDARG);
            assert_eq!(WsResetError(error), E_INVALIDARG);
            assert_eq!(WsGetErrorProperty(error, 0, value.as_mut_ptr().cast(), 4), E_INVALIDARG);
            WsFreeError(error);
        }
    }
}

/// One thread may add while others read: a call on an object waits for the one before it.
#[test]
fn threads_may_use_one_object() {
    let object = Object::new();
    let address = object.0.expose_provenance();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || {
                let object = std::mem::ManuallyDrop::new(Object(std::ptr::with_exposed_provenance_mut(address)));
                for _ in 0..1000 {
                    object.add("text");
                    assert_eq!(object.text(0).unwrap(), "text");
                }
            });
        }
    });
    assert_eq!(object.count(), 4000);
}
