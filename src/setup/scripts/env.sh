# Written by `gowrap setup`, which `gowrap setup --remove` undoes; changes in here get lost.
# shellcheck shell=sh disable=SC2089,SC2090
_gowrap_shims=@SHIMS@
case ${PATH-} in
"$_gowrap_shims" | "$_gowrap_shims":*) ;;
*)
    _gowrap_path=:${PATH:-/usr/local/bin:/usr/bin:/bin}:
    while :; do
        case $_gowrap_path in
        *:"$_gowrap_shims":*) _gowrap_path=${_gowrap_path%%:"$_gowrap_shims":*}:${_gowrap_path#*:"$_gowrap_shims":} ;;
        *) break ;;
        esac
    done
    _gowrap_path=${_gowrap_path#:}
    PATH=$_gowrap_shims${_gowrap_path:+:}${_gowrap_path%:}
    export PATH
    ;;
esac

# A login shell's environment is whole only where its files end: each of them asks for a snapshot, and the last one stays.
# An interactive shell without a login has one taken if none above it has.
case $- in
*i*) _gowrap_shell=interactive ;;
*) _gowrap_shell=script ;;
esac
case $0 in
-*) _gowrap_shell=login ;;
esac
# shellcheck disable=SC3044
if [ -n "${BASH_VERSION-}" ] && shopt -q login_shell; then _gowrap_shell=login; fi
if [ -n "${ZSH_VERSION-}" ]; then
    case $- in
    *l*) _gowrap_shell=login ;;
    *i*) ;;
    # Each zsh reads .zshenv, in a stripped environment too, and none of that makes it whole.
    *) _gowrap_shell=none ;;
    esac
fi
# A shell that `gowrap setup` starts for its verdict is no login, and takes no snapshot.
if [ -n "${__GOWRAP_CHECK-}" ]; then _gowrap_shell=none; fi
case $_gowrap_shell${GOWRAP_SESSION-} in
login* | interactive)
    if [ -x @OWN@ ]; then @OWN@ env capture >/dev/null 2>&1 || :; fi
    ;;
esac
if [ "$_gowrap_shell" != none ]; then
    GOWRAP_SESSION=1
    export GOWRAP_SESSION
fi

# Version managers put folders in front again at each prompt and each cd: an interactive shell moves ours back.
# shellcheck disable=SC1090,SC1091
case $- in
*i*)
    if [ -n "${BASH_VERSION-}" ] && [ -r @BASH@ ]; then . @BASH@; fi
    if [ -n "${ZSH_VERSION-}" ] && [ -r @ZSH@ ]; then . @ZSH@; fi
    ;;
esac
unset _gowrap_shims _gowrap_path _gowrap_shell
