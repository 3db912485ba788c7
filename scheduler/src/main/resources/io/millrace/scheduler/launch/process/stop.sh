#!/bin/sh
# Stops process groups: SIGTERM now, SIGKILL after the grace to those that are still there. A process
# of its own, so that the second signal comes even when the server that asked for it is gone.
#
#   setsid sh stop.sh <grace in seconds> <pid> <start time> [<pid> <start time>...]
grace=$1
shift

fields() {
  started=${20}
}
leads() {
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  fields ${stat##*) }
  [ "$started" = "$2" ]
}
signal() {
  name=$1
  shift
  while [ $# -ge 2 ]; do
    leads "$1" "$2" && kill -s "$name" -- "-$1"
    shift 2
  done
}
signal TERM "$@"
command -p sleep "$grace"
signal KILL "$@"
