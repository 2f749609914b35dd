#!/bin/sh
# Evaluates PyTorch's own test material on Descent: values, gradients, dtypes, random numbers.
#   Scripts/goldens.sh [--list] [--only SECTION[/NAME]] [FOLDER]
# --list names every check that failed or is not supported, with the reason. The exit status is 1 if one
# failed. FOLDER is laid out as Tests/Goldens/data, which is the default.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
options=""
folder="$root/Tests/Goldens/data"
while [ $# -gt 0 ]; do
  case "$1" in
  --list) options="$options --list" ;;
  --only) options="$options --only $2"; shift ;;
  *) folder=$1 ;;
  esac
  shift
done
bin=$("$root/Scripts/build-programs.sh" Tests/Goldens)
# shellcheck disable=SC2086 # options are words without blanks
exec "$bin/goldens" $options "$folder"
