//! The idioms that are known, in two tables. Each shape was written from what the library does and held against the files that
//! it ships; `idioms.rs` says how they are read, and `tests/scripts/caught/imitations.md` what must not fit.

use super::SiteKind::{
    self, DirectEval, DocumentWrite, DynamicImport, FunctionConstructor, ImportScripts, IndirectEval, ScriptElement,
    ScriptText, Worker,
};
use super::idioms::Idiom;

const FUNCTION: &[SiteKind] = &[FunctionConstructor];
const EVALS: &[SiteKind] = &[DirectEval, IndirectEval];
const EVALUATED: &[SiteKind] = &[DirectEval, IndirectEval, FunctionConstructor];
const ELEMENT: &[SiteKind] = &[ScriptElement];
const WORKER: &[SiteKind] = &[Worker];
const IMPORTED: &[SiteKind] = &[ImportScripts];

/// What is harmless as it stands, or compiles what its caller hands over and is known for it.
pub static EXCUSED: [Idiom; 41] = [
    Idiom::new(
        "lodash's template",
        FUNCTION,
        r#"return __p(?:\\n)?\}"[;,](?:(?:var|let|const) )?%=%\(\(?function\(\)\{return "#,
        r#"(?:new )?%\(%,(?:%\+)?"return ?"\+%\)\.apply\("#,
        &["__p", "__t"],
    ),
    Idiom::new(
        "underscore's template",
        FUNCTION,
        r"try\{(?:%=|return )",
        r#"new Function\(%(?:\|\|"obj")?,"_",%\)\}catch"#,
        &["__p+=", "with(obj||{})"],
    ),
    Idiom::new(
        "Vue's template compiler",
        FUNCTION,
        r"\{code(?::%)?\}=%\(%,%\)(?:,|;(?:var|let|const) )%=",
        r#"(?:new )?Function\("Vue",%\)\(%\)"#,
        &[],
    ),
    Idiom::new(
        "Vue's template compiler",
        FUNCTION,
        r"try\{return ",
        r"(?:new )?Function\(%\)\}catch\(%\)\{(?:return )?%\.push\(\{err:%,code:%\}\)",
        &[],
    ),
    Idiom::new(
        "Handlebars' template compiler",
        FUNCTION,
        r"%\.push\(%\)[,;]return ",
        r"Function\.apply\(this,%\)",
        &["container", "depth0", "helpers"],
    ),
    Idiom::new(
        "Ajv's schema compiler",
        FUNCTION,
        r#"return ?(?:\$\{%\}|"\+%)"?[,;].{0,200}"#,
        r#"new Function\((?:"self"|"\$\{%\}"|%|""\+%),(?:"scope"|"\$\{%\}"|%|""\+%),%\)[(;]"#,
        &["scopeRefs", "alidate"],
    ),
    Idiom::new(
        "Ajv's schema compiler",
        FUNCTION,
        "",
        r#"new Function\("self","RULES","formats","root","refVal","defaults","customRules","equal","ucs2length","ValidationError",%\)"#,
        &["refVal"],
    ),
    Idiom::new(
        "zod's compiled parsers",
        FUNCTION,
        r#"%=Function.{0,80}=this\?\.args.{0,120}%=>"(?:\$\{%\})?"?(?:\$\{%\})?"\)\];return "#,
        r#"new %\(\.\.\.%,%\.join\("(?:\\n)?"\)\)\}"#,
        &["content"],
    ),
    Idiom::new(
        "protobuf.js' code generator",
        FUNCTION,
        "",
        r"Function\.apply\(null,%(?:\.concat\(%\))?\)\.apply\(null,",
        &["codegen|Codegen|scopeParams"],
    ),
    Idiom::new(
        "the `setImmediate` polyfill",
        FUNCTION,
        r#"(?:%\.setImmediate=function\(%\)\{|function setImmediate\(%\)\{)(?:if\()?(?:typeof %!==?"function"|"function"!==?typeof %)(?:&&\(|\)\{?)%="#,
        r#"(?:new )?Function\(""\+%\)"#,
        &["postMessage|onreadystatechange|MessageChannel"],
    ),
    Idiom::new(
        "core-js' timers",
        FUNCTION,
        r#"%\.push\(arguments\[%\+\+\]\);return %\[\+\+%\]=function\(\)\{%\((?:"function"==typeof %|typeof %=="function")\?%:"#,
        r"Function\(%\),%\)\}",
        &[],
    ),
    Idiom::new(
        "core-js' timers",
        FUNCTION,
        r#"\?function\(\)\{\((?:"function"==typeof %|typeof %=="function")\?%:"#,
        r"Function\(%\)\)\.apply\(this,%\)\}:%,%\)",
        &[],
    ),
    Idiom::new(
        "core-js' timers",
        FUNCTION,
        r"%\(arguments\.length,1\)(?:;var |>%,)%=%\(%\)\?%:",
        r"%\(%\),%=(?:%\(arguments,1\);return %\[\+\+%\]=function\(\)\{%\(%,void 0,%\)|%\?%\(arguments,%\):\[\],)",
        &[],
    ),
    Idiom::new(
        "the function binding of old engines",
        FUNCTION,
        "",
        r#"Function\("binder","return function ?\("\+"#,
        &["binder.apply(this"],
    ),
    Idiom::new(
        "core-js' binding of constructors",
        FUNCTION,
        r#"%\[%\]="a\["\+%\+"\]"[;,]%\[%\]="#,
        r#"%\("[FC],a","return new [FC]\("\+(?:%\(%,","\)|%\.join\(","\))\+"\)"\)"#,
        &[],
    ),
    Idiom::new(
        "core-js' lookup of Node's modules",
        FUNCTION,
        r"try\{if\(%\)return ",
        r#"Function\("return require\(\\?""\+%\+"\\?""?\)"\)\(\)"#,
        &[],
    ),
    Idiom::new(
        "Stencil's import of modules",
        FUNCTION,
        "",
        "new Function\\(\"w\",\"return import\\(w\\);\n//(?:\"\\+Math\\.random\\(\\)|\\$\\{Math\\.random\\(\\)\\}\")\\)",
        &[],
    ),
    Idiom::new(
        "Stencil's import of modules",
        ELEMENT,
        "",
        r#"%\.src=URL\.createObjectURL\(new Blob\(\["import\*as m from"(?:\$\{%\}|"\+%\+")";window\.(?:\$\{%\}|"\+%\+")\.m=m;"\],"#,
        &["import(w)"],
    ),
    Idiom::new(
        "d3-dsv's row objects",
        FUNCTION,
        "",
        r#"(?:new )?Function\("d","return\{"\+%\.map\(function\(%,%\)\{return JSON\.stringify\(%\)\+":d\["\+%\+"\](?:\|\|\\?"\\?")?"\}\)\.join\(","\)\+"\}"\)"#,
        &[],
    ),
    Idiom::new(
        "the JSON fallback of old browsers",
        EVALUATED,
        r#"\)\+/g,""\)\)\)(?:\{|\?)?(?:return|%=)?\(?"#,
        r#"(?:(?:new )?Function\("return ?"\+%\)|eval\("\("\+%\+"\)"\))"#,
        &["\\],:{}\\s"],
    ),
    Idiom::new(
        "the Closure Library's module loader",
        EVALS,
        r"goog\.(?:globalEval|loadModuleFromSource_)=function\(%(?:,%)?\)\{(?:return )?",
        r"(?:eval\(goog\.CLOSURE_EVAL_PREFILTER_\.createScript\(%\)\)|\(0,eval\)\(%\))",
        &[],
    ),
    Idiom::new(
        "the Closure Library's module loader",
        EVALS,
        r"try\{%=",
        r"eval\(goog\.global\.trustedTypes\.emptyScript\)",
        &[],
    ),
    Idiom::new("Emscripten's glue", EVALS, r"(?:ASM_CONSTS|moduleExports)\[%\]=", r"eval\(%\)", &["UTF8ToString"]),
    Idiom::new("Emscripten's glue", EVALS, "", r"eval\(UTF8ToString\(%\)\)", &["UTF8ToString"]),
    Idiom::new(
        "jQuery's evaluation of scripts",
        &[ScriptText],
        r#"createElement\("script"\)[;,)](?:if\()?"#,
        r"%\.text=%[,;)].{0,220}%\.head\.appendChild\(%\)\.parentNode\.removeChild\(%\)",
        &["jquery|jQuery"],
    ),
    Idiom::new(
        "jQuery's evaluation of scripts",
        ELEMENT,
        r"_evalUrl=function\(%(?:,%){0,2}\)\{return ",
        r#"%\.ajax\(\{url:%,type:"GET",dataType:"script",(?:cache:!0,|cache:true,)?async:(?:!1|false),"#,
        &[],
    ),
    Idiom::new(
        "pdf.js' worker",
        WORKER,
        r"workerSrc(?::%)?\}=(?:this|%);?.{0,200}(?:var|let|const) %=",
        r#"new Worker\(%,\{type:"module"\}\)"#,
        &["GlobalWorkerOptions|PDFWorker"],
    ),
    Idiom::new(
        "Monaco's workers",
        WORKER,
        "",
        r"new Worker\(%\?%\.createScriptURL\(%\):%,(?:%|\{name:%(?:,type:.{1,40})?\})\)",
        &["MonacoEnvironment"],
    ),
    Idiom::new(
        "Monaco's workers",
        IMPORTED,
        r"(?:return;?\}|\?importScripts\(%\.createScriptURL\(%\)\):)(?:%\?)?",
        r"importScripts\((?:%\.createScriptURL\(%\)\):importScripts\()?%\)",
        &["MonacoEnvironment"],
    ),
    Idiom::new(
        "SystemJS' loader",
        ELEMENT,
        r"getRegister\(\)\)\}\),",
        r"%\.src=%,document\.head\.appendChild\(%\)",
        &["Error loading "],
    ),
    Idiom::new(
        "SystemJS' loader",
        IMPORTED,
        r"try\{",
        r"importScripts\(%\)\}catch\(%\)\{%\(%\)\}%\(%\.getRegister\(\)\)",
        &["instantiate"],
    ),
    Idiom::new(
        "workbox-window's registration",
        WORKER,
        "",
        r"navigator\.serviceWorker\.register\((?:%\.sn,%\.nn|this\._scriptURL,this\._registerOptions)\)",
        &["updatefound|controllerchange|Workbox"],
    ),
    Idiom::new(
        "webpack's chunk loader",
        ELEMENT,
        r#"%\.setAttribute\("data-(?:webpack|rspack)",(?:%|"[\w@/.:-]*")(?:\+(?:%|"[\w@/.:-]*"))*\)[,;]"#,
        r"%\.src=%[),;}]",
        &["createElement("],
    ),
    Idiom::new(
        "webpack's own workers",
        WORKER,
        "",
        r#"new (?:Shared)?Worker\(new URL\(%\.p\+%\.u\((?:"[\w./-]*"|\d+)\),%\.b\)"#,
        &[],
    ),
    Idiom::new("webpack's chunk loader", IMPORTED, r"%\[%\]\|\|", r"importScripts\(%\.p\+%\.u\(%\)\)", &[]),
    Idiom::new("doT's template compiler", FUNCTION, "", r"new Function\(%\.varname,%\)", &["encodeHTML|doT."]),
    Idiom::new(
        "EJS' template compiler",
        FUNCTION,
        "",
        r#"new %\(%\.localsName\+",escapeFn,include,rethrow",%\)"#,
        &["rethrow"],
    ),
    Idiom::new("Pug's template compiler", FUNCTION, "", r#"(?:new )?Function\("pug",%\)\("#, &["pug"]),
    Idiom::new("Knockout's bindings", FUNCTION, "", r#"new Function\("\$context","\$element",%\)"#, &["with($context"]),
    Idiom::new(
        "the scripts of jsonpath",
        FUNCTION,
        r#"%\.slice\(0,%\+1\)\+"return ?"\+%\.slice\(%\+1\)[;,]return "#,
        r"(?:new )?Function\(\.\.\.%,%\)\(\.\.\.%\)",
        &[],
    ),
    Idiom::new(
        "Prism's worker",
        WORKER,
        r"\.Worker\)\{(?:var|let|const) %=",
        r"new Worker\(%\.filename\)",
        &["highlight"],
    ),
];

/// Loaders that ask for a module's text by an address that their caller knows: where it leads is not known, and that is all
/// that is known. They are asked about, not excused.
pub static LOADERS: [Idiom; 9] = [
    Idiom::new(
        "the AMD loader of Monaco",
        EVALUATED,
        "fetch\\(%\\)\\.then\\(\\(?%\\)?=>\\{if\\(%\\.status!==200\\)throw new Error\\(%\\.statusText\\);return %\\.text\\(\\)\\}\\)\\.then\\(\\(?%\\)?=>\\{%=\"\\$\\{%\\}\n//# ?sourceURL=\\$\\{%\\}\"[,;]\\(%\\?(?:[\\w$.]+eval\\(%\\.createScript\\(\"\",%\\)\\):)?",
        r#"(?:[\w$.]*eval\(%\.createScript\("",%\)\)|new Function\(%\))"#,
        &["importScripts"],
    ),
    Idiom::new(
        "MapLibre's worker",
        &[DirectEval, IndirectEval, DynamicImport],
        r#"await fetch\(%,\{credentials:"same-origin"\}\);if\(!%\.ok\).{1,160}(?:let|const|var) %=await %\.text\(\);if\(/\^\[\\t\]\*\(import\|export\)\\s/m\.test\(%\)\)\{.{0,240}"#,
        r"(?:import\(%\)\}finally|globalThis\.eval\(%\)\})",
        &["createObjectURL"],
    ),
    Idiom::new(
        "MapLibre's worker",
        WORKER,
        r#"function %\(%,%\)\{if\(%\)try\{return (?:new Worker\(%,\{type:"module"\}\)\}catch\(%\)\{console\.warn\("Module worker not supported,falling back to classic worker",%\)\}return )?"#,
        r#"new Worker\(%(?:,\{type:"module"\})?\)\}(?:catch|async function)"#,
        &["Module worker not supported"],
    ),
    Idiom::new(
        "Emscripten's threads",
        &[DynamicImport, ImportScripts],
        "",
        r"(?:import|importScripts)\(%\.urlOrBlob\)",
        &[],
    ),
    Idiom::new(
        "ngx-monaco's loader for Electron",
        &[ScriptText],
        "",
        r#"%\.text=\["var nodeRequire=require;",%\.responseText\.replace\(.{0,20},""\),"var monacoAmdRequire=require;""#,
        &["XMLHttpRequest"],
    ),
    Idiom::new(
        "Monaco's worker of one's own",
        IMPORTED,
        "",
        r"(?:self\.)?importScripts\(%\.customWorkerPath\)",
        &["customTSWorkerFactory"],
    ),
    // A worker is told the names of modules, not their addresses.
    Idiom::new("an AMD worker's modules", ELEMENT, "", r"require\(\[%\],", &["onmessage|postMessage"]),
    // Readers of whatever page, or whatever text, their caller hands over.
    Idiom::new(
        "d3's reader of pages",
        &[DocumentWrite],
        r"=document\.createRange\(\)[;,](?:return )?%\.selectNode\(document\.body\)[;,](?:return )?",
        r"%\.createContextualFragment\(%\.responseText\)",
        &["responseXML"],
    ),
    Idiom::new(
        "morphdom's elements of a text",
        &[DocumentWrite],
        r"%\.selectNode\(%\.body\)\)?;?\}?(?:var|let|const) %=",
        r"%\.createContextualFragment\(%\);return %\.childNodes\[0\]",
        &["childNodes[0]"],
    ),
];
