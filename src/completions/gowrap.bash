# Written by `gowrap completions bash`.
# What a line means so far is the way of subcommands that leads there, `--` where only a tool's name may follow.

_gowrap_hand_over() {
    local offset=$1 tool=${COMP_WORDS[$1]##*/} cur=${COMP_WORDS[COMP_CWORD]} spec program
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$offset"
        return
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$offset"
        return
    fi
    # Without bash-completion: as bash itself would complete the rest of the line.
    while [[ -n $COMP_LINE && $COMP_LINE != "${COMP_WORDS[offset]}"* ]]; do
        COMP_LINE=${COMP_LINE:1}
        ((COMP_POINT--))
    done
    COMP_WORDS=("${COMP_WORDS[@]:offset}")
    ((COMP_CWORD -= offset))
    spec=$(complete -p "$tool" 2>/dev/null) || spec=
    case $spec in
    *' -F '*)
        program=${spec##* -F }
        "${program%% *}" "$tool" "$cur" "${COMP_WORDS[COMP_CWORD - 1]}"
        ;;
    *' -C '*)
        program=${spec##* -C }
        eval "program=${program% *}"
        mapfile -t COMPREPLY < <(
            export COMP_LINE COMP_POINT
            $program "$tool" "$cur" "${COMP_WORDS[COMP_CWORD - 1]}"
        )
        ;;
    ?*)
        spec=${spec#complete }
        eval "mapfile -t COMPREPLY < <(compgen ${spec% *} -- \"\$cur\")"
        ;;
    esac
    [[ ${#COMPREPLY[@]} -gt 0 ]] || _gowrap_files "$cur"
}

_gowrap_files() {
    mapfile -t COMPREPLY < <(compgen -f -- "$1")
    # Outside of a completion there is nothing to set, and bash says so.
    compopt -o filenames 2>/dev/null
}

_gowrap() {
    local cur=${COMP_WORDS[COMP_CWORD]} context='' option='' before='' words='' index word
    COMPREPLY=()
    for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        # Readline breaks `--option=value` into three.
        if [[ $word == = ]]; then continue; fi
        if [[ -n $option ]]; then
            option=
            continue
        fi
        case "$context $word" in
        @INLINE@) [[ ${COMP_WORDS[index + 1]} != = ]] || option="$context $word" ;;
        @VALUED@) option="$context $word" ;;
        @SUBCOMMANDS@) context=${context:+$context }$word ;;
        ' --') context=-- ;;
        ' -'*) ;;
        ' '* | '-- '*)
            _gowrap_hand_over "$index"
            return
            ;;
        esac
    done
    if [[ $cur == = ]]; then cur=; fi
    if [[ -z $option && $cur == --*=* ]]; then
        before=${cur%%=*}=
        option="$context ${cur%%=*}"
        cur=${cur#*=}
    fi
    if [[ -n $option ]]; then
        case $option in
@VALUES@
        *)
            _gowrap_files "$cur"
            return
            ;;
        esac
    elif [[ $cur == -* ]]; then
        case $context in
@OPTIONS@
        esac
    else
        case $context in
@WORDS@
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "$cur")
    # A tool may be named by its path, and some commands want a file.
    case $option:$context:$cur in
    ::*/* | @FILES@) [[ ${#COMPREPLY[@]} -gt 0 ]] || _gowrap_files "$cur" ;;
    esac
}

complete -F _gowrap gowrap
