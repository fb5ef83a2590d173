//! What pkg-config and CMake ask for.

use std::path::Path;

use super::place::{Place, VERSION, soname_version};

const DESCRIPTION: &str = "Microsoft's WebSocket APIs, generated from their reference pages, on any OS";

/// The files of pkg-config: the library, the porting kit, and the names of Windows that are symbols.
pub(super) fn pkg_config(place: &Place, native: &str) -> Vec<(&'static str, String)> {
    let file = |name: &str, description: &str, more: &str| {
        // Words end at blanks.
        let written = |path: &Path| path.display().to_string().replace(' ', "\\ ");
        let (prefix, libdir) = (written(&place.prefix), written(&place.libdir));
        let libdir = if place.libdir.is_absolute() { libdir } else { format!("${{prefix}}/{libdir}") };
        format!(
            "prefix={prefix}\nlibdir={libdir}\nincludedir=${{prefix}}/include\n\n\
             Name: {name}\nDescription: {description}\nVersion: {VERSION}\n{more}"
        )
    };
    let library = format!("Cflags: -I${{includedir}}/winws\nLibs: -L${{libdir}} -lwinws\nLibs.private: {native}\n");
    let kit = format!(
        "Requires: winws = {VERSION}\nCflags: -I${{includedir}}/winws/kit -pthread\n\
         Libs: -L${{libdir}} -lwinws_kit -pthread\n"
    );
    let names = format!("Requires: winws = {VERSION}\nLibs: -L${{libdir}} -lwinws_names\n");
    vec![
        ("winws.pc", file("winws", DESCRIPTION, &library)),
        ("winws-kit.pc", file("winws-kit", "What C sources for Windows need beside the headers of winws", &kit)),
        ("winws-names.pc", file("winws-names", "GetLastError and its neighbours as symbols", &names)),
    ]
}

/// The package of CMake. It finds its files by its own place, so the tree may be moved.
pub(super) fn cmake(place: &Place, native: &str) -> Vec<(&'static str, String)> {
    // From lib/cmake/winws.
    let up = place.libdir.components().count() + 2;
    let prefix = match place.libdir.is_absolute() {
        true => format!("set(_winws_prefix \"{}\")", place.prefix.display()),
        false => format!(
            "get_filename_component(_winws_prefix \"${{CMAKE_CURRENT_LIST_DIR}}/{}\" ABSOLUTE)",
            "../".repeat(up)
        ),
    };
    let native = native.split_whitespace().collect::<Vec<_>>().join(";");
    let soname = soname_version();
    let config = format!(
        r#"# The targets of winws:
#
#   winws::winws        the shared library
#   winws::static       the static library
#   winws::kit          the porting kit, with the shared library
#   winws::kit_static   the porting kit, with the static library
#   winws::names        GetLastError and its neighbours as symbols; it needs one of the libraries beside it

{prefix}
get_filename_component(_winws_lib "${{CMAKE_CURRENT_LIST_DIR}}/../.." ABSOLUTE)
find_package(Threads REQUIRED)

if(NOT TARGET winws::winws)
  add_library(winws::winws SHARED IMPORTED)
  set_target_properties(winws::winws PROPERTIES
    IMPORTED_LOCATION "${{_winws_lib}}/libwinws.so.{VERSION}"
    IMPORTED_SONAME "libwinws.so.{soname}"
    INTERFACE_INCLUDE_DIRECTORIES "${{_winws_prefix}}/include/winws")

  add_library(winws::static STATIC IMPORTED)
  set_target_properties(winws::static PROPERTIES
    IMPORTED_LOCATION "${{_winws_lib}}/libwinws.a"
    INTERFACE_LINK_LIBRARIES "{native}"
    INTERFACE_INCLUDE_DIRECTORIES "${{_winws_prefix}}/include/winws")

  foreach(_winws_kit IN ITEMS kit kit_static)
    add_library(winws::${{_winws_kit}} STATIC IMPORTED)
    set_target_properties(winws::${{_winws_kit}} PROPERTIES
      IMPORTED_LOCATION "${{_winws_lib}}/libwinws_kit.a"
      INTERFACE_INCLUDE_DIRECTORIES "${{_winws_prefix}}/include/winws/kit")
  endforeach()
  set_property(TARGET winws::kit PROPERTY INTERFACE_LINK_LIBRARIES winws::winws Threads::Threads)
  set_property(TARGET winws::kit_static PROPERTY INTERFACE_LINK_LIBRARIES winws::static Threads::Threads)

  add_library(winws::names STATIC IMPORTED)
  set_target_properties(winws::names PROPERTIES IMPORTED_LOCATION "${{_winws_lib}}/libwinws_names.a")
endif()
unset(_winws_prefix)
unset(_winws_lib)
"#
    );
    vec![("winws-config.cmake", config), ("winws-config-version.cmake", version())]
}

/// Which versions a program may ask for: those with the same first number, which are not newer.
fn version() -> String {
    format!(
        r#"set(PACKAGE_VERSION "{VERSION}")
if(PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION OR NOT PACKAGE_FIND_VERSION_MAJOR STREQUAL "{}")
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else()
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
  if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
endif()
if(NOT PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
"#,
        soname_version()
    )
}
