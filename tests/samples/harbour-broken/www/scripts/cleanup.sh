#!/bin/sh
# Removes the files of the last build.
rm -rf "${OUT:?}/assets"
