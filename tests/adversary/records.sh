# Records and doctor: what alice attaches to a bug report holds a secret of hers.
#
# `gowrap doctor --record` writes the machine down, and `doctor` prints what it found. Expected: of a file only what was
# parsed out of its lines gets in, and only where the name that was asked for is a known one.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

secret=hunter2-S3cr3t

# The record and the report of a project in ~/p hold nothing of the secret.
report() {
    as alice "cd ~/p && gowrap doctor --record >/run/notes/record"
    as alice "cd ~/p && gowrap doctor >/run/notes/doctor; gowrap doctor -v >>/run/notes/doctor; gowrap doctor --json >/run/notes/json; gowrap --explain=json go build >/run/notes/explain"
    control 'there is a record' grep -aq '^schema = 1' /run/notes/record
    control 'it holds the files that it looked at' grep -aq '^path = "' /run/notes/record
    control 'there is a report' test -s /run/notes/doctor -a -s /run/notes/json
    local file
    for file in record doctor json explain; do
        harm "the secret is in the $file" grep -aqF "$secret" /run/notes/$file
        # No word of the secret's own line, whatever is masked of it.
        harm "a line beside the secret is in the $file" grep -aqF "${beside-BEGIN OPENSSH}" /run/notes/$file
    done
    # The record can be planned against.
    as alice 'cd ~/p && gowrap --host /run/notes/record --explain=json go build >/run/notes/replayed'
    control 'the record is one' grep -aq '"outcome"' /run/notes/replayed
}
project() { as alice 'mkdir -p ~/p ~/.ssh ~/dotfiles; printf "module example.com/hers\n\ngo 1.22\n" >~/p/go.mod; echo "package main" >~/p/main.go'; }
key() { as alice "printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn$secret\n-----END OPENSSH PRIVATE KEY-----\n' >~/.ssh/id_ed25519; chmod 600 ~/.ssh/id_ed25519"; }

# FILE: a dotfile with a secret in it, which is a link into a folder of dotfiles; or is not.
dotfile() {
    project
    as alice "echo 'export MYTHING=$secret; export PLAINWORD=beside-it' >~/dotfiles/$(basename "$1" | tr -d .); mkdir -p \$(dirname ~/$1)"
    if [ "$2" = linked ]; then
        as alice "ln -sf ~/dotfiles/$(basename "$1" | tr -d .) ~/$1"
    else
        as alice "cp ~/dotfiles/$(basename "$1" | tr -d .) ~/$1"
    fi
    beside="beside-it"
    report
}
# FILE TARGET: a name that is read leads to a private key, or to another file of secrets.
leads_to_key() {
    project
    key
    as alice "mkdir -p \$(dirname ~/$1); ln -sf $2 ~/$1"
    control 'the name leads to the key' grep -aqF "$secret" "/home/alice/$1"
    report
}
# FILE LINE: a file that is read has a line with a secret.
line() {
    project
    beside=${3-beside-it}
    case $1 in
    /*) printf '%s\n' "$2" >>"$1" ;;
    *) as alice "mkdir -p \$(dirname ~/$1); printf '%s\n' '$2' >>~/$1" ;;
    esac
    control 'the line is there' grep -aqF "$secret" "$1" "/home/alice/$1"
    report
}
# The environment, and the snapshot.
variable() {
    project
    GIVEN=("$1")
    as alice 'gowrap env capture'
    report
    as alice 'gowrap env show >/run/notes/shown'
    harm 'gowrap env show prints it' grep -aqF "$secret" /run/notes/shown
}

for file in .bashrc .profile .bash_profile .zshrc .zprofile .zshenv .config/fish/config.fish; do
    attack "home: $file is a link to a file with a secret" dotfile $file linked
    attack "home: $file has a secret" dotfile $file plain
done
for file in p/go.mod p/go.work p/.vscode/launch.json p/.vscode/settings.json p/.vscode/tasks.json p/p.code-workspace p/.env .config/go/env \
    .config/Code/User/settings.json .vscode-server/data/Machine/settings.json .config/gowrap/config.toml .gitconfig; do
    attack "home: $file is a link to a private key" leads_to_key $file /home/alice/.ssh/id_ed25519
done
attack 'home: q is a link to a folder of keys' leads_to_key q /home/alice/.ssh/id_ed25519
attack "go's env file has GOAUTH" line .config/go/env "GOAUTH=mycommand $secret beside-it"
attack "go's env file has an unknown name" line .config/go/env "MYTHING=$secret beside-it"
attack "go's env file has GOPROXY with a password" line .config/go/env "GOPROXY=https://me:$secret@proxy.example"
attack "go's env file has GOFLAGS with a token" line .config/go/env "GOFLAGS=-ldflags=-X=main.token=$secret"
attack "go's env file has a line that is none" line .config/go/env "$secret beside-it"
attack 'go.mod has a comment' line p/go.mod "// token: $secret beside-it"
attack 'go.mod has an unknown line' line p/go.mod "password $secret beside-it"
attack 'go.mod has a replace with a password' line p/go.mod "replace a.example/b => https://me:$secret@git.example/b v1.0.0"
attack 'launch.json has arguments' line p/.vscode/launch.json "{\"configurations\": [{\"type\": \"go\", \"request\": \"launch\", \"name\": \"x\", \"program\": \".\", \"args\": [\"$secret\", \"beside-it\"], \"env\": {\"MYTHING\": \"$secret beside-it\"}}]}"
attack 'launch.json has connection settings' line p/.vscode/launch.json "{\"configurations\": [{\"type\": \"go\", \"name\": \"x\", \"password\": \"$secret beside-it\"}]}"
attack 'settings.json has variables' line p/.vscode/settings.json "{\"go.toolsEnvVars\": {\"MYTHING\": \"$secret beside-it\"}, \"http.proxy\": \"http://me:$secret@p.example\"}"
attack 'settings.json has flags' line p/.vscode/settings.json "{\"go.buildFlags\": [\"-ldflags=-X main.token=$secret\"]}"
attack 'a config file of gowrap has an unknown key' line .config/gowrap/config.toml "mything = \"$secret beside-it\""
attack '/etc/wsl.conf has a password' line /etc/wsl.conf "[boot]
command = mount -o password=$secret beside-it"
attack 'the envFile of launch.json' line p/.env "MYTHING=$secret beside-it"
for name in GOAUTH GITHUB_TOKEN NPM_PAT GIT_SSH_COMMAND; do
    attack "the variable $name" variable "$name=sshpass -p $secret ssh"
done
attack 'a proxy with a password' variable "HTTPS_PROXY=http://me:$secret@proxy.example:8080"
attack 'a proxy with a password that has an @' variable "https_proxy=http://me:a@$secret@proxy.example:8080"
attack 'GOPROXY with a token' variable "GOPROXY=https://proxy.example/?access_token=$secret"
attack 'GOFLAGS with -X' variable "GOFLAGS=-ldflags=-X=main.token=$secret"
