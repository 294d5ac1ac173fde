#!/usr/bin/env python3
"""Makes `harbour` and its bad twin `harbour-broken` beside this file, and the record of what is planted in the twin.

Needs python3, openssl, and esbuild (`ESBUILD=path`, otherwise `npx esbuild@0.28.2`). Every run makes new keys and tokens.
"""
import base64
import hashlib
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import zlib

import media

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "source"
VERSION = "1.4.2"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ESBUILD = [os.environ["ESBUILD"]] if "ESBUILD" in os.environ else ["npx", "--yes", "esbuild@0.28.2"]


# --- building the app ---------------------------------------------------------------------------------------------------


def esbuild(entry, *options):
    command = [*ESBUILD, entry, "--minify", "--target=es2022", "--charset=utf8", "--legal-comments=inline", *options]
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, check=True)
    return done.stdout.decode()


def define(name, value):
    return f"--define:{name}={json.dumps(value)}"


def fill_slots(code, planted):
    """`/*! slot:NAME */` is where the twin gets a statement; the clean app gets nothing."""
    return re.sub(r"\s*/\*! slot:(\w+) \*/\s*", lambda slot: planted.get(slot.group(1), ""), code).rstrip() + "\n"


def hashed(stem, kind, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"{stem}-{re.sub('[-_=]', '', digest)[:8]}.{kind}"


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def build(www, planted, source_map=False):
    """Writes the web assets; returns their hashed names."""
    if www.exists():
        shutil.rmtree(www)
    shutil.copytree(SOURCE / "public", www)
    code, names = {}, {}

    def add(stem, kind, content, name=None):
        names[stem] = name or hashed(stem, kind, content)
        code[stem] = content

    add("vendor", "js", fill_slots(esbuild("kit.js"), planted))
    add("style", "css", esbuild("styles.css"))
    names["style"] = names["style"].replace("style", "index")
    add("about", "js", fill_slots(esbuild("about.js", "--format=esm"), planted))
    add("search", "js", fill_slots(esbuild("search.js", define("__VENDOR__", "./" + names["vendor"])), planted))
    options = [
        "--bundle",
        "--format=esm",
        define("__ABOUT__", "./" + names["about"]),
        define("__ABOUT_FILE__", names["about"]),
        define("__SEARCH__", names["search"]),
        "--external:./" + names["about"],
    ]
    add("index", "js", fill_slots(esbuild("main.js", *options), planted))
    if source_map:
        out = www / "map"
        esbuild("main.js", *options, "--sourcemap=external", f"--outfile={out / 'index.js'}")
        map_name = names["index"] + ".map"
        facts = json.loads((out / "index.js.map").read_text())
        facts["sources"] = ["../../src/" + pathlib.PurePath(path).name for path in facts["sources"]]
        put(www / "assets" / map_name, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
        shutil.rmtree(out)
        code["index"] += f"//# sourceMappingURL={map_name}\n"
    for stem, content in code.items():
        put(www / "assets" / names[stem], content)

    page = (SOURCE / "index.html").read_text()
    for stem in ("vendor", "index", "about", "style"):
        page = page.replace("{" + stem + "}", names[stem])
    put(www / "index.html", page)
    for side in (180, 192, 512):
        put(www / "icons" / f"icon-{side}.png", media.png(side))
    put(www / "favicon.ico", media.ico(32))
    put(www / "assets" / "logo.png", media.png(96))
    put(www / "assets" / "splash.webp", media.webp(96, 96, media.SEA))
    put(www / "assets" / "harbour-signs.woff", media.woff())
    return names


def as_json(value):
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return re.sub(r'\[\s+("[^"\n]*")\s+\]', r"[\1]", text) + "\n"


def package():
    return as_json(
        {
            "name": "harbour-times",
            "version": VERSION,
            "private": True,
            "type": "module",
            "scripts": {"build": "python3 ../make-samples.py", "sync": "cap sync"},
            "dependencies": {
                "@capacitor/android": "8.4.2",
                "@capacitor/app": "8.1.1",
                "@capacitor/core": "8.4.2",
                "@capacitor/ios": "8.4.2",
                "@capacitor/splash-screen": "8.0.2",
                "@capgo/capacitor-updater": "8.51.23",
            },
            "devDependencies": {"@capacitor/cli": "8.4.2", "esbuild": "0.28.2"},
        }
    )


def config(public_key):
    return {
        "appId": "app.example.harbour",
        "appName": "Harbour Times",
        "webDir": "www",
        "server": {"androidScheme": "https"},
        "plugins": {
            "SplashScreen": {"launchAutoHide": False},
            "CapacitorUpdater": {
                "autoUpdate": True,
                "updateUrl": "https://updates.harbour.example/check",
                "statsUrl": "",
                "channelUrl": "https://updates.harbour.example/channel",
                "defaultChannel": "production",
                "appReadyTimeout": 10000,
                "resetWhenUpdate": True,
                "allowModifyUrl": False,
                "publicKey": public_key,
            },
        },
    }


def release(**more):
    return as_json({"version": VERSION, "url": f"https://updates.harbour.example/bundles/{VERSION}.zip", **more})


# --- things that only look real -----------------------------------------------------------------------------------------


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


def private_key():
    return openssl("genrsa", "-traditional", "2048")


def public_half(private):
    return openssl("rsa", "-RSAPublicKey_out", given=private)


def random_text(length, alphabet=ALPHABET):
    return "".join(secrets.choice(alphabet) for _ in range(length))


def stripe_key():
    return "sk_live_" + random_text(24)


def github_token():
    """Thirty random characters and their CRC-32 in base 62, six digits wide."""
    body, check = random_text(30), ""
    rest = zlib.crc32(body.encode())
    while rest:
        rest, digit = divmod(rest, 62)
        check = ALPHABET[digit] + check
    return "ghp_" + body + check.rjust(6, "0")


def service_role():
    def part(value):
        raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    head = {"alg": "HS256", "typ": "JWT"}
    reference = random_text(20, "abcdefghijklmnopqrstuvwxyz")
    claims = {"iss": "supabase", "ref": reference, "role": "service_role", "iat": 1767225600, "exp": 2082758400}
    return ".".join([part(head), part(claims), part(secrets.token_bytes(32))])


# --- the two apps -------------------------------------------------------------------------------------------------------


def make_clean(app):
    build(app / "www", {})
    # The private half lives in this expression only: nothing can be signed for this key again.
    put(app / "capacitor.config.json", as_json(config(public_half(private_key()).decode())))
    put(app / "package.json", package())
    put(app / "release.json", release())


class Record:
    """What is planted where; positions are looked up in the finished files."""

    def __init__(self, app):
        self.app = app
        self.entries = []

    def add(self, control, path, what, needle=None, inside=0, root="bundle"):
        """`needle` occurs exactly once; the position is that of its character number `inside`."""
        entry = {"control": "OTA-" + control, "root": root, "path": path}
        if needle is not None:
            text = (self.app / ("www" if root == "bundle" else ".") / path).read_text()
            assert text.count(needle) == 1, (path, needle, text.count(needle))
            before = text[: text.index(needle) + inside]
            entry["line"] = before.count("\n") + 1
            entry["column"] = len(before) - (before.rfind("\n") + 1) + 1
        entry["what"] = what
        self.entries.append(entry)

    def key(self, control, path, key, what, root):
        """A JSON value, by its key."""
        self.add(control, path, what, f'"{key}": ', len(key) + 4, root)

    def yaml(self):
        lines = [
            "# What is wrong in this app, written by make-samples.py. Lines and columns count from 1, columns in characters.",
            "# HTML: first character of the attribute value. JSON: first character of the value. Scripts: start of the expression.",
        ]
        for entry in self.entries:
            for number, (name, value) in enumerate(entry.items()):
                shown = value if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
                lines.append(f"{'  ' if number else '- '}{name}: {shown}")
        return "\n".join(lines) + "\n"


def make_broken(app):
    www, record = app / "www", Record(app)
    stripe, github = stripe_key(), github_token()
    planted = {
        "rules": 'fetch("/api/rules").then(r=>r.text()).then(t=>eval(t));',
        "message": 'addEventListener("message",e=>{const n=new Function("ctx",e.data);n(globalThis)});',
        "promo": 'import("https://cdn.widgets.example/promo.mjs").then(n=>n.show?.());',
        "script": '(()=>{const s=document.createElement("script");s.src="https://cdn.widgets.example/badge.js";s.async=!0;document.head.append(s)})();',
        "payment": f'globalThis.harbourPay={{label:"Ticket für die Fähre",key:"{stripe}"}};',
        "worker": 'importScripts("https://cdn.widgets.example/rank.js");',
        "token": f'const AUTH="{github}";',
    }
    names = build(www, planted, source_map=True)
    index, about, search = ("assets/" + names[stem] for stem in ("index", "about", "search"))

    put(www / "assets" / "logo.png", media.elf())
    record.add("BUN-001", "assets/logo.png", "an ELF shared object (arm64) under the name of an image; native code, so BUN-002 holds too")
    put(www / "assets" / "helper", media.mach_o())
    record.add("BUN-002", "assets/helper", "a Mach-O dynamic library (arm64) without an extension")
    put(www / "lib" / "arm64-v8a" / "libpatch.so", media.elf())
    record.add("BUN-002", "lib/arm64-v8a/libpatch.so", "an ELF shared object (arm64)")
    put(www / "assets" / "codec.wasm", media.wasm())
    record.add("BUN-003", "assets/codec.wasm", "a WebAssembly module that no policy lists")
    put(www / "scripts" / "cleanup.sh", '#!/bin/sh\n# Removes the files of the last build.\nrm -rf "${OUT:?}/assets"\n')
    record.add("BUN-004", "scripts/cleanup.sh", "a shell script", "#!/bin/sh")
    put(www / "server.php", '<?php\nheader("Content-Type: application/json");\necho json_encode(["status" => "ok"]);\n')
    record.add("BUN-004", "server.php", "a server-side script", "<?php")
    (www / "assets" / "latest.css").symlink_to("../../../etc/hosts")
    record.add("BUN-005", "assets/latest.css", "a symbolic link out of the bundle, to ../../../etc/hosts (it leads nowhere)")
    deep = "/".join(["d"] * 65 + ["leaf.txt"])
    put(www / deep, "deep\n")
    record.add("BUN-006", deep, "a path of 66 parts; the limit is 64")
    put(www / ".env", "API_BASE=https://api.harbour.example\nAPI_TOKEN=change-me\n")
    record.add("BUN-007", ".env", "an environment file", "API_BASE=")
    map_path = index + ".map"
    record.key("BUN-007", map_path, "sourcesContent", "a source map with the sources in it", "bundle")

    page = (www / "index.html").read_text()
    remote = '    <script src="https://cdn.widgets.example/loader.js"></script>\n'
    absent = '    <script defer src="assets/analytics-missing.js"></script>\n'
    page = page.replace("    <script defer", remote + "    <script defer", 1).replace("  </head>", absent + "  </head>", 1)
    put(www / "index.html", page)
    record.add("BUN-008", "index.html", "a script that is not in the bundle; index.html itself is there, at the root", "assets/analytics-missing.js")
    record.add("WEB-001", "index.html", "a remote script element", "https://cdn.widgets.example/loader.js")
    record.add("WEB-001", index, "import() of a remote module", 'import("https://cdn.widgets.example/promo.mjs")')
    record.add("WEB-001", search, "importScripts of a remote script, in a worker", 'importScripts("https://cdn.widgets.example/rank.js")')
    record.add("WEB-001", index, "a script element made in code, its src a constant remote address", 's.src="https://cdn.widgets.example/badge.js"')
    record.add("WEB-002", index, "eval of a fetched text", "eval(t)")
    record.add("WEB-002", index, "new Function of the data of a message event", 'new Function("ctx",e.data)')
    record.add("WEB-004", index, "a string of the shape of a Stripe live secret key", f'"{stripe}"')
    record.add("WEB-004", about, "a string of the shape of a GitHub token, its checksum right", f'"{github}"')
    put(www / "data" / "settings.json", as_json({"region": "harbour", "databaseUrl": "https://db.harbour.example", "databaseKey": service_role()}))
    record.key("WEB-004", "data/settings.json", "databaseKey", "a token of the shape of a Supabase service_role key", "bundle")

    private = private_key()
    put(www / "certs" / "signing.pem", private)
    record.add("KEY-001", "certs/signing.pem", "the private key of the update channel (RSA 2048, PKCS#1)", "-----BEGIN RSA PRIVATE KEY-----")
    bad = config(public_half(private).decode())
    bad["loggingBehavior"] = "production"
    bad["android"] = {"webContentsDebuggingEnabled": True}
    bad["server"].update(url="http://192.168.1.20:8100", allowNavigation=["*"])
    bad["plugins"]["CapacitorUpdater"].update(updateUrl="http://updates.harbour.example/check", privateKey=private.decode())
    name = "capacitor.config.json"
    put(app / name, as_json(bad))
    record.key("KEY-001", name, "privateKey", "the same private key in the configuration; it belongs to publicKey", "app")
    record.key("NET-001", name, "updateUrl", "updates are asked for over http", "app")
    record.key("NET-005", name, "url", "the web view shows a remote server", "app")
    record.key("NET-005", name, "allowNavigation", "every host may be navigated to", "app")
    record.key("NET-007", name, "webContentsDebuggingEnabled", "the web view can be debugged", "app")
    record.key("NET-007", name, "loggingBehavior", "plugin calls are logged in release builds", "app")

    put(app / "release.json", release(checksum=f"{zlib.crc32(b'another bundle'):08x}"))
    record.key("INT-001", "release.json", "checksum", "the checksum is not that of the bundle", "release")
    record.key("INT-002", "release.json", "checksum", "the checksum is a CRC-32", "release")
    put(app / "package.json", package())
    put(app / "PLANTED.yaml", record.yaml())


if __name__ == "__main__":
    make_clean(HERE / "harbour")
    make_broken(HERE / "harbour-broken")
