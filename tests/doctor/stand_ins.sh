#!/bin/bash
# Two roles. `enter ROOT CWD COMMAND GOWRAP`, in a mount namespace: makes a machine of ROOT/machine and this system's programs,
# and runs COMMAND in a shell there. As one of the names below: takes the place of a program that would download, install or
# ask for a password.

made() { # made PATH FACTS: a program with these facts
    mkdir -p "$(dirname "$1")" && rm -f "$1" && printf '#row %b' "$2" >"$1" && chmod 755 "$1"
}

go_version() { # the version of the newest Go that a machine has, from the folder of the first `go` on its PATH
    IFS=:
    for folder in $MACHINE_PATH /usr/local/go/bin; do
        case $folder in *gowrap/shims*) continue ;; esac
        file=$(readlink -f "$folder/go") || continue
        version=$(head -n 1 "$(dirname "$(dirname "$file")")/VERSION" 2>/dev/null) && [ -n "$version" ] && break
    done
    unset IFS
    echo "${version:-go1.27.3}"
}

case $(basename "$0") in
sudo) exec "$@" ;;
curl) case "$*" in *-o*) : >/tmp/go.tgz ;; *) echo go1.27.3 ;; esac ;;
tar)
    made /usr/local/go/bin/go 'format = "elf"\n'
    made /usr/local/go/bin/gofmt 'format = "elf"\n'
    mkdir -p /usr/local/go/pkg/tool/linux_amd64
    echo go1.27.3 >/usr/local/go/VERSION
    ;;
apt | dnf | pacman | apk | zypper)
    for package; do
        case $package in
        golang* | go)
            made /usr/lib/go-1.22/bin/go 'format = "elf"\n'
            made /usr/lib/go-1.22/bin/gofmt 'format = "elf"\n'
            echo go1.22.2 >/usr/lib/go-1.22/VERSION
            mkdir -p /usr/lib/go-1.22/pkg/tool/linux_amd64
            ln -sf ../lib/go-1.22/bin/go /usr/bin/go
            ln -sf ../lib/go-1.22/bin/gofmt /usr/bin/gofmt
            ;;
        gcc) made /usr/bin/gcc 'format = "elf"\n' ;;
        git) made /usr/bin/git 'format = "elf"\n' ;;
        esac
    done
    ;;
go)
    case "$1 $2" in
    "install "*)
        folder=${GOBIN:-$HOME/go/bin}
        name=$(basename "${2%@*}")
        version=${2#*@}
        [ "$version" = latest ] && case $name in dlv) version=v1.27.1 ;; *) version=v0.21.0 ;; esac
        module=${2%@*}
        made "$folder/$name" "format = \"elf\"\nbuild = \"$(go_version) ${module%/cmd/dlv} $version\"\n"
        ;;
    "env -u")
        file=${GOENV:-${XDG_CONFIG_HOME:-$HOME/.config}/go/env}
        sed -i "/^$3=/d" "$file"
        ;;
    "env -w")
        file=${GOENV:-${XDG_CONFIG_HOME:-$HOME/.config}/go/env}
        mkdir -p "$(dirname "$file")"
        touch "$file"
        sed -i "/^${3%%=*}=/d" "$file"
        echo "$3" >>"$file"
        ;;
    "build -o") made "$3" 'format = "elf"\n' ;;
    esac
    ;;
gofmt) find . -name '*.go' -exec sed -i 's/\r$//' {} + ;;
mount) exit 0 ;;
*)
    set -e
    root=$2 cwd=$3 command=$4 gowrap=$5
    fs=$root/fs new=$root/fs/new
    mkdir -p "$fs" && mount -t tmpfs tmpfs "$fs"
    mkdir -p "$new/dev" "$new/tmp" "$new/standin" "$new/usr" "$new/run" "$fs/work" "$new/out"
    cp -a "$root/machine/usr" "$fs/upper"
    for folder in home root mnt etc opt scratch proc; do cp -a "$root/machine/$folder" "$new/$folder"; done
    mkdir -p "$fs/upper/local" "$new/proc/sys/fs/binfmt_misc" "$new/root"
    mv "$fs/upper/local" "$fs/local"
    mkdir "$fs/upper/local"
    for link in bin sbin lib lib32 lib64; do [ -L "/$link" ] && cp -P "/$link" "$new/$link"; done
    mount -t overlay overlay -o "lowerdir=/usr,upperdir=$fs/upper,workdir=$fs/work" "$new/usr"
    # This system's own Go and compilers are none of the machine's.
    for name in go gofmt dlv gopls gcc cc clang; do [ -e "$fs/upper/bin/$name" ] || [ -L "$fs/upper/bin/$name" ] || rm -f "$new/usr/bin/$name"; done
    mount --bind "$fs/local" "$new/usr/local"
    mount --rbind /dev "$new/dev"
    for name in sudo curl tar apt dnf pacman apk zypper go gofmt mount; do cp "$root/stand_ins.sh" "$new/standin/$name"; done
    chmod 755 "$new"/standin/*
    cp "$gowrap" "$new/standin/gowrap"
    cp "$(command -v git)" "$new/standin/git" 2>/dev/null || :
    # What the record calls the environment, and PATH with the stand-ins in front while the command runs.
    while IFS= read -r -d '' row; do before+=("$row"); done <"$root/out/before"
    for row in "${before[@]}"; do case $row in PATH=*) path=${row#PATH=} ;; SHELL=*) shell=${row##*/} ;; esac; done
    front=/standin:/usr/bin:/bin
    cat >"$new/out/script" <<END
cd $(printf %q "$cwd")
set -e
$command
set +e
/usr/bin/env -0 >/out/during
pwd >/out/cwd
END
    # A repository is more than its settings.
    find "$new/home" "$new/mnt" -path '*/.git/config' | while read -r config; do
        git=${config%/config}
        [ -e "$git/HEAD" ] || { echo 'ref: refs/heads/main' >"$git/HEAD" && mkdir -p "$git/objects" "$git/refs" && touch "$git/gowrap-test"; }
    done
    chroot "$new" /usr/bin/env -i "${before[@]}" SHELL=/bin/bash PATH="$front" MACHINE_PATH="$path" /bin/bash -s <"$new/out/script"
    [ -e "$new/out/cwd" ]
    # In a new terminal; PATH is what it was, unless the command set it.
    while IFS= read -r -d '' row; do
        case $row in
        MACHINE_PATH=* | SHLVL=* | _=* | PWD=* | OLDPWD=*) ;;
        PATH="$front") ;;
        PATH=*) path=${row#PATH=} ;;
        SHELL=*) ;;
        *) during+=("$row") ;;
        esac
    done <"$new/out/during"
    [ -n "$path" ] || path=/usr/bin:/bin
    kept=$path
    case $command in
    *'new terminal'*)
        kept=
        IFS=:
        for entry in $path; do case $entry in /*) kept=$kept${kept:+:}$entry ;; esac; done
        unset IFS
        case $command in *sed*PATH* | *setup* | *'>>'* | *fish_add_path* | *sed*) ;; *) kept=$path ;; esac
        ;;
    esac
    # A login sets HOME.
    case " ${during[*]} " in *' HOME='*) ;; *) case $command in *'new terminal'*) during+=("HOME=$(cut -d: -f6 "$new/etc/passwd" | head -n 1)") ;; esac ;; esac
    [ -z "$shell" ] || during+=("SHELL=/usr/bin/$shell")
    case $command in
    *'new terminal'*) chroot "$new" /usr/bin/env -i "${during[@]}" PATH="$kept" "/bin/${shell:-bash}" -l -c '/usr/bin/env -0 >/out/after' </dev/null ;;
    *) chroot "$new" /usr/bin/env -i "${during[@]}" PATH="$kept" /usr/bin/env -0 >"$new/out/after" ;;
    esac
    find "$new/home" "$new/mnt" -name gowrap-test | while read -r mark; do
        git=$(dirname "$mark") && rm -rf "$mark" "$git/HEAD" "$git/objects" "$git/refs"
    done
    for folder in home root mnt etc opt scratch proc; do rm -rf "$root/machine/$folder" && cp -a "$new/$folder" "$root/machine/$folder"; done
    rm -rf "$root/machine/usr" && rmdir "$fs/upper/local" && cp -a "$fs/upper" "$root/machine/usr" && cp -a "$fs/local" "$root/machine/usr/local"
    cp "$new/out/after" "$root/out/after"
    cp "$new/out/cwd" "$root/out/cwd"
    ;;
esac
