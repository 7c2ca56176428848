#!/bin/sh
# check_imports.sh BINARY...: none of them imports a function that can run code out of a file or start a shell. LibTorch's
# loaders of TorchScript and pickles are safe for trusted files alone (docs/formats.md), and no file here is trusted.
set -eu
banned='torch::(jit::)?[a-z_]*(pickle|load)[a-z_]*[(<]|torch::jit::(import_ir_module|Unpickler)|InputArchive::load_from'
banned=$banned'|^(system|popen|wordexp)(@|$)'
command -v nm >/dev/null || { echo "skipped: nm is not installed" >&2; exit 77; }
for binary in "$@"; do
  symbols=$(nm -DC --undefined-only "$binary" | sed 's/^ *[A-Za-z] //')
  [ -n "$symbols" ] || { echo "$binary: nm found no imported symbols, so nothing was checked"; exit 1; }
  if found=$(echo "$symbols" | grep -E "$banned"); then
    printf '%s imports what it must not:\n%s\n' "$binary" "$found"
    exit 1
  fi
  echo "$binary: $(echo "$symbols" | wc -l) imported symbols, none banned"
done
