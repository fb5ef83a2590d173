//! Pages that try to break out of the text they are.

use xtask::source::{Licence, SourceFile, Tree};

/// Names and texts of the pages.
pub(crate) const PAGES: &[(&str, &str)] = &[
    ("evil/nf-evil-inject.md", INJECT),
    ("evil/ne-evil-inject.md", ENUM),
    ("evil/nf-evil-con.md", DEVICE),
    ("evil/ns-evil-con.md", FIELDS),
    ("codes/list.md", CODES),
    ("evil/topic.md", TOPIC),
];

/// Words of theirs that a reader must see as they are.
pub(crate) const SHOWN: &[&str] = &[
    "</code></pre><script>alert(1)</script>",
    "a script target",
    "a script target in capitals",
    "a script target with a blank before it",
    "a script target in entities",
    "a data target",
    "a target without a scheme",
    "an inner link",
    "the words of an image",
    "</td>",
    "</details><script>alert(2)</script> is what is different",
    "row b1</span><script>alert(3)</script>",
    "</code><script>alert(4)</script>",
];

/// The pages as they would have been loaded.
pub(crate) fn tree() -> Tree {
    let page = |&(name, text): &(&str, &str)| SourceFile::new(name, name, text.as_bytes().to_vec());
    let mut pages: Vec<SourceFile> = PAGES.iter().map(page).collect();
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    let licence = Licence {
        file: "<i>/LICENSE</script>".to_owned(),
        pages: "<i>/\"'&".to_owned(),
        heading: "</footer><script>alert(1)</script>".to_owned(),
    };
    let file = |(name, text): (&str, &str)| SourceFile::new(name, name, text.as_bytes().to_vec());
    let config = [("overrides.toml", OVERRIDES), ("runtime.toml", RUNTIME), ("behaviour/evil.toml", BEHAVIOUR)]
        .map(file)
        .to_vec();
    Tree { pages, config, folder: "<i>".to_owned(), licences: vec![licence], ..Tree::default() }
}

const BEHAVIOUR: &str = r#"subject = "</h3><script>alert(1)</script>"

[[row]]
id = "b1.1"
functions = ["Inject"]
situation = "<script>alert(1)</script>"
page = "</details><img src=x onerror=alert(1)>"
windows = "'\" onmouseover=\"alert(1)"
evidence = "program"
reference = "<a href=javascript:alert(1)>/x_y</a>"
ours = "</li></ul></section><svg onload=alert(1)>"
basis = "<!--"
choice = true

[[row]]
id = "b1.2"
functions = ["Inject"]
situation = "Nothing more is known."
evidence = "none"
ours = "*/ it goes on"
choice = true
"#;

const INJECT: &str = r#"---
UID: NF:evil.Inject
title: </title><script>alert(1)</script>
req.header: evil.h
req.dll: "<script>alert(1)</script>"
req.lib: "\"><img src=x onerror=alert(1)>"
req.target-min-winverclnt: "' onmouseover='alert(1)"
req.typenames: "PINJECT, *INJECT\"><svg onload=alert(1)>"
---

# Inject function

## -description

Text <script>alert(1)</script> and <img src="https://evil.example/x.png" onerror="alert(1)"> and <svg onload=alert(1)>
and <style>* { display: none }</style> and <iframe src="https://evil.example/"></iframe> and <b style="color:red"
onclick="alert(1)">bold</b> and <base href="https://evil.example/"> and <!-- a comment --> and a raw control: .

[a script target](javascript:alert(1)) and [a script target in capitals](JaVaScRiPt:alert(1)) and
<a href=" javascript:alert(1)">a script target with a blank before it</a> and
<a href="&#106;ava&#x73;cript:alert(1)">a script target in entities</a> and
[a data target](data:text/html;base64,PHNjcmlwdD4=) and [a target without a scheme](//evil.example/x) and
<a href="vbscript:x">basic</a> and <javascript:alert(1)> and <a href="java
script:alert(1)">broken</a> and [two https://](https://example.com/a"onmouseover="alert(1)) and [](https://example.com/)
and [<a href="https://example.com/b">an inner link</a>](https://example.com/c) and [](javascript:alert(1)).

![the words of an image](https://evil.example/x.png) ![](https://evil.example/y.png) [![](x.png)](https://example.com/d)

```"><script>alert(1)</script>
</code></pre><script>alert(1)</script>
```

##### A heading that skips levels

Text.

###

## Another </section> <h1> heading

A section of its own.

#### </h4><script>alert(1)</script>

| a | </th><script> |
|---|---|
| </table> gone | <table><tr><td>x</td></tr></table> |
| `</td>` | more | cells | than | columns |

> [!WARNING]
> <script>alert(1)</script>

1. one
   - two
     > three

<dl><dd>meaning</dd><dt>term</dt></dl>

## -parameters

### -param first [in]

Type: **</code><script>alert(1)</script>***

### -param First [out]

Type: **DWORD***

Length, in bytes, of the *first* buffer.

### -param a"b'c<d>&e [in, optional]

## -returns

Type: **DWORD**

| Return code | Description |
|---|---|
| **ERROR_EVIL** | "quoted" & <script>alert(1)</script> [x](javascript:alert(1)) |
| **error_evil** | In small letters. |
| **Other Errors** | Whatever. |

## -see-also

<a href="/windows/desktop/api/evil/nf-evil-con">con</a>
"#;

/// Names no item, which is a finding of a file that has no page.
const OVERRIDES: &str = r#"
[[enum]]
name = "</code><script>alert(4)</script>"
values = { A = 1 }
reason = "</p><script>alert(5)</script>"
source = "</p><script>alert(5)</script>"
"#;

const RUNTIME: &str = r#"
[[function]]
name = "con"
implemented = true
differences = [{ row = "b1</span><script>alert(3)</script>", what = "</details><script>alert(2)</script> is what is different" }]
"#;

const ENUM: &str = r"---
UID: NE:evil.Inject
req.header: evil.h
---

# Inject enumeration

## -enum-fields

### -field A:0x80000000

Negative in C.

### -field a:-1

### -field NO_VALUE

#### - <script>alert(1)</script>

Text under a heading without a symbol.
";

const DEVICE: &str = r"---
UID: NF:evil.con
req.header: evil.h
---

# con function

## -description

## -returns

Type: **BOOL**
";

const FIELDS: &str = r#"---
UID: NS:evil.con
req.header: evil.h
---

# con structure

## -description

A structure.

## -struct-fields

### -field a

### -field a.b<c>

Type: **DWORD[</code>]**

"quoted"
"#;

const CODES: &str = r#"# A list of <script>alert(1)</script> codes

| Return code/value | Description |
|---|---|
| <span id="content"></span><dl> <dt>**ERROR\_EVIL**</dt> <dt>666 (0x29A)</dt> </dl> | <script>alert(1)</script> |
| <span id="codes"></span><dl> <dt>**content**</dt> <dt>0x80070057</dt> </dl> | An id of the template. |
"#;

const TOPIC: &str = r#"---
title: "../../<b>topic"
description: "\"><script>alert(1)</script>"
ms.topic: article
---

# ../../ & <b>topic</b>

[Away](mailto:someone@example.com) and [out](HTTPS://example.com/) and [to an item](nf-evil-inject.md) and
[to itself](topic.md) and [to nothing](missing.md) and [to a place](#somewhere).
"#;
