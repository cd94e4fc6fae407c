# Written by `gowrap completions fish`.
# What a line means so far is the way of subcommands that leads there, `--` where only a tool's name may follow, and
# `tool N` behind a tool's name, which is the Nth word.

function __gowrap_place
    set -l words (commandline -opc)
    set -l context ''
    set -l is_value 0
    for index in (seq 2 (count $words))
        set -l word $words[$index]
        if test $is_value = 1
            set is_value 0
            continue
        end
        switch "$context $word"
            case @VALUED@
                set is_value 1
            case @SUBCOMMANDS@
                set context (string trim -- "$context $word")
            case ' --'
                set context --
            case ' -*'
            case ' *' '-- *'
                echo tool $index
                return
        end
    end
    printf '%s\n' "$context"
end

function __gowrap_at
    set -l place (__gowrap_place)
    test "$place" = "$argv"
end

function __gowrap_behind_tool
    string match -q 'tool *' -- (__gowrap_place)
end

# A tool may be named by its path.
function __gowrap_at_path
    __gowrap_at ''
    and string match -q '*/*' -- (commandline -ct)
end

# As if the line began with the tool's name.
function __gowrap_hand_over
    set -l place (string split ' ' -- (__gowrap_place))
    set -l words (commandline -opc)
    set -l line (string escape -- $words[$place[2]..-1]) (commandline -ct)
    complete -C (string join ' ' -- $line)
end

complete -c gowrap -f
complete -c gowrap -n __gowrap_at_path -F
complete -c gowrap -n __gowrap_behind_tool -x -a '(__gowrap_hand_over)'
@COMPLETE@
