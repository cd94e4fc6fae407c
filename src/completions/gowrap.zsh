#compdef gowrap
# Written by `gowrap completions zsh`.
# What a line means so far is the way of subcommands that leads there, `--` where only a tool's name may follow.

_gowrap() {
    local context= option= word
    local -a found
    integer index
    for (( index = 2; index < CURRENT; index++ )); do
        word=$words[index]
        if [[ -n $option ]]; then
            option=
            continue
        fi
        case "$context $word" in
            (@VALUED@) option="$context $word" ;;
            (@SUBCOMMANDS@) context=${context:+$context }$word ;;
            (' --') context=-- ;;
            (' -'*) ;;
            (' '*|'-- '*)
                # As if the line began with the tool's name.
                shift $(( index - 1 )) words
                (( CURRENT -= index - 1 ))
                _normal
                return
                ;;
        esac
    done
    if [[ -z $option && $PREFIX == --*=* ]]; then
        option="$context ${PREFIX%%=*}"
        compset -P '*='
    fi
    if [[ -n $option ]]; then
        case $option in
@VALUES@
            (*) _files ;;
        esac
        return
    fi
    if [[ $PREFIX == -* ]]; then
        case $context in
@OPTIONS@
        esac
        _describe -o option found
        return
    fi
    case $context in
@WORDS@
    esac
    if (( $#found )); then _describe word found && return; fi
    # A tool may be named by its path, and some commands want a file.
    case :$context:$PREFIX in
        (::*/*|@FILES@) _files ;;
    esac
}

if [ "$funcstack[1]" = _gowrap ]; then _gowrap "$@"; else compdef _gowrap gowrap; fi
