//! Scripts that would keep a reader busy, and how calls and addresses are told.

use super::*;
use crate::inputs::Limits;
use crate::model::LineIndex;

fn facts(script: &str) -> ScriptFacts {
    read_script(script, &LineIndex::new(script), 0..script.len(), &Limits::default()).facts
}

#[test]
fn scripts_that_go_in_circles_end() {
    let many = 50_000;
    for script in [
        "var a=b,b=a;a=b;b=a;eval(a)".to_owned(),
        "function f(x){return g(x)}function g(x){return f(x)}eval(f(1))".to_owned(),
        "function f(x){return f(f(x+x))+f(x)}eval(f('a'))".to_owned(),
        format!("var s='';{}eval(s)", "s+='0123456789abcdef';".repeat(many)),
        format!("eval({}'a')", "'0123456789abcdef'+".repeat(2_000)),
        format!("var l=[{}];eval(l.join(''))", "1,".repeat(1_000_000)),
        format!("var x='ab';{}eval(x)", "x=x+x;".repeat(1_000)),
        format!("var x=[1];{}eval(x)", "x=x.concat(x);".repeat(1_000)),
        "eval('a'.repeat(1e9))".to_owned(),
        format!(
            "{}eval(f0(1))",
            (0..2_000)
                .map(|at| format!("function f{at}(x){{return f{}(x)+f{}(x)}}", at + 1, at + 2))
                .collect::<String>()
        ),
    ] {
        assert!(
            facts(&script).sites.iter().any(|site| site.kind == SiteKind::DirectEval),
            "{}",
            script.get(..40).unwrap_or(&script)
        );
    }
}

#[test]
fn a_plugins_calls_are_known_whatever_holds_it() {
    for script in [
        "let a=b('CapacitorUpdater',{web:()=>import('./web.js')});a.setUpdateUrl({url:u})",
        "const {setUpdateUrl:s}=registerPlugin('CapacitorUpdater');s({url:u})",
        "async()=>{await n.CapacitorUpdater.setUpdateUrl({url:u})}",
        "Capacitor.Plugins.CapacitorUpdater?.setUpdateUrl({url:u})",
    ] {
        let calls = facts(script).calls;
        assert!(
            calls
                .iter()
                .any(|call| call.method == "setUpdateUrl" && call.object.as_deref() == Some("CapacitorUpdater")),
            "{script}: {calls:?}"
        );
    }
}

#[test]
fn what_registers_one_plugin_registers_others() {
    let names = |script: &str| facts(script).plugins.into_iter().map(|one| one.name).collect::<Vec<_>>();
    let minified = "const a=_s('StatusBar'),b=_s('Device',{web:()=>import('./web.js')});const c=_s('Keyboard');";
    assert_eq!(names(minified), ["Device", "Keyboard", "StatusBar"]);
    // Another function, and a name that means something else within a function.
    assert_eq!(names("const a=t('Title');const b=_s('Device',{web:()=>1});function f(_s){_s('Error')}"), ["Device"]);
}

#[test]
fn an_address_is_told_by_what_is_done_with_it() {
    let found =
        facts("fetch('https://api.example.net/'+id);open('https://shop.example.net/');x='https://other.example.net/'");
    let roles: Vec<_> = found.addresses.iter().map(|one| (one.role, one.open)).collect();
    assert_eq!(
        roles,
        [(AddressRole::Contacted, true), (AddressRole::Linked, false), (AddressRole::Named, false)],
        "{:?}",
        found.addresses
    );
}

#[test]
fn a_minifiers_name_is_no_service() {
    let paths = |script: &str| facts(script).uses.into_iter().map(|one| one.path).collect::<Vec<_>>();
    assert_eq!(paths("zE('webWidget','open');"), ["zE"]);
    assert!(paths("zE(1);function zE(a){return a}").is_empty());
    assert!(paths("function f(){return zE(1)}var zE=a=>a;").is_empty());
}
