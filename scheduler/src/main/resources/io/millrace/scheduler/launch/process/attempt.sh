#!/bin/sh
# Runs one process of an attempt, at most once.
#
#   setsid sh attempt.sh <attempt folder> <member folder> <command> [argument...]
#
# The claim is made before anything runs and is never taken back: it is linked into place, which
# fails where there is one. It says who runs (pid, start time, boot), so that any server can find
# this process again after the one that started it was killed. The exit status is renamed into
# place, so that it is there whole or not at all.
#
# Writes "claimed" to standard output once it has the claim. Leaves with 75 where another one has
# it, and with 76 where the claim cannot be written; nothing has run then.
attempt=$1
member=$2
shift 2

fields() {
  group=$3
  started=${20}
}
read -r stat <"/proc/$$/stat" || exit 76
fields ${stat##*) }
read -r boot </proc/sys/kernel/random/boot_id || exit 76
if [ "$group" != "$$" ]; then
  echo "process $$ does not lead its group $group: start this script by setsid"
  exit 76
fi

# Caught, not ignored: the command gets the default actions back, and this script outlives a
# SIGTERM to the group, to write down what the command made of it.
trap : HUP INT TERM PIPE

claim=$member/claim.$$.$started
printf 'process %s %s %s\n' "$$" "$started" "$boot" >"$claim" || exit 76
command -p ln "$claim" "$member/claim"
linked=$?
command -p rm -f "$claim"
if [ "$linked" -ne 0 ]; then
  [ -e "$member/claim" ] && exit 75
  exit 76
fi
echo claimed
exec >/dev/null 2>>"$member/stderr"

# A stop is marked first and signalled afterwards. Looking for the mark where signals have their
# default actions again leaves no moment in which a stop could go unnoticed.
(
  [ -e "$attempt/stop" ] && exit 143
  exec "$@"
) </dev/null >>"$member/stdout" 2>>"$member/stderr"
code=$?

# An end with the mark there is the stop's doing; one without it is the command's own.
stopped=
[ -e "$attempt/stop" ] && stopped=' stopped'
printf '%s%s\n' "$code" "$stopped" >"$member/exit.$$" &&
  command -p mv -f "$member/exit.$$" "$member/exit"

# As with a container, what the command left behind ends with it: the whole group, this script too.
kill -s KILL 0
