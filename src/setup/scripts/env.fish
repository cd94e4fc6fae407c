# Written by `gowrap setup`, which `gowrap setup --remove` undoes; changes in here get lost.
# Keeps gowrap's folder first on PATH: conf.d is read before config.fish, and version managers put folders in front again.
# It starts no process. GOWRAP_HOOK=off switches it off.
function _gowrap_first --on-variable PATH --on-event fish_preexec
    # In `PATH=… command` the change is for that command alone.
    set -ql PATH; and return
    test "$GOWRAP_HOOK" = off; and return
    set -l shims @SHIMS@
    if test "$PATH[1]" != $shims
        set -l rest $PATH
        while set -l at (contains -i -- $shims $rest)
            set -e rest[$at]
        end
        set -gx PATH $shims $rest
    end
    # mise leaves in front what stands before the PATH that it has saved, unless that one names it too.
    while set -l at (contains -i -- $shims $__MISE_ORIG_PATH)
        set -e __MISE_ORIG_PATH[$at]
    end
end
set -l shims @SHIMS@
if test "$PATH[1]" != $shims
    set -l rest $PATH
    while set -l at (contains -i -- $shims $rest)
        set -e rest[$at]
    end
    set -gx PATH $shims $rest
end
if not set -q __GOWRAP_CHECK
    if status is-login; or status is-interactive
        if test -x @OWN@; and begin; status is-login; or not set -q GOWRAP_SESSION; end
            @OWN@ env capture >/dev/null 2>&1
        end
        set -gx GOWRAP_SESSION 1
    end
end
