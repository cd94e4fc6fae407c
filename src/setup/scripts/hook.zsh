# Written by `gowrap setup`, which `gowrap setup --remove` undoes; changes in here get lost.
# Keeps gowrap's folder first on PATH: runs after the hooks of version managers, at each prompt, each cd and each command. It
# starts no process. GOWRAP_HOOK=off switches it off.
_gowrap_first() {
    emulate -L zsh
    [[ ${GOWRAP_HOOK-} == off ]] && return 0
    local shims=@SHIMS@ name list
    # mise leaves in front what stands before the PATH that it has saved, unless that one names it too.
    if [[ $PATH != "$shims" && $PATH != "$shims":* ]]; then
        list=:$PATH:
        while [[ $list == *:"$shims":* ]]; do list=${list%%:"$shims":*}:${list#*:"$shims":}; done
        list=${list#:}
        # A PATH that is read-only stays as it is.
        [[ ${(t)PATH} == *readonly* ]] || PATH=$shims${list:+:}${list%:}
    fi
    list=:${__MISE_ORIG_PATH-}:
    if [[ $list == *:"$shims":* ]]; then
        while [[ $list == *:"$shims":* ]]; do list=${list%%:"$shims":*}:${list#*:"$shims":}; done
        list=${list#:}
        __MISE_ORIG_PATH=${list%:}
    fi
    for name in precmd_functions chpwd_functions preexec_functions; do
        if [[ ${${(P)name}[-1]-} != _gowrap_first ]]; then
            set -A $name ${${(P)name}:#_gowrap_first} _gowrap_first
        fi
    done
    return 0
}
_gowrap_first
