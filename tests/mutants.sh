#!/usr/bin/env bash
# Mutation testing: changes the decisions, one expression at a time, and runs the fast tests on each change. A change that no
# test notices shows a rule without a case. .cargo/mutants.toml has the folders and the accepted survivors.
#
#   tests/mutants.sh                        everything: hours
#   tests/mutants.sh --shard 3/40           every 40th mutant: part 3 of the parts 0 to 39
#   tests/mutants.sh FILE...                the mutants of these files, such as crates/core/src/plan/debug/*.rs
#   tests/mutants.sh -- OPTION...           options for cargo-mutants itself, such as --jobs 4 or --re 'replace .* in reach'
set -euo pipefail
cd "$(dirname "$0")/.."

die() {
    printf 'tests/mutants.sh: %s\n' "$*" >&2
    exit 1
}

options=()
files=()
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            sed -n '2,/^set /{/^#/s/^#\( \|$\)//p}' "$0"
            exit
            ;;
        --shard)
            [[ ${2-} =~ ^[0-9]+/[0-9]+$ ]] || die "--shard takes a part and the number of parts, as in 3/40: got \`${2-}\`"
            # Without --sharding, a part is a row of neighbours, and no sample.
            options+=(--shard "$2" --sharding round-robin)
            shift 2
            ;;
        --)
            shift
            options+=("$@")
            break
            ;;
        -*) die "unknown option \`$1\`; options for cargo-mutants stand behind --" ;;
        *)
            [ -f "$1" ] || die "no such file: $1"
            files+=("$1")
            shift
            ;;
    esac
done

if ! cargo mutants --version >/dev/null 2>&1; then
    echo 'tests/mutants.sh: cargo-mutants is missing; cargo install --locked cargo-mutants installs it now' >&2
    cargo install --locked cargo-mutants || die 'cargo-mutants could not be installed: see https://mutants.rs/installation.html'
fi

# --file would add to the folders of .cargo/mutants.toml, and --re leaves the mutants that delete a field.
if [ ${#files[@]} -gt 0 ]; then
    mkdir -p target
    printf -v list '"%s", ' "${files[@]}"
    sed "s|^examine_globs = .*|examine_globs = [$list]|" .cargo/mutants.toml >target/mutants.toml
    options+=(--config target/mutants.toml)
fi

# A smaller counterexample of a property says nothing more here.
export PROPTEST_MAX_SHRINK_ITERS=0

# Fast tests only: those that read records, tables and corpora.
tests=(--lib)
for name in cases configuration corpora debug_address dlv_grammar doctor go_grammar manual path_arguments symptoms \
    wslpath_vectors; do
    tests+=(--test "$name")
done
# Not those that start another program or watch the clock, nor those of code that is not changed here.
filters=()
for name in the_real_dlv linear_time less_than_a_second every_code_says_who_uses_it host:: snapshot:: replace_file:: \
    inspect:: doctor::drives explain::sh; do
    filters+=(--skip "$name")
done

# cargo-mutants tests the unchanged tree without the root package, which has most of the tests: this does it in its place.
cargo test --workspace --profile mutants "${tests[@]}" --no-run
before=$SECONDS
cargo test --workspace --profile mutants --quiet "${tests[@]}" -- "${filters[@]}" ||
    die 'a test fails without any change: see above'
limit=$(((SECONDS - before) * 5 + 60))

status=0
cargo mutants --workspace --no-shuffle --colors never --baseline skip --timeout "$limit" "${tests[@]/#/--cargo-arg=}" \
    "${options[@]}" -- -- "${filters[@]}" || status=$?
# 2: a mutant survived; 3: a test did not end. Anything else is no result.
case $status in 0 | 2 | 3) ;; *) die "cargo-mutants failed with status $status; the log is in target/mutants.out/log" ;; esac

# One line a mutant in each of these files: FILE:LINE:COLUMN: CHANGE. A test that does not end has noticed the change.
out=target/mutants.out
awk -F: '
    { name = FILENAME; sub(/.*\//, "", name); sub(/\.txt$/, "", name)
      folder = $1; sub(/^crates\/core\/src\//, "", folder); sub(/\/[^\/]*$/, "", folder)
      folders[folder]; count[folder, name]++; count["all", name]++ }
    function row(folder,   caught, viable) {
        caught = count[folder, "caught"] + count[folder, "timeout"]; viable = caught + count[folder, "missed"]
        return sprintf("%-22s %7d %7d %7d %6.1f %%\n", folder, viable, caught, count[folder, "missed"], viable ? 100 * caught / viable : 100) }
    END { printf "%-22s %7s %7s %7s %8s\n", "folder", "viable", "caught", "missed", "share"
        sort = "sort"; for (folder in folders) printf "%s", row(folder) | sort; close(sort); printf "%s", row("all") }
' "$out"/caught.txt "$out"/timeout.txt "$out"/missed.txt
if [ -s "$out/missed.txt" ]; then
    printf '\nNo test notices these changes:\n'
    cat "$out/missed.txt"
    exit 1
fi
