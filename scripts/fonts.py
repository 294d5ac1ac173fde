#!/usr/bin/env python3
"""Makes assets/fonts/*.ttf: parts of the Noto fonts for reports as PDF.

    pip install fonttools
    npm pack @expo-google-fonts/noto-sans@0.4.2 …      (the packages below; unpack each into a folder of its own)
    scripts/fonts.py FOLDER                            (the folder that holds the unpacked folders)

The Noto fonts are under the SIL Open Font License 1.1 (assets/fonts/OFL.txt), without reserved font names. What is left out:
hints, and letters beyond the ranges below. The result depends on these versions and on fonttools alone.
"""

import subprocess
import sys
from pathlib import Path

LATIN = "U+0020-007E,U+00A0-024F,U+0259,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1FFF"
SIGNS = "U+2000-206F,U+2070-209F,U+20A0-20BF,U+2100-214F,U+2190-21FF,U+2200-22FF,U+2300-23FF,U+2500-25FF,U+FFFD"
CHINESE = "U+3000-303F,U+3040-30FF,U+FF00-FFEF"


def gb2312():
    """The 6,763 characters of GB 2312, which modern texts in simplified Chinese are written with."""
    pairs = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    letters = (pair.decode("gb2312", "ignore") for pair in pairs)
    return ",".join(f"U+{ord(letter):04X}" for letter in letters if letter)


FONTS = [
    ("noto-sans", "0.4.2", "400Regular/NotoSans_400Regular.ttf", f"{LATIN},{SIGNS}"),
    ("noto-sans", "0.4.2", "700Bold/NotoSans_700Bold.ttf", f"{LATIN},{SIGNS}"),
    ("noto-sans-mono", "0.4.2", "400Regular/NotoSansMono_400Regular.ttf", f"{LATIN},{SIGNS}"),
    ("noto-sans-arabic", "0.4.3", "400Regular/NotoSansArabic_400Regular.ttf", "*"),
    ("noto-sans-hebrew", "0.4.1", "400Regular/NotoSansHebrew_400Regular.ttf", "*"),
    ("noto-sans-sc", "0.4.3", "400Regular/NotoSansSC_400Regular.ttf", f"{CHINESE},{gb2312()}"),
    ("noto-emoji", "0.4.7", "400Regular/NotoEmoji_400Regular.ttf", "*"),
]


def main():
    source = Path(sys.argv[1])
    target = Path(__file__).parent.parent / "assets" / "fonts"
    for package, version, path, unicodes in FONTS:
        folder = next(one for one in (source / f"expo-google-fonts-{package}-{version}", source / package) if one.is_dir())
        out = target / Path(path).name.replace("_400", "-").replace("_700", "-")
        subprocess.run(
            [sys.executable, "-m", "fontTools.subset", str(folder / path), f"--output-file={out}", f"--unicodes={unicodes}",
             "--layout-features=*", "--no-hinting", "--desubroutinize", "--drop-tables+=DSIG,MERG,meta", "--no-recalc-timestamp",
             "--name-IDs=0,1,2,3,4,5,6,13,14,16,17"],
            check=True,
        )
        print(f"{out.stat().st_size:>9} {out.name}")


if __name__ == "__main__":
    main()
