# Secrets: what gowrap prints or logs holds a password, a token or a key of the caller's.
#
# Each row of secrets.tsv is a variable or an argument. Expected: the secret is in no explanation but `--explain=sh`, which
# is exact and says so, in no log, refusal or record; and what is no secret stays readable.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

secret=hunter2S3cr3t

# KIND TEXT
row() {
    local kind=$1 text=${2//HIDDEN/$secret} arguments=() form
    case $kind in
    variable) GIVEN=("$text") ;;
    *) arguments=("$text") ;;
    esac
    as alice 'mkdir -p ~/p; echo "module p" >~/p/go.mod; mkdir -p ~/.config/gowrap'
    # Restored beside the names that gowrap knows, so that a plan has it to show.
    [ "$kind" != variable ] || printf '[restore]\nnames = ["%s"]\n' "${text%%=*}" >/home/alice/.config/gowrap/config.toml
    printf '%s\n' "${arguments[@]}" >/run/notes/arguments
    # shellcheck disable=SC2016
    local words='mapfile -t words </run/notes/arguments; [ -n "${words[0]}" ] || words=(); cd ~/p'
    for form in text json; do
        as alice "$words; gowrap --explain=$form go build \"\${words[@]}\" >/run/notes/$form; gowrap --explain=$form dlv exec x -- \"\${words[@]}\" >/run/notes/dlv.$form"
    done
    as alice "$words; GOWRAP_LOG=trace GOWRAP_LOG_FILE=\$HOME/text.log go build \"\${words[@]}\"; GOWRAP_LOG=trace GOWRAP_LOG_FORMAT=json GOWRAP_LOG_FILE=\$HOME/json.log go build \"\${words[@]}\""
    as alice "$words; GOWRAP_PE=reject gowrap /nowhere/go \"\${words[@]}\" 2>/run/notes/refusal; PATH=/usr/local/bin gowrap dlv \"\${words[@]}\" 2>>/run/notes/refusal"
    as alice "$words; { gowrap doctor; gowrap doctor -v; } >/run/notes/doctor 2>&1; gowrap doctor --json >/run/notes/doctor.json; gowrap doctor --record >/run/notes/record"
    # sudo takes the variables away; what is restored is explained.
    as alice 'gowrap env capture; gowrap env show >/run/notes/snapshot'
    stripped alice 'cd ~/p; gowrap --explain=json go build >/run/notes/restored'
    control 'there are explanations' test -s /run/notes/text -a -s /run/notes/json
    control 'there are logs' test -s /home/alice/text.log -a -s /home/alice/json.log
    as alice "$words; gowrap --explain=sh go build \"\${words[@]}\" >/run/notes/sh; go build \"\${words[@]}\""
    control 'the tool does get it' grep -aqF "$secret" /run/proof
    if [ "$kind" = shown ]; then
        control 'it is readable' grep -aqF "$secret" /run/notes/json
        harm 'it is masked' none grep -aqF "$secret" /run/notes/text
    else
        harm 'it is shown' grep -aqF "$secret" /run/notes/text /run/notes/json /run/notes/dlv.text /run/notes/dlv.json
        harm 'it is logged' grep -aqF "$secret" /home/alice/text.log /home/alice/json.log
        harm 'a refusal has it' grep -aqF "$secret" /run/notes/refusal
        harm 'doctor or a record has it' grep -aqF "$secret" /run/notes/doctor /run/notes/doctor.json /run/notes/record
        harm 'env show, or the plan of a restored call has it' grep -aqF "$secret" /run/notes/snapshot /run/notes/restored
    fi
}

while IFS=$'\t' read -r kind text; do
    case $kind in
    '#'* | '') ;;
    *) attack "$kind: $text" row "$kind" "$text" ;;
    esac
done <"$table"
