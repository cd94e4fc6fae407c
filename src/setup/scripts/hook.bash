# Written by `gowrap setup`, which `gowrap setup --remove` undoes; changes in here get lost.
# shellcheck shell=bash
# Keeps gowrap's folder first on PATH: runs after the hooks of version managers, at each prompt and, where mise replaces cd,
# after each cd. It starts no process. GOWRAP_HOOK=off switches it off.
_gowrap_first() {
    local _gowrap_status=$? _gowrap_shims=@SHIMS@ _gowrap_list _gowrap_item _gowrap_items
    if [[ ${GOWRAP_HOOK-} == off ]]; then return "$_gowrap_status"; fi
    case $PATH in
    "$_gowrap_shims" | "$_gowrap_shims":*) ;;
    *)
        _gowrap_list=:$PATH:
        while [[ $_gowrap_list == *:"$_gowrap_shims":* ]]; do
            _gowrap_list=${_gowrap_list%%:"$_gowrap_shims":*}:${_gowrap_list#*:"$_gowrap_shims":}
        done
        _gowrap_list=${_gowrap_list#:}
        # A PATH that is read-only stays as it is.
        { PATH=$_gowrap_shims${_gowrap_list:+:}${_gowrap_list%:}; } 2>/dev/null
        ;;
    esac
    # mise leaves in front what stands before the PATH that it has saved, unless that one names it too.
    _gowrap_list=:${__MISE_ORIG_PATH-}:
    if [[ $_gowrap_list == *:"$_gowrap_shims":* ]]; then
        while [[ $_gowrap_list == *:"$_gowrap_shims":* ]]; do
            _gowrap_list=${_gowrap_list%%:"$_gowrap_shims":*}:${_gowrap_list#*:"$_gowrap_shims":}
        done
        _gowrap_list=${_gowrap_list#:}
        __MISE_ORIG_PATH=${_gowrap_list%:}
    fi
    if [[ -n ${chpwd_functions[*]+set} && ${chpwd_functions[${#chpwd_functions[@]} - 1]-} != _gowrap_first ]]; then
        _gowrap_items=()
        for _gowrap_item in "${chpwd_functions[@]}"; do
            if [[ $_gowrap_item != _gowrap_first ]]; then _gowrap_items+=("$_gowrap_item"); fi
        done
        chpwd_functions=(${_gowrap_items[@]+"${_gowrap_items[@]}"} _gowrap_first)
    fi
    return "$_gowrap_status"
}
# Bash before 5.1 runs the first element alone.
if [[ ${PROMPT_COMMAND[*]-} != *_gowrap_first* ]]; then
    if [[ ${#PROMPT_COMMAND[@]} -gt 1 && ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 51 ]]; then
        PROMPT_COMMAND+=(_gowrap_first)
    else
        # A newline, since what stands there may end with a semicolon.
        PROMPT_COMMAND=${PROMPT_COMMAND-}${PROMPT_COMMAND:+$'\n'}_gowrap_first
    fi
fi
_gowrap_first
